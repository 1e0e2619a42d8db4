//! The copy of a sent answer in the mailbox's Sent folder: looked for first, so that there are never two.
//!
//! Whether the answer was sent does not depend on it. A copy that cannot be made says why, on the message.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::lease::Held;
use super::{collected, connect};
use crate::domain::folder::FolderRole;
use crate::domain::mailbox::{Endpoint, Incoming, Mailbox};
use crate::domain::outbox::DeliveryState;
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::mail::imap::{FailureKind, FolderInfo, ImapFailure, ImapSession};
use crate::store::outbox::{OutboxRow, SentCopy};

/// The name of the folder where the server has none for sent mail.
const NEW_FOLDER: &str = "Sent";
const TRY_AGAIN_SECONDS: i64 = 120;

/// Makes every copy that is due. Returns when to try again, where the server could not be reached.
///
/// # Errors
/// The store cannot be read or written.
pub async fn make_due(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    held: &Held,
) -> Result<Option<Timestamp>, Trouble> {
    let id = held.mailbox;
    let due: Vec<OutboxRow> = engine
        .read(move |snapshot| snapshot.outbox_due(id))
        .await?
        .into_iter()
        .filter(|row| {
            row.sent_copy == SentCopy::Due && matches!(row.state, DeliveryState::Sent { .. })
        })
        .collect();
    let Some(first) = due.first() else {
        return Ok(None);
    };
    let mailbox = &collected::home(engine, mailbox).await?;
    let Incoming::Imap(endpoint) = &mailbox.settings.incoming else {
        for row in &due {
            note(engine, row, SentCopy::NotOurs).await?;
        }
        return Ok(None);
    };
    tracing::debug!(mailbox = %mailbox.id, rows = due.len(), first = %first.id, "copies to the Sent folder are due");
    match copy_all(engine, mailbox, endpoint, &due).await? {
        None => Ok(None),
        Some(_) => Ok(engine
            .clock
            .now()
            .checked_add(SignedDuration::from_secs(TRY_AGAIN_SECONDS))
            .ok()),
    }
}

/// Copies until something keeps all of them from being made; that is returned.
async fn copy_all(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    endpoint: &Endpoint,
    due: &[OutboxRow],
) -> Result<Option<ImapFailure>, Trouble> {
    let mut session = match connect::sign_in(engine, mailbox, endpoint).await {
        Ok(session) => session,
        Err(failure) => return Ok(Some(failure)),
    };
    let folder = match sent_folder(&mut session).await {
        Ok(folder) => folder,
        Err(failure) => return Ok(Some(failure)),
    };
    for row in due {
        let content = row.content;
        let Some(raw) = engine.read(move |snapshot| snapshot.raw(&content)).await? else {
            note(
                engine,
                row,
                SentCopy::Failed {
                    words: "its text is not in the store any more".into(),
                },
            )
            .await?;
            continue;
        };
        match copy(&mut session, &folder, row, &raw).await {
            Ok(()) => note(engine, row, SentCopy::Done).await?,
            Err(failure)
                if failure.connection_is_good() && failure.kind == FailureKind::Refused =>
            {
                let words = failure.trouble.to_string();
                note(engine, row, SentCopy::Failed { words }).await?;
            }
            Err(failure) => return Ok(Some(failure)),
        }
    }
    session.logout().await;
    Ok(None)
}

/// The folder's name on the wire; made where there is none.
async fn sent_folder(session: &mut ImapSession) -> Result<String, ImapFailure> {
    let folders = session.list_folders().await?;
    let sent = |info: &&FolderInfo| info.role == FolderRole::Sent && info.selectable;
    match folders.iter().find(sent) {
        Some(info) => Ok(info.wire_name.clone()),
        None => session.create_folder(NEW_FOLDER).await,
    }
}

/// An earlier attempt whose answer was lost may have made the copy, and some providers make one by themselves.
async fn copy(
    session: &mut ImapSession,
    folder: &str,
    row: &OutboxRow,
    raw: &[u8],
) -> Result<(), ImapFailure> {
    session.examine(folder, None).await?;
    if session
        .search_header_message_id(&row.message_id)
        .await?
        .is_empty()
    {
        session
            .append(folder, raw, &["\\Seen"], Some(row.changed_at))
            .await?;
    }
    Ok(())
}

async fn note(engine: &Arc<Engine>, row: &OutboxRow, copy: SentCopy) -> Result<(), Trouble> {
    let id = row.id;
    engine
        .write(move |transaction| transaction.set_sent_copy(id, &copy))
        .await?;
    engine.told.outbox_changed();
    engine.told.tickets_changed(&[row.ticket]);
    Ok(())
}
