//! The engine's only source of time, so that a test can say what time it is.
//!
//! Moments are wall-clock moments: they are stored, and a laptop that slept must find them due when it wakes.

use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::watch;

/// Tells the time, and waits for it.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;

    /// Ends when `moment` has come. Cancelled by dropping it.
    fn wait_until(&self, moment: Timestamp) -> BoxFuture<'static, ()>;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The longest single sleep: after it the wall clock is asked again, because it may have been set or the machine slept.
const LONGEST_SLEEP: Duration = Duration::from_secs(20);

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn wait_until(&self, moment: Timestamp) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            loop {
                let missing = moment.duration_since(Timestamp::now());
                let Ok(missing) = Duration::try_from(missing) else {
                    return;
                };
                if missing.is_zero() {
                    return;
                }
                tokio::time::sleep(missing.min(LONGEST_SLEEP)).await;
            }
        })
    }
}

/// A clock that stands still until it is told to go on.
#[derive(Debug)]
pub struct SetClock(watch::Sender<Timestamp>);

impl SetClock {
    pub fn at(now: Timestamp) -> Self {
        Self(watch::Sender::new(now))
    }

    /// Moves on, and wakes whoever waits for a moment that has come. Never goes back.
    pub fn advance(&self, by: Duration) {
        self.0.send_modify(|now| {
            *now = now.checked_add(by).unwrap_or(*now);
        });
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    fn wait_until(&self, moment: Timestamp) -> BoxFuture<'static, ()> {
        let mut changes = self.0.subscribe();
        Box::pin(async move {
            // The clock itself is gone: nobody is left who could care.
            let _ = changes.wait_for(|now| *now >= moment).await;
        })
    }
}
