//! Mail is moved away or deleted on the server after it was stored here, where the mailbox's settings ask for it.
//!
//! Only what the ledger calls stored and whose bytes are in the store is named to the server, by its UID in this
//! generation, after the server said once more what it is. Mail that was there before it was asked for stays. If the
//! program ends in between, the mail lies where it lay or where it was moved to, and the next look goes on.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::SyncFailure;
use super::round::Round;
use crate::domain::ids::FolderId;
use crate::domain::mailbox::AfterFetching;
use crate::domain::put_away::{Face, Offers, empties, is_the_stored_one, refusal};
use crate::domain::trouble::Trouble;
use crate::engine::standing;
use crate::mail::imap::{Away, Can, FolderInfo, ImapFailure, ImapSession, Search, Selected};
use crate::store::ledger::{Folder, Stamp};
use crate::store::{Read, StoreResult, Write};

/// Up to which UID of a folder there is nothing left to do, for what was asked for. Whoever asks for something else asks
/// for it from then on, and what was moved into a folder has reached its end: it is not deleted there afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Reached {
    until: u32,
    asked: AfterFetching,
}

fn fact_name(folder: FolderId) -> String {
    format!("put-away:{folder}")
}

fn kept<R: Read + ?Sized>(store: &R, folder: FolderId) -> StoreResult<Option<Reached>> {
    let word = store.fact(&fact_name(folder))?;
    Ok(word.and_then(|word| serde_json::from_slice(&word).ok()))
}

fn keep(store: &mut dyn Write, folder: FolderId, reached: Option<&Reached>) -> StoreResult<()> {
    let word = serde_json::to_vec(&reached)
        .map_err(|cause| Trouble::bug("a number cannot be written").because(cause))?;
    store.set_fact(&fact_name(folder), &word)
}

fn after<'r>(round: &'r Round<'_>) -> &'r AfterFetching {
    &round.mailbox.settings.watch.on_server.after_fetching
}

/// Notes from which mail on it counts, when it was just asked for; forgets it when it is asked for no more.
///
/// # Errors
/// The store cannot be read or written.
pub async fn begin(round: &Round<'_>, folder: &Folder, selected: &Selected) -> Result<(), Trouble> {
    let id = folder.id;
    let asked = after(round).clone();
    let known = round.engine.read(move |store| kept(store, id)).await?;
    let is_wanted = asked != AfterFetching::Leave;
    let goes_on = match &known {
        Some(known) => is_wanted && is_the_same_kind(&known.asked, &asked),
        None => !is_wanted,
    };
    let until = selected.uidnext.saturating_sub(1).max(folder.cursor);
    let is_target = target(round).is_some_and(|target| target.wire_name == folder.wire_name);
    let has_grown = known.as_ref().is_some_and(|known| known.until < until);
    if goes_on && !(is_target && has_grown) {
        return Ok(());
    }
    let reached = is_wanted.then_some(Reached { until, asked });
    round
        .engine
        .write(move |store| keep(store, id, reached.as_ref()))
        .await?;
    if goes_on {
        return Ok(());
    }
    tell(round, None).await
}

