//! What a program asks for in one request is one step: all of it, or nothing.

use super::desk::Desk;
use crate::bridge::*;
use crate::domain::decide::Action;
use crate::domain::ids::TicketNumber;
use crate::domain::ticket::{Priority, Status};

const MAIL: &str = "From: Olena <olena@example.test>\r\nTo: support@desk.example.test\r\nSubject: Printer\r\nMessage-ID: <p@example.test>\r\n\r\nIt smokes.\r\n";

fn answer(ticket: TicketNumber, words: WholeMail) -> Request {
    Request::Write(Write::AtOnce {
        what: Begin::Reply {
            ticket,
            message: None,
            all: false,
        },
        words: Box::new(words),
        after: AfterSend::Keep,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_written_and_sent_in_one_step_and_a_refused_one_leaves_no_draft() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, MAIL);
    let empty = WholeMail::default();
    desk.failure(answer(ticket, empty)).await;
    let words = WholeMail {
        body: "Unplug it.".into(),
        quotes: true,
        files: vec![WholeFile {
            name: "plug.txt".into(),
            bytes: b"pull here".to_vec(),
        }],
        ..WholeMail::default()
    };
    let Report::Write(Writing::SentAtOnce { outbox, .. }) = desk.ask(answer(ticket, words)).await
    else {
        panic!("not sent")
    };
    let row = desk.outbox().remove(0);
    assert_eq!(Some(row.id), outbox);
    let sent = desk.sent_mail(&row);
    assert!(sent.text.starts_with("Unplug it."), "{}", sent.text);
    assert!(sent.text.contains("> It smokes."), "{}", sent.text);
    assert_eq!(sent.attachments.len(), 1);
    let Writing::Drafts(drafts) = desk.write(Write::Drafts).await else {
        panic!("no drafts")
    };
    assert!(drafts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_somebody_writes_is_not_sent_with_other_words() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, MAIL);
    let draft = desk.reply(ticket).await;
    desk.type_above(&draft, "Half a thou").await;
    let words = WholeMail {
        body: "Other words".into(),
        ..WholeMail::default()
    };
    let trouble = desk.failure(answer(ticket, words)).await;
    assert!(trouble.what.contains("somebody is writing"), "{trouble}");
    assert!(desk.outbox().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_changes_are_one_step_that_one_undo_takes_back() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, MAIL);
    let act = Change::ActAll {
        tickets: vec![ticket],
        actions: vec![
            Action::SetPriority(Priority::High),
            Action::Rename("Printer smokes".into()),
            Action::SetStatus(Status::Closed),
        ],
    };
    let changed = desk.change(act).await;
    let line = &changed.tickets[0].ticket;
    assert_eq!(
        (line.status, line.priority),
        (Status::Closed, Priority::High)
    );
    let step = changed.step.unwrap();
    desk.change(Change::Undo { step }).await;
    let thread = desk.thread(ticket).await;
    let ticket = &thread.line.ticket;
    assert_eq!(
        (ticket.status, ticket.priority),
        (Status::New, Priority::Normal)
    );
    assert_eq!(ticket.subject, "Printer");
}
