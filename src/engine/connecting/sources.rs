//! The sources that need the network: each is asked within its time, and says in a line what came of it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, timeout};
use url::Url;

use super::detect::Ways;
use crate::bridge::{TriedLine, TriedOutcome};
use crate::domain::clean::Clean;
use crate::domain::detection::{Servers, Source};
use crate::domain::mailbox::{Endpoint, Security};
use crate::domain::trouble::Trouble;
use crate::mail::autoconfig::{self, greeting, services};
use crate::mail::dns::{Dns, DnsFailure, Srv};
use crate::mail::http::{Answer, Web};
use crate::mail::providers::{self, Provider};

/// Fetches a file of the web.
pub trait Fetch: Send + Sync {
    fn get(&self, url: Url, within: Duration) -> BoxFuture<'static, Result<Answer, Trouble>>;
}

/// The web itself.
pub struct OverTheWeb(pub Arc<Web>);

impl Fetch for OverTheWeb {
    fn get(&self, url: Url, within: Duration) -> BoxFuture<'static, Result<Answer, Trouble>> {
        let web = Arc::clone(&self.0);
        Box::pin(async move { web.get(&url, within, autoconfig::LARGEST_FILE_BYTES).await })
    }
}

/// Knocks at a server and waits for its greeting.
pub trait Knock: Send + Sync {
    fn greet(
        &self,
        at: Endpoint,
        is_imap: bool,
        within: Duration,
    ) -> BoxFuture<'static, Result<(), Trouble>>;
}

/// The servers themselves.
pub struct AtTheServers;

impl Knock for AtTheServers {
    fn greet(
        &self,
        at: Endpoint,
        is_imap: bool,
        within: Duration,
    ) -> BoxFuture<'static, Result<(), Trouble>> {
        Box::pin(async move { greeting::greet(&at, is_imap, within).await })
    }
}

/// What comes from the sources.
pub enum Word {
    Line(TriedLine),
    /// The source has ended; empty servers say that it knows nothing.
    Said(Source, Servers),
    /// The domain's mail is taken by this provider, at this host.
    Keeper(&'static Provider, String),
}

/// Where a source says what it has found.
#[derive(Clone)]
pub struct Teller(UnboundedSender<Word>);

impl Teller {
    pub fn new(words: UnboundedSender<Word>) -> Self {
        Self(words)
    }

    fn say(&self, word: Word) {
        // Nobody listens any more once everything is decided.
        let _ = self.0.send(word);
    }

    fn line(&self, source: Source, target: &str, outcome: TriedOutcome, begun: Instant) {
        self.say(Word::Line(TriedLine {
            source,
            target: Clean::line(target),
            outcome,
            milliseconds: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        }));
    }

