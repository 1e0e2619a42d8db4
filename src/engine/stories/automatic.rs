//! Mail that nobody writes: once, only to people, and never in circles.

use std::time::Duration;

use super::desk::{Desk, SUPPORT};
use crate::bridge::*;
use crate::domain::decide::Action;
use crate::domain::folder::FolderRole;
use crate::domain::ids::{FolderId, TicketNumber};
use crate::domain::mailbox::{ClosedReply, MailboxSettings};
use crate::domain::message::{MailClass, MessageKind};
use crate::domain::outbox::DeliveryState;
use crate::domain::ticket::{Mark, Status};
use crate::engine::ingest::Arrived;
use crate::mail::mime;
use crate::store;

const OLENA: &str = "From: \"Olena *K* {ticket.number}\" <olena@example.test>\r\n\
To: support@desk.example.test\r\nSubject: Printer <b>smokes</b>\r\nMessage-ID: <one@example.test>\r\n\r\nHelp!\r\n";

/// A desk whose mailbox has these settings.
pub(super) async fn desk(change: impl FnOnce(&mut MailboxSettings)) -> Desk {
    set_up(Desk::open(), change).await
}

/// The same for a desk that is open.
pub(super) async fn set_up(mut desk: Desk, change: impl FnOnce(&mut MailboxSettings)) -> Desk {
    let mut settings = super::desk::settings();
    settings.policy.undo_window_seconds = 60;
    change(&mut settings);
    let put = MailboxRequest::Put {
        id: Some(desk.mailbox),
        settings: Box::new(settings),
        secret: None,
    };
    desk.ask(Request::Mailbox(put)).await;
    desk.clock.advance(Duration::from_secs(60));
    desk
}

pub(super) fn replies(settings: &mut MailboxSettings) {
    settings.policy.automatic.auto_reply.is_on = true;
}

impl Desk {
    /// Mails come in through the inbox.
    pub(super) async fn fetches(&mut self, raws: &[&[u8]]) {
        let now = crate::engine::clock::Clock::now(self.clock.as_ref());
        let mails = raws.iter().map(|raw| Arrived {
            mailbox: self.mailbox,
            is_imported: false,
            folder: Some(FolderId(1)),
            uid: None,
            role: FolderRole::Inbox,
            internal_date: Some(now),
            seen: false,
            stub_of_bytes: None,
            raw: raw.to_vec(),
        });
        self.workers.waiting.lock().unwrap().extend(mails);
        let sync = MailboxRequest::SyncNow(None);
        self.ask(Request::Mailbox(sync)).await;
    }

    fn ticket(&self, number: i64) -> crate::domain::ticket::Ticket {
        store::read(self.store.as_ref(), |read| {
            read.ticket(TicketNumber(number))
        })
        .unwrap()
        .unwrap()
    }
}

