//! Undo: a whole step is taken back by new events, or not at all.
//!
//! The log is never edited. What is taken back stays in it, and so does the taking back, which can itself be
//! taken back (redo). A step is refused when what it did is no longer there, because somebody has moved on since:
//! undo must never overwrite another person's decision.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::Refusal;
use super::event::{Event, Happening, MessageMove};
use super::ids::{EventId, TicketNumber};
use super::message::MessageKind;
use super::project::is_operators_answer;
use super::ticket::{Status, Ticket};

/// One event to append, as part of taking back a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeBack {
    pub ticket: TicketNumber,
    pub what: Happening,
    /// The event that it takes back.
    pub takes_back: Option<EventId>,
}

/// The events that take back `step`, in the order in which they must be appended.
///
/// `since` holds every later event of the tickets that the step touched; `current` is what those tickets are now.
/// An answer that has left the building cannot be recognised here: whoever calls asks the outbox first.
///
/// # Errors
/// The refusal says in one sentence what stands in the way.
pub fn undo(
    step: &[Event],
    since: &[Event],
    current: &dyn Fn(TicketNumber) -> Option<Ticket>,
) -> Result<Vec<TakeBack>, Refusal> {
    refuse_twice(step, since)?;
    let mut taking = Taking {
        current,
        tickets: BTreeMap::new(),
        out: Vec::new(),
    };
    let later: Vec<&Event> = since
        .iter()
        .filter(|event| !step.iter().any(|own| own.id == event.id))
        .collect();
    for event in step.iter().rev() {
        taking.take_back(event, step, &later)?;
    }
    if taking.out.is_empty() {
        return Err(Refusal("there is nothing left to take back".into()));
    }
    Ok(taking.out)
}

fn refuse_twice(step: &[Event], since: &[Event]) -> Result<(), Refusal> {
    let taken: BTreeSet<EventId> = since.iter().filter_map(|event| event.takes_back).collect();
    match step.iter().find(|event| taken.contains(&event.id)) {
        Some(event) => Err(Refusal(format!(
            "that change of #{} was taken back already",
            event.ticket
        ))),
        None => Ok(()),
    }
}

struct Taking<'a> {
    current: &'a dyn Fn(TicketNumber) -> Option<Ticket>,
    /// The tickets as they are after what was taken back so far.
    tickets: BTreeMap<TicketNumber, Ticket>,
    out: Vec<TakeBack>,
}

impl Taking<'_> {
    fn ticket(&mut self, number: TicketNumber) -> Result<&mut Ticket, Refusal> {
        if !self.tickets.contains_key(&number) {
            let ticket = (self.current)(number)
                .ok_or_else(|| Refusal(format!("#{number} is not there any more")))?;
            self.tickets.insert(number, ticket);
        }
        self.tickets
            .get_mut(&number)
            .ok_or_else(|| Refusal(format!("#{number} is not there any more")))
    }

    fn take_back(
        &mut self,
        event: &Event,
        step: &[Event],
        later: &[&Event],
    ) -> Result<(), Refusal> {
        let ticket = self.ticket(event.ticket)?.clone();
        let what = match &event.what {
            Happening::Opened { .. } => return self.fold_back(event, step, &ticket),
            Happening::MessageJoined(message) => {
                refuse_moved_on(event, message, later)?;
                let mut left = message.clone();
                left.first_reply = (message.first_reply || is_operators_answer(message, event))
                    && ticket.clocks.first_replied_at == Some(event.at);
                Happening::MessageLeft(left)
            }
            Happening::MessageLeft(message) => {
                refuse_moved_on(event, message, later)?;
                Happening::MessageJoined(message.clone())
            }
            // Somebody has read it, or put it back to unread, in the meantime: nothing to quarrel about.
            Happening::ReadSet { to_unread, .. } if ticket.unread != *to_unread => return Ok(()),
            Happening::Marked { added, removed } => match still_marked(&ticket, added, removed) {
                Some(what) => what,
                None => return Ok(()),
            },
            other => {
                if let Some(sentence) = contradiction(&ticket, other) {
                    return Err(Refusal(sentence));
                }
                match other.inverse() {
                    Some(what) => what,
                    None => return Ok(()),
                }
            }
        };
        self.push(event, what, Some(event.id));
        Ok(())
    }

    /// A ticket that was opened for a message out of another one is closed again and points back there. Any other
    /// opening stays: mail that came in cannot be made not to have come.
    fn fold_back(&mut self, opened: &Event, step: &[Event], now: &Ticket) -> Result<(), Refusal> {
        let origin = step.iter().find_map(|event| match &event.what {
            Happening::MessageJoined(message) if event.ticket == opened.ticket => {
                message.other_ticket
            }
            _ => None,
        });
        let Some(origin) = origin else {
            return Err(Refusal(format!(
                "the opening of #{} cannot be taken back; close it or merge it",
                opened.ticket
            )));
        };
        if now.tally.messages > 0 {
            return Err(Refusal(format!(
                "#{} has got other messages since; merge it into #{origin}",
                opened.ticket
            )));
        }
        if now.status != Status::Closed {
            let closed = Happening::StatusSet {
                from: now.status,
                to: Status::Closed,
            };
            self.push(opened, closed, None);
        }
        let merged = Happening::Merged {
            from: now.merged_into,
            to: Some(origin),
        };
        self.push(opened, merged, Some(opened.id));
        Ok(())
    }

    fn push(&mut self, original: &Event, what: Happening, takes_back: Option<EventId>) {
        let happens = Event {
            what: what.clone(),
            takes_back,
            ..original.clone()
        };
        if let Some(ticket) = self.tickets.get_mut(&original.ticket) {
            ticket.apply(&happens);
        }
        self.out.push(TakeBack {
            ticket: original.ticket,
            what,
            takes_back,
        });
    }
}

