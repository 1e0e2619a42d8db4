//! Who gets the mail: each recipient by itself, and addresses that need care.

use std::collections::BTreeSet;

use jiff::Timestamp;
use ticketty::domain::delivery::{Delivery, Envelope};
use ticketty::domain::mailbox::Security;
use ticketty::domain::outbox::{DeliveryState, Tries, settle};
use ticketty::mail::smtp::Session;

use super::faults::{BOB, afterwards, attempt_as};
use super::{account, send, to, verdicts};
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};
use crate::support::postfix::Postfix;

#[tokio::test]
async fn each_recipient_has_an_answer_of_its_own() {
    let five = ["a@x.test", "b@x.test", "c@x.test", "d@x.test", "e@x.test"];
    for offers in [&["PIPELINING"][..], &[]] {
        let script = Script::new()
            .offering(offers)
            .at(Place::Rcpt(1), Act::say("550 5.1.1 no such user"))
            .at(Place::Rcpt(2), Act::say("251 will forward"))
            .at(Place::Rcpt(3), Act::say("452 4.2.2 mailbox full"));
        let (delivery, _, server) = attempt_as(script.clone(), None, &to(&five)).await;
        let Delivery::Accepted { recipients, .. } = delivery else {
            panic!("{delivery:?}");
        };
        assert_eq!(
            verdicts(&recipients),
            "a@x.test accepted, b@x.test refused, c@x.test accepted, d@x.test deferred, e@x.test accepted"
        );
        assert_eq!(recipients[3].words, "452 4.2.2 mailbox full");
        assert_eq!(server.seen().whole.len(), 1);

        let mut strict = to(&five);
        strict.all_or_nothing = true;
        let (delivery, passed, server) = attempt_as(script, None, &strict).await;
        let Delivery::Refused {
            words, recipients, ..
        } = delivery
        else {
            panic!("{delivery:?}");
        };
        assert_eq!(words, "550 5.1.1 no such user");
        assert_eq!(
            verdicts(&recipients),
            "a@x.test withheld, b@x.test refused, c@x.test withheld, d@x.test deferred, e@x.test withheld"
        );
        assert!(!passed);
        let seen = afterwards(&server);
        assert!(seen.whole.is_empty() && !seen.commands.contains(&"DATA".to_owned()));
        assert!(seen.commands.contains(&"RSET".to_owned()));
    }
}

#[tokio::test]
async fn a_session_goes_on_after_a_refused_mail() {
    let server = FakeSmtp::start(Script::new().at(Place::Rcpt(0), Act::say("550 no")));
    let account = account(server.port(), Security::None, None);
    let mut session = Session::open(&account).await.unwrap();
    let refused = session
        .send(&to(&["no@x.test"]), b"x", async { Ok(()) })
        .await;
    assert!(matches!(refused, Delivery::Refused { .. }), "{refused:?}");
    let taken = session
        .send(&to(&["no@x.test", "yes@x.test"]), b"x", async { Ok(()) })
        .await;
    assert!(matches!(taken, Delivery::Accepted { .. }), "{taken:?}");
    assert_eq!(server.seen().connections, 1);
}

#[tokio::test]
async fn addresses_beyond_ascii_go_out_only_where_they_can() {
    let envelope = to(&["анна@example.test", "bob@bücher.test"]);
    let (delivery, _, server) = attempt_as(Script::new(), None, &envelope).await;
    let Delivery::Accepted { recipients, .. } = delivery else {
        panic!("{delivery:?}");
    };
    assert_eq!(
        verdicts(&recipients),
        "анна@example.test refused, bob@bücher.test accepted"
    );
    assert!(
        recipients[0].words.contains("SMTPUTF8"),
        "{}",
        recipients[0].words
    );
    let commands = server.seen().commands;
    assert!(
        commands.contains(&"RCPT TO:<bob@xn--bcher-kva.test>".to_owned()),
        "{commands:?}"
    );

    let script = Script::new().offering(&["SMTPUTF8", "8BITMIME"]);
    let (delivery, _, server) = attempt_as(script, None, &envelope).await;
    assert!(
        matches!(delivery, Delivery::Accepted { .. }),
        "{delivery:?}"
    );
    let commands = server.seen().commands;
    assert_eq!(
        commands[1..4],
        [
            "MAIL FROM:<support@acme.test> SMTPUTF8",
            "RCPT TO:<анна@example.test>",
            "RCPT TO:<bob@xn--bcher-kva.test>"
        ]
    );
}

