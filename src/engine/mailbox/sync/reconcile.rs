//! Once a day all of a folder is compared with its ledger: a UID that slipped through is fetched after all, and a UID
//! that means another mail than it did is found out.
//!
//! A server that gives UIDs again must change UIDVALIDITY (RFC 3501 §2.3.1.1); one whose files were copied back, for
//! example, does not. Size and date only raise the suspicion, because servers state both wrongly; the proof is the
//! content. Then the folder begins anew: all is listed, fetched, and matched by content, and what is stored stays.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::SyncFailure;
use super::folder::has_been_looked_at;
use super::renamed;
use super::round::Round;
use crate::domain::ids::{ContentHash, FolderId};
use crate::domain::sync_plan::hands_out_again;
use crate::domain::trouble::Trouble;
use crate::mail::imap::{ImapSession, Search, Selected};
use crate::store::ledger::{Folder, Stamp};
use crate::store::{Read, StoreResult};

/// Between two comparisons of a folder.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);
/// Suspected mails whose content is looked at.
const LOOKED_INTO: usize = 5;

/// The fact that holds when a folder was compared last, in seconds since 1970.
fn fact_name(folder: FolderId) -> String {
    format!("reconciled:{folder}")
}

/// Compares the folder where that is due. `true` where its UIDs mean other mails by now: its ledger is closed, and it
/// has to be opened anew.
///
/// # Errors
/// The connection failed, or the store.
pub async fn begins_anew(
    round: &Round<'_>,
    session: &mut ImapSession,
    folder: &Folder,
    selected: &Selected,
) -> Result<bool, SyncFailure> {
    let went_back = selected.uidnext <= folder.cursor;
    let is_due = is_due(round, folder).await?;
    if !went_back && !is_due {
        return Ok(false);
    }
    let listed = session.search_uids(&Search::all()).await?;
    let highest = listed.iter().max().copied();
    let is_another = hands_out_again(selected.uidnext, folder.cursor, highest)
        || (is_due && means_others(round, session, folder, &listed).await?);
    let (id, now) = (folder.id, round.engine.clock.now());
    round
        .engine
        .write(move |store| {
            if is_another {
                renamed::forget(store, id)?;
                return store.retire_folder(id);
            }
            let settled: BTreeSet<u32> = store.known_uids(id, 0)?.into_iter().collect();
            let missed: Vec<u32> = listed
                .iter()
                .copied()
                .filter(|uid| !settled.contains(uid))
                .collect();
            store.list_uids(id, &missed)?;
            note(store, id, now)
        })
        .await?;
    if is_another {
        let name = &round.mailbox.settings.name;
        round.engine.told.notice(
            Trouble::server(format!(
                "{name}: the server has given numbers of mails in {} again to other mails",
                folder.name
            ))
            .hint("nothing has to be done: all of the folder is compared by content, and what is missing is fetched"),
        );
    }
    Ok(is_another)
}

fn note(store: &mut dyn crate::store::Write, folder: FolderId, now: Timestamp) -> StoreResult<()> {
    store.set_fact(&fact_name(folder), now.as_second().to_string().as_bytes())
}

/// Whether a day has gone by. The day of a folder that is new begins with its first look.
async fn is_due(round: &Round<'_>, folder: &Folder) -> Result<bool, Trouble> {
    let (folder, now) = (folder.clone(), round.engine.clock.now());
    let id = folder.id;
    let (is_old, last) = round
        .engine
        .read(move |store| Ok((has_been_looked_at(store, &folder)?, last(store, folder.id)?)))
        .await?;
    if !is_old && last.is_none() {
        round
            .engine
            .write(move |store| note(store, id, now))
            .await?;
    }
    // A clock that was set back must not put it off for ever.
    Ok(is_old && last.is_none_or(|last| now.duration_since(last).abs() >= A_DAY))
}

fn last(store: &dyn Read, folder: FolderId) -> StoreResult<Option<Timestamp>> {
    let word = store.fact(&fact_name(folder))?;
    Ok(word
        .and_then(|word| String::from_utf8(word).ok())
        .and_then(|word| word.parse().ok())
        .and_then(|second| Timestamp::from_second(second).ok()))
}

/// Whether a UID that is settled means another mail than it did.
async fn means_others(
    round: &Round<'_>,
    session: &mut ImapSession,
    folder: &Folder,
    listed: &[u32],
) -> Result<bool, SyncFailure> {
    let id = folder.id;
    let listed: BTreeSet<u32> = listed.iter().copied().collect();
    let mut stamps = round.engine.read(move |store| store.stamps(id)).await?;
    stamps.retain(|stamp| listed.contains(&stamp.uid));
    let suspects = suspects(session, &stamps).await?;
    if suspects.is_empty() {
        return Ok(false);
    }
    let (sink, mut mails) = mpsc::channel(LOOKED_INTO);
    let report = session.fetch_bodies(&suspects, &sink).await;
    drop(sink);
    if let Some(failure) = report
        .failure
        .filter(|failure| !failure.connection_is_good())
    {
        return Err(failure.into());
    }
    while let Some(mail) = mails.recv().await {
        let came = ContentHash(Sha256::digest(&mail.raw).into());
        let row = round
            .engine
            .read(move |store| store.ledger_row(id, mail.uid))
            .await?;
        if row
            .and_then(|row| row.content)
            .is_some_and(|known| known != came)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The UIDs whose size or date is another than it was: first those with both, the newest first.
async fn suspects(session: &mut ImapSession, stamps: &[Stamp]) -> Result<Vec<u32>, SyncFailure> {
    let known: BTreeMap<u32, &Stamp> = stamps.iter().map(|stamp| (stamp.uid, stamp)).collect();
    let uids: Vec<u32> = known.keys().copied().collect();
    let mut suspects: Vec<(u8, u32)> = Vec::new();
    for claimed in session.fetch_stamps(&uids).await? {
        let Some(stamp) = known.get(&claimed.uid) else {
            continue;
        };
        let of_another_size = claimed.size != stamp.size_bytes;
        let of_another_date = matches!(
            (claimed.internal_date, stamp.internal_date),
            (Some(now), Some(then)) if now.as_second() != then.as_second()
        );
        let doubts = u8::from(of_another_size) + u8::from(of_another_date);
        if doubts > 0 {
            suspects.push((doubts, claimed.uid));
        }
    }
    suspects.sort_unstable_by(|one, other| other.cmp(one));
    Ok(suspects
        .into_iter()
        .take(LOOKED_INTO)
        .map(|(_, uid)| uid)
        .collect())
}
