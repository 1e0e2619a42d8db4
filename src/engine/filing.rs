//! Mail becomes messages and tickets: read by the child, classified, placed, and committed with its ledger rows.
//!
//! Each batch is one transaction: raw bytes, messages, events, tickets and the folder's cursor are there together or
//! not at all. No mail may be left out: what cannot be read is kept raw and becomes a ticket that says so.

mod arrange;
mod channel;
mod evidence;
mod flood;
mod gather;
pub(super) mod made;
pub(super) mod quarantine;
pub(super) mod reread;
pub(super) mod stub;
mod trial;

use std::sync::Arc;

pub(super) use arrange::Desk;

use super::core::{Engine, blocking};
use super::ingest::{Arrived, Ingested};
use crate::domain::channel::own_addresses;
use crate::domain::ids::{ContentHash, FolderId};
use crate::domain::mailbox::Mailbox;
use crate::domain::parsed::ParsedMail;
use crate::domain::sender_domain::Signature;
use crate::domain::sender_domain::dkim::signature;
use crate::domain::trouble::Trouble;
use crate::store::ledger::{LedgerRow, Outcome};
use crate::store::packed::{PackedRaw, Packer};
use crate::store::{StoreResult, Write};

/// A mail and what the reader made of it.
#[derive(Debug, Clone)]
pub struct ReadMail {
    pub arrived: Arrived,
    /// Whose keys signed it, by its header.
    pub signatures: Vec<Signature>,
    /// All its bytes, ready to be stored.
    pub raw: PackedRaw,
    /// `Err` where it could not be read, with the reason.
    pub parsed: Result<ParsedMail, Trouble>,
}

/// Mails that are read and not yet committed.
#[derive(Debug, Clone)]
pub struct ReadBatch(Vec<ReadMail>);

impl ReadBatch {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads and commits.
///
/// # Errors
/// The reader does not work, or the store took nothing of the batch.
pub async fn file(engine: &Arc<Engine>, batch: Vec<Arrived>) -> Result<Ingested, Trouble> {
    let read = read_batch(engine, batch).await?;
    commit_batch(engine, read).await
}

/// Has the mails read, oldest first, so that an answer finds what it answers.
///
/// # Errors
/// The reader itself does not work; a single mail that cannot be read is no error.
pub async fn read_batch(
    engine: &Arc<Engine>,
    mut batch: Vec<Arrived>,
) -> Result<ReadBatch, Trouble> {
    batch.sort_by_key(|arrived| (arrived.internal_date, arrived.uid));
    let raws: Vec<Arc<Vec<u8>>> = batch
        .iter_mut()
        .map(|arrived| Arc::new(std::mem::take(&mut arrived.raw)))
        .collect();
    let parsed = engine.reader.parse(raws.clone()).await?;
    blocking(move || {
        let mut packer = Packer::new()?;
        let mails = batch.into_iter().zip(raws).zip(parsed);
        let read = mails.map(|((arrived, raw), parsed)| {
            Ok(ReadMail {
                arrived,
                signatures: signature::signatures(&raw),
                raw: packer.pack(&raw)?,
                parsed,
            })
        });
        read.collect::<Result<_, Trouble>>().map(ReadBatch)
    })
    .await
}

/// Commits a batch with everything that follows from it.
///
/// # Errors
/// The store took nothing of it.
pub async fn commit_batch(engine: &Arc<Engine>, batch: ReadBatch) -> Result<Ingested, Trouble> {
    let now = engine.clock.now();
    let settings = engine.settings.clone();
    let reader = engine.reader.version();
    let batch = Arc::new(batch);
    let (ingested, news) = engine
        .write_where_room(move |transaction| {
            let mailboxes = transaction.mailboxes()?;
            let desk = arrange::Desk::new(&settings, reader, &mailboxes, now);
            let mut ingested = Ingested::default();
            let mut news = Vec::new();
            let mut rows = Vec::new();
            for mail in &batch.0 {
                let filed = file_one(transaction, &desk, mail, &mut ingested)?;
                news.extend(filed.news);
                rows.extend(ledger_row(mail, filed.outcome, filed.content, now));
            }
            transaction.record(&rows)?;
            Ok((ingested, news))
        })
        .await?;
    let touched: Vec<_> = ingested
        .new_tickets
        .iter()
        .chain(&ingested.touched)
        .copied()
        .collect();
    if ingested.confirmations > 0 {
        engine.told.basics_changed();
    }
    if !touched.is_empty() {
        engine.told.tickets_changed(&touched);
    }
    for sender in &ingested.floods {
        let what = format!("{sender} has sent more than a hundred mails within an hour");
        let hint = "they are all here, and stand in one row of the list; F shows each of them";
        engine.told.notice(Trouble::operator(what).hint(hint));
    }
    if ingested.answered > 0 {
        engine.doorbells.outbox.ring();
        engine.told.outbox_changed();
    }
    if !news.is_empty() {
        engine.told.new_mail(&news);
    }
    Ok(ingested)
}

/// What became of one mail.
pub(super) struct Filed {
    outcome: Outcome,
    content: Option<ContentHash>,
    /// The ticket, where a customer's mail is news to the operators.
    news: Option<crate::domain::ids::TicketNumber>,
}

fn file_one(
    transaction: &mut dyn Write,
    desk: &arrange::Desk<'_>,
    mail: &ReadMail,
    ingested: &mut Ingested,
) -> StoreResult<Filed> {
    let mailbox = desk.mailbox(mail.arrived.mailbox)?;
    arrange::arrange(transaction, desk, mailbox, mail, ingested)
}

fn ledger_row(
    mail: &ReadMail,
    outcome: Outcome,
    content: Option<ContentHash>,
    now: jiff::Timestamp,
) -> Option<LedgerRow> {
    let (folder, uid): (FolderId, u32) = (mail.arrived.folder?, mail.arrived.uid?);
    let size = mail.arrived.stub_of_bytes.unwrap_or(mail.raw.size_bytes());
    Some(LedgerRow {
        folder,
        uid,
        outcome,
        content,
        size_bytes: size,
        internal_date: mail.arrived.internal_date,
        recorded_at: now,
    })
}

/// All addresses of ours: those of mailboxes and their aliases.
pub(super) fn addresses(mailboxes: &[Mailbox]) -> Vec<String> {
    mailboxes
        .iter()
        .filter(|mailbox| !mailbox.removed)
        .flat_map(own_addresses)
        .cloned()
        .collect()
}
