//! Verifies by itself: a day after the last time, an hour after a doubt, and when our own sending has changed.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::kept::Kept;
use super::{subject, verify};
use crate::domain::sender_domain::{Status, status};
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::store::{Read, StoreResult};

/// Whoever opens the desk wants their mail first.
const AFTER_START: SignedDuration = SignedDuration::from_secs(20);
const DAILY: SignedDuration = SignedDuration::from_hours(24);
const AFTER_DOUBT: SignedDuration = SignedDuration::from_hours(1);
/// Another process may have connected a mailbox, and a mail may have come back with a new signature.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// Runs until the engine stops.
pub(in crate::engine) async fn run(engine: Arc<Engine>) {
    let mut saved = engine.doorbells.mailboxes.listen();
    let stopped = engine.stopped();
    tokio::pin!(stopped);
    let mut next = later(engine.clock.now(), AFTER_START);
    loop {
        tokio::select! {
            () = engine.clock.wait_until(next) => {}
            () = saved.rung() => {}
            () = &mut stopped => return,
        }
        // From before the look: a clock that went on meanwhile must not be waited for twice.
        next = later(engine.clock.now(), LOOK_AGAIN);
        tokio::select! {
            looked = look(&engine) => if let Err(trouble) = looked {
                // The store has told others already; the domains are not what anybody waits for.
                tracing::warn!(%trouble, "the domains could not be verified");
            },
            () = &mut stopped => return,
        }
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

async fn look(engine: &Arc<Engine>) -> Result<(), Trouble> {
    let now = engine.clock.now();
    for domain in engine.read(move |store| due(store, now)).await? {
        verify::verify(engine, &domain).await?;
    }
    Ok(())
}

fn due(store: &dyn Read, now: Timestamp) -> StoreResult<Vec<String>> {
    let mut due = Vec::new();
    for ours in subject::all(store)? {
        let kept = Kept::read(store, &ours.domain)?;
        let is_other = kept.basis != verify::basis(&ours.subject(store)?);
        if ours.kept_by.is_none() && (is_other || is_old(&kept, now)) {
            due.push(ours.domain);
        }
    }
    Ok(due)
}

fn is_old(kept: &Kept, now: Timestamp) -> bool {
    let patience = match status(&kept.checks) {
        Status::Pending if kept.checks.iter().any(could_not_be_had) => AFTER_DOUBT,
        _ => DAILY,
    };
    kept.checked_at
        .is_none_or(|at| now.duration_since(at) >= patience)
}

/// A doubt that time may clear up, not one that a person has to.
fn could_not_be_had(check: &crate::domain::sender_domain::Check) -> bool {
    check
        .remarks
        .iter()
        .any(|remark| remark.code == "no-answer")
}
