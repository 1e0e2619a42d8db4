//! From an address to its servers. Whoever is trusted most is asked first and alone; the rest are asked beside each
//! other, each within its time, and every answer is told as it comes.
//!
//! A known or learnt domain sends no packet at all. Others learn the name of the domain and nothing else: the part
//! before the @ and every password wait until somebody has seen the servers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::learnt::Learnt;
use super::sources::{self, Fetch, Knock, Teller, Word};
use crate::bridge::{Detected, SignIns, TriedLine, TriedOutcome};
use crate::domain::clean::Clean;
use crate::domain::detection::{Evidence, Login, Merged, Source};
use crate::domain::headers::address::Address;
use crate::domain::mailbox::{Incoming, MailboxSettings, Outgoing, SecretSource};
use crate::domain::trouble::Trouble;
use crate::mail::dns::Dns;
use crate::mail::providers::{self, Provider};

/// How long each source may take.
pub const WITHIN: Duration = Duration::from_secs(8);

/// Who is asked beside each other; who takes the mail is then asked for a file, too.
const AT_ONCE: [Source; 5] = [
    Source::Autoconfig,
    Source::WellKnown,
    Source::Services,
    Source::Exchanger,
    Source::Guess,
];

/// The ways out of this machine that detection needs; stories bring their own.
#[derive(Clone)]
pub struct Ways {
    pub dns: Arc<Dns>,
    pub web: Arc<dyn Fetch>,
    pub doors: Arc<dyn Knock>,
    /// How long each source may take.
    pub within: Duration,
}

/// Hears each line as it comes.
pub type Tell<'a> = &'a (dyn Fn(TriedLine) + Send + Sync);

/// Finds the servers of an address.
///
/// # Errors
/// It is not an address. Finding nothing is none: then there is a guess, which says that it is one.
pub async fn detect(
    address: &str,
    learnt: Option<Learnt>,
    ways: &Ways,
    tell: Tell<'_>,
) -> Result<Detected, Trouble> {
    let address = Address::parse(address.trim())?.address;
    let domain = providers::domain_of(&address);
    if domain.is_empty() {
        return Err(Trouble::operator("that is not an address"));
    }
    let mut tried = Tried {
        lines: Vec::new(),
        tell,
    };
    if let Some(provider) = providers::by_domain(&domain) {
        tried.at_once(Source::Provider, &domain, found(provider.name));
        let because = format!("by the domain {domain}");
        return Ok(of_provider(provider, &address, because, tried.lines));
    }
    let none = TriedOutcome::Nothing(Clean::from_static("not in the table"));
    tried.at_once(Source::Provider, &domain, none);
    if let Some(learnt) = learnt {
        tried.at_once(Source::Learnt, &domain, found(&learnt.from));
        return Ok(of_learnt(learnt, &address, tried.lines));
    }
    let none = TriedOutcome::Nothing(Clean::from_static("no mailbox of this domain yet"));
    tried.at_once(Source::Learnt, &domain, none);
    let (evidence, exchanger) = ask_all(&domain, ways, &mut tried).await;
    tried.close(&domain);
    Ok(proposal(&address, &domain, &evidence, exchanger, tried))
}

fn found(words: &str) -> TriedOutcome {
    TriedOutcome::Found(Clean::line(words))
}

/// What was tried so far.
struct Tried<'a> {
    lines: Vec<TriedLine>,
    tell: Tell<'a>,
}

impl Tried<'_> {
    fn add(&mut self, line: TriedLine) {
        (self.tell)(line.clone());
        let is_same =
            |known: &&mut TriedLine| known.source == line.source && known.target == line.target;
        match self.lines.iter_mut().find(is_same) {
            Some(known) => *known = line,
            None => self.lines.push(line),
        }
    }

    fn at_once(&mut self, source: Source, target: &str, outcome: TriedOutcome) {
        self.add(TriedLine {
            source,
            target: Clean::line(target),
            outcome,
            milliseconds: 0,
        });
    }

    /// What has not ended, or not even begun, is not needed any more.
    fn close(&mut self, domain: &str) {
        let open: Vec<TriedLine> = self
            .lines
            .iter()
            .filter(|line| line.outcome == TriedOutcome::Running)
            .cloned()
            .collect();
        for line in open {
            self.add(TriedLine {
                outcome: TriedOutcome::NotNeeded,
                ..line
            });
        }
        for source in AT_ONCE {
            if !self.lines.iter().any(|line| line.source == source) {
                self.at_once(source, domain, TriedOutcome::NotNeeded);
            }
        }
        self.lines.sort_by_key(|line| line.source);
    }
}

