//! Servers and people in between that lie: no password and no mail goes where it should not, and nothing hangs.

use std::time::{Duration, Instant};

use ticketty::domain::delivery::{Delivery, Phase};
use ticketty::domain::mailbox::Security;
use ticketty::domain::trouble::Whose;
use ticketty::mail::link::WireLog;
use ticketty::mail::smtp::{Session, Timings};

use super::faults::{BOB, afterwards, attempt, attempt_as, content_has_come, setback};
use super::{MAIL, account, anna, send, to};
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};

#[tokio::test]
async fn an_answer_before_the_dot_is_not_taken_for_the_answer() {
    for early in ["250 queued, honest", "354 go on"] {
        let act = Act::Say(early.to_owned());
        let server = FakeSmtp::start(Script::new().at(Place::Content, act));
        let account = account(server.port(), Security::None, None);
        let mut session = Session::open(&account).await.unwrap();
        let wait_for_it = async {
            content_has_come(&server);
            Ok(())
        };
        let delivery = session
            .send(&to(&[BOB]), MAIL.as_bytes(), wait_for_it)
            .await;
        assert!(matches!(delivery, Delivery::NotSent(_)), "{delivery:?}");
        assert!(afterwards(&server).whole.is_empty());
    }
}

#[tokio::test]
async fn words_behind_an_answer_end_the_session() {
    for place in [Place::Greeting, Place::Ehlo, Place::Mail] {
        let words = "250 ok\r\n250 and once more";
        let words = if place == Place::Greeting {
            "220 hi\r\n250 and once more"
        } else {
            words
        };
        let script = Script::new().offering(&[]).at(place, Act::say(words));
        let (delivery, passed, _server) = attempt_as(script, None, &to(&[BOB])).await;
        assert!(
            delivery.certainly_not_sent() && !passed,
            "{place:?}: {delivery:?}"
        );
    }
}

