//! `ticketty ticket reply`, `note` and `new`: the same steps as the composer's.
//!
//! Everything that can be wrong on this side (files, addresses) is found before a draft is begun, and a draft
//! that could not be sent is thrown away, so that a failed command leaves nothing behind.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::super::shapes::DeliveryShape;
use super::super::{Client, Outcome, Output, client::unexpected, output};
use super::deliver::{delivered, judge, state_of};
use super::{number, thread};
use crate::bridge::{AfterSend, Begin, DraftView, Report, Request, Write, Writing};
use crate::domain::draft::DraftKind;
use crate::domain::headers::address::Address;
use crate::domain::ids::{DraftId, OutboxId, TicketNumber};
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

/// An attachment, read.
struct Attached {
    name: String,
    bytes: Vec<u8>,
}

pub async fn reply(arguments: ReplyArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let body = arguments.body.read()?;
    let files = read_files(&arguments.send.attachments)?;
    refuse_to_overwrite(arguments.ticket, DraftKind::Reply, client).await?;
    let begin = Begin::Reply {
        ticket: arguments.ticket,
        message: None,
        all: arguments.all,
    };
    let mut draft = begin_draft(begin, client).await?;
    let quote = usize::try_from(draft.cursor).unwrap_or_default();
    let quote = if arguments.no_quote {
        ""
    } else {
        draft.content.body.get(quote..).unwrap_or_default()
    };
    draft.content.body = if quote.trim().is_empty() {
        body
    } else {
        format!("{}\n\n{}", body.trim_end(), quote.trim_start_matches('\n'))
    };
    draft.content.cc.extend(arguments.cc);
    finish(draft, files, &arguments.send, client, out).await
}

pub async fn note(arguments: NoteArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let body = arguments.body.read()?;
    let files = read_files(&arguments.attachments)?;
    refuse_to_overwrite(arguments.ticket, DraftKind::Note, client).await?;
    let mut draft = begin_draft(
        Begin::Note {
            ticket: arguments.ticket,
        },
        client,
    )
    .await?;
    draft.content.body = body;
    let send = SendArgs {
        attachments: Vec::new(),
        then: ThenArg::Keep,
        queue: true,
    };
    finish(draft, files, &send, client, out).await
}

pub async fn new(arguments: NewArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let body = arguments.body.read()?;
    let files = read_files(&arguments.send.attachments)?;
    let mailbox = client.mailbox(&arguments.mailbox).await?.mailbox.id;
    let mut draft = begin_draft(
        Begin::NewMail {
            mailbox: Some(mailbox),
        },
        client,
    )
    .await?;
    draft.content.to = arguments.to;
    draft.content.cc = arguments.cc;
    draft.content.bcc = arguments.bcc;
    // They were about the empty draft that was begun.
    draft.warnings.clear();
    if arguments.subject.trim().is_empty() {
        output::remark("the subject is empty");
    }
    draft.content.subject = arguments.subject;
    draft.content.body = body;
    finish(draft, files, &arguments.send, client, out).await
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

fn read_files(paths: &[PathBuf]) -> Result<Vec<Attached>, Trouble> {
    paths
        .iter()
        .map(|path| {
            let bytes = bytes_of(path, LARGEST_ATTACHMENT_BYTES)?;
            let name = path.file_name().map_or_else(
                || "attachment".into(),
                |name| name.to_string_lossy().into_owned(),
            );
            Ok(Attached { name, bytes })
        })
        .collect()
}

/// A draft that somebody is writing in the desk must not be sent with other words.
async fn refuse_to_overwrite(
    ticket: TicketNumber,
    kind: DraftKind,
    client: &mut Client,
) -> Outcome {
    let thread = thread(ticket, client).await?;
    if thread.drafts.iter().any(|draft| draft.kind == kind) {
        return Err(
            Trouble::operator(format!("somebody is writing in ticket #{ticket} already"))
                .hint("send or discard that draft in the desk first"),
        );
    }
    Ok(())
}

async fn begin_draft(what: Begin, client: &mut Client) -> Result<DraftView, Trouble> {
    match client.call(Request::Write(Write::Begin { what })).await? {
        Report::Write(Writing::Draft(draft)) => Ok(*draft),
        other => Err(unexpected(&other)),
    }
}

/// Saves, attaches, sends, and waits; throws the draft away where that fails.
async fn finish(
    draft: DraftView,
    files: Vec<Attached>,
    send: &SendArgs,
    client: &mut Client,
    out: &mut Output,
) -> Outcome {
    let id = draft.content.id;
    let mailbox = draft.content.mailbox;
    for warning in &draft.warnings {
        output::remark(warning.as_str());
    }
    let sent = match save_and_send(draft, files, send.then.into(), client).await {
        Ok(sent) => sent,
        Err(trouble) => {
            // The first failure is the one to tell; the draft is empty or half written.
            let _ = client
                .call(Request::Write(Write::Discard { draft: id }))
                .await;
            return Err(trouble);
        }
    };
    let Some(outbox) = sent.outbox else {
        return out.answer(&json!({"ticket": sent.ticket.0}), || {
            format!("Noted in ticket #{}.\n", sent.ticket)
        });
    };
    let state = if send.queue {
        state_of(outbox, client).await?
    } else {
        delivered(outbox, mailbox, client).await?
    };
    let shape = DeliveryShape::from(&state);
    let value = json!({"ticket": sent.ticket.0, "outbox": outbox.0, "delivery": shape});
    out.answer(&value, || match &shape.detail {
        Some(detail) => format!("#{}: {} ({detail})\n", sent.ticket, shape.state),
        None => format!("#{}: {}\n", sent.ticket, shape.state),
    })?;
    judge(&state)
}

struct Sent {
    ticket: TicketNumber,
    outbox: Option<OutboxId>,
}

async fn save_and_send(
    draft: DraftView,
    files: Vec<Attached>,
    after: AfterSend,
    client: &mut Client,
) -> Result<Sent, Trouble> {
    let id: DraftId = draft.content.id;
    client
        .call(Request::Write(Write::Save {
            draft: draft.content,
        }))
        .await?;
    for file in files {
        client
            .call(Request::Write(Write::Attach {
                draft: id,
                name: file.name,
                bytes: file.bytes,
            }))
            .await?;
    }
    match client
        .call(Request::Write(Write::Send { draft: id, after }))
        .await?
    {
        Report::Write(Writing::Sent { ticket, outbox, .. }) => Ok(Sent { ticket, outbox }),
        other => Err(unexpected(&other)),
    }
}
