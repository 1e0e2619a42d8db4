//! Mail comes in: one mailbox's folders into the ledger, again and again, for as long as the worker lives.
//!
//! What was imported is known from the ledger alone; dates, flags and sequence numbers are never a record of
//! anything. Every failure ends a round, never the worker: it waits as `domain::mailbox::after_failure` says and begins
//! again.

mod by_hand;
mod clock;
mod fetch;
mod folder;
mod imap;
mod maildir;
mod marks;
pub mod own;
pub mod put_away;
mod reconcile;
mod refusals;
mod renamed;
mod round;
pub mod wanted;

pub use maildir::header_of;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::collected;
use super::worker::LookNow;
use crate::domain::mailbox::{
    Attempt, Download, Failure, Health, Incoming, Mailbox, after_failure,
};
use crate::domain::trouble::{Trouble, Whose};
use crate::engine::core::Engine;
use crate::engine::doorbell::Listener;
use crate::engine::health::{leave_word, word_left};
use crate::engine::standing;
use crate::mail::imap::{FailureKind, ImapFailure};

/// Why a round ended early, and what kind of waiting it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncFailure {
    pub sort: Failure,
    pub trouble: Trouble,
    /// The server said no to one command, and the session goes on.
    pub line_is_good: bool,
}

impl From<ImapFailure> for SyncFailure {
    fn from(failure: ImapFailure) -> Self {
        let sort = match failure.kind {
            FailureKind::SignInRefused => Failure::SignIn,
            FailureKind::Unavailable => Failure::Throttled,
            FailureKind::Unreachable if failure.trouble.whose == Whose::Operator => {
                Failure::Settings
            }
            FailureKind::Unreachable | FailureKind::Lost => Failure::Network,
            FailureKind::Unfit => Failure::Settings,
            FailureKind::Refused | FailureKind::Protocol => Failure::Answer,
        };
        Self {
            sort,
            line_is_good: failure.connection_is_good(),
            trouble: failure.trouble,
        }
    }
}

/// A failure that is not about the connection is the store's.
impl From<Trouble> for SyncFailure {
    fn from(trouble: Trouble) -> Self {
        Self {
            sort: Failure::Store,
            trouble,
            line_is_good: false,
        }
    }
}

/// Syncs until it is dropped.
pub async fn keep_syncing(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    asked: &mut mpsc::Receiver<LookNow>,
) {
    let has_own_way_in = !matches!(mailbox.settings.incoming, Incoming::Forwarded(_));
    if has_own_way_in && mailbox.settings.watch.download == Download::ByHand {
        return by_hand::wait_for_asks(engine, mailbox, asked).await;
    }
    let mut failures = Failures::left(engine, mailbox).await;
    let mut stubborn = round::Stubborn::default();
    let mut woke = engine.doorbells.woke.listen();
    loop {
        let mut finished_a_round = false;
        let ended = match &mailbox.settings.incoming {
            Incoming::Imap(endpoint) => {
                imap::live(
                    engine,
                    mailbox,
                    endpoint,
                    &mut stubborn,
                    asked,
                    &mut finished_a_round,
                )
                .await
            }
            Incoming::Maildir(path) => {
                maildir::live(engine, mailbox, path, asked, &mut finished_a_round).await
            }
            Incoming::Forwarded(_) => collected::live(engine, mailbox, asked).await,
        };
        let Err(failure) = ended;
        if finished_a_round {
            failures = Failures::default();
        }
        let wait = failures.note(engine, mailbox, &failure).await;
        if failure.sort == Failure::Store && failures.count == 1 {
            // It concerns everything on this machine, so it is said aloud and not only on the mailbox.
            engine.told.notice(failure.trouble.clone());
        }
        tokio::select! {
            () = pause(wait, asked, &failure) => {}
            () = woken(engine, &mut woke, wait, &failure) => {}
        }
    }
}

/// One look at everything.
///
/// # Errors
/// What stopped it.
pub async fn once(engine: &Arc<Engine>, mailbox: &Mailbox) -> Result<u64, Trouble> {
    let found = match &mailbox.settings.incoming {
        Incoming::Imap(endpoint) => imap::once(engine, mailbox, endpoint).await,
        Incoming::Maildir(path) => maildir::once(engine, mailbox, path).await,
        Incoming::Forwarded(_) => collected::show(engine, mailbox)
            .await
            .map(|()| 0)
            .map_err(SyncFailure::from),
    };
    if let Err(failure) = &found {
        Failures::left(engine, mailbox)
            .await
            .note(engine, mailbox, failure)
            .await;
    }
    found.map_err(|failure| failure.trouble)
}

/// The failures in a row of one mailbox.
#[derive(Debug, Default)]
struct Failures {
    count: u32,
    since: Option<Timestamp>,
}

impl Failures {
    /// Those of an earlier run: an error stays the same error, so that nobody is alarmed twice.
    async fn left(engine: &Arc<Engine>, mailbox: &Mailbox) -> Self {
        let id = mailbox.id;
        let left = engine.read(move |store| word_left(store, id)).await;
        match left.ok().flatten() {
            Some(health @ (Health::Failing { .. } | Health::NeedsPassword { .. })) => Self {
                count: mailbox.settings.watch.attempts_before_error,
                since: health.since(),
            },
            Some(Health::Interrupted { since, .. }) => Self {
                count: 0,
                since: Some(since),
            },
            _ => Self::default(),
        }
    }

    /// Shows the failure, and says how long to wait.
    async fn note(
        &mut self,
        engine: &Arc<Engine>,
        mailbox: &Mailbox,
        failure: &SyncFailure,
    ) -> Duration {
        let now = engine.clock.now();
        let since = *self.since.get_or_insert(now);
        self.count = self.count.saturating_add(1);
        let trouble = failure.trouble.clone();
        tracing::warn!(mailbox = %mailbox.settings.name, %trouble, failures = self.count, "a sync ended early");
        let attempt = Attempt {
            failures: self.count,
            since,
            now,
            random: random_fraction(),
        };
        let watch = &mailbox.settings.watch;
        let after = after_failure(failure.sort, attempt, watch, trouble);
        engine.set_health(mailbox.id, after.health.clone());
        if self.count == 1 || after.health.trouble().is_some() {
            standing::broke_off(engine, mailbox.id, &after.health).await;
        }
        leave_word(engine, mailbox.id, Some(after.health)).await;
        Duration::try_from(after.next_try.duration_since(now)).unwrap_or(Duration::from_secs(2))
    }
}

/// Ends when the machine slept and nothing speaks against trying at once: the line is another one by now. What
/// waits for a person waits until its time has come by the clock on the wall.
async fn woken(engine: &Arc<Engine>, woke: &mut Listener, wait: Duration, failure: &SyncFailure) {
    let due = engine.clock.now().checked_add(wait);
    loop {
        woke.rung().await;
        let is_due = due.as_ref().is_ok_and(|due| engine.clock.now() >= *due);
        if failure.sort == Failure::Network || is_due {
            return;
        }
    }
}

/// Waits, or tries at once when somebody asks.
async fn pause(wait: Duration, asked: &mut mpsc::Receiver<LookNow>, failure: &SyncFailure) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        look = asked.recv() => match look {
            Some(LookNow { answer: Some(answer) }) => {
                // Nobody may be waiting any more; the next round begins in any case.
                let _ = answer.send(Err(failure.trouble.clone()));
            }
            Some(LookNow { answer: None }) => {}
            None => tokio::time::sleep(wait).await,
        },
    }
}

/// Between 0 and 1. Without randomness from the system, the middle will do.
fn random_fraction() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}
