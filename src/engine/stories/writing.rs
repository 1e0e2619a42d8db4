//! Writing: from the draft to the bytes in the outbox, and back.

use super::desk::{Desk, SUPPORT};
use crate::bridge::*;
use crate::domain::decide::Action;
use crate::domain::headers::address::Address;
use crate::domain::headers::signed_id;
use crate::domain::message::MessageKind;
use crate::domain::outbox::{DeliveryState, Listed};
use crate::domain::ticket::Status;
use crate::mail::mime::{self, Limits};
use crate::store;

const MAIL: &str = "From: Olena <olena@example.test>\r\nTo: support@desk.example.test, Bob <bob@example.test>\r\n\
Cc: carl@example.test\r\nSubject: Re: AW: Printer\r\nMessage-ID: <two@example.test>\r\n\
References: <one@example.test>\r\n\r\nIt smokes.\r\nPlease help.\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_filled_from_the_mail_and_leaves_as_one_message() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, MAIL);
    let draft = desk.reply(ticket).await;
    assert_eq!(
        draft.content.to,
        [Address::new("Olena", "olena@example.test")]
    );
    assert!(draft.content.cc.is_empty());
    assert_eq!(draft.content.subject, "Re: Printer");
    let quoted = &draft.content.body[draft.cursor as usize..];
    assert!(quoted.starts_with("On 2026-"), "{quoted}");
    assert!(
        quoted.ends_with("Olena wrote:\n> It smokes.\n> Please help.\n"),
        "{quoted}"
    );
    assert_eq!(
        desk.reply(ticket).await.content.id,
        draft.content.id,
        "a second draft was made"
    );

    let draft = desk.type_above(&draft, "Unplug it.").await;
    let send = Write::Send {
        draft: draft.content.id,
        after: AfterSend::Pending,
    };
    let sent = desk.write(send.clone()).await;
    let Writing::Sent {
        outbox, held_until, ..
    } = &sent
    else {
        panic!("{sent:?}")
    };
    assert!(outbox.is_some() && held_until.is_some());
    assert_eq!(
        desk.write(send).await,
        sent,
        "the second press has the first one's answer"
    );

    let rows = desk.outbox();
    assert_eq!(rows.len(), 1);
    let row = rows.first().unwrap();
    assert!(matches!(row.state, DeliveryState::Held { .. }));
    assert_eq!(row.envelope_from.as_deref(), Some(SUPPORT));
    assert_eq!(row.envelope_to, ["olena@example.test"]);
    let mail = mime::parse(&desk.raw(&row.content), &Limits::default()).unwrap();
    assert_eq!(mail.message_id.as_deref(), Some(row.message_id.as_str()));
    assert_eq!(mail.in_reply_to, ["two@example.test"]);
    assert_eq!(mail.references, ["one@example.test", "two@example.test"]);
    assert_eq!(mail.subject, "Re: Printer");
    assert!(mail.text.starts_with("Unplug it."), "{}", mail.text);
    let key = store::read(desk.store.as_ref(), |read| read.fact("message-id-key"))
        .unwrap()
        .unwrap();
    assert_eq!(signed_id::verify(&key, &row.message_id), Some(ticket));

    let thread = desk.thread(ticket).await;
    assert_eq!(thread.line.ticket.status, Status::Pending);
    assert!(thread.line.ticket.clocks.first_replied_at.is_some());
    assert!(thread.drafts.is_empty());
    let answer = thread.messages.last().unwrap();
    assert_eq!(answer.kind, MessageKind::Outgoing);
    assert!(matches!(
        answer.delivery.as_ref().unwrap().state,
        DeliveryState::Held { .. }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_to_all_leaves_ourselves_out() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, MAIL);
    let all = Begin::Reply {
        ticket,
        message: None,
        all: true,
    };
    let draft = desk.begin(all).await;
    let cc: Vec<&str> = draft
        .content
        .cc
        .iter()
        .map(|one| one.address.as_str())
        .collect();
    assert_eq!(cc, ["bob@example.test", "carl@example.test"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_taken_back_as_it_was_until_it_is_being_sent() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, MAIL);
    let draft = desk.reply(ticket).await;
    let draft = desk.type_above(&draft, "Unplug *it*.").await;
    let attach = Write::Attach {
        draft: draft.content.id,
        name: "/tmp/plan.txt".into(),
        bytes: b"plan".to_vec(),
    };
    desk.write(attach).await;
    let send = |id| Write::Send {
        draft: id,
        after: AfterSend::Close,
    };
    let Writing::Sent {
        outbox: Some(row), ..
    } = desk.write(send(draft.content.id)).await
    else {
        panic!()
    };
    assert_eq!(desk.thread(ticket).await.line.ticket.status, Status::Closed);

    let back = desk
        .ask(Request::Outbox(OutboxRequest::TakeBack(row)))
        .await;
    let Report::Write(Writing::Draft(back)) = back else {
        panic!("{back:?}")
    };
    assert_eq!(back.content.body, draft.content.body);
    assert_eq!(back.content.to, draft.content.to);
    assert_eq!(back.attachments.first().unwrap().name.as_str(), "plan.txt");
    assert_eq!(
        desk.outbox().first().unwrap().state,
        DeliveryState::Cancelled
    );
    let thread = desk.thread(ticket).await;
    assert_eq!(thread.messages.len(), 1);
    assert_eq!(thread.drafts.len(), 1);
    assert_eq!(thread.line.ticket.status, Status::New);
    assert_eq!(thread.line.ticket.clocks.first_replied_at, None);
    let first = desk.failure(Request::Write(send(draft.content.id))).await;
    assert!(first.what.contains("taken back"), "{first}");

    let Writing::Sent {
        outbox: Some(row),
        step,
        ..
    } = desk.write(send(back.content.id)).await
    else {
        panic!()
    };
    desk.deliver(&DeliveryState::Sending);
    let late = desk
        .failure(Request::Outbox(OutboxRequest::TakeBack(row)))
        .await;
    assert_eq!(late.what, "too late: it is being sent right now");
    let late = desk.failure(Request::Change(Change::Undo { step })).await;
    assert_eq!(late.what, "too late: it is being sent right now");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_taken_back_is_not_found() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, MAIL);
    let draft = desk.reply(ticket).await;
    let draft = desk.type_above(&draft, "Unplug the zeppelin.").await;
    let send = Write::Send {
        draft: draft.content.id,
        after: AfterSend::Keep,
    };
    let Writing::Sent { step, .. } = desk.write(send).await else {
        panic!()
    };
    assert_eq!(desk.list("zeppelin").await, [ticket.0]);
    desk.change(Change::Undo { step }).await;
    assert!(desk.list("zeppelin").await.is_empty());
    let Seen::Hits(hits) = desk
        .look(Look::Search {
            query: "zeppelin".into(),
            limit: 10,
        })
        .await
    else {
        panic!()
    };
    assert!(hits.is_empty(), "{hits:?}");

    // A new name for the ticket brings back nothing of what was taken back.
    let rename = Action::Rename("Another matter".into());
    desk.act(&[ticket], rename).await;
    assert_eq!(desk.list("another").await, [ticket.0]);
    assert!(desk.list("zeppelin").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_sending_is_taking_back() {
    let mut desk = Desk::open();
    let begun = desk.begin(Begin::NewMail { mailbox: None }).await;
    let mut content = begun.content.clone();
    content.to = vec![Address::new("Olena Kovalenko", "olena@example.test")];
    content.subject = "Your order".into();
    content.body = "It is on its way.".into();
    desk.write(Write::Save {
        draft: content.clone(),
    })
    .await;
    let send = |id| Write::Send {
        draft: id,
        after: AfterSend::Keep,
    };
    let Writing::Sent { ticket, step, .. } = desk.write(send(content.id)).await else {
        panic!()
    };
    let opened = desk.thread(ticket).await;
    assert_eq!(opened.line.who.as_str(), "Olena Kovalenko");
    assert_eq!(opened.line.ticket.status, Status::Open);

    desk.change(Change::Undo { step }).await;
    let empty = desk.thread(ticket).await;
    assert_eq!(
        (empty.messages.len(), empty.line.ticket.status),
        (0, Status::Closed)
    );
    let draft = empty.drafts.first().unwrap();
    assert_eq!(draft.content.body, "It is on its way.");
    let Writing::Sent { ticket: again, .. } = desk.write(send(draft.content.id)).await else {
        panic!()
    };
    assert_eq!(again, ticket, "the same ticket goes on");
    assert_eq!(desk.thread(ticket).await.line.ticket.status, Status::Open);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_stays_inside() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, MAIL);
    let draft = desk.begin(Begin::Note { ticket }).await;
    let send = Write::Send {
        draft: draft.content.id,
        after: AfterSend::Keep,
    };
    assert_eq!(
        desk.failure(Request::Write(send.clone())).await.what,
        "the note is empty"
    );
    desk.type_above(&draft, "Ask Bohdan.").await;
    let Writing::Sent { outbox, .. } = desk.write(send).await else {
        panic!()
    };
    assert_eq!(outbox, None);
    assert!(desk.outbox().is_empty());
    let thread = desk.thread(ticket).await;
    assert_eq!(thread.messages.last().unwrap().kind, MessageKind::Note);
    assert_eq!(thread.line.ticket.status, Status::New);
    assert_eq!(thread.line.ticket.clocks.first_replied_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_recipient_is_named_and_nothing_is_lost() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, MAIL);
    let draft = desk.reply(ticket).await;
    let mut content = draft.content.clone();
    content.cc = vec![Address::new("", "not an address")];
    content.body = "See the attached plan, {name}.".into();
    content.subject = String::new();
    desk.write(Write::Save {
        draft: content.clone(),
    })
    .await;
    let send = Write::Send {
        draft: content.id,
        after: AfterSend::Keep,
    };
    let trouble = desk.failure(Request::Write(send)).await;
    assert_eq!(trouble.what, "“not an address” in Cc is not an address");
    let again = desk.reply(ticket).await;
    let warnings: Vec<&str> = again.warnings.iter().map(|words| words.as_str()).collect();
    assert_eq!(
        warnings,
        [
            "{name} is not filled in",
            "the subject is empty",
            "it says “attached”, but there is no file with it"
        ]
    );
    desk.mail(
        Some(ticket),
        "olena@example.test",
        "Re: Printer",
        "It burns now.",
    );
    let again = desk.reply(ticket).await;
    assert!(
        again
            .warnings
            .iter()
            .any(|words| words.as_str().contains("a newer mail has come in"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarded_mail_takes_its_files_along() {
    let mut desk = Desk::open();
    let raw = "From: Olena <olena@example.test>\r\nTo: support@desk.example.test\r\nSubject: Plan\r\n\
MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n--b\r\nContent-Type: application/pdf\r\n\
Content-Disposition: attachment; filename=plan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n";
    let ticket = desk.raw_mail(None, raw);
    let draft = desk
        .begin(Begin::Forward {
            ticket,
            message: None,
        })
        .await;
    assert_eq!(draft.content.subject, "Fwd: Plan");
    assert!(
        draft
            .content
            .body
            .contains("From: Olena <olena@example.test>"),
        "{}",
        draft.content.body
    );
    let file = draft.attachments.first().unwrap();
    assert_eq!((file.name.as_str(), file.size_bytes), ("plan.pdf", 5));
    let mut content = draft.content.clone();
    content.to = vec![Address::new("", "bob@example.test")];
    desk.write(Write::Save {
        draft: content.clone(),
    })
    .await;
    desk.write(Write::Send {
        draft: content.id,
        after: AfterSend::Keep,
    })
    .await;
    let row = desk.outbox().pop().unwrap();
    let raw = desk.raw(&row.content);
    assert_eq!(mime::attachment(&raw, 0).unwrap(), b"%PDF-");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_doubt_is_decided_by_the_operator_with_the_same_bytes() {
    let mut desk = Desk::open();
    let ticket = desk.raw_mail(None, MAIL);
    let draft = desk.reply(ticket).await;
    let draft = desk.type_above(&draft, "Unplug it.").await;
    let send = Write::Send {
        draft: draft.content.id,
        after: AfterSend::Keep,
    };
    let Writing::Sent {
        outbox: Some(id), ..
    } = desk.write(send).await
    else {
        panic!()
    };
    let before = desk.outbox().pop().unwrap();
    for state in [
        DeliveryState::Queued,
        DeliveryState::Sending,
        DeliveryState::Dot,
    ] {
        desk.deliver(&state);
    }
    desk.deliver(&DeliveryState::Uncertain {
        since: before.queued_at,
        known: "lost".into(),
    });
    let late = desk
        .failure(Request::Outbox(OutboxRequest::Cancel(id)))
        .await;
    assert!(late.what.contains("may have been sent already"), "{late}");
    assert_eq!(
        desk.ask(Request::Outbox(OutboxRequest::Retry(id))).await,
        Report::Done
    );
    let after = desk.outbox().pop().unwrap();
    assert_eq!(after.state, DeliveryState::Queued);
    assert_eq!(
        (after.message_id, after.content),
        (before.message_id, before.content)
    );
    let asked = Request::Outbox(OutboxRequest::List(Listed::OPEN));
    let Report::Outbox(lines) = desk.ask(asked).await else {
        panic!()
    };
    assert_eq!(lines.first().unwrap().subject.as_str(), "Re: Printer");
    assert_eq!(lines.first().unwrap().mailbox.as_str(), "support");
}
