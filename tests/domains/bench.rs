//! An engine without mail servers, on a clock that stands still and a name server with a few records.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use ticketty::bridge::*;
use ticketty::config::secrets::{SecretKeeper, SecretOf};
use ticketty::domain::ids::{MailboxId, MessageId};
use ticketty::domain::mailbox::*;
use ticketty::domain::trouble::Trouble;
use ticketty::engine::clock::{Clock, SetClock};
use ticketty::engine::core::{Engine, SyncMode};
use ticketty::engine::ingest::{Arrived, Ingested};
use ticketty::engine::outside::Outside;
use ticketty::engine::reader::ChildReader;
use ticketty::engine::workers::{
    Arrival, CheckLines, Letter, PieceCame, Synced, Trial, Whole, Workers,
};
use ticketty::engine::{EngineHandle, EngineSetup, ParserCommand, Surroundings, start_within};
use ticketty::mail::dns::Dns;
use ticketty::mail::mime::Parser;
use ticketty::store::sqlite::{OpenOptions, SqliteStore};
use ticketty::wire::{FrontEnd, line};

use crate::support::fake_dns::FakeDns;

/// Longer than the slowest question may take.
const PATIENCE: Duration = Duration::from_secs(45);

pub const KEY: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// A domain in order, with servers of its own.
pub const GOOD: &[(&str, &str, &str)] = &[
    ("acme.test", "MX", "10 mx.acme.test"),
    ("mx.acme.test", "A", "192.0.2.1"),
    ("acme.test", "TXT", "v=spf1 mx a:smtp.acme.test -all"),
    ("smtp.acme.test", "A", "192.0.2.2"),
    ("s1._domainkey.acme.test", "CNAME", "key.hoster.test"),
    ("key.hoster.test", "TXT", KEY),
    ("_dmarc.acme.test", "TXT", "v=DMARC1; p=reject"),
];

pub struct Bench {
    pub dns: FakeDns,
    pub clock: Arc<SetClock>,
    pub pushed: Vec<Pushed>,
    front: FrontEnd,
    next: u64,
    _engine: EngineHandle,
    _home: tempfile::TempDir,
}

impl Bench {
    pub async fn with(zone: &[(&str, &str, &str)]) -> Self {
        let dns = FakeDns::start(zone);
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("private").join("desk.db");
        let clock = Arc::new(SetClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
        let parser = ParserCommand {
            program: "false".into(),
            args: Vec::new(),
        };
        let (front, end) = line();
        let setup = EngineSetup {
            store: Arc::new(SqliteStore::open(path, OpenOptions::default()).unwrap()),
            secrets: Arc::new(Idle),
            operator_login: "anna".into(),
            operator_name: "Anna".into(),
            parser: parser.clone(),
            holder: "story".into(),
            sync: SyncMode::Live,
            max_message_bytes: 1_000_000,
            outside: Outside::default(),
            dns: Arc::new(Dns::at(dns.address())),
            origin: Default::default(),
            configuration: None,
        };
        let surroundings = Surroundings {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            reader: Arc::new(ChildReader::new(Parser::new(parser.program, parser.args))),
            workers: Arc::new(Idle),
        };
        let engine = start_within(setup, surroundings, end);
        let mut bench = Self {
            dns,
            clock,
            pushed: Vec::new(),
            front,
            next: 0,
            _engine: engine,
            _home: home,
        };
        bench.ask(Request::Look(Look::Follow)).await;
        bench
    }

    /// Several questions at once; their answers in that order.
    pub async fn ask_all(&mut self, requests: Vec<Request>) -> Vec<Report> {
        let first = self.next;
        for request in requests {
            let id = AskId(self.next);
            self.next += 1;
            self.front.asks.send(Ask { id, request }).unwrap();
        }
        let mut answers: Vec<Option<Report>> = (first..self.next).map(|_| None).collect();
        while answers.iter().any(Option::is_none) {
            let told = self.told("an answer").await;
            match told.answers {
                Some(AskId(id)) => answers[(id - first) as usize] = Some(told.report),
                None => self.note(told.report),
            }
        }
        answers.into_iter().flatten().collect()
    }

    pub async fn ask(&mut self, request: Request) -> Report {
        self.ask_all(vec![request]).await.remove(0)
    }

    pub async fn domains(&mut self, request: DomainRequest) -> Vec<DomainLine> {
        match self.ask(Request::Domain(request)).await {
            Report::Domains(lines) => lines,
            other => panic!("{other:?}"),
        }
    }

    pub async fn verify(&mut self, domain: &str) -> DomainLine {
        let domain = domain.to_owned();
        self.domains(DomainRequest::Verify { domain })
            .await
            .remove(0)
    }

    pub async fn selectors(&mut self, domain: &str, selectors: &[&str]) -> DomainLine {
        let request = DomainRequest::SetSelectors {
            domain: domain.into(),
            selectors: selectors.iter().map(|one| (*one).to_owned()).collect(),
        };
        self.domains(request).await.remove(0)
    }

    /// Connects a mailbox that reads at imap.acme.test and sends through this server.
    pub async fn connect(&mut self, address: &str, smtp: &str, aliases: &[&str]) -> MailboxId {
        self.put(None, address, smtp, aliases).await
    }

    pub async fn put(
        &mut self,
        id: Option<MailboxId>,
        address: &str,
        smtp: &str,
        aliases: &[&str],
    ) -> MailboxId {
        let server = |host: &str, port| Endpoint {
            host: host.into(),
            port,
            security: Security::Tls,
        };
        let mut settings = MailboxSettings::new(
            address,
            Incoming::Imap(server("imap.acme.test", 993)),
            Outgoing::Smtp(server(smtp, 465)),
            SecretSource::None,
        );
        settings.identity.aliases = aliases.iter().map(|one| (*one).to_owned()).collect();
        let put = MailboxRequest::Put {
            id,
            settings: Box::new(settings),
            secret: None,
        };
        match self.ask(Request::Mailbox(put)).await {
            Report::Mailbox(MailboxReport::Saved(id)) => id,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until something is pushed that fits.
    pub async fn until(&mut self, label: &str, fits: impl Fn(&Pushed) -> bool) -> Pushed {
        loop {
            if let Some(at) = self.pushed.iter().position(&fits) {
                return self.pushed.remove(at);
            }
            let told = self.told(label).await;
            self.note(told.report);
        }
    }

    pub async fn verified(&mut self) {
        self.until("a verification", |pushed| *pushed == Pushed::Domains)
            .await;
    }

    /// How often this was asked.
    pub fn count(&self, question: &str) -> usize {
        let asked = self.dns.asked();
        asked.iter().filter(|one| *one == question).count()
    }

    async fn told(&mut self, label: &str) -> Told {
        tokio::time::timeout(PATIENCE, self.front.told.recv())
            .await
            .unwrap_or_else(|_| panic!("nothing came while waiting for {label}"))
            .unwrap()
    }

    fn note(&mut self, report: Report) {
        if let Report::Pushed(pushed) = report {
            self.pushed.push(pushed);
        }
    }
}

/// No mail servers, no secrets.
struct Idle;

impl Workers for Idle {
    fn run(&self, engine: Arc<Engine>) -> BoxFuture<'static, ()> {
        Box::pin(async move { engine.stopped().await })
    }

    fn sync_now(
        &self,
        _: Arc<Engine>,
        _: Option<MailboxId>,
    ) -> BoxFuture<'static, Result<Synced, Trouble>> {
        Box::pin(async { Ok(Synced::default()) })
    }

    fn fetch_whole(
        &self,
        _: Arc<Engine>,
        _: MessageId,
        _: PieceCame,
    ) -> BoxFuture<'static, Result<Whole, Trouble>> {
        Box::pin(async { Err(Trouble::network("there is no server")) })
    }

