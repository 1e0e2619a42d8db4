//! The store as one SQLite file of the user's own.
//!
//! One connection writes, a few read, each transaction whole or not at all. What SQLite reports becomes a
//! sentence that says whose move it is. Nothing here may write outside [`Store::write`], or let a value into SQL
//! other than as a parameter.

mod audit;
mod backup;
mod changing;
mod damage;
mod examine;
mod fault;
mod first;
mod flood;
mod ledger;
mod ledger_row;
mod list;
mod log;
mod mailboxes;
mod messages;
mod migrate;
mod open;
mod outbox;
mod people;
mod place;
mod placing;
mod pool;
mod query;
mod raw;
mod rebuild;
mod reserve;
mod search;
mod session;
mod snippet;
mod ticket_row;
mod tickets;
mod vocabulary;
mod watching;
mod words;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::crash_point;
use crate::domain::trouble::Trouble;
use crate::store::{Finding, IsOver, Read, Store, StoreResult, Write};

use fault::{Fault, Sql};
use open::InUse;
use pool::{Keep, Pool};
use session::Session;

pub use backup::Restored;
pub use first::MESSAGE_ID_KEY;
pub use open::{LookThrough, OpenOptions};
pub use rebuild::Difference;

/// How long a call waits for the one writer, or for a reader, before it says so.
const PATIENCE: Duration = Duration::from_secs(30);

/// A store that is open. Cheap to share between threads; closes with its last owner.
pub struct SqliteStore {
    path: PathBuf,
    options: OpenOptions,
    writer: Pool<Connection>,
    readers: Pool<Connection>,
    /// Never writes, so `data_version` counts everyone's commits, ours too.
    watcher: Pool<Connection>,
    /// How many watchers there were: a new one counts from the beginning.
    watchers: AtomicU64,
    /// Why it is only read.
    damage: OnceLock<Trouble>,
    /// Since the reserve was given up.
    shortage: Mutex<Option<Trouble>>,
    /// The last to be dropped: while a connection is open, the store is in use.
    _in_use: InUse,
}

impl SqliteStore {
    /// Opens the store at `path`, and makes it where there is none.
    ///
    /// # Errors
    /// Files that others may read, network file systems, files of other programs, stores of newer programs, and
    /// stores that are too damaged to be read, are refused, with what to do about it. What is damaged and can be read
    /// is opened to be read: see [`Store::damage`].
    pub fn open(path: impl AsRef<Path>, options: OpenOptions) -> StoreResult<Self> {
        Self::open_telling(path, options, &mut |_| ())
    }

