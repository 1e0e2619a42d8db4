//! Answers on their way, while they change under the cursor.

use ticketty::bridge::{OutboxLine, OutboxRequest, Pushed, Request};
use ticketty::domain::clean::Clean;
use ticketty::domain::ids::{MessageId, OutboxId, TicketNumber};
use ticketty::domain::outbox::Listed;

use crate::support::desk::world::{DeliveryState, ago, outgoing};
use crate::support::desk::{Desk, World};

fn answer(id: i64, subject: &str, state: DeliveryState) -> OutboxLine {
    OutboxLine {
        id: OutboxId(id),
        ticket: TicketNumber(1042),
        message: MessageId(id),
        mailbox: Clean::name("support"),
        to: vec![Clean::name("olena@example.test")],
        subject: Clean::line(subject),
        state,
        attempts: 1,
        message_id: Clean::line("x@acme.test"),
        queued_at: ago(300 - id),
    }
}

fn uncertain() -> DeliveryState {
    DeliveryState::Uncertain {
        since: ago(10),
        known: "the line broke".into(),
    }
}

fn looks(desk: &Desk) -> Vec<Listed> {
    let asked = desk.asked.iter();
    let looks = asked.filter_map(|request| match request {
        Request::Outbox(OutboxRequest::List(listed)) => Some(*listed),
        _ => None,
    });
    looks.collect()
}

#[test]
fn the_cursor_stays_on_its_answer_when_others_come_above_it() {
    let mut world = World::usual();
    world.outbox = vec![answer(1, "Re: Printer", uncertain())];
    let mut desk = Desk::with(80, 24, world);
    desk.keys("O").sees("nobody knows whether it was delivered");
    let newer = answer(2, "Re: Invoice", DeliveryState::Queued);
    desk.world.outbox.insert(0, newer);
    desk.push(Pushed::Outbox);
    desk.sees("Re: Invoice")
        .sees("nobody knows whether it was delivered");
    desk.keys("m");
    let settled = Request::Outbox(OutboxRequest::MarkSent(OutboxId(1)));
    assert!(desk.asked.contains(&settled));
    // Settled, it stays listed, and the next key is not for another one.
    let wanted = Some(OutboxId(1));
    assert!(matches!(looks(&desk).last(), Some(Listed::Open { with, .. }) if *with == wanted));
}

#[test]
fn an_answer_that_waits_says_why_and_until_when_and_blames_nobody_else() {
    let mut world = World::usual();
    let gone = "localhost refuses connections on port 2".to_owned();
    let waiting = DeliveryState::Deferred {
        next_try: ago(-60),
        attempts: 1,
        words: gone.clone(),
    };
    world.outbox = vec![answer(1, "Re: Printer", waiting)];
    Desk::with(80, 24, world)
        .keys("O")
        .sees(&format!("Not sent yet: {gone}"))
        .sees("r tries now");
}

#[test]
fn an_outbox_that_changes_faster_than_it_is_read_is_read_once_more_and_not_once_for_each() {
    let mut desk = Desk::with(80, 24, World::usual());
    desk.slow = true;
    let before = looks(&desk).len();
    for _ in 0..50 {
        desk.push(Pushed::Outbox);
    }
    assert_eq!(looks(&desk).len(), before + 1);
    desk.answer_all();
    assert_eq!(looks(&desk).len(), before + 2);
}

#[test]
fn a_long_outbox_says_where_older_answers_are() {
    let mut world = World::usual();
    let sent = DeliveryState::Sent {
        at: ago(60),
        line: "250 ok".into(),
    };
    let line = |id| answer(id, "Re: Printer", sent.clone());
    world.outbox = (1..100).rev().map(line).collect();
    let mut desk = Desk::with(80, 24, world);
    desk.keys("O").sees_no("older ones");
    desk.world
        .outbox
        .insert(0, answer(100, "Re: Invoice", sent.clone()));
    desk.push(Pushed::Outbox);
    desk.sees("older ones: D in their tickets");
}

#[test]
fn an_answer_of_long_ago_is_shown_from_its_ticket_and_no_other_one_is_taken_for_it() {
    let sent = DeliveryState::Sent {
        at: ago(60),
        line: "250 2.0.0 taken".into(),
    };
    let mut world = World::usual();
    let mail = outgoing(7, "Olena", "Press the button.", 60, sent.clone());
    world.messages.insert(TicketNumber(1042), vec![mail]);
    world.outbox = vec![answer(9, "Re: Invoice", uncertain())];
    let mut desk = Desk::with(80, 24, world);
    desk.slow = true;
    desk.keys("enter");
    desk.answer_all();
    desk.keys("D m");
    assert_eq!(desk.status(), "this answer is still being looked up");
    let wanted = Some(OutboxId(7));
    assert!(matches!(looks(&desk).last(), Some(Listed::Open { with, .. }) if *with == wanted));
    desk.world.outbox.push(answer(7, "Re: Printer", sent));
    desk.answer_all();
    desk.sees("250 2.0.0 taken");
}
