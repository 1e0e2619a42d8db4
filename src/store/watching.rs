//! What is asked about a mailbox to see how it does: its traffic, its backlog, what it holds.

use jiff::Timestamp;

use super::StoreResult;
use crate::domain::ids::MailboxId;

pub trait WatchingRead {
    /// The hours since 1970 (UTC) in which mail came, from the hour of `since` on, and how many mails in each.
    fn arrivals(&self, mailbox: MailboxId, since: Timestamp) -> StoreResult<Vec<(i64, u32)>>;
    /// When the latest mail came.
    fn last_arrival(&self, mailbox: MailboxId) -> StoreResult<Option<Timestamp>>;
    /// Folders with mails that are listed and not fetched, and how many.
    fn backlog(&self, mailbox: MailboxId) -> StoreResult<Vec<(String, u64)>>;
    /// The server's words about mails that it does not give, the most frequent first, at most 5.
    fn unreadable(&self, mailbox: MailboxId) -> StoreResult<Vec<(String, u64)>>;
    /// Tickets of the mailbox: all, and those that are not closed.
    fn ticket_counts(&self, mailbox: MailboxId) -> StoreResult<(u64, u64)>;
}