/// Asks all sources that need the network, until nothing can change any more. Besides what they say comes the
/// provider that takes the mail, if it is one of the table.
async fn ask_all(
    domain: &str,
    ways: &Ways,
    tried: &mut Tried<'_>,
) -> (Evidence, Option<(&'static Provider, String)>) {
    let mut evidence = Evidence::awaiting(&AT_ONCE);
    evidence.await_also(Source::ExchangerAutoconfig);
    let mut exchanger = None;
    let (words_in, mut words) = mpsc::unbounded_channel();
    let mut tasks = JoinSet::new();
    let teller = Teller::new(words_in);
    for source in AT_ONCE {
        let (domain, ways, teller) = (domain.to_owned(), ways.clone(), teller.clone());
        tasks.spawn(async move { sources::ask(source, &domain, &ways, &teller).await });
    }
    drop(teller);
    // The channel ends with the last task, even if that one broke off.
    while let Some(word) = words.recv().await {
        match word {
            Word::Line(line) => tried.add(line),
            Word::Said(source, servers) => evidence.note(source, servers),
            Word::Keeper(provider, host) => exchanger = Some((provider, host)),
        }
        if evidence.is_decided() {
            break;
        }
    }
    // Dropping the set ends those that are left over.
    drop(tasks);
    (evidence, exchanger)
}

fn settings(address: &str, merged: &Merged) -> MailboxSettings {
    MailboxSettings {
        login: merged.login.of(address),
        ..MailboxSettings::new(
            address,
            Incoming::Imap(merged.imap.0.clone()),
            Outgoing::Smtp(merged.smtp.0.clone()),
            SecretSource::File,
        )
    }
}

fn of_provider(
    provider: &Provider,
    address: &str,
    because: String,
    tried: Vec<TriedLine>,
) -> Detected {
    let merged = Merged {
        imap: (provider.imap.endpoint(), Source::Provider),
        smtp: (provider.smtp.endpoint(), Source::Provider),
        login: Login::Address,
        only_oauth: false,
    };
    Detected {
        provider: Some(provider.name.to_owned()),
        because,
        settings: Box::new(settings(address, &merged)),
        password_hint: provider.password.hint(),
        sign_ins: super::sign_ins(provider),
        quirks: super::quirks(provider),
        is_certain: true,
        tried,
    }
}

fn of_learnt(learnt: Learnt, address: &str, tried: Vec<TriedLine>) -> Detected {
    let because = format!("learnt from {}", learnt.from);
    let merged = Merged {
        imap: (learnt.imap, Source::Learnt),
        smtp: (learnt.smtp, Source::Learnt),
        login: learnt.login,
        only_oauth: false,
    };
    let settings = MailboxSettings {
        trust: learnt.trust,
        ..settings(address, &merged)
    };
    by_its_servers(settings, because, true, false, tried)
}

/// The proposal for settings whose servers may belong to a provider of the table.
fn by_its_servers(
    settings: MailboxSettings,
    because: String,
    is_certain: bool,
    only_oauth: bool,
    tried: Vec<TriedLine>,
) -> Detected {
    let provider = providers::of_settings(&settings);
    let refuses_passwords =
        || only_oauth.then(|| "takes no passwords from mail programs, only OAuth2".to_owned());
    Detected {
        provider: provider.map(|provider| provider.name.to_owned()),
        because,
        settings: Box::new(settings),
        password_hint: provider
            .and_then(|provider| provider.password.hint())
            .or_else(refuses_passwords),
        sign_ins: provider.map_or(
            SignIns {
                password: !only_oauth,
                oauth: None,
            },
            super::sign_ins,
        ),
        quirks: provider.map(super::quirks).unwrap_or_default(),
        is_certain,
        tried,
    }
}

fn proposal(
    address: &str,
    domain: &str,
    evidence: &Evidence,
    exchanger: Option<(&'static Provider, String)>,
    tried: Tried<'_>,
) -> Detected {
    let guess = providers::other(domain);
    let merged = evidence.merged((guess.imap, guess.smtp));
    let by_exchanger = merged.imap.1 == Source::Exchanger && merged.smtp.1 == Source::Exchanger;
    if let Some((provider, host)) = exchanger.filter(|_| by_exchanger) {
        let because = format!("by MX {host}");
        return of_provider(provider, address, because, tried.lines);
    }
    let because = if evidence.is_empty() {
        format!("nobody knows {domain}; most servers are named like this")
    } else if merged.imap.1 == merged.smtp.1 {
        because(merged.imap.1, domain)
    } else {
        format!(
            "{}; outgoing {}",
            because(merged.imap.1, domain),
            because(merged.smtp.1, domain)
        )
    };
    let is_of_table = || [&merged.imap.0, &merged.smtp.0].map(providers::by_server);
    let is_certain = !evidence.is_empty()
        && (merged.is_certain(domain) || is_of_table().iter().all(Option::is_some));
    by_its_servers(
        settings(address, &merged),
        because,
        is_certain,
        merged.only_oauth,
        tried.lines,
    )
}

fn because(source: Source, domain: &str) -> String {
    match source {
        Source::Provider => format!("by the domain {domain}"),
        Source::Learnt => "learnt".to_owned(),
        Source::Autoconfig => format!("by autoconfig.{domain}"),
        Source::WellKnown => format!("by the web site of {domain}"),
        Source::Services => format!("by the SRV records of {domain}"),
        Source::Exchanger => format!("by the MX record of {domain}"),
        Source::ExchangerAutoconfig => "by whoever takes its mail".to_owned(),
        Source::Guess => "guessed".to_owned(),
    }
}
