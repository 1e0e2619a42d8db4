//! Holes are filled: the wire, the parser and the store work beside each other, and every UID ends in an outcome.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::SyncFailure;
use super::folder::row;
use super::refusals;
use super::round::Round;
use crate::domain::folder::FolderRole;
use crate::domain::ids::{FolderId, MailboxId};
use crate::domain::mailbox::Failure;
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::filing;
use crate::engine::ingest::{Arrived, Ingested};
use crate::mail::imap::{FetchedMail, ImapSession, Search};
use crate::store::ledger::{Folder, LedgerRow, Outcome};

/// Mails in one commit. More makes a first sync hardly faster and a live mail wait longer.
const BATCH_MAILS: usize = 500;
/// Bytes in one commit, so that a row of large mails does not fill the memory.
const BATCH_BYTES: usize = 8 * 1024 * 1024;
/// Mails on the way from the wire to the parser.
const MAILS_AHEAD: usize = 64;
/// Mails asked for one by one in a round, after the server refused a whole batch.
const SINGLES_A_ROUND: usize = 200;

/// Fetches `holes` of an open folder, newest first as they are given.
pub async fn fetch(
    round: &mut Round<'_>,
    session: &mut ImapSession,
    folder: &Folder,
    role: FolderRole,
    holes: &[u32],
) -> Result<(), SyncFailure> {
    let place = Place {
        mailbox: folder.mailbox,
        folder: folder.id,
        role,
    };
    let large = too_large(round, session, holes).await?;
    let whole: Vec<u32> = holes
        .iter()
        .copied()
        .filter(|uid| large.binary_search(uid).is_err())
        .filter(|uid| !round.stubborn.is_shunned(folder.id, *uid))
        .collect();
    let troubled = stream(round, session, place, &whole).await?;
    for uid in large {
        stub(round, session, place, uid).await?;
    }
    settle(round, session, place, troubled).await
}

/// Where the mails of a fetch lie.
#[derive(Debug, Clone, Copy)]
struct Place {
    mailbox: MailboxId,
    folder: FolderId,
    role: FolderRole,
}

impl Place {
    fn arrived(self, mail: FetchedMail) -> Arrived {
        Arrived {
            mailbox: self.mailbox,
            is_imported: false,
            folder: Some(self.folder),
            uid: Some(mail.uid),
            role: self.role,
            internal_date: mail.internal_date,
            seen: mail
                .flags
                .iter()
                .any(|flag| flag.eq_ignore_ascii_case("\\Seen")),
            stub_of_bytes: None,
            raw: mail.raw,
        }
    }
}

async fn too_large(
    round: &Round<'_>,
    session: &mut ImapSession,
    holes: &[u32],
) -> Result<Vec<u32>, SyncFailure> {
    let (Some(low), Some(high)) = (holes.iter().min(), holes.iter().max()) else {
        return Ok(Vec::new());
    };
    let search = Search::uids(*low..=*high).larger_than(round.engine.settings.max_message_bytes);
    let mut large = session.search_uids(&search).await?;
    large.retain(|uid| holes.contains(uid));
    large.sort_unstable();
    Ok(large)
}

/// Whole mails through wire, parser and store at once. Returns the UIDs that the server did not give, with its words.
async fn stream(
    round: &mut Round<'_>,
    session: &mut ImapSession,
    place: Place,
    uids: &[u32],
) -> Result<BTreeMap<u32, String>, SyncFailure> {
    let (wire, mails) = mpsc::channel(MAILS_AHEAD);
    let (progress, mut filed) = mpsc::unbounded_channel();
    let filing = tokio::spawn(file_stream(
        Arc::clone(round.engine),
        place,
        mails,
        progress,
    ));
    let report = {
        let fetching = async {
            let report = session.fetch_bodies(uids, &wire).await;
            drop(wire);
            report
        };
        tokio::pin!(fetching);
        loop {
            tokio::select! {
                report = &mut fetching => break report,
                Some(progress) = filed.recv() => progress.show(round, place.role),
            }
        }
    };
    let outcome = filing
        .await
        .unwrap_or_else(|_| Err(Trouble::bug("filing new mail broke off")));
    while let Ok(progress) = filed.try_recv() {
        progress.show(round, place.role);
    }
    outcome?;
    let mut troubled: BTreeMap<u32, String> = report
        .without_content
        .into_iter()
        .map(|uid| (uid, "the server gave no content".to_owned()))
        .collect();
    match report.failure {
        Some(failure) if failure.connection_is_good() => {
            let words = failure.trouble.to_string();
            troubled.extend(report.refused.into_iter().map(|uid| (uid, words.clone())));
            Ok(troubled)
        }
        Some(failure) => {
            if let Some(uid) = report.stuck_at {
                round.stubborn.hung_up(place.folder, uid);
            }
            Err(failure.into())
        }
        None => Ok(troubled),
    }
}

/// How far the filing is.
struct Progress {
    mails: u64,
    ingested: Ingested,
}

impl Progress {
    fn show(self, round: &mut Round<'_>, role: FolderRole) {
        round.came(role, &self.ingested);
        round.filed(self.mails, self.ingested.stored);
    }
}

