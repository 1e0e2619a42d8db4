//! Mails of which only the header came, because they are too large, and what became of them.
//!
//! A header that comes again (the mail was moved on the server, or its folder numbered anew) is known by its content,
//! like any mail. Once the whole mail has taken its place, a fact says which message the header belongs to.

use super::ReadMail;
use crate::domain::ids::{ContentHash, MessageId};
use crate::domain::place::Known;
use crate::store::{Read, StoreResult, Write};

fn fact(header: &ContentHash) -> String {
    format!("whole-of:{header}")
}

/// Remembers that the mail with this header is here whole.
pub fn now_whole(
    store: &mut dyn Write,
    header: &ContentHash,
    message: MessageId,
) -> StoreResult<()> {
    store.set_fact(&fact(header), message.to_string().as_bytes())
}

/// The message of a header whose mail is here whole.
pub fn known(store: &dyn Read, mail: &ReadMail) -> StoreResult<Option<Known>> {
    if mail.arrived.stub_of_bytes.is_none() {
        return Ok(None);
    }
    let Some(id) = store.fact(&fact(&mail.raw.content()))? else {
        return Ok(None);
    };
    let id = std::str::from_utf8(&id).ok().and_then(|id| id.parse().ok());
    let message = match id.map(MessageId) {
        Some(id) => store.message(id)?,
        None => None,
    };
    Ok(message.map(|message| Known {
        message: message.id,
        ticket: message.ticket,
        kind: message.kind,
    }))
}
