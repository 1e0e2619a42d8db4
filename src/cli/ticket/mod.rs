//! `ticketty ticket …`: work on tickets.

mod change;
mod deliver;
mod download;
mod show;
mod write;

use clap::{Args, Subcommand};

use super::table::{Align, moment, shorten, table};
use super::{Client, Outcome, Output, client::unexpected, shapes::TicketShape};
use crate::bridge::{ListWindow, Look, Report, Seen, TicketLine};
use crate::domain::ids::TicketNumber;
use crate::domain::trouble::Trouble;

#[derive(Debug, Subcommand)]
pub enum TicketCommand {
    /// List tickets, the most recently updated first
    List(ListArgs),
    /// Show a ticket with its messages and its history
    Show(ShowArgs),
    /// Download the whole of mails that were too large, of which only the header is here
    Download(download::DownloadArgs),
    /// Answer the customer
    Reply(write::ReplyArgs),
    /// Leave a note that only operators see
    Note(write::NoteArgs),
    /// Write to somebody, in a new ticket
    New(write::NewArgs),
    /// Change status, assignee, priority, tags or subject
    Set(change::SetArgs),
    /// Move all messages of a ticket into another one
    Merge(change::MergeArgs),
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// What to look for, such as "is:open assignee:none"; everything where it is left out
    query: Vec<String>,
    /// At most this many
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The number of the ticket
    #[arg(value_parser = number)]
    ticket: TicketNumber,
}

pub(super) async fn run(command: TicketCommand, client: &mut Client, out: &mut Output) -> Outcome {
    match command {
        TicketCommand::List(arguments) => list(arguments, client, out).await,
        TicketCommand::Show(arguments) => show::run(arguments.ticket, client, out).await,
        TicketCommand::Download(arguments) => download::run(arguments, client, out).await,
        TicketCommand::Reply(arguments) => write::reply(arguments, client, out).await,
        TicketCommand::Note(arguments) => write::note(arguments, client, out).await,
        TicketCommand::New(arguments) => write::new(arguments, client, out).await,
        TicketCommand::Set(arguments) => change::set(arguments, client, out).await,
        TicketCommand::Merge(arguments) => change::merge(arguments, client, out).await,
    }
}

/// `1042` or `#1042`.
pub(super) fn number(word: &str) -> Result<TicketNumber, String> {
    word.strip_prefix('#')
        .unwrap_or(word)
        .parse()
        .ok()
        .filter(|number| *number > 0)
        .map(TicketNumber)
        .ok_or_else(|| "a ticket is named by its number, such as 1042".into())
}

/// Rows asked for at once.
const PAGE: u32 = 500;

async fn list(arguments: ListArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let query = arguments.query.join(" ");
    let most = arguments.limit.unwrap_or(u32::MAX);
    let mut lines: Vec<TicketLine> = Vec::new();
    loop {
        let offset = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let window = ListWindow::Offset {
            offset,
            limit: PAGE.min(most - offset),
        };
        let page = match client
            .look(Look::Tickets {
                query: query.clone(),
                window,
            })
            .await?
        {
            Seen::Tickets(page) => page,
            other => return Err(unexpected(&Report::Look(other))),
        };
        let came = page.rows.len();
        lines.extend(page.rows);
        let have = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        if came == 0 || have >= page.total || have >= most {
            break;
        }
    }
    let shapes: Vec<TicketShape> = lines.iter().map(Into::into).collect();
    out.answer(&shapes, || text(&lines))
}

/// Tickets as aligned lines.
pub fn text(lines: &[TicketLine]) -> String {
    let columns = [
        ("NUMBER", Align::Right),
        ("STATUS", Align::Left),
        ("PRIORITY", Align::Left),
        ("UPDATED", Align::Left),
        ("ASSIGNEE", Align::Left),
        ("CONTACT", Align::Left),
        ("SUBJECT", Align::Left),
    ];
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            let ticket = &line.ticket;
            let who = if line.who.is_empty() {
                &line.address
            } else {
                &line.who
            };
            vec![
                format!("{}{}", if ticket.unread { "*" } else { "" }, ticket.number),
                word(&ticket.status),
                format!(
                    "{}{}",
                    word(&ticket.priority),
                    if line.overdue { " late" } else { "" }
                ),
                moment(ticket.updated_at),
                line.assignee
                    .as_ref()
                    .map_or_else(|| "-".into(), ToString::to_string),
                shorten(who.as_str(), 24),
                line.subject.to_string(),
            ]
        })
        .collect();
    if rows.is_empty() {
        "No tickets.\n".into()
    } else {
        table(&columns, &rows)
    }
}

/// The word that the JSON has for a value.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The thread of a ticket.
async fn thread(
    ticket: TicketNumber,
    client: &mut Client,
) -> Result<crate::bridge::Thread, Trouble> {
    match client.look(Look::Thread { ticket }).await? {
        Seen::Thread(thread) => Ok(*thread),
        other => Err(unexpected(&Report::Look(other))),
    }
}
