//! The list of mails that could not be read, each with the version of the reader that could not.
//!
//! It is kept as facts, so that finding them costs nothing however many mails there are.

use crate::domain::ids::MessageId;
use crate::store::{Read, StoreResult, Write};

const PREFIX: &str = "unreadable:";
/// Set once the mails are on the list that were stored before there was one.
const LISTED: &str = "unreadable-listed";

/// Puts a mail on the list, or notes that this version could not read it either.
pub fn keep(store: &mut dyn Write, message: MessageId, reader: &str) -> StoreResult<()> {
    store.set_fact(&format!("{PREFIX}{message}"), reader.as_bytes())
}

/// It has been read.
pub fn release(store: &mut dyn Write, message: MessageId) -> StoreResult<()> {
    store.forget_fact(&format!("{PREFIX}{message}"))
}

/// The mails that another version could not read.
pub fn of_others(store: &dyn Read, reader: &str) -> StoreResult<Vec<MessageId>> {
    let kept = store.facts_of(PREFIX)?;
    let of_others = kept.iter().filter(|(_, by)| by != reader.as_bytes());
    Ok(of_others
        .filter_map(|(name, _)| name.strip_prefix(PREFIX)?.parse().ok())
        .map(MessageId)
        .collect())
}

/// Lists what was stored before there was a list.
pub fn complete(store: &mut dyn Write) -> StoreResult<()> {
    if store.fact(LISTED)?.is_some() {
        return Ok(());
    }
    for message in store.unreadable_messages()? {
        if store.fact(&format!("{PREFIX}{message}"))?.is_none() {
            keep(store, message, "")?;
        }
    }
    store.set_fact(LISTED, &[1])
}

/// Whether the list is complete.
pub fn is_complete(store: &dyn Read) -> StoreResult<bool> {
    Ok(store.fact(LISTED)?.is_some())
}
