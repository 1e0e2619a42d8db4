//! Who am I, and what is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::channels;
use super::super::core::Engine;
use super::super::health::{Left, words_left};
use super::super::signing_in;
use crate::bridge::{Basics, MailboxLine, Seen};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Health, Incoming, Mailbox};
use crate::domain::trouble::Trouble;

pub(super) async fn basics(engine: &Arc<Engine>) -> Result<Seen, Trouble> {
    let me = engine.me.id;
    let (operators, mailboxes, signatures, tags, drafts) = engine
        .read(move |store| {
            let mailboxes = store.mailboxes()?;
            let words = words_left(store, &mailboxes)?;
            Ok((
                store.operators()?,
                (mailboxes, words, channels::default_of(store)?),
                store.signatures()?,
                store.tags()?,
                store.drafts(me)?.len(),
            ))
        })
        .await?;
    let lines = mailbox_lines(engine, mailboxes.0, &mailboxes.1, mailboxes.2);
    Ok(Seen::Basics(Box::new(Basics {
        me: engine.me.clone(),
        operators,
        mailboxes: signing_in::say_how_long(engine, lines).await?,
        signatures,
        tags: tags.iter().map(|tag| Clean::name(tag)).collect(),
        unsent_drafts: u32::try_from(drafts).unwrap_or(u32::MAX),
        damage: engine.store.damage(),
    })))
}

/// Mailboxes with how they do. Removed ones are left out: their tickets stay, their settings are history.
/// Where this process does not know, what others left in the store holds.
pub fn mailbox_lines(
    engine: &Engine,
    mailboxes: Vec<Mailbox>,
    words: &BTreeMap<MailboxId, Left>,
    default: Option<MailboxId>,
) -> Vec<MailboxLine> {
    mailboxes
        .into_iter()
        .filter(|mailbox| !mailbox.removed)
        .map(|mailbox| {
            let (health, last_fetch) = engine.health.get(mailbox.id);
            // A channel leaves no word of its own: it does as the mailbox that collects its mail.
            let speaks = match mailbox.settings.incoming {
                Incoming::Forwarded(collecting) => collecting,
                _ => mailbox.id,
            };
            let left = words.get(&speaks).cloned().unwrap_or_default();
            let health = match (mailbox.enabled, health, left.trouble) {
                (false, ..) => Health::Disabled,
                (true, Health::Starting | Health::SyncedElsewhere, Some(word)) => word,
                (true, health, _) => health,
            };
            MailboxLine {
                is_default: default == Some(mailbox.id),
                mailbox,
                health,
                last_fetch: last_fetch.max(left.last_fetch),
                lasts: None,
                clock_off: left.clock_off,
            }
        })
        .collect()
}
