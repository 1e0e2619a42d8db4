//! What placement asks about mail that is stored already.

use jiff::Timestamp;

use super::StoreResult;
use crate::domain::flood::Recent;
use crate::domain::ids::{ContactId, ContentHash, MailboxId, MessageId, TicketNumber};
use crate::domain::place::Known;

use super::outbox::OutboxRow;

pub trait PlacingRead {
    /// The message that has exactly these bytes.
    fn message_of_content(&self, content: &ContentHash) -> StoreResult<Option<Known>>;
    /// The messages with this Message-ID (without angle brackets), oldest first.
    fn messages_called(&self, message_id: &str) -> StoreResult<Vec<Known>>;
    /// The messages that name this Message-ID in In-Reply-To or References, oldest first, at most 20.
    fn messages_referring_to(&self, message_id: &str) -> StoreResult<Vec<Known>>;
    /// The different subjects of a ticket's messages, at most 50.
    fn subjects(&self, ticket: TicketNumber) -> StoreResult<Vec<String>>;
    /// The latest tickets of a sender in a mailbox between two moments, as many as make a flood.
    fn recent_of(
        &self,
        sender: ContactId,
        mailbox: MailboxId,
        between: (Timestamp, Timestamp),
    ) -> StoreResult<Vec<Recent>>;
    /// Every outbox row of a message: more than one where recipients fared differently.
    fn outbox_rows_of(&self, message: MessageId) -> StoreResult<Vec<OutboxRow>>;
    /// Rows that carry this Message-ID.
    fn outbox_rows_called(&self, message_id: &str) -> StoreResult<Vec<OutboxRow>>;
}
