//! Mail comes and goes with tokens: renewed once, committed before use, and waiting where somebody has to sign in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ticketty::bridge::{ConnectRequest, Report, Request, Secret, SignInRequest, SignInWay};
use ticketty::domain::ids::MailboxId;
use ticketty::domain::mailbox::{
    Endpoint, FirstSync, Health, Incoming, MailboxSettings, Outgoing, SecretSource, Security,
    SendingSignIn,
};

use super::bench::Bench;
use crate::support::dovecot::Dovecot;
use crate::support::fake_identity::FakeIdentity;
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};

fn mail(number: u32) -> String {
    format!(
        "From: Olena <olena@example.test>\nTo: support@acme.test\nSubject: Matter {number}\n\
         Message-ID: <m{number}@example.test>\n\nHello {number}.\n"
    )
}

fn settings(server: &Dovecot, source: SecretSource) -> MailboxSettings {
    MailboxSettings {
        login: "anna".into(),
        first_sync: FirstSync::All,
        trust: server.trust(),
        ..MailboxSettings::new(
            "support@acme.test",
            Incoming::Imap(server.endpoint(Security::Tls)),
            Outgoing::Off,
            source,
        )
    }
}

async fn signed_in(bench: &mut Bench, identity: &FakeIdentity) -> Secret {
    let (asked, begun) = bench.begin(SignInWay::Browser).await;
    let answer = identity.consent(begun.url());
    bench.paste(begun.flow(), answer.as_str()).await.unwrap();
    bench.tokens(asked).await.unwrap()
}

struct Office {
    server: Dovecot,
    identity: FakeIdentity,
    home: tempfile::TempDir,
    bench: Bench,
    id: MailboxId,
}

