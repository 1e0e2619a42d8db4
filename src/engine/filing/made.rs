//! The message that a mail becomes.

use crate::domain::channel::WrittenTo;
use crate::domain::ids::{ContentHash, TicketNumber};
use crate::domain::message::{Envelope, Message, Placement};
use crate::domain::parsed::{ParseNote, ParsedMail};
use crate::domain::place::Joining;

/// What a message has from its place and not from its words.
pub struct Joins {
    pub ticket: TicketNumber,
    pub placement: Placement,
    pub written_to: Option<WrittenTo>,
    pub content: ContentHash,
}

/// The mail as it is stored.
pub fn message(parsed: &ParsedMail, joining: &Joining, joins: Joins) -> Message {
    let mut notes = parsed.notes.clone();
    if parsed.text_from_html {
        notes.push(ParseNote::TextFromHtml);
    }
    Message {
        id: joining.message,
        ticket: joins.ticket,
        kind: joining.kind,
        class: joining.class,
        at: joining.at,
        author: None,
        envelope: envelope(parsed, joins.written_to),
        subject: parsed.subject.clone(),
        text: parsed.text.clone(),
        preview: parsed.preview.clone(),
        attachments: parsed.attachments.clone(),
        placement: joins.placement,
        content: Some(joins.content),
        notes,
    }
}

/// What the header says of people, ids and dates, and to which address of ours it was written.
pub fn envelope(parsed: &ParsedMail, written_to: Option<WrittenTo>) -> Envelope {
    Envelope {
        message_id: parsed.message_id.clone(),
        in_reply_to: parsed.in_reply_to.clone(),
        references: parsed.references.clone(),
        date: parsed.date,
        from: parsed.people.from.first().cloned(),
        reply_to: parsed.people.reply_to.clone(),
        to: parsed.people.to.clone(),
        cc: parsed.people.cc.clone(),
        bcc: Vec::new(),
        written_to,
    }
}
