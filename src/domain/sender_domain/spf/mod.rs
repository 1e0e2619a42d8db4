//! SPF (RFC 7208): one record, readable, within its look-ups, and with every server that sends for the domain.

mod merge;
pub mod record;
#[cfg(test)]
mod tests;
pub mod walk;
mod wrong;

use self::record::{Mechanism, Network, Qualifier, Spf, What, is_spf};
use self::walk::{MOST_LOOKUPS, MOST_VOIDS, Walk};
use self::wrong::SpfWrong;
use super::answers::{Answer, Answers, Kind};
use super::names::{normal, organisation};
use super::subject::{Sender, Subject, Via};
use super::{Check, CheckKind, Record, Remark};

/// Judges the SPF record of a domain.
pub fn check(subject: &Subject, answers: &mut Answers) -> Check {
    let domain = &subject.domain;
    let texts = match answers.ask(Kind::Txt, domain) {
        Answer::Records(texts) => texts,
        Answer::Nothing => Vec::new(),
        Answer::Unavailable(cause) => {
            let remarks = vec![Remark::unknown(domain, &cause)];
            return Check::new(CheckKind::Spf, Vec::new(), Vec::new(), remarks);
        }
    };
    let texts: Vec<String> = texts.into_iter().filter(|text| is_spf(text)).collect();
    let records: Vec<Spf> = texts.iter().map(|text| Spf::parse(text)).collect();
    let mut remarks = Vec::new();
    match records.len() {
        0 => remarks.push(SpfWrong::Missing.remark()),
        1 => {}
        many => remarks.push(SpfWrong::Several(many).remark()),
    }
    remarks.extend(records.iter().flat_map(readable));
    // Receivers read none of several; what each of them allows is looked at as if they were one already.
    let whole = Spf::parse(&merge::merged(&records, &[]));
    let walked = match records.as_slice() {
        [only] => only,
        _ => &whole,
    };
    let walk = Walk::of(domain, walked, answers);
    remarks.extend(walked_remarks(&walk));
    if !records.is_empty() {
        remarks.extend(verdict(walked, &walk));
    }
    let missing = missing_senders(subject, &walk, answers, &mut remarks);
    let found = texts.iter().map(|text| Record::txt(domain, text)).collect();
    let proposed = propose(subject, &records, missing, &remarks);
    Check::new(CheckKind::Spf, found, proposed, remarks)
}

/// What cannot be read, and what nobody reads.
fn readable(spf: &Spf) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = spf
        .mistakes
        .iter()
        .map(|mistake| SpfWrong::Unreadable(mistake.clone()).remark())
        .collect();
    let mut behind_all = false;
    for term in &spf.terms {
        match &term.what {
            What::Mechanism(_, Mechanism::All) => behind_all = true,
            What::Mechanism(_, Mechanism::Ptr) => remarks.push(SpfWrong::Ptr.remark()),
            What::Mechanism(..) if behind_all => {
                remarks.push(SpfWrong::Ignored(term.text.clone()).remark());
            }
            What::Redirect(_) if spf.all().is_some() => {
                remarks.push(SpfWrong::Ignored(term.text.clone()).remark());
            }
            _ => {}
        }
    }
    remarks
}

fn walked_remarks(walk: &Walk) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = walk
        .stumbles
        .iter()
        .map(|stumble| SpfWrong::Stumble(stumble.clone()).remark())
        .collect();
    if walk.lookups > MOST_LOOKUPS {
        let costs = walk.costs.clone();
        remarks.push(SpfWrong::Lookups(walk.lookups, costs).remark());
    }
    if walk.voids > MOST_VOIDS {
        remarks.push(SpfWrong::Voids(walk.voids).remark());
    }
    remarks.extend(
        walk.unknown
            .iter()
            .map(|(name, cause)| Remark::unknown(name, cause)),
    );
    remarks
}

