//! Every request gets exactly one answer, whatever happens.

use std::collections::BTreeMap;

use super::desk::{Desk, settings};
use super::surroundings::NoServers;
use crate::bridge::*;
use crate::domain::decide::Action;
use crate::domain::ids::*;
use crate::domain::mailbox::{Incoming, SecretSource};
use crate::domain::outbox::Listed;
use crate::domain::trouble::Whose;

/// One request of every kind, many of them about things that do not exist.
fn every_request() -> Vec<Request> {
    let (nobody, none) = (TicketNumber(999), MessageId(999));
    let looks = [
        Look::Basics,
        Look::Views,
        Look::Tickets {
            query: "status:opne".into(),
            window: ListWindow::Offset {
                offset: 0,
                limit: 10,
            },
        },
        Look::Thread { ticket: nobody },
        Look::Raw {
            message: none,
            header_only: true,
        },
        Look::Attachment {
            message: none,
            index: 0,
        },
        Look::Html {
            message: none,
            width: 80,
        },
        Look::Search {
            query: "x".into(),
            limit: 10,
        },
        Look::Contacts { prefix: "a".into() },
    ];
    let draft = DraftId(999);
    let writes = [
        Write::Begin {
            what: Begin::Note { ticket: nobody },
        },
        Write::Begin {
            what: Begin::NewMail { mailbox: None },
        },
        Write::Drafts,
        Write::Detach { draft, index: 0 },
        Write::Discard { draft },
        Write::Send {
            draft,
            after: AfterSend::Keep,
        },
        Write::Attach {
            draft,
            name: "x".into(),
            bytes: Vec::new(),
        },
    ];
    let act = Change::Act {
        tickets: vec![nobody],
        action: Action::SetUnread(true),
    };
    let mut all = vec![
        Request::Change(act),
        Request::Change(Change::Undo { step: EventId(9) }),
    ];
    all.extend(looks.map(Request::Look));
    all.extend(writes.map(Request::Write));
    all.extend(requests_about_the_house());
    all
}

