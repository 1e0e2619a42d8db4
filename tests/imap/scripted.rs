//! Stories on a scripted server: what real servers do not do, or not when asked to.

use std::time::{Duration, Instant};

use ticketty::domain::mailbox::{Security, Trust};
use ticketty::mail::imap::{
    FailureKind, Idle, ImapFailure, ImapSession, Limits, Resync, Search, Selected,
};
use ticketty::mail::link::WireLog;

use super::{access, connect, fetch_all, short_limits};
use crate::support::fake_imap::{FakeImap, Step, hear, length_of, opened, say, signed_in};

/// A session with INBOX open, after which the script goes on with `steps`.
async fn open_then(steps: Vec<Step>) -> (FakeImap, ImapSession) {
    let mut all = opened();
    all.extend(steps);
    let server = FakeImap::start(all).await;
    let mut session = connect(&server, Security::None).await.unwrap();
    session.examine("INBOX", None).await.unwrap();
    (server, session)
}

/// The bodies that a scripted answer to FETCH 1:3 yields, and how it ended.
async fn fetched(answer: impl AsRef<[u8]>) -> (Vec<(u32, String)>, Vec<u32>, Option<FailureKind>) {
    let (_server, mut session) = open_then(vec![hear("UID FETCH 1:3"), say(answer)]).await;
    let (mails, report) = fetch_all(&mut session, &[1, 2, 3]).await;
    let bodies = mails
        .into_iter()
        .map(|mail| (mail.uid, String::from_utf8_lossy(&mail.raw).into_owned()))
        .collect();
    let mut left = report.without_content;
    left.extend(report.refused);
    (bodies, left, report.failure.map(|failure| failure.kind))
}

fn body(uid: u32, body: &str) -> (u32, String) {
    (uid, body.to_owned())
}

#[tokio::test]
async fn no_and_bad_are_failures_and_hand_over_what_came() {
    for (word, kind) in [
        (
            "NO [SERVERBUG] Some messages could not be read",
            FailureKind::Refused,
        ),
        ("BAD what?", FailureKind::Refused),
        ("NO [LIMIT] Too many requests", FailureKind::Unavailable),
    ] {
        let answer = format!("* 1 FETCH (UID 1 BODY[] {{3}}\r\none)\r\n{{tag}} {word}\r\n");
        let (mails, left, failure) = fetched(answer).await;
        assert_eq!(mails, [body(1, "one")]);
        assert_eq!((left, failure), (vec![2, 3], Some(kind)), "{word}");
    }
    let (_server, mut session) = open_then(vec![
        hear("UID SEARCH"),
        say("{tag} BAD no\r\n"),
        hear("LIST"),
        say("{tag} NO no\r\n"),
    ])
    .await;
    let search = session.search_uids(&Search::all()).await.unwrap_err();
    assert_eq!(search.kind, FailureKind::Refused);
    let list = session.list_folders().await.unwrap_err();
    assert_eq!(list.to_string(), "the mail server refused LIST: no");
}

#[tokio::test]
async fn an_answer_without_content_is_a_hole_and_never_a_mail() {
    for hollow in [
        "* 2 FETCH (UID 2 BODY[] NIL)\r\n",
        "* 2 FETCH (UID 2 BODY[] \"\")\r\n",
        "* 2 FETCH (UID 2 BODY[] {0}\r\n)\r\n",
        "* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n",
        "* 2 FETCH (BODY[] {3}\r\ntwo)\r\n",
        "* 2 FETCH (UID 9 BODY[] {3}\r\ntwo)\r\n",
        "* 2 FETCH (UID 1 BODY[] {3}\r\ntwo)\r\n",
        "* 2 FETCH (UID 2 BODY[]<0> {3}\r\ntwo)\r\n",
        "* 2 FETCH (UID 4294967298 BODY[] {3}\r\ntwo)\r\n",
        "* 2 FETCH (UID 2 BODY[] {3}\r\ntwo\r\n",
        "",
    ] {
        let answer = format!(
            "* 1 FETCH (UID 1 BODY[] {{3}}\r\none)\r\n{hollow}* 3 FETCH (UID 3 BODY[] {{5}}\r\nthree)\r\n{{tag}} OK done\r\n"
        );
        let (mails, left, failure) = fetched(answer).await;
        assert_eq!(mails, [body(1, "one"), body(3, "three")], "{hollow}");
        assert_eq!((left, failure), (vec![2], None), "{hollow}");
    }
}

