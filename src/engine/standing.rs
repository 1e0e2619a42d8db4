//! What is remembered about a mailbox between runs, as a fact of the store. Every process reads it; whoever changes
//! it does so in one transaction with what it read.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;

use super::core::Engine;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Health, Mailbox, RefusedFolder, Standing};
use crate::domain::trouble::Trouble;
use crate::store::{Read, StoreResult, Write};

/// A look that found nothing is written down no more often than this: every note wakes the other processes.
const LOOKS_APART: SignedDuration = SignedDuration::from_mins(5);

fn fact_name(mailbox: MailboxId) -> String {
    format!("mailbox-standing:{mailbox}")
}

/// What is remembered; nothing yet, where nothing that can be read is there.
///
/// # Errors
/// The store cannot be read.
pub fn of<R: Read + ?Sized>(store: &R, mailbox: MailboxId) -> StoreResult<Standing> {
    let word = store.fact(&fact_name(mailbox))?;
    Ok(word
        .and_then(|word| serde_json::from_slice(&word).ok())
        .unwrap_or_default())
}

/// Changes what is remembered, within a transaction.
///
/// # Errors
/// The store cannot be read or written.
pub fn change(
    store: &mut dyn Write,
    mailbox: MailboxId,
    change: impl FnOnce(&mut Standing),
) -> StoreResult<Standing> {
    let before = of(store, mailbox)?;
    let mut standing = before.clone();
    change(&mut standing);
    if standing != before {
        let word = serde_json::to_vec(&standing)
            .map_err(|cause| Trouble::bug("a standing cannot be written").because(cause))?;
        store.set_fact(&fact_name(mailbox), &word)?;
    }
    Ok(standing)
}

/// Changes what is remembered by whoever works for the mailbox or watches it. It may have been switched off or removed
/// since they looked: its status, its alarm and its silence then stay as that left them, or an error that is over would
/// stand there until it is switched on again.
///
/// # Errors
/// The store cannot be read or written.
pub fn change_while_on(
    store: &mut dyn Write,
    mailbox: MailboxId,
    note: impl FnOnce(&mut Standing),
) -> StoreResult<Standing> {
    let is_on = store
        .mailboxes()?
        .iter()
        .any(|known| known.id == mailbox && known.enabled && !known.removed);
    change(store, mailbox, |standing| {
        let left = standing.clone();
        note(standing);
        if !is_on {
            (standing.status, standing.alarm, standing.unheard) =
                (left.status, left.alarm, left.unheard);
        }
    })
}

/// Changes what is remembered. Failing is harmless and logged: the mailbox works without it.
pub async fn note(
    engine: &Engine,
    mailbox: MailboxId,
    note: impl Fn(&mut Standing) + Send + 'static,
) -> Option<Standing> {
    let noted = engine
        .write(move |store| change_while_on(store, mailbox, &note))
        .await;
    noted
        .inspect_err(|trouble| tracing::warn!(%trouble, "how a mailbox stands could not be noted"))
        .ok()
}

/// Brings this process up to what the store remembers, before a worker begins.
///
/// # Errors
/// The store cannot be read.
pub async fn load(engine: &Engine, mailbox: MailboxId) -> Result<(), Trouble> {
    let standing = engine.read(move |store| of(store, mailbox)).await?;
    engine.health.load(mailbox, &standing);
    Ok(())
}

