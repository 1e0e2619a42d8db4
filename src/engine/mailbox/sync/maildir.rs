//! A local Maildir as the mailbox: read, never changed.
//!
//! There are no UIDs, so nothing goes into the ledger: what was imported is known by its content hash. Files that
//! this process has seen are not read again; after a restart each is read once and recognised.

use std::collections::HashSet;
use std::convert::Infallible;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::SyncFailure;
use super::round::{Round, Stubborn};
use crate::domain::folder::FolderRole;
use crate::domain::ids::{ContentHash, MailboxId};
use crate::domain::mailbox::{Failure, FolderChoice, Mailbox};
use crate::domain::trouble::Trouble;
use crate::engine::core::{Engine, blocking};
use crate::engine::filing;
use crate::engine::ingest::Arrived;
use crate::engine::mailbox::worker::LookNow;
use crate::mail::maildir::{Maildir, MaildirEntry, MaildirFolder};
use crate::store;

/// How often the directories are looked at. A look that finds nothing new costs two `stat` calls a folder.
const LOOK_EVERY: Duration = Duration::from_millis(700);
/// Mails read into memory at once.
const BATCH_MAILS: usize = 200;
/// Bytes read into memory at once, except for a single mail.
const BATCH_BYTES: u64 = 32 * 1024 * 1024;
/// The most of a mail too large to keep that is taken for its header.
const LARGEST_HEADER_BYTES: u64 = 256 * 1024;

/// Looks again and again until something fails.
pub async fn live(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    path: &Path,
    asked: &mut mpsc::Receiver<LookNow>,
    finished_a_round: &mut bool,
) -> Result<Infallible, SyncFailure> {
    let mut known = HashSet::new();
    let mut answer = None;
    loop {
        let found = look(engine, mailbox, path, &mut known).await?;
        *finished_a_round = true;
        if let Some(answer) = answer.take() {
            // Whoever asked may have left.
            let _: Result<(), _> = tokio::sync::oneshot::Sender::send(answer, Ok(found));
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            look = asked.recv() => match look {
                Some(look) => answer = look.answer,
                None => tokio::time::sleep(LOOK_EVERY).await,
            },
        }
    }
}

/// One look at all folders.
pub async fn once(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    path: &Path,
) -> Result<u64, SyncFailure> {
    look(engine, mailbox, path, &mut HashSet::new()).await
}

/// A file that was not there at the last look.
struct Found {
    entry: MaildirEntry,
    role: FolderRole,
}

async fn look(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    path: &Path,
    known: &mut HashSet<PathBuf>,
) -> Result<u64, SyncFailure> {
    let choice = mailbox.settings.folders.clone();
    let path = path.to_owned();
    let seen = std::mem::take(known);
    let (found, seen) = blocking(move || Ok((list(&path, &choice, &seen), seen))).await?;
    *known = seen;
    let mut found = found?;
    let mut stubborn = Stubborn::default();
    let mut round = Round::new(engine, mailbox, &mut stubborn);
    round.expects(found.len() as u64);
    let mut unread = None;
    while !found.is_empty() {
        let rest = found.split_off(batch_length(&found));
        let batch = std::mem::replace(&mut found, rest);
        let read = read(engine, mailbox.id, batch).await?;
        // The Sent folder's mails are the desk's own words and no news from anybody.
        let (sent, came): (Vec<_>, Vec<_>) = read
            .arrived
            .into_iter()
            .partition(|arrived| arrived.role == FolderRole::Sent);
        let came = filing::file(engine, came).await?;
        round.came(FolderRole::Inbox, &came);
        let sent = filing::file(engine, sent).await?;
        round.filed(read.paths.len() as u64, came.stored + sent.stored);
        known.extend(read.paths);
        unread = unread.or(read.unread);
    }
    // Told when the others are in: one file that cannot be read keeps none of them away.
    if let Some(trouble) = unread {
        return Err(SyncFailure {
            sort: Failure::Settings,
            trouble,
            line_is_good: true,
        });
    }
    round.finished().await;
    Ok(round.stored)
}

/// How many of the next files are read into memory at once.
fn batch_length(found: &[Found]) -> usize {
    let mut bytes = 0_u64;
    let fitting = found.iter().take(BATCH_MAILS).take_while(|found| {
        bytes = bytes.saturating_add(found.entry.size);
        bytes <= BATCH_BYTES
    });
    fitting.count().max(1)
}

