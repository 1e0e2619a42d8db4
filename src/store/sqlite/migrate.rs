//! The schema in numbered steps. A step that was shipped is never edited; a change is a new step.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::fault::{Fault, Sql};
use super::open::APPLICATION_ID;
use super::{first, place};
use crate::crash_point;
use crate::domain::trouble::Trouble;

/// One version of the schema: portable tables, then what only SQLite has.
struct Step {
    version: i64,
    sql: &'static [&'static str],
}

const STEPS: [Step; 4] = [
    Step {
        version: 1,
        sql: &[
            include_str!("migrations/0001_first.sql"),
            include_str!("migrations/0001_words.sql"),
        ],
    },
    Step {
        version: 2,
        sql: &[
            include_str!("migrations/0002_settings_log.sql"),
            include_str!("migrations/0002_letters.sql"),
        ],
    },
    Step {
        version: 3,
        sql: &[include_str!("migrations/0003_flood.sql")],
    },
    Step {
        version: 4,
        sql: &[include_str!("migrations/0004_outbox.sql")],
    },
];

/// The version that this program reads and writes.
pub(super) fn newest() -> i64 {
    STEPS.last().map_or(0, |step| step.version)
}

/// Brings the schema from `version` to the newest in one transaction. An existing store is copied beside itself before.
pub(super) fn migrate(conn: &mut Connection, path: &Path, version: i64) -> Sql<()> {
    if version >= newest() {
        return Ok(());
    }
    if version > 0 {
        copy_before(conn, path, version)?;
    }
    upgrade(conn, path, newest())
}

/// As [`migrate`], without the copy: for what is a copy itself.
pub(super) fn upgrade(conn: &mut Connection, path: &Path, target: i64) -> Sql<()> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for step in STEPS
        .iter()
        .filter(|step| step.version > version && step.version <= target)
    {
        for sql in step.sql {
            transaction.execute_batch(sql)?;
        }
    }
    if version == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        first::fill(&transaction, path)?;
    }
    if version < target {
        transaction.pragma_update(None, "user_version", target)?;
    }
    crash_point::pass("before the commit of a migration");
    transaction.commit()?;
    crash_point::pass("after the commit of a migration");
    Ok(())
}

/// Where the copy of a store of `version` goes.
fn copy_path(path: &Path, version: i64) -> PathBuf {
    place::with_suffix(path, &format!(".before-upgrade-from-v{version}"))
}

fn copy_before(conn: &Connection, path: &Path, version: i64) -> Sql<()> {
    let target = copy_path(path, version);
    // A copy of an attempt that failed is replaced: it was made of the same store.
    if target.exists() {
        std::fs::remove_file(&target).map_err(|error| copy_failed(&target, &error))?;
    }
    place::create_private(&target)?;
    let name = target
        .to_str()
        .ok_or_else(|| copy_failed(&target, &"its path is not UTF-8"))?;
    conn.execute("VACUUM INTO ?1", [name])?;
    Ok(())
}

fn copy_failed(target: &Path, cause: &dyn std::fmt::Display) -> Fault {
    Fault::Told(
        Trouble::operator(format!(
            "the copy {} before the upgrade cannot be made",
            target.display()
        ))
        .because(cause)
        .hint("the store is unchanged; make the place writable and start again"),
    )
}
