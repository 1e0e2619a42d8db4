//! What all parts of the engine stand on: the store behind its doors, time, secrets, the reader of mails, and the
//! ways to tell others that something changed.
//!
//! Store calls block, so they run on threads that may wait. Writes of this process go one after another through
//! one door in the order in which they came; reads run beside them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use secrecy::SecretString;
use tokio::sync::{Mutex, Semaphore, watch};

use super::announce::Announcer;
use super::clock::Clock;
use super::doorbell::Doorbells;
use super::health::HealthBoard;
use super::looks::views::ViewCache;
use super::outside::Outside;
use super::reader::MailReader;
use super::sender_domains::Underway;
use super::workers::Workers;
use crate::config::secrets::SecretKeeper;
use crate::domain::audit::{Author, Origin};
use crate::domain::contact::Operator;
use crate::domain::event::Actor;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Health, Mailbox, Unheard};
use crate::domain::query::Asker;
use crate::domain::trouble::Trouble;
use crate::mail::dns::Dns;
use crate::store::{self, Read, Store, StoreResult, Write};

/// Reads beside each other. More would only wait for the disk.
const READS_AT_ONCE: usize = 4;

/// The name of the store's fact that holds the key of our Message-IDs.
pub const MESSAGE_ID_KEY: &str = "message-id-key";
/// The name of the store's fact that is another one after every change of a mailbox or its password, so that engines
/// of other processes see it: a password leaves no other trace in the store.
pub const MAILBOXES_CHANGED: &str = "mailboxes-changed";

/// Whether mail servers are talked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncMode {
    /// Sync and delivery run until the engine stops.
    Live,
    /// Only when asked: `SyncNow` fetches and sends what is due.
    Once,
    /// Never: for commands that only read or change the store.
    Off,
}

/// What the engine is made of. One per process, shared by every task.
pub struct Engine {
    pub store: Arc<dyn Store>,
    pub secrets: Arc<dyn SecretKeeper>,
    pub reader: Arc<dyn MailReader>,
    pub workers: Arc<dyn Workers>,
    pub clock: Arc<dyn Clock>,
    pub told: Announcer,
    pub doorbells: Doorbells,
    pub health: HealthBoard,
    pub me: Operator,
    pub settings: EngineSettings,
    /// Turns `true` when everything shall end.
    pub stopping: watch::Sender<bool>,
    /// Turns `true` when sync and delivery have ended and let go of their leases.
    pub workers_ended: watch::Sender<bool>,
    pub(super) views: ViewCache,
    /// Who is asked about domains.
    pub dns: Arc<Dns>,
    doors: Doors,
}

/// The ways to what only one may do at a time.
struct Doors {
    write: Mutex<()>,
    domains: Underway,
    reads: Arc<Semaphore>,
    damage_told: AtomicBool,
    shortage_told: AtomicBool,
}

/// What does not change while the engine runs.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Process and host, the name on leases.
    pub holder: String,
    pub sync: SyncMode,
    pub max_message_bytes: u64,
    /// Signs the Message-IDs of this store.
    pub message_id_key: Vec<u8>,
    /// IANA name of the operator's time zone.
    pub zone: String,
    /// The ways to the world outside of mail servers.
    pub outside: Outside,
    /// From where changes of settings come.
    pub origin: Origin,
}

/// What an [`Engine`] is made from.
pub struct Parts {
    pub store: Arc<dyn Store>,
    pub secrets: Arc<dyn SecretKeeper>,
    pub reader: Arc<dyn MailReader>,
    pub workers: Arc<dyn Workers>,
    pub clock: Arc<dyn Clock>,
    pub told: Announcer,
    pub me: Operator,
    pub settings: EngineSettings,
    pub stopping: watch::Sender<bool>,
    pub dns: Arc<Dns>,
}

