//! Checks: the same connections as the worker's, one line each as they pass, warn or fail.
//!
//! A walk: [`incoming`] to the folders, [`outgoing`] to the accepted sender, and where both are well [`trial`] sends a
//! mail to oneself and puts a copy into the Sent folder. What was said on the lines is told at the end, without
//! secrets and without mail.

pub mod folders;
mod incoming;
mod lines;
mod outgoing;
pub mod test_mail;
mod trial;

use std::sync::Arc;
use std::time::Duration;

use super::account::Account;
use crate::bridge::{CheckStep, Link};
use crate::domain::clean::Clean;
use crate::domain::mailbox::Security;
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::workers::{CheckLines, Trial};
use crate::mail::imap::Limits;
use crate::mail::link::{Blank, TlsFacts, WireLog};

use lines::Lines;

/// Somebody is watching: no station may take longer.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Lines of the protocol that are kept for each way.
const LOG_LINES: usize = 500;
/// Days before its end from which on a certificate is worth a warning.
const CERTIFICATE_DAYS: i64 = 14;

/// Tries settings: way in, way out, and both at once.
///
/// # Errors
/// The first line that failed.
pub async fn check(
    engine: Arc<Engine>,
    trial: Trial,
    with_round_trip: bool,
    out: CheckLines,
) -> Result<(), Trouble> {
    let mut account = Account::of(trial);
    let blank = blank(&account, &engine).await?;
    let logs = ["Incoming", "Outgoing"].map(|way| {
        let log = WireLog::new(LOG_LINES).blanking(blank.clone());
        (way, log)
    });
    account.incoming_log = Some(logs[0].1.clone());
    account.outgoing_log = Some(logs[1].1.clone());
    let lines = Lines::new(out, blank);
    let is_in_well = incoming::check(&engine, &lines, &account).await;
    let is_out_well = outgoing::check(&engine, &lines, &account).await;
    let both = [CheckStep::RoundTrip, CheckStep::SentCopy];
    if !with_round_trip {
        lines.skipped(&both, "not asked for");
    } else if is_in_well && is_out_well {
        trial::check(&engine, &lines, &account).await;
    } else {
        lines.skipped(&both, "");
    }
    lines.log(told(&logs));
    lines.first_failure().map_or(Ok(()), Err)
}

/// What must not be seen in a protocol: both secrets, in every spelling.
async fn blank(account: &Account, engine: &Engine) -> Result<Blank, Trouble> {
    let fetching = account.fetching_sign_in(engine, None).await?;
    let blank = Blank::of(&fetching.login, &fetching.password);
    let sending = account.sending_sign_in(engine).await;
    let sending = sending.map_err(|setback| setback.trouble)?;
    Ok(match sending {
        Some(sending) => blank.and(Blank::of(&sending.login, &sending.password)),
        None => blank,
    })
}

fn told(logs: &[(&str, WireLog)]) -> Vec<Clean> {
    let mut all = Vec::new();
    for (way, log) in logs {
        let lines = log.lines();
        if !lines.is_empty() {
            all.push(Clean::line(&format!("{way}:")));
            all.extend(lines.iter().map(|line| Clean::line(line)));
        }
    }
    all
}

/// The engine's limits, as somebody is waiting.
fn patience(engine: &Engine) -> Limits {
    Limits {
        connect: CONNECT_WITHIN,
        answer: ANSWER_WITHIN,
        ..super::connect::limits(engine.settings.max_message_bytes)
    }
}

/// In which order a connection reaches its stations: STARTTLS greets before it is protected.
fn stations(security: Security, step: fn(Link) -> CheckStep) -> Vec<CheckStep> {
    let order = match security {
        Security::Tls => Link::ALL,
        Security::Starttls | Security::None => [
            Link::Name,
            Link::Tcp,
            Link::Greeting,
            Link::Tls,
            Link::SignIn,
        ],
    };
    order.map(step).to_vec()
}

/// What is said about the protection of a line, and what is to be warned of.
fn protection(tls: Option<&TlsFacts>, now: jiff::Timestamp) -> (Vec<String>, String) {
    let Some(facts) = tls else {
        let words = "the password and all mail cross the network unprotected";
        return (vec![words.to_owned()], String::new());
    };
    let until = facts.valid_until.strftime("%-d %b %Y");
    let name = facts
        .subject_names
        .first()
        .map_or(String::new(), |name| format!(" for {name}"));
    let days = (facts.valid_until.as_second() - now.as_second()).div_euclid(86_400);
    let mut warnings = Vec::new();
    if (0..CERTIFICATE_DAYS).contains(&days) {
        warnings.push(format!(
            "the certificate ends in {days} days; the server's administrator has to renew it"
        ));
    }
    let detail = format!(
        "{}, certificate{name} until {until}, by {}",
        facts.version, facts.issuer
    );
    (warnings, detail)
}
