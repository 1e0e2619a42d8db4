//! The projection: what a ticket is, made from what happened to it.
//!
//! A ticket row is never more than the sum of its events. Nothing is concluded here that an event does not say:
//! a mail that comes in does not by itself make a ticket unread or open again, the events beside it do. So the
//! log explains every value on the screen, and a ticket built anew from the log is the ticket that was stored.

use jiff::Timestamp;

use super::event::{Actor, Event, Happening, MessageMove};
use super::ids::TicketNumber;
use super::message::{MailClass, MessageKind};
use super::ticket::{Clocks, Priority, Status, Tally, Ticket};

impl Ticket {
    /// The ticket that `opened` begins. `None` if the event is not an opening.
    pub fn open(number: TicketNumber, opened: &Event) -> Option<Self> {
        let Happening::Opened {
            subject,
            mailbox,
            contact,
            first_reply_due,
        } = &opened.what
        else {
            return None;
        };
        Some(Self {
            number,
            subject: subject.clone(),
            status: Status::New,
            priority: Priority::Normal,
            mailbox: *mailbox,
            contact: *contact,
            assignee: None,
            tags: Vec::new(),
            created_at: opened.at,
            updated_at: opened.at,
            tally: Tally::default(),
            unread: false,
            clocks: Clocks {
                first_reply_due: *first_reply_due,
                ..Clocks::default()
            },
            merged_into: None,
            marks: Vec::new(),
        })
    }

    /// The ticket that a whole log makes. Events of other tickets are passed over; `None` if it was never opened.
    pub fn rebuild<'a>(
        number: TicketNumber,
        log: impl IntoIterator<Item = &'a Event>,
    ) -> Option<Self> {
        let mut events = log.into_iter().filter(|event| event.ticket == number);
        let mut ticket = Self::open(number, events.next()?)?;
        events.for_each(|event| ticket.apply(event));
        Some(ticket)
    }

    /// Lets one event happen. An event of another ticket changes nothing.
    pub fn apply(&mut self, event: &Event) {
        if event.ticket != self.number {
            return;
        }
        match &event.what {
            Happening::Opened { .. } => {}
            Happening::MessageJoined(message) => self.message_joined(message, event),
            Happening::MessageLeft(message) => self.message_left(message),
            Happening::StatusSet { to, .. } => self.set_status(*to, event.at),
            Happening::Assigned { to, .. } => self.assignee = *to,
            Happening::PrioritySet { to, .. } => self.priority = *to,
            Happening::Tagged { added, removed } => change_set(&mut self.tags, added, removed),
            Happening::Renamed { to, .. } => self.subject.clone_from(to),
            Happening::Snoozed { to, .. } => self.clocks.snoozed_until = *to,
            Happening::ReadSet { to_unread, .. } => self.unread = *to_unread,
            Happening::Merged { to, .. } => self.merged_into = *to,
            Happening::Marked { added, removed } => change_set(&mut self.marks, added, removed),
        }
    }

    fn set_status(&mut self, to: Status, at: Timestamp) {
        if to != Status::Closed {
            self.clocks.closed_at = None;
        } else if self.status != Status::Closed {
            self.clocks.closed_at = Some(at);
        }
        self.status = to;
    }

    fn message_joined(&mut self, message: &MessageMove, event: &Event) {
        self.tally.messages = self.tally.messages.saturating_add(1);
        if message.has_attachments {
            self.tally.with_attachments = self.tally.with_attachments.saturating_add(1);
        }
        if message.kind == MessageKind::Incoming {
            self.tally.last_class = Some(message.class);
        }
        // What is only put back is no news, and neither is what an operator fetched the rest of: it does not move the
        // ticket up in the lists.
        let is_fetched = event.is_replacement() && matches!(event.actor, Actor::Operator(_));
        if event.takes_back.is_none() && !is_fetched {
            self.updated_at = self.updated_at.max(event.at);
        }
        // A mail that could not be read named nobody when it opened the ticket.
        if let (true, Actor::Customer(customer)) = (event.is_replacement(), event.actor) {
            self.contact.get_or_insert(customer);
        }
        if message.first_reply || is_operators_answer(message, event) {
            self.clocks.first_replied_at.get_or_insert(event.at);
        }
    }

    fn message_left(&mut self, message: &MessageMove) {
        self.tally.messages = self.tally.messages.saturating_sub(1);
        if message.has_attachments {
            self.tally.with_attachments = self.tally.with_attachments.saturating_sub(1);
        }
        if self.tally.messages == 0 {
            self.tally.last_class = None;
        }
        if message.first_reply {
            self.clocks.first_replied_at = None;
        }
    }
}

/// Whether this is an answer that a person gave here: written in Ticketty, or found in the Sent folder. Automatic
/// mail is none, even where an operator's closing caused it. A message
/// that is moved from another ticket answers that ticket's question, not this one's.
pub(super) fn is_operators_answer(message: &MessageMove, event: &Event) -> bool {
    let by_person = matches!(event.actor, Actor::Operator(_)) || message.class == MailClass::Own;
    message.kind == MessageKind::Outgoing
        && message.class != MailClass::AutoReply
        && message.other_ticket.is_none()
        && by_person
}

/// Adds and removes, and keeps the list sorted and without duplicates.
fn change_set<T: Ord + Clone>(set: &mut Vec<T>, added: &[T], removed: &[T]) {
    set.retain(|item| !removed.contains(item));
    set.extend_from_slice(added);
    set.sort();
    set.dedup();
}

impl Happening {
    /// What takes this back. An opening has no inverse: ticket numbers that people have seen never vanish.
    pub fn inverse(&self) -> Option<Self> {
        Some(match self {
            Self::Opened { .. } => return None,
            Self::MessageJoined(message) => Self::MessageLeft(message.clone()),
            Self::MessageLeft(message) => Self::MessageJoined(message.clone()),
            Self::StatusSet { from, to } => Self::StatusSet {
                from: *to,
                to: *from,
            },
            Self::Assigned { from, to } => Self::Assigned {
                from: *to,
                to: *from,
            },
            Self::PrioritySet { from, to } => Self::PrioritySet {
                from: *to,
                to: *from,
            },
            Self::Tagged { added, removed } => Self::Tagged {
                added: removed.clone(),
                removed: added.clone(),
            },
            Self::Renamed { from, to } => Self::Renamed {
                from: to.clone(),
                to: from.clone(),
            },
            Self::Snoozed { from, to } => Self::Snoozed {
                from: *to,
                to: *from,
            },
            Self::ReadSet {
                from_unread,
                to_unread,
            } => Self::ReadSet {
                from_unread: *to_unread,
                to_unread: *from_unread,
            },
            Self::Merged { from, to } => Self::Merged {
                from: *to,
                to: *from,
            },
            Self::Marked { added, removed } => Self::Marked {
                added: removed.clone(),
                removed: added.clone(),
            },
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
