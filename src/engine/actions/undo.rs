//! Taking a step back, as a new step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::core::Engine;
use super::super::looks::lists;
use super::super::writing::takeback;
use super::{Step, notice, sentence};
use crate::bridge::Changed;
use crate::domain::clean::Clean;
use crate::domain::event::{Actor, Event, Happening};
use crate::domain::ids::{EventId, MessageId, TicketNumber};
use crate::domain::message::{MailClass, MessageKind};
use crate::domain::query::Asker;
use crate::domain::ticket::Ticket;
use crate::domain::trouble::Trouble;
use crate::domain::undo;
use crate::store::{Read, StoreResult, Write};

pub(super) async fn undo(engine: &Arc<Engine>, step: EventId) -> Result<Changed, Trouble> {
    let (actor, asker) = (engine.actor(), engine.asker());
    let (changed, outbox) = engine
        .write(move |store| commit(store, actor, &asker, step))
        .await?;
    engine.doorbells.timers.ring();
    if outbox {
        engine.told.outbox_changed();
    }
    Ok(changed)
}

fn commit(
    store: &mut dyn Write,
    actor: Actor,
    asker: &Asker,
    step: EventId,
) -> StoreResult<(Changed, bool)> {
    let events = store.step(step)?;
    if events.is_empty() {
        return Err(Trouble::operator("there is no such step to take back"));
    }
    let written = written_here(&events);
    let taken = match written {
        Some(message) => takeback::take_back(store, actor, asker, message)?.step,
        None => {
            let left = notice::take_back(store, events.clone(), asker.now)?;
            take_back(store, actor, asker, &left)?
        }
    };
    let touched: Vec<TicketNumber> = events
        .iter()
        .map(|event| event.ticket)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let words = format!("taken back for {}", sentence::tickets(touched.len()));
    let changed = Changed {
        step: Some(taken),
        tickets: lists::lines_of(store, asker, &touched)?,
        refused: Vec::new(),
        sentence: Clean::line(&words),
    };
    Ok((changed, written.is_some() || notice::holds_notice(&events)))
}

/// The answer or note that the step brought into being: a step of writing brings one.
fn written_here(events: &[Event]) -> Option<MessageId> {
    events.iter().find_map(|event| match &event.what {
        Happening::MessageJoined(message)
            if message.other_ticket.is_none()
                && message.kind != MessageKind::Incoming
                && message.class != MailClass::AutoReply
                && event.takes_back.is_none()
                && matches!(event.actor, Actor::Operator(_)) =>
        {
            Some(message.message)
        }
        _ => None,
    })
}

/// Appends what takes these events back.
///
/// # Errors
/// What stands in the way, as the operator's trouble.
pub(in super::super) fn take_back(
    store: &mut dyn Write,
    actor: Actor,
    asker: &Asker,
    events: &[Event],
) -> StoreResult<EventId> {
    if let Some(withdrawn) = events.iter().find(|event| {
        matches!(&event.what, Happening::MessageLeft(message) if message.other_ticket.is_none())
    }) {
        return Err(Trouble::operator(format!(
            "the answer of #{} is a draft again; send it instead",
            withdrawn.ticket
        )));
    }
    let (since, current) = surroundings(store, events)?;
    let taken = undo::undo(events, &since, &|number| current.get(&number).cloned())
        .map_err(|refusal| Trouble::operator(refusal.0))?;
    let mut step = Step::new(actor, asker.now);
    for number in current.keys() {
        step.ticket(store, *number)?;
    }
    for one in taken {
        step.happens(one.ticket, one.what, one.takes_back);
    }
    step.commit(store)?
        .ok_or_else(|| Trouble::operator("there is nothing left to take back"))
}

/// Every later event of the tickets that a step touched, and what those tickets are now.
fn surroundings(
    store: &dyn Read,
    events: &[Event],
) -> StoreResult<(Vec<Event>, BTreeMap<TicketNumber, Ticket>)> {
    let numbers: BTreeSet<TicketNumber> = events.iter().map(|event| event.ticket).collect();
    let last = events.iter().map(|event| event.id).max();
    let mut since = Vec::new();
    let mut current = BTreeMap::new();
    for number in numbers {
        since.extend(
            store
                .events(number)?
                .into_iter()
                .filter(|event| Some(event.id) > last),
        );
        if let Some(ticket) = store.ticket(number)? {
            current.insert(number, ticket);
        }
    }
    since.sort_by_key(|event| event.id);
    Ok((since, current))
}
