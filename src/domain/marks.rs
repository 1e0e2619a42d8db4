//! Which mails are to be marked on the mail server, and what is added there.
//!
//! Marks are only ever added, and each wish is fulfilled once: what another program takes away afterwards stays away.
//! A mail that another program has marked as deleted is left alone, because there the server wins.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::event::{Actor, Event, Happening};
use super::ids::{EventId, MessageId};
use super::message::MessageKind;

/// The marks that a mail is to have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub seen: bool,
    pub answered: bool,
}

impl Mark {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            seen: self.seen || other.seen,
            answered: self.answered || other.answered,
        }
    }

    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// As IMAP writes them.
    pub fn flags(self) -> Vec<&'static str> {
        let words = [(self.seen, "\\Seen"), (self.answered, "\\Answered")];
        words
            .into_iter()
            .filter_map(|(is_wanted, word)| is_wanted.then_some(word))
            .collect()
    }
}

/// What is still to be added to a mail that has these flags on the server.
#[must_use]
pub fn to_add(wanted: Mark, there: &[String]) -> Mark {
    let has = |flag: &str| there.iter().any(|own| own.eq_ignore_ascii_case(flag));
    if has("\\Deleted") {
        return Mark::default();
    }
    Mark {
        seen: wanted.seen && !has("\\Seen"),
        answered: wanted.answered && !has("\\Answered"),
    }
}

/// What operators did to the messages of one ticket.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Customers' messages that were read.
    pub read: BTreeSet<MessageId>,
    /// Answers that were written; whether they were sent, the outbox knows.
    pub answers: BTreeSet<MessageId>,
}

/// What happened in a ticket after the event `after`, of all its events in order.
#[must_use]
pub fn done_since(events: &[Event], after: EventId) -> Done {
    let mut present = BTreeSet::new();
    let mut done = Done::default();
    for event in events {
        let is_new = event.id > after;
        let by_operator = matches!(event.actor, Actor::Operator(_));
        match &event.what {
            Happening::MessageJoined(joined) => match joined.kind {
                MessageKind::Incoming => {
                    present.insert(joined.message);
                }
                MessageKind::Outgoing if is_new && by_operator && joined.other_ticket.is_none() => {
                    done.answers.insert(joined.message);
                }
                MessageKind::Outgoing | MessageKind::Note => {}
            },
            Happening::MessageLeft(left) => {
                present.remove(&left.message);
                done.answers.remove(&left.message);
            }
            Happening::ReadSet { to_unread, .. } if is_new && by_operator => {
                if *to_unread {
                    done.read.clear();
                } else {
                    done.read.extend(&present);
                }
            }
            _ => {}
        }
    }
    done
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::event::MessageMove;
    use crate::domain::ids::{OperatorId, TicketNumber};
    use crate::domain::message::MailClass;

    #[test]
    fn only_what_is_missing_is_added_and_nothing_to_what_is_deleted() {
        let both = Mark {
            seen: true,
            answered: true,
        };
        let read = Mark {
            seen: true,
            answered: false,
        };
        for (wanted, there, expected) in [
            (both, vec![], vec!["\\Seen", "\\Answered"]),
            (both, vec!["\\seen", "$Label1"], vec!["\\Answered"]),
            (read, vec!["\\Answered", "\\Flagged"], vec!["\\Seen"]),
            (read, vec!["\\Seen"], vec![]),
            (both, vec!["\\DELETED"], vec![]),
            (Mark::default(), vec![], vec![]),
        ] {
            let there: Vec<String> = there.into_iter().map(str::to_owned).collect();
            assert_eq!(to_add(wanted, &there).flags(), expected, "{there:?}");
        }
    }

    fn joined(message: i64, kind: MessageKind, other_ticket: Option<i64>) -> Happening {
        Happening::MessageJoined(MessageMove {
            message: MessageId(message),
            kind,
            class: MailClass::Person,
            has_attachments: false,
            other_ticket: other_ticket.map(TicketNumber),
            first_reply: false,
        })
    }

    fn read(to_unread: bool) -> Happening {
        Happening::ReadSet {
            from_unread: !to_unread,
            to_unread,
        }
    }

    #[test]
    fn what_was_there_when_it_was_read_is_read_and_what_came_after_it_is_not() {
        use MessageKind::{Incoming, Outgoing};
        let us = Actor::Operator(OperatorId(1));
        let story = |happened: Vec<(Actor, Happening)>, after: i64| {
            let events: Vec<Event> = (1..)
                .zip(happened)
                .map(|(id, (actor, what))| Event {
                    id: EventId(id),
                    ticket: TicketNumber(1),
                    at: jiff::Timestamp::UNIX_EPOCH,
                    actor,
                    step: EventId(id),
                    what,
                    takes_back: None,
                })
                .collect();
            let done = done_since(&events, EventId(after));
            let numbers = |set: BTreeSet<MessageId>| set.into_iter().map(|id| id.0).collect();
            let told: (Vec<i64>, Vec<i64>) = (numbers(done.read), numbers(done.answers));
            told
        };
        let first = || (Actor::System, joined(1, Incoming, None));
        let later = || (Actor::System, joined(2, Incoming, None));
        assert_eq!(
            story(vec![first(), (us, read(false)), later()], 0),
            (vec![1], vec![])
        );
        // A mail that makes the ticket unread again takes back nobody's reading; an operator does.
        let unread_by_mail = vec![
            first(),
            (us, read(false)),
            later(),
            (Actor::System, read(true)),
        ];
        assert_eq!(story(unread_by_mail, 0), (vec![1], vec![]));
        assert_eq!(
            story(vec![first(), (us, read(false)), (us, read(true))], 0),
            (vec![], vec![])
        );
        // What was done before counts no more, and what the program reads by itself is nobody's reading.
        assert_eq!(story(vec![first(), (us, read(false))], 2), (vec![], vec![]));
        assert_eq!(
            story(vec![first(), (Actor::System, read(false))], 0),
            (vec![], vec![])
        );
        let answers = vec![
            first(),
            (us, joined(3, Outgoing, None)),
            (us, joined(4, Outgoing, Some(9))),
            (Actor::System, joined(5, Outgoing, None)),
        ];
        assert_eq!(story(answers, 0), (vec![], vec![3]));
    }
}
