//! MX (RFC 5321 §5.1): mail for the domain goes somewhere, and that is where the mailbox is read.

use super::answers::{Answer, Answers, Kind};
use super::names::{normal, organisation};
use super::subject::{Reader, Subject};
use super::{Check, CheckKind, Gravity, Record, Remark};

/// Hosts that are asked for their addresses; senders do not try more than a few either.
const MOST_HOSTS: usize = 5;

/// Judges the MX records of a domain.
pub fn check(subject: &Subject, answers: &mut Answers) -> Check {
    let domain = &subject.domain;
    let mut records = match answers.ask(Kind::Mx, domain) {
        Answer::Records(records) => records,
        Answer::Nothing => Vec::new(),
        Answer::Unavailable(cause) => {
            let remarks = vec![Remark::unknown(domain, &cause)];
            return Check::new(CheckKind::Mx, Vec::new(), Vec::new(), remarks);
        }
    };
    records.sort_by_key(|record| preference(record));
    let found = records
        .iter()
        .map(|record| Record::new(domain, "MX", record))
        .collect();
    let hosts: Vec<String> = records.iter().map(|record| host(record)).collect();
    let mut remarks = Vec::new();
    if hosts.is_empty() {
        let words = "there is no MX record, so senders can only guess where mail goes";
        remarks.push(Remark::new(Gravity::Wrong, "no-record", words));
    } else if hosts.iter().any(String::is_empty) {
        let words = "it says that the domain takes no mail at all (a null MX, RFC 7505)";
        remarks.push(Remark::new(Gravity::Wrong, "takes-no-mail", words));
    } else {
        reachable(&hosts, answers, &mut remarks);
        remarks.extend(elsewhere(subject, &hosts));
    }
    let is_ours = |record: &str| {
        let host = host(record);
        subject
            .readers
            .iter()
            .any(|reader| belongs(reader, &host) == Some(true))
    };
    let proposed = if remarks
        .iter()
        .all(|remark| remark.gravity != Gravity::Wrong)
        || records.iter().any(|record| is_ours(record))
    {
        Vec::new()
    } else {
        proposals(subject)
    };
    Check::new(CheckKind::Mx, found, proposed, remarks)
}

fn preference(record: &str) -> u16 {
    record
        .split_whitespace()
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(u16::MAX)
}

/// The host of a record; empty for the root, which is a null MX.
fn host(record: &str) -> String {
    normal(record.split_whitespace().nth(1).unwrap_or(""))
}

/// Each exchanger needs an address; one that works is enough for mail to come.
fn reachable(hosts: &[String], answers: &mut Answers, remarks: &mut Vec<Remark>) {
    let mut dead = Vec::new();
    let mut unknown = Vec::new();
    let asked: Vec<&String> = hosts.iter().take(MOST_HOSTS).collect();
    for host in &asked {
        let answer = if is_address(host) {
            Answer::Nothing
        } else {
            answers.ask(Kind::Address, host)
        };
        match answer {
            Answer::Records(_) => {}
            Answer::Nothing => dead.push((*host).clone()),
            Answer::Unavailable(cause) => unknown.push(Remark::unknown(host, &cause)),
        }
    }
    let all_gone = dead.len() + unknown.len() == asked.len();
    for host in &dead {
        let words = if is_address(host) {
            format!("{host} is an address, and an MX record has to name a host")
        } else {
            format!("{host} takes the mail, and has no address")
        };
        let gravity = if dead.len() == asked.len() {
            Gravity::Wrong
        } else {
            Gravity::Advice
        };
        remarks.push(Remark::new(gravity, "no-address", &words));
    }
    if all_gone && !unknown.is_empty() {
        remarks.append(&mut unknown);
    }
}

fn is_address(host: &str) -> bool {
    host.parse::<core::net::IpAddr>().is_ok()
}

/// Whether an exchanger belongs to where a mailbox is read; `None` where nobody can say.
fn belongs(reader: &Reader, host: &str) -> Option<bool> {
    let ends = |suffix: &String| {
        host.strip_suffix(suffix.as_str())
            .is_some_and(|start| start.is_empty() || start.ends_with('.'))
    };
    if reader.mx_suffixes.iter().any(ends) || organisation(&reader.host) == organisation(host) {
        return Some(true);
    }
    (!reader.mx_suffixes.is_empty()).then_some(false)
}

/// Mail that goes elsewhere than where a mailbox is read.
fn elsewhere(subject: &Subject, hosts: &[String]) -> Vec<Remark> {
    let first = hosts.first().map_or("", String::as_str);
    let stray: Vec<&Reader> = subject
        .readers
        .iter()
        .filter(|reader| {
            let verdicts: Vec<Option<bool>> =
                hosts.iter().map(|host| belongs(reader, host)).collect();
            !verdicts.contains(&Some(true)) && verdicts.contains(&Some(false))
        })
        .collect();
    stray
        .into_iter()
        .map(|reader| {
            let owner = subject
                .readers
                .iter()
                .find(|other| belongs(other, first) == Some(true))
                .map_or(first, |other| &other.name);
            let words = format!(
                "mail goes to {owner}, and the mailbox is read at {}; unless it is passed on there, it never arrives",
                reader.name
            );
            Remark::new(Gravity::Wrong, "elsewhere", &words)
        })
        .collect()
}

/// What the provider asks for, or else the host where the mailbox is read.
fn proposals(subject: &Subject) -> Vec<Record> {
    let domain = &subject.domain;
    let Some(reader) = subject.readers.first() else {
        return Vec::new();
    };
    let is_name = reader.host.contains('.') && !is_address(&reader.host);
    if reader.mx.is_empty() && is_name {
        return vec![Record::new(domain, "MX", &format!("10 {}", reader.host))];
    }
    reader
        .mx
        .iter()
        .map(|record| Record::new(domain, "MX", record))
        .collect()
}
