//! Tickets, messages and events, as the traits ask for them.

use jiff::Timestamp;

use super::flood::Floods;
use super::session::{Session, hash_of, micros, moment, word_of};
use super::{list, log, messages, search, ticket_row};
use crate::domain::event::{Actor, Event};
use crate::domain::ids::{ContactId, EventId, MailboxId, MessageId, TicketNumber};
use crate::domain::message::{MailClass, Message};
use crate::domain::query::{Asker, Query};
use crate::domain::ticket::Ticket;
use crate::store::StoreResult;
use crate::store::tickets::{
    Hit, KnownMessage, NewEvent, Tally, TicketPage, TicketRead, TicketWrite, Window,
};

impl TicketRead for Session<'_> {
    fn ticket(&self, number: TicketNumber) -> StoreResult<Option<Ticket>> {
        self.run(|session| ticket_row::find(session, number))
    }

    fn list_tickets(
        &self,
        query: &Query,
        asker: &Asker,
        window: Window,
    ) -> StoreResult<TicketPage> {
        self.run(|session| list::page(session, query, asker, window, Floods::Shown))
    }

    fn list_folded(&self, query: &Query, asker: &Asker, window: Window) -> StoreResult<TicketPage> {
        self.run(|session| list::page(session, query, asker, window, Floods::Folded))
    }

    fn count_tickets(&self, query: &Query, asker: &Asker) -> StoreResult<Tally> {
        self.run(|session| list::count(session, query, asker))
    }

    fn messages(&self, ticket: TicketNumber) -> StoreResult<Vec<Message>> {
        self.run(|session| {
            messages::select(session, "m.ticket = $1 ORDER BY m.at, m.id", [ticket.0])
        })
    }

    fn message(&self, id: MessageId) -> StoreResult<Option<Message>> {
        self.run(|session| Ok(messages::select(session, "m.id = $1", [id.0])?.pop()))
    }

    fn subject_of(&self, id: MessageId) -> StoreResult<Option<String>> {
        self.run(|session| {
            session.one("SELECT subject FROM message WHERE id = $1", [id.0], |row| {
                Ok(row.get(0)?)
            })
        })
    }

    fn unreadable_messages(&self) -> StoreResult<Vec<MessageId>> {
        self.run(|session| {
            let class = word_of(&MailClass::Unreadable)?;
            session.all(
                "SELECT id FROM message WHERE class = $1 ORDER BY id",
                [class],
                |row| Ok(MessageId(row.get(0)?)),
            )
        })
    }

    fn events(&self, ticket: TicketNumber) -> StoreResult<Vec<Event>> {
        self.run(|session| log::select(session, "ticket = $1 ORDER BY id", [ticket.0]))
    }

    fn step(&self, step: EventId) -> StoreResult<Vec<Event>> {
        self.run(|session| log::step(session, step))
    }

    fn known_message_ids(&self, message_id: &str) -> StoreResult<Vec<KnownMessage>> {
        self.run(|session| {
            session.all(
                "SELECT id, ticket, content FROM message WHERE message_id = $1 ORDER BY id",
                [message_id],
                |row| {
                    let content: Option<Vec<u8>> = row.get(2)?;
                    Ok(KnownMessage {
                        message: MessageId(row.get(0)?),
                        ticket: TicketNumber(row.get(1)?),
                        content: content
                            .map(|bytes| hash_of(&bytes))
                            .transpose()?
                            .map(|hash| hash.to_string()),
                    })
                },
            )
        })
    }

    fn participants(&self, ticket: TicketNumber) -> StoreResult<Vec<String>> {
        self.run(|session| {
            session.all(
                "SELECT address FROM participant
                 WHERE ticket = $1 AND address NOT IN (SELECT address_key FROM mailbox)
                 ORDER BY address",
                [ticket.0],
                |row| Ok(row.get(0)?),
            )
        })
    }

    fn last_ticket_of(
        &self,
        contact: ContactId,
        mailbox: MailboxId,
    ) -> StoreResult<Option<TicketNumber>> {
        self.run(|session| {
            session.one(
                "SELECT number FROM ticket WHERE contact = $1 AND mailbox = $2
                 ORDER BY updated_at DESC, number DESC LIMIT 1",
                [contact.0, mailbox.0],
                |row| Ok(TicketNumber(row.get(0)?)),
            )
        })
    }

    fn search_messages(&self, query: &Query, asker: &Asker, limit: u32) -> StoreResult<Vec<Hit>> {
        self.run(|session| search::messages(session, query, asker, limit))
    }

    fn tags(&self) -> StoreResult<Vec<String>> {
        self.run(|session| {
            session.all(
                "SELECT tag FROM ticket_tag GROUP BY tag ORDER BY count(*) DESC, tag",
                [],
                |row| Ok(row.get(0)?),
            )
        })
    }

    fn last_event(&self) -> StoreResult<EventId> {
        self.run(log::last)
    }

    fn tickets_changed_since(&self, event: EventId) -> StoreResult<Vec<TicketNumber>> {
        self.run(|session| {
            session.all(
                "SELECT DISTINCT ticket FROM event WHERE id > $1 ORDER BY ticket",
                [event.0],
                |row| Ok(TicketNumber(row.get(0)?)),
            )
        })
    }

    fn snoozed_due(&self, now: Timestamp) -> StoreResult<(Vec<TicketNumber>, Option<Timestamp>)> {
        self.run(|session| {
            let due = session.all(
                "SELECT number FROM ticket WHERE snoozed_until IS NOT NULL AND snoozed_until <= $1
                 ORDER BY snoozed_until, number",
                [micros(now)],
                |row| Ok(TicketNumber(row.get(0)?)),
            )?;
            let next = session.one(
                "SELECT snoozed_until FROM ticket
                 WHERE snoozed_until IS NOT NULL AND snoozed_until > $1
                 ORDER BY snoozed_until LIMIT 1",
                [micros(now)],
                |row| moment(row.get(0)?),
            )?;
            Ok((due, next))
        })
    }
}

impl TicketWrite for Session<'_> {
    fn next_ticket_number(&mut self) -> StoreResult<TicketNumber> {
        self.run(|session| Ok(TicketNumber(session.count_up("ticket")?)))
    }

    fn fresh_id(&mut self) -> StoreResult<i64> {
        self.run(|session| session.count_up("id"))
    }

    fn append(&mut self, actor: Actor, at: Timestamp, events: &[NewEvent]) -> StoreResult<EventId> {
        self.run(|session| log::append(session, actor, at, events))
    }

    fn put_message(&mut self, message: &Message) -> StoreResult<()> {
        self.run(|session| messages::put(session, message))
    }

    fn move_message(&mut self, message: MessageId, to: TicketNumber) -> StoreResult<()> {
        self.run(|session| messages::move_to(session, message, to))
    }

    fn replace_message(&mut self, message: &Message) -> StoreResult<()> {
        self.run(|session| messages::replace(session, message))
    }
}
