//! Drafts and the outbox.

use jiff::Timestamp;
use rusqlite::{Params, Row, params};

use super::fault::{Fault, Sql};
use super::session::{Session, from_json, hash_of, json, micros, moment};
use crate::domain::draft::Draft;
use crate::domain::ids::{DraftId, MailboxId, MessageId, OperatorId, OutboxId, TicketNumber};
use crate::domain::outbox::{DeliveryState, Listed};
use crate::domain::trouble::Trouble;
use crate::store::StoreResult;
use crate::store::outbox::{OutboxRead, OutboxRow, OutboxWrite, SentCopy};

const ROW: &str = "id, message, ticket, mailbox, message_id, envelope_from, envelope_to, content,
    state, attempts, queued_at, changed_at, sent_copy";

impl OutboxRead for Session<'_> {
    fn drafts(&self, operator: OperatorId) -> StoreResult<Vec<Draft>> {
        self.run(|session| {
            session.all(
                "SELECT draft FROM draft WHERE operator = $1 ORDER BY saved_at DESC, id DESC",
                [operator.0],
                draft,
            )
        })
    }

    fn draft(&self, id: DraftId) -> StoreResult<Option<Draft>> {
        self.run(|session| session.one("SELECT draft FROM draft WHERE id = $1", [id.0], draft))
    }

    fn outbox(&self, listed: Listed) -> StoreResult<Vec<OutboxRow>> {
        self.run(|session| match listed {
            Listed::Open { latest, with } => {
                select(session, OPEN, params![latest, with.map(|id| id.0)])
            }
            Listed::OfSameMessage(id) => select(
                session,
                "message = (SELECT message FROM outbox WHERE id = $1) ORDER BY queued_at, id",
                [id.0],
            ),
            Listed::All => select(session, "TRUE ORDER BY queued_at, id", []),
        })
    }

    fn outbox_row(&self, id: OutboxId) -> StoreResult<Option<OutboxRow>> {
        self.run(|session| Ok(select(session, "id = $1", [id.0])?.pop()))
    }

    fn outbox_of_message(&self, message: MessageId) -> StoreResult<Option<OutboxRow>> {
        self.run(|session| Ok(select(session, "message = $1 ORDER BY id", [message.0])?.pop()))
    }

    fn outbox_due(&self, mailbox: MailboxId) -> StoreResult<Vec<OutboxRow>> {
        self.run(|session| {
            select(
                session,
                "mailbox = $1 AND finished = 0 ORDER BY queued_at, id",
                [mailbox.0],
            )
        })
    }

    fn automatic_to(&self, start: &str, since: Timestamp) -> StoreResult<Vec<OutboxRow>> {
        self.run(|session| {
            let whole = json(&[start])?;
            let start = whole.trim_end_matches("\"]");
            select(
                session,
                "envelope_from IS NULL AND lower(envelope_to) >= lower($1)
                 AND lower(envelope_to) < lower($1) || '\u{10ffff}' AND queued_at >= $2
                 ORDER BY queued_at, id",
                params![start, micros(since)],
            )
        })
    }

    fn automatic_of(&self, ticket: TicketNumber) -> StoreResult<Vec<OutboxRow>> {
        self.run(|session| {
            select(
                session,
                "envelope_from IS NULL AND ticket = $1 ORDER BY queued_at, id",
                [ticket.0],
            )
        })
    }

    fn outbox_by_message_id(&self, message_id: &str) -> StoreResult<Option<OutboxRow>> {
        self.run(|session| Ok(select(session, "message_id = $1 ORDER BY id", [message_id])?.pop()))
    }
}

