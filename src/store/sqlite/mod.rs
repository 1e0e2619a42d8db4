//! The store as one SQLite file of the user's own.
//!
//! One connection writes, a few read, each transaction whole or not at all. What SQLite reports becomes a
//! sentence that says whose move it is. Nothing here may write outside [`Store::write`], or let a value into SQL
//! other than as a parameter.

mod audit;
mod backup;
mod examine;
mod fault;
mod first;
mod ledger;
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
mod search;
mod session;
mod snippet;
mod ticket_row;
mod tickets;
mod watching;
mod words;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::crash_point;
use crate::domain::trouble::Trouble;
use crate::store::{Finding, Read, Store, StoreResult, Write};

use fault::{Fault, Sql};
use open::InUse;
use pool::{Keep, Pool};
use session::Session;

pub use backup::Restored;
pub use first::MESSAGE_ID_KEY;
pub use open::OpenOptions;
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
    _in_use: InUse,
}

impl SqliteStore {
    /// Opens the store at `path`, and makes it where there is none.
    ///
    /// # Errors
    /// Files that others may read, network file systems, files of other programs, stores of newer programs and
    /// damaged ones are refused, with what to do about it.
    pub fn open(path: impl AsRef<Path>, options: OpenOptions) -> StoreResult<Self> {
        let path = path.as_ref();
        open::refuse_old_library()?;
        if options.must_exist && !path.exists() {
            return Err(
                Trouble::operator(format!("there is no store at {}", path.display()))
                    .hint("start `ticketty` once to make one, or name its place with --data-dir"),
            );
        }
        place::prepare(path)?;
        let (in_use, alone) = InUse::alone(path)?;
        let first =
            Self::open_first(path, options, alone, &in_use).map_err(|fault| fault.told(path));
        in_use.share()?;
        let store = Self {
            path: path.to_owned(),
            options,
            writer: Pool::new(1, PATIENCE, "the one writer"),
            readers: Pool::new(options.readers, PATIENCE, "a reader"),
            watcher: Pool::new(1, PATIENCE, "the watcher"),
            watchers: AtomicU64::new(0),
            _in_use: in_use,
        };
        store.writer.add(first?);
        Ok(store)
    }

    fn open_first(
        path: &Path,
        options: OpenOptions,
        alone: bool,
        in_use: &InUse,
    ) -> Sql<Connection> {
        let unclean = alone && open::stopped_uncleanly(path);
        let mut conn = open::connect(path, options.cache_kib, true)?;
        let mut version = open::recognise(&conn, path, migrate::newest())?;
        if !alone && version > 0 && version < migrate::newest() {
            // Somebody who upgrades it is alone with it meanwhile, and is waited for.
            in_use.share()?;
            version = open::recognise(&conn, path, migrate::newest())?;
            open::refuse_to_upgrade_under_others(path, version, migrate::newest())?;
        }
        if unclean {
            open::quick_check(&conn, path)?;
        }
        open::use_wal(&conn)?;
        migrate::migrate(&mut conn, path, version)?;
        Ok(conn)
    }

    /// Where the store is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn connect(&self, writes: bool) -> StoreResult<Connection> {
        open::connect(&self.path, self.options.cache_kib, writes)
            .map_err(|fault| fault.told(&self.path))
    }

    /// Runs `work` on a snapshot of one reader.
    fn snapshot<T>(&self, work: impl FnOnce(&Session<'_>) -> StoreResult<T>) -> StoreResult<T> {
        self.readers.lend(
            || self.connect(false),
            |conn| {
                let begun = Transaction::new_unchecked(conn, TransactionBehavior::Deferred);
                let transaction = match begun {
                    Ok(transaction) => transaction,
                    Err(error) => return (Err(Fault::Sql(error).told(&self.path)), Keep::No),
                };
                let session = Session::new(&transaction, &self.path);
                let result = work(&session);
                let broken = session.is_broken();
                drop(session);
                let ended = transaction.rollback();
                (result, keep_if(!broken && ended.is_ok()))
            },
        )
    }

    /// Runs `work` in one transaction of the writer.
    fn transaction<T>(
        &self,
        work: impl FnOnce(&mut Session<'_>) -> StoreResult<T>,
    ) -> StoreResult<T> {
        self.writer.lend(
            || self.connect(true),
            |conn| {
                let begun = Transaction::new_unchecked(conn, TransactionBehavior::Immediate);
                let transaction = match begun {
                    Ok(transaction) => transaction,
                    Err(error) => {
                        let fault = Fault::Sql(error);
                        let keep = keep_if(!fault.breaks_connection());
                        return (Err(fault.told(&self.path)), keep);
                    }
                };
                let mut session = Session::new(&transaction, &self.path);
                let done = work(&mut session).and_then(|value| {
                    session.run(|session| session.finish())?;
                    Ok(value)
                });
                let broken = session.is_broken();
                drop(session);
                match done {
                    Ok(value) => match commit(transaction) {
                        Ok(()) => (Ok(value), Keep::Yes),
                        Err(fault) => {
                            // A commit that failed leaves its transaction open; a new connection is sure to have none.
                            (Err(fault.told(&self.path)), Keep::No)
                        }
                    },
                    Err(trouble) => {
                        let ended = transaction.rollback();
                        (Err(trouble), keep_if(!broken && ended.is_ok()))
                    }
                }
            },
        )
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
        self.transaction(|session| work(session))
    }

    fn change_counter(&self) -> StoreResult<u64> {
        self.watcher.lend(
            || {
                self.watchers.fetch_add(1, Ordering::Relaxed);
                open::connect(&self.path, 64, false).map_err(|fault| fault.told(&self.path))
            },
            |conn| {
                let version = conn.pragma_query_value(None, "data_version", |row| row.get(0));
                match version {
                    Ok(version) => {
                        let version: u32 = version;
                        let watchers = self.watchers.load(Ordering::Relaxed);
                        (Ok((watchers << 32) + u64::from(version)), Keep::Yes)
                    }
                    Err(error) => (Err(Fault::Sql(error).told(&self.path)), Keep::No),
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
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