fn refuse_moved_on(event: &Event, message: &MessageMove, later: &[&Event]) -> Result<(), Refusal> {
    if event.is_replacement() {
        return Err(Refusal(format!(
            "a mail of #{} is known better by now, which cannot be taken back",
            event.ticket
        )));
    }
    let arrived_from_outside = matches!(event.what, Happening::MessageJoined(_))
        && message.kind == MessageKind::Incoming
        && message.other_ticket.is_none()
        && event.takes_back.is_none();
    if arrived_from_outside {
        return Err(Refusal(format!(
            "a mail that came into #{} cannot be sent back; move it or merge the ticket",
            event.ticket
        )));
    }
    let moved = later.iter().any(|other| match &other.what {
        Happening::MessageJoined(moved) | Happening::MessageLeft(moved) => {
            moved.message == message.message && !other.is_replacement()
        }
        _ => false,
    });
    if moved {
        return Err(Refusal(format!(
            "that message of #{} has been moved again since",
            event.ticket
        )));
    }
    Ok(())
}

/// The part of a change of marks that can still be reversed.
fn still_marked(
    ticket: &Ticket,
    added: &[super::ticket::Mark],
    removed: &[super::ticket::Mark],
) -> Option<Happening> {
    let take: Vec<_> = added
        .iter()
        .filter(|mark| ticket.marks.contains(mark))
        .cloned()
        .collect();
    let put: Vec<_> = removed
        .iter()
        .filter(|mark| !ticket.marks.contains(mark))
        .cloned()
        .collect();
    (!take.is_empty() || !put.is_empty()).then_some(Happening::Marked {
        added: put,
        removed: take,
    })
}

/// What stands against taking `what` back, if the ticket is no longer as `what` left it.
fn contradiction(ticket: &Ticket, what: &Happening) -> Option<String> {
    let number = ticket.number;
    let (stands, sentence) = match what {
        Happening::StatusSet { to, .. } => (
            ticket.status == *to,
            format!("#{number} is {} by now", ticket.status.word()),
        ),
        Happening::Assigned { to, .. } => (
            ticket.assignee == *to,
            format!("#{number} was given to somebody else since"),
        ),
        Happening::PrioritySet { to, .. } => (
            ticket.priority == *to,
            format!("#{number} has {} priority by now", ticket.priority.word()),
        ),
        Happening::Tagged { added, removed } => (
            added.iter().all(|tag| ticket.tags.contains(tag))
                && !removed.iter().any(|tag| ticket.tags.contains(tag)),
            format!("the tags of #{number} were changed again since"),
        ),
        Happening::Renamed { to, .. } => (
            ticket.subject == *to,
            format!("#{number} was renamed again since"),
        ),
        Happening::Snoozed { to, .. } => (
            ticket.clocks.snoozed_until == *to,
            format!("#{number} was woken or snoozed again since"),
        ),
        Happening::Merged { to, .. } => (
            ticket.merged_into == *to,
            format!("#{number} was merged or taken apart again since"),
        ),
        Happening::Opened { .. }
        | Happening::MessageJoined(_)
        | Happening::MessageLeft(_)
        | Happening::ReadSet { .. }
        | Happening::Marked { .. } => return None,
    };
    (!stands).then_some(sentence)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
