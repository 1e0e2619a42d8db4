//! Which domains are ours, and what our mailboxes say about them.

use std::collections::BTreeMap;

use super::kept::{self, Kept};
use crate::domain::mailbox::{Incoming, Mailbox, Outgoing};
use crate::domain::sender_domain::{Reader, Sender, Subject, Via, is_name, normal};
use crate::mail::providers::{self, own_domain};
use crate::store::{Read, StoreResult};

/// A domain that we send from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ours {
    pub domain: String,
    pub addresses: Vec<String>,
    /// The provider whose own domain it is.
    pub kept_by: Option<&'static str>,
    senders: Vec<Sender>,
    readers: Vec<Reader>,
    envelopes: Vec<String>,
}

impl Ours {
    /// With what is known from mail and typed by hand.
    pub fn subject(&self, store: &dyn Read) -> StoreResult<Subject> {
        Ok(Subject {
            domain: self.domain.clone(),
            senders: self.senders.clone(),
            readers: self.readers.clone(),
            envelopes: self.envelopes.clone(),
            signed: kept::signed(store, &self.domain)?,
            typed: Kept::read(store, &self.domain)?.typed,
        })
    }
}

/// All of them, by name. Mailboxes that send nothing into the world have no part in it.
pub fn all(store: &dyn Read) -> StoreResult<Vec<Ours>> {
    let mut all: BTreeMap<String, Ours> = BTreeMap::new();
    let mailboxes = store.mailboxes()?;
    for mailbox in mailboxes.iter().filter(|mailbox| !mailbox.removed) {
        if sends(mailbox) {
            take(&mut all, mailbox);
        }
    }
    Ok(all.into_values().collect())
}

fn sends(mailbox: &Mailbox) -> bool {
    !matches!(
        mailbox.settings.outgoing,
        Outgoing::Folder(_) | Outgoing::Off
    )
}

fn take(all: &mut BTreeMap<String, Ours>, mailbox: &Mailbox) {
    let settings = &mailbox.settings;
    let Some(own) = domain_of(&settings.address) else {
        return;
    };
    for address in std::iter::once(&settings.address).chain(&settings.identity.aliases) {
        let Some(domain) = domain_of(address).filter(|domain| is_name(domain)) else {
            continue;
        };
        let ours = all.entry(domain.clone()).or_insert_with(|| Ours {
            kept_by: providers::by_domain(&domain).map(|provider| provider.name),
            domain,
            ..Ours::default()
        });
        let address = address.to_lowercase();
        push_new(&mut ours.addresses, address);
        // Answers leave with the mailbox's own address in the envelope, whichever alias they are from.
        push_new(&mut ours.envelopes, own.clone());
        if let Some(sender) = sender(&settings.outgoing) {
            push_new(&mut ours.senders, sender);
        }
        if let Some(reader) = reader(&settings.incoming, &ours.domain) {
            push_new(&mut ours.readers, reader);
        }
    }
}

fn push_new<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

fn domain_of(address: &str) -> Option<String> {
    address.rsplit_once('@').map(|(_, domain)| normal(domain))
}

/// A server on this very machine says nothing about where mail leaves it.
fn is_here(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    !host.contains(['.', ':']) || address.is_ok_and(|address| address.is_loopback())
}

fn sender(outgoing: &Outgoing) -> Option<Sender> {
    let Outgoing::Smtp(endpoint) = outgoing else {
        return None;
    };
    let host = normal(&endpoint.host);
    if let Some(provider) = own_domain::by_server(&host) {
        return Some(Sender {
            name: provider.name.to_owned(),
            via: Via::Include(owned(provider.includes)),
            selectors: owned(provider.selectors),
        });
    }
    (!is_here(&host)).then(|| Sender {
        name: host.clone(),
        via: Via::Host(host.trim_matches(['[', ']']).to_owned()),
        selectors: Vec::new(),
    })
}

fn reader(incoming: &Incoming, domain: &str) -> Option<Reader> {
    let Incoming::Imap(endpoint) = incoming else {
        return None;
    };
    let host = normal(&endpoint.host);
    let known = own_domain::by_server(&host);
    if known.is_none() && is_here(&host) {
        return None;
    }
    Some(Reader {
        name: known.map_or_else(|| host.clone(), |provider| provider.name.to_owned()),
        host,
        mx_suffixes: known.map_or_else(Vec::new, |provider| owned(provider.mx_suffixes)),
        mx: known.map_or_else(Vec::new, |provider| provider.mx_of(domain)),
    })
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