/// A look at everything ended well: noted where it is news, and with it what came since the last time without
/// fetching.
pub async fn looked(engine: &Arc<Engine>, mailbox: MailboxId) {
    let now = engine.clock.now();
    let round = engine.health.looked(mailbox, now);
    let is_fresh = round
        .noted
        .is_some_and(|noted| now.duration_since(noted).abs() < LOOKS_APART);
    if is_fresh && round.gap.is_none() && !round.is_heard {
        return;
    }
    let (gap, is_heard) = (round.gap, round.is_heard);
    let noted = note(engine, mailbox, move |standing| {
        standing.last_fetch = Some(now);
        if let Some(gap) = gap {
            standing.gap = None;
            standing.caught_up = Some(gap.closed(now));
        }
        if is_heard {
            standing.unheard = None;
        }
        if standing.unheard.is_none() {
            standing.note_status(&Health::Live, now);
        }
    })
    .await;
    if noted.is_none() {
        return;
    }
    engine.health.noted(mailbox, now);
    if is_heard {
        engine.set_unheard(mailbox, None);
    }
    if let Some(gap) = gap {
        engine.health.close_gap(mailbox);
        engine.told.caught_up(mailbox, gap.closed(now));
    }
}

/// A look broke off: from now on mail waits on the server, and what had come so far is not forgotten.
pub async fn broke_off(engine: &Arc<Engine>, mailbox: MailboxId, health: &Health) {
    let now = engine.clock.now();
    let gap = engine.health.broke_off(mailbox, now);
    let health = health.clone();
    note(engine, mailbox, move |standing| {
        standing.gap = Some(gap);
        standing.note_status(&health, now);
    })
    .await;
}

/// Which of the chosen folders the server does not have, or has by another name. What is missing is told aloud when that changes.
///
/// # Errors
/// The store cannot be read.
pub async fn folders_missing(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    missing: Vec<String>,
    renamed: BTreeMap<String, String>,
) -> Result<(), Trouble> {
    note_folders(engine, mailbox, move |standing| {
        standing.missing_folders.clone_from(&missing);
        standing.renamed.clone_from(&renamed);
    })
    .await
}

/// Which of the folders that were looked at cannot be read. Told aloud when that changes.
///
/// # Errors
/// The store cannot be read.
pub async fn folders_refused(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    looked_at: Vec<String>,
    refused: Vec<RefusedFolder>,
) -> Result<(), Trouble> {
    note_folders(engine, mailbox, move |standing| {
        let looked_at: Vec<&str> = looked_at.iter().map(String::as_str).collect();
        standing.note_refused(&looked_at, refused.clone());
    })
    .await
}

/// What the server does not let us do, or that it does again; `place` is where that is remembered. Told aloud when it
/// changes.
///
/// # Errors
/// The store cannot be read.
pub async fn refused(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    refusal: Option<Trouble>,
    place: fn(&mut Standing) -> &mut Option<Trouble>,
) -> Result<(), Trouble> {
    let id = mailbox.id;
    let mut known = engine.read(move |store| of(store, id)).await?;
    if *place(&mut known) == refusal {
        return Ok(());
    }
    let noted = refusal.clone();
    note(engine, id, move |standing| {
        place(standing).clone_from(&noted);
    })
    .await;
    if let Some(trouble) = refusal {
        tell(engine, mailbox, trouble);
    }
    Ok(())
}

fn tell(engine: &Engine, mailbox: &Mailbox, trouble: Trouble) {
    engine.told.notice(Trouble {
        what: format!("{}: {}", mailbox.settings.name, trouble.what),
        ..trouble
    });
}

async fn note_folders(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    change: impl Fn(&mut Standing) + Send + 'static,
) -> Result<(), Trouble> {
    let id = mailbox.id;
    let known = engine.read(move |store| of(store, id)).await?;
    let mut changed = known.clone();
    change(&mut changed);
    if changed == known {
        return Ok(());
    }
    let noted = note(engine, id, change).await;
    let told = noted.and_then(|standing| standing.folders_trouble());
    if let Some(trouble) = told.filter(|_| is_news(&known, &changed)) {
        tell(engine, mailbox, trouble);
    }
    Ok(())
}

/// Other words about the same folder are no news.
fn is_news(known: &Standing, changed: &Standing) -> bool {
    let refused = |standing: &Standing| -> Vec<String> {
        let folders = standing.refused_folders.iter();
        folders.map(|folder| folder.name.clone()).collect()
    };
    known.missing_folders != changed.missing_folders || refused(known) != refused(changed)
}