/// Files that are not known, newest first.
fn list(
    path: &Path,
    choice: &FolderChoice,
    known: &HashSet<PathBuf>,
) -> Result<Vec<Found>, Trouble> {
    let maildir = Maildir::open(path)?;
    let mut found = Vec::new();
    for folder in maildir.folders()? {
        let role = role_of(&folder);
        if !is_wanted(&folder, role, choice) {
            continue;
        }
        let new = maildir
            .list(&folder)?
            .into_iter()
            .filter(|entry| !known.contains(&entry.path));
        found.extend(new.map(|entry| Found { entry, role }));
    }
    found.sort_by_key(|found| std::cmp::Reverse(found.entry.modified));
    Ok(found)
}

/// What a batch of files gave.
#[derive(Default)]
struct ReadFiles {
    /// Mails whose content is not in the store yet.
    arrived: Vec<Arrived>,
    /// Files that need not be looked at again.
    paths: Vec<PathBuf>,
    /// Why the first file that could not be read could not.
    unread: Option<Trouble>,
}

async fn read(
    engine: &Arc<Engine>,
    mailbox: MailboxId,
    batch: Vec<Found>,
) -> Result<ReadFiles, Trouble> {
    let store = Arc::clone(&engine.store);
    let most_bytes = engine.settings.max_message_bytes;
    blocking(move || {
        let mut read = ReadFiles::default();
        for Found { entry, role } in batch {
            let stub_of_bytes = (entry.size > most_bytes).then_some(entry.size);
            let raw = match content_of(&entry, stub_of_bytes.is_some(), most_bytes) {
                Ok(raw) => raw,
                // It was moved by another program between the listing and now, and is found where it went.
                Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => continue,
                Err(cause) => {
                    read.unread
                        .get_or_insert_with(|| unreadable(&entry.path, &cause));
                    continue;
                }
            };
            read.paths.push(entry.path.clone());
            let content = ContentHash(Sha256::digest(&raw).into());
            if store::read(store.as_ref(), |snapshot| snapshot.has_content(&content))? {
                continue;
            }
            read.arrived.push(Arrived {
                mailbox,
                is_imported: false,
                folder: None,
                uid: None,
                role,
                internal_date: Some(entry.modified),
                seen: entry.seen,
                stub_of_bytes,
                raw,
            });
        }
        Ok(read)
    })
    .await
}

/// The header of a mail that is too large to keep, as it was taken.
///
/// # Errors
/// The file cannot be read.
pub fn header_of(entry: &MaildirEntry) -> std::io::Result<Vec<u8>> {
    content_of(entry, true, LARGEST_HEADER_BYTES)
}

/// The whole mail, or the header alone of one that is too large to keep.
fn content_of(
    entry: &MaildirEntry,
    header_only: bool,
    most_bytes: u64,
) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(&entry.path)?;
    let mut raw = Vec::new();
    if header_only {
        file.take(LARGEST_HEADER_BYTES).read_to_end(&mut raw)?;
    } else {
        file.take(most_bytes).read_to_end(&mut raw)?;
    }
    if header_only {
        let end = [&b"\r\n\r\n"[..], b"\n\n"]
            .iter()
            .filter_map(|gap| {
                let at = raw.windows(gap.len()).position(|window| window == *gap)?;
                Some(at + gap.len())
            })
            .min();
        raw.truncate(end.unwrap_or(raw.len()));
    }
    Ok(raw)
}

fn unreadable(path: &Path, cause: &std::io::Error) -> Trouble {
    Trouble::operator(format!("the mail {} cannot be read", path.display()))
        .because(cause)
        .hint("make the file readable for this user; all other mail comes in")
}

fn role_of(folder: &MaildirFolder) -> FolderRole {
    match folder.name.to_lowercase().as_str() {
        "" | "inbox" => FolderRole::Inbox,
        "sent" | "sent items" | "sent messages" => FolderRole::Sent,
        "drafts" => FolderRole::Drafts,
        "junk" | "spam" => FolderRole::Junk,
        "trash" | "deleted items" => FolderRole::Trash,
        _ => FolderRole::Other,
    }
}

fn is_wanted(folder: &MaildirFolder, role: FolderRole, choice: &FolderChoice) -> bool {
    match (choice, role) {
        (_, FolderRole::Inbox | FolderRole::Sent) => true,
        (FolderChoice::Usual, _) => false,
        (FolderChoice::Chosen(chosen), _) => chosen.iter().any(|one| {
            ['/', '.']
                .into_iter()
                .any(|delimiter| one.means(&folder.name, Some(delimiter)))
        }),
        (FolderChoice::All, role) => role == FolderRole::Other,
    }
}
