//! What this installation learns about a domain changes how the next mailbox is connected, so the log tells of it.

use super::desk::{Desk, settings};
use super::settings_log::{done, lines, put};
use crate::domain::mailbox::{Endpoint, Incoming, MailboxSettings, Outgoing, Security};

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_were_learnt_for_a_domain_are_told_once() {
    let mut desk = Desk::open();
    let server = |host: &str, port| Endpoint {
        host: host.into(),
        port,
        security: Security::Tls,
    };
    let other = MailboxSettings {
        incoming: Incoming::Imap(server("imap.gmail.com", 993)),
        outgoing: Outgoing::Smtp(server("smtp.gmail.com", 465)),
        ..settings()
    };
    let id = Some(desk.mailbox);
    for _ in 0..2 {
        done(&mut desk, put(id, other.clone(), None)).await;
    }
    let told = lines(&mut desk, "about:domain").await;
    let [line] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(
        line.what().as_str(),
        "domain desk.example.test: learnt servers"
    );
    assert_eq!((line.who.as_str(), &line.old), ("Anna", &None));
    let new = line.new.as_ref().unwrap().as_str();
    assert!(new.contains("imap.host: imap.gmail.com"), "{new}");
}
