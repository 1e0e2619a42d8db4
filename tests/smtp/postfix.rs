//! Sending through a real Postfix, in each way of protection.

use ticketty::domain::delivery::Delivery;
use ticketty::domain::mailbox::Security;
use ticketty::mail::smtp::{Fact, Session, StepKind, check};

use super::{MAIL, account, send, to, verdicts};
use crate::support::certificate::TestCertificate;
use crate::support::postfix::Postfix;

#[tokio::test]
async fn an_answer_arrives_once_and_byte_for_byte_however_the_line_is_protected() {
    let home = tempfile::tempdir().unwrap();
    let certificate = TestCertificate::make(home.path());
    let postfix = Postfix::new()
        .own_mailbox("bob@example.test")
        .tls(&certificate)
        .start();
    let ways = [
        (postfix.port(), Security::None),
        (postfix.port(), Security::Starttls),
        (postfix.tls_port(), Security::Tls),
    ];
    for (number, (port, security)) in ways.into_iter().enumerate() {
        let mut account = account(port, security, None);
        account.trust.ca_file = Some(certificate.authority.clone());
        let subject = format!("way {number}");
        let mail = MAIL.replace("Subject: hi", &format!("Subject: {subject}"));
        let (delivery, passed) = send(&account, &to(&["bob@example.test"]), mail.as_bytes()).await;
        let Delivery::Accepted { line, .. } = &delivery else {
            panic!("{security:?}: {delivery:?}\n{}", postfix.log());
        };
        assert!(
            passed && line.starts_with("250 2.0.0 Ok: queued as"),
            "{line}"
        );
        let arrived =
            postfix.wait_for_mail("bob@example.test", &subject, |raw| raw.contains(&subject));
        assert!(
            arrived.ends_with("\n\nHello\n.hidden dot\nbye\n"),
            "{arrived}"
        );
    }
    postfix.wait_until_idle();
    assert_eq!(postfix.mails("bob@example.test").len(), 3);
}

#[tokio::test]
async fn an_unknown_user_is_refused_by_name_and_the_others_get_the_mail() {
    let postfix = Postfix::new().own_mailbox("bob@example.test").start();
    let account = account(postfix.port(), Security::None, None);
    let everybody = [
        "bob@example.test",
        "nobody@example.test",
        "bob+42@example.test",
    ];
    let (delivery, _) = send(&account, &to(&everybody), MAIL.as_bytes()).await;
    let Delivery::Accepted { recipients, .. } = delivery else {
        panic!("{delivery:?}\n{}", postfix.log());
    };
    assert_eq!(
        verdicts(&recipients),
        "bob@example.test accepted, nobody@example.test refused, bob+42@example.test accepted"
    );
    assert!(
        recipients[1].words.starts_with("550 5.1.1"),
        "{}",
        recipients[1].words
    );
}

#[tokio::test]
async fn one_session_carries_several_mails_and_knows_when_it_is_dead() {
    let postfix = Postfix::new().own_mailbox("bob@example.test").start();
    let account = account(postfix.port(), Security::None, None);
    let mut session = Session::open(&account).await.unwrap();
    for number in 0..3 {
        let mail = format!("Subject: mail {number}\r\n\r\nx\r\n");
        let delivery = session
            .send(&to(&["bob@example.test"]), mail.as_bytes(), async {
                Ok(())
            })
            .await;
        assert!(
            matches!(delivery, Delivery::Accepted { .. }),
            "{delivery:?}"
        );
        assert!(session.is_alive().await);
    }
    postfix.wait_for_mail("bob@example.test", "the last mail", |raw| {
        raw.contains("mail 2")
    });
    drop(postfix);
    assert!(!session.is_alive().await);
    let delivery = session
        .send(&to(&["bob@example.test"]), b"x\r\n", async { Ok(()) })
        .await;
    assert!(delivery.certainly_not_sent(), "{delivery:?}");
}

#[tokio::test]
async fn a_mail_larger_than_the_server_takes_is_refused_before_it_is_sent() {
    let postfix = Postfix::new()
        .own_mailbox("bob@example.test")
        .set("message_size_limit", "2000")
        .start();
    let account = account(postfix.port(), Security::None, None);
    let mail = format!("Subject: large\r\n\r\n{}", "0123456789\r\n".repeat(300));
    let (delivery, passed) = send(&account, &to(&["bob@example.test"]), mail.as_bytes()).await;
    let Delivery::Refused { words, .. } = &delivery else {
        panic!("{delivery:?}");
    };
    assert!(words.contains("at most 2000"), "{words}");
    assert!(!passed);
}

#[tokio::test]
async fn a_certificate_from_nowhere_ends_the_attempt_before_anything_is_said() {
    let home = tempfile::tempdir().unwrap();
    let postfix = Postfix::new()
        .own_mailbox("bob@example.test")
        .tls(&TestCertificate::make(home.path()))
        .start();
    for (port, security) in [
        (postfix.port(), Security::Starttls),
        (postfix.tls_port(), Security::Tls),
    ] {
        let account = account(port, security, Some(super::anna()));
        let (delivery, passed) = send(&account, &to(&["bob@example.test"]), MAIL.as_bytes()).await;
        assert!(delivery.certainly_not_sent(), "{delivery:?}");
        assert!(!passed);
    }
}

#[tokio::test]
async fn the_check_tells_each_step_and_sends_nothing() {
    let home = tempfile::tempdir().unwrap();
    let certificate = TestCertificate::make(home.path());
    let postfix = Postfix::new()
        .own_mailbox("bob@example.test")
        .tls(&certificate)
        .start();
    let mut account = account(postfix.tls_port(), Security::Tls, None);
    account.trust.ca_file = Some(certificate.authority.clone());
    let mut steps = Vec::new();
    let passed = check(&account, "support@acme.test", |step| steps.push(step)).await;
    assert!(passed, "{steps:?}");
    let kinds: Vec<StepKind> = steps.iter().map(|step| step.kind).collect();
    assert_eq!(
        kinds,
        [
            StepKind::Connect,
            StepKind::Hello,
            StepKind::SignIn,
            StepKind::Sender
        ]
    );
    assert!(
        matches!(&steps[1].outcome, Ok(Fact::Spoke { tls: Some(_), capabilities }) if capabilities.pipelining)
    );
    assert!(postfix.mails("bob@example.test").is_empty());
}
