//! `ticketty ticket download`.

use clap::Args;
use serde_json::json;

use super::super::client::unexpected;
use super::super::{Client, Outcome, Output};
use super::{number, thread};
use crate::bridge::{MailboxReport, MailboxRequest, Report, Request};
use crate::domain::ids::{MessageId, TicketNumber};
use crate::domain::trouble::Trouble;
use crate::domain::words;

#[derive(Debug, Args)]
pub struct DownloadArgs {
    /// The number of the ticket
    #[arg(value_parser = number)]
    ticket: TicketNumber,
    /// Only this message, by its id
    #[arg(long, value_name = "ID")]
    message: Option<i64>,
}

pub(super) async fn run(arguments: DownloadArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let wanted = arguments.message.map(MessageId);
    let thread = thread(arguments.ticket, client).await?;
    let messages: Vec<MessageId> = thread
        .messages
        .iter()
        .filter(|message| wanted.map_or(message.is_header_only, |id| id == message.id))
        .map(|message| message.id)
        .collect();
    if let (Some(id), true) = (wanted, messages.is_empty()) {
        let what = format!("there is no message {id} in #{}", arguments.ticket);
        return Err(Trouble::operator(what).hint("`ticketty ticket show` says their ids"));
    }
    let mut came = Vec::new();
    for message in messages {
        came.push((message, download(message, client, out).await?));
    }
    let shapes: Vec<_> = came
        .iter()
        .map(|(message, bytes)| json!({"id": message, "size": bytes}))
        .collect();
    let number = arguments.ticket;
    out.answer(&json!({"ticket": number, "messages": shapes}), || {
        if came.is_empty() {
            return format!("Every mail of #{number} is here whole.\n");
        }
        came.iter()
            .map(|(message, bytes)| {
                let size = words::bytes(*bytes);
                format!("Message {message} of #{number} is here whole, {size}.\n")
            })
            .collect()
    })
}

/// Fetches one, and says how far it is at every tenth.
async fn download(
    message: MessageId,
    client: &mut Client,
    out: &mut Output,
) -> Result<u64, Trouble> {
    let request = Request::Mailbox(MailboxRequest::FetchWhole(message));
    let mut tenths = 0;
    let mut heard = |report| {
        let Report::Mailbox(MailboxReport::Fetching {
            bytes, of_bytes, ..
        }) = report
        else {
            return Ok(());
        };
        let now = bytes.saturating_mul(10) / of_bytes.max(1);
        if now <= tenths {
            return Ok(());
        }
        tenths = now;
        out.progress(&format!(
            "{} of {}",
            words::bytes(bytes),
            words::bytes(of_bytes)
        ))
    };
    match client.call_long(request, &mut heard).await? {
        Report::Mailbox(MailboxReport::Whole { bytes, .. }) => Ok(bytes),
        other => Err(unexpected(&other)),
    }
}
