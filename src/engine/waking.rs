//! Notices that the machine slept, and rings for everybody who trusted a connection or waits for a timer that slept
//! with it: the timers of the system stand still while a machine is suspended.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::core::Engine;
use crate::domain::asleep::slept;

const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Runs until the engine stops.
pub(super) async fn run(engine: Arc<Engine>) {
    let stopped = engine.stopped();
    tokio::pin!(stopped);
    loop {
        let (wall, steady) = (engine.clock.now(), Instant::now());
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = &mut stopped => return,
        }
        let moved = engine.clock.now().duration_since(wall);
        if let Some(slept) = slept(LOOK_EVERY, moved, steady.elapsed()) {
            tracing::info!(
                seconds = slept.as_secs(),
                "the machine slept; every line is tried"
            );
            engine.doorbells.woke.ring();
        }
    }
}
