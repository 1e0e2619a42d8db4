//! From an address to its servers: who is asked, who is believed, and what nobody is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use ticketty::bridge::{Detected, TriedLine, TriedOutcome};
use ticketty::domain::detection::{Login, Source};
use ticketty::domain::mailbox::{Endpoint, Incoming, Outgoing, Security, Trust};
use ticketty::domain::trouble::Trouble;
use ticketty::engine::connecting::detect::{Ways, detect};
use ticketty::engine::connecting::learnt::Learnt;
use ticketty::engine::connecting::sources::{Fetch, Knock};
use ticketty::mail::dns::Dns;
use ticketty::mail::http::Answer;
use url::Url;

use crate::support::fake_dns::FakeDns;

/// What the world says, and what it was asked.
#[derive(Default)]
struct World {
    /// Bodies by address without the scheme; a body that begins with `http:` is where it leads to.
    files: HashMap<String, String>,
    /// Hosts of the web that never answer.
    silent: Vec<String>,
    /// Doors that greet, as `imap.acme.test:993`.
    open: Vec<String>,
    asked: Mutex<Vec<String>>,
}

impl Fetch for World {
    fn get(&self, url: Url, _: Duration) -> BoxFuture<'static, Result<Answer, Trouble>> {
        self.asked.lock().unwrap().push(url.to_string());
        let place = url.as_str().trim_start_matches("https://").to_owned();
        let host = url.host_str().unwrap_or_default().to_owned();
        let is_silent = self.silent.contains(&host);
        let body = self.files.get(&place).cloned();
        Box::pin(async move {
            if is_silent {
                std::future::pending::<()>().await;
            }
            let leads = body.as_deref().filter(|body| body.starts_with("http:"));
            let final_url = leads.map_or(url, |other| Url::parse(other).unwrap());
            Ok(Answer {
                status: if body.is_some() { 200 } else { 404 },
                body: body.unwrap_or_default().into_bytes(),
                final_url,
            })
        })
    }
}

impl Knock for World {
    fn greet(&self, at: Endpoint, _: bool, _: Duration) -> BoxFuture<'static, Result<(), Trouble>> {
        let door = format!("{}:{}", at.host, at.port);
        let is_open = self.open.contains(&door);
        self.asked.lock().unwrap().push(door);
        Box::pin(async move {
            if is_open {
                Ok(())
            } else {
                Err(Trouble::network("nobody listens there"))
            }
        })
    }
}

struct Found {
    detected: Detected,
    /// Every line as it came.
    heard: Vec<TriedLine>,
    world: Arc<World>,
    dns: FakeDns,
}

impl Found {
    fn servers(&self) -> (String, String) {
        let shown = |at: &Endpoint| format!("{}:{}", at.host, at.port);
        let settings = &self.detected.settings;
        match (&settings.incoming, &settings.outgoing) {
            (Incoming::Imap(imap), Outgoing::Smtp(smtp)) => (shown(imap), shown(smtp)),
            other => panic!("no servers but {other:?}"),
        }
    }

    fn is(&self, imap: &str, smtp: &str, because: &str, is_certain: bool) {
        assert_eq!(self.servers(), (imap.into(), smtp.into()));
        assert_eq!(self.detected.because, because);
        assert_eq!(self.detected.is_certain, is_certain, "{because}");
    }

    fn outcome(&self, source: Source) -> &TriedOutcome {
        let mut lines = self.detected.tried.iter();
        &lines
            .find(|line| line.source == source)
            .unwrap_or_else(|| panic!("{source:?} was not tried"))
            .outcome
    }

    fn says(&self, source: Source, words: &str) {
        let outcome = format!("{:?}", self.outcome(source));
        assert!(outcome.contains(words), "{source:?}: {outcome}");
    }
}

async fn find(
    address: &str,
    learnt: Option<Learnt>,
    world: World,
    records: &[(&str, &str, &str)],
) -> Found {
    let dns = FakeDns::start(records);
    let world = Arc::new(world);
    let ways = Ways {
        dns: Arc::new(Dns::at(dns.address())),
        web: Arc::clone(&world) as Arc<dyn Fetch>,
        doors: Arc::clone(&world) as Arc<dyn Knock>,
        within: Duration::from_millis(1_500),
    };
    let heard = Mutex::new(Vec::new());
    let tell = |line: TriedLine| heard.lock().unwrap().push(line);
    let detected = detect(address, learnt, &ways, &tell).await.unwrap();
    let heard = heard.into_inner().unwrap();
    Found {
        detected,
        heard,
        world,
        dns,
    }
}

fn file(imap: &str, smtp: &str) -> String {
    format!(
        "<clientConfig version=\"1.1\"><emailProvider id=\"x\">\
         <incomingServer type=\"imap\"><hostname>{imap}</hostname><port>993</port>\
         <socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>\
         <outgoingServer type=\"smtp\"><hostname>{smtp}</hostname><port>465</port>\
         <socketType>SSL</socketType></outgoingServer></emailProvider></clientConfig>"
    )
}

