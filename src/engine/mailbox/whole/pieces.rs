//! The bytes of the mail: in pieces from its server, or from its file.

use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::places::Wanted;
use super::{LARGEST_BYTES, gone, too_large};
use crate::domain::ids::ContentHash;
use crate::domain::mailbox::Endpoint;
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::mailbox::connect;
use crate::engine::mailbox::sync::header_of;
use crate::engine::workers::PieceCame;
use crate::mail::imap::{ImapSession, Search};
use crate::mail::maildir::Maildir;
use crate::store::ledger::{Folder, LedgerRow};

/// One answer of the server. What is not yet here when the line breaks is asked for again from the start.
const PIECE_BYTES: u32 = 1024 * 1024;

/// From the first place that still has it.
///
/// # Errors
/// The words of the server, or that no place has it.
pub async fn over_imap(
    engine: &Arc<Engine>,
    wanted: &Wanted,
    endpoint: &Endpoint,
    told: &PieceCame,
) -> Result<Vec<u8>, Trouble> {
    let mut session = connect::sign_in(engine, &wanted.mailbox, endpoint)
        .await
        .map_err(|failure| failure.trouble)?;
    let mut renumbered = None;
    let mut found = None;
    for (folder, row) in &wanted.places {
        let selected = session
            .examine(&folder.wire_name, None)
            .await
            .map_err(|failure| failure.trouble)?;
        if selected.uidvalidity != folder.uid_validity {
            renumbered = Some(renumbered_since(folder));
            continue;
        }
        found = pieces(&mut session, row, told).await?;
        if found.is_some() {
            break;
        }
    }
    session.logout().await;
    found.ok_or_else(|| renumbered.unwrap_or_else(gone))
}

fn renumbered_since(folder: &Folder) -> Trouble {
    let what = format!("the server has numbered the mails of {} anew", folder.name);
    Trouble::network(what).hint("try again when the mailbox has looked for mail once more")
}

/// The mail of the open folder; `None` where the server does not list it any more.
async fn pieces(
    session: &mut ImapSession,
    row: &LedgerRow,
    told: &PieceCame,
) -> Result<Option<Vec<u8>>, Trouble> {
    let mut raw: Vec<u8> = Vec::new();
    loop {
        let offset = raw.len() as u64;
        let part = session
            .fetch_part(row.uid, offset, PIECE_BYTES)
            .await
            .map_err(|failure| failure.trouble)?;
        let Some(part) = part else {
            let one = Search::uids(row.uid..=row.uid);
            let listed = session.search_uids(&one).await;
            return match listed.map_err(|failure| failure.trouble)?.is_empty() {
                true => Ok(None),
                false => Err(Trouble::server("the server gave no content for this mail")
                    .hint("the header is kept; try again later")),
            };
        };
        let claimed = part.size.unwrap_or(row.size_bytes);
        if claimed > LARGEST_BYTES || offset + part.bytes.len() as u64 > LARGEST_BYTES {
            return Err(too_large());
        }
        let came = part.bytes.len();
        raw.extend(part.bytes);
        told(raw.len() as u64, claimed);
        // The size is a hint: a short piece before it is not the end, and an empty one is.
        let is_short = came < PIECE_BYTES as usize;
        if came == 0 || (is_short && raw.len() as u64 >= claimed) {
            return match raw.is_empty() {
                true => Err(Trouble::server("the server gave no content for this mail")),
                false => Ok(Some(raw)),
            };
        }
    }
}

/// The file whose header it is.
///
/// # Errors
/// There is no such file any more, or it cannot be read.
pub fn from_maildir(path: &Path, wanted: &Wanted) -> Result<Vec<u8>, Trouble> {
    let maildir = Maildir::open(path)?;
    for folder in maildir.folders()? {
        for entry in maildir.list(&folder)? {
            if entry.size <= wanted.header.len() as u64 {
                continue;
            }
            // Moved by another program meanwhile: it is found where it went, or at the next try.
            let Ok(header) = header_of(&entry) else {
                continue;
            };
            if ContentHash(Sha256::digest(&header).into()) == wanted.content {
                return match entry.size > LARGEST_BYTES {
                    true => Err(too_large()),
                    false => maildir.read(&entry),
                };
            }
        }
    }
    Err(gone())
}