/// Outbox, mailboxes, care and people.
fn requests_about_the_house() -> Vec<Request> {
    let outbox = [
        OutboxRequest::List(Listed::All),
        OutboxRequest::TakeBack(OutboxId(9)),
        OutboxRequest::Retry(OutboxId(9)),
        OutboxRequest::MarkSent(OutboxId(9)),
        OutboxRequest::Cancel(OutboxId(9)),
    ];
    let mailboxes = [
        MailboxRequest::List,
        MailboxRequest::Enable(MailboxId(9)),
        MailboxRequest::SyncNow(None),
        MailboxRequest::Unlock {
            id: MailboxId(9),
            secret: Secret::new("x"),
        },
    ];
    let care = [
        Care::Doctor,
        Care::Export {
            query: String::new(),
        },
        Care::Import {
            path: "/nonexistent".into(),
            mailbox: MailboxId(1),
        },
    ];
    let mut all = vec![Request::People(PeopleRequest::Signatures)];
    all.extend(outbox.map(Request::Outbox));
    all.extend(mailboxes.map(Request::Mailbox));
    all.push(Request::Connect(ConnectRequest::Detect {
        address: "me@gmail.com".into(),
    }));
    all.extend(care.map(Request::Care));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_answered_exactly_once() {
    let mut desk = Desk::open();
    let mut waiting: BTreeMap<AskId, String> = BTreeMap::new();
    for _ in 0..3 {
        for request in every_request() {
            let words = format!("{request:?}");
            waiting.insert(desk.send(request), words);
        }
    }
    while let Some(next) = waiting.values().next().cloned() {
        let told = desk.told(&next).await;
        if let Some(id) = told.answers {
            assert!(waiting.remove(&id).is_some(), "{id:?} was answered twice");
            let is_bug =
                matches!(&told.report, Report::Failed(trouble) if trouble.whose == Whose::Bug);
            assert!(!is_bug, "{:?}", told.report);
        }
    }
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_breaks_is_answered_as_a_defect() {
    let mut desk = Desk::with(NoServers {
        panics: true,
        ..NoServers::default()
    });
    let trouble = desk
        .failure(Request::Mailbox(MailboxRequest::SyncNow(None)))
        .await;
    assert_eq!(trouble.whose, Whose::Bug);
    assert!(matches!(desk.look(Look::Basics).await, Seen::Basics(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_is_answered_and_late_requests_are_too() {
    let mut desk = Desk::open();
    assert_eq!(desk.ask(Request::Care(Care::Stop)).await, Report::Done);
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_connected_once() {
    let mut desk = Desk::open();
    let put = |name: &str, address: &str| {
        let mut settings = settings();
        (settings.name, settings.address) = (name.into(), address.into());
        Request::Mailbox(MailboxRequest::Put {
            id: None,
            settings: Box::new(settings),
            secret: None,
        })
    };
    let twice = desk
        .failure(put("other", "Support@Desk.example.test"))
        .await;
    assert!(
        twice
            .what
            .contains("connected already, as the mailbox support"),
        "{twice}"
    );
    let name = desk
        .failure(put("Support", "sales@desk.example.test"))
        .await;
    assert!(
        name.what.contains("a mailbox called support already"),
        "{name}"
    );
    let long = desk
        .failure(put(&"x".repeat(41), "sales@desk.example.test"))
        .await;
    assert!(long.what.contains("too long"), "{long}");
    let saved = desk.ask(put("sales", "sales@desk.example.test")).await;
    let Report::Mailbox(MailboxReport::Saved(id)) = saved else {
        panic!("{saved:?}")
    };
    let removed = desk.ask(Request::Mailbox(MailboxRequest::Remove(id))).await;
    assert_eq!(removed, Report::Done);
    let Seen::Basics(basics) = desk.look(Look::Basics).await else {
        panic!()
    };
    assert_eq!(basics.mailboxes.len(), 1);
    assert_eq!(basics.me.login, "anna");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_tells_its_lines_before_the_answer() {
    let mut desk = Desk::open();
    let check = ConnectRequest::Check {
        id: None,
        settings: Box::new(settings()),
        secret: None,
        with_round_trip: true,
    };
    assert_eq!(desk.ask(Request::Connect(check)).await, Report::Done);
    assert!(
        matches!(desk.pushed.as_slice(), [Report::Connect(ConnectReport::Check(line))]
            if line.state == CheckState::Passed)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_enough_for_a_form() {
    let mut desk = Desk::open();
    let mut detect = async |address: &str| {
        let request = ConnectRequest::Detect {
            address: address.into(),
        };
        match desk.ask(Request::Connect(request)).await {
            Report::Connect(ConnectReport::Detected(found)) => found,
            other => panic!("{other:?}"),
        }
    };
    let gmail = detect("me@gmail.com").await;
    assert_eq!(gmail.provider.as_deref(), Some("Gmail"));
    assert!(gmail.password_hint.is_some());
    let other = detect("help@acme.example").await;
    assert_eq!(other.provider, None);
    assert!(!other.is_certain, "{}", other.because);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_handed_over_mail_by_mail() {
    let mut desk = Desk::open();
    let path = desk.home.path().join("archive.mbox");
    let mail = |n: u32| format!("From a Mon\nSubject: {n}\n\nhello\n\n");
    let big = format!("From b Mon\n\n{}\n\n", "x".repeat(1_100_000));
    std::fs::write(&path, format!("{}{big}{}", mail(1), mail(2))).unwrap();
    let import = Care::Import {
        path,
        mailbox: desk.mailbox,
    };
    let report = desk.ask(Request::Care(import)).await;
    assert_eq!(
        report,
        Report::Care(CareReport::Imported {
            stored: 2,
            already_there: 0,
            unreadable: 1
        })
    );
    let ingested = desk.workers.ingested.lock().unwrap();
    assert_eq!(ingested[1].raw, b"Subject: 2\r\n\r\nhello\r\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_is_here_comes_in_as_it_is_known() {
    let mut desk = Desk::open();
    let travelled = "From: a@example.test\r\nSubject: 1\r\n\r\nhello";
    desk.raw_mail(None, travelled);
    let path = desk.home.path().join("archive.mbox");
    let file = "From a Mon\nFrom: a@example.test\nSubject: 1\n\nhello\n\n";
    std::fs::write(&path, file).unwrap();
    let import = Care::Import {
        path,
        mailbox: desk.mailbox,
    };
    desk.ask(Request::Care(import)).await;
    let ingested = desk.workers.ingested.lock().unwrap();
    assert_eq!(ingested[0].raw, travelled.as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_needs_no_password_is_in_order() {
    let mut desk = Desk::open();
    let mut settings = settings();
    settings.name = "letters".into();
    settings.address = "letters@example.test".into();
    settings.secret = SecretSource::None;
    settings.incoming = Incoming::Maildir("/tmp/letters".into());
    let put = MailboxRequest::Put {
        id: None,
        settings: Box::new(settings),
        secret: None,
    };
    desk.ask(Request::Mailbox(put)).await;
    let Report::Care(CareReport::Findings(findings)) = desk.ask(Request::Care(Care::Doctor)).await
    else {
        panic!()
    };
    let about = |subject: &str| {
        let found = findings.iter().find(|finding| finding.subject == subject);
        found.map(|finding| (finding.ok, finding.detail.as_str()))
    };
    assert_eq!(about("mailbox letters"), Some((true, "needs no password")));
    assert_eq!(
        about("ledger of letters"),
        Some((true, "a Maildir: its mails are known by their content"))
    );
}
