//! Opening the database: what is refused, what is checked, how a connection is set.

use std::fs::{File, OpenOptions as FileOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::fault::{Fault, Sql};
use super::{place, vocabulary};
use crate::domain::trouble::Trouble;
use crate::store::StoreResult;

/// "TKTY": tells a Ticketty store from other SQLite files.
pub(super) const APPLICATION_ID: i64 = 0x544b_5459;
/// Older libraries can damage a write-ahead log that is reset while another connection reads it.
const OLDEST_LIBRARY: i32 = 3_051_003;
/// How long another process may keep the store from us.
const BUSY_PATIENCE: Duration = Duration::from_secs(20);
/// SQLite's own handler waits up to 100 ms between two questions. A process that files mail leaves the store free for
/// less than that, so that others would hardly ever get in.
const ASK_AGAIN: Duration = Duration::from_millis(4);
const LOCK_PATIENCE: Duration = Duration::from_secs(20);

/// How much memory the store may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenOptions {
    /// How many may read at the same time.
    pub readers: usize,
    /// Page cache of each reader; the writer has three times as much.
    pub cache_kib: u32,
    /// Refuses to make a store where there is none.
    pub must_exist: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            readers: 3,
            cache_kib: 2 * 1024,
            must_exist: false,
        }
    }
}

/// The whole store is looked through before it is used: it was not closed, or something in it is damaged. That takes
/// seconds for each gigabyte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookThrough {
    Begins { bytes: u64 },
    Ends,
}

pub(super) fn refuse_old_library() -> StoreResult<()> {
    if rusqlite::version_number() >= OLDEST_LIBRARY {
        return Ok(());
    }
    Err(Trouble::operator(format!(
        "SQLite {} is too old for a store; 3.51.3 or newer is needed",
        rusqlite::version()
    ))
    .hint("build ticketty with its bundled SQLite"))
}

/// Everyone who has the store open holds this file shared; who must be alone holds it alone. While the store is in
/// use something stands in it, which is the sign of an unclean stop for whoever opens it next: a log that somebody
/// took away would be none.
pub(super) struct InUse {
    file: File,
    is_noted: bool,
}

