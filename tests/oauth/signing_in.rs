//! From "begin" to tokens, and everything that must not get in between.

use ticketty::bridge::{Begun, SignInRequest, SignInWay};
use ticketty::mail::http::Web;
use url::Url;

use super::bench::Bench;
use crate::support::fake_identity::FakeIdentity;

/// The browser opens an address of the door.
async fn visit(url: &Url) -> (u16, String) {
    let web = Web::new(None);
    let within = std::time::Duration::from_secs(10);
    let answer = web.get(url, within, 10_000).await.unwrap();
    (answer.status, String::from_utf8(answer.body).unwrap())
}

fn with(url: &Url, name: &str, value: &str) -> Url {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let mut changed = url.clone();
    changed.query_pairs_mut().clear();
    for (known, kept) in pairs {
        let value = if known == name { value } else { &kept };
        changed.query_pairs_mut().append_pair(&known, value);
    }
    changed
}

#[tokio::test]
async fn the_browser_brings_the_code_to_the_door_once_and_only_to_this_sign_in() {
    let identity = FakeIdentity::start();
    let home = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(home.path(), identity.providers(false));
    let (asked, begun) = bench.begin(SignInWay::Browser).await;
    let Begun::Browser { url, tunnel, .. } = &begun else {
        panic!("{begun:?}");
    };
    let answer = identity.consent(url);
    let port = answer.port().unwrap();
    assert_eq!(answer.host_str(), Some("127.0.0.1"));
    assert_eq!(*tunnel, format!("ssh -L {port}:127.0.0.1:{port} anna@desk"));
    for wrong in [
        with(&answer, "state", "another"),
        with(&answer, "iss", "https://evil.test"),
    ] {
        assert_eq!(visit(&wrong).await.0, 400, "{wrong}");
    }
    assert_eq!(visit(&answer.join("/favicon.ico").unwrap()).await.0, 404);
    assert_eq!(identity.asked_for("authorization_code"), 0);
    let (status, page) = visit(&answer).await;
    assert_eq!(status, 200);
    assert!(page.contains("You can close this page"), "{page}");
    let tokens = bench.tokens(asked).await.unwrap();
    assert!(tokens.expose().contains("canary-refresh"));
    assert!(!format!("{tokens:?}").contains("canary"));
    // The door is shut, and the code is worth nothing any more.
    let web = Web::new(None);
    let brief = std::time::Duration::from_secs(5);
    assert!(web.get(&answer, brief, 100).await.is_err());
    let replayed = bench.paste(begun.flow(), answer.as_str()).await;
    assert!(replayed.unwrap_err().to_string().contains("has ended"));
    assert_eq!(identity.asked_for("authorization_code"), 1);
}

#[tokio::test]
async fn over_ssh_the_pasted_address_does_the_same() {
    let identity = FakeIdentity::start();
    let home = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(home.path(), identity.providers(false));
    let (asked, begun) = bench.begin(SignInWay::Browser).await;
    let answer = identity.consent(begun.url());
    let wrong = with(&answer, "state", "another");
    let trouble = bench.paste(begun.flow(), wrong.as_str()).await.unwrap_err();
    assert!(trouble.to_string().contains("another sign-in"), "{trouble}");
    let pasted = format!("  {answer}\n");
    bench.paste(begun.flow(), &pasted).await.unwrap();
    assert!(bench.tokens(asked).await.is_ok());
}

#[tokio::test]
async fn a_refusal_and_a_cancel_end_it() {
    let identity = FakeIdentity::start();
    let home = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(home.path(), identity.providers(false));
    let (asked, begun) = bench.begin(SignInWay::Browser).await;
    let mut refusal = identity.consent(begun.url());
    let state = refusal.query_pairs().find(|(name, _)| name == "state");
    let state = state.unwrap().1.into_owned();
    refusal
        .query_pairs_mut()
        .clear()
        .append_pair("error", "access_denied")
        .append_pair("state", &state);
    assert_eq!(visit(&refusal).await.0, 200);
    let trouble = bench.tokens(asked).await.unwrap_err();
    assert!(trouble.cause.unwrap().contains("access_denied"));
    let (asked, begun) = bench.begin(SignInWay::Browser).await;
    let cancel = SignInRequest::Cancel(begun.flow());
    bench.sign_in(cancel).await.unwrap();
    let trouble = bench.tokens(asked).await.unwrap_err();
    assert!(trouble.to_string().contains("cancelled"));
    assert_eq!(identity.asked_for("authorization_code"), 0);
}

#[tokio::test]
async fn a_device_code_is_shown_with_what_it_opens_and_polled_politely() {
    let identity = FakeIdentity::start();
    identity.state().device_answers = vec!["authorization_pending"];
    let home = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(home.path(), identity.providers(true));
    let (asked, begun) = bench.begin(SignInWay::Device).await;
    let Begun::Device { code, scopes, .. } = &begun else {
        panic!("{begun:?}");
    };
    assert_eq!((code.as_str(), &*scopes.join(" ")), ("WXYZ-1234", "mail"));
    assert!(bench.tokens(asked).await.is_ok());
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    assert_eq!(identity.asked_for(grant), 2);
    for (answer, words) in [("access_denied", "refused"), ("expired_token", "in time")] {
        identity.state().device_answers = vec![answer];
        let (asked, _) = bench.begin(SignInWay::Device).await;
        let trouble = bench.tokens(asked).await.unwrap_err();
        assert!(trouble.to_string().contains(words), "{trouble}");
    }
}

#[tokio::test]
async fn a_provider_that_says_slow_down_is_asked_five_seconds_later() {
    let identity = FakeIdentity::start();
    identity.state().device_answers = vec!["slow_down"];
    let home = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(home.path(), identity.providers(true));
    let begun_at = std::time::Instant::now();
    let (asked, _) = bench.begin(SignInWay::Device).await;
    assert!(bench.tokens(asked).await.is_ok());
    // One second as the provider wishes, then six.
    assert!(begun_at.elapsed() >= std::time::Duration::from_secs(7));
}

#[tokio::test]
async fn a_device_code_is_not_even_asked_for_where_the_admin_did_not_allow_it() {
    let identity = FakeIdentity::start();
    let home = tempfile::tempdir().unwrap();
    let mut bench = Bench::start(home.path(), identity.providers(false));
    let request = SignInRequest::Begin {
        provider: "acme".into(),
        login: "anna".into(),
        way: SignInWay::Device,
    };
    let trouble = bench.sign_in(request).await.unwrap_err();
    assert!(trouble.to_string().contains("not allowed"), "{trouble}");
    assert_eq!(identity.web.asked(), []);
}
