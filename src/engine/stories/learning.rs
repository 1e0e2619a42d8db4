//! A domain that nobody knows is learnt from a mailbox whose check passed, and helps the next one.

use super::desk::Desk;
use crate::bridge::*;
use crate::domain::detection::Source;
use crate::domain::mailbox::{
    Endpoint, Incoming, MailboxSettings, Outgoing, SecretSource, Security,
};

fn settings(address: &str, host: &str) -> MailboxSettings {
    let at = |port| Endpoint {
        host: host.into(),
        port,
        security: Security::Tls,
    };
    MailboxSettings::new(
        address,
        Incoming::Imap(at(993)),
        Outgoing::Smtp(at(465)),
        SecretSource::File,
    )
}

async fn check_and_save(desk: &mut Desk, settings: &MailboxSettings, checks: bool) {
    if checks {
        let report = desk
            .ask(Request::Connect(ConnectRequest::Check {
                id: None,
                settings: Box::new(settings.clone()),
                secret: None,
                with_round_trip: false,
            }))
            .await;
        assert_eq!(report, Report::Done);
    }
    let report = desk
        .ask(Request::Mailbox(MailboxRequest::Put {
            id: None,
            settings: Box::new(settings.clone()),
            secret: None,
        }))
        .await;
    assert!(matches!(report, Report::Mailbox(_)), "{report:?}");
}

async fn detected(desk: &mut Desk, address: &str) -> Detected {
    let address = address.to_owned();
    let request = Request::Connect(ConnectRequest::Detect { address });
    match desk.ask(request).await {
        Report::Connect(ConnectReport::Detected(detected)) => detected,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_passed_its_check_teaches_its_domain() {
    let mut desk = Desk::open();
    let first = settings("helpdesk@learnt.test", "mx.elsewhere.test");
    check_and_save(&mut desk, &first, true).await;
    let found = detected(&mut desk, "sales@LEARNT.test").await;
    assert_eq!(found.because, "learnt from helpdesk@learnt.test");
    assert!(found.is_certain);
    assert_eq!(found.settings.incoming, first.incoming);
    assert_eq!(found.settings.outgoing, first.outgoing);
    assert_eq!(found.settings.login, "sales@LEARNT.test");
    let last = found.tried.last().map(|line| line.source);
    assert_eq!(last, Some(Source::Learnt), "nobody else was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_was_chosen_is_learnt_for_the_domain_even_if_nothing_was_checked() {
    let mut desk = Desk::open();
    let chosen = settings("helpdesk@chosen.test", "imap.fastmail.com");
    let chosen = MailboxSettings {
        outgoing: settings("helpdesk@chosen.test", "smtp.fastmail.com").outgoing,
        ..chosen
    };
    check_and_save(&mut desk, &chosen, false).await;
    let found = detected(&mut desk, "sales@chosen.test").await;
    assert_eq!(found.provider.as_deref(), Some("Fastmail"));
    assert_eq!(found.because, "learnt from helpdesk@chosen.test");
    assert!(found.password_hint.unwrap().contains("app.fastmail.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_saved_unchecked_or_changed_after_the_check_teaches_nothing() {
    let mut desk = Desk::open();
    let unchecked = settings("helpdesk@unchecked.invalid", "mx.elsewhere.test");
    check_and_save(&mut desk, &unchecked, false).await;
    let found = detected(&mut desk, "sales@unchecked.invalid").await;
    assert!(!found.because.contains("learnt"), "{}", found.because);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_are_told_as_the_table_has_them() {
    let mut desk = Desk::open();
    let report = desk.ask(Request::Connect(ConnectRequest::Providers)).await;
    let Report::Connect(ConnectReport::Providers(lines)) = report else {
        panic!("{report:?}");
    };
    let find = |name: &str| lines.iter().find(|line| line.name == name).unwrap();
    assert_eq!(lines.len(), crate::mail::providers::PROVIDERS.len());
    assert_eq!(find("Gmail").imap.host, "imap.gmail.com");
    assert_eq!(find("Gmail").sign_ins.oauth.as_deref(), Some("google"));
    assert!(!find("Outlook.com").sign_ins.password);
    assert!(!find("iCloud").quirks.is_empty());
}
