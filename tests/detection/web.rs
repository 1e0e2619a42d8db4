//! Autoconfig over real HTTPS: a web server with a certificate, the program's own way to the web, and a name server.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use ticketty::bridge::TriedOutcome;
use ticketty::domain::detection::Source;
use ticketty::domain::mailbox::{Endpoint, Incoming};
use ticketty::domain::trouble::Trouble;
use ticketty::engine::connecting::detect::{Ways, detect};
use ticketty::engine::connecting::sources::{Fetch, Knock};
use ticketty::mail::dns::Dns;
use ticketty::mail::http::{Answer, Web};
use url::Url;

use crate::support::authority::Authority;
use crate::support::fake_dns::FakeDns;
use crate::support::fake_web::{FakeWeb, Page};

/// Every host of the web is the fake server; the host that was meant goes before the path.
struct AllHere {
    web: Arc<Web>,
    port: u16,
}

impl Fetch for AllHere {
    fn get(&self, url: Url, within: Duration) -> BoxFuture<'static, Result<Answer, Trouble>> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let here = format!("https://127.0.0.1:{}/{host}{}", self.port, url.path());
        let here = Url::parse(&here).unwrap();
        let web = Arc::clone(&self.web);
        Box::pin(async move { web.get(&here, within, 100_000).await })
    }
}

/// No server greets.
struct Nobody;

impl Knock for Nobody {
    fn greet(&self, _: Endpoint, _: bool, _: Duration) -> BoxFuture<'static, Result<(), Trouble>> {
        Box::pin(async { Err(Trouble::network("nobody listens there")) })
    }
}

const FILE: &str = "<clientConfig version=\"1.1\"><emailProvider id=\"acme.test\">\
     <incomingServer type=\"imap\"><hostname>imap.acme.test</hostname><port>143</port>\
     <socketType>STARTTLS</socketType></incomingServer>\
     <outgoingServer type=\"smtp\"><hostname>smtp.acme.test</hostname><port>465</port>\
     <socketType>SSL</socketType></outgoingServer></emailProvider></clientConfig>";

#[tokio::test(flavor = "multi_thread")]
async fn the_file_comes_over_https_and_only_from_a_server_whose_certificate_is_good() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new(&dir.path().join("ca"));
    let issued = authority.issue("127.0.0.1", "IP:127.0.0.1", "20991231");
    let server = FakeWeb::start_tls(&issued, |asked| match asked.path.as_str() {
        "/autoconfig.acme.test/mail/config-v1.1.xml" => Page::ok(FILE),
        _ => Page::status(404),
    });
    let dns = FakeDns::start(&[("acme.test", "MX", "10 mx.acme.test")]);
    let ways = |ca| Ways {
        dns: Arc::new(Dns::at(dns.address())),
        web: Arc::new(AllHere {
            web: Arc::new(Web::new(ca)),
            port: server.port,
        }),
        doors: Arc::new(Nobody),
        within: Duration::from_secs(8),
    };
    let trusting = ways(Some(authority.file()));
    let found = detect("anna@acme.test", None, &trusting, &|_| ()).await;
    let found = found.unwrap();
    assert_eq!(found.because, "by autoconfig.acme.test");
    assert!(found.is_certain);
    let Incoming::Imap(imap) = &found.settings.incoming else {
        panic!("{:?}", found.settings.incoming);
    };
    assert_eq!((imap.host.as_str(), imap.port), ("imap.acme.test", 143));
    let asked = server.asked();
    assert!(asked.iter().all(|asked| !asked.path.contains("anna")
        && asked.query.is_empty()
        && asked.header("cookie").is_none()));

    let found = detect("anna@acme.test", None, &ways(None), &|_| ()).await;
    let found = found.unwrap();
    let line = found
        .tried
        .iter()
        .find(|line| line.source == Source::Autoconfig);
    let outcome = &line.unwrap().outcome;
    assert!(matches!(outcome, TriedOutcome::Failed(_)), "{outcome:?}");
    assert!(!found.is_certain);
}
