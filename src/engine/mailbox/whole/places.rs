//! Where a mail lies of which only the header is here.

use super::collecting;
use crate::domain::ids::{ContentHash, FolderId, MailboxId, MessageId};
use crate::domain::mailbox::Mailbox;
use crate::domain::message::Message;
use crate::domain::parsed::{CutPart, ParseNote};
use crate::domain::trouble::Trouble;
use crate::store::ledger::{Folder, LedgerRow, Outcome};
use crate::store::{Read, StoreResult};

/// A mail that somebody wants the whole of.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub message: Message,
    /// That its server is asked through.
    pub mailbox: Mailbox,
    /// The bytes of the header, as they are stored.
    pub header: Vec<u8>,
    pub content: ContentHash,
    /// Where the ledger says it lay, the latest first; none for a Maildir.
    pub places: Vec<(Folder, LedgerRow)>,
}

/// Looks it up.
///
/// # Errors
/// There is no such message, it is here whole, or it lies nowhere.
pub fn find(store: &dyn Read, id: MessageId) -> StoreResult<Wanted> {
    let message = store
        .message(id)?
        .ok_or_else(|| Trouble::operator("there is no such message any more"))?;
    let content = message.content.ok_or_else(|| {
        Trouble::operator("a note was never a mail; there is nothing to download")
    })?;
    let rows = store.ledger_rows_of(&content)?;
    let is_stub = message
        .notes
        .contains(&ParseNote::Cut(CutPart::AllButHeader))
        || rows.iter().any(|row| row.outcome == Outcome::Stub);
    if !is_stub {
        return Err(Trouble::operator("the whole of this mail is here already"));
    }
    let header = store
        .raw(&content)?
        .ok_or_else(|| Trouble::bug("the header of this mail is missing in the store"))?;
    let mailboxes = store.mailboxes()?;
    let mut folders = Vec::new();
    for mailbox in &mailboxes {
        folders.extend(store.folders(mailbox.id)?);
    }
    let places: Vec<(Folder, LedgerRow)> = rows
        .into_iter()
        .filter_map(|row| Some((current(&folders, row.folder)?, row)))
        .collect();
    let from = match places.first() {
        Some((folder, _)) => folder.mailbox,
        None => mailbox_of(store, &message)?,
    };
    let mailbox = collecting(&mailboxes, from)
        .ok_or_else(|| Trouble::operator("the mailbox of this mail is not there any more"))?
        .clone();
    let places = places
        .into_iter()
        .filter(|(folder, _)| folder.mailbox == mailbox.id)
        .collect();
    Ok(Wanted {
        message,
        mailbox,
        header,
        content,
        places,
    })
}

/// A folder whose UIDs still mean what they meant.
fn current(folders: &[Folder], id: FolderId) -> Option<Folder> {
    let found = folders.iter().find(|folder| folder.id == id);
    found.filter(|folder| folder.current).cloned()
}

fn mailbox_of(store: &dyn Read, message: &Message) -> StoreResult<MailboxId> {
    let ticket = store.ticket(message.ticket)?;
    ticket
        .map(|ticket| ticket.mailbox)
        .ok_or_else(|| Trouble::bug("the ticket of this mail is not there"))
}
