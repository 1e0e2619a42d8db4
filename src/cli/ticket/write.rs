//! `ticketty ticket reply`, `note` and `new`: the same steps as the composer's.
//!
//! Writing and sending are one request, so that a command that fails or is stopped leaves nothing behind.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::super::shapes::DeliveryShape;
use super::super::{Client, Outcome, Output, client::unexpected};
use super::deliver::{delivered, judge, state_of};
use super::number;
use crate::bridge::{AfterSend, Begin, Report, Request, WholeFile, WholeMail, Write, Writing};
use crate::domain::headers::address::Address;
use crate::domain::ids::TicketNumber;
use crate::domain::trouble::Trouble;

/// More than most servers take; a larger file would only fill the memory before it is refused.
const LARGEST_ATTACHMENT_BYTES: u64 = 50_000_000;
/// A text that is longer is not one that somebody wrote.
const LARGEST_TEXT_BYTES: u64 = 5_000_000;

/// The text to write.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct BodyArgs {
    /// The text, in Markdown
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// Read the text from a file; - is stdin
    #[arg(long, value_name = "FILE")]
    body_file: Option<PathBuf>,
}

/// What goes with it, and when the command ends.
#[derive(Debug, Args)]
struct SendArgs {
    /// Attach a file (repeatable)
    #[arg(long = "attach", value_name = "FILE")]
    attachments: Vec<PathBuf>,
    /// What the ticket becomes
    #[arg(long, value_enum, default_value = "keep")]
    then: ThenArg,
    /// Queue it and return at once, with the undo window of the mailbox
    #[arg(long)]
    queue: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ThenArg {
    /// Open stays open, new becomes open
    Keep,
    /// Waiting for the customer
    Pending,
    /// Closed
    Close,
}

#[derive(Debug, Args)]
pub struct ReplyArgs {
    /// The number of the ticket
    #[arg(value_parser = number)]
    ticket: TicketNumber,
    #[command(flatten)]
    body: BodyArgs,
    /// Answer everyone who got the mail
    #[arg(long)]
    all: bool,
    /// Further recipients who are shown (repeatable)
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    cc: Vec<Address>,
    /// Leave the quoted mail out
    #[arg(long)]
    no_quote: bool,
    #[command(flatten)]
    send: SendArgs,
}

#[derive(Debug, Args)]
pub struct NoteArgs {
    /// The number of the ticket
    #[arg(value_parser = number)]
    ticket: TicketNumber,
    #[command(flatten)]
    body: BodyArgs,
    /// Attach a file (repeatable)
    #[arg(long = "attach", value_name = "FILE")]
    attachments: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct NewArgs {
    /// The mailbox it is sent from
    #[arg(long, value_name = "NAME")]
    mailbox: String,
    /// Who gets it (repeatable)
    #[arg(long, required = true, value_name = "ADDRESS", value_parser = address)]
    to: Vec<Address>,
    /// Who gets it and is shown (repeatable)
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    cc: Vec<Address>,
    /// Who gets it without being shown (repeatable)
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    bcc: Vec<Address>,
    #[arg(long)]
    subject: String,
    #[command(flatten)]
    body: BodyArgs,
    #[command(flatten)]
    send: SendArgs,
}

fn address(typed: &str) -> Result<Address, String> {
    Address::parse(typed).map_err(|trouble| trouble.to_string())
}

impl From<ThenArg> for AfterSend {
    fn from(given: ThenArg) -> Self {
        match given {
            ThenArg::Keep => Self::Keep,
            ThenArg::Pending => Self::Pending,
            ThenArg::Close => Self::Close,
        }
    }
}

pub async fn reply(arguments: ReplyArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let what = Begin::Reply {
        ticket: arguments.ticket,
        message: None,
        all: arguments.all,
    };
    let words = WholeMail {
        cc: arguments.cc,
        body: arguments.body.read()?,
        quotes: !arguments.no_quote,
        files: read_files(&arguments.send.attachments)?,
        ..WholeMail::default()
    };
    send(what, words, &arguments.send, client, out).await
}

pub async fn note(arguments: NoteArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let what = Begin::Note {
        ticket: arguments.ticket,
    };
    let words = WholeMail {
        body: arguments.body.read()?,
        files: read_files(&arguments.attachments)?,
        ..WholeMail::default()
    };
    let how = SendArgs {
        attachments: Vec::new(),
        then: ThenArg::Keep,
        queue: true,
    };
    send(what, words, &how, client, out).await
}

pub async fn new(arguments: NewArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let body = arguments.body.read()?;
    let files = read_files(&arguments.send.attachments)?;
    let mailbox = client.mailbox(&arguments.mailbox).await?.mailbox.id;
    let what = Begin::NewMail {
        mailbox: Some(mailbox),
    };
    let words = WholeMail {
        to: arguments.to,
        cc: arguments.cc,
        bcc: arguments.bcc,
        subject: Some(arguments.subject),
        body,
        quotes: false,
        files,
    };
    send(what, words, &arguments.send, client, out).await
}

impl BodyArgs {
    fn read(&self) -> Result<String, Trouble> {
        let text = match (&self.body, &self.body_file) {
            (Some(text), _) => text.clone(),
            (None, Some(file)) if file == Path::new("-") => {
                let mut text = String::new();
                std::io::stdin()
                    .take(LARGEST_TEXT_BYTES + 1)
                    .read_to_string(&mut text)
                    .map_err(|cause| {
                        Trouble::operator("the text cannot be read from stdin").because(cause)
                    })?;
                if text.len() as u64 > LARGEST_TEXT_BYTES {
                    return Err(too_large(file, LARGEST_TEXT_BYTES));
                }
                text
            }
            (None, Some(file)) => {
                String::from_utf8(bytes_of(file, LARGEST_TEXT_BYTES)?).map_err(|cause| {
                    unreadable(file)
                        .because(cause)
                        .hint("the text must be UTF-8")
                })?
            }
            (None, None) => String::new(),
        };
        if text.trim().is_empty() {
            return Err(Trouble::operator("the text is empty").hint("nothing was sent"));
        }
        Ok(text)
    }
}

fn unreadable(path: &Path) -> Trouble {
    Trouble::operator(format!("{} cannot be read", path.display()))
}

fn too_large(path: &Path, largest: u64) -> Trouble {
    Trouble::operator(format!(
        "{} has more than {} MB",
        path.display(),
        largest / 1_000_000
    ))
    .hint("put it where the customer can fetch it, and send the address")
}

/// All of a file that is not larger than it may be; devices and pipes, which may never end, are read up to there too.
fn bytes_of(path: &Path, largest: u64) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(largest + 1).read_to_end(&mut bytes))
        .map_err(|cause| unreadable(path).because(cause))?;
    if bytes.len() as u64 > largest {
        return Err(too_large(path, largest));
    }
    Ok(bytes)
}