#[tokio::test]
async fn a_mail_that_no_server_takes_is_refused_before_anybody_is_asked() {
    let server = FakeSmtp::start(Script::new().offering(&["SIZE 100000"]));
    let account = account(server.port(), Security::None, None);
    let long_line = format!("Subject: x\r\n\r\n{}\r\n", "x".repeat(999));
    let table = [
        (to(&[BOB]), long_line.as_bytes(), "line 3"),
        (to(&[BOB]), "Subject: ü\r\n\r\n".as_bytes(), "7-bit"),
        (to(&[]), b"x", "no recipient"),
        (
            to(&["bob@example.test>\r\nDATA"]),
            b"x",
            "control character",
        ),
    ];
    for (envelope, raw, expected) in table {
        let (delivery, passed) = send(&account, &envelope, raw).await;
        let Delivery::Refused { words, .. } = &delivery else {
            panic!("{delivery:?}");
        };
        assert!(words.contains(expected), "{words}");
        assert!(!passed);
    }
    let asked = server.seen().commands;
    assert!(asked.iter().all(|c| !c.starts_with("MAIL")), "{asked:?}");
}

#[tokio::test]
async fn automatic_mail_has_an_empty_sender() {
    let mut envelope = to(&[BOB]);
    envelope.from = None;
    let (delivery, _, server) = attempt_as(Script::new().offering(&[]), None, &envelope).await;
    assert!(
        matches!(delivery, Delivery::Accepted { .. }),
        "{delivery:?}"
    );
    assert_eq!(server.seen().commands[1], "MAIL FROM:<>");
}

#[tokio::test]
async fn more_recipients_than_the_server_takes_at_once_get_the_mail_once_each() {
    let postfix = Postfix::new()
        .own_mailbox("bob@example.test")
        .set("smtpd_recipient_limit", "70")
        .start();
    let account = account(postfix.port(), Security::None, None);
    let everybody: Vec<String> = (0..150).map(|n| format!("bob+{n}@example.test")).collect();
    let mut waiting = everybody.clone();
    let mut attempts = 0;
    while !waiting.is_empty() {
        attempts += 1;
        assert!(attempts < 5, "still waiting: {waiting:?}");
        let envelope = Envelope {
            to: std::mem::take(&mut waiting),
            ..to(&[])
        };
        let (delivery, _) = send(&account, &envelope, super::MAIL.as_bytes()).await;
        let tries = Tries {
            count: attempts,
            first: Timestamp::UNIX_EPOCH,
        };
        for part in settle(&delivery, &envelope, tries, Timestamp::UNIX_EPOCH) {
            match part.state {
                DeliveryState::Sent { .. } => {}
                DeliveryState::Deferred { words, .. } => {
                    assert!(words.starts_with("452 4.5.3"), "{words}");
                    waiting = part.recipients;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    postfix.wait_until_idle();
    let mails = postfix.mails("bob@example.test");
    let delivered: BTreeSet<&str> = mails
        .iter()
        .filter_map(|mail| {
            mail.lines()
                .find_map(|line| line.strip_prefix("Delivered-To: "))
        })
        .collect();
    assert_eq!(mails.len(), everybody.len(), "nobody gets it twice");
    assert_eq!(delivered, everybody.iter().map(String::as_str).collect());
    assert_eq!(attempts, 3);
}
