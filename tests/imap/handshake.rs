//! Stories about greeting, STARTTLS and sign-in on a scripted server.

use ticketty::domain::mailbox::Security;
use ticketty::mail::imap::FailureKind;

use super::connect;
use crate::support::fake_imap::{FakeImap, Step, hear, say};

type Case = (&'static str, Security, Vec<Step>, FailureKind);

/// Each case ends with its kind of failure, and without a word of the login.
async fn fails_before_sign_in(cases: Vec<Case>) {
    for (name, security, steps, kind) in cases {
        let server = FakeImap::start(steps).await;
        let failure = connect(&server, security).await.unwrap_err();
        assert_eq!(failure.kind, kind, "{name}: {failure}");
        let said = server.heard().join("\n");
        assert!(
            !said.contains("AUTHENTICATE") && !said.contains("LOGIN"),
            "{name}: {said}"
        );
    }
}

#[tokio::test]
async fn starttls_fails_closed() {
    let injected = "{tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n";
    fails_before_sign_in(vec![
        (
            "preauth before TLS",
            Security::Starttls,
            vec![say("* PREAUTH hello\r\n")],
            FailureKind::Unfit,
        ),
        (
            "no STARTTLS",
            Security::Starttls,
            vec![
                say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n"),
                Step::Silence,
            ],
            FailureKind::Unfit,
        ),
        (
            "injection",
            Security::Starttls,
            vec![
                say("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"),
                hear("STARTTLS"),
                say(injected),
                Step::Silence,
            ],
            FailureKind::Unfit,
        ),
        (
            "STARTTLS refused",
            Security::Starttls,
            vec![
                say("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"),
                hear("STARTTLS"),
                say("{tag} NO later\r\n"),
            ],
            FailureKind::Refused,
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_greeting_that_is_not_a_plain_ok_ends_the_connection() {
    fails_before_sign_in(vec![
        (
            "preauth",
            Security::None,
            vec![say("* PREAUTH hello\r\n")],
            FailureKind::Unfit,
        ),
        (
            "no sign-in allowed",
            Security::None,
            vec![
                say("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi\r\n"),
                Step::Silence,
            ],
            FailureKind::Unfit,
        ),
        (
            "bye",
            Security::None,
            vec![say("* BYE Too many connections\r\n")],
            FailureKind::Unavailable,
        ),
        (
            "not IMAP",
            Security::None,
            vec![say("220 smtp.test ESMTP\r\n"), Step::Silence],
            FailureKind::Protocol,
        ),
    ])
    .await;
}

#[tokio::test]
async fn servers_without_sasl_ir_or_plain_are_signed_in_to_as_well() {
    let dialogue = vec![
        say("* OK hi\r\n"),
        hear("CAPABILITY"),
        say("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK\r\n"),
        hear("AUTHENTICATE PLAIN"),
        say("+ go ahead\r\n"),
        Step::Hear("AGFubmEAczNjcmV0LWNhbmFyeQ=="),
    ];
    let mut good = dialogue.clone();
    good.extend([
        say("A0002 OK in\r\n"),
        hear("CAPABILITY"),
        say("* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK\r\n"),
    ]);
    let server = FakeImap::start(good).await;
    let session = connect(&server, Security::None).await.unwrap();
    assert!(session.can().idle);
    let mut bad = dialogue;
    bad.push(say("A0002 NO [AUTHENTICATIONFAILED] no\r\n"));
    let server = FakeImap::start(bad).await;
    let failure = connect(&server, Security::None).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::SignInRefused);

    for (answer, kind) in [
        ("{tag} OK [CAPABILITY IMAP4rev1] in\r\n", None),
        ("{tag} NO wrong\r\n", Some(FailureKind::SignInRefused)),
        (
            "{tag} NO [UNAVAILABLE] later\r\n",
            Some(FailureKind::Unavailable),
        ),
        ("* BYE gone\r\n", Some(FailureKind::Lost)),
        ("", Some(FailureKind::Lost)),
    ] {
        let steps = vec![
            say("* OK [CAPABILITY IMAP4rev1] hi\r\n"),
            hear("LOGIN \"anna\" \"s3cret-canary\""),
            say(answer),
        ];
        let server = FakeImap::start(steps).await;
        let ended = connect(&server, Security::None).await;
        assert_eq!(ended.err().map(|failure| failure.kind), kind, "{answer}");
    }
}
