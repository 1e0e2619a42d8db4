//! Domains that this installation has learnt: the servers of a mailbox whose check passed, or that an admin chose
//! from the table of providers, help the next mailbox of the same domain. Only names of servers are kept, never a
//! login or a secret.

use serde::{Deserialize, Serialize};

use crate::domain::audit::{Author, Difference, Subject, SubjectKind, listing};
use crate::domain::detection::Login;
use crate::domain::mailbox::{Endpoint, Incoming, MailboxSettings, Outgoing, Trust};
use crate::engine::audit;
use crate::engine::core::Engine;
use crate::mail::providers;
use crate::store::{Read, StoreResult, Write};

/// The name of the store's fact that holds what the last check that passed was about.
const PASSED: &str = "passed-check";

/// What is known about a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learnt {
    /// The mailbox that it was learnt from.
    pub from: String,
    pub imap: Endpoint,
    pub smtp: Endpoint,
    pub login: Login,
    pub trust: Trust,
}

impl Learnt {
    /// `None` where there is nothing to learn: a domain that everybody knows, or no servers.
    fn of(settings: &MailboxSettings) -> Option<(String, Self)> {
        let domain = providers::domain_of(&settings.address);
        let (Incoming::Imap(imap), Outgoing::Smtp(smtp)) = (&settings.incoming, &settings.outgoing)
        else {
            return None;
        };
        if domain.is_empty() || providers::by_domain(&domain).is_some() {
            return None;
        }
        let is_local = settings.login == Login::LocalPart.of(&settings.address);
        let learnt = Self {
            from: settings.address.clone(),
            imap: imap.clone(),
            smtp: smtp.clone(),
            login: if is_local {
                Login::LocalPart
            } else {
                Login::Address
            },
            trust: settings.trust.clone(),
        };
        Some((domain, learnt))
    }
}

fn fact(domain: &str) -> String {
    format!("learnt-domain:{domain}")
}

/// What was learnt about a domain. A fact that cannot be read is as good as none.
pub fn about(store: &dyn Read, domain: &str) -> StoreResult<Option<Learnt>> {
    let found = store.fact(&fact(domain))?;
    Ok(found.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// The check of these settings passed. They are learnt when they are saved.
pub async fn passed(engine: &Engine, settings: &MailboxSettings) -> StoreResult<()> {
    let Some((_, learnt)) = Learnt::of(settings) else {
        return Ok(());
    };
    let bytes = serde_json::to_vec(&learnt).unwrap_or_default();
    engine
        .write(move |store| store.set_fact(PASSED, &bytes))
        .await
}

/// These settings are being saved: learns from them if their check passed just before, or if their servers are those
/// of a provider that is known. Others that nobody has tried teach nothing.
/// The log of settings tells of it.
pub fn saved(
    store: &mut dyn Write,
    author: &Author,
    settings: &MailboxSettings,
) -> StoreResult<()> {
    let Some((domain, learnt)) = Learnt::of(settings) else {
        return Ok(());
    };
    let bytes = serde_json::to_vec(&learnt).unwrap_or_default();
    let is_of_table = [&learnt.imap, &learnt.smtp]
        .iter()
        .all(|server| providers::by_server(server).is_some());
    let is_proven = is_of_table || store.fact(PASSED)?.as_ref() == Some(&bytes);
    let known = store.fact(&fact(&domain))?;
    if bytes.is_empty() || !is_proven || known.as_ref() == Some(&bytes) {
        return Ok(());
    }
    let known: Option<Learnt> = known.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let difference = Difference::new(
        "learnt_servers",
        known.as_ref().map(listing),
        Some(listing(&learnt)),
    );
    let about = Subject::new(SubjectKind::Domain, None, domain.clone());
    audit::record(store, &[author.changed(about, difference)])?;
    store.set_fact(&fact(&domain), &bytes)
}
