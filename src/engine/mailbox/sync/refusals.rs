//! How often a server refused single mails that it lists, kept in the store: a program that runs for one round at a
//! time, by cron for example, has to come to the same end as one that stays.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::folder::row;
use crate::domain::ids::FolderId;
use crate::domain::trouble::Trouble;
use crate::store::ledger::{LedgerRow, Outcome};
use crate::store::{StoreResult, Write};

/// After so many refusals a mail is recorded as unreadable on the server.
const ASKED_OFTEN_ENOUGH: u32 = 3;

fn fact_name(folder: FolderId) -> String {
    format!("refusals:{folder}")
}

/// Counts one more refusal of each, with the server's words, and gives the ledger rows of those that were refused
/// often enough. Counts of mails that have an outcome by now are forgotten.
///
/// # Errors
/// The store cannot be read or written.
pub fn count(
    store: &mut dyn Write,
    folder: FolderId,
    refused: &BTreeMap<u32, String>,
    now: Timestamp,
) -> StoreResult<Vec<LedgerRow>> {
    if refused.is_empty() {
        return Ok(Vec::new());
    }
    let name = fact_name(folder);
    let mut counts: BTreeMap<u32, u32> = store
        .fact(&name)?
        .and_then(|word| serde_json::from_slice(&word).ok())
        .unwrap_or_default();
    let holes = store.holes(folder)?;
    counts.retain(|uid, _| holes.contains(uid));
    let mut rows = Vec::new();
    for (uid, words) in refused {
        let count = counts.entry(*uid).or_insert(0);
        *count += 1;
        if *count >= ASKED_OFTEN_ENOUGH {
            counts.remove(uid);
            let words = words.clone();
            rows.push(row(
                folder,
                *uid,
                Outcome::UnreadableOnServer { words },
                now,
            ));
        }
    }
    let word = serde_json::to_vec(&counts)
        .map_err(|cause| Trouble::bug("counts cannot be written").because(cause))?;
    store.set_fact(&name, &word)?;
    Ok(rows)
}
