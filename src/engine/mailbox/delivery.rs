//! Answers leave: the outbox rows of one mailbox, one after another, each through the dot barrier (design §7).
//!
//! A row is claimed in a commit before anything is sent, its state `dot` is committed before the final dot, and how
//! it ended is committed after. Nothing here may send a row that it has not claimed, or claim one in doubt.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::account::Account;
use super::lease::Held;
use super::parking;
use crate::domain::delivery::{Delivery, Envelope, Setback};
use crate::domain::ids::OutboxId;
use crate::domain::mailbox::Mailbox;
use crate::domain::outbox::{self, DeliveryState, Part, Step, Tries};
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::standing;
use crate::mail::transport::Courier;
use crate::store::outbox::OutboxRow;
use crate::store::{StoreResult, Write};

/// How long to wait before the end of an attempt is written again, where the store refuses it.
const WRITE_AGAIN: Duration = Duration::from_secs(2);

/// Rows that a dead process left half way: before the dot they wait again, after it nobody knows. Rows that wait for
/// a time that a wrong clock has named wait from now.
///
/// # Errors
/// The store cannot be written.
pub async fn recover(engine: &Arc<Engine>, held: &Held) -> Result<(), Trouble> {
    let (held, now) = (held.clone(), engine.clock.now());
    engine
        .write(move |transaction| {
            held.check(transaction)?;
            for row in transaction.outbox_due(held.mailbox)? {
                let state = outbox::after_crash(row.state.clone(), now);
                let state = outbox::after_clock(state, row.changed_at, now);
                if state != row.state {
                    transaction.put_outbox(&OutboxRow {
                        state,
                        changed_at: now,
                        ..row
                    })?;
                }
            }
            Ok(())
        })
        .await
}

/// Sends everything that is due. Returns when the next row wants to be looked at.
///
/// # Errors
/// The store cannot be read or written; whatever was sent is recorded as far as that was possible.
pub async fn send_due(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    held: &Held,
) -> Result<Option<Timestamp>, Trouble> {
    if !mailbox.settings.identity.is_sending {
        return parking::park_due(engine, held).await;
    }
    let mut courier = None;
    let result = send_each(engine, mailbox, held, &mut courier).await;
    if let Some(courier) = courier {
        courier.close().await;
    }
    result
}

async fn send_each(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    held: &Held,
    courier: &mut Option<Courier>,
) -> Result<Option<Timestamp>, Trouble> {
    loop {
        let id = mailbox.id;
        let rows = engine.read(move |snapshot| snapshot.outbox_due(id)).await?;
        let now = engine.clock.now();
        let next = rows
            .iter()
            .filter_map(|row| row.state.due().map(|due| (due, row)))
            .min_by_key(|(due, row)| (*due, row.id));
        match next {
            None => return Ok(None),
            Some((due, _)) if due > now => return Ok(Some(due)),
            Some((_, row)) => send_row(engine, mailbox, held, courier, row.id).await?,
        }
    }
}

async fn send_row(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    held: &Held,
    courier: &mut Option<Courier>,
    id: OutboxId,
) -> Result<(), Trouble> {
    let Some(row) = claim(engine, held, id).await? else {
        return Ok(());
    };
    tell(engine, &row);
    let envelope = Envelope {
        from: row.envelope_from.clone(),
        to: row.envelope_to.clone(),
        all_or_nothing: false,
    };
    let content = row.content;
    let raw = engine.read(move |snapshot| snapshot.raw(&content)).await?;
    let delivery = match raw {
        None => Delivery::unsendable(&envelope, "its text is not in the store any more"),
        Some(raw) => match ready(engine, mailbox, courier).await {
            Err(setback) => Delivery::NotSent(setback),
            Ok(open) => {
                open.send(&envelope, &raw, barrier(engine, held, &row))
                    .await
            }
        },
    };
    if courier.as_ref().is_some_and(|open| !open.is_usable()) {
        *courier = None;
    }
    record(engine, &row, &envelope, &delivery).await;
    if matches!(delivery, Delivery::Accepted { .. }) {
        let now = engine.clock.now();
        standing::note(engine, mailbox.id, move |standing| {
            standing.last_send = Some(now);
        })
        .await;
    }
    tell(engine, &row);
    Ok(())
}

/// The connection, made anew where there is none.
async fn ready<'a>(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    courier: &'a mut Option<Courier>,
) -> Result<&'a mut Courier, Setback> {
    match courier {
        Some(open) => Ok(open),
        None => Ok(courier.insert(open(engine, mailbox).await?)),
    }
}

/// Opens a mailbox's way out, signed in.
///
/// # Errors
/// What failed and whose move it is.
pub async fn open(engine: &Arc<Engine>, mailbox: &Mailbox) -> Result<Courier, Setback> {
    Account::saved(mailbox).open_sending(engine).await
}

