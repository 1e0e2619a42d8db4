//! Drafts and the outbox.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::StoreResult;
use crate::domain::draft::Draft;
use crate::domain::ids::{
    ContentHash, DraftId, MailboxId, MessageId, OperatorId, OutboxId, TicketNumber,
};
use crate::domain::outbox::{DeliveryState, Listed};

/// An answer on its way. Message-ID and bytes are fixed when it is queued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    pub id: OutboxId,
    pub message: MessageId,
    pub ticket: TicketNumber,
    pub mailbox: MailboxId,
    /// Without angle brackets.
    pub message_id: String,
    /// `None` is the null sender of automatic mail.
    pub envelope_from: Option<String>,
    pub envelope_to: Vec<String>,
    pub content: ContentHash,
    pub state: DeliveryState,
    pub attempts: u32,
    pub queued_at: Timestamp,
    pub changed_at: Timestamp,
    pub sent_copy: SentCopy,
}

/// Whether the copy in the mailbox's Sent folder is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum SentCopy {
    /// The provider keeps one by itself, or the mailbox has no such folder.
    NotOurs,
    Due,
    Done,
    Failed {
        words: String,
    },
}

pub trait OutboxRead {
    fn drafts(&self, operator: OperatorId) -> StoreResult<Vec<Draft>>;
    fn draft(&self, id: DraftId) -> StoreResult<Option<Draft>>;
    /// The oldest first.
    fn outbox(&self, listed: Listed) -> StoreResult<Vec<OutboxRow>>;
    fn outbox_row(&self, id: OutboxId) -> StoreResult<Option<OutboxRow>>;
    fn outbox_of_message(&self, message: MessageId) -> StoreResult<Option<OutboxRow>>;
    /// Rows of a mailbox that are not finished, oldest first.
    fn outbox_due(&self, mailbox: MailboxId) -> StoreResult<Vec<OutboxRow>>;
    /// Automatic mail to addresses that begin so, queued at `since` or later.
    fn automatic_to(&self, start: &str, since: Timestamp) -> StoreResult<Vec<OutboxRow>>;
    /// All automatic mail of a ticket.
    fn automatic_of(&self, ticket: TicketNumber) -> StoreResult<Vec<OutboxRow>>;
    fn outbox_by_message_id(&self, message_id: &str) -> StoreResult<Option<OutboxRow>>;
}

pub trait OutboxWrite {
    fn put_draft(&mut self, draft: &Draft) -> StoreResult<()>;
    fn delete_draft(&mut self, id: DraftId) -> StoreResult<()>;
    fn put_outbox(&mut self, row: &OutboxRow) -> StoreResult<()>;
    /// Changes the state only if it is still `from`; `false` where somebody was faster.
    fn move_outbox(
        &mut self,
        id: OutboxId,
        from: &DeliveryState,
        to: &DeliveryState,
        attempts: u32,
        now: Timestamp,
    ) -> StoreResult<bool>;
    fn set_sent_copy(&mut self, id: OutboxId, copy: &SentCopy) -> StoreResult<()>;
}