#[tokio::test]
async fn strange_lines_between_the_mails_do_no_harm() {
    let noise = "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n* ESEARCH (TAG \"x\") UID ALL 1:5\r\n\
        * STATUS INBOX (SIZE 12 DELETED 3)\r\n* OK [UIDNEXT 3]ї\r\n* NO [ALERT]é\r\n* X-UNKNOWN {3}\r\nabc\r\n\
        * 2 FETCH (FLAGS (\\Seen caf\u{e9}))\r\n* THREAD (2)(3 6)\r\n* LIST () NIL ~{1}\r\nx\r\n* nonsense\0\n";
    let answer = format!(
        "{noise}* 1 FETCH (INTERNALDATE NIL UID 1 BODY[] {{3}}\r\none)\n{noise}\
         * 2 FETCH (BODYSTRUCTURE {deep} UID 2 BODY[] \"two\")\r\n* 3 FETCH (RFC822.SIZE 1 UID 3 BODY[] {{5}}\r\n\
         three)\r\n* 4 EXISTS\r\n{{tag}} OK done\n",
        deep = "(".repeat(50) + &")".repeat(50),
    );
    let (mails, left, failure) = fetched(answer).await;
    assert_eq!(mails, [body(1, "one"), body(2, "two"), body(3, "three")]);
    assert_eq!((left, failure), (vec![], None));
}

#[tokio::test]
async fn bounds_are_kept_and_named() {
    for (answer, cause) in [
        (
            "* 1 FETCH (UID 1 BODY[] {4294967296}\r\n".to_owned(),
            "4294967296 bytes",
        ),
        (
            "* ".to_owned() + &"x".repeat(1_100_000),
            "longer than 1048576",
        ),
        ("* X ".to_owned() + &"{0}\r\n".repeat(1100), "literals"),
        ("T99 OK done\r\n".to_owned(), "no command of ours"),
    ] {
        let (_server, mut session) =
            open_then(vec![hear("UID FETCH"), say(&answer), Step::Silence]).await;
        let (mails, report) = fetch_all(&mut session, &[1]).await;
        let failure = report.failure.unwrap();
        assert!(mails.is_empty());
        assert_eq!(failure.kind, FailureKind::Protocol);
        assert!(failure.to_string().contains(cause), "{failure}");
    }
}

#[tokio::test]
async fn a_list_that_is_missing_or_unreadable_is_not_an_empty_one() {
    for (answer, kind) in [
        ("{tag} OK done\r\n", FailureKind::Protocol),
        ("* SEARCH 1 2 x\r\n{tag} OK done\r\n", FailureKind::Protocol),
        (
            "* SEARCH 1 4294967296\r\n{tag} OK done\r\n",
            FailureKind::Protocol,
        ),
        (
            "* SEARCH 1 2 3\r\n* BYE [UNAVAILABLE] later\r\n",
            FailureKind::Unavailable,
        ),
        (
            "* SEARCH 1 2 3\r\n* BYE Server shutting down\r\n",
            FailureKind::Lost,
        ),
        ("* SEARCH 1 2 3\r\n", FailureKind::Lost),
    ] {
        let (_server, mut session) = open_then(vec![hear("UID SEARCH"), say(answer)]).await;
        let failure = session.search_uids(&Search::all()).await.unwrap_err();
        assert_eq!(failure.kind, kind, "{answer}: {failure}");
    }
    let (_server, mut session) = open_then(vec![
        hear("UID SEARCH"),
        say("* SEARCH 9 2\r\n* SEARCH 5 (MODSEQ 3)\r\n{tag} OK\r\n"),
    ])
    .await;
    assert_eq!(
        session.search_uids(&Search::all()).await.unwrap(),
        [2, 5, 9]
    );
}

