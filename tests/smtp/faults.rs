//! A server that breaks, lies or attacks: nothing is sent twice, nothing is taken for sent, nothing hangs.

use std::time::Duration;

use ticketty::domain::delivery::{Delivery, Envelope, Phase, Setback, Verdict};
use ticketty::domain::mailbox::Security;
use ticketty::domain::trouble::{Trouble, Whose};
use ticketty::mail::smtp::{Session, SignIn, Timings};

use super::{MAIL, account, anna, send, send_with, to};
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script, Seen};

pub(super) const BOB: &str = "bob@example.test";

/// Sends one mail to Bob, signed in as Anna over a plain line; waits end within 2 s.
pub(super) async fn attempt(script: Script) -> (Delivery, bool, FakeSmtp) {
    attempt_as(script, Some(anna()), &to(&[BOB])).await
}

pub(super) async fn attempt_as(
    script: Script,
    sign_in: Option<SignIn>,
    envelope: &Envelope,
) -> (Delivery, bool, FakeSmtp) {
    let server = FakeSmtp::start(script);
    let mut account = account(server.port(), Security::None, sign_in);
    account.timings = Timings::at_most(Duration::from_secs(2));
    let in_barrier = || content_has_come(&server);
    let (delivery, passed) = send_with(&account, envelope, MAIL.as_bytes(), in_barrier).await;
    (delivery, passed, server)
}

/// What the server does on content it has done: else it would be left to chance whether it comes before our dot.
pub(super) fn content_has_come(server: &FakeSmtp) {
    server.wait("content at the server", |seen| {
        seen.done.contains(&Place::Content) || seen.hangups == seen.connections
    });
}

pub(super) fn setback(delivery: Delivery) -> Setback {
    match delivery {
        Delivery::NotSent(setback) => setback,
        other => panic!("{other:?}"),
    }
}

/// The record once the client has hung up.
pub(super) fn afterwards(server: &FakeSmtp) -> Seen {
    server.wait("the end of the connection", |seen| {
        seen.connections > 0 && seen.hangups == seen.connections
    })
}

const BEFORE_THE_DOT: [Place; 7] = [
    Place::Greeting,
    Place::Ehlo,
    Place::Auth,
    Place::Mail,
    Place::Rcpt(0),
    Place::Data,
    Place::Content,
];

#[tokio::test]
async fn a_friendly_server_gets_exactly_the_mail() {
    let (delivery, passed, server) = attempt(Script::new()).await;
    assert!(
        matches!(&delivery, Delivery::Accepted { line, .. } if line == "250 2.0.0 queued as FAKE1"),
        "{delivery:?}"
    );
    assert!(passed);
    let seen = afterwards(&server);
    let stuffed = MAIL.replace("\r\n.hidden", "\r\n..hidden");
    assert_eq!(seen.whole, [stuffed.trim_end().as_bytes()]);
    assert_eq!(
        seen.commands,
        [
            "EHLO [127.0.0.1]",
            "AUTH PLAIN AGFubmFAYWNtZS50ZXN0AGNvcnJlY3QgaG9yc2U=",
            &format!("MAIL FROM:<support@acme.test> SIZE={}", stuffed.len()),
            "RCPT TO:<bob@example.test>",
            "DATA",
            "QUIT",
        ]
    );
}

#[tokio::test]
async fn whatever_breaks_before_the_dot_is_certainly_not_sent() {
    for place in BEFORE_THE_DOT {
        for act in [
            Act::Cut,
            Act::Reset,
            Act::Bytes(b"\x00\xff what?\r\n".to_vec()),
        ] {
            let (delivery, _, server) = attempt(Script::new().at(place, act.clone())).await;
            let setback = setback(delivery);
            assert!(setback.phase < Phase::AfterDot, "{place:?} {act:?}");
            assert_ne!(setback.trouble.whose, Whose::Bug, "{place:?} {act:?}");
            assert!(afterwards(&server).whole.is_empty(), "{place:?} {act:?}");
        }
    }
}

#[tokio::test]
async fn silence_before_the_dot_ends_at_the_deadline() {
    for place in BEFORE_THE_DOT {
        if place == Place::Content {
            // A server that says nothing while it is written to is as it should be.
            continue;
        }
        let server = FakeSmtp::start(Script::new().at(place, Act::Stall));
        let mut account = account(server.port(), Security::None, Some(anna()));
        account.timings = Timings::at_most(Duration::from_millis(200));
        let (delivery, passed) = send(&account, &to(&[BOB]), MAIL.as_bytes()).await;
        let setback = setback(delivery);
        assert_eq!(setback.trouble.whose, Whose::Network, "{place:?}");
        assert!(!passed, "{place:?}");
        assert!(afterwards(&server).whole.is_empty(), "{place:?}");
    }
}

