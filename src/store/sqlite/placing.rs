//! Look-ups of placement.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Params, Row, params};

use super::fault::Sql;
use super::flood;
use super::outbox::select as outbox_rows;
use super::session::{Session, from_word};
use crate::domain::flood::Recent;
use crate::domain::ids::{ContactId, ContentHash, MailboxId, MessageId, TicketNumber};
use crate::domain::message::Message;
use crate::domain::place::Known;
use crate::store::StoreResult;
use crate::store::outbox::OutboxRow;
use crate::store::placing::PlacingRead;

/// References of one mail that are remembered; what a thread needs stands at both ends of the header.
const MOST_REFERENCES: usize = 40;

impl PlacingRead for Session<'_> {
    fn message_of_content(&self, content: &ContentHash) -> StoreResult<Option<Known>> {
        self.run(|session| {
            Ok(known(
                session,
                "FROM message m WHERE m.content = $1 ORDER BY m.id LIMIT 1",
                [&content.0[..]],
            )?
            .pop())
        })
    }

    fn messages_called(&self, message_id: &str) -> StoreResult<Vec<Known>> {
        self.run(|session| {
            known(
                session,
                "FROM message m WHERE m.message_id = $1 ORDER BY m.id LIMIT 20",
                [message_id],
            )
        })
    }

    fn messages_referring_to(&self, message_id: &str) -> StoreResult<Vec<Known>> {
        self.run(|session| {
            known(
                session,
                "FROM message_reference r JOIN message m ON m.id = r.message
                 WHERE r.reference = $1 ORDER BY r.message LIMIT 20",
                [message_id],
            )
        })
    }

    fn subjects(&self, ticket: TicketNumber) -> StoreResult<Vec<String>> {
        self.run(|session| {
            session.all(
                "SELECT DISTINCT subject FROM message WHERE ticket = $1 LIMIT 50",
                [ticket.0],
                |row| Ok(row.get(0)?),
            )
        })
    }

    fn recent_of(
        &self,
        sender: ContactId,
        mailbox: MailboxId,
        between: (Timestamp, Timestamp),
    ) -> StoreResult<Vec<Recent>> {
        self.run(|session| flood::recent(session, sender, mailbox, between))
    }

    fn outbox_rows_of(&self, message: MessageId) -> StoreResult<Vec<OutboxRow>> {
        self.run(|session| outbox_rows(session, "message = $1 ORDER BY id", [message.0]))
    }

    fn outbox_rows_called(&self, message_id: &str) -> StoreResult<Vec<OutboxRow>> {
        self.run(|session| outbox_rows(session, "message_id = $1 ORDER BY id", [message_id]))
    }
}

fn known(session: &Session<'_>, from: &str, params: impl Params) -> Sql<Vec<Known>> {
    session.all(
        &format!("SELECT m.id, m.ticket, m.kind {from}"),
        params,
        read_known,
    )
}

fn read_known(row: &Row<'_>) -> Sql<Known> {
    let kind: String = row.get(2)?;
    Ok(Known {
        message: MessageId(row.get(0)?),
        ticket: TicketNumber(row.get(1)?),
        kind: from_word(&kind)?,
    })
}

/// Remembers what a message refers to, so that a mail that arrives after its own answer finds it.
pub(super) fn remember_references(session: &Session<'_>, message: &Message) -> Sql<()> {
    let envelope = &message.envelope;
    let (first, last) = (
        envelope.references.iter().take(2),
        envelope.references.iter().rev(),
    );
    let named: BTreeSet<&String> = envelope
        .in_reply_to
        .iter()
        .chain(first)
        .chain(last)
        .take(MOST_REFERENCES)
        .collect();
    for reference in named {
        session.exec(
            "INSERT INTO message_reference (reference, message) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            params![reference, message.id.0],
        )?;
    }
    Ok(())
}
