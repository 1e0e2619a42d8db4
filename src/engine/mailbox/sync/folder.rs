//! One folder brought up to date: listed, compared with the ledger, and every hole fetched, newest first.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::SyncFailure;
use super::clock::{self, Fresh};
use super::fetch;
use super::marks;
use super::put_away;
use super::reconcile;
use super::renamed;
use super::round::Round;
use crate::domain::ids::FolderId;
use crate::domain::sync_plan::{self, LedgerView, Listing, Plan, Seen};
use crate::domain::trouble::Trouble;
use crate::mail::imap::{FolderInfo, ImapSession, Resync, Search, Selected};
use crate::store::ledger::{Folder, FolderSight, LedgerRow, Outcome};
use crate::store::{Read, StoreResult};

/// Opens the folder, lists what is new, and fetches it.
pub async fn sync(
    round: &mut Round<'_>,
    session: &mut ImapSession,
    info: &FolderInfo,
) -> Result<(), SyncFailure> {
    let known = known_folder(round, info).await?;
    let resync = known
        .as_ref()
        .filter(|folder| folder.highest_mod_seq > 0)
        .map(|folder| Resync {
            uidvalidity: folder.uid_validity,
            highestmodseq: folder.highest_mod_seq,
        });
    let selected = session.examine(&info.wire_name, resync).await?;
    let folder = match known {
        Some(folder)
            if folder.uid_validity == selected.uidvalidity
                && !renamed::is_another(round, &folder, &selected).await? =>
        {
            folder
        }
        _ => open(round, info, &selected).await?,
    };
    let folder = if reconcile::begins_anew(round, session, &folder, &selected).await? {
        open(round, info, &selected).await?
    } else {
        folder
    };
    renamed::remember(round, &folder, &selected).await?;
    put_away::begin(round, &folder, &selected).await?;
    let fresh = if nothing_new(&folder, &selected) {
        Fresh::default()
    } else {
        list(round, session, &folder, &selected).await?
    };
    let id = folder.id;
    let holes = round
        .engine
        .read(move |snapshot| snapshot.holes(id))
        .await?;
    if !holes.is_empty() {
        round.expects(holes.len() as u64);
        fetch::fetch(round, session, &folder, info.role, &holes).await?;
    }
    clock::compare(round, folder.id, info.role, &fresh).await?;
    remember(round, &folder, &selected).await?;
    marks::store(round, session, &folder).await?;
    put_away::run(round, session, &folder, info).await
}

async fn known_folder(round: &Round<'_>, info: &FolderInfo) -> Result<Option<Folder>, Trouble> {
    let mailbox = round.mailbox.id;
    let folders = round
        .engine
        .read(move |snapshot| snapshot.folders(mailbox))
        .await?;
    Ok(folders
        .into_iter()
        .find(|folder| folder.current && folder.wire_name == info.wire_name))
}

/// The change number of a folder rises with every mail that comes in (RFC 7162 §3.1); UIDNEXT alone proves nothing.
fn nothing_new(folder: &Folder, selected: &Selected) -> bool {
    folder.highest_mod_seq > 0
        && selected.highestmodseq == Some(folder.highest_mod_seq)
        && selected.uidnext <= folder.cursor.saturating_add(1)
}

/// The folder's ledger in this generation. On first sight the period that was chosen begins to count.
async fn open(
    round: &Round<'_>,
    info: &FolderInfo,
    selected: &Selected,
) -> Result<Folder, Trouble> {
    let sight = FolderSight {
        mailbox: round.mailbox.id,
        name: info.name.clone(),
        wire_name: info.wire_name.clone(),
        role: info.role,
        uid_validity: selected.uidvalidity,
        wanted_since: wanted_since(round),
    };
    if let Some(renamed) = renamed::take_over(round, &sight, selected).await? {
        return Ok(renamed);
    }
    round
        .engine
        .write(move |transaction| transaction.open_folder(&sight))
        .await
}

/// How far back the first sync goes, counted from when the mailbox was connected.
fn wanted_since(round: &Round<'_>) -> Option<Timestamp> {
    let days = round.mailbox.settings.first_sync.days()?;
    round
        .mailbox
        .connected_at
        .checked_sub(SignedDuration::from_hours(24 * days))
        .ok()
}

