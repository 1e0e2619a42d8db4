//! `ticketty outbox …`: answers on their way, and the decisions that only a person can make.

use clap::{Args, Subcommand};
use serde_json::json;

use super::table::{Align, shorten, table};
use super::{Client, Outcome, Output, client::unexpected, shapes};
use crate::bridge::{OutboxLine, OutboxRequest, Report, Request};
use crate::domain::ids::OutboxId;
use crate::domain::outbox::Listed;
use crate::domain::trouble::Trouble;

#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// All answers on their way, and those that need a decision
    List(ListArgs),
    /// Send again: one that waits now, one that was refused or is uncertain once more
    Retry(IdArgs),
    /// Decide that an uncertain answer has arrived
    MarkSent(IdArgs),
    /// Do not send it any more
    Cancel(IdArgs),
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Those that are sent and cancelled too
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
pub struct IdArgs {
    /// The id that `outbox list` shows
    #[arg(value_parser = clap::value_parser!(i64).range(1..))]
    id: i64,
}

pub(super) async fn run(command: OutboxCommand, client: &mut Client, out: &mut Output) -> Outcome {
    let (request, id, done) = match command {
        OutboxCommand::List(arguments) => return list(arguments.all, client, out).await,
        OutboxCommand::Retry(IdArgs { id }) => {
            (OutboxRequest::Retry(OutboxId(id)), id, "will be sent")
        }
        OutboxCommand::MarkSent(IdArgs { id }) => {
            (OutboxRequest::MarkSent(OutboxId(id)), id, "counts as sent")
        }
        OutboxCommand::Cancel(IdArgs { id }) => {
            (OutboxRequest::Cancel(OutboxId(id)), id, "is cancelled")
        }
    };
    client.call(Request::Outbox(request)).await?;
    let line = lines(Listed::OfSameMessage(OutboxId(id)), client)
        .await?
        .into_iter()
        .find(|line| line.id.0 == id);
    let shape = line
        .as_ref()
        .map_or_else(|| json!({"id": id}), shapes::outbox_line);
    out.answer(&shape, || format!("Answer {id} {done}.\n"))
}

/// The rows of the outbox, the latest first.
///
/// # Errors
/// When the engine cannot be asked.
pub(super) async fn lines(listed: Listed, client: &mut Client) -> Result<Vec<OutboxLine>, Trouble> {
    match client
        .call(Request::Outbox(OutboxRequest::List(listed)))
        .await?
    {
        Report::Outbox(lines) => Ok(lines),
        other => Err(unexpected(&other)),
    }
}

async fn list(all: bool, client: &mut Client, out: &mut Output) -> Outcome {
    let listed = if all { Listed::All } else { Listed::OPEN };
    let lines = lines(listed, client).await?;
    let shapes: Vec<_> = lines.iter().map(shapes::outbox_line).collect();
    out.answer(&shapes, || {
        if lines.is_empty() {
            return "Nothing waits in the outbox.\n".into();
        }
        let columns = [
            ("ID", Align::Right),
            ("TICKET", Align::Right),
            ("STATE", Align::Left),
            ("TO", Align::Left),
            ("SUBJECT", Align::Left),
            ("DETAIL", Align::Left),
        ];
        let rows: Vec<Vec<String>> = lines
            .iter()
            .map(|line| {
                let delivery = shapes::DeliveryShape::from(&line.state);
                let to: Vec<&str> = line.to.iter().map(AsRef::as_ref).collect();
                vec![
                    line.id.to_string(),
                    format!("#{}", line.ticket),
                    delivery.state.into(),
                    shorten(&to.join(", "), 32),
                    shorten(line.subject.as_str(), 40),
                    delivery.detail.unwrap_or_default(),
                ]
            })
            .collect();
        table(&columns, &rows)
    })
}
