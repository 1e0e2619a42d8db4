//! What time alone does to tickets: snoozed ones wake.
//!
//! Overdue tickets need no timer: being overdue is a comparison with the clock, made whenever somebody looks.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::actions::Step;
use super::core::Engine;
use crate::domain::decide::{Action, decide};
use crate::domain::event::Actor;
use crate::domain::ids::TicketNumber;
use crate::domain::trouble::Trouble;
use crate::store::{StoreResult, Write};

/// Another process may have snoozed a ticket, so nobody sleeps longer than this.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(60);
/// After a failure of the store.
const RETRY: Duration = Duration::from_secs(5);

/// Runs until the engine stops.
pub(super) async fn run(engine: Arc<Engine>) {
    let mut rung = engine.doorbells.timers.listen();
    let stopped = engine.stopped();
    tokio::pin!(stopped);
    loop {
        let next = match wake_due(&engine).await {
            Ok(next) => next,
            Err(trouble) => {
                engine.told.notice(trouble);
                tokio::select! {
                    () = tokio::time::sleep(RETRY) => continue,
                    () = &mut stopped => return,
                }
            }
        };
        let now = engine.clock.now();
        let latest = now.checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX);
        let until = next.map_or(latest, |next| next.min(latest));
        tokio::select! {
            () = engine.clock.wait_until(until) => {}
            () = rung.rung() => {}
            () = &mut stopped => return,
        }
    }
}

/// Wakes what is due, and says when the next one is.
async fn wake_due(engine: &Arc<Engine>) -> Result<Option<Timestamp>, Trouble> {
    let now = engine.clock.now();
    let (due, next) = engine.read(move |store| store.snoozed_due(now)).await?;
    if due.is_empty() {
        return Ok(next);
    }
    engine.write(move |store| wake(store, now)).await?;
    Ok(next)
}

/// Each ticket wakes by itself, in a step of its own: nobody should take back a hundred wakes at once.
fn wake(store: &mut dyn Write, now: Timestamp) -> StoreResult<()> {
    let (due, _) = store.snoozed_due(now)?;
    for number in due {
        wake_one(store, number, now)?;
    }
    Ok(())
}

fn wake_one(store: &mut dyn Write, number: TicketNumber, now: Timestamp) -> StoreResult<()> {
    let mut step = Step::new(Actor::System, now);
    let Some(ticket) = step.ticket(store, number)? else {
        return Ok(());
    };
    // Somebody was faster, or it points to another ticket by now.
    let Ok(woken) = decide(&ticket, &Action::Snooze(None), Actor::System, now) else {
        return Ok(());
    };
    for what in woken {
        step.happens(number, what, None);
    }
    step.commit(store).map(|_| ())
}
