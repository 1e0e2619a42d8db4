//! What waits in the outbox while sending is switched off: visible, with the reason, and sent when it is on again.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::lease::Held;
use crate::domain::outbox::{self, Step};
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;

/// Switching sending on is told at once; this only keeps the rows in sight.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Lets everything wait whose time has come. Returns when the next row wants to be looked at.
///
/// # Errors
/// The store cannot be read or written.
pub async fn park_due(engine: &Arc<Engine>, held: &Held) -> Result<Option<Timestamp>, Trouble> {
    let now = engine.clock.now();
    let until = now.checked_add(LOOK_AGAIN).unwrap_or(now);
    let moved = move_rows(engine, held, Step::Park { until }, Some(now)).await?;
    let id = held.mailbox;
    let rows = engine.read(move |snapshot| snapshot.outbox_due(id)).await?;
    if moved {
        engine.told.outbox_changed();
    }
    Ok(rows.iter().filter_map(|row| row.state.due()).min())
}

/// Queues again what waited for sending to be switched on.
///
/// # Errors
/// The store cannot be read or written.
pub async fn release(engine: &Arc<Engine>, held: &Held) -> Result<(), Trouble> {
    if move_rows(engine, held, Step::Unpark, None).await? {
        engine.told.outbox_changed();
    }
    Ok(())
}

/// Takes a step with every row that is due by `until` and can take it.
async fn move_rows(
    engine: &Arc<Engine>,
    held: &Held,
    step: Step,
    until: Option<Timestamp>,
) -> Result<bool, Trouble> {
    let (held, now) = (held.clone(), engine.clock.now());
    let tickets = engine
        .write(move |transaction| {
            held.check(transaction)?;
            let mut tickets = Vec::new();
            for mut row in transaction.outbox_due(held.mailbox)? {
                let is_due = |end| row.state.due().is_some_and(|due| due <= end);
                if !until.is_none_or(is_due) {
                    continue;
                }
                if let Ok(state) = outbox::step(&row.state, &step, now) {
                    row.state = state;
                    row.changed_at = now;
                    transaction.put_outbox(&row)?;
                    tickets.push(row.ticket);
                }
            }
            Ok(tickets)
        })
        .await?;
    if !tickets.is_empty() {
        engine.told.tickets_changed(&tickets);
    }
    Ok(!tickets.is_empty())
}
