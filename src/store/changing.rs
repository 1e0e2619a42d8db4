//! What has to be known before mail on the server is changed: who worked on what, where a mail lies, and what is
//! stored whole.

use std::collections::BTreeSet;

use super::StoreResult;
use super::ledger::Stamp;
use crate::domain::ids::{ContentHash, EventId, FolderId, MailboxId, TicketNumber};

/// Where a mail lies on a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    pub folder: FolderId,
    pub uid: u32,
    pub content: ContentHash,
}

pub trait ChangingRead {
    /// The tickets that operators worked on after `event`.
    fn worked_on_since(&self, event: EventId) -> StoreResult<Vec<TicketNumber>>;
    /// Where these mails lie in the folders of a mailbox that are followed now.
    fn spots_of(
        &self,
        mailbox: MailboxId,
        contents: &BTreeSet<ContentHash>,
    ) -> StoreResult<Vec<Spot>>;
    /// The mails above this UID of which every byte is stored here, ascending.
    fn stored_above(&self, folder: FolderId, uid: u32) -> StoreResult<Vec<Stamp>>;
}
