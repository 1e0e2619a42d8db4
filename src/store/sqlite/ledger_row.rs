//! A row of the ledger, as it stands in the table.

use rusqlite::{Params, Row};

use super::fault::{Fault, Sql};
use super::ledger::wrong_type;
use super::session::{Session, hash_of, moment, moment_opt, narrow};
use crate::domain::ids::FolderId;
use crate::store::ledger::{LedgerRow, Outcome};

pub(super) fn outcome_words(outcome: &Outcome) -> (&'static str, Option<&str>) {
    match outcome {
        Outcome::Stored => ("stored", None),
        Outcome::StoredUnparsed => ("stored-unparsed", None),
        Outcome::Stub => ("stub", None),
        Outcome::SameContent => ("same-content", None),
        Outcome::OwnCopy => ("own-copy", None),
        Outcome::NotWanted => ("not-wanted", None),
        Outcome::GoneBeforeFetch => ("gone-before-fetch", None),
        Outcome::UnreadableOnServer { words } => ("unreadable-on-server", Some(words)),
    }
}

/// The rows of the ledger that meet a condition.
pub(super) fn rows(
    session: &Session<'_>,
    condition: &str,
    params: impl Params,
) -> Sql<Vec<LedgerRow>> {
    let columns = "outcome, words, content, size_bytes, internal_date, recorded_at, folder, uid";
    session.all(
        &format!("SELECT {columns} FROM ledger WHERE {condition}"),
        params,
        |row| {
            let content = row.get_ref(2)?.as_blob_or_null().map_err(wrong_type)?;
            Ok(LedgerRow {
                folder: FolderId(row.get(6)?),
                uid: row.get(7)?,
                outcome: outcome(row)?,
                content: content.map(hash_of).transpose()?,
                size_bytes: narrow(row.get(3)?)?,
                internal_date: moment_opt(row.get(4)?)?,
                recorded_at: moment(row.get(5)?)?,
            })
        },
    )
}

fn outcome(row: &Row<'_>) -> Sql<Outcome> {
    let word: String = row.get(0)?;
    Ok(match word.as_str() {
        "stored" => Outcome::Stored,
        "stored-unparsed" => Outcome::StoredUnparsed,
        "stub" => Outcome::Stub,
        "same-content" => Outcome::SameContent,
        "own-copy" => Outcome::OwnCopy,
        "not-wanted" => Outcome::NotWanted,
        "gone-before-fetch" => Outcome::GoneBeforeFetch,
        "unreadable-on-server" => Outcome::UnreadableOnServer {
            words: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
        },
        _ => {
            return Err(Fault::Unreadable {
                what: "a UID has an outcome that this program does not know",
                cause: word,
            });
        }
    })
}