/// Asks for all UIDs above the cursor and writes down what is new and what is gone. On the first look, what is older
/// than the chosen period is recorded as not wanted; whatever arrives later is wanted, however it is dated.
async fn list(
    round: &Round<'_>,
    session: &mut ImapSession,
    folder: &Folder,
    selected: &Selected,
) -> Result<Fresh, SyncFailure> {
    let above = Search::uids(folder.cursor.saturating_add(1)..=u32::MAX);
    let listed = session.search_uids(&above).await?;
    let (plan, is_first_look, holes) = plan(round, folder, selected, &listed).await?;
    let wanted: Vec<u32> = plan.batches.concat();
    let fresh = Fresh {
        uids: wanted
            .iter()
            .copied()
            .filter(|uid| !is_first_look && !holes.contains(uid))
            .collect(),
        at: Some(round.engine.clock.now()),
    };
    let mut not_wanted = Vec::new();
    if let (true, Some(since)) = (is_first_look, folder.wanted_since)
        && !wanted.is_empty()
    {
        let day = since.to_zoned(jiff::tz::TimeZone::UTC).date();
        let young = session.search_uids(&above.since(day)).await?;
        not_wanted = wanted
            .iter()
            .copied()
            .filter(|uid| young.binary_search(uid).is_err())
            .collect();
    }
    let (id, now) = (folder.id, round.engine.clock.now());
    let gone = plan
        .gone
        .into_iter()
        .map(|uid| row(id, uid, Outcome::GoneBeforeFetch, now));
    let old = not_wanted
        .into_iter()
        .map(|uid| row(id, uid, Outcome::NotWanted, now));
    let rows: Vec<LedgerRow> = gone.chain(old).collect();
    if wanted.is_empty() && rows.is_empty() {
        if is_first_look {
            let name = seen_empty(id);
            round
                .engine
                .write(move |transaction| transaction.set_fact(&name, &[1]))
                .await?;
        }
        return Ok(fresh);
    }
    round
        .engine
        .write(move |transaction| {
            transaction.list_uids(id, &wanted)?;
            transaction.record(&rows)
        })
        .await?;
    Ok(fresh)
}

/// What the listing means for the ledger, whether it is the first one, and what was missing before it.
async fn plan(
    round: &Round<'_>,
    folder: &Folder,
    selected: &Selected,
    listed: &[u32],
) -> Result<(Plan, bool, BTreeSet<u32>), Trouble> {
    let (id, cursor, opened) = (folder.id, folder.cursor, folder.clone());
    let (known, holes, looked_at) = round
        .engine
        .read(move |snapshot| {
            Ok((
                snapshot.known_uids(id, cursor)?,
                snapshot.holes(id)?,
                has_been_looked_at(snapshot, &opened)?,
            ))
        })
        .await?;
    let is_first_look = !looked_at;
    let missing = holes.iter().copied().collect();
    let ledger = LedgerView {
        uid_validity: Some(folder.uid_validity),
        earlier: Vec::new(),
        cursor,
        known,
        holes,
    };
    let listing = Listing {
        uid_validity: selected.uidvalidity,
        seen: Seen::All(listed.to_vec()),
        uid_next: Some(selected.uidnext),
        highest_mod_seq: selected.highestmodseq,
    };
    let plan = sync_plan::plan(&listing, &ledger);
    Ok((plan, is_first_look, missing))
}

/// Whether the folder was listed before. The cursor alone does not tell, because it stays at 0 until the oldest mail
/// of a first sync has come.
pub fn has_been_looked_at<R: Read + ?Sized>(store: &R, folder: &Folder) -> StoreResult<bool> {
    Ok(folder.cursor > 0
        || folder.highest_mod_seq > 0
        || !store.known_uids(folder.id, folder.cursor)?.is_empty()
        || !store.holes(folder.id)?.is_empty()
        || store.fact(&seen_empty(folder.id))?.is_some())
}

/// The fact that a folder held nothing at its first look: all that comes later is wanted, however it is dated.
fn seen_empty(folder: FolderId) -> String {
    format!("seen-empty:{folder}")
}

/// A ledger row without content.
pub fn row(folder: FolderId, uid: u32, outcome: Outcome, now: Timestamp) -> LedgerRow {
    LedgerRow {
        folder,
        uid,
        outcome,
        content: None,
        size_bytes: 0,
        internal_date: None,
        recorded_at: now,
    }
}

/// Keeps the change number, once nothing below it is missing.
async fn remember(
    round: &Round<'_>,
    folder: &Folder,
    selected: &Selected,
) -> Result<(), SyncFailure> {
    let Some(mod_seq) = selected
        .highestmodseq
        .filter(|mod_seq| *mod_seq != folder.highest_mod_seq)
    else {
        return Ok(());
    };
    let id = folder.id;
    round
        .engine
        .write(move |transaction| {
            if transaction.holes(id)?.is_empty() {
                transaction.set_highest_mod_seq(id, mod_seq)?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}
