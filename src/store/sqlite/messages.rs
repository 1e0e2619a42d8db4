//! Messages: their rows, their words in the search, and who takes part.

use std::collections::BTreeSet;

use rusqlite::{Params, Row, params};
use serde::{Deserialize, Serialize};

use super::fault::{Fault, Sql};
use super::session::{
    Session, Words, from_json, from_word, hash_of, json, micros, moment, word_of,
};
use super::{log, ticket_row, words};
use crate::domain::event::{Event, Happening};
use crate::domain::headers::address::Address;
use crate::domain::ids::{MessageId, OperatorId, TicketNumber};
use crate::domain::message::{Envelope, Message, Placement};
use crate::domain::parsed::{AttachmentInfo, ParseNote};
use crate::domain::trouble::Trouble;

const MESSAGE: &str = "m.id, m.ticket, m.kind, m.class, m.at, m.author, m.content, m.subject, x.preview, x.text, x.detail";

/// What no query looks into, as it is written.
#[derive(Serialize)]
struct DetailOut<'m> {
    envelope: &'m Envelope,
    attachments: &'m [AttachmentInfo],
    placement: &'m Placement,
    notes: &'m [ParseNote],
}

/// The same, as it is read.
#[derive(Deserialize)]
struct DetailIn {
    envelope: Envelope,
    attachments: Vec<AttachmentInfo>,
    placement: Placement,
    notes: Vec<ParseNote>,
}

fn detail(message: &Message) -> Sql<String> {
    json(&DetailOut {
        envelope: &message.envelope,
        attachments: &message.attachments,
        placement: &message.placement,
        notes: &message.notes,
    })
}

fn read(row: &Row<'_>) -> Sql<Message> {
    let text = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
    let detail: DetailIn = from_json(text(10)?)?;
    Ok(Message {
        id: MessageId(row.get(0)?),
        ticket: TicketNumber(row.get(1)?),
        kind: from_word(text(2)?)?,
        class: from_word(text(3)?)?,
        at: moment(row.get(4)?)?,
        author: row.get::<_, Option<i64>>(5)?.map(OperatorId),
        content: row
            .get_ref(6)?
            .as_blob_or_null()
            .map_err(rusqlite::Error::from)?
            .map(hash_of)
            .transpose()?,
        subject: row.get(7)?,
        preview: row.get(8)?,
        text: row.get(9)?,
        envelope: detail.envelope,
        attachments: detail.attachments,
        placement: detail.placement,
        notes: detail.notes,
    })
}

/// The messages that meet a condition on `m`, which also says their order.
pub(super) fn select(
    session: &Session<'_>,
    condition: &str,
    params: impl Params,
) -> Sql<Vec<Message>> {
    session.all(
        &format!(
            "SELECT {MESSAGE} FROM message m JOIN message_text x ON x.message = m.id WHERE {condition}"
        ),
        params,
        read,
    )
}

fn find(session: &Session<'_>, id: MessageId) -> Sql<Message> {
    select(session, "m.id = $1", [id.0])?.pop().ok_or_else(|| {
        Fault::Told(Trouble::bug(format!(
            "there is no message {id} in the store"
        )))
    })
}

pub(super) fn put(session: &Session<'_>, message: &Message) -> Sql<()> {
    session.exec(
        "INSERT INTO message (id, ticket, kind, class, at, author, message_id, content, subject)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            message.id.0,
            message.ticket.0,
            word_of(&message.kind)?,
            word_of(&message.class)?,
            micros(message.at),
            message.author.map(|author| author.0),
            message.envelope.message_id,
            message.content.as_ref().map(|content| &content.0[..]),
            message.subject
        ],
    )?;
    super::placing::remember_references(session, message)?;
    session.exec(
        "INSERT INTO message_text (message, preview, text, detail) VALUES ($1, $2, $3, $4)",
        params![
            message.id.0,
            message.preview,
            message.text,
            detail(message)?
        ],
    )?;
    add_participants(session, message.ticket, &message.envelope)?;
    let ticket_subject = session.known_ticket(message.ticket).map(|t| t.subject);
    index(session, message, ticket_subject.as_deref())
}

pub(super) fn replace(session: &Session<'_>, message: &Message) -> Sql<()> {
    let before = find(session, message.id)?;
    session.exec(
        "UPDATE message SET kind = $2, class = $3, at = $4, author = $5, message_id = $6,
             content = $7, subject = $8 WHERE id = $1",
        params![
            message.id.0,
            word_of(&message.kind)?,
            word_of(&message.class)?,
            micros(message.at),
            message.author.map(|author| author.0),
            message.envelope.message_id,
            message.content.as_ref().map(|content| &content.0[..]),
            message.subject
        ],
    )?;
    session.exec(
        "UPDATE message_text SET preview = $2, text = $3, detail = $4 WHERE message = $1",
        params![
            message.id.0,
            message.preview,
            message.text,
            detail(message)?
        ],
    )?;
    super::placing::remember_references(session, message)?;
    // The ticket stays where the events put the message, whatever the caller's copy says.
    recount_participants(session, before.ticket)?;
    reindex(session, message, before.ticket)
}

