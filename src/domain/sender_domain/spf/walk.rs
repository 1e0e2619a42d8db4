//! Follows a record through its includes, as a receiver would in the worst case, and counts the look-ups.
//!
//! RFC 7208 §4.6.4: ten terms that need a look-up in all, two look-ups that find nothing.

use std::collections::BTreeSet;

use core::net::IpAddr;

use super::super::answers::{Answer, Answers, Kind};
use super::super::names::normal;
use super::record::{Mechanism, Network, Prefixes, Qualifier, Spf, What, has_macro, is_spf};

/// Look-ups that a receiver makes for one mail.
pub const MOST_LOOKUPS: usize = 10;
/// Look-ups that may find nothing.
pub const MOST_VOIDS: usize = 2;
/// Addresses of one `mx` that a receiver asks for.
const MOST_EXCHANGERS: usize = 10;
/// Counting further would only make work.
const CEILING: usize = 40;

/// What went wrong on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stumble {
    /// The record includes itself, over this domain.
    Loop(String),
    /// An included domain has so many SPF records.
    Records { domain: String, count: usize },
    /// A term of an included record cannot be read.
    Unreadable { domain: String, term: String },
    /// More exchangers behind an `mx` than a receiver looks at.
    Exchangers(String),
}

/// What a walk found.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    pub lookups: usize,
    pub voids: usize,
    /// How many look-ups each term of the first record costs.
    pub costs: Vec<(String, usize)>,
    /// Domains whose records were taken in and let mail pass.
    pub reached: BTreeSet<String>,
    /// Addresses that pass.
    pub networks: Vec<Network>,
    pub stumbles: Vec<Stumble>,
    /// What could not be had: the name and why.
    pub unknown: Vec<(String, String)>,
    /// What becomes of a sender that nothing matched.
    pub rest: Option<Qualifier>,
    path: Vec<String>,
}

impl Walk {
    /// Follows the record `spf` of `domain`.
    pub fn of(domain: &str, spf: &Spf, answers: &mut Answers) -> Self {
        let mut walk = Self::default();
        walk.rest = walk.visit(domain, spf, true, answers);
        walk
    }

    /// Follows a domain's record as if it stood alone and were included.
    pub fn included(domain: &str, answers: &mut Answers) -> Self {
        let mut walk = Self::default();
        walk.enter(domain, true, answers);
        walk
    }

    /// What the record says of senders that nothing in it matched.
    fn visit(
        &mut self,
        domain: &str,
        spf: &Spf,
        passes: bool,
        answers: &mut Answers,
    ) -> Option<Qualifier> {
        let is_first = self.path.is_empty();
        self.path.push(normal(domain));
        let mut redirect = None;
        let mut rest = None;
        for term in &spf.terms {
            let before = self.lookups;
            match &term.what {
                What::Mechanism(qualifier, Mechanism::All) => {
                    rest = Some(*qualifier);
                    break;
                }
                What::Mechanism(qualifier, mechanism) => {
                    let passes = passes && *qualifier == Qualifier::Pass;
                    self.mechanism(domain, mechanism, passes, answers);
                }
                What::Redirect(target) => redirect = Some(target),
                What::OtherModifier => {}
            }
            if is_first && self.lookups > before {
                self.costs.push((term.text.clone(), self.lookups - before));
            }
        }
        if let (None, Some(target)) = (rest, redirect) {
            let before = self.lookups;
            self.lookups += 1;
            rest = self.enter(target, passes, answers);
            if is_first {
                let cost = self.lookups - before;
                self.costs.push((format!("redirect={target}"), cost));
            }
        }
        self.path.pop();
        rest
    }

