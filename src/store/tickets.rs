//! Tickets, their messages and events, and the search over them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::StoreResult;
use crate::domain::event::{Actor, Event, Happening};
use crate::domain::ids::{ContactId, EventId, MailboxId, MessageId, TicketNumber};
use crate::domain::message::Message;
use crate::domain::query::{Asker, Query};
use crate::domain::ticket::Ticket;

/// Which part of a long list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// From this row on.
    Offset { offset: u32, limit: u32 },
    /// Around this ticket, with up to `before` rows above it; from the top if it is not in the list.
    Around {
        ticket: TicketNumber,
        before: u32,
        limit: u32,
    },
}

/// A part of a list, and where it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TicketPage {
    pub total: u32,
    pub offset: u32,
    pub rows: Vec<ListedTicket>,
    /// How many tickets of a flood stand behind a row, by its ticket. Only where the list was folded.
    pub floods: BTreeMap<TicketNumber, u32>,
}

/// A ticket with the names that a list shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedTicket {
    pub ticket: Ticket,
    pub contact_name: String,
    pub contact_address: String,
    pub assignee_login: Option<String>,
    pub mailbox_name: String,
}

/// A message that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub message: MessageId,
    pub ticket: TicketNumber,
    pub subject: String,
    /// Words around the match; the matches stand between U+E000 and U+E001.
    pub snippet: String,
    pub at: Timestamp,
}

/// What is known about a Message-ID seen before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownMessage {
    pub message: MessageId,
    pub ticket: TicketNumber,
    /// The content hash in hex, to tell a copy from an impostor.
    pub content: Option<String>,
}

/// How many tickets match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub all: u32,
    /// Of all.
    pub unread: u32,
}

pub trait TicketRead {
    fn ticket(&self, number: TicketNumber) -> StoreResult<Option<Ticket>>;
    /// Matching tickets, the most recently updated first.
    fn list_tickets(&self, query: &Query, asker: &Asker, window: Window)
    -> StoreResult<TicketPage>;
    /// The same, with the tickets of each flood that match in one row, the latest of them. A query for words, and one
    /// for floods, shows every ticket.
    fn list_folded(&self, query: &Query, asker: &Asker, window: Window) -> StoreResult<TicketPage>;
    fn count_tickets(&self, query: &Query, asker: &Asker) -> StoreResult<Tally>;
    /// Messages in the order they came.
    fn messages(&self, ticket: TicketNumber) -> StoreResult<Vec<Message>>;
    fn message(&self, id: MessageId) -> StoreResult<Option<Message>>;
    /// The subject alone, as it came.
    fn subject_of(&self, id: MessageId) -> StoreResult<Option<String>>;
    /// The messages that the reader could not read. Walks over all of them.
    fn unreadable_messages(&self) -> StoreResult<Vec<MessageId>>;
    fn events(&self, ticket: TicketNumber) -> StoreResult<Vec<Event>>;
    /// All events of one step, in order.
    fn step(&self, step: EventId) -> StoreResult<Vec<Event>>;
    /// Stored messages with this Message-ID (without angle brackets); more than one if somebody imitates.
    fn known_message_ids(&self, message_id: &str) -> StoreResult<Vec<KnownMessage>>;
    /// Lower-case addresses that wrote or received in this ticket, operators' own mailboxes left out.
    fn participants(&self, ticket: TicketNumber) -> StoreResult<Vec<String>>;
    /// The customer's most recently updated ticket in this mailbox.
    fn last_ticket_of(
        &self,
        contact: ContactId,
        mailbox: MailboxId,
    ) -> StoreResult<Option<TicketNumber>>;
    fn search_messages(&self, query: &Query, asker: &Asker, limit: u32) -> StoreResult<Vec<Hit>>;
    /// All tags in use, the most frequent first.
    fn tags(&self) -> StoreResult<Vec<String>>;
    fn last_event(&self) -> StoreResult<EventId>;
    /// The tickets that events after `event` touched.
    fn tickets_changed_since(&self, event: EventId) -> StoreResult<Vec<TicketNumber>>;
    /// Wakes that are due, and the earliest one to come.
    fn snoozed_due(&self, now: Timestamp) -> StoreResult<(Vec<TicketNumber>, Option<Timestamp>)>;
}

/// One thing to be appended to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    pub ticket: TicketNumber,
    pub what: Happening,
    pub takes_back: Option<EventId>,
}

pub trait TicketWrite {
    /// The next free ticket number. Numbers are never used twice.
    fn next_ticket_number(&mut self) -> StoreResult<TicketNumber>;
    /// An id that no message, draft or outbox row has had.
    fn fresh_id(&mut self) -> StoreResult<i64>;
    /// Appends events as one step and applies them to the ticket rows. Returns the step.
    fn append(&mut self, actor: Actor, at: Timestamp, events: &[NewEvent]) -> StoreResult<EventId>;
    /// Stores a message and indexes its words. Its ticket is where the events put it.
    fn put_message(&mut self, message: &Message) -> StoreResult<()>;
    fn move_message(&mut self, message: MessageId, to: TicketNumber) -> StoreResult<()>;
    /// Replaces what is known of a message: it could not be read before, or was not here whole. Its events say so.
    fn replace_message(&mut self, message: &Message) -> StoreResult<()>;
}