    fn check(
        &self,
        _: Arc<Engine>,
        _: Trial,
        _: bool,
        _: CheckLines,
    ) -> BoxFuture<'static, Result<(), Trouble>> {
        Box::pin(async { Ok(()) })
    }

    fn folders(
        &self,
        _: Arc<Engine>,
        _: Trial,
    ) -> BoxFuture<'static, Result<Vec<FolderLine>, Trouble>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn count_periods(
        &self,
        _: Arc<Engine>,
        _: Trial,
    ) -> BoxFuture<'static, Result<Vec<PeriodCount>, Trouble>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn send_test(
        &self,
        _: Arc<Engine>,
        _: Mailbox,
        _: String,
    ) -> BoxFuture<'static, Result<(), Trouble>> {
        Box::pin(async { Ok(()) })
    }

    fn send_letter(
        &self,
        _: Arc<Engine>,
        _: Mailbox,
        _: Letter,
    ) -> BoxFuture<'static, Result<(), Trouble>> {
        Box::pin(async { Ok(()) })
    }

    fn round_trip(
        &self,
        _: Arc<Engine>,
        _: Mailbox,
        _: String,
        _: Mailbox,
        _: Duration,
    ) -> BoxFuture<'static, Result<Arrival, Trouble>> {
        Box::pin(async { Err(Trouble::network("there are no servers")) })
    }

    fn ingest(
        &self,
        _: Arc<Engine>,
        _: Vec<Arrived>,
    ) -> BoxFuture<'static, Result<Ingested, Trouble>> {
        Box::pin(async { Ok(Ingested::default()) })
    }
}

impl SecretKeeper for Idle {
    fn get(&self, _: SecretOf, _: &SecretSource) -> Result<SecretString, Trouble> {
        Ok(SecretString::from("none"))
    }

    fn put(&self, _: SecretOf, _: &SecretSource, _: &SecretString) -> Result<(), Trouble> {
        Ok(())
    }

    fn forget(&self, _: MailboxId) -> Result<(), Trouble> {
        Ok(())
    }

    fn hold(&self, _: SecretOf) -> Result<Box<dyn Send>, Trouble> {
        Ok(Box::new(()))
    }
}
