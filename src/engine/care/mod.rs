//! Keeping the store well, and moving mail in and out in bulk.

mod export;
mod import;
mod line_ends;
mod mbox;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::core::{Engine, blocking};
use super::health::words_left;
use super::{audit, looks};
use crate::bridge::{Care, CareReport, MailboxLine, Report};
use crate::domain::finding::Finding;
use crate::domain::mailbox::{Health, Mailbox, SecretSource};
use crate::domain::outbox::{DeliveryState, Listed};
use crate::domain::trouble::Trouble;
use crate::store::{Read, StoreResult};

/// How long stopping may take before it is said that something hangs.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// A mail that every parser can read.
const PROBE_MAIL: &[u8] =
    b"From: probe@example.invalid\r\nSubject: probe\r\nMessage-ID: <probe@example.invalid>\r\n\r\nprobe\r\n";

pub(super) async fn answer(engine: &Arc<Engine>, care: Care) -> Result<Report, Trouble> {
    let report = match care {
        Care::Doctor => CareReport::Findings(doctor(engine).await?),
        Care::Backup { target } => backup(engine, target).await?,
        Care::Import { path, mailbox } => import::import(engine, path, mailbox).await?,
        Care::Export { query } => export::export(engine, query).await?,
        Care::Audit(query) => CareReport::Audit(audit::page(engine, query).await?),
        Care::Stop => return stop(engine).await,
    };
    Ok(Report::Care(report))
}

async fn doctor(engine: &Arc<Engine>) -> Result<Vec<Finding>, Trouble> {
    let store = Arc::clone(&engine.store);
    let mut findings = blocking(move || store.examine()).await?;
    let probe = engine
        .reader
        .parse(vec![Arc::new(PROBE_MAIL.to_vec())])
        .await;
    findings.push(match probe.map(|mut mails| mails.pop()) {
        Ok(Some(Ok(mail))) if mail.subject == "probe" => {
            finding(true, "mail parser", "reads mail in a process of its own")
        }
        Ok(Some(Err(trouble))) | Err(trouble) => {
            finding(false, "mail parser", &trouble.to_string())
        }
        Ok(_) => finding(false, "mail parser", "read a mail wrongly"),
    });
    let (mailboxes, words, outbox, accounts) = engine
        .read(|store| {
            let mailboxes = store.mailboxes()?;
            let words = words_left(store, &mailboxes)?;
            let accounts = accounts(store, &mailboxes)?;
            Ok((mailboxes, words, store.outbox(Listed::OPEN)?, accounts))
        })
        .await?;
    for line in looks::mailbox_lines(engine, mailboxes, &words, None) {
        findings.extend(clock(&line));
        findings.push(mailbox(engine, line).await);
    }
    findings.extend(accounts);
    let in_doubt = outbox
        .iter()
        .filter(|row| {
            matches!(
                row.state,
                DeliveryState::Uncertain { .. } | DeliveryState::Refused { .. }
            )
        })
        .count();
    findings.push(match in_doubt {
        0 => finding(true, "outbox", "no answer waits for a decision"),
        1 => finding(false, "outbox", "1 answer waits for your decision"),
        many => finding(
            false,
            "outbox",
            &format!("{many} answers wait for your decision"),
        ),
    });
    Ok(findings)
}

/// Whether answers are dated by a clock that is right.
fn clock(line: &MailboxLine) -> Option<Finding> {
    let off = line.clock_off.as_ref()?;
    let words = format!(
        "is {off}, compared with the server of {}: answers are dated by it",
        line.mailbox.settings.name
    );
    Some(finding(false, "this machine's clock", &words))
}

/// Whether a mailbox can sign in, and does what it shall.
async fn mailbox(engine: &Engine, line: MailboxLine) -> Finding {
    let name = format!("mailbox {}", line.mailbox.settings.name);
    if line.health == Health::Disabled {
        return finding(true, &name, "disabled");
    }
    let signs_in = line.mailbox.settings.secret != SecretSource::None;
    if signs_in && let Err(trouble) = engine.secret(&line.mailbox).await {
        return finding(false, &name, &trouble.to_string());
    }
    match line.health {
        Health::Failing { trouble, .. }
        | Health::NeedsPassword { trouble, .. }
        | Health::Interrupted { trouble, .. } => finding(false, &name, &trouble.to_string()),
        _ if signs_in => finding(true, &name, "its password is at hand"),
        _ => finding(true, &name, "needs no password"),
    }
}

/// What became of every mail that the servers listed, one line a mailbox, and in a server's words why it could not be
/// read.
fn accounts(store: &dyn Read, mailboxes: &[Mailbox]) -> StoreResult<Vec<Finding>> {
    let mut findings = Vec::new();
    for mailbox in mailboxes.iter().filter(|mailbox| !mailbox.removed) {
        let Some(mut words) = store.ledger_account(mailbox.id)?.sentence() else {
            continue;
        };
        for (said, mails) in store.unreadable(mailbox.id)? {
            words.push_str(&format!("; {mails} unreadable: {said}"));
        }
        let name = format!("mail of {}", mailbox.settings.name);
        findings.push(finding(true, &name, &words));
    }
    Ok(findings)
}

fn finding(ok: bool, subject: &str, detail: &str) -> Finding {
    Finding {
        ok,
        subject: subject.to_owned(),
        detail: detail.to_owned(),
    }
}

async fn backup(engine: &Arc<Engine>, target: PathBuf) -> Result<CareReport, Trouble> {
    let store = Arc::clone(&engine.store);
    let bytes = blocking(move || {
        store.backup(&target)?;
        std::fs::metadata(&target)
            .map(|file| file.len())
            .map_err(|cause| {
                Trouble::operator(format!("the backup {} cannot be seen", target.display()))
                    .because(cause)
            })
    })
    .await?;
    Ok(CareReport::BackedUp { bytes })
}

/// Asks everything to end, and answers when sync and delivery have let go of their leases.
async fn stop(engine: &Arc<Engine>) -> Result<Report, Trouble> {
    engine.stopping.send_replace(true);
    let mut ended = engine.workers_ended.subscribe();
    let waited = tokio::time::timeout(STOP_PATIENCE, ended.wait_for(|ended| *ended)).await;
    match waited {
        Ok(_) => Ok(Report::Done),
        Err(_) => Err(Trouble::network("a connection does not end")
            .hint("it is cut when the program ends; nothing is lost by that")),
    }
}