impl OutboxWrite for Session<'_> {
    fn put_draft(&mut self, draft: &Draft) -> StoreResult<()> {
        self.run(|session| {
            session.exec(
                "INSERT INTO draft (id, operator, ticket, saved_at, draft) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (id) DO UPDATE SET operator = excluded.operator, ticket = excluded.ticket,
                     saved_at = excluded.saved_at, draft = excluded.draft",
                params![
                    draft.id.0,
                    draft.operator.0,
                    draft.ticket.map(|number| number.0),
                    micros(draft.saved_at),
                    json(draft)?
                ],
            )?;
            Ok(())
        })
    }

    fn delete_draft(&mut self, id: DraftId) -> StoreResult<()> {
        self.run(|session| {
            session.exec("DELETE FROM draft WHERE id = $1", [id.0])?;
            Ok(())
        })
    }

    fn put_outbox(&mut self, row: &OutboxRow) -> StoreResult<()> {
        self.run(|session| put(session, row))
    }

    fn move_outbox(
        &mut self,
        id: OutboxId,
        from: &DeliveryState,
        to: &DeliveryState,
        attempts: u32,
        now: Timestamp,
    ) -> StoreResult<bool> {
        self.run(|session| {
            let Some(row) = select(session, "id = $1", [id.0])?.pop() else {
                return Ok(false);
            };
            if row.state != *from {
                return Ok(false);
            }
            session.exec(
                "UPDATE outbox SET state = $2, finished = $3, attempts = $4, changed_at = $5 WHERE id = $1",
                params![
                    id.0,
                    json(to)?,
                    is_finished(to, &row.sent_copy),
                    attempts,
                    micros(now)
                ],
            )?;
            Ok(true)
        })
    }

    fn set_sent_copy(&mut self, id: OutboxId, copy: &SentCopy) -> StoreResult<()> {
        self.run(|session| {
            let Some(row) = select(session, "id = $1", [id.0])?.pop() else {
                return Err(Fault::Told(Trouble::bug(format!(
                    "there is no outbox row {id}"
                ))));
            };
            session.exec(
                "UPDATE outbox SET sent_copy = $2, finished = $3 WHERE id = $1",
                params![id.0, json(copy)?, is_finished(&row.state, copy)],
            )?;
            Ok(())
        })
    }
}

/// The condition stands here word for word as in the index `outbox_open`, without which this would read every answer
/// that was ever sent.
pub(super) const OPEN: &str = "id IN (
        SELECT id FROM outbox WHERE state ->> 'state' NOT IN ('sent', 'cancelled')
        UNION SELECT id FROM (SELECT id FROM outbox ORDER BY id DESC LIMIT $1)
        UNION SELECT $2
    ) ORDER BY queued_at, id";

/// Whether nothing is left to do, neither for the server nor for the copy in the Sent folder. An uncertain row is
/// not finished: evidence may still come.
pub(super) fn is_finished(state: &DeliveryState, copy: &SentCopy) -> bool {
    match state {
        DeliveryState::Refused { .. } | DeliveryState::Cancelled => true,
        DeliveryState::Sent { .. } => *copy != SentCopy::Due,
        DeliveryState::Held { .. }
        | DeliveryState::Queued
        | DeliveryState::Sending
        | DeliveryState::Dot
        | DeliveryState::Deferred { .. }
        | DeliveryState::Uncertain { .. } => false,
    }
}

fn draft(row: &Row<'_>) -> Sql<Draft> {
    from_json(&row.get::<_, String>(0)?)
}

pub(super) fn select(
    session: &Session<'_>,
    condition: &str,
    params: impl Params,
) -> Sql<Vec<OutboxRow>> {
    session.all(
        &format!("SELECT {ROW} FROM outbox WHERE {condition}"),
        params,
        |row| {
            Ok(OutboxRow {
                id: OutboxId(row.get(0)?),
                message: MessageId(row.get(1)?),
                ticket: TicketNumber(row.get(2)?),
                mailbox: MailboxId(row.get(3)?),
                message_id: row.get(4)?,
                envelope_from: row.get(5)?,
                envelope_to: from_json(&row.get::<_, String>(6)?)?,
                content: hash_of(&row.get::<_, Vec<u8>>(7)?)?,
                state: from_json(&row.get::<_, String>(8)?)?,
                attempts: row.get(9)?,
                queued_at: moment(row.get(10)?)?,
                changed_at: moment(row.get(11)?)?,
                sent_copy: from_json(&row.get::<_, String>(12)?)?,
            })
        },
    )
}

fn put(session: &Session<'_>, row: &OutboxRow) -> Sql<()> {
    session.exec(
        "INSERT INTO outbox (id, message, ticket, mailbox, message_id, envelope_from, envelope_to,
             content, state, finished, attempts, queued_at, changed_at, sent_copy)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (id) DO UPDATE SET message = excluded.message, ticket = excluded.ticket,
             mailbox = excluded.mailbox, message_id = excluded.message_id,
             envelope_from = excluded.envelope_from, envelope_to = excluded.envelope_to,
             content = excluded.content, state = excluded.state, finished = excluded.finished,
             attempts = excluded.attempts, queued_at = excluded.queued_at,
             changed_at = excluded.changed_at, sent_copy = excluded.sent_copy",
        params![
            row.id.0,
            row.message.0,
            row.ticket.0,
            row.mailbox.0,
            row.message_id,
            row.envelope_from,
            json(&row.envelope_to)?,
            &row.content.0[..],
            json(&row.state)?,
            is_finished(&row.state, &row.sent_copy),
            row.attempts,
            micros(row.queued_at),
            micros(row.changed_at),
            json(&row.sent_copy)?
        ],
    )?;
    Ok(())
}
