//! Stories about asking web servers.

use std::time::Duration;

use ticketty::domain::trouble::Whose;
use ticketty::mail::http::Web;
use url::Url;

use crate::support::authority::Authority;
use crate::support::fake_web::{FakeWeb, Page};

const WITHIN: Duration = Duration::from_secs(10);
const MOST: usize = 1000;

#[tokio::test]
async fn an_answer_of_any_status_is_an_answer() {
    let server = FakeWeb::start(|asked| match asked.path.as_str() {
        "/here" => Page::ok("hello"),
        _ => Page::status(404),
    });
    let web = Web::new(None);
    let answer = web.get(&server.url("/here"), WITHIN, MOST).await.unwrap();
    assert_eq!((answer.status, &*answer.body), (200, &b"hello"[..]));
    assert_eq!(answer.final_url, server.url("/here"));
    let answer = web.get(&server.url("/gone"), WITHIN, MOST).await.unwrap();
    assert_eq!(answer.status, 404);
    let asked = server.asked();
    let agent = asked[0].header("user-agent").unwrap();
    assert!(agent.starts_with("ticketty/"), "{agent}");
    assert_eq!(asked[0].header("cookie"), None);
}

#[tokio::test]
async fn a_form_is_posted_encoded_and_never_sent_on_or_repeated() {
    let server = FakeWeb::start(|asked| match asked.path.as_str() {
        "/token" => Page::json(200, "{}"),
        _ => Page::redirect("/token"),
    });
    let web = Web::new(None);
    let form = [("grant_type", "x"), ("secret", "s&c=r t/")];
    let token = server.url("/token");
    web.post_form(&token, &form, WITHIN, MOST).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked[0].method, "POST");
    assert_eq!(asked[0].field("secret").unwrap(), "s&c=r t/");
    assert_eq!(asked[0].header("accept"), Some("application/json"));
    let moved = server.url("/moved");
    let answer = web.post_form(&moved, &form, WITHIN, MOST).await.unwrap();
    assert_eq!((answer.status, server.asked().len()), (302, 2));
}

#[tokio::test]
async fn redirects_are_followed_three_times_and_only_where_it_is_safe() {
    let server = FakeWeb::start(|asked| {
        let left: u32 = asked.path.trim_start_matches('/').parse().unwrap_or(9);
        match left {
            0 => Page::ok("there"),
            9 => Page::redirect("http://example.test/"),
            _ => Page::redirect(&format!("/{}", left - 1)),
        }
    });
    let web = Web::new(None);
    let answer = web.get(&server.url("/3"), WITHIN, MOST).await.unwrap();
    assert_eq!(answer.final_url, server.url("/0"));
    let endless = web.get(&server.url("/4"), WITHIN, MOST).await.unwrap_err();
    assert!(endless.to_string().contains("without end"), "{endless}");
    let plain = web.get(&server.url("/9"), WITHIN, MOST).await.unwrap_err();
    assert!(plain.to_string().contains("not protected"), "{plain}");
}

#[tokio::test]
async fn answers_are_bounded_in_size_and_time() {
    let server = FakeWeb::start(|asked| match asked.path.as_str() {
        "/long" => Page::ok("x".repeat(MOST + 1)),
        "/exact" => Page::ok("x".repeat(MOST)),
        _ => Page::silence(),
    });
    let web = Web::new(None);
    let exact = web.get(&server.url("/exact"), WITHIN, MOST).await.unwrap();
    assert_eq!(exact.body.len(), MOST);
    let long = web.get(&server.url("/long"), WITHIN, MOST).await;
    assert!(long.unwrap_err().to_string().contains("longer than"));
    let brief = Duration::from_millis(300);
    let slow = web
        .get(&server.url("/slow"), brief, MOST)
        .await
        .unwrap_err();
    assert_eq!(slow.whose, Whose::Network);
    assert!(slow.to_string().contains("in time"), "{slow}");
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_where_it_is_named_and_nowhere_else() {
    let home = tempfile::tempdir().unwrap();
    let authority = Authority::new(home.path());
    let issued = authority.issue("web", "IP:127.0.0.1", "20400101");
    let server = FakeWeb::start_tls(&issued, |_| Page::ok("safe"));
    let url = server.url("/");
    let trusting = Web::new(Some(authority.file()));
    assert_eq!(
        trusting.get(&url, WITHIN, MOST).await.unwrap().body,
        b"safe"
    );
    let refused = Web::new(None).get(&url, WITHIN, MOST).await.unwrap_err();
    assert_eq!(refused.whose, Whose::Server, "{refused:?}");
    assert!(refused.hint.unwrap().contains("web_ca_file"));
    let wrong_name = Url::parse(&format!("https://localhost:{}/", server.port)).unwrap();
    let refused = trusting.get(&wrong_name, WITHIN, MOST).await.unwrap_err();
    assert_eq!(refused.whose, Whose::Server, "{refused:?}");
}

#[tokio::test]
async fn a_missing_authority_file_is_said_by_name() {
    let server = FakeWeb::start(|_| Page::ok(""));
    let web = Web::new(Some("/nonexistent/ca.pem".into()));
    let trouble = web.get(&server.url("/"), WITHIN, MOST).await.unwrap_err();
    assert!(trouble.to_string().contains("/nonexistent/ca.pem"));
}