#[tokio::test]
async fn starttls_fails_closed() {
    let injected = "220 go ahead\r\n250 2.0.0 Ok: queued as EVIL";
    let table = [
        (
            Script::new()
                .offering(&["STARTTLS"])
                .at(Place::Starttls, Act::say(injected)),
            "something was said behind",
        ),
        (
            Script::new()
                .offering(&["STARTTLS"])
                .at(Place::Starttls, Act::Say("220 go ahead\r\nX".to_owned())),
            "something was said behind",
        ),
        (Script::new(), "does not offer STARTTLS"),
        (
            Script::new()
                .offering(&["STARTTLS"])
                .at(Place::Starttls, Act::say("454 not now")),
            "busy",
        ),
        (Script::new().offering(&["STARTTLS"]), ""),
    ];
    for (script, expected) in table {
        let server = FakeSmtp::start(script);
        let mut account = account(server.port(), Security::Starttls, Some(anna()));
        account.timings = Timings::at_most(Duration::from_secs(2));
        let (delivery, passed) = send(&account, &to(&[BOB]), MAIL.as_bytes()).await;
        let setback = setback(delivery);
        assert_eq!(setback.phase, Phase::Tls);
        assert!(
            setback.trouble.what.contains(expected),
            "{}",
            setback.trouble
        );
        assert!(!passed);
        let commands = afterwards(&server).commands;
        let secret_or_mail = commands
            .iter()
            .any(|c| c.starts_with("AUTH") || c.starts_with("MAIL"));
        assert!(!secret_or_mail, "{commands:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_apart_with_the_servers_words() {
    let words = "535 5.7.8 Username and Password not accepted";
    let dialogues = [
        Script::new().at(Place::Auth, Act::say(words)),
        Script::new()
            .offering(&["AUTH LOGIN"])
            .at(Place::Auth, Act::say("334 VXNlcm5hbWU6"))
            .at(Place::AuthLine(0), Act::say("334 UGFzc3dvcmQ6"))
            .at(Place::AuthLine(1), Act::say(words)),
    ];
    for script in dialogues {
        let (delivery, _, _server) = attempt(script).await;
        let setback = setback(delivery);
        assert!(setback.wants_password());
        assert_eq!(setback.trouble.cause.as_deref(), Some(words));
        let told = format!("{setback:?}");
        assert!(
            !told.contains("horse") && !told.contains("Y29ycmVjdCBob3JzZQ"),
            "{told}"
        );
    }
    let (delivery, _, _server) =
        attempt(Script::new().at(Place::Auth, Act::say("454 later"))).await;
    assert!(!setback(delivery).wants_password());
}

#[tokio::test]
async fn auth_login_signs_in_where_plain_is_not_offered() {
    let script = Script::new()
        .offering(&["AUTH LOGIN"])
        .at(Place::Auth, Act::say("334 VXNlcm5hbWU6"))
        .at(Place::AuthLine(0), Act::say("334 UGFzc3dvcmQ6"));
    let (delivery, _, server) = attempt(script).await;
    assert!(
        matches!(delivery, Delivery::Accepted { .. }),
        "{delivery:?}"
    );
    let commands = server.seen().commands;
    assert_eq!(
        commands[1..4],
        ["AUTH LOGIN", "YW5uYUBhY21lLnRlc3Q=", "Y29ycmVjdCBob3JzZQ=="]
    );
}

#[tokio::test]
async fn no_password_is_sent_where_none_is_asked_for() {
    for offers in [&["SIZE"][..], &["AUTH GSSAPI XOAUTH2"]] {
        let (delivery, _, server) = attempt(Script::new().offering(offers)).await;
        let setback = setback(delivery);
        assert_eq!(
            (setback.phase, setback.trouble.whose),
            (Phase::SignIn, Whose::Server)
        );
        assert!(
            !afterwards(&server)
                .commands
                .iter()
                .any(|c| c.starts_with("AUTH"))
        );
    }
}

#[tokio::test]
async fn answers_without_end_are_cut_off() {
    let endless_line = format!("250 {}", "x".repeat(2 * 1024 * 1024));
    let endless_reply = "250-more\r\n".repeat(10_000) + "250 end";
    for words in [endless_line, endless_reply] {
        for place in [Place::Ehlo, Place::Mail] {
            let began = Instant::now();
            let (delivery, passed, _server) =
                attempt(Script::new().at(place, Act::Say(words.clone()))).await;
            let setback = setback(delivery);
            assert_eq!(setback.trouble.whose, Whose::Server, "{}", setback.trouble);
            assert!(!passed);
            assert!(began.elapsed() < Duration::from_secs(5));
        }
    }
}

#[tokio::test]
async fn a_slow_server_is_waited_for_and_an_endlessly_slow_one_is_not() {
    let slow = Act::Drip("250 ok".to_owned(), Duration::from_millis(20));
    let (delivery, _, _server) = attempt(Script::new().at(Place::Mail, slow)).await;
    assert!(
        matches!(delivery, Delivery::Accepted { .. }),
        "{delivery:?}"
    );
    let endless = Act::Drip("250 ok".repeat(100), Duration::from_millis(100));
    let (delivery, _, _server) = attempt(Script::new().at(Place::Mail, endless)).await;
    assert_eq!(setback(delivery).trouble.whose, Whose::Network);
}

#[tokio::test]
async fn the_protocol_log_tells_the_dialogue_without_password_and_mail() {
    for offers in [&["AUTH PLAIN"][..], &["AUTH LOGIN"]] {
        let mut script = Script::new().offering(offers);
        if offers == ["AUTH LOGIN"] {
            script = script
                .at(Place::Auth, Act::say("334 VXNlcm5hbWU6"))
                .at(Place::AuthLine(0), Act::say("334 UGFzc3dvcmQ6"));
        }
        let server = FakeSmtp::start(script);
        let log = WireLog::new(100);
        let mut account = account(server.port(), Security::None, Some(anna()));
        account.log = Some(log.clone());
        let (delivery, _) = send(&account, &to(&[BOB]), MAIL.as_bytes()).await;
        assert!(
            matches!(delivery, Delivery::Accepted { .. }),
            "{delivery:?}"
        );
        let said = log.lines().join("\n");
        assert!(
            said.starts_with("S: 220 fake.test ESMTP\nC: EHLO [127.0.0.1]\n"),
            "{said}"
        );
        assert!(said.contains(&format!("C: {} ***", offers[0])), "{said}");
        assert!(
            said.ends_with("C: (the mail) .\nS: 250 2.0.0 queued as FAKE1"),
            "{said}"
        );
        for secret in [
            "horse",
            "Y29ycmVjdCBob3JzZQ",
            "AGFubmF",
            "YW5uYUBh",
            "Hello",
        ] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}