#[tokio::test]
async fn a_folder_without_its_numbers_is_not_opened() {
    for missing in ["UIDVALIDITY 7", "UIDNEXT 4", "EXISTS"] {
        let whole = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n{tag} OK [READ-ONLY] opened\r\n";
        let mut steps = signed_in();
        steps.extend([hear("EXAMINE"), say(whole.replace(missing, "X"))]);
        let server = FakeImap::start(steps).await;
        let mut session = connect(&server, Security::None).await.unwrap();
        let failure = session.examine("INBOX", None).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Protocol, "{missing}");
    }
}

const NUMBERS: &str =
    "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n* OK [HIGHESTMODSEQ 9] ok\r\n";

fn opened_with(tag: &str) -> Step {
    say(format!("{NUMBERS}{tag} OK [READ-ONLY] opened\r\n"))
}

#[tokio::test]
async fn a_server_that_does_not_confirm_qresync_is_used_without_it() {
    let mut steps = signed_in();
    steps.pop();
    steps.extend([
        say("{tag} OK [CAPABILITY IMAP4rev1 ENABLE QRESYNC] in\r\n"),
        hear("ENABLE QRESYNC"),
        hear("EXAMINE \"INBOX\" (QRESYNC (7 5 1:4294967295))"),
        say("T1 OK nothing\r\nT2 BAD not enabled\r\n"),
        hear("EXAMINE \"INBOX\" (CONDSTORE)"),
        opened_with("T3"),
        hear("UID FETCH 1:4294967295 (UID FLAGS) (CHANGEDSINCE 5)"),
        say("* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (8))\r\n{tag} OK\r\n"),
    ]);
    let server = FakeImap::start(steps).await;
    let mut session = connect(&server, Security::None).await.unwrap();
    let known = Resync {
        uidvalidity: 7,
        highestmodseq: 5,
    };
    let selected = session.examine("INBOX", Some(known)).await.unwrap();
    assert!(!selected.resynced && !session.can().qresync);
    assert_eq!(selected.highestmodseq, Some(9));
    let changed = session.fetch_flags_since(5).await.unwrap();
    assert_eq!(changed.first().unwrap().modseq, Some(8));
}

#[tokio::test]
async fn a_huge_folder_is_listed_in_windows_that_fit_a_line() {
    let mut steps = signed_in();
    steps.extend([
        hear("EXAMINE"),
        say(NUMBERS
            .replace("3 EXISTS", "170000 EXISTS")
            .replace("UIDNEXT 4", "UIDNEXT 170001")),
        say("{tag} OK\r\n"),
        hear("T2 UID SEARCH UID 1:80000"),
        hear("T3 UID SEARCH UID 80001:160000"),
        hear("T4 UID SEARCH UID 160001:4294967295"),
        say(
            "* SEARCH 1 80000\r\nT2 OK\r\n* SEARCH\r\nT3 OK\r\n* SEARCH 170000 170001\r\nT4 OK\r\n",
        ),
    ]);
    let server = FakeImap::start(steps).await;
    let mut session = connect(&server, Security::None).await.unwrap();
    session.examine("INBOX", None).await.unwrap();
    let before = session.counts().round_trips;
    let uids = session.search_uids(&Search::all()).await.unwrap();
    assert_eq!(uids, [1, 80_000, 170_000, 170_001]);
    assert_eq!(session.counts().round_trips - before, 1);
}

#[tokio::test]
async fn the_protocol_log_has_no_secret_and_no_mail() {
    let mut steps = opened();
    steps.extend([
        hear("UID FETCH"),
        say("* 1 FETCH (UID 1 BODY[] {12}\r\nmail-canary!)\r\n{tag} OK done\r\n"),
    ]);
    let server = FakeImap::start(steps).await;
    let log = WireLog::new(100);
    let access = access(
        server.endpoint(Security::None),
        Trust::default(),
        "anna",
        "s3cret-canary",
    );
    let mut session = ImapSession::connect(&access, short_limits(), Some(log.clone()))
        .await
        .unwrap();
    session.examine("INBOX", None).await.unwrap();
    let (mails, _) = fetch_all(&mut session, &[1]).await;
    assert_eq!(mails.len(), 1);
    let log = log.lines().join("\n");
    for secret in ["s3cret", "AGFubmE", "mail-canary"] {
        assert!(!log.contains(secret), "{log}");
    }
    assert!(
        log.contains("C: AUTHENTICATE PLAIN (the rest is not shown)"),
        "{log}"
    );
    assert!(log.contains("S: * 1 FETCH (UID 1 BODY[] {12})"), "{log}");
}

