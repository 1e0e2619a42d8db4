//! `ticketty export`: tickets for other programs.
//!
//! A file is written beside its place and appears whole or not at all. Everything written is clean text, but for
//! mbox, which holds the mails exactly as they came.

mod csv;
mod mbox;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Client, Outcome, Output, client::unexpected, output::harmless, shapes::ThreadShape};
use crate::bridge::{Care, CareReport, Look, Report, Request, Seen, Thread};
use crate::domain::ids::MessageId;
use crate::domain::trouble::Trouble;

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Which tickets, such as "status:closed created:<30d"; all where it is left out
    query: Vec<String>,
    /// What to write
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
    /// Write to this file instead of stdout; it must not exist
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON array of tickets with messages and history
    Json,
    /// One line a ticket, safe to open in a spreadsheet
    Csv,
    /// The mails themselves; notes and messages without a mail are left out
    Mbox,
}

/// # Errors
/// When the query is wrong, or the output cannot be written.
pub async fn run(arguments: ExportArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let query = arguments.query.join(" ");
    let Some(target) = &arguments.output else {
        let mut sink = Sink {
            to: Target::Stdout(out),
            written: 0,
        };
        return write(arguments.format, query, client, &mut sink)
            .await
            .map(|_| ());
    };
    let (mut file, failed) = begin_file(target)?;
    let mut sink = Sink {
        to: Target::File(&mut file),
        written: 0,
    };
    let tickets = write(arguments.format, query, client, &mut sink).await?;
    file.as_file().sync_all().map_err(&failed)?;
    file.persist_noclobber(target)
        .map_err(|cause| failed(cause.error))?;
    out.answer(&json!({"file": target, "tickets": tickets}), || {
        format!("{tickets} tickets written to {}.\n", target.display())
    })
}

fn begin_file(
    target: &Path,
) -> Result<(tempfile::NamedTempFile, impl Fn(std::io::Error) -> Trouble), Trouble> {
    let shown = target.display().to_string();
    let failed = move |cause: std::io::Error| {
        Trouble::operator(format!("{shown} cannot be written")).because(cause)
    };
    if target.exists() {
        return Err(
            Trouble::operator(format!("{} exists already", target.display()))
                .hint("name another file"),
        );
    }
    let directory = target
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(directory).map_err(&failed)?;
    Ok((file, failed))
}

/// Where the export goes.
struct Sink<'a> {
    to: Target<'a>,
    written: u64,
}

enum Target<'a> {
    Stdout(&'a mut Output),
    File(&'a mut tempfile::NamedTempFile),
}

impl Sink<'_> {
    fn put(&mut self, bytes: &[u8]) -> Outcome {
        self.written += bytes.len() as u64;
        match &mut self.to {
            Target::Stdout(out) => out.raw(bytes),
            Target::File(file) => file
                .write_all(bytes)
                .map_err(|cause| Trouble::operator("the export cannot be written").because(cause)),
        }
    }
}

async fn write(
    format: Format,
    query: String,
    client: &mut Client,
    sink: &mut Sink<'_>,
) -> Result<u64, Trouble> {
    match format {
        Format::Json => {
            sink.put(b"[")?;
            let mut first = true;
            let tickets = threads(query, client, &mut |thread| {
                let json = serde_json::to_string(&ThreadShape::from(&thread)).map_err(|cause| {
                    Trouble::bug("a ticket cannot be written as JSON").because(cause)
                })?;
                sink.put(if first { b"\n" } else { b",\n" })?;
                first = false;
                sink.put(harmless(&json).as_bytes())
            })
            .await?;
            sink.put(b"\n]\n")?;
            Ok(tickets)
        }
        Format::Csv => {
            sink.put(csv::heading().as_bytes())?;
            threads(query, client, &mut |thread| {
                sink.put(csv::row(&thread.line).as_bytes())
            })
            .await
        }
        Format::Mbox => {
            let mut messages = Vec::new();
            let tickets = threads(query, client, &mut |thread| {
                messages.extend(
                    thread
                        .messages
                        .iter()
                        .filter(|message| message.has_raw)
                        .map(mbox::Entry::of),
                );
                Ok(())
            })
            .await?;
            for entry in messages {
                let bytes = mail(entry.message, client).await?;
                sink.put(&entry.written(&bytes))?;
            }
            Ok(tickets)
        }
    }
}

/// Hands over every matching ticket and counts them.
async fn threads(
    query: String,
    client: &mut Client,
    taken: &mut dyn FnMut(Thread) -> Outcome,
) -> Result<u64, Trouble> {
    let request = Request::Care(Care::Export { query });
    let answer = client
        .call_long(request, &mut |report| match report {
            Report::Care(CareReport::Exporting(thread)) => taken(*thread),
            _ => Ok(()),
        })
        .await?;
    match answer {
        Report::Care(CareReport::Exported { tickets }) => Ok(tickets),
        other => Err(unexpected(&other)),
    }
}

async fn mail(message: MessageId, client: &mut Client) -> Result<Vec<u8>, Trouble> {
    match client.look(Look::Mail { message }).await? {
        Seen::Mail { bytes, .. } => Ok(bytes),
        other => Err(unexpected(&Report::Look(other))),
    }
}
