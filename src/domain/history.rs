//! The history of a ticket in sentences.
//!
//! A sentence holds words that strangers wrote (subjects, names): it is cleaned where it is drawn.

use jiff::Timestamp;

use super::event::{Actor, Event, Happening, MessageMove};
use super::ids::{ContactId, OperatorId};
use super::message::{MailClass, MessageKind};
use super::ticket::Mark;

/// Looks up what the log keeps only as numbers, and says times in the reader's zone.
pub trait Names {
    fn operator(&self, id: OperatorId) -> String;
    fn contact(&self, id: ContactId) -> String;
    fn time(&self, at: Timestamp) -> String;
}

/// One line of history: who did what. "Anna marked it unread", and "(taking back)" behind what undoes.
pub fn tell(event: &Event, names: &dyn Names) -> String {
    let who = match event.actor {
        Actor::Operator(id) => names.operator(id),
        Actor::Customer(id) => names.contact(id),
        Actor::System => "Ticketty".to_owned(),
    };
    let what = match replaced(event) {
        Some(words) => words.to_owned(),
        None => describe(&event.what, names),
    };
    let who = match (event.actor, event.is_replacement()) {
        (Actor::Customer(_), true) => "Ticketty".to_owned(),
        _ => who,
    };
    match event.takes_back {
        Some(_) => format!("{who} {what} (taking back)"),
        None => format!("{who} {what}"),
    }
}

/// What is said of a message that was replaced by what more is known of it.
fn replaced(event: &Event) -> Option<&'static str> {
    let is_fetched = matches!(event.actor, Actor::Operator(_));
    match (&event.what, event.is_replacement()) {
        (Happening::MessageLeft(_), true) if is_fetched => Some("put a mail's header aside"),
        (Happening::MessageLeft(_), true) => Some("put a mail that could not be read aside"),
        (Happening::MessageJoined(_), true) if is_fetched => {
            Some("downloaded the whole of that mail")
        }
        (Happening::MessageJoined(_), true) => Some("could read that mail at last"),
        _ => None,
    }
}

/// What happened, as the end of a sentence that begins with a name: "closed it", "gave it to Anna".
pub fn describe(what: &Happening, names: &dyn Names) -> String {
    match what {
        Happening::Opened { subject, .. } => format!("opened it as \"{subject}\""),
        Happening::MessageJoined(message) => joined(message),
        Happening::MessageLeft(message) => left(message),
        Happening::StatusSet { from, to } => {
            format!("made it {} (was {})", to.word(), from.word())
        }
        Happening::Assigned { from, to } => match (from, to) {
            (_, Some(to)) => format!("gave it to {}", names.operator(*to)),
            (Some(from), None) => format!("took it from {}", names.operator(*from)),
            (None, None) => "left it unassigned".to_owned(),
        },
        Happening::PrioritySet { from, to } => {
            format!("set its priority to {} (was {})", to.word(), from.word())
        }
        Happening::Tagged { added, removed } => tagged(added, removed),
        Happening::Renamed { from, to } => format!("renamed it to \"{to}\" (was \"{from}\")"),
        Happening::Snoozed { to: Some(to), .. } => format!("snoozed it until {}", names.time(*to)),
        Happening::Snoozed { to: None, .. } => "woke it".to_owned(),
        Happening::ReadSet {
            to_unread: true, ..
        } => "marked it unread".to_owned(),
        Happening::ReadSet {
            to_unread: false, ..
        } => "marked it read".to_owned(),
        Happening::Merged { to: Some(to), .. } => format!("merged it into #{to}"),
        Happening::Merged {
            from: Some(from),
            to: None,
        } => format!("took it out of #{from} again"),
        Happening::Merged {
            from: None,
            to: None,
        } => "left it unmerged".to_owned(),
        Happening::Marked { added, removed } => marked(added, removed),
    }
}

fn joined(message: &MessageMove) -> String {
    if let Some(other) = message.other_ticket {
        return format!("moved {} here from #{other}", noun(message));
    }
    match message.kind {
        MessageKind::Note => "added a note".to_owned(),
        MessageKind::Outgoing if message.class == MailClass::AutoReply => {
            "sent an automatic mail".to_owned()
        }
        MessageKind::Outgoing => format!("answered with {}", noun(message)),
        MessageKind::Incoming => format!("sent {}", noun(message)),
    }
}

fn left(message: &MessageMove) -> String {
    match message.other_ticket {
        Some(other) => format!("moved {} to #{other}", noun(message)),
        None => format!("withdrew {}", noun(message)),
    }
}

fn noun(message: &MessageMove) -> &'static str {
    match (message.kind, message.class) {
        (MessageKind::Note, _) => "a note",
        (_, MailClass::AutoReply) => "an automatic reply",
        (_, MailClass::Bounce) => "a bounce",
        (_, MailClass::Report) => "a report",
        (_, MailClass::List) => "a list mail",
        (_, MailClass::Unreadable) => "a mail that could not be read",
        (_, MailClass::Person | MailClass::Own) => "a mail",
    }
}

