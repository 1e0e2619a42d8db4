//! What can be taken back, and what stands in the way.

use jiff::Timestamp;

use super::super::decide::{Action, decide, decide_merge, decide_move};
use super::super::event::Actor;
use super::super::ids::{MailboxId, MessageId, OperatorId};
use super::super::message::{MailClass, Message, Placement, PlacementRule};
use super::*;

const ANNA: Actor = Actor::Operator(OperatorId(1));

/// A little desk: a log, and tickets that are always what the log says.
#[derive(Default)]
struct Desk {
    log: Vec<Event>,
}

impl Desk {
    fn with_tickets(numbers: &[i64]) -> Self {
        let mut desk = Self::default();
        for number in numbers {
            desk.commit(&[(TicketNumber(*number), opening(), None)]);
            let joined = Happening::MessageJoined(mail(*number, MessageKind::Incoming));
            desk.commit(&[(TicketNumber(*number), joined, None)]);
        }
        desk
    }

    fn ticket(&self, number: i64) -> Ticket {
        Ticket::rebuild(TicketNumber(number), &self.log).unwrap()
    }

    fn commit(&mut self, events: &[(TicketNumber, Happening, Option<EventId>)]) -> EventId {
        let step = EventId(self.log.len() as i64 + 1);
        for (ticket, what, takes_back) in events {
            let id = EventId(self.log.len() as i64 + 1);
            self.log.push(Event {
                id,
                ticket: *ticket,
                at: Timestamp::from_second(1_790_000_000 + id.0 * 60).unwrap(),
                actor: ANNA,
                step,
                what: what.clone(),
                takes_back: *takes_back,
            });
        }
        step
    }

    fn act(&mut self, number: i64, action: Action) -> EventId {
        let ticket = self.ticket(number);
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let happenings = decide(&ticket, &action, ANNA, now).unwrap();
        let events: Vec<_> = happenings
            .into_iter()
            .map(|what| (ticket.number, what, None))
            .collect();
        self.commit(&events)
    }

    fn undo(&mut self, step: EventId) -> Result<EventId, String> {
        let (of_step, since): (Vec<_>, Vec<_>) = self
            .log
            .iter()
            .filter(|event| event.step >= step)
            .cloned()
            .partition(|event| event.step == step);
        let backs = undo(&of_step, &since, &|number| {
            Ticket::rebuild(number, &self.log)
        })
        .map_err(|refusal| refusal.0)?;
        let events: Vec<_> = backs
            .into_iter()
            .map(|back| (back.ticket, back.what, back.takes_back))
            .collect();
        Ok(self.commit(&events))
    }
}

fn opening() -> Happening {
    Happening::Opened {
        subject: "Cannot log in".into(),
        mailbox: MailboxId(1),
        contact: None,
        first_reply_due: None,
    }
}

fn mail(message: i64, kind: MessageKind) -> MessageMove {
    MessageMove {
        message: MessageId(message),
        kind,
        class: MailClass::Person,
        has_attachments: false,
        other_ticket: None,
        first_reply: false,
    }
}

fn message(id: i64, ticket: i64) -> Message {
    Message {
        id: MessageId(id),
        ticket: TicketNumber(ticket),
        kind: MessageKind::Incoming,
        class: MailClass::Person,
        at: Timestamp::UNIX_EPOCH,
        author: None,
        envelope: Default::default(),
        subject: String::new(),
        text: String::new(),
        preview: String::new(),
        attachments: vec![],
        placement: Placement {
            rule: PlacementRule::NewTicket,
            value: String::new(),
        },
        content: None,
        notes: vec![],
    }
}

#[test]
fn a_step_is_taken_back_whole() {
    let mut desk = Desk::with_tickets(&[1]);
    let until = Timestamp::from_second(1_800_000_000).unwrap();
    desk.act(1, Action::Snooze(Some(until)));
    let step = desk.act(1, Action::SetStatus(Status::Closed));
    assert_eq!(desk.ticket(1).clocks.snoozed_until, None);
    desk.undo(step).unwrap();
    assert_eq!(desk.ticket(1).status, Status::New);
    assert_eq!(desk.ticket(1).clocks.snoozed_until, Some(until));
}

#[test]
fn undo_undone_is_redo_and_nothing_is_taken_back_twice() {
    let mut desk = Desk::with_tickets(&[1]);
    let step = desk.act(1, Action::Assign(Some(OperatorId(2))));
    let back = desk.undo(step).unwrap();
    assert_eq!(desk.ticket(1).assignee, None);
    assert_eq!(
        desk.undo(step).unwrap_err(),
        "that change of #1 was taken back already"
    );
    desk.undo(back).unwrap();
    assert_eq!(desk.ticket(1).assignee, Some(OperatorId(2)));
    assert_eq!(desk.ticket(1).status, Status::Open);
}

#[test]
fn what_somebody_changed_since_is_never_overwritten() {
    let table = [
        (
            Action::SetStatus(Status::Closed),
            Action::SetStatus(Status::Open),
            "#1 is open by now",
        ),
        (
            Action::Assign(Some(OperatorId(2))),
            Action::Assign(Some(OperatorId(3))),
            "#1 was given to somebody else since",
        ),
        (
            Action::Rename("A".into()),
            Action::Rename("B".into()),
            "#1 was renamed again since",
        ),
        (
            Action::Tag {
                add: vec!["vip".into()],
                remove: vec![],
            },
            Action::Tag {
                add: vec![],
                remove: vec!["vip".into()],
            },
            "the tags of #1 were changed again since",
        ),
        (
            Action::SetUnread(true),
            Action::SetUnread(false),
            "there is nothing left to take back",
        ),
    ];
    for (first, then, sentence) in table {
        let mut desk = Desk::with_tickets(&[1]);
        let step = desk.act(1, first);
        desk.act(1, then);
        let before = desk.ticket(1);
        assert_eq!(desk.undo(step).unwrap_err(), sentence);
        assert_eq!(desk.ticket(1), before);
    }
}

