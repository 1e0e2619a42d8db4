//! Taking an answer back while its undo window is open, or while nobody has begun to send it.
//!
//! The draft of an answer is kept beside it as long as it can be taken back, so that exactly what was written
//! opens again: the message itself holds the signature and no Markdown of its own.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::actions::{Step, undo};
use super::super::core::Engine;
use super::view;
use crate::bridge::Writing;
use crate::domain::decide::{Action, decide};
use crate::domain::draft::{Draft, DraftKind};
use crate::domain::event::{Actor, Event, Happening};
use crate::domain::ids::{DraftId, EventId, MessageId, OutboxId, TicketNumber};
use crate::domain::message::{Message, MessageKind};
use crate::domain::outbox::DeliveryState;
use crate::domain::query::Asker;
use crate::domain::ticket::Status;
use crate::domain::trouble::{Trouble, Whose};
use crate::store::{Read, StoreResult, Write};

/// The fact that holds the drafts of answers that can still be taken back.
const KEPT_DRAFTS: &str = "drafts-of-unsent-answers";

/// Notes never leave, so time alone says how long one can be taken back with its draft.
const NOTES_KEPT: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    message: MessageId,
    at: Timestamp,
    draft: Draft,
}

/// What was taken back.
pub struct TakenBack {
    pub step: EventId,
    pub draft: Draft,
}

pub(in super::super) async fn answer(
    engine: &Arc<Engine>,
    id: OutboxId,
) -> Result<Writing, Trouble> {
    let (actor, asker) = (engine.actor(), engine.asker());
    let view = engine
        .write(move |store| {
            let row = store
                .outbox_row(id)?
                .ok_or_else(|| Trouble::operator("there is no such answer in the outbox"))?;
            let taken = take_back(store, actor, &asker, row.message)?;
            view::view(store, &asker, &taken.draft)
        })
        .await?;
    engine.told.outbox_changed();
    engine.doorbells.outbox.ring();
    Ok(Writing::Draft(Box::new(view)))
}

/// Cancels the way out, takes the message and what came with it out of the ticket, and puts the draft back.
///
/// # Errors
/// It is too late, and how late; or it was taken back before.
pub(in super::super) fn take_back(
    store: &mut dyn Write,
    actor: Actor,
    asker: &Asker,
    message: MessageId,
) -> StoreResult<TakenBack> {
    let stored = store
        .message(message)?
        .ok_or_else(|| Trouble::operator("that message is not there any more"))?;
    if stored.kind == MessageKind::Outgoing {
        cancel(store, message, asker.now)?;
    }
    let events = sending_step(store, &stored)?;
    let mut draft = kept_draft(store, &stored, asker)?;
    let step = match undo::take_back(store, actor, asker, &events) {
        Ok(step) => step,
        // Something else has happened to the ticket since; only the message itself is taken out.
        Err(trouble) if trouble.whose == Whose::Operator => {
            withdraw(store, actor, asker, &stored, &events)?
        }
        Err(trouble) => return Err(trouble),
    };
    draft.id = DraftId(store.fresh_id()?);
    draft.saved_at = asker.now;
    // The ticket that a new mail opened stays, so that sending again goes on in it.
    draft.ticket = Some(stored.ticket);
    store.put_draft(&draft)?;
    Ok(TakenBack { step, draft })
}

fn cancel(store: &mut dyn Write, message: MessageId, now: Timestamp) -> StoreResult<()> {
    let row = store
        .outbox_of_message(message)?
        .ok_or_else(|| Trouble::operator("that answer was not sent from here"))?;
    let too_late = |how: &str| Err(Trouble::operator(format!("too late: {how}")));
    match &row.state {
        DeliveryState::Held { .. } | DeliveryState::Queued => {}
        DeliveryState::Sending | DeliveryState::Dot => {
            return too_late("it is being sent right now");
        }
        DeliveryState::Sent { .. } => return too_late("it has been sent"),
        DeliveryState::Uncertain { .. } => return too_late("it may have been sent already"),
        DeliveryState::Deferred { .. } | DeliveryState::Refused { .. } => {
            return Err(Trouble::operator("a try to send it has failed already")
                .hint("cancel it in the outbox, or try again there"));
        }
        DeliveryState::Cancelled => {
            return Err(Trouble::operator("it has been taken back already"));
        }
    }
    let moved = store.move_outbox(
        row.id,
        &row.state,
        &DeliveryState::Cancelled,
        row.attempts,
        now,
    )?;
    if moved {
        Ok(())
    } else {
        too_late("it is being sent right now")
    }
}