/// What the record says of everybody else.
fn verdict(spf: &Spf, walk: &Walk) -> Option<Remark> {
    match walk.rest {
        Some(Qualifier::Pass) => Some(SpfWrong::AllowsAll.remark()),
        Some(Qualifier::Fail | Qualifier::SoftFail) => None,
        Some(Qualifier::Neutral) => Some(SpfWrong::NoVerdict.remark()),
        None => {
            let redirects = |what: &What| matches!(what, What::Redirect(_));
            let is_open = walk.is_whole() || !spf.terms.iter().any(|term| redirects(&term.what));
            is_open.then(|| SpfWrong::NoVerdict.remark())
        }
    }
}

/// The terms that are missing for our own senders, each with its remark.
fn missing_senders(
    subject: &Subject,
    walk: &Walk,
    answers: &mut Answers,
    remarks: &mut Vec<Remark>,
) -> Vec<String> {
    let mut missing = Vec::new();
    for sender in &subject.senders {
        let term = match &sender.via {
            Via::Include(targets) => {
                let target = targets.first().map_or("", String::as_str);
                format!("include:{target}")
            }
            Via::Host(host) => term_of_host(host),
        };
        match allows(walk, sender, answers) {
            Allowed::Yes => {}
            Allowed::Unknown(name, cause) => remarks.push(Remark::unknown(&name, &cause)),
            // As long as a part of the record is not known, the sender may stand in it.
            Allowed::No if !walk.is_whole() => {}
            Allowed::No => {
                remarks.push(SpfWrong::MissingSender(sender.name.clone(), term.clone()).remark());
                missing.push(term);
            }
        }
    }
    missing
}

fn term_of_host(host: &str) -> String {
    match host.parse::<core::net::IpAddr>() {
        Ok(core::net::IpAddr::V4(address)) => format!("ip4:{address}"),
        Ok(core::net::IpAddr::V6(address)) => format!("ip6:{address}"),
        Err(_) => format!("a:{}", normal(host)),
    }
}

enum Allowed {
    Yes,
    No,
    Unknown(String, String),
}

/// Whether the record lets a sender pass: by its name, by its addresses, or by the record of its organisation.
fn allows(walk: &Walk, sender: &Sender, answers: &mut Answers) -> Allowed {
    match &sender.via {
        Via::Include(targets) => {
            let is_reached = |target: &String| walk.reached.contains(&normal(target));
            let Some(target) = targets.first() else {
                return Allowed::Yes;
            };
            if targets.iter().any(is_reached) {
                return Allowed::Yes;
            }
            // Some write out the addresses behind an include, to save look-ups.
            if walk.networks.is_empty() {
                return Allowed::No;
            }
            let theirs = Walk::included(target, answers);
            match theirs.unknown.first() {
                Some((name, cause)) => Allowed::Unknown(name.clone(), cause.clone()),
                None if walk.allows(&theirs.networks) => Allowed::Yes,
                None => Allowed::No,
            }
        }
        Via::Host(host) => {
            if let Ok(address) = host.parse() {
                let is_allowed = walk.allows(&[Network::host(address)]);
                return if is_allowed {
                    Allowed::Yes
                } else {
                    Allowed::No
                };
            }
            let owner = organisation(host);
            if walk.reached.iter().any(|name| organisation(name) == owner) {
                return Allowed::Yes;
            }
            match answers.ask(Kind::Address, host) {
                Answer::Unavailable(cause) => Allowed::Unknown(host.clone(), cause),
                Answer::Nothing => Allowed::No,
                Answer::Records(found) => {
                    let addresses = walk::networks(&found, (32, 128));
                    if walk.allows(&addresses) {
                        Allowed::Yes
                    } else {
                        Allowed::No
                    }
                }
            }
        }
    }
}

/// What to put in the place of what is there, where something has to be changed.
fn propose(
    subject: &Subject,
    records: &[Spf],
    mut missing: Vec<String>,
    remarks: &[Remark],
) -> Vec<Record> {
    let is_mendable = |remark: &Remark| wrong::is_mended_by_merging(&remark.code);
    if !remarks.iter().any(is_mendable) {
        return Vec::new();
    }
    if records.is_empty() && missing.is_empty() {
        // No sender is known: whoever takes mail for the domain is the likeliest to send it.
        missing.push("mx".to_owned());
    }
    vec![Record::txt(
        &subject.domain,
        &merge::merged(records, &missing),
    )]
}
