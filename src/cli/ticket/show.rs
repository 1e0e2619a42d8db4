//! `ticketty ticket show`.

use std::fmt::Write;

use super::super::shapes::{DeliveryShape, ThreadShape};
use super::super::table::moment;
use super::super::{Client, Outcome, Output};
use super::{thread, word};
use crate::bridge::{ContactLine, MessageView, Thread};
use crate::domain::ids::TicketNumber;
use crate::domain::message::MessageKind;

pub async fn run(ticket: TicketNumber, client: &mut Client, out: &mut Output) -> Outcome {
    let thread = thread(ticket, client).await?;
    out.answer(&ThreadShape::from(&thread), || text(&thread))
}

fn text(thread: &Thread) -> String {
    let line = &thread.line;
    let ticket = &line.ticket;
    let mut out = format!("#{}  {}\n", ticket.number, line.subject);
    let assignee = line
        .assignee
        .as_ref()
        .map_or_else(|| "unassigned".into(), ToString::to_string);
    let _ = writeln!(
        out,
        "{} · {} · {assignee} · {}",
        word(&ticket.status),
        word(&ticket.priority),
        line.mailbox
    );
    if !ticket.tags.is_empty() {
        let tags: Vec<String> = ticket
            .tags
            .iter()
            .map(|tag| crate::domain::clean::Clean::line(tag).to_string())
            .collect();
        let _ = writeln!(out, "tags: {}", tags.join(", "));
    }
    for message in &thread.messages {
        out.push('\n');
        one_message(&mut out, message);
    }
    out.push_str("\nHistory\n");
    for event in &thread.history {
        let _ = writeln!(out, "  {}  {}", moment(event.at), event.sentence);
    }
    out
}

fn one_message(out: &mut String, message: &MessageView) {
    let from = message.header.from.as_ref().map(person).unwrap_or_default();
    let heading = match message.kind {
        MessageKind::Incoming => from,
        MessageKind::Outgoing => format!("{from} → {}", people(&message.header.to)),
        MessageKind::Note => format!("note by {from}"),
    };
    let _ = writeln!(out, "── {heading}, {} ──", moment(message.at));
    if let Some(delivery) = &message.delivery {
        let shape = DeliveryShape::from(delivery);
        let detail = shape
            .detail
            .map(|detail| format!(": {detail}"))
            .unwrap_or_default();
        let _ = writeln!(out, "[{}{detail}]", shape.state);
    }
    for remark in &message.remarks {
        let _ = writeln!(out, "[{remark}]");
    }
    out.push_str(message.text.as_str().trim_end());
    out.push('\n');
    for attachment in &message.attachments {
        let _ = writeln!(
            out,
            "attached: {} ({}, {} bytes)",
            attachment.name, attachment.media_type, attachment.size_bytes
        );
    }
}

fn person(line: &ContactLine) -> String {
    if line.name.is_empty() {
        line.address.to_string()
    } else {
        format!("{} <{}>", line.name, line.address)
    }
}

fn people(lines: &[ContactLine]) -> String {
    lines.iter().map(person).collect::<Vec<_>>().join(", ")
}
