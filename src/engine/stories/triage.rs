//! Triage: deciding, in bulk, and taking it back.

use std::time::Duration;

use super::desk::Desk;
use crate::bridge::{Change, Request};
use crate::domain::decide::Action;
use crate::domain::ids::{OperatorId, TicketNumber};
use crate::domain::ticket::{Priority, Status};
use crate::domain::trouble::Whose;

#[tokio::test(flavor = "multi_thread")]
async fn many_tickets_are_closed_at_once_and_come_back_at_once() {
    let mut desk = Desk::open();
    let tickets: Vec<TicketNumber> = (0..12)
        .map(|n| desk.arrives("Olena <olena@example.test>", &format!("Question {n}"), "?"))
        .collect();
    let closed = desk.act(&tickets, Action::SetStatus(Status::Closed)).await;
    assert_eq!(closed.sentence.as_str(), "12 tickets closed");
    assert_eq!(closed.tickets.len(), 12);
    assert!(
        closed
            .tickets
            .iter()
            .all(|line| line.ticket.status == Status::Closed)
    );
    assert_eq!(desk.list("is:open").await, Vec::<i64>::new());

    let undone = desk
        .change(Change::Undo {
            step: closed.step.unwrap(),
        })
        .await;
    assert_eq!(undone.sentence.as_str(), "taken back for 12 tickets");
    assert_eq!(desk.list("is:open").await.len(), 12);

    let again = desk
        .failure(Request::Change(Change::Undo {
            step: closed.step.unwrap(),
        }))
        .await;
    assert_eq!(again.whose, Whose::Operator);
    assert!(again.what.contains("taken back already"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_change_is_left_alone_and_named() {
    let mut desk = Desk::open();
    let one = desk.arrives("a@example.test", "One", "?");
    let two = desk.arrives("a@example.test", "Two", "?");
    desk.act(&[one], Action::SetPriority(Priority::High)).await;
    let changed = desk
        .act(
            &[one, two, TicketNumber(999)],
            Action::SetPriority(Priority::High),
        )
        .await;
    assert_eq!(
        changed.sentence.as_str(),
        "1 ticket set to high priority, 2 left alone"
    );
    let refused: Vec<i64> = changed.refused.iter().map(|(number, _)| number.0).collect();
    assert_eq!(refused, [one.0, 999]);
    let nothing = desk.act(&[one], Action::SetPriority(Priority::High)).await;
    assert_eq!(nothing.step, None);
    assert!(
        nothing
            .sentence
            .as_str()
            .contains("already has high priority")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_taken_tagged_read_and_snoozed() {
    let mut desk = Desk::open();
    let ticket = desk.arrives("a@example.test", "One", "?");
    let mine = desk
        .act(&[ticket], Action::Assign(Some(OperatorId(1))))
        .await;
    assert_eq!(mine.sentence.as_str(), "1 ticket assigned to you");
    let add = vec!["billing".to_owned()];
    desk.act(
        &[ticket],
        Action::Tag {
            add,
            remove: Vec::new(),
        },
    )
    .await;
    desk.act(&[ticket], Action::SetUnread(false)).await;
    assert_eq!(
        desk.list("assignee:me tag:billing -is:unread").await,
        [ticket.0]
    );

    let wake = crate::engine::clock::Clock::now(desk.clock.as_ref())
        .checked_add(Duration::from_secs(600))
        .unwrap();
    desk.act(&[ticket], Action::Snooze(Some(wake))).await;
    assert_eq!(desk.list("is:snoozed").await, [ticket.0]);
    desk.clock.advance(Duration::from_secs(601));
    let mut woken = false;
    for _ in 0..2_000 {
        let thread = desk.thread(ticket).await;
        woken = thread.line.ticket.clocks.snoozed_until.is_none();
        if woken {
            let last = thread.history.last().unwrap();
            assert_eq!(last.sentence.as_str(), "Ticketty woke it");
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(woken, "the ticket did not wake");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_moves_the_messages_and_undo_moves_them_back() {
    let mut desk = Desk::open();
    let kept = desk.arrives("a@example.test", "Printer", "It smokes.");
    let gone = desk.arrives("a@example.test", "Printer again", "It burns.");
    let merged = desk.act(&[gone], Action::MergeInto(kept)).await;
    assert_eq!(
        merged.sentence.as_str(),
        format!("1 ticket merged into #{kept}")
    );
    assert_eq!(desk.thread(kept).await.messages.len(), 2);
    let empty = desk.thread(gone).await;
    assert_eq!(empty.messages.len(), 0);
    assert_eq!(empty.line.ticket.merged_into, Some(kept));
    assert_eq!(empty.line.ticket.status, Status::Closed);

    desk.change(Change::Undo {
        step: merged.step.unwrap(),
    })
    .await;
    assert_eq!(desk.thread(kept).await.messages.len(), 1);
    let back = desk.thread(gone).await;
    assert_eq!(
        back.messages.first().unwrap().text.as_str().trim(),
        "It burns."
    );
    assert_eq!(back.line.ticket.status, Status::New);
    assert!(back.line.ticket.unread);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_becomes_a_ticket_of_its_own_and_goes_back() {
    let mut desk = Desk::open();
    let ticket = desk.arrives("a@example.test", "Two things", "First.");
    desk.mail(Some(ticket), "b@example.test", "Another matter", "Second.");
    let second = desk.thread(ticket).await.messages.last().unwrap().id;
    let split = Action::MoveMessage {
        message: second,
        to: None,
    };
    let changed = desk.act(&[ticket], split).await;
    assert_eq!(changed.sentence.as_str(), "message moved to a new ticket");
    let new = changed
        .tickets
        .iter()
        .map(|line| line.ticket.number)
        .find(|number| *number != ticket)
        .unwrap();
    let thread = desk.thread(new).await;
    assert_eq!(thread.line.subject.as_str(), "Another matter");
    assert_eq!(thread.line.address.as_str(), "b@example.test");
    assert_eq!(thread.messages.len(), 1);

    desk.change(Change::Undo {
        step: changed.step.unwrap(),
    })
    .await;
    assert_eq!(desk.thread(ticket).await.messages.len(), 2);
    assert_eq!(desk.thread(new).await.line.ticket.merged_into, Some(ticket));
}