/// Takes the row for sending, where it may be taken.
async fn claim(
    engine: &Arc<Engine>,
    held: &Held,
    id: OutboxId,
) -> Result<Option<OutboxRow>, Trouble> {
    let (held, now) = (held.clone(), engine.clock.now());
    engine
        .write(move |transaction| {
            held.check(transaction)?;
            let Some(mut row) = transaction.outbox_row(id)? else {
                return Ok(None);
            };
            if matches!(row.state, DeliveryState::Held { .. }) {
                let Ok(released) = outbox::step(&row.state, &Step::Release, now) else {
                    return Ok(None);
                };
                row.state = released;
            }
            let Ok(claimed) = outbox::step(&row.state, &Step::Claim, now) else {
                return Ok(None);
            };
            row.state = claimed;
            row.attempts += 1;
            row.changed_at = now;
            transaction.put_outbox(&row)?;
            Ok(Some(row))
        })
        .await
}

/// Commits the state `dot`. Fails, and so stops the final dot, where the row or the mailbox is not ours any more.
async fn barrier(engine: &Arc<Engine>, held: &Held, claimed: &OutboxRow) -> Result<(), Trouble> {
    let (held, now) = (held.clone(), engine.clock.now());
    let (id, attempts) = (claimed.id, claimed.attempts);
    engine
        .write(move |transaction| {
            held.check(transaction)?;
            let row = stored(transaction, id)?;
            // The number of the attempt tells our claim from a later one by a worker that took our place.
            if row.attempts != attempts {
                return Err(Trouble::network(
                    "another worker of this program sends this answer",
                ));
            }
            let state = outbox::step(&row.state, &Step::Barrier, now).map_err(Trouble::operator)?;
            transaction.put_outbox(&OutboxRow {
                state,
                changed_at: now,
                ..row
            })
        })
        .await
}

fn stored(transaction: &dyn Write, id: OutboxId) -> StoreResult<OutboxRow> {
    transaction
        .outbox_row(id)?
        .ok_or_else(|| Trouble::bug("an outbox row vanished"))
}

/// Writes how the attempt ended, again and again until the store takes it: only this process knows it.
async fn record(engine: &Arc<Engine>, row: &OutboxRow, envelope: &Envelope, delivery: &Delivery) {
    loop {
        match record_once(engine, row, envelope, delivery).await {
            Ok(()) => return,
            Err(trouble) => {
                tracing::error!(%trouble, "how a delivery ended could not be written; trying again");
                engine.told.notice(trouble);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(WRITE_AGAIN) => {}
            () = engine.stopped() => return,
        }
    }
}

async fn record_once(
    engine: &Arc<Engine>,
    row: &OutboxRow,
    envelope: &Envelope,
    delivery: &Delivery,
) -> Result<(), Trouble> {
    let now = engine.clock.now();
    let tries = Tries {
        count: row.attempts,
        first: row.queued_at,
    };
    let parts = outbox::settle(delivery, envelope, tries, now);
    let (id, attempts) = (row.id, row.attempts);
    engine
        .write(move |transaction| {
            let mut stored = stored(transaction, id)?;
            if !is_ours(&mut stored, attempts, &parts) {
                tracing::warn!(row = %id, "an attempt ended after its row had been given to another one");
                return Ok(());
            }
            for (position, part) in parts.iter().enumerate() {
                let state = outbox::step(&stored.state, &Step::End(part.state.clone()), now)
                    .map_err(Trouble::bug)?;
                let id = if position == 0 {
                    stored.id
                } else {
                    OutboxId(transaction.fresh_id()?)
                };
                transaction.put_outbox(&OutboxRow {
                    id,
                    envelope_to: part.recipients.clone(),
                    state,
                    changed_at: now,
                    ..stored.clone()
                })?;
            }
            Ok(())
        })
        .await
}

/// Whether this attempt may still say how the row ended. A worker that was cut off finds its row recovered as in
/// doubt, or waiting again: then only the server's word that it took the mail counts, and it counts more.
fn is_ours(stored: &mut OutboxRow, attempts: u32, parts: &[Part]) -> bool {
    use DeliveryState as S;
    if stored.attempts != attempts {
        return false;
    }
    if matches!(stored.state, S::Sending | S::Dot) {
        return true;
    }
    let taken = parts
        .iter()
        .any(|part| matches!(part.state, S::Sent { .. }));
    if taken {
        stored.state = S::Dot;
    }
    taken
}

fn tell(engine: &Arc<Engine>, row: &OutboxRow) {
    engine.told.outbox_changed();
    engine.told.tickets_changed(&[row.ticket]);
}
