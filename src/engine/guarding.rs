//! Parts of the engine that run as long as it does. One that breaks off by a defect is told and begins again: what it
//! did not finish stands in the store.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::core::Engine;
use crate::domain::trouble::Trouble;

/// Before it begins again the first time; a defect that comes back at once must not fill the log.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Runs a part until it ends by itself or the engine stops.
pub(super) async fn guarded<F>(
    engine: &Arc<Engine>,
    part: &'static str,
    begin: impl Fn(Arc<Engine>) -> F,
) where
    F: Future<Output = ()>,
{
    let mut pause = FIRST_PAUSE;
    while broke_off(engine, part, begin(Arc::clone(engine))).await {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = engine.stopped() => return,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Runs `work`, and tells where it broke off instead of ending.
pub(super) async fn broke_off(
    engine: &Engine,
    part: &'static str,
    work: impl Future<Output = ()>,
) -> bool {
    let ended = AssertUnwindSafe(work).catch_unwind().await;
    if ended.is_err() {
        tell(engine, part);
    }
    ended.is_err()
}

pub(super) fn tell(engine: &Engine, part: &'static str) {
    engine.told.notice(
        Trouble::bug(format!("{part} broke off and begins again"))
            .hint("the log has the report; nothing that was stored is lost"),
    );
}