pub(super) fn move_to(session: &Session<'_>, id: MessageId, to: TicketNumber) -> Sql<()> {
    let message = find(session, id)?;
    session.exec(
        "UPDATE message SET ticket = $2 WHERE id = $1",
        params![id.0, to.0],
    )?;
    recount_participants(session, message.ticket)?;
    add_participants(session, to, &message.envelope)
}

fn people(envelope: &Envelope) -> impl Iterator<Item = &Address> {
    envelope
        .from
        .iter()
        .chain(&envelope.reply_to)
        .chain(&envelope.to)
        .chain(&envelope.cc)
        .chain(&envelope.bcc)
}

fn add_participants(session: &Session<'_>, ticket: TicketNumber, envelope: &Envelope) -> Sql<()> {
    for person in people(envelope).filter(|person| !person.address.is_empty()) {
        session.exec(
            "INSERT INTO participant (ticket, address) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            params![ticket.0, person.address.to_lowercase()],
        )?;
    }
    Ok(())
}

fn recount_participants(session: &Session<'_>, ticket: TicketNumber) -> Sql<()> {
    session.exec("DELETE FROM participant WHERE ticket = $1", [ticket.0])?;
    for message in select(session, "m.ticket = $1", [ticket.0])? {
        add_participants(session, ticket, &message.envelope)?;
    }
    Ok(())
}

/// Notes the words of a message for the search. A ticket that was renamed is found by its new subject too.
fn index(session: &Session<'_>, message: &Message, ticket_subject: Option<&str>) -> Sql<()> {
    let mut subject = words::fold(&message.subject);
    if let Some(other) = ticket_subject.filter(|other| !message.subject.contains(other)) {
        subject.push(' ');
        subject.push_str(&words::fold(other));
    }
    let envelope = &message.envelope;
    session.remember_words(Words {
        message: message.id,
        subject,
        sender: person_words(envelope.from.iter().chain(&envelope.reply_to)),
        receivers: person_words(envelope.to.iter().chain(&envelope.cc).chain(&envelope.bcc)),
        body: words::fold(&message.text),
    })
}

fn person_words<'p>(people: impl Iterator<Item = &'p Address>) -> String {
    let mut text = String::new();
    for person in people {
        text.push_str(&words::fold(&person.name));
        text.push(' ');
        text.push_str(&words::fold(&person.address));
        text.push(' ');
    }
    text
}

/// A message that was taken back is part of nothing, so no search finds it; one that is back again is found again.
pub(super) fn follow_withdrawal(session: &Session<'_>, event: &Event) -> Sql<()> {
    match &event.what {
        Happening::MessageLeft(moved) if moved.other_ticket.is_none() => {
            if select(session, "m.id = $1", [moved.message.0])?.is_empty() {
                return Ok(());
            }
            session.put_words()?;
            session.exec(
                "DELETE FROM message_words WHERE rowid = $1",
                [moved.message.0],
            )?;
            session.remember_words(Words {
                message: moved.message,
                subject: String::new(),
                sender: String::new(),
                receivers: String::new(),
                body: String::new(),
            })
        }
        Happening::MessageJoined(moved)
            if moved.other_ticket.is_none() && event.takes_back.is_some() =>
        {
            match select(session, "m.id = $1", [moved.message.0])?.first() {
                Some(message) => reindex(session, message, message.ticket),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Messages of a ticket that were taken back.
fn withdrawn(session: &Session<'_>, ticket: TicketNumber) -> Sql<BTreeSet<MessageId>> {
    let mut withdrawn = BTreeSet::new();
    for event in log::select(session, "ticket = $1 ORDER BY id", [ticket.0])? {
        match event.what {
            Happening::MessageLeft(moved) if moved.other_ticket.is_none() => {
                withdrawn.insert(moved.message);
            }
            Happening::MessageJoined(moved) => {
                withdrawn.remove(&moved.message);
            }
            _ => {}
        }
    }
    Ok(withdrawn)
}

fn reindex(session: &Session<'_>, message: &Message, ticket: TicketNumber) -> Sql<()> {
    session.put_words()?;
    session.exec("DELETE FROM message_words WHERE rowid = $1", [message.id.0])?;
    let subject = ticket_row::find(session, ticket)?.map(|ticket| ticket.subject);
    index(session, message, subject.as_deref())
}

/// Makes a renamed ticket findable by its new subject: its first message carries the words.
pub(super) fn index_new_subject(session: &Session<'_>, ticket: TicketNumber) -> Sql<()> {
    let withdrawn = withdrawn(session, ticket)?;
    let messages = select(session, "m.ticket = $1 ORDER BY m.at, m.id", [ticket.0])?;
    let present = messages
        .iter()
        .find(|message| !withdrawn.contains(&message.id));
    match present {
        Some(message) => reindex(session, message, ticket),
        None => Ok(()),
    }
}