/// Gathers, reads and commits batch after batch, all three at once: while one batch is being committed, the next is
/// being read, and the one after it comes from the wire.
async fn file_stream(
    engine: Arc<Engine>,
    place: Place,
    mut mails: mpsc::Receiver<FetchedMail>,
    progress: mpsc::UnboundedSender<Progress>,
) -> Result<(), Trouble> {
    let (whole, mut gathered) = mpsc::channel::<Vec<FetchedMail>>(1);
    let (ready, mut read) = mpsc::channel::<Result<filing::ReadBatch, Trouble>>(1);
    let gathering = async move {
        while let Some(batch) = next_batch(&mut mails).await {
            if whole.send(batch).await.is_err() {
                return;
            }
        }
    };
    let reading = {
        let engine = Arc::clone(&engine);
        async move {
            while let Some(batch) = gathered.recv().await {
                let arrived = batch.into_iter().map(|mail| place.arrived(mail)).collect();
                let read = filing::read_batch(&engine, arrived).await;
                if ready.send(read).await.is_err() {
                    return;
                }
            }
        }
    };
    let committing = async move {
        while let Some(batch) = read.recv().await {
            let batch = batch?;
            let mails = batch.len() as u64;
            let ingested = filing::commit_batch(&engine, batch).await?;
            // Nobody watches the progress once the fetch has failed.
            let _ = progress.send(Progress { mails, ingested });
        }
        Ok(())
    };
    // Tasks of their own, so that what one of them computes does not keep the others from the second processor.
    let gathering = tokio::spawn(gathering);
    let reading = tokio::spawn(reading);
    let committed = committing.await;
    if committed.is_err() {
        // What they hold is fetched again.
        gathering.abort();
        reading.abort();
    }
    for stage in [gathering, reading] {
        if stage.await.is_err_and(|error| error.is_panic()) {
            return Err(Trouble::bug("reading new mail broke off"));
        }
    }
    committed
}

/// What is there, up to a batch; waits for the first mail only.
async fn next_batch(mails: &mut mpsc::Receiver<FetchedMail>) -> Option<Vec<FetchedMail>> {
    let first = mails.recv().await?;
    let mut bytes = first.raw.len();
    let mut batch = vec![first];
    while batch.len() < BATCH_MAILS && bytes < BATCH_BYTES {
        // The wire is given a moment to go on: a batch of one mail costs as much disk as a batch of 500.
        let next = tokio::time::timeout(std::time::Duration::from_millis(20), mails.recv()).await;
        let Ok(Some(mail)) = next else { break };
        bytes += mail.raw.len();
        batch.push(mail);
    }
    Some(batch)
}

/// A mail too large to keep: its header becomes a ticket that says so.
async fn stub(
    round: &mut Round<'_>,
    session: &mut ImapSession,
    place: Place,
    uid: u32,
) -> Result<(), SyncFailure> {
    let Some(header) = session.fetch_header(uid).await? else {
        return Ok(());
    };
    let size = header
        .size
        .unwrap_or(round.engine.settings.max_message_bytes);
    let arrived = Arrived {
        stub_of_bytes: Some(size),
        ..place.arrived(header)
    };
    let filed = filing::file(round.engine, vec![arrived]).await?;
    round.came(place.role, &filed);
    round.filed(1, filed.stored);
    Ok(())
}

/// What the server lists and did not give: gone meanwhile, or asked for again one by one, or recorded as unreadable.
async fn settle(
    round: &mut Round<'_>,
    session: &mut ImapSession,
    place: Place,
    troubled: BTreeMap<u32, String>,
) -> Result<(), SyncFailure> {
    let mut gone: Vec<u32> = Vec::new();
    let mut refused: BTreeMap<u32, String> = BTreeMap::new();
    let mut broke_off = None;
    // One that is troubled alone was meant by the server's answer. Asked twice for the same mail, some hang up.
    let is_plain = troubled.len() == 1;
    for (uid, mut words) in troubled.into_iter().rev().take(SINGLES_A_ROUND) {
        if !is_plain {
            match stream(round, session, place, &[uid]).await {
                Ok(mut again) => match again.remove(&uid) {
                    Some(now) => words = now,
                    None => continue,
                },
                Err(failure) => {
                    if failure.sort != Failure::Store {
                        refused.insert(uid, words);
                    }
                    broke_off = Some(failure);
                    break;
                }
            }
        }
        let listed = session.search_uids(&Search::uids(uid..=uid)).await?;
        if listed.contains(&uid) {
            refused.insert(uid, words);
        } else {
            gone.push(uid);
        }
    }
    if !gone.is_empty() || !refused.is_empty() {
        conclude(round, place, gone, refused).await?;
    }
    broke_off.map_or(Ok(()), Err)
}

/// Writes down what is gone, and counts what was refused.
async fn conclude(
    round: &mut Round<'_>,
    place: Place,
    gone: Vec<u32>,
    refused: BTreeMap<u32, String>,
) -> Result<(), SyncFailure> {
    let now = round.engine.clock.now();
    let settled = round
        .engine
        .write(move |store| {
            let mut rows: Vec<LedgerRow> = gone
                .iter()
                .map(|uid| row(place.folder, *uid, Outcome::GoneBeforeFetch, now))
                .collect();
            rows.extend(refusals::count(store, place.folder, &refused, now)?);
            store.record(&rows)?;
            Ok(rows.len() as u64)
        })
        .await?;
    round.filed(settled, 0);
    Ok(())
}
