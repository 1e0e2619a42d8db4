//! What a log makes of a ticket.

use proptest::prelude::*;

use super::super::decide::{Action, decide};
use super::super::ids::{ContactId, EventId, MailboxId, MessageId, OperatorId};
use super::*;

const NUMBER: TicketNumber = TicketNumber(1042);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn event(id: i64, actor: Actor, what: Happening) -> Event {
    Event {
        id: EventId(id),
        ticket: NUMBER,
        at: at(id * 60),
        actor,
        step: EventId(id),
        what,
        takes_back: None,
    }
}

fn opened() -> Event {
    event(
        1,
        Actor::Customer(ContactId(1)),
        Happening::Opened {
            subject: "Cannot log in".into(),
            mailbox: MailboxId(1),
            contact: Some(ContactId(1)),
            first_reply_due: Some(at(14_400)),
        },
    )
}

fn mail(kind: MessageKind, class: MailClass) -> MessageMove {
    MessageMove {
        message: MessageId(1),
        kind,
        class,
        has_attachments: false,
        other_ticket: None,
        first_reply: false,
    }
}

#[test]
fn an_opening_makes_a_new_ticket_with_its_clock_and_nothing_else_does() {
    let ticket = Ticket::open(NUMBER, &opened()).unwrap();
    assert_eq!(ticket.status, Status::New);
    assert_eq!(ticket.clocks.first_reply_due, Some(at(14_400)));
    assert!(!ticket.unread, "unread is said by an event of its own");
    let other = event(
        2,
        Actor::System,
        Happening::Renamed {
            from: "a".into(),
            to: "b".into(),
        },
    );
    assert_eq!(Ticket::open(NUMBER, &other), None);
}

#[test]
fn only_a_persons_first_answer_stops_the_clock() {
    let anna = Actor::Operator(OperatorId(1));
    let moved = MessageMove {
        other_ticket: Some(TicketNumber(3)),
        ..mail(MessageKind::Outgoing, MailClass::Person)
    };
    let table = [
        (anna, mail(MessageKind::Outgoing, MailClass::Person), true),
        (
            Actor::System,
            mail(MessageKind::Outgoing, MailClass::Own),
            true,
        ),
        (
            Actor::System,
            mail(MessageKind::Outgoing, MailClass::AutoReply),
            false,
        ),
        (anna, mail(MessageKind::Note, MailClass::Person), false),
        (anna, mail(MessageKind::Incoming, MailClass::Person), false),
        (anna, moved, false),
    ];
    for (actor, message, stops) in table {
        let mut ticket = Ticket::open(NUMBER, &opened()).unwrap();
        let label = format!("{actor:?} {message:?}");
        ticket.apply(&event(5, actor, Happening::MessageJoined(message.clone())));
        ticket.apply(&event(9, actor, Happening::MessageJoined(message)));
        let expected = stops.then(|| at(300));
        assert_eq!(ticket.clocks.first_replied_at, expected, "{label}");
    }
}

#[test]
fn messages_move_a_ticket_up_and_tags_do_not() {
    let mut ticket = Ticket::open(NUMBER, &opened()).unwrap();
    let tagged = Happening::Tagged {
        added: vec!["vip".into()],
        removed: vec![],
    };
    ticket.apply(&event(3, Actor::System, tagged));
    assert_eq!(ticket.updated_at, at(60));
    let incoming = mail(MessageKind::Incoming, MailClass::Bounce);
    ticket.apply(&event(
        4,
        Actor::System,
        Happening::MessageJoined(incoming.clone()),
    ));
    assert_eq!(ticket.updated_at, at(240));
    assert_eq!(ticket.tally.messages, 1);
    assert_eq!(ticket.tally.last_class, Some(MailClass::Bounce));
    let mut back = event(5, Actor::System, Happening::MessageJoined(incoming));
    back.takes_back = Some(EventId(2));
    ticket.apply(&back);
    assert_eq!(ticket.updated_at, at(240), "what is put back is no news");
}

#[test]
fn closing_is_dated_and_reopening_forgets_the_date() {
    let mut ticket = Ticket::open(NUMBER, &opened()).unwrap();
    let close = Happening::StatusSet {
        from: Status::New,
        to: Status::Closed,
    };
    ticket.apply(&event(2, Actor::System, close.clone()));
    assert_eq!(ticket.clocks.closed_at, Some(at(120)));
    ticket.apply(&event(3, Actor::System, close.inverse().unwrap()));
    assert_eq!(ticket.clocks.closed_at, None);
}

#[test]
fn events_of_other_tickets_change_nothing() {
    let mut ticket = Ticket::open(NUMBER, &opened()).unwrap();
    let before = ticket.clone();
    let mut foreign = event(
        2,
        Actor::System,
        Happening::Assigned {
            from: None,
            to: Some(OperatorId(1)),
        },
    );
    foreign.ticket = TicketNumber(7);
    ticket.apply(&foreign);
    assert_eq!(ticket, before);
}