impl InUse {
    /// The lock, and whether nobody else had the store open at this moment.
    pub(super) fn alone(path: &Path) -> StoreResult<(Self, bool)> {
        let lock_path = place::with_suffix(path, "-lock");
        let file = FileOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock_path)
            .map_err(|error| {
                Trouble::operator(format!("{} cannot be opened", lock_path.display()))
                    .because(error)
            })?;
        let alone = file.try_lock().is_ok();
        let in_use = Self {
            file,
            is_noted: false,
        };
        Ok((in_use, alone))
    }

    /// Whether the last one who had the store open did not close it.
    pub(super) fn stopped_uncleanly(&self) -> bool {
        self.file.metadata().is_ok_and(|file| file.len() > 0)
    }

    /// Notes that the store is in use, until the last one who has it open lets go of this value. A note that cannot
    /// be made, as on a full disk, is missed only where the log beside the store is missing, too.
    pub(super) fn note(&mut self) {
        use std::os::unix::fs::FileExt;
        let _noted = self.file.write_all_at(b"in use\n", 0);
        self.is_noted = true;
    }

    /// Lets others in. Whoever checks or restores the store alone is waited for.
    pub(super) fn share(&self) -> StoreResult<()> {
        // Unlocking what is not locked is no error.
        let _ = self.file.unlock();
        let deadline = Instant::now() + LOCK_PATIENCE;
        while self.file.try_lock_shared().is_err() {
            if Instant::now() >= deadline {
                return Err(Trouble::operator(
                    "another ticketty checks or restores the store and does not finish",
                )
                .hint("wait for it, or end it"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        // Who still has it open, or opens it just now, keeps the note.
        if self.is_noted && self.file.unlock().is_ok() && self.file.try_lock().is_ok() {
            let _cleared = self.file.set_len(0);
        }
    }
}

/// Waits before the store is asked for again; says whether it shall be.
fn wait_for_others(times: i32) -> bool {
    let waited = ASK_AGAIN.saturating_mul(times.unsigned_abs());
    if waited >= BUSY_PATIENCE {
        return false;
    }
    std::thread::sleep(ASK_AGAIN);
    true
}

/// A connection that is set as all of ours are.
pub(super) fn connect(path: &Path, cache_kib: u32, writes: bool) -> Sql<Connection> {
    // The file is there already, made with the right mode. Each connection is used by one thread at a time.
    connect_with(OpenFlags::SQLITE_OPEN_READ_WRITE, path, cache_kib, writes)
}

/// A connection that leaves every byte of the store and its log as it is.
pub(super) fn connect_to_read(path: &Path, cache_kib: u32) -> Sql<Connection> {
    let conn = connect_with(OpenFlags::SQLITE_OPEN_READ_ONLY, path, cache_kib, false)?;
    keep_the_log(&conn, true)?;
    Ok(conn)
}

/// Whether the log stays beside the store when the last connection closes, or is copied back as usual.
pub(super) fn keep_the_log(conn: &Connection, keep: bool) -> Sql<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)?;
    Ok(())
}

fn connect_with(access: OpenFlags, path: &Path, cache_kib: u32, writes: bool) -> Sql<Connection> {
    let mut conn = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_handler(Some(wait_for_others))?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Plans do not depend on the values that are bound. Otherwise the library, which is built with STAT4, prepares
    // a look-up by a partial index anew for every value, a sixth of the work of a first sync.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(if writes { 96 } else { 48 });
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
    conn.pragma_update(None, "mmap_size", 0)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    vocabulary::show(&conn)?;
    if writes {
        // 8000 pages are 32 MiB: a first sync writes most pages many times, and the log is copied back less often.
        conn.pragma_update(None, "wal_autocheckpoint", 8000)?;
        conn.pragma_update(None, "journal_size_limit", 32 * 1024 * 1024)?;
        // A batch of a first sync fits, so that pages do not go to the log twice.
        conn.pragma_update(None, "cache_size", -3 * i64::from(cache_kib))?;
    } else {
        conn.pragma_update(None, "query_only", true)?;
    }
    Ok(conn)
}

/// Refuses files that are not ours and stores of a newer program. Returns the version of the schema.
pub(super) fn recognise(conn: &Connection, path: &Path, newest: i64) -> Sql<i64> {
    let shown = path.display();
    let id: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let empty = id == 0 && version == 0 && tables == 0;
    if id != APPLICATION_ID && !empty {
        return Err(Fault::Told(
            Trouble::operator(format!("{shown} is not a Ticketty database"))
                .because(format!(
                    "its application id is {id:#010x}, ours is {APPLICATION_ID:#010x}"
                ))
                .hint("choose another --data-dir"),
        ));
    }
    if version > newest {
        return Err(Fault::Told(
            Trouble::operator(format!(
                "{shown} was made by a newer ticketty: its schema is version {version}, this program knows up to {newest}"
            ))
            .hint("use the newer program, or bring back a backup made by this one"),
        ));
    }
    Ok(version)
}

/// A program that is still open would go on writing as the old schema has it.
pub(super) fn refuse_to_upgrade_under_others(path: &Path, version: i64, newest: i64) -> Sql<()> {
    if version >= newest {
        return Ok(());
    }
    Err(Fault::Told(
        Trouble::operator(format!(
            "an older ticketty has {} open, so it cannot be upgraded",
            path.display()
        ))
        .because(format!(
            "its schema is version {version}, this program writes version {newest}"
        ))
        .hint("end every ticketty that uses it (`fuser` names them), and start again"),
    ))
}

/// Turns the write-ahead log on, which stays with the file.
pub(super) fn use_wal(conn: &Connection) -> Sql<()> {
    let mode: String =
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode.eq_ignore_ascii_case("wal") {
        return Ok(());
    }
    Err(Fault::Told(
        Trouble::operator("the store cannot keep a write-ahead log where it is")
            .because(format!("journal mode is {mode}"))
            .hint("choose a directory on a local disk with --data-dir"),
    ))
}

/// Whether the last one who wrote did not close the store: its log, or the index of the log, is still there.
pub(super) fn left_its_log(path: &Path) -> bool {
    let [log, index] = place::companions(path);
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0) || index.exists()
}
