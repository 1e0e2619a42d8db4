//! Tickets as lines for a spreadsheet.
//!
//! A spreadsheet runs what begins like a formula, and a customer chooses names and subjects. Such cells get an
//! apostrophe in front, which a spreadsheet takes as "this is text".

use crate::bridge::TicketLine;
use crate::domain::trouble::Trouble;

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

pub fn heading() -> Result<Vec<u8>, Trouble> {
    line(COLUMNS.map(str::to_owned).to_vec())
}

pub fn row(ticket_line: &TicketLine) -> Result<Vec<u8>, Trouble> {
    let ticket = &ticket_line.ticket;
    let word = |value: serde_json::Result<serde_json::Value>| {
        value
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    line(vec![
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
    ])
}

/// Text that is only text wherever it is opened.
pub fn text(value: &str) -> String {
    let flat: String = value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    // Spreadsheets trim before they look, and some take the wide forms of these signs as well.
    let first = flat.trim_start().chars().next();
    if matches!(
        first,
        Some('=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠')
    ) {
        format!("'{flat}")
    } else {
        flat
    }
}

fn line(cells: Vec<String>) -> Result<Vec<u8>, Trouble> {
    let failed = |cause: String| Trouble::bug("a ticket cannot be written as CSV").because(cause);
    // RFC 4180 §2 ends lines with CRLF.
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer
        .write_record(&cells)
        .map_err(|cause| failed(cause.to_string()))?;
    writer
        .into_inner()
        .map_err(|cause| failed(cause.to_string()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_text() {
        let cases = [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "' =1"),
            ("  =1", "'  =1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
            ("", ""),
            ("line\r\nbreak\u{1b}[2J", "line  break [2J"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(value), expected);
        }
    }

    #[test]
    fn cells_with_commas_and_quotes_stay_one_cell() {
        assert_eq!(
            line(vec!["a,\"b\"".into(), "c".into()]).unwrap(),
            b"\"a,\"\"b\"\"\",c\r\n"
        );
    }
}
