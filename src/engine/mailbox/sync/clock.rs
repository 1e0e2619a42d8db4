//! Compares this machine's clock with the server's, by the mails that come into the inbox. It costs no command: when a
//! mail arrived is asked for with the mail anyway.

use jiff::Timestamp;

use super::round::Round;
use crate::domain::clock::{Sighting, judged};
use crate::domain::folder::FolderRole;
use crate::domain::ids::FolderId;
use crate::domain::mailbox::Incoming;
use crate::domain::trouble::Trouble;
use crate::engine::standing;

/// Mails of one look that are compared: the newest say most.
const COMPARED: usize = 5;

/// The mails that were listed for the first time in this look.
#[derive(Debug, Default)]
pub struct Fresh {
    pub uids: Vec<u32>,
    /// When they were listed, by our clock.
    pub at: Option<Timestamp>,
}

/// Looks at what came, where it is known since when it was not there.
///
/// # Errors
/// The store cannot be read.
pub async fn compare(
    round: &Round<'_>,
    folder: FolderId,
    role: FolderRole,
    fresh: &Fresh,
) -> Result<(), Trouble> {
    let mailbox = round.mailbox.id;
    let (_, last_look) = round.engine.health.get(mailbox);
    let (Some(from), Some(until), Incoming::Imap(endpoint)) =
        (last_look, fresh.at, &round.mailbox.settings.incoming)
    else {
        return Ok(());
    };
    if role != FolderRole::Inbox || fresh.uids.is_empty() {
        return Ok(());
    }
    let mut uids = fresh.uids.clone();
    uids.sort_unstable_by(|one, other| other.cmp(one));
    uids.truncate(COMPARED);
    let (came, known) = round
        .engine
        .read(move |store| {
            let mut came = Vec::new();
            for uid in &uids {
                let row = store.ledger_row(folder, *uid)?;
                came.extend(row.and_then(|row| row.internal_date));
            }
            Ok((came, standing::of(store, mailbox)?.clock))
        })
        .await?;
    let came: Vec<Sighting> = came
        .into_iter()
        .map(|there| Sighting { there, from, until })
        .collect();
    let now = judged(known.clone(), &endpoint.host, &came);
    if now == known {
        return Ok(());
    }
    let was_believed = known.is_some_and(|doubt| doubt.is_believed());
    let told = now.as_ref().and_then(|doubt| doubt.trouble());
    standing::note(round.engine, mailbox, move |standing| {
        standing.clock.clone_from(&now);
    })
    .await;
    if was_believed != told.is_some() {
        round.engine.told.basics_changed();
    }
    if let Some(trouble) = told.filter(|_| !was_believed) {
        round.engine.told.notice(trouble);
    }
    Ok(())
}
