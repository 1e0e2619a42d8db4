//! The whole mail in the place of its header, in one transaction.

use std::sync::Arc;

use super::places::Wanted;
use crate::domain::message::Message;
use crate::domain::parsed::ParsedMail;
use crate::domain::sender_domain::dkim::signature;
use crate::domain::trouble::Trouble;
use crate::engine::core::{Engine, blocking};
use crate::engine::filing::{Desk, ReadMail, reread, stub};
use crate::engine::mailbox::lease::Held;
use crate::engine::workers::Whole;
use crate::store::ledger::{LedgerRow, Outcome};
use crate::store::packed::Packer;
use crate::store::{StoreResult, Write};

/// Reads it, looks whether it is the mail that was asked for, and commits it.
///
/// # Errors
/// It is another mail, it cannot be read, or the store took nothing of it.
pub async fn keep(
    engine: &Arc<Engine>,
    held: &Held,
    wanted: &Arc<Wanted>,
    raw: Vec<u8>,
) -> Result<Whole, Trouble> {
    let raw = Arc::new(raw);
    let parsed = engine.reader.parse(vec![Arc::clone(&raw)]).await?.pop();
    let parsed = parsed.unwrap_or_else(|| Err(Trouble::bug("the reader did not answer")));
    let parsed = parsed.map_err(|trouble| {
        let what = "the mail came whole, and could not be read";
        Trouble::operator(what)
            .because(&trouble)
            .hint("its header is kept as it was; read it with another mail program")
    })?;
    if !is_same_mail(wanted, &raw, &parsed) {
        return Err(Trouble::server(
            "the server gave another mail than the one whose header is here",
        )
        .hint("nothing was changed; try again when the mailbox has looked for mail"));
    }
    let (stored, wanted) = (wanted.message.id, Arc::clone(wanted));
    let mail = {
        let raw = Arc::clone(&raw);
        let arrived = reread::arrived(&wanted.message, wanted.mailbox.id);
        blocking(move || {
            Ok(ReadMail {
                arrived,
                signatures: signature::signatures(&raw),
                raw: Packer::new()?.pack(&raw)?,
                parsed: Ok(parsed),
            })
        })
        .await?
    };
    let bytes = raw.len() as u64;
    drop(raw);
    let (settings, reader) = (engine.settings.clone(), engine.reader.version());
    let (now, me, held) = (engine.clock.now(), engine.me.id, held.clone());
    let ticket = engine
        .write(move |store| {
            held.check(store)?;
            let message = still_a_stub(store, &wanted)?;
            let mailboxes = store.mailboxes()?;
            let desk = Desk::new(&settings, reader, &mailboxes, now);
            reread::replace(store, &desk, &message, &mail, Some(me))?;
            stub::now_whole(store, &wanted.content, message.id)?;
            correct(store, &wanted, &mail)?;
            Ok(message.ticket)
        })
        .await?;
    engine.told.tickets_changed(&[ticket]);
    Ok(Whole {
        ticket,
        message: stored,
        bytes,
    })
}

/// A UID may have been given to another mail. Some servers write the header anew, so a Message-ID is proof enough.
fn is_same_mail(wanted: &Wanted, raw: &[u8], parsed: &ParsedMail) -> bool {
    let known = wanted.message.envelope.message_id.as_ref();
    raw.starts_with(wanted.header.trim_ascii_end())
        || (known.is_some() && known == parsed.message_id.as_ref())
}

fn still_a_stub(store: &dyn Write, wanted: &Wanted) -> StoreResult<Message> {
    store
        .message(wanted.message.id)?
        .filter(|message| message.content == Some(wanted.content))
        .ok_or_else(|| Trouble::operator("the whole of this mail is here already"))
}

/// What the ledger says of the places where it lies.
fn correct(store: &mut dyn Write, wanted: &Wanted, mail: &ReadMail) -> StoreResult<()> {
    for (_, row) in &wanted.places {
        let outcome = match &row.outcome {
            Outcome::Stub => Outcome::Stored,
            other => other.clone(),
        };
        store.correct(&LedgerRow {
            outcome,
            content: Some(mail.raw.content()),
            size_bytes: mail.raw.size_bytes(),
            ..row.clone()
        })?;
    }
    Ok(())
}
