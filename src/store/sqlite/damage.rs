//! A store that is damaged: how it is found out, and that it is only read from then on.
//!
//! Whoever meets a damaged page puts a note beside the store. Until the store was looked through and found whole, or
//! another one is in its place, nobody writes to it: what can be read is read, and mail waits on its servers.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::fault::{Fault, Sql};
use super::{SqliteStore, migrate, open, place};
use crate::domain::trouble::Trouble;
use crate::store::{IsOver, StoreResult};

/// How many defects are named.
const NAMED: usize = 20;
/// Steps of SQLite's machine between two questions whether it is over; some ten thousand a second are asked.
const STEPS_A_QUESTION: i32 = 10_000;

fn note_path(path: &Path) -> PathBuf {
    place::with_suffix(path, "-damaged")
}

/// Notes what was met, for whoever opens the store next.
pub(super) fn note(path: &Path, words: &str) {
    let note = note_path(path);
    // Where it cannot be made, the next one finds the damage as this one did.
    if place::create_private(&note).is_ok_and(|is_new| is_new) {
        let _noted = fs::write(note, words);
    }
}

/// What was noted.
pub(super) fn noted(path: &Path) -> Option<String> {
    fs::read_to_string(note_path(path)).ok()
}

/// The store is whole, or another one is in its place.
pub(super) fn forget(path: &Path) {
    // Where it stays, the store is looked through once more.
    let _gone = fs::remove_file(note_path(path));
}

/// Looks through a store before it is used: where it was not closed all pages, where damage was noted all indices too.
pub(super) fn check_first(conn: &Connection, path: &Path) -> Sql<()> {
    let pragma = if noted(path).is_some() {
        "PRAGMA integrity_check(20)"
    } else {
        "PRAGMA quick_check(20)"
    };
    let words = words_of(conn, pragma)?;
    if words.is_empty() {
        forget(path);
        return Ok(());
    }
    Err(Fault::Damaged(words.join("; ")))
}

/// What a check says; nothing where all is well.
fn words_of(conn: &Connection, pragma: &str) -> Sql<Vec<String>> {
    let mut statement = conn.prepare(pragma)?;
    let words = statement.query_map([], |row| row.get(0))?;
    let words: Vec<String> = words.collect::<Result<_, _>>()?;
    let wrong = words.into_iter().filter(|word| word != "ok");
    Ok(wrong.map(|word| word.replace('\n', " ")).collect())
}

/// Whether a damaged store can be read: its beginning and its schema are whole, and the schema is today's.
pub(super) fn can_be_read(path: &Path) -> bool {
    open::connect_to_read(path, 64)
        .and_then(|conn| open::recognise(&conn, path, migrate::newest()))
        .is_ok_and(|version| version == migrate::newest())
}

pub(super) fn look_through(
    store: &SqliteStore,
    mut is_over: IsOver,
) -> StoreResult<Option<Vec<String>>> {
    let path = store.path();
    if is_over() {
        return Ok(None);
    }
    let looked = open::connect_to_read(path, 2048).and_then(|mut conn| {
        conn.progress_handler(STEPS_A_QUESTION, Some(is_over))?;
        words_of(&conn, &format!("PRAGMA integrity_check({NAMED})"))
    });
    match looked {
        Ok(words) if words.is_empty() => Ok(Some(words)),
        Ok(words) => {
            store.told(Fault::Damaged(words.join("; ")));
            Ok(Some(words))
        }
        Err(Fault::Sql(error))
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) =>
        {
            Ok(None)
        }
        Err(fault) => Err(store.told(fault)),
    }
}

impl SqliteStore {
    /// From now on it is only read.
    pub(super) fn is_damaged(&self, trouble: &Trouble) {
        if self.damage.set(trouble.clone()).is_ok() {
            note(&self.path, trouble.cause.as_deref().unwrap_or_default());
            tracing::error!(%trouble, "the store is damaged");
        }
    }
}
