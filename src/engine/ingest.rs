//! What a batch of arriving mail is, and what became of it.

use jiff::Timestamp;

use crate::domain::ids::{FolderId, MailboxId, TicketNumber};
use crate::store::ledger::FolderRole;

/// A mail whose bytes are here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    pub mailbox: MailboxId,
    /// A person put it in from files: it is no news to whoever wrote it.
    pub is_imported: bool,
    /// `None` for mail of files, which has no place on a server.
    pub folder: Option<FolderId>,
    pub uid: Option<u32>,
    pub role: FolderRole,
    pub internal_date: Option<Timestamp>,
    /// Somebody has read it in another mail program. Says how it is shown, never whether it is stored.
    pub seen: bool,
    /// Set where only the header is here: the size of the whole mail on the server, in bytes.
    pub stub_of_bytes: Option<u64>,
    pub raw: Vec<u8>,
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    pub new_tickets: Vec<TicketNumber>,
    /// Tickets that existed before and got something.
    pub touched: Vec<TicketNumber>,
    pub stored: u64,
    pub same_content: u64,
    pub unparsed: u64,
    /// Automatic answers that wait in the outbox now.
    pub answered: u64,
    /// Mails by which a provider asks whether an address may be redirected here.
    pub confirmations: u64,
    /// Senders who have begun to send very much.
    pub floods: Vec<String>,
}

impl Ingested {
    /// Counts a ticket that got something, unless it began in the same step.
    pub(super) fn touch(&mut self, number: TicketNumber) {
        if !self.new_tickets.contains(&number) && !self.touched.contains(&number) {
            self.touched.push(number);
        }
    }
}
