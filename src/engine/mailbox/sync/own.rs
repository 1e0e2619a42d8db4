//! The ledger's word on a mail of our own that is about to be removed from the server again.
//!
//! Recorded before the removal, so that the sync, which may be listing the folder at the same moment, finds the UID
//! settled and neither fetches it nor calls it lost.

use std::sync::Arc;

use super::folder::{has_been_looked_at, row};
use crate::domain::ids::MailboxId;
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::mailbox::sync::SyncFailure;
use crate::mail::imap::{ImapSession, Search};
use crate::store::ledger::{Folder, Outcome};

/// Records `uid` of the folder that is open in `session` as our own copy, where the ledger follows that folder. All
/// that lies between its cursor and `uid` is listed with it, because the cursor must not pass what was never listed.
///
/// # Errors
/// The server does not list the folder, or the store cannot be written.
pub async fn settle(
    engine: &Arc<Engine>,
    session: &mut ImapSession,
    mailbox: MailboxId,
    (wire_name, uid_validity): (&str, u32),
    uid: u32,
) -> Result<(), SyncFailure> {
    let Some(folder) = followed(engine, mailbox, wire_name, uid_validity).await? else {
        return Ok(());
    };
    let above = Search::uids(folder.cursor.saturating_add(1)..=u32::MAX);
    let listed = session.search_uids(&above).await?;
    let (id, now) = (folder.id, engine.clock.now());
    engine
        .write(move |transaction| {
            let looked_at = has_been_looked_at(transaction, &folder)?;
            if looked_at {
                transaction.list_uids(id, &listed)?;
            }
            // Before the first look only what is listed already may be settled: the look decides what is wanted.
            if looked_at || transaction.holes(id)?.contains(&uid) {
                transaction.record(&[row(id, uid, Outcome::OwnCopy, now)])?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// The same for a UID that the first look may have listed meanwhile.
///
/// # Errors
/// The store cannot be written.
pub async fn settle_if_listed(
    engine: &Arc<Engine>,
    mailbox: MailboxId,
    (wire_name, uid_validity): (&str, u32),
    uid: u32,
) -> Result<(), Trouble> {
    let Some(folder) = followed(engine, mailbox, wire_name, uid_validity).await? else {
        return Ok(());
    };
    let (id, now) = (folder.id, engine.clock.now());
    engine
        .write(move |transaction| {
            if transaction.holes(id)?.contains(&uid) {
                transaction.record(&[row(id, uid, Outcome::OwnCopy, now)])?;
            }
            Ok(())
        })
        .await
}

async fn followed(
    engine: &Arc<Engine>,
    mailbox: MailboxId,
    wire_name: &str,
    uid_validity: u32,
) -> Result<Option<Folder>, Trouble> {
    let folders = engine.read(move |store| store.folders(mailbox)).await?;
    Ok(folders.into_iter().find(|folder| {
        folder.current && folder.wire_name == wire_name && folder.uid_validity == uid_validity
    }))
}
