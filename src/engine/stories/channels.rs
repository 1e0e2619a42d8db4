//! Mailboxes beside each other: where new mail begins, what may not leave, and what the log of settings says of it.

use super::desk::{Desk, settings};
use crate::bridge::*;
use crate::domain::audit::{SettingChange, SubjectKind};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Incoming, MailboxSettings, Outgoing};
use crate::domain::redirect::Redirector;
use crate::store::{self, AuditWindow};

const SALES: &str = "sales@desk.example.test";

/// The settings of an address that is redirected to the desk's mailbox.
fn redirected(collecting: MailboxId) -> MailboxSettings {
    let usual = settings();
    MailboxSettings {
        incoming: Incoming::Forwarded(collecting),
        outgoing: Outgoing::Through(collecting),
        ..MailboxSettings::new(SALES, usual.incoming, usual.outgoing, usual.secret)
    }
}

async fn put(desk: &mut Desk, id: Option<MailboxId>, settings: MailboxSettings) -> MailboxId {
    let request = MailboxRequest::Put {
        id,
        settings: Box::new(settings),
        secret: None,
    };
    match desk.ask(Request::Mailbox(request)).await {
        Report::Mailbox(MailboxReport::Saved(id)) => id,
        other => panic!("{other:?}"),
    }
}

async fn begins_in(desk: &mut Desk) -> MailboxId {
    let draft = desk.begin(Begin::NewMail { mailbox: None }).await;
    let discard = Write::Discard {
        draft: draft.content.id,
    };
    desk.ask(Request::Write(discard)).await;
    draft.content.mailbox
}

/// What the log says, the oldest first.
fn log(desk: &Desk) -> Vec<SettingChange> {
    let window = AuditWindow {
        limit: 100,
        ..AuditWindow::default()
    };
    let mut found = store::read(desk.store.as_ref(), |snapshot| {
        snapshot.setting_changes(window, &mut |_| true)
    })
    .unwrap();
    found.reverse();
    found.into_iter().map(|(_, change)| change).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn new_mail_begins_in_the_mailbox_that_was_chosen_until_that_is_gone() {
    let mut desk = Desk::open();
    let support = desk.mailbox;
    let sales = put(&mut desk, None, redirected(support)).await;
    assert_eq!(begins_in(&mut desk).await, support);
    let choose = Request::Mailbox(MailboxRequest::SetDefault(sales));
    assert_eq!(desk.ask(choose.clone()).await, Report::Done);
    assert_eq!(desk.ask(choose).await, Report::Done);
    assert_eq!(begins_in(&mut desk).await, sales);
    let told: Vec<SettingChange> = log(&desk)
        .into_iter()
        .filter(|change| change.about.kind == SubjectKind::Default)
        .collect();
    assert_eq!(told.len(), 1, "choosing it again is no change: {told:?}");
    assert_eq!(
        (told[0].old.as_deref(), told[0].new.as_deref()),
        (None, Some("sales"))
    );
    desk.ask(Request::Mailbox(MailboxRequest::Remove(sales)))
        .await;
    assert_eq!(begins_in(&mut desk).await, support);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_sending_is_off_nothing_is_begun_and_the_reason_is_told() {
    let mut desk = Desk::open();
    let ticket = desk.arrives("olena@example.test", "Printer", "It smokes.");
    let mut off = settings();
    off.identity.is_sending = false;
    let id = desk.mailbox;
    put(&mut desk, Some(id), off).await;
    let begin = |what| Request::Write(Write::Begin { what });
    let reply = Begin::Reply {
        ticket,
        message: None,
        all: false,
    };
    let forward = Begin::Forward {
        ticket,
        message: None,
    };
    let test = MailboxRequest::SendTest {
        id,
        to: "olena@example.test".into(),
    };
    for request in [begin(reply), begin(forward), Request::Mailbox(test)] {
        let trouble = desk.failure(request).await;
        assert!(
            trouble.what.contains("sending is switched off"),
            "{trouble}"
        );
    }
    let draft = desk.begin(Begin::Note { ticket }).await;
    assert_eq!(draft.ticket, Some(ticket), "a note stays here anyway");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_who_redirects_and_where_to() {
    let mut desk = Desk::open();
    let support = desk.mailbox;
    let sales = put(&mut desk, None, redirected(support)).await;
    let other = MailboxSettings {
        address: "other@desk.example.test".into(),
        name: "other".into(),
        ..settings()
    };
    let other = put(&mut desk, None, other).await;
    let choose = |redirector| {
        Request::Connect(ConnectRequest::Redirect(RedirectRequest::Choose {
            id: sales,
            redirector,
        }))
    };
    desk.ask(choose(Redirector::GoogleForwarding)).await;
    desk.ask(choose(Redirector::GoogleForwarding)).await;
    desk.ask(choose(Redirector::MicrosoftRule)).await;
    put(&mut desk, Some(sales), redirected(other)).await;
    let told: Vec<String> = log(&desk)
        .into_iter()
        .filter(|change| change.about.id == Some(sales.0) && change.old.is_some())
        .map(|change| {
            let value = |value: Option<String>| value.unwrap_or_default();
            format!(
                "{} {} {}",
                change.field,
                value(change.old),
                value(change.new)
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "redirected_by google-forwarding microsoft-rule",
            "incoming.forwarded support other",
            "outgoing.through support other",
        ]
    );
    let wrong = Request::Connect(ConnectRequest::Redirect(RedirectRequest::Choose {
        id: support,
        redirector: Redirector::Other,
    }));
    let trouble = desk.failure(wrong).await;
    assert!(
        trouble.what.contains("fetches its mail itself"),
        "{trouble}"
    );
}
