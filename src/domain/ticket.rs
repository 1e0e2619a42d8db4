//! A ticket: one matter of one customer.
//!
//! A [`Ticket`] is a projection: it is what [`Ticket::apply`] makes of the ticket's events in order, and nothing
//! else may change it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{ContactId, MailboxId, OperatorId, TicketNumber};
use super::message::MailClass;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nobody has acted on it yet.
    New,
    Open,
    /// Waiting for the customer.
    Pending,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    Low,
    Normal,
    High,
    Urgent,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::New, Self::Open, Self::Pending, Self::Closed];

    /// The word for it on screens, in queries and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Closed => "closed",
        }
    }
}

impl Priority {
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The word for it on screens, in queries and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

/// A remark that placement or the rules leave on a ticket for people to see.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Somebody who was not part of the ticket wrote into it.
    NewParticipant,
    /// The last mail talks about something else by its subject.
    SubjectChanged,
    /// Automatic mail goes back and forth.
    LoopSuspected,
    /// A mail carried a known Message-ID with other content.
    DuplicateMessageId,
    /// Perhaps part of another ticket; the reader decides.
    PossiblyBelongsTo(TicketNumber),
    /// Follows a closed ticket.
    Follows(TicketNumber),
    /// One of very many that one sender began within an hour.
    Flood,
}

/// The moments a ticket is measured by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    pub first_reply_due: Option<Timestamp>,
    pub first_replied_at: Option<Timestamp>,
    pub snoozed_until: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

/// What the messages of a ticket add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub messages: u32,
    pub with_attachments: u32,
    /// The class of the newest incoming mail.
    pub last_class: Option<MailClass>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub number: TicketNumber,
    pub subject: String,
    pub status: Status,
    pub priority: Priority,
    pub mailbox: MailboxId,
    pub contact: Option<ContactId>,
    pub assignee: Option<OperatorId>,
    /// Sorted, lower case, without duplicates.
    pub tags: Vec<String>,
    pub created_at: Timestamp,
    /// When a message last came or went; ordering in lists goes by it.
    pub updated_at: Timestamp,
    pub tally: Tally,
    pub unread: bool,
    pub clocks: Clocks,
    pub merged_into: Option<TicketNumber>,
    /// Sorted, without duplicates.
    pub marks: Vec<Mark>,
}

impl Ticket {
    /// Whether its first reply should have gone out by `now`.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.status != Status::Closed
            && self.clocks.first_replied_at.is_none()
            && self.clocks.first_reply_due.is_some_and(|due| due <= now)
    }

    /// Whether lists show it with the rest of its flood as one row. Whatever somebody has taken up stands for itself.
    pub fn is_folded(&self) -> bool {
        self.marks.contains(&Mark::Flood) && self.status == Status::New && self.assignee.is_none()
    }

    pub fn is_snoozed(&self, now: Timestamp) -> bool {
        self.clocks.snoozed_until.is_some_and(|until| until > now)
    }
}