#[tokio::test]
async fn idle_that_is_refused_or_falls_silent_is_told_apart() {
    let (_server, mut session) = open_then(vec![hear("IDLE"), say("{tag} NO not now\r\n")]).await;
    let refused = session
        .idle(Duration::from_secs(5), std::future::pending())
        .await
        .unwrap_err();
    assert_eq!(refused.kind, FailureKind::Refused);
    assert!(refused.connection_is_good());

    let (_server, mut session) = open_then(vec![
        hear("IDLE"),
        say("* OK wait\r\n+ idling\r\n* 4 EXISTS\r\n"),
        hear("DONE"),
        say("T2 OK\r\n"),
    ])
    .await;
    let woken = session
        .idle(Duration::from_secs(5), std::future::pending())
        .await
        .unwrap();
    assert!(matches!(woken, Idle::News(news) if news.exists == Some(4)));
}

#[tokio::test]
async fn silence_has_an_end() {
    let mut steps = signed_in();
    steps.extend([hear("NOOP"), Step::Silence]);
    let server = FakeImap::start(steps).await;
    let limits = Limits {
        answer: Duration::from_millis(200),
        ..short_limits()
    };
    let access = access(
        server.endpoint(Security::None),
        Trust::default(),
        "anna",
        "secret",
    );
    let mut session = ImapSession::connect(&access, limits, None).await.unwrap();
    let began = Instant::now();
    let failure = session.noop().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Lost);
    assert!(began.elapsed() < Duration::from_secs(5));
}

/// Greeting, sign-in, folders, opening, listing, fetching: every command of a sync.
fn whole_sync() -> Vec<Step> {
    let mut steps = opened();
    steps.splice(
        3..3,
        [
            hear("LIST"),
            say("* LIST () \"/\" INBOX\r\n{tag} OK done\r\n"),
        ],
    );
    steps.extend([
        hear("UID SEARCH"),
        say("* SEARCH 1 2\r\n{tag} OK done\r\n"),
        hear("UID FETCH"),
        say("* 1 FETCH (UID 1 BODY[] {3}\r\none)\r\n* 2 FETCH (UID 2 BODY[] {3}\r\ntwo)\r\n{tag} OK done\r\n"),
    ]);
    steps
}

async fn sync(server: &FakeImap) -> Result<(Selected, usize), ImapFailure> {
    let mut session = connect(server, Security::None).await?;
    let folders = session.list_folders().await?;
    assert_eq!(folders.len(), 1);
    let selected = session.examine("INBOX", None).await?;
    let uids = session.search_uids(&Search::all()).await?;
    assert_eq!(uids, [1, 2]);
    let (mails, report) = fetch_all(&mut session, &uids).await;
    for mail in &mails {
        assert_eq!(mail.raw.len(), 3, "a cut mail was taken for a whole one");
    }
    match report.failure {
        Some(failure) => Err(failure),
        None => Ok((selected, mails.len())),
    }
}

#[tokio::test]
async fn a_connection_cut_at_any_byte_is_never_a_success() {
    let steps = whole_sync();
    let whole = length_of(&steps) + "A0001".len() - "T1".len();
    let server = FakeImap::start(steps.clone()).await;
    assert_eq!(sync(&server).await.unwrap().1, 2);
    for bytes in 0..whole - 2 {
        let server = FakeImap::start_cut(steps.clone(), bytes).await;
        let failure = sync(&server)
            .await
            .expect_err(&format!("cut after {bytes} bytes"));
        assert!(!failure.connection_is_good(), "{bytes}: {failure}");
        assert_ne!(
            failure.kind,
            FailureKind::SignInRefused,
            "{bytes}: {failure}"
        );
    }
}