/// A mailbox that is signed in to, with one mail.
async fn office() -> Office {
    let identity = FakeIdentity::start();
    let mut server = Dovecot::start(&[("anna", "secret")]);
    server.take_tokens(identity.web.url("/tokeninfo").as_str());
    server.deliver("anna", "INBOX", &mail(1));
    let home = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(home.path(), identity.providers(false));
    let tokens = signed_in(&mut bench, &identity).await;
    let settings = settings(&server, SecretSource::Oauth("acme".into()));
    let id = bench.put(None, &settings, Some(tokens)).await;
    Office {
        server,
        identity,
        home,
        bench,
        id,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_renewed_once_and_a_revoked_sign_in_waits_for_a_person() {
    let Office {
        mut server,
        identity,
        home,
        mut bench,
        id,
    } = office().await;
    let (new, troubles) = bench.sync().await;
    assert_eq!((new, troubles), (1, Vec::new()));
    assert_eq!(
        identity.asked_for("refresh_token"),
        0,
        "the first token is fresh"
    );

    // The provider ends the access token before its time: one renewal, and the new refresh token is kept.
    identity.state().access_tokens.clear();
    server.deliver("anna", "INBOX", &mail(2));
    let (new, troubles) = bench.sync().await;
    assert_eq!((new, troubles), (1, Vec::new()));
    assert_eq!(identity.asked_for("refresh_token"), 1);
    let kept = std::fs::read_to_string(home.path().join("secrets.toml")).unwrap();
    let last = identity.state().refresh_tokens.first().unwrap().clone();
    assert!(kept.contains(&last), "the rotated token is on the disk");

    // Everything is revoked: somebody has to sign in, and nothing more is asked of the provider meanwhile.
    identity.revoke_everything();
    server.deliver("anna", "INBOX", &mail(3));
    server.deliver("anna", "INBOX", &mail(4));
    for _ in 0..3 {
        let (new, troubles) = bench.sync().await;
        assert_eq!(new, 0);
        assert!(
            troubles[0].to_string().contains("sign in again"),
            "{troubles:?}"
        );
    }
    assert_eq!(identity.asked_for("refresh_token"), 2);
    let line = bench.line().await;
    assert!(line.lasts.unwrap().is_revoked);
    assert!(
        matches!(line.health, Health::NeedsPassword { .. }),
        "{:?}",
        line.health
    );

    // After it all mail arrives.
    let tokens = signed_in(&mut bench, &identity).await;
    let settings = settings(&server, SecretSource::Oauth("acme".into()));
    bench.put(Some(id), &settings, Some(tokens)).await;
    let (new, troubles) = bench.sync().await;
    assert_eq!((new, troubles), (2, Vec::new()));
    let lasts = bench.line().await.lasts.unwrap();
    assert!(lasts.renews && !lasts.is_revoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_need_a_new_token_at_once_ask_for_one() {
    let Office {
        server,
        identity,
        home,
        mut bench,
        id,
    } = office().await;
    // The token that is kept has ended, and the next one lasts.
    identity.state().lives_seconds = 1;
    let tokens = signed_in(&mut bench, &identity).await;
    identity.state().lives_seconds = 3600;
    let ended = settings(&server, SecretSource::Oauth("acme".into()));
    bench.put(Some(id), &ended, Some(tokens)).await;
    // A second process on the same files.
    let mut other = Bench::start(home.path(), identity.providers(false));
    let settings = settings(&server, SecretSource::Oauth("acme".into()));
    let check = |id| {
        Request::Connect(ConnectRequest::Check {
            id: Some(id),
            settings: Box::new(settings.clone()),
            secret: None,
            with_round_trip: false,
        })
    };
    let (one, two) = tokio::join!(bench.ask(check(id)), other.ask(check(id)));
    assert_eq!((one, two), (Ok(Report::Done), Ok(Report::Done)));
    assert_eq!(identity.asked_for("refresh_token"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_command_signs_in_and_a_silent_one_is_told() {
    let identity = FakeIdentity::start();
    let mut server = Dovecot::start(&[("anna", "secret")]);
    server.take_tokens(identity.web.url("/tokeninfo").as_str());
    server.deliver("anna", "INBOX", &mail(1));
    identity
        .state()
        .access_tokens
        .insert("from-a-command".into());
    let home = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(home.path(), identity.providers(false));
    let source = SecretSource::TokenCommand("echo from-a-command".into());
    let id = bench.put(None, &settings(&server, source), None).await;
    let (new, troubles) = bench.sync().await;
    assert_eq!((new, troubles), (1, Vec::new()));
    let source = SecretSource::TokenCommand("true".into());
    bench.put(Some(id), &settings(&server, source), None).await;
    let (_, troubles) = bench.sync().await;
    assert!(
        troubles[0].to_string().contains("token command"),
        "{troubles:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_signs_in_with_the_token_too_and_nothing_of_it_is_in_any_log() {
    let mut office = office().await;
    let smtp = FakeSmtp::start(Script::new().offering(&["AUTH XOAUTH2 PLAIN"]));
    let mut settings = settings(&office.server, SecretSource::Oauth("acme".into()));
    settings.outgoing = Outgoing::Smtp(Endpoint {
        host: "127.0.0.1".into(),
        port: smtp.port(),
        security: Security::None,
    });
    let check = ConnectRequest::Check {
        id: Some(office.id),
        settings: Box::new(settings.clone()),
        secret: None,
        with_round_trip: false,
    };
    let checked = office.bench.ask(Request::Connect(check.clone())).await;
    assert_eq!(checked, Ok(Report::Done));
    let said = smtp.seen().commands.join("\n");
    assert!(said.contains("AUTH XOAUTH2 "), "{said}");

    // A server that refuses says why in its challenge.
    let refusal = "334 eyJzdGF0dXMiOiI0MDEiLCJzY29wZSI6Im1haWwifQ==";
    let script = Script::new()
        .offering(&["AUTH XOAUTH2"])
        .at(Place::Auth, Act::say(refusal))
        .at(Place::AuthLine(0), Act::say("535 5.7.8 no"));
    let refusing = FakeSmtp::start(script);
    settings.outgoing = Outgoing::Smtp(Endpoint {
        host: "127.0.0.1".into(),
        port: refusing.port(),
        security: Security::None,
    });
    let check = ConnectRequest::Check {
        id: Some(office.id),
        settings: Box::new(settings),
        secret: None,
        with_round_trip: false,
    };
    let trouble = office.bench.ask(Request::Connect(check)).await.unwrap_err();
    assert!(trouble.to_string().contains("401"), "{trouble}");
    for canary in office.identity.state().canaries.iter() {
        assert!(!format!("{trouble:?}").contains(canary), "{canary}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_has_a_login_and_password_of_its_own() {
    let mut office = office().await;
    let smtp = FakeSmtp::start(Script::new().offering(&["AUTH PLAIN"]));
    let mut settings = settings(&office.server, SecretSource::Oauth("acme".into()));
    settings.outgoing = Outgoing::Smtp(Endpoint {
        host: "127.0.0.1".into(),
        port: smtp.port(),
        security: Security::None,
    });
    settings.sending_sign_in = Some(SendingSignIn {
        login: "relay".into(),
        secret: SecretSource::File,
    });
    office.bench.put(Some(office.id), &settings, None).await;
    let check = Request::Connect(ConnectRequest::Check {
        id: Some(office.id),
        settings: Box::new(settings),
        secret: None,
        with_round_trip: false,
    });
    let trouble = office.bench.ask(check.clone()).await.unwrap_err();
    assert!(
        trouble.to_string().contains("no password for sending"),
        "{trouble}"
    );
    let keep = SignInRequest::KeepForSending {
        id: office.id,
        secret: Secret::new("canary-relay"),
    };
    assert_eq!(office.bench.sign_in(keep).await, Ok(Report::Done));
    assert_eq!(office.bench.ask(check).await, Ok(Report::Done));
    let words = STANDARD.encode("\0relay\0canary-relay");
    let said = smtp.seen().commands.join("\n");
    assert!(said.contains(&words), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_command_is_no_shell_and_its_output_is_in_no_answer() {
    let mut office = office().await;
    let mark = office.home.path().join("made-by-a-shell");
    let command = format!("echo canary-printed; touch {}", mark.display());
    for command in [command.as_str(), "printf 'canary-printed\\001'"] {
        let source = SecretSource::TokenCommand(command.into());
        let settings = settings(&office.server, source);
        office.bench.put(Some(office.id), &settings, None).await;
        let (_, troubles) = office.bench.sync().await;
        let told = format!("{troubles:?}");
        assert_eq!(troubles.len(), 1, "{told}");
        assert!(!told.contains("canary"), "{told}");
    }
    assert!(!mark.exists(), "a shell has run");
}
