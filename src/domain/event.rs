//! What happened to tickets: the one log that history, undo, audit and the ticket rows are made of.
//!
//! Events are past tense, only appended, never edited. Each carries what was before, so that its inverse can be
//! made without looking anywhere else.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{ContactId, EventId, MailboxId, MessageId, OperatorId, TicketNumber};
use super::message::{MailClass, MessageKind};
use super::ticket::{Mark, Priority, Status};

/// Who caused an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    Operator(OperatorId),
    Customer(ContactId),
    System,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub id: EventId,
    pub ticket: TicketNumber,
    pub at: Timestamp,
    pub actor: Actor,
    /// All events of one decision share a step (the id of its first event), and are undone together.
    pub step: EventId,
    pub what: Happening,
    /// The event that this one takes back.
    pub takes_back: Option<EventId>,
}

/// What happened. `from` is what was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Happening {
    Opened {
        subject: String,
        mailbox: MailboxId,
        contact: Option<ContactId>,
        first_reply_due: Option<Timestamp>,
    },
    MessageJoined(MessageMove),
    MessageLeft(MessageMove),
    StatusSet {
        from: Status,
        to: Status,
    },
    Assigned {
        from: Option<OperatorId>,
        to: Option<OperatorId>,
    },
    PrioritySet {
        from: Priority,
        to: Priority,
    },
    /// Only tags that were really new, and really there.
    Tagged {
        added: Vec<String>,
        removed: Vec<String>,
    },
    Renamed {
        from: String,
        to: String,
    },
    Snoozed {
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    },
    ReadSet {
        from_unread: bool,
        to_unread: bool,
    },
    Merged {
        from: Option<TicketNumber>,
        to: Option<TicketNumber>,
    },
    Marked {
        added: Vec<Mark>,
        removed: Vec<Mark>,
    },
}

/// A message that came into or went out of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageMove {
    pub message: MessageId,
    pub kind: MessageKind,
    pub class: MailClass,
    pub has_attachments: bool,
    /// Where it came from or went to, when it moved between tickets. The ticket's own number where it left and joined
    /// in one step, as more than before: it was read at last, or is here whole now.
    pub other_ticket: Option<TicketNumber>,
    /// The answer that stopped the first-reply clock. Undo sets it, so that taking that answer back starts the
    /// clock again.
    #[serde(default)]
    pub first_reply: bool,
}

impl Event {
    /// Whether a message of this ticket was replaced by what more is known of it.
    pub fn is_replacement(&self) -> bool {
        match &self.what {
            Happening::MessageJoined(message) | Happening::MessageLeft(message) => {
                message.other_ticket == Some(self.ticket)
            }
            _ => false,
        }
    }
}