fn read_files(paths: &[PathBuf]) -> Result<Vec<WholeFile>, Trouble> {
    paths
        .iter()
        .map(|path| {
            let bytes = bytes_of(path, LARGEST_ATTACHMENT_BYTES)?;
            let name = path.file_name().map_or_else(
                || "attachment".into(),
                |name| name.to_string_lossy().into_owned(),
            );
            Ok(WholeFile { name, bytes })
        })
        .collect()
}

/// Writes it in one step, and waits for what becomes of it.
async fn send(
    what: Begin,
    words: WholeMail,
    how: &SendArgs,
    client: &mut Client,
    out: &mut Output,
) -> Outcome {
    let request = Write::AtOnce {
        what,
        words: Box::new(words),
        after: how.then.into(),
    };
    let (ticket, mailbox, outbox) = match client.call(Request::Write(request)).await? {
        Report::Write(Writing::SentAtOnce {
            ticket,
            mailbox,
            outbox,
            warnings,
        }) => {
            for warning in &warnings {
                out.remark(warning.as_str());
            }
            (ticket, mailbox, outbox)
        }
        other => return Err(unexpected(&other)),
    };
    let Some(outbox) = outbox else {
        return out.answer(&json!({"ticket": ticket.0}), || {
            format!("Noted in ticket #{ticket}.\n")
        });
    };
    let state = if how.queue {
        state_of(outbox, client).await?
    } else {
        delivered(outbox, mailbox, client).await?
    };
    let shape = DeliveryShape::from(&state);
    let value = json!({"ticket": ticket.0, "outbox": outbox.0, "delivery": shape});
    out.answer(&value, || match &shape.detail {
        Some(detail) => format!("#{ticket}: {} ({detail})\n", shape.state),
        None => format!("#{ticket}: {}\n", shape.state),
    })?;
    judge(&state, out)
}
