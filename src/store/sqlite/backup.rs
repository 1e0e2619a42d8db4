//! A verified copy of the store, and the way back.
//!
//! A copy appears under its name only when it is whole, and never in the place of another file. A store that came
//! back does not know what was sent since: every answer that was on its way is parked as uncertain, because none
//! may ever be sent twice.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use tempfile::NamedTempFile;

use super::fault::{Fault, Sql};
use super::open::{self, InUse, OpenOptions};
use super::session::{Session, json, micros};
use super::{SqliteStore, damage, log, migrate, outbox, place};
use crate::crash_point;
use crate::domain::ids::EventId;
use crate::domain::outbox::DeliveryState;
use crate::domain::trouble::Trouble;
use crate::store::StoreResult;

/// Copied between two looks at the clock of the file system; 4 MiB.
const PAGES_A_STEP: i32 = 1024;

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Answers that were on their way when the backup was made, now uncertain.
    pub parked: u32,
    /// Where the store that was there before is kept.
    pub replaced: Option<PathBuf>,
}

/// What a copy is compared by.
#[derive(PartialEq, Eq)]
struct Sum {
    last_event: EventId,
    messages: i64,
    raws: i64,
}

pub(super) fn backup(store: &SqliteStore, target: &Path) -> StoreResult<()> {
    if target.exists() {
        return Err(
            Trouble::operator(format!("{} exists already", target.display()))
                .hint("choose another name; a backup never replaces a file"),
        );
    }
    let copy = private_file_beside(target)?;
    store.snapshot(|session| {
        session.run(|session| {
            // The first read fixes the snapshot, so that later commits do not start the copy anew.
            let sum = sum(session)?;
            copy_pages(session.connection(), copy.path())?;
            let conn = Connection::open(copy.path())?;
            verify(&conn, copy.path())?;
            if self::sum(&Session::new(&conn, copy.path()))? != sum {
                return Err(Fault::Told(Trouble::bug(
                    "the copy does not hold what the store holds",
                )));
            }
            Ok(())
        })
    })?;
    keep(copy, target)
}

fn sum(session: &Session<'_>) -> Sql<Sum> {
    let count = |sql| session.one(sql, [], |row| Ok(row.get::<_, i64>(0)?));
    Ok(Sum {
        last_event: log::last(session)?,
        messages: count("SELECT count(*) FROM message")?.unwrap_or(0),
        raws: count("SELECT count(*) FROM raw")?.unwrap_or(0),
    })
}

/// A file in the directory of `target` that only we may read, and that vanishes unless it is kept.
fn private_file_beside(target: &Path) -> StoreResult<NamedTempFile> {
    let directory = place::directory_of(target);
    NamedTempFile::new_in(directory).map_err(|error| {
        Trouble::operator(format!("nothing can be written to {}", directory.display()))
            .because(error)
    })
}

fn copy_pages(from: &Connection, to: &Path) -> Sql<()> {
    let mut copy = Connection::open(to)?;
    {
        let backup = Backup::new(from, &mut copy)?;
        // A busy source or target is tried again for as long as a busy store would be.
        let mut busy = 0;
        loop {
            match backup.step(PAGES_A_STEP)? {
                StepResult::Done => break,
                StepResult::More => busy = 0,
                _ if busy < 200 => {
                    busy += 1;
                    std::thread::sleep(std::time::Duration::from_millis(25));
                }
                _ => {
                    return Err(Fault::Told(
                        Trouble::operator("another program holds the store for too long")
                            .hint("end it and make the backup again"),
                    ));
                }
            }
        }
    }
    // One file, without a log beside it, is what people copy away.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    Ok(())
}

fn verify(conn: &Connection, path: &Path) -> Sql<()> {
    let words: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if words == "ok" {
        return Ok(());
    }
    Err(Fault::Told(
        Trouble::operator(format!("{} is damaged", path.display()))
            .because(words)
            .hint("run `ticketty doctor`; an earlier backup may be whole"),
    ))
}

/// Gives the finished copy its name, without ever replacing a file.
fn keep(copy: NamedTempFile, target: &Path) -> StoreResult<()> {
    let failed = |error: std::io::Error| {
        Trouble::operator(format!("{} cannot be written", target.display())).because(error)
    };
    copy.as_file().sync_all().map_err(failed)?;
    crash_point::pass("before a copy gets its name");
    copy.persist_noclobber(target)
        .map_err(|error| failed(error.error))?;
    sync_directory(target).map_err(failed)?;
    crash_point::pass("after a copy got its name");
    Ok(())
}

fn sync_directory(of: &Path) -> std::io::Result<()> {
    File::open(place::directory_of(of))?.sync_all()
}

