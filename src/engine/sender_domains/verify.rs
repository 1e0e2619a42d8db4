//! One verification: the rules ask, the name servers answer, until the rules have no more questions.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;

use super::kept::Kept;
use super::subject;
use crate::domain::sender_domain::{
    Answer, Answers, Check, Gravity, Kind, Question, Status, Subject, judge,
};
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::mail::dns::{Dns, DnsFailure};

/// All questions of one domain together; whoever waits for the answer has not given up by then.
const LONGEST: Duration = Duration::from_secs(25);

/// The domains that are being verified now, so that several who ask at once are told the same.
#[derive(Debug, Default)]
pub struct Underway(Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Underway {
    fn of(&self, domain: &str) -> Arc<tokio::sync::Mutex<()>> {
        // Nothing that holds this lock can leave it half-changed.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(domain.to_owned()).or_default())
    }
}

/// Asks about a domain of ours and keeps what comes of it. Whoever comes while another one asks gets that answer.
///
/// # Errors
/// The store cannot be read or written. That a name server is silent is no error.
pub async fn verify(engine: &Arc<Engine>, domain: &str) -> Result<(), Trouble> {
    let turn = engine.underway().of(domain);
    let Ok(_held) = turn.try_lock() else {
        let _other_is_done = turn.lock().await;
        return Ok(());
    };
    let wanted = domain.to_owned();
    let subject = engine
        .read(move |store| {
            let all = subject::all(store)?;
            let ours = all
                .into_iter()
                .find(|ours| ours.domain == wanted && ours.kept_by.is_none());
            ours.map(|ours| ours.subject(store)).transpose()
        })
        .await?;
    let Some(subject) = subject else {
        return Ok(());
    };
    let checks = asked(&engine.dns, &subject).await;
    keep(engine, subject, checks).await
}

async fn asked(dns: &Dns, subject: &Subject) -> Vec<Check> {
    let until = tokio::time::Instant::now() + LONGEST;
    let mut answers = Answers::default();
    loop {
        let checks = judge(subject, &mut answers);
        let missing = answers.take_missing();
        if missing.is_empty() {
            return checks;
        }
        let round = missing.into_iter().map(|question| async move {
            let answer = tokio::time::timeout_at(until, ask(dns, &question)).await;
            let late = |_| Answer::Unavailable("no answer in time".into());
            (question, answer.unwrap_or_else(late))
        });
        for (question, answer) in join_all(round).await {
            answers.put(question, answer);
        }
    }
}

async fn ask(dns: &Dns, question: &Question) -> Answer {
    let name = question.name.as_str();
    let found = match question.kind {
        Kind::Txt => dns.txt(name).await,
        Kind::Mx => dns.mx(name).await.map(|found| {
            let line = |mx: crate::mail::dns::Mx| format!("{} {}", mx.preference, mx.host);
            found.into_iter().map(line).collect()
        }),
        Kind::Address => dns
            .addresses(name)
            .await
            .map(|found| found.iter().map(ToString::to_string).collect()),
    };
    match found {
        Ok(records) => Answer::Records(records),
        Err(DnsFailure::NoSuchName | DnsFailure::NoRecords) => Answer::Nothing,
        Err(DnsFailure::Unreachable(trouble)) => {
            Answer::Unavailable(trouble.cause.unwrap_or(trouble.what))
        }
    }
}

/// What the rules knew about our own sending.
pub fn basis(subject: &Subject) -> String {
    format!("{subject:?}")
}

async fn keep(engine: &Arc<Engine>, subject: Subject, checks: Vec<Check>) -> Result<(), Trouble> {
    let now = engine.clock.now();
    let notices = engine
        .write(move |store| {
            let mut kept = Kept::read(store, &subject.domain)?;
            let notices = fallen(&subject.domain, &kept, &checks);
            for check in checks.iter().filter(|one| one.status != Status::Pending) {
                kept.firm.insert(check.kind, check.status);
            }
            kept.checks.clone_from(&checks);
            kept.checked_at = Some(now);
            kept.basis = basis(&subject);
            kept.write(store, &subject.domain)?;
            Ok(notices)
        })
        .await?;
    for notice in notices {
        engine.told.notice(notice);
    }
    engine.told.domains_changed();
    Ok(())
}

/// What was in order and is not any more.
fn fallen(domain: &str, kept: &Kept, checks: &[Check]) -> Vec<Trouble> {
    checks
        .iter()
        .filter(|check| check.status == Status::Failed)
        .filter(|check| kept.firm.get(&check.kind) == Some(&Status::Verified))
        .map(|check| {
            let what = format!(
                "{} of {domain} was in order and fails now",
                check.kind.word()
            );
            let mut wrong = check
                .remarks
                .iter()
                .filter(|remark| remark.gravity == Gravity::Wrong);
            let trouble = Trouble::operator(what)
                .hint("the settings show what is there and what it should be, under Domains");
            match wrong.next() {
                Some(remark) => trouble.because(&remark.words),
                None => trouble,
            }
        })
        .collect()
}
