//! Mails that could not be read are read again when the reader is another one than it was.
//!
//! It happens once at the start, in the background, a few mails at a time. What can be read takes its place in its
//! ticket; what cannot is left as it is, and not tried again by this version. The raw mail is never changed: it is
//! checked against its hash before it is read. Ended at any point, each mail is as it was or as it shall be.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::core::{Engine, blocking};
use super::filing::{Desk, ReadMail, quarantine, reread};
use crate::domain::ids::{ContentHash, MessageId, TicketNumber};
use crate::domain::message::{MailClass, Message};
use crate::domain::sender_domain::dkim::signature;
use crate::domain::trouble::Trouble;
use crate::domain::words;
use crate::store::ledger::{LedgerRow, Outcome};
use crate::store::packed::Packer;
use crate::store::{StoreResult, Write};

/// Mails in one commit; new mail must not wait for old.
const BATCH: usize = 8;
/// How many tickets are named when it is told.
const MOST_NAMED: usize = 8;

/// Reads what is to be read, unless the engine stops before.
pub(super) async fn run(engine: Arc<Engine>) {
    let done = tokio::select! {
        done = all(&engine) => done,
        () = engine.stopped() => return,
    };
    if let Err(trouble) = done {
        // Nothing is lost by it: the mails are tried again at the next start.
        tracing::warn!(%trouble, "mails that could not be read could not be tried again");
    }
}

/// The same for a run that only looks for mail and ends.
pub(super) async fn before_a_look(engine: &Arc<Engine>) {
    run(Arc::clone(engine)).await;
}

async fn all(engine: &Arc<Engine>) -> Result<(), Trouble> {
    if !engine.read(quarantine::is_complete).await? {
        engine.write(quarantine::complete).await?;
    }
    let reader = engine.reader.version();
    let waiting = engine
        .read(move |store| quarantine::of_others(store, reader))
        .await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let places = engine
        .read(|store| store.ledger_rows_with(&Outcome::StoredUnparsed))
        .await?;
    let places: Arc<Places> = Arc::new(by_content(places));
    let mut readable = Vec::new();
    for batch in waiting.chunks(BATCH) {
        let mails = read_again(engine, batch).await?;
        let places = Arc::clone(&places);
        let settled = engine
            .write({
                let settings = engine.settings.clone();
                let now = engine.clock.now();
                move |store| {
                    let mailboxes = store.mailboxes()?;
                    let desk = Desk::new(&settings, reader, &mailboxes, now);
                    settle(store, &desk, &mails, &places, reader)
                }
            })
            .await?;
        engine.told.tickets_changed(&settled);
        readable.extend(settled);
    }
    tell(engine, readable);
    Ok(())
}

/// Where mails lie that could not be read.
type Places = BTreeMap<ContentHash, Vec<LedgerRow>>;

fn by_content(rows: Vec<LedgerRow>) -> Places {
    let mut places = Places::new();
    for row in rows {
        if let Some(content) = row.content {
            places.entry(content).or_default().push(row);
        }
    }
    places
}

/// The mails of a batch as this reader sees them. One whose bytes are damaged is told and left out.
async fn read_again(
    engine: &Arc<Engine>,
    batch: &[MessageId],
) -> Result<Vec<(Message, ReadMail)>, Trouble> {
    let mut read = Vec::new();
    for id in batch.iter().copied() {
        let stored = match engine.read(move |store| stored(store, id)).await {
            Ok(stored) => stored,
            Err(trouble) => {
                engine.told.notice(trouble);
                continue;
            }
        };
        let Some((message, mailbox, raw)) = stored else {
            engine
                .write(move |store| quarantine::release(store, id))
                .await?;
            continue;
        };
        let raw = Arc::new(raw);
        let parsed = engine.reader.parse(vec![Arc::clone(&raw)]).await?.pop();
        let Some(parsed) = parsed else { continue };
        let packed = {
            let raw = Arc::clone(&raw);
            blocking(move || Packer::new()?.pack(&raw)).await?
        };
        let mail = ReadMail {
            arrived: reread::arrived(&message, mailbox),
            signatures: signature::signatures(&raw),
            raw: packed,
            parsed,
        };
        read.push((message, mail));
    }
    Ok(read)
}

type Stored = (Message, crate::domain::ids::MailboxId, Vec<u8>);

/// A message that is still unread, with its bytes, which the store checks against their hash.
fn stored(store: &dyn crate::store::Read, id: MessageId) -> StoreResult<Option<Stored>> {
    let Some(message) = store.message(id)?.filter(is_unread) else {
        return Ok(None);
    };
    let Some(ticket) = store.ticket(message.ticket)? else {
        return Ok(None);
    };
    let raw = match &message.content {
        Some(content) => store.raw(content)?,
        None => None,
    };
    Ok(raw.map(|raw| (message, ticket.mailbox, raw)))
}

fn is_unread(message: &Message) -> bool {
    message.class == MailClass::Unreadable
}

/// Commits a batch. Returns the tickets in which something can be read now.
fn settle(
    store: &mut dyn Write,
    desk: &Desk<'_>,
    mails: &[(Message, ReadMail)],
    places: &Places,
    reader: &str,
) -> StoreResult<Vec<TicketNumber>> {
    let mut readable = Vec::new();
    for (message, mail) in mails {
        // Another process may have been faster, or somebody has moved it to another ticket.
        let Some(message) = store.message(message.id)?.filter(is_unread) else {
            continue;
        };
        if mail.parsed.is_err() {
            quarantine::keep(store, message.id, reader)?;
            continue;
        }
        reread::replace(store, desk, &message, mail, None)?;
        quarantine::release(store, message.id)?;
        for row in places.get(&mail.raw.content()).into_iter().flatten() {
            store.correct(&LedgerRow {
                outcome: Outcome::Stored,
                ..row.clone()
            })?;
        }
        readable.push(message.ticket);
    }
    Ok(readable)
}

/// Says once what came of it.
fn tell(engine: &Engine, mut readable: Vec<TicketNumber>) {
    let mails = readable.len();
    readable.sort_unstable();
    readable.dedup();
    let Some(first) = readable.first() else {
        return;
    };
    tracing::info!(mails, "mails that could not be read can be read now");
    let mut named: Vec<String> = readable
        .iter()
        .take(MOST_NAMED)
        .map(|number| format!("#{number}"))
        .collect();
    if readable.len() > MOST_NAMED {
        named.push("…".to_owned());
    }
    let what = format!(
        "{} that could not be read before can be read now: {}",
        words::count(mails as u64, "mail", "mails"),
        named.join(" ")
    );
    let hint = format!(
        "their tickets are marked unread, such as #{first}; nothing was answered by itself"
    );
    engine.told.notice(Trouble::operator(what).hint(hint));
}
