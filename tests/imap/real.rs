//! Stories on a real Dovecot.

use std::time::Duration;

use ticketty::domain::mailbox::Security;
use ticketty::domain::trouble::Whose;
use ticketty::mail::imap::{
    FailureKind, FolderRole, Idle, ImapFailure, ImapSession, Limits, Resync, Search,
};

use super::{access, fetch_all, mail, short_limits};
use crate::support::dovecot::Dovecot;

const ANNA: (&str, &str) = ("anna", "пароль \"1\\");

async fn anna(server: &Dovecot) -> ImapSession {
    let endpoint = server.endpoint(Security::None);
    let access = access(endpoint, server.trust(), ANNA.0, ANNA.1);
    ImapSession::connect(&access, short_limits(), None)
        .await
        .unwrap()
}

#[tokio::test]
async fn signing_in_works_over_every_protection_and_says_what_is_wrong() {
    let server = Dovecot::start(&[ANNA]);
    for security in [Security::Tls, Security::Starttls, Security::None] {
        let good = access(server.endpoint(security), server.trust(), ANNA.0, ANNA.1);
        let session = ImapSession::connect(&good, short_limits(), None)
            .await
            .unwrap();
        assert!(session.can().qresync && session.can().idle && session.can().uidplus);
        assert_eq!(session.tls().is_some(), security != Security::None);
        if let Some(facts) = session.tls() {
            assert_eq!(facts.version, "TLS 1.3");
            assert!(facts.subject_names.contains(&"mail.test".to_owned()));
            assert_eq!(facts.valid_until.strftime("%Y").to_string(), "2045");
            assert_eq!(facts.fingerprint.len(), 64);
        }
        session.logout().await;
        let bad = access(server.endpoint(security), server.trust(), ANNA.0, "wrong");
        let failure = ImapSession::connect(&bad, short_limits(), None)
            .await
            .unwrap_err();
        assert_eq!(failure.kind, FailureKind::SignInRefused);
        assert_eq!(failure.code.as_deref(), Some("AUTHENTICATIONFAILED"));
        assert_eq!(failure.trouble.whose, Whose::Operator);
        assert!(
            failure.to_string().contains("Authentication failed"),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn a_changed_password_is_noticed_and_the_new_one_works() {
    let server = Dovecot::start(&[ANNA]);
    anna(&server).await.logout().await;
    server.set_password("anna", "another-password");
    let old = access(
        server.endpoint(Security::Tls),
        server.trust(),
        ANNA.0,
        ANNA.1,
    );
    let failure = ImapSession::connect(&old, short_limits(), None)
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::SignInRefused);
    let new = access(
        server.endpoint(Security::Tls),
        server.trust(),
        "anna",
        "another-password",
    );
    assert!(
        ImapSession::connect(&new, short_limits(), None)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn two_thousand_mails_come_whole_and_once() {
    let mut server = Dovecot::start(&[ANNA]);
    server.deliver_many("anna", "INBOX", (0..2000).map(mail));
    let mut session = anna(&server).await;
    let selected = session.examine("INBOX", None).await.unwrap();
    assert_eq!((selected.exists, selected.uidnext), (2000, 2001));
    let mut uids = session.search_uids(&Search::all()).await.unwrap();
    assert_eq!(uids, (1..=2000).collect::<Vec<u32>>());
    uids.reverse();
    let before = session.counts();
    let (mails, report) = fetch_all(&mut session, &uids).await;
    assert!(report.failure.is_none(), "{report:?}");
    assert_eq!((mails.len(), report.delivered), (2000, 2000));
    assert!(report.without_content.is_empty() && report.refused.is_empty());
    assert_eq!(
        session.counts().round_trips - before.round_trips,
        1,
        "batches are pipelined"
    );
    let newest = mails.iter().take(500).map(|mail| mail.uid).min();
    assert_eq!(newest, Some(1501), "the newest batch comes first");
    for mail_ in &mails {
        let expected = mail(mail_.uid as usize - 1).replace('\n', "\r\n");
        assert_eq!(String::from_utf8_lossy(&mail_.raw), expected);
        assert_eq!(mail_.size, Some(expected.len() as u64));
        assert!(mail_.internal_date.is_some());
        assert!(
            !mail_.flags.contains(&"\\Seen".to_owned()),
            "reading changed a mail"
        );
    }
    let seen = session.fetch_flags_since(0).await.unwrap_or_default();
    assert!(
        seen.iter()
            .all(|change| !change.flags.contains(&"\\Seen".to_owned()))
    );
}

#[tokio::test]
async fn what_changed_while_away_costs_one_round_trip() {
    let mut server = Dovecot::start(&[ANNA]);
    server.deliver_many("anna", "INBOX", (0..100).map(mail));
    let mut session = anna(&server).await;
    let first = session.examine("INBOX", None).await.unwrap();
    let known = Resync {
        uidvalidity: first.uidvalidity,
        highestmodseq: first.highestmodseq.unwrap(),
    };
    session.logout().await;

    server.expunge("anna", "INBOX", "3:5");
    server.move_mails("anna", "INBOX", "10", "Trash");
    server.deliver("anna", "INBOX", &mail(100));
    let mut session = anna(&server).await;
    let before = session.counts();
    let second = session.examine("INBOX", Some(known)).await.unwrap();
    assert_eq!(session.counts().round_trips - before.round_trips, 1);
    assert!(second.resynced);
    let vanished: Vec<u32> = second.vanished.iter().cloned().flatten().collect();
    assert_eq!(vanished, [3, 4, 5, 10]);
    assert_eq!(
        second
            .changed
            .iter()
            .map(|change| change.uid)
            .collect::<Vec<_>>(),
        [101]
    );
    assert_eq!(second.exists, 97);

    let known = Resync {
        uidvalidity: second.uidvalidity,
        highestmodseq: second.highestmodseq.unwrap(),
    };
    let before = session.counts();
    let third = session.examine("INBOX", Some(known)).await.unwrap();
    let after = session.counts();
    assert!(third.resynced && third.vanished.is_empty() && third.changed.is_empty());
    assert_eq!(after.round_trips - before.round_trips, 1);
    let bytes = after.bytes_in - before.bytes_in;
    assert!(bytes <= 450, "nothing new cost {bytes} bytes");

    let stranger = Resync {
        uidvalidity: known.uidvalidity ^ 1,
        ..known
    };
    let fourth = session.examine("INBOX", Some(stranger)).await.unwrap();
    assert!(!fourth.resynced, "another generation is not a difference");
}

#[tokio::test]
async fn idle_wakes_on_delivery_on_a_nudge_and_when_the_server_goes() {
    let mut server = Dovecot::start(&[ANNA]);
    let mut session = anna(&server).await;
    session.examine("INBOX", None).await.unwrap();
    let long = Duration::from_secs(20);
    let quiet = session
        .idle(Duration::from_millis(50), std::future::pending())
        .await;
    assert_eq!(quiet.unwrap(), Idle::Quiet);
    let nudged = session.idle(long, std::future::ready(())).await;
    assert_eq!(nudged.unwrap(), Idle::Nudged);

    let (woken, ()) = tokio::join!(session.idle(long, std::future::pending()), async {
        server.deliver("anna", "INBOX", &mail(1));
    });
    let Idle::News(news) = woken.unwrap() else {
        panic!("a mail was delivered");
    };
    assert_eq!(news.exists, Some(1));
    assert!(
        session.noop().await.unwrap().is_empty(),
        "the session goes on"
    );

    let stopping = tokio::task::spawn_blocking(move || {
        server.stop();
        server
    });
    let ended = session
        .idle(long, std::future::pending())
        .await
        .unwrap_err();
    assert_eq!(ended.kind, FailureKind::Lost, "{ended}");
    assert_eq!(ended.trouble.whose, Whose::Network);
    stopping.await.unwrap();
}

#[tokio::test]
async fn folders_are_listed_with_their_roles_and_made() {
    let server = Dovecot::start(&[ANNA]);
    let mut session = anna(&server).await;
    let wire_name = session.create_folder("Клієнти & Co").await.unwrap();
    assert_eq!(
        session.create_folder("Клієнти & Co").await.unwrap(),
        wire_name
    );
    let folders = session.list_folders().await.unwrap();
    let role = |name: &str| folders.iter().find(|f| f.name == name).map(|f| f.role);
    assert_eq!(role("INBOX"), Some(FolderRole::Inbox));
    assert_eq!(role("Sent"), Some(FolderRole::Sent));
    assert_eq!(role("Junk"), Some(FolderRole::Junk));
    assert_eq!(role("Клієнти & Co"), Some(FolderRole::Other));
    assert!(session.examine(&wire_name, None).await.is_ok());
}

#[tokio::test]
async fn a_copy_is_put_into_sent_and_found_by_its_id() {
    let server = Dovecot::start(&[ANNA]);
    let mut session = anna(&server).await;
    let raw = mail(7).replace('\n', "\r\n");
    let date = "2026-03-01T10:00:00Z".parse().ok();
    let appended = session
        .append("Sent", raw.as_bytes(), &["\\Seen", "bad flag"], date)
        .await;
    let (uidvalidity, uid) = appended.unwrap().expect("Dovecot has UIDPLUS");
    let selected = session.examine("Sent", None).await.unwrap();
    assert_eq!(selected.uidvalidity, uidvalidity);
    for id in ["<token-7@example.test>", "token-7@example.test"] {
        assert_eq!(session.search_header_message_id(id).await.unwrap(), [uid]);
    }
    for nobody in ["<ключ@x>", "\" ALL \"", "a\\"] {
        let found = session.search_header_message_id(nobody).await.unwrap();
        assert!(found.is_empty(), "{nobody}");
    }
    let (mails, _) = fetch_all(&mut session, &[uid]).await;
    assert_eq!(mails.first().unwrap().flags, ["\\Seen"]);
    assert_eq!(mails.first().unwrap().internal_date, date);

    let missing = session
        .append("Nowhere", b"x\r\n", &[], None)
        .await
        .unwrap_err();
    assert_eq!(missing.code.as_deref(), Some("TRYCREATE"));
    session.create_folder("Full").await.unwrap();
    let full = session
        .append("Full", raw.as_bytes(), &[], None)
        .await
        .unwrap_err();
    assert_eq!(
        (full.kind, full.code.as_deref()),
        (FailureKind::Refused, Some("OVERQUOTA"))
    );
    assert!(full.to_string().contains("uota"), "{full}");
    assert!(
        session.noop().await.is_ok(),
        "a refusal leaves the session in step"
    );
}

#[tokio::test]
async fn large_mails_are_found_and_only_their_header_is_fetched() {
    let mut server = Dovecot::start(&[ANNA]);
    let big = mail(1) + &"0123456789\n".repeat(20_000);
    server.deliver_many("anna", "INBOX", [mail(0), big, mail(2)]);
    let mut session = anna(&server).await;
    session.examine("INBOX", None).await.unwrap();
    let large = session
        .search_uids(&Search::all().larger_than(100_000))
        .await
        .unwrap();
    assert_eq!(large, [2]);
    let stamps = session.fetch_stamps(&[1, 2, 3, 99]).await.unwrap();
    assert_eq!(stamps.len(), 3);
    assert!(stamps.iter().all(|stamp| stamp.internal_date.is_some()));
    assert!(
        stamps
            .iter()
            .any(|stamp| stamp.uid == 2 && stamp.size > 200_000)
    );
    let header = session.fetch_header(2).await.unwrap().unwrap();
    assert!(header.raw.ends_with(b"\r\n\r\n") && header.raw.len() < 300);
    assert_eq!(session.fetch_header(99).await.unwrap(), None);
    let (mails, report) = fetch_all(&mut session, &[1, 99, 3]).await;
    assert_eq!(mails.len(), 2);
    assert_eq!(report.without_content, [99]);

    let tight = Limits {
        literal_bytes: 1000,
        ..short_limits()
    };
    let access = access(
        server.endpoint(Security::None),
        server.trust(),
        ANNA.0,
        ANNA.1,
    );
    let mut session = ImapSession::connect(&access, tight, None).await.unwrap();
    session.examine("INBOX", None).await.unwrap();
    let (mails, report) = fetch_all(&mut session, &[1, 2]).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(report.failure.unwrap().kind, FailureKind::Protocol);
}

#[tokio::test]
async fn a_mail_that_the_server_cannot_read_is_named_and_stops_no_other() {
    let mut server = Dovecot::start(&[ANNA]);
    server.deliver_many("anna", "INBOX", (0..10).map(mail));
    let mut session = anna(&server).await;
    session.examine("INBOX", None).await.unwrap();
    let uids = session.search_uids(&Search::all()).await.unwrap();
    server.make_unreadable("anna", "INBOX", 4);
    let (mails, report) = fetch_all(&mut session, &uids).await;
    assert!(!mails.iter().any(|mail| mail.uid == 5));
    let failure = report.failure.expect("the server hung up or refused");
    if !failure.connection_is_good() {
        assert_eq!(report.stuck_at, Some(5), "{failure}");
        session = anna(&server).await;
        session.examine("INBOX", None).await.unwrap();
    } else {
        assert_eq!(report.refused, [5]);
    }
    let others: Vec<u32> = uids.into_iter().filter(|uid| *uid != 5).collect();
    let (mails, report) = fetch_all(&mut session, &others).await;
    assert!(report.failure.is_none());
    assert_eq!(mails.len(), 9);
}

#[tokio::test]
async fn a_command_that_was_cut_off_spoils_the_session_and_nothing_else() {
    let mut server = Dovecot::start(&[ANNA]);
    server.deliver_many("anna", "INBOX", (0..10).map(mail));
    let mut session = anna(&server).await;
    session.examine("INBOX", None).await.unwrap();
    let all = Search::all();
    tokio::select! {
        biased;
        _ = session.search_uids(&all) => panic!("nothing was waited for"),
        () = std::future::ready(()) => {}
    }
    let failure = session.search_uids(&Search::all()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Lost);
    let mut session = anna(&server).await;
    session.examine("INBOX", None).await.unwrap();
    assert_eq!(
        session.search_uids(&Search::uids(4..=6)).await.unwrap(),
        [4, 5, 6]
    );
}

#[tokio::test]
async fn a_restart_of_the_server_is_a_lost_connection() {
    let mut server = Dovecot::start(&[ANNA]);
    server.deliver("anna", "INBOX", &mail(1));
    let mut session = anna(&server).await;
    session.examine("INBOX", None).await.unwrap();
    server.restart();
    let failure = until_lost(&mut session).await;
    assert!(
        !failure.connection_is_good() && failure.trouble.retries_by_itself(),
        "{failure}"
    );
    let mut session = anna(&server).await;
    assert_eq!(session.examine("INBOX", None).await.unwrap().exists, 1);
}

/// The server's processes end one after the other: asks until this connection is gone.
async fn until_lost(session: &mut ImapSession) -> ImapFailure {
    let asking = async {
        loop {
            if let Err(failure) = session.noop().await {
                return failure;
            }
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), asking).await;
    waited.expect("the connection ends with the server")
}