/// Something an operator tries, or a mail that comes or goes.
#[derive(Debug, Clone)]
enum Turn {
    Try(Action),
    Mail(MessageMove),
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let tags = proptest::collection::vec(prop::sample::select(vec!["vip", "spam", "bug"]), 0..3)
        .prop_map(|tags| tags.into_iter().map(str::to_owned).collect::<Vec<_>>());
    let action = prop_oneof![
        prop::sample::select(Status::ALL.to_vec()).prop_map(Action::SetStatus),
        proptest::option::of(1..4i64).prop_map(|id| Action::Assign(id.map(OperatorId))),
        prop::sample::select(Priority::ALL.to_vec()).prop_map(Action::SetPriority),
        (tags.clone(), tags).prop_map(|(add, remove)| Action::Tag { add, remove }),
        "[a-c]{1,2}".prop_map(Action::Rename),
        proptest::option::of(1..9i64).prop_map(|s| Action::Snooze(s.map(|s| at(1_000_000 + s)))),
        any::<bool>().prop_map(Action::SetUnread),
        Just(Action::MergeInto(TicketNumber(7))),
    ];
    let message = (any::<bool>(), 0..3usize, any::<bool>()).prop_map(|(files, kind, own)| {
        let kinds = [
            MessageKind::Incoming,
            MessageKind::Outgoing,
            MessageKind::Note,
        ];
        MessageMove {
            has_attachments: files,
            ..mail(
                kinds[kind],
                if own {
                    MailClass::Own
                } else {
                    MailClass::Person
                },
            )
        }
    });
    proptest::collection::vec(
        prop_oneof![4 => action.prop_map(Turn::Try), 1 => message.prop_map(Turn::Mail)],
        0..40,
    )
}

fn play(turns: Vec<Turn>) -> (Vec<Event>, Vec<Ticket>) {
    let anna = Actor::Operator(OperatorId(1));
    let mut log = vec![opened()];
    let mut ticket = Ticket::open(NUMBER, &log[0]).unwrap();
    let mut states = vec![ticket.clone()];
    for turn in turns {
        let happenings = match turn {
            Turn::Try(action) => decide(&ticket, &action, anna, at(900_000)).unwrap_or_default(),
            Turn::Mail(message) => vec![Happening::MessageJoined(message)],
        };
        for what in happenings {
            let happened = event(log.len() as i64 + 1, anna, what);
            ticket.apply(&happened);
            log.push(happened);
            states.push(ticket.clone());
        }
    }
    (log, states)
}

/// The parts of a ticket that an inverse must bring back. When it was last closed or changed is not among them:
/// those moments are times of events, and taking back is a later event.
fn touched(ticket: &Ticket) -> impl PartialEq + std::fmt::Debug {
    (
        (ticket.subject.clone(), ticket.status, ticket.priority),
        (ticket.assignee, ticket.tags.clone(), ticket.unread),
        (
            ticket.clocks.snoozed_until,
            ticket.clocks.closed_at.is_some(),
        ),
        (ticket.merged_into, ticket.marks.clone()),
        (ticket.tally.messages, ticket.tally.with_attachments),
    )
}

proptest! {
    #[test]
    fn a_ticket_built_anew_from_the_log_is_the_ticket_that_was_kept(turns in turns()) {
        let (log, states) = play(turns);
        let text = serde_json::to_string(&log).unwrap();
        let stored: Vec<Event> = serde_json::from_str(&text).unwrap();
        let rebuilt = Ticket::rebuild(NUMBER, &stored);
        prop_assert_eq!(rebuilt.as_ref(), states.last());
    }

    #[test]
    fn an_event_and_its_inverse_leave_no_trace(turns in turns()) {
        let (log, states) = play(turns);
        for (index, happened) in log.iter().enumerate().skip(1) {
            let mut ticket = states[index].clone();
            let mut back = happened.clone();
            back.what = happened.what.inverse().unwrap();
            back.takes_back = Some(happened.id);
            ticket.apply(&back);
            prop_assert_eq!(touched(&ticket), touched(&states[index - 1]));
        }
    }

    #[test]
    fn every_event_says_what_was_really_before(turns in turns()) {
        let (log, states) = play(turns);
        for (index, happened) in log.iter().enumerate().skip(1) {
            let before = &states[index - 1];
            match &happened.what {
                Happening::StatusSet { from, to } => {
                    prop_assert_eq!(*from, before.status);
                    prop_assert_ne!(from, to);
                }
                Happening::Tagged { added, removed } => {
                    prop_assert!(added.iter().all(|tag| !before.tags.contains(tag)));
                    prop_assert!(removed.iter().all(|tag| before.tags.contains(tag)));
                }
                Happening::Snoozed { from, .. } => prop_assert_eq!(*from, before.clocks.snoozed_until),
                Happening::Assigned { from, .. } => prop_assert_eq!(*from, before.assignee),
                _ => {}
            }
        }
    }
}
