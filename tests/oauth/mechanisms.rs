//! What goes over the line: XOAUTH2 and OAUTHBEARER to the byte, and what a server says in its error challenge.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use ticketty::domain::mailbox::{Endpoint, Security, Trust};
use ticketty::mail::Means;
use ticketty::mail::imap::{Access, FailureKind, ImapFailure, ImapSession, Limits};
use ticketty::mail::smtp::{Session, SignIn, SmtpAccount, Timings};

use crate::support::fake_imap::{FakeImap, Step, hear, say};
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};

const TOKEN: &str = "canary-token";

async fn connect(server: &FakeImap) -> Result<ImapSession, ImapFailure> {
    let access = Access {
        endpoint: server.endpoint(Security::None),
        trust: Trust::default(),
        login: "anna@acme.test".into(),
        password: SecretString::from(TOKEN),
        means: Means::Token,
    };
    let limits = Limits {
        answer: Duration::from_secs(5),
        ..Limits::default()
    };
    ImapSession::connect(&access, limits, None).await
}

/// The Base64 words among what was said, as text.
fn decoded(said: &[String]) -> Vec<String> {
    let words = said.iter().flat_map(|line| line.split(' '));
    words
        .filter(|word| word.len() > 20)
        .filter_map(|word| STANDARD.decode(word).ok())
        .filter_map(|bytes| String::from_utf8(bytes).ok())
        .collect()
}

fn xoauth2() -> String {
    format!("user=anna@acme.test\u{1}auth=Bearer {TOKEN}\u{1}\u{1}")
}

fn bearer(port: u16) -> String {
    format!(
        "n,a=anna@acme.test,\u{1}host=127.0.0.1\u{1}port={port}\u{1}auth=Bearer {TOKEN}\u{1}\u{1}"
    )
}

#[tokio::test]
async fn imap_hears_exactly_the_words_of_the_mechanism_it_offers() {
    for (offered, with_ir) in [
        ("SASL-IR AUTH=XOAUTH2", true),
        ("AUTH=XOAUTH2", false),
        ("SASL-IR AUTH=OAUTHBEARER", true),
        ("AUTH=OAUTHBEARER AUTH=PLAIN", false),
    ] {
        let mut steps = vec![
            say(format!("* OK [CAPABILITY IMAP4rev1 {offered}] hi\r\n")),
            hear("AUTHENTICATE"),
        ];
        if !with_ir {
            // The words come alone on a line; its beginning is the same for every port.
            let begins = match offered.contains("XOAUTH2") {
                true => "dXNlcj1",
                false => "bixhPW",
            };
            steps.extend([say("+ \r\n"), hear(begins)]);
        }
        steps.push(say("K1 OK [CAPABILITY IMAP4rev1 IDLE] in\r\n"));
        steps.push(Step::Silence);
        let server = FakeImap::start(steps).await;
        connect(&server).await.unwrap();
        let expected = match offered.contains("XOAUTH2") {
            true => xoauth2(),
            false => bearer(server.port),
        };
        assert_eq!(decoded(&server.heard()), [expected], "{offered}");
    }
}

#[tokio::test]
async fn an_error_challenge_is_answered_read_and_told() {
    // Google's words, and those of RFC 7628 §4.3.
    let google = "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9tYWlsLmdvb2dsZS5jb20vIn0K";
    let plain = STANDARD.encode(r#"{"status":"invalid_token"}"#);
    for (offered, challenge, answer, words) in [
        ("AUTH=XOAUTH2", google, "", "mail.google.com"),
        ("AUTH=OAUTHBEARER", &*plain, "AQ==", "invalid_token"),
    ] {
        let server = FakeImap::start(vec![
            say(format!(
                "* OK [CAPABILITY IMAP4rev1 SASL-IR {offered}] hi\r\n"
            )),
            hear("AUTHENTICATE"),
            say(format!("+ {challenge}\r\n")),
            hear(answer),
            say("K1 NO [AUTHENTICATIONFAILED] Invalid credentials\r\n"),
            Step::Silence,
        ])
        .await;
        let failure = connect(&server).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::SignInRefused);
        let told = format!("{failure:?} {failure}");
        assert!(told.contains(words), "{told}");
        assert!(!told.contains("canary"), "{told}");
        assert_eq!(server.heard().get(1).map(String::as_str), Some(answer));
    }
}

#[tokio::test]
async fn a_server_without_either_mechanism_hears_no_token() {
    let server = FakeImap::start(vec![
        say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n"),
        Step::Silence,
    ])
    .await;
    let failure = connect(&server).await.unwrap_err();
    assert!(failure.to_string().contains("OAuth2"), "{failure}");
    assert_eq!(decoded(&server.heard()), Vec::<String>::new());
}

fn smtp_account(server: &FakeSmtp) -> SmtpAccount {
    let endpoint = Endpoint {
        host: "127.0.0.1".into(),
        port: server.port(),
        security: Security::None,
    };
    let sign_in = SignIn {
        login: "anna@acme.test".into(),
        means: Means::Token,
        password: SecretString::from(TOKEN),
    };
    let mut account = SmtpAccount::new(endpoint, Trust::default(), Some(sign_in));
    account.timings = Timings::at_most(Duration::from_secs(20));
    account
}

#[tokio::test(flavor = "multi_thread")]
async fn smtp_hears_the_same_and_is_told_off_the_same() {
    for offered in ["AUTH XOAUTH2 PLAIN", "AUTH OAUTHBEARER"] {
        let server = FakeSmtp::start(Script::new().offering(&[offered]));
        let session = Session::open(&smtp_account(&server)).await.unwrap();
        session.quit().await;
        let expected = match offered.contains("XOAUTH2") {
            true => xoauth2(),
            false => bearer(server.port()),
        };
        assert_eq!(decoded(&server.seen().commands), [expected], "{offered}");
    }
    let refusal = "334 eyJzdGF0dXMiOiI0MDEiLCJzY29wZSI6Im1haWwifQ==";
    let script = Script::new()
        .offering(&["AUTH OAUTHBEARER"])
        .at(Place::Auth, Act::say(refusal))
        .at(Place::AuthLine(0), Act::say("535 5.7.8 no"));
    let server = FakeSmtp::start(script);
    let setback = Session::open(&smtp_account(&server)).await.unwrap_err();
    let told = format!("{setback:?}");
    assert!(
        told.contains("401") && told.contains("scope mail"),
        "{told}"
    );
    assert!(!told.contains("canary"), "{told}");
}