    /// Runs one question with a line before and after it.
    async fn asking(
        &self,
        source: Source,
        target: &str,
        within: Duration,
        question: impl Future<Output = (TriedOutcome, Servers)>,
    ) -> Servers {
        let begun = Instant::now();
        self.line(source, target, TriedOutcome::Running, begun);
        let (outcome, servers) = timeout(within, question).await.unwrap_or_else(|_| {
            let words = format!("no answer within {} s", within.as_secs().max(1));
            (failed(&words), Servers::default())
        });
        self.line(source, target, outcome, begun);
        servers
    }
}

fn found(servers: &Servers) -> TriedOutcome {
    let shown: Vec<String> = [&servers.imap, &servers.smtp]
        .into_iter()
        .flatten()
        .map(|at| format!("{}:{}", at.host, at.port))
        .collect();
    TriedOutcome::Found(Clean::line(&shown.join(", ")))
}

fn nothing(words: &str) -> TriedOutcome {
    TriedOutcome::Nothing(Clean::line(words))
}

fn failed(words: &str) -> TriedOutcome {
    TriedOutcome::Failed(Clean::line(words))
}

/// Asks one source, and those that follow from its answer.
pub async fn ask(source: Source, domain: &str, ways: &Ways, teller: &Teller) {
    match source {
        Source::Autoconfig => {
            let url = autoconfig::autoconfig_url(domain);
            file(source, url, domain, ways, teller).await;
        }
        Source::WellKnown => {
            let url = autoconfig::well_known_url(domain);
            file(source, url, domain, ways, teller).await;
        }
        Source::Services => records(domain, ways, teller).await,
        Source::Exchanger => exchanger(domain, ways, teller).await,
        Source::Guess => guess(domain, ways, teller).await,
        Source::Provider | Source::Learnt | Source::ExchangerAutoconfig => {}
    }
}

async fn file(source: Source, url: Option<Url>, domain: &str, ways: &Ways, teller: &Teller) {
    let mut servers = Servers::default();
    if let Some(url) = url {
        let target = url.as_str().trim_start_matches("https://").to_owned();
        let read = async {
            match ways.web.get(url, ways.within).await {
                Ok(answer) => read(&answer, domain),
                Err(trouble) => (failed(&trouble.to_string()), Servers::default()),
            }
        };
        servers = teller.asking(source, &target, ways.within, read).await;
    }
    teller.say(Word::Said(source, servers));
}

fn read(answer: &Answer, domain: &str) -> (TriedOutcome, Servers) {
    if answer.final_url.scheme() != "https" {
        let words = "it leads to an unprotected place, which is not followed";
        return (failed(words), Servers::default());
    }
    if answer.status != 200 {
        let words = format!("there is no such file ({})", answer.status);
        return (nothing(&words), Servers::default());
    }
    match autoconfig::parse(&answer.body, domain) {
        Ok(servers) => (found(&servers), servers),
        Err(words) => (failed(&words), Servers::default()),
    }
}

async fn records(domain: &str, ways: &Ways, teller: &Teller) {
    let ask = async {
        let dns = &ways.dns;
        let name = |service: &str| format!("{service}.{domain}");
        let names = [
            services::READING.0,
            services::READING.1,
            services::SENDING.0,
            services::SENDING.1,
        ]
        .map(name);
        let answers = join_all(names.iter().map(|name| dns.srv(name))).await;
        let trouble = answers.iter().find_map(|answer| match answer {
            Err(DnsFailure::Unreachable(trouble)) => Some(trouble.to_string()),
            _ => None,
        });
        let mut lists = answers.into_iter().map(Result::unwrap_or_default);
        let mut next = || -> Vec<Srv> { lists.next().unwrap_or_default() };
        let servers = Servers {
            imap: services::choose(&next(), &next()),
            smtp: services::choose(&next(), &next()),
            ..Servers::default()
        };
        match (servers.is_empty(), trouble) {
            (false, _) => (found(&servers), servers),
            (true, Some(words)) => (failed(&words), servers),
            (true, None) => (nothing("there are none"), servers),
        }
    };
    let target = format!("SRV {domain}");
    let servers = teller
        .asking(Source::Services, &target, ways.within, ask)
        .await;
    teller.say(Word::Said(Source::Services, servers));
}

/// Who takes the mail of the domain: a provider of the table, or somebody with a file of their own.
async fn exchanger(domain: &str, ways: &Ways, teller: &Teller) {
    let mut first = None;
    let ask = async {
        match mail_exchanger(&ways.dns, domain).await {
            Err(outcome) => (outcome, Servers::default()),
            Ok((host, None)) => {
                let words = format!("{host}, nobody we know");
                first = Some(host);
                (nothing(&words), Servers::default())
            }
            Ok((host, Some(provider))) => {
                let words = format!("{}, by {host}", provider.name);
                teller.say(Word::Keeper(provider, host));
                let servers = Servers {
                    imap: Some(provider.imap.endpoint()),
                    smtp: Some(provider.smtp.endpoint()),
                    ..Servers::default()
                };
                (TriedOutcome::Found(Clean::line(&words)), servers)
            }
        }
    };
    let target = format!("MX {domain}");
    let servers = teller
        .asking(Source::Exchanger, &target, ways.within, ask)
        .await;
    teller.say(Word::Said(Source::Exchanger, servers));
    let next = first.and_then(|host| services::exchanger_domain(&host, domain));
    let url = next.as_deref().and_then(autoconfig::autoconfig_url);
    file(Source::ExchangerAutoconfig, url, domain, ways, teller).await;
}

async fn mail_exchanger(
    dns: &Dns,
    domain: &str,
) -> Result<(String, Option<&'static Provider>), TriedOutcome> {
    let records = dns.mx(domain).await.map_err(|failure| match failure {
        DnsFailure::NoSuchName => nothing("the domain does not exist"),
        DnsFailure::NoRecords => nothing("there is none"),
        DnsFailure::Unreachable(trouble) => failed(&trouble.to_string()),
    })?;
    let known = records
        .iter()
        .find_map(|mx| Some((mx.host.clone(), Some(providers::by_mx(&mx.host)?))));
    let first = || {
        let mx = records.iter().find(|mx| mx.host != ".")?;
        Some((mx.host.clone(), None))
    };
    known
        .or_else(first)
        .ok_or_else(|| nothing("the domain says that it takes no mail"))
}

/// All usual names at once; the best protected that answers is taken, and of those the likeliest.
async fn guess(domain: &str, ways: &Ways, teller: &Teller) {
    let (imap, smtp) = tokio::join!(
        guess_one(domain, true, ways, teller),
        guess_one(domain, false, ways, teller)
    );
    let servers = Servers {
        imap,
        smtp,
        ..Servers::default()
    };
    teller.say(Word::Said(Source::Guess, servers));
}

async fn guess_one(domain: &str, is_imap: bool, ways: &Ways, teller: &Teller) -> Option<Endpoint> {
    let hosts = greeting::hosts(domain, is_imap);
    let answers = join_all(hosts.iter().map(|host| knock(host, is_imap, ways, teller)));
    let open: Vec<Endpoint> = answers.await.into_iter().flatten().collect();
    open.into_iter()
        .min_by_key(|at| at.security != Security::Tls)
}

/// Both doors of a host; one line says which of them is open.
async fn knock(host: &str, is_imap: bool, ways: &Ways, teller: &Teller) -> Option<Endpoint> {
    let way = if is_imap { "IMAP" } else { "SMTP" };
    let target = format!("{host} {way}");
    let ask = async {
        let doors = greeting::doors(host, is_imap);
        let knocks = doors
            .iter()
            .map(|at| ways.doors.greet(at.clone(), is_imap, ways.within));
        let answers = join_all(knocks).await;
        let open = doors
            .iter()
            .zip(&answers)
            .find(|(_, answer)| answer.is_ok())
            .map(|(at, _)| at.clone());
        let servers = if is_imap {
            Servers {
                imap: open,
                ..Servers::default()
            }
        } else {
            Servers {
                smtp: open,
                ..Servers::default()
            }
        };
        let outcome = if servers.is_empty() {
            let first = answers.iter().find_map(|answer| answer.as_ref().err());
            nothing(
                &first
                    .map(|trouble| trouble.what.clone())
                    .unwrap_or_default(),
            )
        } else {
            found(&servers)
        };
        (outcome, servers)
    };
    let servers = teller
        .asking(Source::Guess, &target, ways.within, ask)
        .await;
    servers.imap.or(servers.smtp)
}
