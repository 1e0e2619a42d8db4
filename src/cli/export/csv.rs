//! Tickets as lines for a spreadsheet.

use crate::bridge::TicketLine;
use crate::domain::csv::{line, text};

const COLUMNS: [&str; 13] = [
    "number",
    "subject",
    "status",
    "priority",
    "mailbox",
    "contact_name",
    "contact_address",
    "assignee",
    "tags",
    "created_at",
    "updated_at",
    "message_count",
    "unread",
];

pub fn heading() -> String {
    line(COLUMNS)
}

pub fn row(ticket_line: &TicketLine) -> String {
    let ticket = &ticket_line.ticket;
    let word = |value: serde_json::Result<serde_json::Value>| {
        value
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    let cells = [
        ticket.number.to_string(),
        text(ticket_line.subject.as_str()),
        word(serde_json::to_value(ticket.status)),
        word(serde_json::to_value(ticket.priority)),
        text(ticket_line.mailbox.as_str()),
        text(ticket_line.who.as_str()),
        text(ticket_line.address.as_str()),
        text(
            ticket_line
                .assignee
                .as_ref()
                .map(AsRef::as_ref)
                .unwrap_or_default(),
        ),
        text(&ticket.tags.join(" ")),
        ticket.created_at.to_string(),
        ticket.updated_at.to_string(),
        ticket.tally.messages.to_string(),
        ticket.unread.to_string(),
    ];
    line(cells.iter().map(String::as_str))
}