fn with_file(place: &str, body: &str) -> World {
    World {
        files: HashMap::from([(place.to_owned(), body.to_owned())]),
        ..World::default()
    }
}

const AUTOCONFIG: &str = "autoconfig.acme.test/mail/config-v1.1.xml";
const WELL_KNOWN: &str = "acme.test/.well-known/autoconfig/mail/config-v1.1.xml";

#[tokio::test]
async fn a_known_domain_sends_no_packet_at_all() {
    let found = find("Anna@GMail.com", None, World::default(), &[]).await;
    found.is(
        "imap.gmail.com:993",
        "smtp.gmail.com:465",
        "by the domain gmail.com",
        true,
    );
    assert_eq!(found.detected.provider.as_deref(), Some("Gmail"));
    assert_eq!(found.detected.sign_ins.oauth.as_deref(), Some("google"));
    assert!(!found.detected.quirks.is_empty());
    assert_eq!(found.dns.asked(), [""; 0]);
    assert!(found.world.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_learnt_domain_sends_no_packet_either() {
    let at = |host: &str, port| Endpoint {
        host: host.into(),
        port,
        security: Security::Tls,
    };
    let learnt = Learnt {
        from: "support@acme.test".into(),
        imap: at("mx.elsewhere.test", 993),
        smtp: at("mx.elsewhere.test", 465),
        login: Login::LocalPart,
        trust: Trust {
            ca_file: Some("/etc/acme.pem".into()),
            fingerprint: None,
        },
    };
    let found = find("sales@acme.test", Some(learnt), World::default(), &[]).await;
    found.is(
        "mx.elsewhere.test:993",
        "mx.elsewhere.test:465",
        "learnt from support@acme.test",
        true,
    );
    assert_eq!(found.detected.settings.login, "sales");
    assert!(found.detected.settings.trust.ca_file.is_some());
    assert_eq!(found.dns.asked(), [""; 0]);
    assert!(found.world.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_domains_own_file_is_believed_before_all_others() {
    let world = World {
        files: HashMap::from([
            (
                AUTOCONFIG.into(),
                file("imap.%EMAILDOMAIN%", "smtp.host.test"),
            ),
            (WELL_KNOWN.into(), file("old.acme.test", "old.acme.test")),
        ]),
        open: vec!["imap.acme.test:993".into()],
        ..World::default()
    };
    let records = [("acme.test", "MX", "10 aspmx.l.google.com")];
    let found = find("anna@acme.test", None, world, &records).await;
    found.is(
        "imap.acme.test:993",
        "smtp.host.test:465",
        "by autoconfig.acme.test",
        false,
    );
    found.says(Source::Autoconfig, "imap.acme.test:993, smtp.host.test:465");
    let asked = found.world.asked.lock().unwrap().join(" ");
    assert!(
        !asked.contains("anna"),
        "the part before the @ was told: {asked}"
    );
    assert!(!asked.contains("http:"), "{asked}");
}

#[tokio::test]
async fn a_file_is_vouched_for_within_its_domain_and_at_providers_that_are_known() {
    for (imap, smtp, is_certain) in [
        ("imap.acme.test", "mail.acme.test", true),
        ("imap.fastmail.com", "smtp.fastmail.com", true),
        ("imap.fastmail.com", "smtp.elsewhere.test", false),
        ("imap.evilacme.test", "smtp.acme.test", false),
    ] {
        let world = with_file(AUTOCONFIG, &file(imap, smtp));
        let found = find("anna@acme.test", None, world, &[]).await;
        assert_eq!(found.detected.is_certain, is_certain, "{imap} {smtp}");
    }
}

#[tokio::test]
async fn the_file_of_the_web_site_is_the_next() {
    let world = with_file(WELL_KNOWN, &file("a.acme.test", "b.acme.test"));
    let found = find("anna@acme.test", None, world, &[]).await;
    found.is(
        "a.acme.test:993",
        "b.acme.test:465",
        "by the web site of acme.test",
        true,
    );
    found.says(Source::Autoconfig, "there is no such file (404)");
}

#[tokio::test]
async fn records_of_services_are_believed_within_the_domain() {
    let records = [
        ("_imaps._tcp.acme.test", "SRV", "0 1 993 imap.acme.test"),
        ("_imap._tcp.acme.test", "SRV", "0 1 143 imap.acme.test"),
        ("_submissions._tcp.acme.test", "SRV", "0 0 0 ."),
        (
            "_submission._tcp.acme.test",
            "SRV",
            "0 1 587 smtp.acme.test",
        ),
    ];
    let found = find("anna@acme.test", None, World::default(), &records).await;
    found.is(
        "imap.acme.test:993",
        "smtp.acme.test:587",
        "by the SRV records of acme.test",
        true,
    );
    let foreign = [("_imaps._tcp.acme.test", "SRV", "0 1 993 imap.evil.test")];
    let found = find("anna@acme.test", None, World::default(), &foreign).await;
    assert!(
        !found.detected.is_certain,
        "an unsigned record vouches for nobody"
    );
}

#[tokio::test]
async fn a_domain_of_ones_own_is_found_by_who_takes_its_mail() {
    let records = [
        ("acme.test", "MX", "5 backup.acme.test"),
        ("acme.test", "MX", "10 aspmx.l.google.com"),
    ];
    let found = find("anna@acme.test", None, World::default(), &records).await;
    found.is(
        "imap.gmail.com:993",
        "smtp.gmail.com:465",
        "by MX aspmx.l.google.com",
        true,
    );
    assert_eq!(found.detected.provider.as_deref(), Some("Google Workspace"));
    assert_eq!(found.detected.sign_ins.oauth.as_deref(), Some("google"));
    found.says(Source::Exchanger, "Google Workspace, by aspmx.l.google.com");
}

#[tokio::test]
async fn whoever_takes_the_mail_may_have_a_file_which_somebody_has_to_look_at() {
    let place = "autoconfig.hoster.test/mail/config-v1.1.xml";
    let world = with_file(place, &file("imap.hoster.test", "smtp.hoster.test"));
    let records = [("acme.test", "MX", "10 mx.hoster.test")];
    let found = find("anna@acme.test", None, world, &records).await;
    found.is(
        "imap.hoster.test:993",
        "smtp.hoster.test:465",
        "by whoever takes its mail",
        false,
    );
    found.says(Source::Exchanger, "mx.hoster.test, nobody we know");
}

#[tokio::test]
async fn a_guess_that_answers_is_proposed_as_a_guess() {
    let world = World {
        open: [
            "mail.acme.test:993",
            "imap.acme.test:143",
            "mail.acme.test:587",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..World::default()
    };
    let found = find("anna@acme.test", None, world, &[]).await;
    found.is("mail.acme.test:993", "mail.acme.test:587", "guessed", false);
    assert_eq!(found.detected.provider, None);
}

#[tokio::test]
async fn where_nothing_is_found_the_usual_names_are_only_written_down() {
    let found = find("anna@acme.test", None, World::default(), &[]).await;
    found.is(
        "imap.acme.test:993",
        "smtp.acme.test:465",
        "nobody knows acme.test; most servers are named like this",
        false,
    );
    found.says(Source::Services, "there are none");
    found.says(Source::Exchanger, "the domain does not exist");
    found.says(Source::Guess, "nobody listens there");
    let running = |line: &TriedLine| line.outcome == TriedOutcome::Running;
    assert!(found.heard.iter().any(running), "lines come as they begin");
    assert!(!found.detected.tried.iter().any(running));
}

#[tokio::test]
async fn whoever_is_silent_is_not_waited_for_for_ever() {
    let world = World {
        silent: vec!["autoconfig.acme.test".into()],
        ..World::default()
    };
    let records = [
        ("acme.test", "MX", "10 mx.acme.test"),
        ("_imaps._tcp.acme.test", "SILENCE", ""),
    ];
    let found = find("anna@acme.test", None, world, &records).await;
    found.says(Source::Autoconfig, "no answer within");
    found.says(Source::Services, "no answer within");
    assert!(!found.detected.is_certain);
}

#[tokio::test]
async fn nobody_is_waited_for_who_could_change_nothing() {
    let mut world = with_file(AUTOCONFIG, &file("imap.acme.test", "smtp.acme.test"));
    world.silent = vec!["acme.test".into()];
    let found = find("anna@acme.test", None, world, &[]).await;
    found.is(
        "imap.acme.test:993",
        "smtp.acme.test:465",
        "by autoconfig.acme.test",
        true,
    );
    assert_eq!(*found.outcome(Source::WellKnown), TriedOutcome::NotNeeded);
}

#[tokio::test]
async fn hostile_files_and_unprotected_places_are_named_and_not_used() {
    let bomb = "<!DOCTYPE a [<!ENTITY b \"&b;&b;\">]><clientConfig>&b;</clientConfig>";
    let found = find("anna@acme.test", None, with_file(AUTOCONFIG, bomb), &[]).await;
    found.says(Source::Autoconfig, "document type");
    assert!(!found.detected.is_certain);
    let elsewhere = with_file(AUTOCONFIG, "http://autoconfig.acme.test/plain.xml");
    let found = find("anna@acme.test", None, elsewhere, &[]).await;
    found.says(Source::Autoconfig, "unprotected place");
    let escape = file("imap.\u{1b}[31mevil.test", "smtp.acme.test");
    let found = find("anna@acme.test", None, with_file(AUTOCONFIG, &escape), &[]).await;
    assert_eq!(found.servers().0, "imap.acme.test:993");
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let dns = FakeDns::start(&[]);
    let world = Arc::new(World::default());
    let ways = Ways {
        dns: Arc::new(Dns::at(dns.address())),
        web: Arc::clone(&world) as Arc<dyn Fetch>,
        doors: world as Arc<dyn Knock>,
        within: Duration::from_secs(1),
    };
    for wrong in ["", "anna", "anna@", "@acme.test", "a b@acme.test"] {
        let detected = detect(wrong, None, &ways, &|_| ()).await;
        assert!(detected.is_err(), "{wrong}");
    }
    assert_eq!(dns.asked(), [""; 0]);
}