fn tagged(added: &[String], removed: &[String]) -> String {
    match (added, removed) {
        ([], removed) => format!("removed the tag {}", removed.join(", ")),
        (added, []) => format!("tagged it {}", added.join(", ")),
        (added, removed) => format!(
            "tagged it {} and removed {}",
            added.join(", "),
            removed.join(", ")
        ),
    }
}

fn marked(added: &[Mark], removed: &[Mark]) -> String {
    let words = |marks: &[Mark]| {
        marks
            .iter()
            .map(describe_mark)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match (added, removed) {
        ([], removed) => format!("no longer notes: {}", words(removed)),
        (added, []) => format!("noted: {}", words(added)),
        (added, removed) => format!(
            "noted: {}; no longer notes: {}",
            words(added),
            words(removed)
        ),
    }
}

/// A mark in words.
pub fn describe_mark(mark: &Mark) -> String {
    match mark {
        Mark::NewParticipant => "somebody new wrote into it".to_owned(),
        Mark::SubjectChanged => "the subject changed completely".to_owned(),
        Mark::LoopSuspected => "automatic mail goes back and forth".to_owned(),
        Mark::DuplicateMessageId => "two different mails carry one Message-ID".to_owned(),
        Mark::PossiblyBelongsTo(number) => format!("possibly belongs to #{number}"),
        Mark::Follows(number) => format!("follows #{number}, which was closed"),
        Mark::Flood => "part of a flood of mail from one sender".to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::ids::{EventId, MessageId, TicketNumber};
    use super::super::ticket::Status;
    use super::*;

    struct Known;

    impl Names for Known {
        fn operator(&self, id: OperatorId) -> String {
            if id == OperatorId(1) {
                "Anna"
            } else {
                "Bohdan"
            }
            .to_owned()
        }
        fn contact(&self, _: ContactId) -> String {
            "Olena".to_owned()
        }
        fn time(&self, _: Timestamp) -> String {
            "Tue 09:00".to_owned()
        }
    }

    fn mail(kind: MessageKind, class: MailClass, other: Option<i64>) -> MessageMove {
        MessageMove {
            message: MessageId(5),
            kind,
            class,
            has_attachments: false,
            other_ticket: other.map(TicketNumber),
            first_reply: false,
        }
    }

    #[test]
    fn every_happening_is_a_sentence() {
        let until = Some(Timestamp::UNIX_EPOCH);
        let table = [
            (
                Happening::StatusSet {
                    from: Status::Open,
                    to: Status::Closed,
                },
                "made it closed (was open)",
            ),
            (
                Happening::Assigned {
                    from: None,
                    to: Some(OperatorId(2)),
                },
                "gave it to Bohdan",
            ),
            (
                Happening::Assigned {
                    from: Some(OperatorId(1)),
                    to: None,
                },
                "took it from Anna",
            ),
            (
                Happening::Tagged {
                    added: vec!["vip".into()],
                    removed: vec!["spam".into()],
                },
                "tagged it vip and removed spam",
            ),
            (
                Happening::Snoozed {
                    from: None,
                    to: until,
                },
                "snoozed it until Tue 09:00",
            ),
            (
                Happening::Snoozed {
                    from: until,
                    to: None,
                },
                "woke it",
            ),
        ];
        for (what, sentence) in table {
            assert_eq!(describe(&what, &Known), sentence);
        }
    }

    #[test]
    fn messages_merges_and_marks_are_told_with_their_tickets() {
        let table = [
            (
                Happening::MessageJoined(mail(MessageKind::Incoming, MailClass::Bounce, None)),
                "sent a bounce",
            ),
            (
                Happening::MessageLeft(mail(MessageKind::Incoming, MailClass::Person, Some(7))),
                "moved a mail to #7",
            ),
            (
                Happening::Merged {
                    from: None,
                    to: Some(TicketNumber(9)),
                },
                "merged it into #9",
            ),
            (
                Happening::Marked {
                    added: vec![Mark::Follows(TicketNumber(3))],
                    removed: vec![],
                },
                "noted: follows #3, which was closed",
            ),
        ];
        for (what, sentence) in table {
            assert_eq!(describe(&what, &Known), sentence);
        }
    }

    #[test]
    fn a_line_of_history_says_who_and_whether_it_takes_back() {
        let mut event = Event {
            id: EventId(3),
            ticket: TicketNumber(1),
            at: Timestamp::UNIX_EPOCH,
            actor: Actor::Operator(OperatorId(1)),
            step: EventId(3),
            what: Happening::ReadSet {
                from_unread: false,
                to_unread: true,
            },
            takes_back: None,
        };
        assert_eq!(tell(&event, &Known), "Anna marked it unread");
        event.takes_back = Some(EventId(2));
        assert_eq!(tell(&event, &Known), "Anna marked it unread (taking back)");
        event.actor = Actor::System;
        event.takes_back = None;
        assert_eq!(tell(&event, &Known), "Ticketty marked it unread");
    }
}