impl SqliteStore {
    /// Puts the backup in the place of the store at `target`, which must not be in use. What is there is kept
    /// beside it. `force` replaces even a store that has seen more than the backup.
    ///
    /// # Errors
    /// When the backup is damaged or not ours, the store is in use, or it is newer and `force` is not set.
    pub fn restore(
        backup: &Path,
        target: &Path,
        force: bool,
        now: Timestamp,
    ) -> StoreResult<Restored> {
        if !backup.is_file() {
            return Err(Trouble::operator(format!(
                "there is no backup {}",
                backup.display()
            )));
        }
        let fresh = place::prepare(target)?;
        let (_in_use, alone) = InUse::alone(target)?;
        if !alone {
            return Err(
                Trouble::operator(format!("the store {} is in use", target.display()))
                    .hint("stop every ticketty that uses it, then restore"),
            );
        }
        let copy = private_file_beside(target)?;
        let restored = prepare_copy(backup, copy.path(), now).map_err(|f| f.told(backup))?;
        let replaced = if fresh || is_empty(target) {
            None
        } else {
            refuse_newer(target, restored.last_event, force)?;
            Some(set_aside(target)?)
        };
        if replaced.is_none() {
            // Our own empty file, made above or by an attempt that did not get further.
            let _ = fs::remove_file(target);
        }
        keep(copy, target)?;
        damage::forget(target);
        Ok(Restored {
            parked: restored.parked,
            replaced,
        })
    }
}

struct Prepared {
    parked: u32,
    last_event: EventId,
}

fn is_empty(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.len() == 0)
}

/// Copies the backup, brings it to this program's schema, and parks what was on its way.
fn prepare_copy(backup: &Path, copy: &Path, now: Timestamp) -> Sql<Prepared> {
    {
        let flags =
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let from = Connection::open_with_flags(backup, flags)?;
        let version = open::recognise(&from, backup, migrate::newest())?;
        if version == 0 {
            return Err(Fault::Told(Trouble::operator(format!(
                "{} is not a Ticketty backup: it is empty",
                backup.display()
            ))));
        }
        verify(&from, backup)?;
        copy_pages(&from, copy)?;
    }
    let mut conn = open::connect(copy, OpenOptions::default().cache_kib, true)?;
    open::recognise(&conn, copy, migrate::newest())?;
    migrate::upgrade(&mut conn, copy, migrate::newest())?;
    let transaction = conn.transaction()?;
    let session = Session::new(&transaction, copy);
    let parked = park(&session, now)?;
    session.exec("UPDATE lease SET holder = NULL", [])?;
    let last_event = log::last(&session)?;
    drop(session);
    transaction.commit()?;
    Ok(Prepared { parked, last_event })
}

fn park(session: &Session<'_>, now: Timestamp) -> Sql<u32> {
    let mut parked = 0;
    for row in outbox::select(session, "finished = 0 ORDER BY id", [])? {
        match row.state {
            DeliveryState::Held { .. }
            | DeliveryState::Queued
            | DeliveryState::Sending
            | DeliveryState::Dot
            | DeliveryState::Deferred { .. } => {}
            DeliveryState::Refused { .. }
            | DeliveryState::Uncertain { .. }
            | DeliveryState::Sent { .. }
            | DeliveryState::Cancelled => continue,
        }
        let state = DeliveryState::Uncertain {
            since: now,
            known: format!(
                "this store was restored on {}; whether the answer was sent since its backup is not known",
                now.strftime("%Y-%m-%d %H:%M UTC")
            ),
        };
        session.exec(
            "UPDATE outbox SET state = $2, changed_at = $3 WHERE id = $1",
            rusqlite::params![row.id.0, json(&state)?, micros(now)],
        )?;
        parked += 1;
    }
    Ok(parked)
}

/// A store that cannot be read counts as older: replacing it is what restoring is for, and it is kept.
fn refuse_newer(target: &Path, restored: EventId, force: bool) -> StoreResult<()> {
    let last = open::connect(target, OpenOptions::default().cache_kib, false)
        .and_then(|conn| log::last(&Session::new(&conn, target)));
    match last {
        Ok(last) if last > restored && !force => Err(Trouble::operator(format!(
            "the store {} has seen {} events more than the backup",
            target.display(),
            last.0 - restored.0
        ))
        .hint("to go back all the same, restore with --force; the newer store is kept beside it")),
        _ => Ok(()),
    }
}

/// Renames the store and its log to a free name, and returns it.
fn set_aside(target: &Path) -> StoreResult<PathBuf> {
    let aside = (1_u32..)
        .map(|n| place::with_suffix(target, &format!(".replaced-{n}")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| place::with_suffix(target, ".replaced"));
    let failed = |error: std::io::Error| {
        Trouble::operator(format!("{} cannot be set aside", target.display())).because(error)
    };
    let companions = place::companions(target)
        .into_iter()
        .zip(place::companions(&aside));
    for (from, to) in companions {
        if from.exists() {
            crash_point::pass("before a store's log is set aside");
            fs::rename(from, to).map_err(failed)?;
        }
    }
    crash_point::pass("before a store is set aside");
    fs::rename(target, &aside).map_err(failed)?;
    crash_point::pass("after a store was set aside");
    Ok(aside)
}
