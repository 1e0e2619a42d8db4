//! How each mailbox does right now. It is kept in memory, because it is a fact about this run; only what keeps a
//! mailbox from working is left in the store, for the processes that look at it and do not sync it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::core::Engine;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Health, Mailbox};
use crate::store::{Read, StoreResult};

/// The name of the store's fact that holds what keeps a mailbox from working.
fn fact_name(mailbox: MailboxId) -> String {
    format!("mailbox-trouble:{mailbox}")
}

/// Leaves in the store what keeps the mailbox from working, or that nothing does. Failing is harmless: the mailbox
/// says the same again, and this run knows it anyway.
pub async fn leave_word(engine: &Engine, mailbox: MailboxId, trouble: Option<Health>) {
    let word = trouble
        .and_then(|health| serde_json::to_vec(&health).ok())
        .unwrap_or_default();
    let name = fact_name(mailbox);
    let left = async {
        let (asked, wanted) = (name.clone(), word.clone());
        let is_there = engine
            .read(move |store| Ok(store.fact(&asked)?.unwrap_or_default() == wanted))
            .await?;
        if is_there {
            return Ok(());
        }
        engine
            .write(move |store| store.set_fact(&name, &word))
            .await
    };
    if let Err(trouble) = left.await {
        tracing::warn!(%trouble, "how a mailbox does could not be left in the store");
    }
}

/// What other processes left about these mailboxes.
///
/// # Errors
/// The store cannot be read.
pub fn words_left(
    store: &dyn Read,
    mailboxes: &[Mailbox],
) -> StoreResult<BTreeMap<MailboxId, Health>> {
    let mut words = BTreeMap::new();
    for mailbox in mailboxes {
        let word = store.fact(&fact_name(mailbox.id))?;
        if let Some(health) = word.and_then(|word| serde_json::from_slice(&word).ok()) {
            words.insert(mailbox.id, health);
        }
    }
    Ok(words)
}

#[derive(Debug, Default)]
pub struct HealthBoard(Mutex<BTreeMap<MailboxId, Entry>>);

#[derive(Debug, Clone)]
struct Entry {
    health: Health,
    last_fetch: Option<Timestamp>,
}

impl HealthBoard {
    /// What is known; `Starting` before anything was tried.
    pub fn get(&self, mailbox: MailboxId) -> (Health, Option<Timestamp>) {
        self.lock()
            .get(&mailbox)
            .map_or((Health::Starting, None), |entry| {
                (entry.health.clone(), entry.last_fetch)
            })
    }

    /// `true` where this is news.
    pub fn set(&self, mailbox: MailboxId, health: Health) -> bool {
        let mut board = self.lock();
        if let Some(entry) = board.get_mut(&mailbox) {
            let news = entry.health != health;
            entry.health = health;
            return news;
        }
        let last_fetch = None;
        board.insert(mailbox, Entry { health, last_fetch });
        true
    }

    pub fn fetched(&self, mailbox: MailboxId, at: Timestamp) {
        self.lock()
            .entry(mailbox)
            .or_insert(Entry {
                health: Health::Starting,
                last_fetch: None,
            })
            .last_fetch = Some(at);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<MailboxId, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
