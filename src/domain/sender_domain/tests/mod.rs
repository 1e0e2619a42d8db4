//! The rules on small zones: what is there, what comes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod dmarc;
mod mx;
mod whole;

use super::*;

/// Rows of `(name, type, value)`. The value `!` is a name server that does not answer.
pub type Zone<'a> = &'a [(&'a str, &'a str, &'a str)];

pub fn answer(zone: Zone, question: &Question) -> Answer {
    let rows: Vec<&str> = zone
        .iter()
        .filter(|(name, kind, _)| {
            let kind = match *kind {
                "TXT" => Kind::Txt,
                "MX" => Kind::Mx,
                _ => Kind::Address,
            };
            *name == question.name && kind == question.kind
        })
        .map(|(_, _, value)| *value)
        .collect();
    match rows.as_slice() {
        [] => Answer::Nothing,
        ["!"] => Answer::Unavailable("it did not answer within 5 s".into()),
        rows => Answer::Records(rows.iter().map(|row| (*row).to_owned()).collect()),
    }
}

/// Asks and judges until nothing is missing, as the engine does.
pub fn settle<T>(zone: Zone, mut judge: impl FnMut(&mut Answers) -> T) -> T {
    let mut answers = Answers::default();
    for _ in 0..50 {
        let judged = judge(&mut answers);
        let missing = answers.take_missing();
        if missing.is_empty() {
            return judged;
        }
        for question in missing {
            let answer = answer(zone, &question);
            answers.put(question, answer);
        }
    }
    panic!("the questions never end");
}

pub fn google() -> Sender {
    Sender {
        name: "Google Workspace".into(),
        via: Via::Include(vec!["_spf.google.com".into()]),
        selectors: vec!["google".into()],
    }
}

pub fn own_host() -> Sender {
    Sender {
        name: "smtp.acme.test".into(),
        via: Via::Host("smtp.acme.test".into()),
        selectors: Vec::new(),
    }
}

pub fn acme(senders: Vec<Sender>) -> Subject {
    Subject {
        domain: "acme.test".into(),
        senders,
        envelopes: vec!["acme.test".into()],
        ..Subject::default()
    }
}

/// The codes of what is wrong, then of what is not known, then of what could be better.
pub fn codes(check: &Check) -> Vec<String> {
    let mut codes = Vec::new();
    for (gravity, mark) in [
        (Gravity::Wrong, ""),
        (Gravity::Unknown, "?"),
        (Gravity::Advice, "~"),
    ] {
        let fitting = check
            .remarks
            .iter()
            .filter(|remark| remark.gravity == gravity);
        codes.extend(fitting.map(|remark| format!("{mark}{}", remark.code)));
    }
    codes
}

pub fn proposed(check: &Check) -> Vec<String> {
    check
        .proposed
        .iter()
        .map(|record| format!("{} {} {}", record.name, record.kind, record.value))
        .collect()
}
