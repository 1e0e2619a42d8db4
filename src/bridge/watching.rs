//! How a connected mailbox does, in full, and proving by hand that mail arrives.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::clean::Clean;
use crate::domain::folder::LedgerAccount;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{CaughtUp, Condition, Health, SelfTested};
use crate::domain::trouble::Trouble;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum WatchRequest {
    /// Everything that is known about how the mailbox does.
    Status(MailboxId),
    /// Sends a mail to the mailbox and waits for it. Answered when it has come, or when it has not.
    SelfTest(MailboxId),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum WatchReport {
    Status(Box<MailboxStatus>),
    SelfTested(SelfTested),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MailboxStatus {
    pub id: MailboxId,
    pub health: Health,
    pub status: Condition,
    /// Since when it has this status.
    pub since: Option<Timestamp>,
    pub last_fetch: Option<Timestamp>,
    pub last_send: Option<Timestamp>,
    pub last_mail: Option<Timestamp>,
    pub backlog: Backlog,
    /// Mails that came in each of the last 24 hours, the oldest first.
    pub by_hour: Vec<u32>,
    pub tickets: TicketCounts,
    pub account: LedgerAccount,
    /// The server's words about mails that it does not give, and how many.
    pub unreadable: Vec<(Clean, u64)>,
    /// What is wrong besides the connection: folders that are not there, marks that the server does not keep.
    pub troubles: Vec<Trouble>,
    /// What came after the last time without fetching.
    pub caught_up: Option<CaughtUp>,
    pub self_test: SelfTestLine,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketCounts {
    pub all: u64,
    /// Those that are not closed.
    pub open: u64,
}

/// What waits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backlog {
    /// Folders with mails that are listed and not fetched.
    pub folders: Vec<(Clean, u64)>,
    /// Answers that wait to be sent.
    pub to_send: u64,
    /// Answers that wait for somebody's decision.
    pub in_doubt: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfTestLine {
    pub last: Option<SelfTested>,
    /// When the next one comes if no mail comes before; `None` where there is none.
    pub due: Option<Timestamp>,
    /// Why there is none, where that is not by the settings.
    pub obstacle: Option<Clean>,
}
