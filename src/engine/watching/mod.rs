//! Mailboxes under watch: since when each is what it is, whether a silence wants a self-test, and who is told of an
//! error.
//!
//! One task a process looks whenever a mailbox does better or worse, and every minute. It speaks only of mailboxes
//! that this process itself syncs: what another one holds is that one's to watch. Letters and self-tests go out
//! beside it, at most one of each a mailbox, so that a slow server delays no other mailbox's alarm.

mod alarm;
mod change;
mod self_test;
mod status;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::core::Engine;
use super::{mailboxes, standing};
use crate::bridge::{MailboxReport, Report, WatchReport, WatchRequest};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Health, Mailbox};
use crate::domain::trouble::Trouble;

pub(super) use change::{close_down, open_gap, refuse_alarm_to_ourselves, why_it_stops};

/// Another process may have changed what is remembered, so nobody sleeps longer than this.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(60);
/// After a failure of the store.
const RETRY: Duration = Duration::from_secs(5);

pub(super) async fn answer(engine: &Arc<Engine>, request: WatchRequest) -> Result<Report, Trouble> {
    let report = match request {
        WatchRequest::Status(id) => {
            let mailbox = mailboxes::known(engine, id).await?;
            WatchReport::Status(Box::new(status::status(engine, mailbox).await?))
        }
        WatchRequest::SelfTest(id) => {
            let mailbox = mailboxes::known(engine, id).await?;
            WatchReport::SelfTested(self_test::by_hand(engine, &mailbox).await?)
        }
    };
    Ok(Report::Mailbox(MailboxReport::Watch(report)))
}

/// What is under way for a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Errand {
    Letter(MailboxId),
    SelfTest(MailboxId),
}

/// Errands under way; none is begun twice.
#[derive(Default)]
struct Errands {
    tasks: JoinSet<Errand>,
    under_way: BTreeSet<Errand>,
}

impl Errands {
    fn begin(&mut self, errand: Errand, work: impl Future<Output = ()> + Send + 'static) {
        if self.under_way.insert(errand) {
            self.tasks.spawn(async move {
                work.await;
                errand
            });
        }
    }

    /// Ends when an errand has ended; never while there is none.
    async fn ended(&mut self) {
        match self.tasks.join_next().await {
            Some(Ok(errand)) => {
                self.under_way.remove(&errand);
            }
            Some(Err(_)) => {
                // One broke off, and nobody can say which: those that still run find their work done already.
                self.under_way.clear();
            }
            None => std::future::pending().await,
        }
    }
}

/// Runs until the engine stops.
pub(super) async fn run(engine: Arc<Engine>) {
    let mut healths = engine.doorbells.health.listen();
    let mut changes = engine.doorbells.mailboxes.listen();
    let mut errands = Errands::default();
    let stopped = engine.stopped();
    tokio::pin!(stopped);
    loop {
        // From before the look: a moment that passes meanwhile must not be waited for as if it were to come.
        let began = engine.clock.now();
        let next = match look(&engine, &mut errands).await {
            Ok(next) => next,
            Err(trouble) => {
                tracing::warn!(%trouble, "the mailboxes could not be looked at");
                tokio::select! {
                    () = tokio::time::sleep(RETRY) => continue,
                    () = &mut stopped => return,
                }
            }
        };
        let latest = began.checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX);
        // A moment that has passed belongs to an errand that is under way.
        let until = next
            .filter(|next| *next > began)
            .map_or(latest, |next| next.min(latest));
        tokio::select! {
            () = engine.clock.wait_until(until) => {}
            () = healths.rung() => {}
            () = changes.rung() => {}
            () = errands.ended() => {}
            () = &mut stopped => return,
        }
    }
}

/// Looks at every mailbox, and says when something is due next.
async fn look(engine: &Arc<Engine>, errands: &mut Errands) -> Result<Option<Timestamp>, Trouble> {
    let all = engine.read(|store| store.mailboxes()).await?;
    let mut next: Option<Timestamp> = None;
    for mailbox in all.iter().filter(|mailbox| !mailbox.removed) {
        let due = look_at(engine, errands, mailbox, &all).await?;
        next = [next, due].into_iter().flatten().min();
    }
    Ok(next)
}

async fn look_at(
    engine: &Arc<Engine>,
    errands: &mut Errands,
    mailbox: &Mailbox,
    all: &[Mailbox],
) -> Result<Option<Timestamp>, Trouble> {
    let id = mailbox.id;
    let known = engine.read(move |store| standing::of(store, id)).await?;
    engine.set_unheard(id, known.unheard.clone());
    let (health, _) = engine.health.get(id);
    if !mailbox.enabled
        || matches!(
            health,
            Health::Starting | Health::SyncedElsewhere | Health::Disabled
        )
    {
        return Ok(None);
    }
    let standing = alarm::notice(engine, mailbox, &health, known).await?;
    let mut next = None;
    if let Some(waiting) = &standing.alarm.waiting {
        next = Some(waiting.next_try);
        if waiting.next_try <= engine.clock.now() {
            let work = alarm::send(Arc::clone(engine), mailbox.clone(), all.to_vec());
            errands.begin(Errand::Letter(id), work);
        }
    }
    if let Some(due) = self_test::due(engine, mailbox, &health, &standing).await? {
        next = [next, Some(due)].into_iter().flatten().min();
        if due <= engine.clock.now() {
            let work = self_test::when_silent(Arc::clone(engine), mailbox.clone());
            errands.begin(Errand::SelfTest(id), work);
        }
    }
    Ok(next)
}
