//! A sender who begins very many tickets within an hour: they are marked, so that lists can fold them.

use jiff::Timestamp;

use crate::domain::event::{Actor, Happening};
use crate::domain::flood::{WITHIN, flood};
use crate::domain::ids::{ContactId, MailboxId};
use crate::domain::ticket::Mark;
use crate::store::tickets::NewEvent;
use crate::store::{StoreResult, Write};

/// What a new ticket of a sender is part of.
pub enum Flood {
    None,
    /// It was seen before.
    GoesOn,
    /// With this ticket; the earlier ones are marked now.
    Begins,
}

/// What is added to a ticket that is part of one.
pub fn marked() -> Happening {
    Happening::Marked {
        added: vec![Mark::Flood],
        removed: Vec::new(),
    }
}

/// Looks what the sender began around that moment, and marks it where that is a flood.
pub fn note(
    transaction: &mut dyn Write,
    sender: ContactId,
    mailbox: MailboxId,
    at: Timestamp,
    now: Timestamp,
) -> StoreResult<Flood> {
    let from = at.checked_sub(WITHIN).unwrap_or(Timestamp::MIN);
    let to = at.checked_add(WITHIN).unwrap_or(Timestamp::MAX);
    let recent = transaction.recent_of(sender, mailbox, (from, to))?;
    let Some(others) = flood(&recent) else {
        return Ok(Flood::None);
    };
    if others.is_empty() {
        return Ok(Flood::GoesOn);
    }
    let events: Vec<NewEvent> = others
        .into_iter()
        .map(|ticket| NewEvent {
            ticket,
            what: marked(),
            takes_back: None,
        })
        .collect();
    transaction.append(Actor::System, now, &events)?;
    Ok(Flood::Begins)
}