#[test]
fn an_unrelated_change_does_not_stand_in_the_way() {
    let mut desk = Desk::with_tickets(&[1]);
    let step = desk.act(1, Action::SetStatus(Status::Closed));
    desk.act(1, Action::Rename("Other".into()));
    desk.undo(step).unwrap();
    assert_eq!(desk.ticket(1).status, Status::New);
    assert_eq!(desk.ticket(1).subject, "Other");
}

#[test]
fn a_mail_that_came_in_stays() {
    let mut desk = Desk::with_tickets(&[1]);
    assert_eq!(
        desk.undo(EventId(2)).unwrap_err(),
        "a mail that came into #1 cannot be sent back; move it or merge the ticket"
    );
    assert_eq!(
        desk.undo(EventId(1)).unwrap_err(),
        "the opening of #1 cannot be taken back; close it or merge it"
    );
}

#[test]
fn a_merge_comes_apart_again() {
    let mut desk = Desk::with_tickets(&[1, 2]);
    let now = Timestamp::UNIX_EPOCH;
    let merge = decide_merge(
        &desk.ticket(1),
        &[message(1, 1)],
        &desk.ticket(2),
        ANNA,
        now,
    );
    let events: Vec<_> = merge
        .unwrap()
        .into_iter()
        .map(|(ticket, what)| (ticket, what, None))
        .collect();
    let step = desk.commit(&events);
    assert_eq!(desk.ticket(1).merged_into, Some(TicketNumber(2)));
    assert_eq!(desk.ticket(2).tally.messages, 2);
    let back = desk.undo(step).unwrap();
    assert_eq!(desk.ticket(1).merged_into, None);
    assert_eq!(desk.ticket(1).status, Status::New);
    assert_eq!(desk.ticket(1).tally.messages, 1);
    assert_eq!(desk.ticket(2).tally.messages, 1);
    desk.undo(back).unwrap();
    assert_eq!(desk.ticket(1).merged_into, Some(TicketNumber(2)));
}

#[test]
fn a_message_detached_into_a_new_ticket_goes_home_and_the_new_ticket_points_there() {
    let mut desk = Desk::with_tickets(&[1]);
    let mut events = vec![(TicketNumber(2), opening(), None)];
    let target = Ticket {
        number: TicketNumber(2),
        ..desk.ticket(1)
    };
    let moves = decide_move(
        &desk.ticket(1),
        &message(1, 1),
        &target,
        ANNA,
        Timestamp::UNIX_EPOCH,
    );
    events.extend(
        moves
            .unwrap()
            .into_iter()
            .map(|(ticket, what)| (ticket, what, None)),
    );
    let step = desk.commit(&events);
    assert_eq!(desk.ticket(2).tally.messages, 1);
    let back = desk.undo(step).unwrap();
    assert_eq!(desk.ticket(1).tally.messages, 1);
    assert_eq!(desk.ticket(2).status, Status::Closed);
    assert_eq!(desk.ticket(2).merged_into, Some(TicketNumber(1)));
    desk.undo(back).unwrap();
    assert_eq!(desk.ticket(2).tally.messages, 1);
    assert_eq!(desk.ticket(2).merged_into, None);
}

#[test]
fn a_message_that_moved_on_is_left_where_it_is() {
    let mut desk = Desk::with_tickets(&[1, 2, 3]);
    let move_to = |desk: &mut Desk, from: i64, to: i64| {
        let (source, target) = (desk.ticket(from), desk.ticket(to));
        let moves = decide_move(
            &source,
            &message(1, from),
            &target,
            ANNA,
            Timestamp::UNIX_EPOCH,
        );
        let events: Vec<_> = moves
            .unwrap()
            .into_iter()
            .map(|(t, w)| (t, w, None))
            .collect();
        desk.commit(&events)
    };
    let step = move_to(&mut desk, 1, 2);
    move_to(&mut desk, 2, 3);
    assert_eq!(
        desk.undo(step).unwrap_err(),
        "that message of #2 has been moved again since"
    );
}

#[test]
fn taking_back_the_first_answer_starts_its_clock_again_and_a_later_one_does_not() {
    let mut desk = Desk::with_tickets(&[1]);
    let answer = |desk: &mut Desk, id: i64| {
        let joined = Happening::MessageJoined(mail(id, MessageKind::Outgoing));
        desk.commit(&[(TicketNumber(1), joined, None)])
    };
    let first = answer(&mut desk, 10);
    let replied = desk.ticket(1).clocks.first_replied_at;
    let second = answer(&mut desk, 11);
    desk.undo(second).unwrap();
    assert_eq!(desk.ticket(1).clocks.first_replied_at, replied);
    let back = desk.undo(first).unwrap();
    assert_eq!(desk.ticket(1).clocks.first_replied_at, None);
    desk.undo(back).unwrap();
    assert!(desk.ticket(1).clocks.first_replied_at.is_some());
}