/// Another folder to move to is no other wish: what could not be moved to the first is moved to the second.
fn is_the_same_kind(one: &AfterFetching, other: &AfterFetching) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// Takes away what is stored of this folder. Where that is nothing, the server is asked nothing.
///
/// # Errors
/// The connection failed, or the store. A refusal is told and fails nothing.
pub async fn run(
    round: &Round<'_>,
    session: &mut ImapSession,
    folder: &Folder,
    info: &FolderInfo,
) -> Result<(), SyncFailure> {
    let target = target(round);
    let is_target = target.is_some_and(|target| target.wire_name == info.wire_name);
    if *after(round) == AfterFetching::Leave || is_target || !empties(info.role) {
        return Ok(());
    }
    let id = folder.id;
    let stored = round
        .engine
        .read(move |store| match kept(store, id)? {
            Some(reached) => store.stored_above(id, reached.until),
            None => Ok(Vec::new()),
        })
        .await?;
    if stored.is_empty() {
        return Ok(());
    }
    let refused = refusal(after(round), offers(session.can(), target.is_some()));
    if refused.is_some() {
        return Ok(tell(round, refused).await?);
    }
    let away = match target {
        Some(target) => Away::Into(&target.wire_name),
        None => Away::Removed,
    };
    match take_away(after(round), session, folder, &stored, away).await {
        Ok(done) => {
            let others = done.others;
            go_on(round, folder, stored, done).await?;
            tell(round, others_stay(folder, others)).await?;
            Ok(())
        }
        Err(failure) if failure.connection_is_good() => {
            let what = format!(
                "mail in {} cannot be taken away after it was fetched",
                folder.name
            );
            let told = Trouble::server(what)
                .because(failure.trouble)
                .hint("it stays on the server, and is tried again at every look");
            Ok(tell(round, Some(told)).await?)
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The folder that mail is moved to, where it is there.
fn target<'r>(round: &'r Round<'_>) -> Option<&'r FolderInfo> {
    let AfterFetching::MoveTo(name) = after(round) else {
        return None;
    };
    find(round.listed, name)
}

/// The folder that people call so.
pub fn find<'f>(listed: &'f [FolderInfo], name: &str) -> Option<&'f FolderInfo> {
    listed
        .iter()
        .find(|info| info.selectable && info.name == name)
}

/// What a server offers for taking mail away.
pub fn offers(can: Can, has_target: bool) -> Offers {
    Offers {
        moves: can.move_,
        removes_single: can.uidplus,
        is_gmail: can.gmail,
        has_target,
    }
}

/// What became of the stored mails of a folder.
struct Done {
    /// On the server still, because it said nothing about them.
    pending: BTreeSet<u32>,
    /// Of another size or date than what was stored.
    others: usize,
}

async fn take_away(
    after: &AfterFetching,
    session: &mut ImapSession,
    folder: &Folder,
    stored: &[Stamp],
    away: Away<'_>,
) -> Result<Done, ImapFailure> {
    session
        .select(&folder.wire_name, folder.uid_validity)
        .await?;
    let uids: Vec<u32> = stored.iter().map(|stamp| stamp.uid).collect();
    let claimed = session.fetch_stamps(&uids).await?;
    let mut proven = Vec::new();
    let mut others = 0;
    let mut unanswered: BTreeSet<u32> = uids.iter().copied().collect();
    for now in claimed {
        let Some(stamp) = stored.iter().find(|stamp| stamp.uid == now.uid) else {
            continue;
        };
        unanswered.remove(&now.uid);
        let then = Face {
            size_bytes: stamp.size_bytes,
            internal_date: stamp.internal_date,
        };
        let now = Face {
            size_bytes: now.size,
            internal_date: now.internal_date,
        };
        if is_the_stored_one(then, now, after) {
            proven.push(stamp.uid);
        } else {
            others += 1;
        }
    }
    session.put_away(&proven, away).await?;
    if let (Some(low), Some(high)) = (unanswered.first(), unanswered.last()) {
        let listed = session.search_uids(&Search::uids(*low..=*high)).await?;
        unanswered.retain(|uid| listed.contains(uid));
    }
    Ok(Done {
        pending: unanswered,
        others,
    })
}

/// Notes how far it has come. Mail that is still being fetched below keeps the number down.
async fn go_on(
    round: &Round<'_>,
    folder: &Folder,
    stored: Vec<Stamp>,
    done: Done,
) -> Result<(), Trouble> {
    let (id, mailbox) = (folder.id, folder.mailbox);
    let last = match done.pending.first() {
        Some(pending) => pending.saturating_sub(1),
        None => stored.last().map_or(0, |stamp| stamp.uid),
    };
    round
        .engine
        .write(move |store| {
            let folders = store.folders(mailbox)?;
            let cursor = folders.iter().find(|folder| folder.id == id);
            let until = cursor.map_or(0, |folder| folder.cursor).min(last);
            match kept(&*store, id)? {
                Some(reached) if until > reached.until => {
                    keep(store, id, Some(&Reached { until, ..reached }))
                }
                _ => Ok(()),
            }
        })
        .await
}

fn others_stay(folder: &Folder, others: usize) -> Option<Trouble> {
    (others > 0).then(|| {
        Trouble::server(format!(
            "the server says another size or date of mails in {} than when they were fetched: {others} stay there",
            folder.name
        ))
        .hint("they are stored here; look at them in another mail program")
    })
}

/// What keeps mail on the server is told when it changes.
async fn tell(round: &Round<'_>, told: Option<Trouble>) -> Result<(), Trouble> {
    standing::refused(round.engine, round.mailbox, told, |standing| {
        &mut standing.put_away_refused
    })
    .await
}