impl Engine {
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            store: parts.store,
            secrets: parts.secrets,
            reader: parts.reader,
            workers: parts.workers,
            clock: parts.clock,
            told: parts.told,
            doorbells: Doorbells::default(),
            health: HealthBoard::default(),
            me: parts.me,
            settings: parts.settings,
            stopping: parts.stopping,
            workers_ended: watch::Sender::new(false),
            views: ViewCache::default(),
            dns: parts.dns,
            doors: Doors {
                domains: Underway::default(),
                write: Mutex::new(()),
                reads: Arc::new(Semaphore::new(READS_AT_ONCE)),
                damage_told: AtomicBool::new(false),
                shortage_told: AtomicBool::new(false),
            },
        })
    }

    /// The operator of this process, as the cause of events.
    pub fn actor(&self) -> Actor {
        Actor::Operator(self.me.id)
    }

    /// The operator of this process, now, as the cause of changes of settings.
    pub fn author(&self) -> Author {
        Author {
            at: self.clock.now(),
            actor: self.actor(),
            origin: self.settings.origin.clone(),
        }
    }

    /// Whoever asks queries here, now.
    pub fn asker(&self) -> Asker {
        Asker {
            now: self.clock.now(),
            operator: self.me.id,
            zone: self.settings.zone.clone(),
        }
    }

    /// Runs `work` on a snapshot, on a thread that may wait.
    ///
    /// # Errors
    /// What `work` returns, or that the store cannot be read.
    pub async fn read<T, F>(&self, work: F) -> StoreResult<T>
    where
        T: Send + 'static,
        F: FnMut(&dyn Read) -> StoreResult<T> + Send + 'static,
    {
        let permit = Arc::clone(&self.doors.reads).acquire_owned().await;
        let store = Arc::clone(&self.store);
        let read = blocking(move || {
            let _held = permit;
            store::read(store.as_ref(), work)
        });
        self.unless_damaged(read.await)
    }

    /// Runs `work` in one transaction, on a thread that may wait, after every write that was asked for earlier.
    ///
    /// # Errors
    /// What `work` returns, or why nothing was committed.
    pub async fn write<T, F>(&self, work: F) -> StoreResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut dyn Write) -> StoreResult<T> + Send + 'static,
    {
        self.write_by(work, store::write).await
    }

    /// As [`Engine::write`], for mail that is still on its server: it waits there while the disk is full.
    ///
    /// # Errors
    /// As `write`, or that there is no room.
    pub async fn write_where_room<T, F>(&self, work: F) -> StoreResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut dyn Write) -> StoreResult<T> + Send + 'static,
    {
        self.write_by(work, store::write_where_room).await
    }

    async fn write_by<T, F>(
        &self,
        work: F,
        door: fn(&dyn Store, F) -> StoreResult<T>,
    ) -> StoreResult<T>
    where
        T: Send + 'static,
        F: FnMut(&mut dyn Write) -> StoreResult<T> + Send + 'static,
    {
        let _door = self.doors.write.lock().await;
        let store = Arc::clone(&self.store);
        let written = blocking(move || door(store.as_ref(), work)).await;
        let written = self.unless_damaged(written)?;
        self.tell_shortage();
        self.doorbells.committed.ring();
        Ok(written)
    }

    /// Says once that the reserve was given up, and again when that happens again.
    fn tell_shortage(&self) {
        let shortage = self.store.shortage();
        let was_told = self
            .doors
            .shortage_told
            .swap(shortage.is_some(), Ordering::Relaxed);
        if let Some(trouble) = shortage.filter(|_| !was_told) {
            self.told.notice(trouble);
        }
    }

    fn unless_damaged<T>(&self, done: StoreResult<T>) -> StoreResult<T> {
        if done.is_err() {
            self.tell_damage();
        }
        done
    }

    /// Says once, wherever it was met, that the store is only read from now on.
    pub(super) fn tell_damage(&self) {
        if let Some(damage) = self.store.damage()
            && !self.doors.damage_told.swap(true, Ordering::Relaxed)
        {
            self.told.basics_changed();
            self.told.notice(damage);
        }
    }

    /// Notes how a mailbox does, and tells whoever follows where that is news.
    pub fn set_health(&self, mailbox: MailboxId, health: Health) {
        if self.health.set(mailbox, health) {
            self.tell_health(mailbox);
        }
    }

    /// Notes whether mail arrives, and tells it like any change of health.
    pub fn set_unheard(&self, mailbox: MailboxId, unheard: Option<Unheard>) {
        if self.health.set_unheard(mailbox, unheard) {
            self.tell_health(mailbox);
        }
    }

    fn tell_health(&self, mailbox: MailboxId) {
        let (health, _) = self.health.get(mailbox);
        self.told.health_changed(mailbox, &health);
        self.doorbells.health.ring();
    }

    /// The secret of a mailbox; asking may run a command, so it waits on a thread of its own.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn secret(&self, mailbox: &Mailbox) -> Result<SecretString, Trouble> {
        let keeper = Arc::clone(&self.secrets);
        let (id, source) = (mailbox.id, mailbox.settings.secret.clone());
        blocking(move || keeper.get(id.into(), &source)).await
    }

    /// The domains that are being verified.
    pub(super) fn underway(&self) -> &Underway {
        &self.doors.domains
    }

    /// Ends when the engine shall stop.
    pub async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        // The sender lives in this very engine.
        let _ = stopping.wait_for(|stop| *stop).await;
    }
}

/// Runs `work` on a thread that may wait; a panic in it becomes a [`Trouble`].
///
/// # Errors
/// What `work` returns.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(Trouble::bug("a part of the engine broke off")
            .hint("the log says where; nothing of it was stored")),
    }
}