    /// The same, and tells what may take long.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn open_telling(
        path: impl AsRef<Path>,
        options: OpenOptions,
        tell: &mut dyn FnMut(LookThrough),
    ) -> StoreResult<Self> {
        let path = path.as_ref();
        open::refuse_old_library()?;
        if options.must_exist && !path.exists() {
            return Err(
                Trouble::operator(format!("there is no store at {}", path.display()))
                    .hint("start `ticketty` once to make one, or name its place with --data-dir"),
            );
        }
        place::prepare(path)?;
        let (mut in_use, alone) = InUse::alone(path)?;
        let mut first = Self::open_first(path, options, (&in_use, alone), tell);
        // On a full disk not even the index of the log can be made.
        let ran_out = first
            .as_ref()
            .is_err_and(|fault| fault.ran_out_of_room(path));
        if ran_out && reserve::give_up(path) {
            first = Self::open_first(path, options, (&in_use, alone), tell);
        }
        let is_damage = first.as_ref().is_err_and(Fault::is_damage);
        let first = first.map_err(|fault| fault.told(path));
        in_use.share()?;
        let first = match first {
            Err(damage) if is_damage && damage::can_be_read(path) => Err(damage),
            other => Ok(other?),
        };
        if first.is_ok() {
            in_use.note();
        }
        let store = Self {
            path: path.to_owned(),
            options,
            writer: Pool::new(1, PATIENCE, "the one writer"),
            readers: Pool::new(options.readers, PATIENCE, "a reader"),
            watcher: Pool::new(1, PATIENCE, "the watcher"),
            watchers: AtomicU64::new(0),
            damage: OnceLock::new(),
            shortage: Mutex::default(),
            _in_use: in_use,
        };
        match first {
            Ok(writer) => store.writer.add(writer),
            Err(damage) => store.is_damaged(&damage),
        }
        Ok(store)
    }

    fn open_first(
        path: &Path,
        options: OpenOptions,
        (in_use, alone): (&InUse, bool),
        tell: &mut dyn FnMut(LookThrough),
    ) -> Sql<Connection> {
        let noted = damage::noted(path);
        if let Some(words) = noted.clone().filter(|_| !alone) {
            return Err(Fault::Damaged(words));
        }
        let unclean =
            alone && (noted.is_some() || in_use.stopped_uncleanly() || open::left_its_log(path));
        let mut conn = open::connect(path, options.cache_kib, true)?;
        // Until it is known to be whole, not even closing it may change anything.
        open::keep_the_log(&conn, true)?;
        let mut version = open::recognise(&conn, path, migrate::newest())?;
        if !alone && version > 0 && version < migrate::newest() {
            // Somebody who upgrades it is alone with it meanwhile, and is waited for.
            in_use.share()?;
            version = open::recognise(&conn, path, migrate::newest())?;
            open::refuse_to_upgrade_under_others(path, version, migrate::newest())?;
        }
        if unclean {
            let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
            tell(LookThrough::Begins { bytes });
            let found = damage::check_first(&conn, path);
            tell(LookThrough::Ends);
            found?;
        }
        open::keep_the_log(&conn, false)?;
        open::use_wal(&conn)?;
        migrate::migrate(&mut conn, path, version)?;
        Ok(conn)
    }

    /// Where the store is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn connect(&self, writes: bool) -> StoreResult<Connection> {
        let conn = match self.damage.get() {
            None => open::connect(&self.path, self.options.cache_kib, writes),
            Some(damage) if writes => return Err(damage.clone()),
            Some(_) => open::connect_to_read(&self.path, self.options.cache_kib),
        };
        conn.map_err(|fault| self.told(fault))
    }

    /// A failure as a sentence. Damage that was met ends all writing.
    fn told(&self, fault: Fault) -> Trouble {
        let is_damage = fault.is_damage();
        let trouble = fault.told(&self.path);
        if is_damage {
            self.is_damaged(&trouble);
        }
        trouble
    }

    /// Room for what cannot wait. Whether there was any.
    fn give_up_reserve(&self) -> bool {
        let trouble = fault::full(&self.path);
        if !reserve::give_up(&self.path) {
            return false;
        }
        tracing::warn!(%trouble, "the room that was kept beside the store is given up");
        *self.shortage.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
        true
    }

    /// Whether the connection of this session may be used again.
    fn is_sound(&self, session: &Session<'_>) -> bool {
        if let Some(damage) = session.damage() {
            self.is_damaged(&damage);
        }
        !session.is_broken()
    }

    /// Runs `work` on a snapshot of one reader.
    fn snapshot<T>(&self, work: impl FnOnce(&Session<'_>) -> StoreResult<T>) -> StoreResult<T> {
        self.readers.lend(
            || self.connect(false),
            |conn| {
                let begun = Transaction::new_unchecked(conn, TransactionBehavior::Deferred);
                let transaction = match begun {
                    Ok(transaction) => transaction,
                    Err(error) => return (Err(self.told(Fault::Sql(error))), Keep::No),
                };
                let session = Session::new(&transaction, &self.path);
                let result = work(&session);
                let sound = self.is_sound(&session);
                drop(session);
                let ended = transaction.rollback();
                (result, keep_if(sound && ended.is_ok()))
            },
        )
    }

    /// Runs `work` in one transaction of the writer, and says too whether it failed because the disk is full.
    fn transaction<T>(
        &self,
        work: impl FnOnce(&mut Session<'_>) -> StoreResult<T>,
    ) -> (StoreResult<T>, bool) {
        if let Some(damage) = self.damage.get() {
            return (Err(damage.clone()), false);
        }
        let ran_out = Cell::new(false);
        let told = |fault: Fault| {
            ran_out.set(fault.ran_out_of_room(&self.path));
            self.told(fault)
        };
        let done = self.writer.lend(
            || self.connect(true),
            |conn| {
                let begun = Transaction::new_unchecked(conn, TransactionBehavior::Immediate);
                let transaction = match begun {
                    Ok(transaction) => transaction,
                    Err(error) => {
                        let fault = Fault::Sql(error);
                        let keep = keep_if(!fault.breaks_connection());
                        return (Err(told(fault)), keep);
                    }
                };
                let mut session = Session::new(&transaction, &self.path);
                let done = work(&mut session).and_then(|value| {
                    session.run(|session| session.finish())?;
                    Ok(value)
                });
                ran_out.set(session.ran_out_of_room());
                // What could not be written is read anew.
                let sound = self.is_sound(&session) && !ran_out.get();
                drop(session);
                match done {
                    // A commit that failed leaves its transaction open; a new connection is sure to have none.
                    Ok(value) => match commit(transaction) {
                        Ok(()) => (Ok(value), Keep::Yes),
                        Err(fault) => (Err(told(fault)), Keep::No),
                    },
                    Err(trouble) => {
                        let ended = transaction.rollback();
                        (Err(trouble), keep_if(sound && ended.is_ok()))
                    }
                }
            },
        );
        (done, ran_out.get())
    }
}

fn commit(transaction: Transaction<'_>) -> Result<(), Fault> {
    crash_point::pass("before a commit");
    transaction.commit().map_err(Fault::Sql)?;
    crash_point::pass("after a commit");
    Ok(())
}

fn keep_if(sound: bool) -> Keep {
    if sound { Keep::Yes } else { Keep::No }
}

impl Store for SqliteStore {
    fn read(&self, work: &mut dyn FnMut(&dyn Read) -> StoreResult<()>) -> StoreResult<()> {
        self.snapshot(|session| work(session))
    }

    fn write(&self, work: &mut dyn FnMut(&mut dyn Write) -> StoreResult<()>) -> StoreResult<()> {
        let (written, ran_out) = self.transaction(|session| work(session));
        // Once: without a reserve, or with one that was not enough, the disk is full.
        if written.is_err() && ran_out && self.give_up_reserve() {
            return self.transaction(|session| work(session)).0;
        }
        written
    }

    fn write_where_room(
        &self,
        work: &mut dyn FnMut(&mut dyn Write) -> StoreResult<()>,
    ) -> StoreResult<()> {
        if !reserve::has_room(&self.path) {
            return Err(fault::full(&self.path));
        }
        self.transaction(|session| work(session)).0
    }

    fn keep_reserve(&self) {
        match reserve::keep(&self.path) {
            Ok(true) => *self.shortage.lock().unwrap_or_else(PoisonError::into_inner) = None,
            Ok(false) => {}
            // Without one, a full disk is told a little earlier.
            Err(error) => tracing::warn!(%error, "no room can be kept beside the store"),
        }
    }

    fn shortage(&self) -> Option<Trouble> {
        let shortage = self.shortage.lock().unwrap_or_else(PoisonError::into_inner);
        shortage.clone()
    }

    fn change_counter(&self) -> StoreResult<u64> {
        self.watcher.lend(
            || {
                self.watchers.fetch_add(1, Ordering::Relaxed);
                let conn = match self.damage.get() {
                    None => open::connect(&self.path, 64, false),
                    Some(_) => open::connect_to_read(&self.path, 64),
                };
                conn.map_err(|fault| self.told(fault))
            },
            |conn| {
                let version = conn.pragma_query_value(None, "data_version", |row| row.get(0));
                match version {
                    Ok(version) => {
                        let version: u32 = version;
                        let watchers = self.watchers.load(Ordering::Relaxed);
                        (Ok((watchers << 32) + u64::from(version)), Keep::Yes)
                    }
                    Err(error) => (Err(self.told(Fault::Sql(error))), Keep::No),
                }
            },
        )
    }

    fn backup(&self, target: &Path) -> StoreResult<()> {
        backup::backup(self, target)
    }

    fn examine(&self) -> StoreResult<Vec<Finding>> {
        examine::examine(self)
    }

    fn damage(&self) -> Option<Trouble> {
        self.damage.get().cloned()
    }

    fn look_through(&self, is_over: IsOver) -> StoreResult<Option<Vec<String>>> {
        damage::look_through(self, is_over)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