    fn mechanism(
        &mut self,
        domain: &str,
        mechanism: &Mechanism,
        passes: bool,
        answers: &mut Answers,
    ) {
        match mechanism {
            Mechanism::All => {}
            Mechanism::Ip(network) if passes => self.networks.push(*network),
            Mechanism::Ip(_) => {}
            Mechanism::Include(target) => {
                self.lookups += 1;
                self.enter(target, passes, answers);
            }
            Mechanism::A(target, prefixes) => {
                self.lookups += 1;
                let target = target.as_deref().unwrap_or(domain);
                let found = self.addresses(target, *prefixes, passes, answers);
                if !found {
                    self.voids += 1;
                }
            }
            Mechanism::Mx(target, prefixes) => {
                self.lookups += 1;
                let target = target.as_deref().unwrap_or(domain);
                self.exchangers(target, *prefixes, passes, answers);
            }
            Mechanism::Ptr | Mechanism::Exists(_) => self.lookups += 1,
        }
    }

    /// Takes in the record of another domain.
    fn enter(&mut self, domain: &str, passes: bool, answers: &mut Answers) -> Option<Qualifier> {
        if has_macro(domain) || self.lookups > CEILING {
            return None;
        }
        let name = normal(domain);
        if self.path.contains(&name) {
            self.stumble(Stumble::Loop(name));
            return None;
        }
        let records = match answers.ask(Kind::Txt, &name) {
            Answer::Records(records) => records,
            Answer::Nothing => {
                self.voids += 1;
                Vec::new()
            }
            Answer::Unavailable(cause) => {
                self.unknown.push((name, cause));
                return None;
            }
        };
        let mut spf = records.iter().filter(|record| is_spf(record));
        let (Some(record), None) = (spf.next(), spf.next()) else {
            let count = records.iter().filter(|record| is_spf(record)).count();
            self.stumble(Stumble::Records {
                domain: name,
                count,
            });
            return None;
        };
        let record = Spf::parse(record);
        for mistake in &record.mistakes {
            self.stumble(Stumble::Unreadable {
                domain: name.clone(),
                term: mistake.term.clone(),
            });
        }
        if passes {
            self.reached.insert(name.clone());
        }
        self.visit(&name, &record, passes, answers)
    }

    fn stumble(&mut self, stumble: Stumble) {
        if !self.stumbles.contains(&stumble) {
            self.stumbles.push(stumble);
        }
    }

    /// Whether the name has addresses, as far as is known.
    fn addresses(
        &mut self,
        name: &str,
        prefixes: Prefixes,
        passes: bool,
        answers: &mut Answers,
    ) -> bool {
        if has_macro(name) || self.lookups > CEILING {
            return true;
        }
        match answers.ask(Kind::Address, name) {
            Answer::Records(found) => {
                if passes {
                    self.networks.extend(networks(&found, prefixes));
                }
                true
            }
            Answer::Nothing => false,
            Answer::Unavailable(cause) => {
                self.unknown.push((name.to_owned(), cause));
                true
            }
        }
    }

    fn exchangers(&mut self, name: &str, prefixes: Prefixes, passes: bool, answers: &mut Answers) {
        if has_macro(name) || self.lookups > CEILING {
            return;
        }
        match answers.ask(Kind::Mx, name) {
            Answer::Records(found) => {
                if found.len() > MOST_EXCHANGERS {
                    self.stumble(Stumble::Exchangers(name.to_owned()));
                }
                for host in found.iter().filter_map(|mx| mx.split_whitespace().nth(1)) {
                    self.addresses(host, prefixes, passes, answers);
                }
            }
            Answer::Nothing => self.voids += 1,
            Answer::Unavailable(cause) => self.unknown.push((name.to_owned(), cause)),
        }
    }

    /// Whether everything was known.
    pub fn is_whole(&self) -> bool {
        self.unknown.is_empty()
    }

    /// Whether all these addresses pass.
    pub fn allows(&self, wanted: &[Network]) -> bool {
        !wanted.is_empty()
            && wanted
                .iter()
                .all(|one| self.networks.iter().any(|network| network.holds(one)))
    }
}

/// Addresses as networks of these lengths.
pub fn networks(addresses: &[String], (four, six): Prefixes) -> Vec<Network> {
    addresses
        .iter()
        .filter_map(|text| text.parse::<IpAddr>().ok())
        .map(|address| Network {
            prefix: if address.is_ipv4() { four } else { six },
            address,
        })
        .collect()
}
