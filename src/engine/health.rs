//! How each mailbox does right now. It is kept in memory, because it is a fact about this run; only what keeps a
//! mailbox from working is left in the store, for the processes that look at it and do not sync it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::core::Engine;
use super::standing;
use crate::domain::clock::Doubt;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Gap, Health, Mailbox, Standing, Unheard, Why};
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

/// What was left about this mailbox, by an earlier run or by another process.
///
/// # Errors
/// The store cannot be read.
pub fn word_left(store: &dyn Read, mailbox: MailboxId) -> StoreResult<Option<Health>> {
    let word = store.fact(&fact_name(mailbox))?;
    Ok(word.and_then(|word| serde_json::from_slice(&word).ok()))
}

/// What was left about a mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// What keeps it from working, where something does.
    pub trouble: Option<Health>,
    pub last_fetch: Option<Timestamp>,
    /// How far this machine's clock is off the server's, where that is believed.
    pub clock_off: Option<String>,
}

/// What other processes and earlier runs left about these mailboxes.
///
/// # Errors
/// The store cannot be read.
pub fn words_left(
    store: &dyn Read,
    mailboxes: &[Mailbox],
) -> StoreResult<BTreeMap<MailboxId, Left>> {
    let left = mailboxes.iter().map(|mailbox| {
        let standing = standing::of(store, mailbox.id)?;
        let doubt = standing.clock.filter(Doubt::is_believed);
        let left = Left {
            trouble: word_left(store, mailbox.id)?,
            last_fetch: standing.last_fetch,
            clock_off: doubt.map(|doubt| doubt.words()),
        };
        Ok((mailbox.id, left))
    });
    left.collect()
}

/// What is known in this process about every mailbox.
#[derive(Debug, Default)]
pub struct HealthBoard(Mutex<BTreeMap<MailboxId, Entry>>);

#[derive(Debug, Clone)]
struct Entry {
    /// What the connection says.
    health: Health,
    /// Mail does not arrive, whatever the connection says.
    unheard: Option<Unheard>,
    last_fetch: Option<Timestamp>,
    /// The last fetch that was written down.
    noted: Option<Timestamp>,
    gap: Option<Gap>,
    /// Customers' mail came since the last look ended.
    is_heard: bool,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            health: Health::Starting,
            unheard: None,
            last_fetch: None,
            noted: None,
            gap: None,
            is_heard: false,
        }
    }
}

impl Entry {
    fn effective(&self) -> Health {
        match &self.unheard {
            Some(unheard) => unheard.over(self.health.clone()),
            None => self.health.clone(),
        }
    }
}

/// What a look that ended well found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// When a look was last written down.
    pub noted: Option<Timestamp>,
    pub gap: Option<Gap>,
    /// Mail arrives, although it was believed that it does not.
    pub is_heard: bool,
}

impl HealthBoard {
    /// What is known; `Starting` before anything was tried.
    pub fn get(&self, mailbox: MailboxId) -> (Health, Option<Timestamp>) {
        self.lock()
            .get(&mailbox)
            .map_or((Health::Starting, None), |entry| {
                (entry.effective(), entry.last_fetch)
            })
    }

    /// `true` where this is news.
    pub fn set(&self, mailbox: MailboxId, health: Health) -> bool {
        self.change(mailbox, |entry| entry.health = health)
    }

    /// Whether mail arrives; `true` where this is news.
    pub fn set_unheard(&self, mailbox: MailboxId, unheard: Option<Unheard>) -> bool {
        self.change(mailbox, |entry| entry.unheard = unheard)
    }

    /// What the store remembers, before anything is tried.
    pub fn load(&self, mailbox: MailboxId, standing: &Standing) {
        self.change(mailbox, |entry| {
            entry.unheard.clone_from(&standing.unheard);
            // A gap that is being made up for here has counted more than the store knows.
            let is_the_same = |gap: &Gap| {
                standing
                    .gap
                    .is_some_and(|left| (left.why, left.since) == (gap.why, gap.since))
            };
            entry.gap = entry.gap.filter(is_the_same).or(standing.gap);
            entry.noted = standing.last_fetch;
            entry.last_fetch = entry.last_fetch.or(standing.last_fetch);
        });
    }

    /// New mails were stored, and tickets opened by them.
    pub fn came(&self, mailbox: MailboxId, mails: u64, tickets: u64) {
        self.change(mailbox, |entry| {
            entry.is_heard |= mails > 0;
            if let Some(gap) = &mut entry.gap {
                gap.mails += mails;
                gap.tickets += tickets;
            }
        });
    }

    /// A look of the mailbox that collects this one's mail ended well.
    pub fn fetched(&self, mailbox: MailboxId, at: Timestamp) {
        self.change(mailbox, |entry| entry.last_fetch = Some(at));
    }

    /// A look ended well.
    pub fn looked(&self, mailbox: MailboxId, at: Timestamp) -> Looked {
        let mut board = self.lock();
        let entry = board.entry(mailbox).or_default();
        entry.last_fetch = Some(at);
        Looked {
            noted: entry.noted,
            gap: entry.gap,
            is_heard: std::mem::take(&mut entry.is_heard) && entry.unheard.is_some(),
        }
    }

    /// That look is written down.
    pub fn noted(&self, mailbox: MailboxId, at: Timestamp) {
        self.change(mailbox, |entry| entry.noted = Some(at));
    }

    pub fn close_gap(&self, mailbox: MailboxId) {
        self.change(mailbox, |entry| entry.gap = None);
    }

    /// A look broke off: a gap is open, from the last look that ended well on.
    pub fn broke_off(&self, mailbox: MailboxId, now: Timestamp) -> Gap {
        let mut board = self.lock();
        let entry = board.entry(mailbox).or_default();
        let since = entry.last_fetch.unwrap_or(now);
        *entry.gap.get_or_insert(Gap::new(Why::Mended, since))
    }

    fn change(&self, mailbox: MailboxId, change: impl FnOnce(&mut Entry)) -> bool {
        let mut board = self.lock();
        let is_new = !board.contains_key(&mailbox);
        let entry = board.entry(mailbox).or_default();
        let before = entry.effective();
        change(entry);
        is_new || entry.effective() != before
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<MailboxId, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