pub(super) fn mail(subject: &str, id: &str, more: &str) -> Vec<u8> {
    format!(
        "From: Olena <olena@example.test>\r\nTo: {SUPPORT}\r\nSubject: {subject}\r\nMessage-ID: <{id}@example.test>\r\n{more}\r\nHello.\r\n"
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_mail_of_a_ticket_is_answered_once_and_stops_no_clock() {
    let mut desk = desk(replies).await;
    desk.fetches(&[OLENA.as_bytes()]).await;
    desk.fetches(&[OLENA.as_bytes()]).await;
    let rows = desk.outbox();
    assert_eq!(rows.len(), 1, "the same batch was answered twice");
    let row = &rows[0];
    assert_eq!(row.state, DeliveryState::Queued);
    assert_eq!(row.envelope_from, None);
    assert_eq!(row.envelope_to, ["olena@example.test"]);
    let raw = String::from_utf8(desk.raw(&row.content)).unwrap();
    assert!(
        raw.contains("\r\nAuto-Submitted: auto-replied\r\n"),
        "{raw}"
    );
    assert!(
        raw.contains("\r\nX-Auto-Response-Suppress: All\r\n"),
        "{raw}"
    );
    assert!(!raw.to_lowercase().contains("\r\nprecedence:"), "{raw}");
    let reply = desk.sent_mail(row);
    assert_eq!(reply.in_reply_to, ["one@example.test"]);
    assert_eq!(reply.references, ["one@example.test"]);
    assert!(
        reply.subject.ends_with("Printer <b>smokes</b>"),
        "{}",
        reply.subject
    );
    let number = row.ticket;
    assert!(
        reply.text.contains("Hello Olena *K* {ticket.number},"),
        "{}",
        reply.text
    );
    let html = mime::html_part(&desk.raw(&row.content)).unwrap().unwrap();
    assert!(html.contains("Olena *K* {ticket.number}"), "{html}");
    assert!(html.contains("display:none"), "no hidden preview: {html}");
    assert!(
        !reply.text.contains("Your request has the number 1."),
        "{}",
        reply.text
    );

    let thread = desk.thread(number).await;
    let ticket = &thread.line.ticket;
    assert_eq!(ticket.status, Status::New);
    assert_eq!(ticket.clocks.first_replied_at, None);
    assert!(ticket.clocks.first_reply_due.is_some() && ticket.unread);
    let [_, answer, note] = &thread.messages[..] else {
        panic!("{:?}", thread.messages);
    };
    assert_eq!(answer.kind, MessageKind::Outgoing);
    assert_eq!(answer.class, MailClass::AutoReply);
    assert_eq!(note.kind, MessageKind::Note);
    assert_eq!(
        note.text.as_str(),
        "olena@example.test gets an auto-reply. What became of it stands at the mail."
    );

    // The customer's answer to it comes into the same ticket, and gets none.
    let more = format!("In-Reply-To: <{}>\r\n", row.message_id);
    desk.fetches(&[&mail("Re: something else", "two", &more)])
        .await;
    assert_eq!(desk.ticket(number.0).tally.messages, 4);
    assert_eq!(desk.outbox().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_unless_it_is_wanted_and_a_person_waits() {
    let mut silent = desk(|_| {}).await;
    silent.fetches(&[OLENA.as_bytes()]).await;
    assert!(silent.outbox().is_empty(), "it was off");
    let mut desk = desk(replies).await;
    for (index, more) in [
        "Auto-Submitted: auto-replied\r\n",
        "Precedence: bulk\r\n",
        "List-Id: <news.example.test>\r\n",
        "Return-Path: <>\r\n",
        "Reply-To: noreply@example.test\r\n",
        "Reply-To: support@desk.example.test\r\n",
    ]
    .into_iter()
    .enumerate()
    {
        desk.fetches(&[&mail(
            &format!("Subject {index}"),
            &format!("m{index}"),
            more,
        )])
        .await;
        assert!(desk.outbox().is_empty(), "{more} was answered");
    }
}

/// What a helpdesk that knows no manners makes of a mail: the same words, without a sign of who wrote them.
fn mannerless(raw: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(raw.to_vec()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut kept = Vec::new();
    let mut keeps = true;
    for line in head.split("\r\n") {
        if !line.starts_with([' ', '\t']) {
            let name = line.split(':').next().unwrap().to_lowercase();
            keeps = !matches!(
                name.as_str(),
                "auto-submitted" | "x-auto-response-suppress" | "in-reply-to" | "references"
            );
        }
        if keeps {
            kept.push(line);
        }
    }
    format!("{}\r\n\r\n{body}", kept.join("\r\n")).into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_desks_that_answer_each_other_come_to_an_end_and_say_so() {
    let other = "help@other.example.test";
    let mut one = desk(replies).await;
    let mut two = desk(|settings| {
        replies(settings);
        settings.address = other.into();
    })
    .await;
    let first = format!(
        "From: <{SUPPORT}>\r\nTo: <{other}>\r\nSubject: Hello\r\nMessage-ID: <first@example.test>\r\n\r\nHello.\r\n"
    );
    two.fetches(&[first.as_bytes()]).await;
    let (mut of_one, mut of_two, mut rounds) = (0, 0, 0);
    loop {
        let news: Vec<Vec<u8>> = two.outbox()[of_two..]
            .iter()
            .map(|row| mannerless(&two.raw(&row.content)))
            .collect();
        of_two += news.len();
        let answered = news.is_empty();
        for raw in &news {
            one.fetches(&[raw]).await;
        }
        let news: Vec<Vec<u8>> = one.outbox()[of_one..]
            .iter()
            .map(|row| mannerless(&one.raw(&row.content)))
            .collect();
        of_one += news.len();
        if answered && news.is_empty() {
            break;
        }
        for raw in &news {
            two.fetches(&[raw]).await;
        }
        rounds += 1;
        assert!(rounds <= 3, "they go on past the cap");
    }
    assert_eq!([of_one, of_two], [3, 3], "each answers up to its cap");
    let last = two.list("").await[0];
    assert!(two.ticket(last).marks.contains(&Mark::LoopSuspected));
    let thread = two.thread(TicketNumber(last)).await;
    let note = thread.messages.last().unwrap();
    assert_eq!(note.kind, MessageKind::Note);
    assert!(
        note.text.as_str().starts_with("Loop suspected"),
        "{}",
        note.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_to_a_closed_ticket_is_kept_and_refused() {
    let mut desk = desk(|settings| settings.policy.closed_reply = ClosedReply::Refuse).await;
    desk.fetches(&[&mail("Printer", "one", "")]).await;
    let number = desk.list("").await[0];
    let close = Action::SetStatus(Status::Closed);
    desk.act(&[TicketNumber(number)], close).await;
    assert!(desk.outbox().is_empty(), "a closing notice was not wanted");
    for id in ["two", "three", "four", "five", "six"] {
        let more = "In-Reply-To: <one@example.test>\r\n";
        desk.fetches(&[&mail("Re: Printer", id, more)]).await;
    }
    let ticket = desk.ticket(number);
    assert_eq!(ticket.status, Status::Closed);
    assert!(ticket.unread);
    assert!(ticket.marks.contains(&Mark::LoopSuspected));
    let thread = desk.thread(TicketNumber(number)).await;
    let came = thread
        .messages
        .iter()
        .filter(|message| message.kind == MessageKind::Incoming);
    assert_eq!(came.count(), 6, "every mail of the customer is kept");
    let notes = thread
        .messages
        .iter()
        .filter(|message| message.kind == MessageKind::Note);
    assert_eq!(notes.count(), 1, "one note is enough");
    let rows = desk.outbox();
    assert_eq!(rows.len(), 3);
    let refusal = desk.sent_mail(&rows[0]);
    assert_eq!(refusal.subject, "Not accepted: Printer");
    assert_eq!(refusal.in_reply_to, ["two@example.test"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_brings_a_ticket_back_only_so_often_a_day() {
    let mut desk = desk(|_| {}).await;
    desk.fetches(&[&mail("Printer", "m", "")]).await;
    let number = TicketNumber(desk.list("").await[0]);
    for round in 0..12 {
        let closed = desk.ticket(number.0).status == Status::Closed;
        if !closed {
            desk.act(&[number], Action::SetStatus(Status::Closed)).await;
        }
        let more = "In-Reply-To: <m@example.test>\r\n";
        desk.fetches(&[&mail("Re: Printer", &format!("r{round}"), more)])
            .await;
        let ticket = desk.ticket(number.0);
        let comes_back = round < 10;
        assert_eq!(ticket.status != Status::Closed, comes_back, "{round}");
        assert_eq!(ticket.marks.contains(&Mark::LoopSuspected), !comes_back);
    }
    assert_eq!(
        desk.thread(number).await.messages.len(),
        14,
        "thirteen mails and one note"
    );
}

pub(super) fn tells(settings: &mut MailboxSettings) {
    settings.policy.automatic.closing_notice.is_on = true;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closing_is_told_and_taking_it_back_in_time_takes_back_the_notice() {
    let mut desk = desk(tells).await;
    desk.fetches(&[&mail("Printer", "one", "")]).await;
    let number = TicketNumber(desk.list("").await[0]);
    let close = Action::SetStatus(Status::Closed);
    let changed = desk.act(&[number], close.clone()).await;
    assert!(
        changed.sentence.as_str().contains("the customer is told"),
        "{}",
        changed.sentence
    );
    let row = desk.outbox().remove(0);
    assert!(matches!(row.state, DeliveryState::Held { .. }));
    assert_eq!(row.envelope_from, None);
    let raw = String::from_utf8(desk.raw(&row.content)).unwrap();
    assert!(raw.contains("Auto-Submitted: auto-generated"), "{raw}");
    assert_eq!(desk.sent_mail(&row).references, ["one@example.test"]);
    let ticket = desk.ticket(number.0);
    assert_eq!(
        ticket.clocks.first_replied_at, None,
        "a notice is no answer"
    );

    desk.change(Change::Undo {
        step: changed.step.unwrap(),
    })
    .await;
    assert_eq!(desk.outbox()[0].state, DeliveryState::Cancelled);
    assert_eq!(desk.ticket(number.0).status, Status::New);
    assert_eq!(desk.thread(number).await.messages.len(), 1);
    assert!(desk.list("is:open").await.contains(&number.0));

    // What has left stays in the ticket; the closing is taken back all the same.
    let changed = desk.act(&[number], close).await;
    desk.deliver(&DeliveryState::Sent {
        at: "2026-11-20T12:10:00Z".parse().unwrap(),
        line: "250 ok".into(),
    });
    desk.change(Change::Undo {
        step: changed.step.unwrap(),
    })
    .await;
    assert_eq!(desk.ticket(number.0).status, Status::New);
    assert_eq!(desk.thread(number).await.messages.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_that_is_closed_tells_nobody() {
    let mut desk = desk(tells).await;
    let bounce = "From: MAILER-DAEMON@example.test\r\nTo: support@desk.example.test\r\nSubject: Undelivered\r\nMessage-ID: <b@example.test>\r\n\r\nNo.\r\n";
    desk.fetches(&[bounce.as_bytes()]).await;
    let number = TicketNumber(desk.list("").await[0]);
    desk.act(&[number], Action::SetStatus(Status::Closed)).await;
    assert!(desk.outbox().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_answers_in_its_own_name_with_the_words_of_its_mailbox() {
    let mut desk = desk(|settings| {
        replies(settings);
        settings.identity.aliases = vec!["help@desk.example.test".into()];
        settings.identity.language = Some("uk".into());
        settings.identity.automatic_bcc = vec!["archive@desk.example.test".into()];
    })
    .await;
    let raw = "From: Olena <olena@example.test>\r\nTo: help@desk.example.test\r\nSubject: Printer\r\nMessage-ID: <a@example.test>\r\n\r\nHelp!\r\n";
    desk.fetches(&[raw.as_bytes()]).await;
    let row = desk.outbox().remove(0);
    let reply = desk.sent_mail(&row);
    assert_eq!(reply.people.from[0].address, "help@desk.example.test");
    assert_eq!(
        row.envelope_to,
        ["olena@example.test"],
        "nobody else gets it"
    );
    let raw = String::from_utf8(desk.raw(&row.content)).unwrap();
    assert!(raw.contains("Content-Language: uk"), "{raw}");
}