#[tokio::test]
async fn whatever_is_lost_after_the_dot_is_uncertain() {
    let acts = [
        Act::Cut,
        Act::Reset,
        Act::Stall,
        Act::Bytes(b"\x16\x03\x01garbage\r\n".to_vec()),
        Act::say("220 hello again"),
        Act::say("354 more"),
        Act::say("251 somewhere else"),
        Act::Drip("250 ok".to_owned(), Duration::from_millis(700)),
    ];
    for act in acts {
        let (delivery, passed, server) = attempt(Script::new().at(Place::Dot, act.clone())).await;
        let Delivery::Uncertain { known, recipients } = &delivery else {
            panic!("{act:?}: {delivery:?}");
        };
        assert!(known.starts_with("after the last dot, "), "{known}");
        assert_eq!(recipients[0].verdict, Verdict::Uncertain);
        assert!(passed);
        assert_eq!(afterwards(&server).whole.len(), 1, "{act:?}");
    }
}

#[tokio::test]
async fn the_servers_no_is_definite_in_every_phase() {
    let table = [
        (Place::Mail, Phase::Sender),
        (Place::Rcpt(0), Phase::Recipients),
        (Place::Data, Phase::Data),
        (Place::Dot, Phase::AfterDot),
    ];
    for (place, expected) in table {
        for code in [451, 550] {
            let words = format!("{code} 5.7.1 because we say so");
            let (delivery, _, _server) =
                attempt(Script::new().at(place, Act::Say(words.clone()))).await;
            let (phase, got, verdict) = match &delivery {
                Delivery::Deferred {
                    phase,
                    words,
                    recipients,
                } if code == 451 => (*phase, words, recipients[0].verdict),
                Delivery::Refused {
                    phase,
                    words,
                    recipients,
                } if code == 550 => (*phase, words, recipients[0].verdict),
                other => panic!("{place:?} {code}: {other:?}"),
            };
            assert_eq!((phase, got), (expected, &words));
            let wanted = if code == 451 {
                Verdict::Deferred
            } else {
                Verdict::Refused
            };
            assert_eq!(verdict, wanted);
        }
    }
}

#[tokio::test]
async fn a_server_that_is_busy_or_unwilling_before_the_mail_is_asked_again_later() {
    for place in [Place::Greeting, Place::Ehlo] {
        for (words, whose) in [
            ("421 too many of you", Whose::Network),
            ("554 not you", Whose::Server),
        ] {
            let (delivery, _, _server) = attempt(Script::new().at(place, Act::say(words))).await;
            let setback = setback(delivery);
            assert_eq!(setback.trouble.whose, whose, "{place:?}");
            assert_eq!(setback.trouble.cause.as_deref(), Some(words));
        }
    }
}

#[tokio::test]
async fn going_away_in_the_middle_keeps_the_servers_words() {
    for place in [Place::Mail, Place::Rcpt(0), Place::Data, Place::Dot] {
        let act = Act::SayAndCut("421 4.3.2 shutting down".to_owned());
        let (delivery, _, _server) = attempt(Script::new().at(place, act)).await;
        assert!(
            matches!(&delivery, Delivery::Deferred { words, .. } if words == "421 4.3.2 shutting down"),
            "{place:?}: {delivery:?}"
        );
    }
    let act = Act::SayAndCut("552 5.3.4 too large after all".to_owned());
    let (delivery, passed, server) = attempt(Script::new().at(Place::Content, act)).await;
    assert!(
        matches!(&delivery, Delivery::Refused { phase, .. } if *phase < Phase::AfterDot),
        "{delivery:?} {passed}"
    );
    assert!(afterwards(&server).whole.is_empty());
}

#[tokio::test]
async fn a_refused_barrier_leaves_the_server_without_a_whole_mail() {
    let server = FakeSmtp::start(Script::new());
    let account = account(server.port(), Security::None, None);
    let mut session = Session::open(&account).await.unwrap();
    let full = async { Err(Trouble::operator("the disk is full")) };
    let delivery = session.send(&to(&[BOB]), MAIL.as_bytes(), full).await;
    let setback = setback(delivery);
    assert_eq!(
        (setback.phase, setback.trouble.what.as_str()),
        (Phase::Barrier, "the disk is full")
    );
    assert!(!session.is_usable());
    // The session is still held: the line must have been closed all the same.
    let seen = afterwards(&server);
    assert!(seen.whole.is_empty());
    let torn = String::from_utf8_lossy(&seen.torn[0]).into_owned();
    assert!(
        torn.ends_with("bye"),
        "all but the last line end was written: {torn:?}"
    );
}

#[tokio::test]
async fn the_barrier_runs_when_all_is_written_and_before_the_dot() {
    let server = FakeSmtp::start(Script::new());
    let account = account(server.port(), Security::None, None);
    let mut session = Session::open(&account).await.unwrap();
    let look = async {
        assert!(server.seen().whole.is_empty());
        Ok(())
    };
    let delivery = session.send(&to(&[BOB]), MAIL.as_bytes(), look).await;
    assert!(
        matches!(delivery, Delivery::Accepted { .. }),
        "{delivery:?}"
    );
}
