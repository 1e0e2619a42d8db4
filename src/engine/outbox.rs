//! The outbox, as an operator sees it and decides about it.
//!
//! Nothing is sent from here: a decision changes a row's state if it is still what the operator saw, and the
//! delivery worker is told to look.

use std::sync::Arc;

use super::core::Engine;
use super::writing::takeback;
use crate::bridge::{OutboxLine, OutboxRequest, Report};
use crate::domain::clean::Clean;
use crate::domain::delivery::RecipientResult;
use crate::domain::ids::OutboxId;
use crate::domain::outbox::{self, Decision, DeliveryState, Listed, Step};
use crate::domain::trouble::Trouble;
use crate::store::outbox::OutboxRow;
use crate::store::{Read, StoreResult};

pub(super) async fn answer(
    engine: &Arc<Engine>,
    request: OutboxRequest,
) -> Result<Report, Trouble> {
    match request {
        OutboxRequest::List(listed) => list(engine, listed).await.map(Report::Outbox),
        OutboxRequest::TakeBack(id) => takeback::answer(engine, id).await.map(Report::Write),
        OutboxRequest::Retry(id) => decide(engine, id, Decision::Retry).await,
        OutboxRequest::MarkSent(id) => decide(engine, id, Decision::MarkSent).await,
        OutboxRequest::Cancel(id) => decide(engine, id, Decision::Cancel).await,
    }
}

async fn list(engine: &Arc<Engine>, listed: Listed) -> Result<Vec<OutboxLine>, Trouble> {
    engine
        .read(move |store| {
            let mailboxes = store.mailboxes()?;
            let rows = store.outbox(listed)?;
            rows.into_iter()
                .rev()
                .map(|row| {
                    let mailbox = mailboxes
                        .iter()
                        .find(|mailbox| mailbox.id == row.mailbox)
                        .map(|mailbox| Clean::name(&mailbox.settings.name));
                    line(store, row, mailbox.unwrap_or_default())
                })
                .collect()
        })
        .await
}

fn line(store: &dyn Read, row: OutboxRow, mailbox: Clean) -> StoreResult<OutboxLine> {
    let subject = store
        .subject_of(row.message)?
        .map(|subject| Clean::line(&subject));
    Ok(OutboxLine {
        id: row.id,
        ticket: row.ticket,
        message: row.message,
        mailbox,
        to: row.envelope_to.iter().map(|to| Clean::name(to)).collect(),
        subject: subject.unwrap_or_default(),
        state: clean_state(&row.state),
        attempts: row.attempts,
        message_id: Clean::line(&row.message_id),
        queued_at: row.queued_at,
    })
}

/// A state as it may be shown: servers' words are strangers' words.
pub fn clean_state(state: &DeliveryState) -> DeliveryState {
    let clean = |words: &str| Clean::line(words).into_string();
    match state {
        DeliveryState::Deferred {
            next_try,
            attempts,
            words,
        } => DeliveryState::Deferred {
            next_try: *next_try,
            attempts: *attempts,
            words: clean(words),
        },
        DeliveryState::Refused { recipients } => DeliveryState::Refused {
            recipients: recipients
                .iter()
                .map(|result| RecipientResult {
                    address: Clean::name(&result.address).into_string(),
                    verdict: result.verdict,
                    words: clean(&result.words),
                })
                .collect(),
        },
        DeliveryState::Uncertain { since, known } => DeliveryState::Uncertain {
            since: *since,
            known: clean(known),
        },
        DeliveryState::Sent { at, line } => DeliveryState::Sent {
            at: *at,
            line: clean(line),
        },
        other => other.clone(),
    }
}

async fn decide(engine: &Arc<Engine>, id: OutboxId, decision: Decision) -> Result<Report, Trouble> {
    let now = engine.clock.now();
    let ticket = engine
        .write(move |store| {
            let row = store
                .outbox_row(id)?
                .ok_or_else(|| Trouble::operator("there is no such answer in the outbox"))?;
            let to = outbox::step(&row.state, &Step::Operator(decision), now)
                .map_err(Trouble::operator)?;
            if !store.move_outbox(id, &row.state, &to, row.attempts, now)? {
                return Err(Trouble::operator("it has just changed; look again"));
            }
            Ok(row.ticket)
        })
        .await?;
    engine.told.outbox_changed();
    engine.told.tickets_changed(&[ticket]);
    engine.doorbells.outbox.ring();
    Ok(Report::Done)
}
