//! A folder that was renamed on the server keeps its ledger: the server's own id of it (RFC 8474) and its UIDVALIDITY
//! say that its UIDs mean what they meant. Nothing of it is fetched again.
//!
//! The id comes with every opening of a folder, so that nothing new costs no round trip more. Only where a chosen folder
//! is not there any more are the ids of the others asked for. Without ids, or where they do not fit, a renamed folder is
//! a new one, and its mails are known by their content.

use std::collections::BTreeMap;

use super::round::Round;
use crate::domain::ids::{FolderId, MailboxId};
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::standing;
use crate::mail::imap::{FolderInfo, ImapFailure, ImapSession, Selected};
use crate::store::ledger::{Folder, FolderSight};
use crate::store::{Read, StoreResult, Write};

fn fact_name(folder: FolderId) -> String {
    format!("mailbox-id:{folder}")
}

/// What the server called the folder when it was opened last.
///
/// # Errors
/// The store cannot be read.
pub fn id_of<R: Read + ?Sized>(store: &R, folder: FolderId) -> StoreResult<Option<String>> {
    let word = store.fact(&fact_name(folder))?;
    Ok(word
        .and_then(|word| String::from_utf8(word).ok())
        .filter(|id| !id.is_empty()))
}

/// The UIDs of this ledger mean other mails by now: nobody may take it over.
///
/// # Errors
/// The store cannot be written.
pub fn forget(store: &mut dyn Write, folder: FolderId) -> StoreResult<()> {
    store.set_fact(&fact_name(folder), b"")
}

/// Whether the name stands for another folder by now, although its UIDVALIDITY is the same. Then the ledger under this
/// name is closed, so that a new one can be opened.
///
/// # Errors
/// The store cannot be read or written.
pub async fn is_another(
    round: &Round<'_>,
    folder: &Folder,
    selected: &Selected,
) -> Result<bool, Trouble> {
    let Some(now) = selected.mailbox_id.clone() else {
        return Ok(false);
    };
    let id = folder.id;
    let known = round.engine.read(move |store| id_of(store, id)).await?;
    if known.is_none_or(|known| known == now) {
        return Ok(false);
    }
    round
        .engine
        .write(move |store| store.retire_folder(id))
        .await?;
    Ok(true)
}

/// The ledger that this folder had under another name, if there is one and its name is gone.
///
/// # Errors
/// The store cannot be read or written.
pub async fn take_over(
    round: &Round<'_>,
    sight: &FolderSight,
    selected: &Selected,
) -> Result<Option<Folder>, Trouble> {
    let Some(now) = selected.mailbox_id.clone() else {
        return Ok(None);
    };
    let sight = sight.clone();
    let names: Vec<String> = round
        .listed
        .iter()
        .map(|info| info.wire_name.clone())
        .collect();
    let taken = round
        .engine
        .write(move |store| {
            for folder in store.folders(sight.mailbox)? {
                let is_there_still = folder.current && names.contains(&folder.wire_name);
                if folder.uid_validity == sight.uid_validity
                    && folder.wire_name != sight.wire_name
                    && !is_there_still
                    && id_of(&*store, folder.id)?.as_ref() == Some(&now)
                    && let Some(renamed) = store.rename_folder(folder.id, &sight)?
                {
                    return Ok(Some((folder.name, renamed)));
                }
            }
            Ok(None)
        })
        .await?;
    let Some((before, folder)) = taken else {
        return Ok(None);
    };
    let name = &round.mailbox.settings.name;
    tracing::info!(mailbox = %round.mailbox.id, folder = %folder.id, "a folder was renamed on the server");
    round.engine.told.notice(
        Trouble::server(format!(
            "{name}: the folder {before} is called {} on the server now",
            folder.name
        ))
        .hint("nothing has to be done: it is the same folder, and it goes on where it was"),
    );
    Ok(Some(folder))
}

/// Keeps what the server calls the folder.
///
/// # Errors
/// The store cannot be read or written.
pub async fn remember(
    round: &Round<'_>,
    folder: &Folder,
    selected: &Selected,
) -> Result<(), Trouble> {
    let Some(now) = selected.mailbox_id.clone() else {
        return Ok(());
    };
    let id = folder.id;
    let known = round.engine.read(move |store| id_of(store, id)).await?;
    if known.as_ref() == Some(&now) {
        return Ok(());
    }
    round
        .engine
        .write(move |store| store.set_fact(&fact_name(id), now.as_bytes()))
        .await
}

/// Where chosen folders that are not there any more have gone, by the name that was chosen: what is known of it, or
/// else by the server's ids of the folders that nothing is known of.
///
/// # Errors
/// The connection failed, or the store.
pub async fn follow(
    engine: &Engine,
    session: &mut ImapSession,
    mailbox: MailboxId,
    listed: &[FolderInfo],
    missing: &[String],
) -> Result<BTreeMap<String, FolderInfo>, super::SyncFailure> {
    let mut found = BTreeMap::new();
    if missing.is_empty() {
        return Ok(found);
    }
    let asked = missing.to_vec();
    let (known, ids) = engine
        .read(move |store| {
            let mut ids: BTreeMap<String, String> = BTreeMap::new();
            for folder in store.folders(mailbox)? {
                if folder.current
                    && asked.contains(&folder.name)
                    && let Some(id) = id_of(store, folder.id)?
                {
                    ids.insert(id, folder.name);
                }
            }
            Ok((standing::of(store, mailbox)?.renamed, ids))
        })
        .await?;
    let named = |wire_name: &String| listed.iter().find(|info| info.wire_name == *wire_name);
    for chosen in missing {
        if let Some(info) = known.get(chosen).and_then(named) {
            found.insert(chosen.clone(), info.clone());
        }
    }
    let is_open = ids.values().any(|chosen| !found.contains_key(chosen));
    if is_open && session.can().object_id {
        for (wire_name, id) in ask(session, listed).await? {
            if let (Some(chosen), Some(info)) = (ids.get(&id), named(&wire_name)) {
                found.insert(chosen.clone(), info.clone());
            }
        }
    }
    Ok(found)
}

async fn ask(
    session: &mut ImapSession,
    listed: &[FolderInfo],
) -> Result<BTreeMap<String, String>, ImapFailure> {
    let names: Vec<String> = listed
        .iter()
        .filter(|info| info.selectable)
        .map(|info| info.wire_name.clone())
        .collect();
    Ok(session.mailbox_ids(&names).await?.into_iter().collect())
}