/// The events that came into being with the message.
fn sending_step(store: &dyn Read, message: &Message) -> StoreResult<Vec<Event>> {
    let step = store
        .events(message.ticket)?
        .iter()
        .find(|event| {
            matches!(&event.what, Happening::MessageJoined(joined)
                if joined.message == message.id && joined.other_ticket.is_none())
        })
        .map(|event| event.step)
        .ok_or_else(|| Trouble::operator("that message has been moved since"))?;
    store.step(step)
}

/// Takes only the message out. A ticket that has nothing else in it is closed.
fn withdraw(
    store: &mut dyn Write,
    actor: Actor,
    asker: &Asker,
    message: &Message,
    events: &[Event],
) -> StoreResult<EventId> {
    let joined = events.iter().find_map(|event| match &event.what {
        Happening::MessageJoined(joined) if joined.message == message.id => Some((event, joined)),
        _ => None,
    });
    let Some((event, joined)) = joined else {
        return Err(Trouble::operator("that message has been moved since"));
    };
    if is_gone(store, message.ticket, message.id)? {
        return Err(Trouble::operator("that was taken back already"));
    }
    let mut step = Step::new(actor, asker.now);
    let ticket = step
        .ticket(store, message.ticket)?
        .ok_or_else(|| Trouble::bug("the message's ticket is missing"))?;
    let mut left = joined.clone();
    left.first_reply = ticket.clocks.first_replied_at == Some(event.at);
    step.happens(message.ticket, Happening::MessageLeft(left), Some(event.id));
    if ticket.tally.messages <= 1 && ticket.status != Status::Closed {
        let close = decide(
            &ticket,
            &Action::SetStatus(Status::Closed),
            actor,
            asker.now,
        );
        for what in close.unwrap_or_default() {
            step.happens(message.ticket, what, None);
        }
    }
    step.commit(store)?
        .ok_or_else(|| Trouble::bug("taking back made nothing happen"))
}

fn is_gone(store: &dyn Read, ticket: TicketNumber, message: MessageId) -> StoreResult<bool> {
    let events = store.events(ticket)?;
    let messages = super::super::looks::thread::present_messages(store, ticket, &events)?;
    Ok(!messages.iter().any(|present| present.id == message))
}

/// Keeps the draft of a message, and lets go of those that can no longer be taken back.
pub(super) fn keep(
    store: &mut dyn Write,
    message: MessageId,
    draft: &Draft,
    now: Timestamp,
) -> StoreResult<()> {
    let mut kept = Vec::new();
    for one in read_kept(store)? {
        let alive = match store.outbox_of_message(one.message)? {
            Some(row) => matches!(
                row.state,
                DeliveryState::Held { .. } | DeliveryState::Queued
            ),
            None => now.duration_since(one.at) < NOTES_KEPT,
        };
        if alive {
            kept.push(one);
        }
    }
    kept.push(Kept {
        message,
        at: now,
        draft: draft.clone(),
    });
    let bytes = serde_json::to_vec(&kept)
        .map_err(|cause| Trouble::bug("a draft cannot be written down").because(cause))?;
    store.set_fact(KEPT_DRAFTS, &bytes)
}

fn read_kept(store: &dyn Read) -> StoreResult<Vec<Kept>> {
    let bytes = store.fact(KEPT_DRAFTS)?.unwrap_or_default();
    // What an older or newer version wrote and this one cannot read is only convenience: the message is there.
    Ok(serde_json::from_slice(&bytes).unwrap_or_default())
}

/// The draft as it was, or what the message still tells of it.
fn kept_draft(store: &dyn Read, message: &Message, asker: &Asker) -> StoreResult<Draft> {
    let kept = read_kept(store)?
        .into_iter()
        .find(|kept| kept.message == message.id);
    if let Some(kept) = kept {
        return Ok(kept.draft);
    }
    let mailbox = match store.outbox_of_message(message.id)? {
        Some(row) => Some(row.mailbox),
        None => store.ticket(message.ticket)?.map(|ticket| ticket.mailbox),
    };
    let envelope = &message.envelope;
    Ok(Draft {
        id: DraftId(0),
        operator: message.author.unwrap_or(asker.operator),
        mailbox: mailbox.ok_or_else(|| Trouble::bug("the message's ticket is missing"))?,
        from: None,
        ticket: Some(message.ticket),
        kind: match message.kind {
            MessageKind::Note => DraftKind::Note,
            _ => DraftKind::Reply,
        },
        answers: None,
        to: envelope.to.clone(),
        cc: envelope.cc.clone(),
        bcc: envelope.bcc.clone(),
        subject: message.subject.clone(),
        body: message.text.clone(),
        signature: None,
        attachments: Vec::new(),
        saved_at: asker.now,
    })
}
