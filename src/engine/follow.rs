//! Tells a front end that follows what changed, whoever changed it.
//!
//! Commits of this process ring a bell; commits of other processes are seen by the store's change counter. What
//! changed is read from the log of events. Many changes in a short time become one report. The workers of this
//! process are rung, too: an answer or a password that another process left is theirs to act on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::core::{Engine, MAILBOXES_CHANGED, blocking};
use super::guarding::guarded;
use crate::crash_point;
use crate::domain::ids::EventId;
use crate::domain::trouble::Trouble;

/// How often other processes' commits are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// Pushes do not come closer together than this.
const PUSH_GAP: Duration = Duration::from_millis(100);

/// Runs until the engine stops. `watch` is older than the first request; after a defect everything counts as changed.
pub(super) async fn keep_following(engine: Arc<Engine>, watch: Watch) {
    let watch = Mutex::new(Some(watch));
    guarded(&engine, "the news for the desk", |engine| {
        let first = watch.lock().unwrap_or_else(PoisonError::into_inner).take();
        follow(engine, first.unwrap_or_default())
    })
    .await;
}

async fn follow(engine: Arc<Engine>, mut watch: Watch) {
    let mut committed = engine.doorbells.committed.listen();
    let mut pushes = engine.told.bell.listen();
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stopped = engine.stopped();
    tokio::pin!(stopped);
    loop {
        crash_point::stumble("news");
        let earliest_next = Instant::now() + PUSH_GAP;
        let ours = tokio::select! {
            () = committed.rung() => true,
            () = pushes.rung() => false,
            _ = ticks.tick() => false,
            () = &mut stopped => break,
        };
        if let Err(trouble) = watch.look(&engine, ours).await {
            engine.told.notice(trouble);
        }
        engine.told.flush();
        tokio::select! {
            () = sleep_until(earliest_next) => {}
            () = &mut stopped => break,
        }
    }
    engine.told.flush();
}

/// How far the store has been looked at.
#[derive(Debug, Default)]
pub(super) struct Watch {
    change: u64,
    event: Option<EventId>,
    mailboxes: Option<Vec<u8>>,
}

impl Watch {
    /// Begins at the store as it is now. Where it cannot be read, the first look finds everything changed.
    pub(super) async fn begin(engine: &Engine) -> Self {
        Self::now(engine).await.unwrap_or_default()
    }

    async fn now(engine: &Engine) -> Result<Self, Trouble> {
        // In this order: a commit in between is looked at once more, and not overlooked.
        let store = Arc::clone(&engine.store);
        let change = blocking(move || store.change_counter()).await?;
        let (event, mailboxes) = engine
            .read(|store| Ok((store.last_event()?, store.fact(MAILBOXES_CHANGED)?)))
            .await?;
        Ok(Self {
            change,
            event: Some(event),
            mailboxes,
        })
    }

    /// Notes which tickets changed since the last look.
    async fn look(&mut self, engine: &Engine, ours: bool) -> Result<(), Trouble> {
        let store = Arc::clone(&engine.store);
        let change = blocking(move || store.change_counter()).await?;
        if change == self.change && self.event.is_some() {
            return Ok(());
        }
        let since = self.event;
        let (event, tickets, mailboxes) = engine
            .read(move |store| {
                let last = store.last_event()?;
                let tickets = match since {
                    Some(since) if since < last => store.tickets_changed_since(since)?,
                    _ => Vec::new(),
                };
                Ok((last, tickets, store.fact(MAILBOXES_CHANGED)?))
            })
            .await?;
        engine.doorbells.outbox.ring();
        engine.doorbells.timers.ring();
        if mailboxes != self.mailboxes {
            self.mailboxes = mailboxes;
            engine.doorbells.mailboxes.ring();
            engine.told.basics_changed();
        }
        if self.event.is_none() {
            engine.told.everything_changed();
        }
        (self.change, self.event) = (change, Some(event));
        if !tickets.is_empty() {
            engine.told.tickets_changed(&tickets);
        } else if !ours {
            // Another process changed something that is no event: settings, names, or the state of an answer.
            engine.told.basics_changed();
            engine.told.outbox_changed();
        }
        Ok(())
    }
}
