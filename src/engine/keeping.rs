//! Whether the store is whole: looked through once a week, and only read once it is known to be damaged.
//!
//! The look takes no turn from anybody: it reads on a connection of its own, begins when nothing has been committed
//! for a while, and ends when the engine does. A store that is whole is noted in the store itself; damage is noted
//! beside it, by the store, because nothing is written to what is damaged.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::EngineSetup;
use super::core::{Engine, MESSAGE_ID_KEY, blocking};
use crate::bridge::{ConnectRequest, DomainRequest, MailboxRequest, Request, WatchRequest};
use crate::domain::contact::Operator;
use crate::domain::ids::OperatorId;
use crate::domain::trouble::Trouble;
use crate::store::{self, LOOKED_THROUGH};

const WEEKLY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So long nothing is committed before a look begins.
const QUIET: SignedDuration = SignedDuration::from_secs(60);
/// A desk that never rests is looked through all the same.
const NEVER_QUIET: SignedDuration = SignedDuration::from_hours(24);
/// Whoever opens the desk wants their mail first.
const AFTER_START: SignedDuration = SignedDuration::from_secs(5);
/// How often it is seen to that room is kept on the disk.
const KEEP_EVERY: SignedDuration = SignedDuration::from_mins(5);
/// After a failure that is no damage.
const RETRY: SignedDuration = SignedDuration::from_hours(1);

/// Runs until the engine stops, or until damage is found.
pub(super) async fn run(engine: Arc<Engine>) {
    tokio::select! {
        _ = async { tokio::join!(look_weekly(&engine), keep_reserve(&engine)) } => {}
        () = engine.stopped() => {}
    }
}

/// Makes the reserve when whoever opens the desk has their mail, and again when there is room after a full disk.
async fn keep_reserve(engine: &Engine) {
    let mut next = later(engine.clock.now(), AFTER_START);
    loop {
        engine.clock.wait_until(next).await;
        next = later(engine.clock.now(), KEEP_EVERY);
        let store = Arc::clone(&engine.store);
        let kept = blocking(move || {
            store.keep_reserve();
            Ok(())
        });
        if let Err(trouble) = kept.await {
            tracing::warn!(%trouble, "the reserve could not be looked after");
        }
    }
}

async fn look_weekly(engine: &Arc<Engine>) {
    loop {
        let looked = match due(engine).await {
            Ok(due) => {
                engine.clock.wait_until(due).await;
                quiet(engine).await
            }
            Err(trouble) => Err(trouble),
        };
        let looked = match looked {
            // Another process may have looked meanwhile.
            Ok(()) if due(engine).await.is_ok_and(|due| due > engine.clock.now()) => continue,
            Ok(()) => look(engine).await,
            Err(trouble) => Err(trouble),
        };
        if engine.store.damage().is_some() {
            return;
        }
        if let Err(trouble) = looked {
            tracing::warn!(%trouble, "the store could not be looked through");
            let again = later(engine.clock.now(), RETRY);
            engine.clock.wait_until(again).await;
        }
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// When the next look is due.
async fn due(engine: &Engine) -> Result<Timestamp, Trouble> {
    let noted = engine.read(|store| store.fact(LOOKED_THROUGH)).await?;
    let last = noted.and_then(|noted| String::from_utf8(noted).ok()?.parse::<Timestamp>().ok());
    Ok(last.map_or(Timestamp::MIN, |last| later(last, WEEKLY)))
}

/// Ends when nobody has committed anything for a while, in any process.
async fn quiet(engine: &Engine) -> Result<(), Trouble> {
    let latest = later(engine.clock.now(), NEVER_QUIET);
    let mut before = commits(engine).await?;
    loop {
        let until = later(engine.clock.now(), QUIET);
        engine.clock.wait_until(until).await;
        let now = commits(engine).await?;
        if now == before || engine.clock.now() >= latest {
            return Ok(());
        }
        before = now;
    }
}

async fn commits(engine: &Engine) -> Result<u64, Trouble> {
    let store = Arc::clone(&engine.store);
    blocking(move || store.change_counter()).await
}

/// Looks through the store now; what is found is told.
async fn look(engine: &Arc<Engine>) -> Result<(), Trouble> {
    let (store, stopping) = (Arc::clone(&engine.store), engine.stopping.subscribe());
    let is_over = Box::new(move || *stopping.borrow());
    match blocking(move || store.look_through(is_over)).await {
        Ok(None) => Ok(()),
        Ok(Some(words)) if words.is_empty() => {
            tracing::info!("the store was looked through and is whole");
            let now = engine.clock.now().to_string();
            engine
                .write(move |store| store.set_fact(LOOKED_THROUGH, now.as_bytes()))
                .await
        }
        Ok(Some(_)) => {
            engine.tell_damage();
            Ok(())
        }
        Err(trouble) => {
            engine.tell_damage();
            Err(trouble)
        }
    }
}

/// Who works here and the key of our Message-IDs, where nothing can be noted. Nothing is signed with it.
pub(super) async fn who_reads(setup: &EngineSetup) -> Result<(Operator, Vec<u8>), Trouble> {
    let store = Arc::clone(&setup.store);
    let (login, name) = (setup.operator_login.clone(), setup.operator_name.clone());
    blocking(move || {
        store::read(store.as_ref(), |read| {
            let known = read.operators()?.into_iter();
            let me = known
                .into_iter()
                .find(|one| one.login == login)
                .unwrap_or_else(|| Operator {
                    id: OperatorId(0),
                    login: login.clone(),
                    display_name: name.clone(),
                });
            Ok((me, read.fact(MESSAGE_ID_KEY)?.unwrap_or_default()))
        })
    })
    .await
}

/// Refuses what would fetch or send while the store cannot keep what came of it. What would only change the store is
/// refused by the store.
pub(super) fn refuse_to_reach_out(engine: &Engine, request: &Request) -> Result<(), Trouble> {
    let reaches_out = match request {
        Request::Connect(request) => !matches!(request, ConnectRequest::Providers),
        Request::Domain(request) => !matches!(request, DomainRequest::List),
        Request::Mailbox(request) => matches!(
            request,
            MailboxRequest::SyncNow(_)
                | MailboxRequest::SendTest { .. }
                | MailboxRequest::Watch(WatchRequest::SelfTest(_))
        ),
        _ => false,
    };
    match engine.store.damage() {
        Some(damage) if reaches_out => Err(damage),
        _ => Ok(()),
    }
}
