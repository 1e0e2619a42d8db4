//! One worker for every enabled mailbox: started, replaced when its settings change, stopped when it is not wanted.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::lease;
use super::whole::{self, WantWhole};
use super::worker::{self, Asked, Look, LookNow};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Health, Incoming, Mailbox};
use crate::domain::trouble::Trouble;
use crate::engine::core::{Engine, SyncMode};
use crate::engine::guarding::broke_off;
use crate::engine::standing;
use crate::engine::workers::Synced;

/// A worker that is asked to stop finishes the mail it is sending; after this it is left behind, and what it was
/// sending is recovered as in doubt.
const STOP_WITHIN: Duration = Duration::from_secs(20);
/// Before a worker takes the place of one that broke off: its sending ends meanwhile.
const BEGIN_AGAIN: Duration = Duration::from_secs(2);
/// The longest look for mail that somebody waits for.
const LOOK_WITHIN: Duration = Duration::from_secs(3600);

/// Where the running workers can be asked for something.
#[derive(Debug, Default)]
pub struct Running {
    workers: Mutex<BTreeMap<MailboxId, Ways>>,
    /// The large mails that are being fetched.
    pub(super) wholes: whole::Underway,
}

/// The ways to one worker.
#[derive(Debug, Clone)]
pub(super) struct Ways {
    /// To look for mail.
    look: mpsc::Sender<LookNow>,
    /// To fetch the whole of a mail.
    pub(super) whole: mpsc::Sender<WantWhole>,
}

impl Running {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<MailboxId, Ways>> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, mailbox: MailboxId) -> Option<Ways> {
        self.lock().get(&mailbox).cloned()
    }
}

struct Worker {
    mailbox: Mailbox,
    stop: watch::Sender<bool>,
    /// Turns true when it has ended, for whatever reason.
    ended: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

/// Runs until the engine stops; then ends when every worker has ended.
pub async fn run(engine: Arc<Engine>, running: Arc<Running>) {
    let mut workers: BTreeMap<MailboxId, Worker> = BTreeMap::new();
    let mut changed = engine.doorbells.mailboxes.listen();
    loop {
        match engine.read(|snapshot| snapshot.mailboxes()).await {
            Ok(mailboxes) => arrange(&engine, &running, &mut workers, mailboxes).await,
            Err(trouble) => engine.told.notice(trouble),
        }
        tokio::select! {
            () = changed.rung() => {}
            () = engine.stopped() => break,
        }
    }
    running.lock().clear();
    for worker in workers.values() {
        worker.stop.send_replace(true);
    }
    for worker in workers.into_values() {
        finish(worker).await;
    }
}

/// Makes the running workers those that the store names.
async fn arrange(
    engine: &Arc<Engine>,
    running: &Arc<Running>,
    workers: &mut BTreeMap<MailboxId, Worker>,
    mailboxes: Vec<Mailbox>,
) {
    for mailbox in mailboxes {
        let wanted = mailbox.enabled && !mailbox.removed;
        if wanted && let Err(trouble) = standing::load(engine, mailbox.id).await {
            engine.told.notice(trouble);
        }
        let unchanged = workers.get(&mailbox.id).is_some_and(|worker| {
            worker.mailbox == mailbox && !worker.ended.load(Ordering::SeqCst)
        });
        if wanted && unchanged {
            // The password may be new: whoever waits for one looks again.
            if let Some(ways) = running.get(mailbox.id) {
                let _ = ways.look.try_send(LookNow { answer: None });
            }
            continue;
        }
        running.lock().remove(&mailbox.id);
        if let Some(old) = workers.remove(&mailbox.id) {
            old.stop.send_replace(true);
            finish(old).await;
        }
        if wanted {
            let (look, looks) = mpsc::channel(8);
            let (whole, wholes) = mpsc::channel(8);
            let (stop, stopped) = watch::channel(false);
            let ended = Arc::new(AtomicBool::new(false));
            let asked = Asked { looks, wholes };
            let work = worker::run(Arc::clone(engine), mailbox.clone(), asked, stopped);
            let task = tokio::spawn(watched(Arc::clone(engine), Arc::clone(&ended), work));
            running.lock().insert(mailbox.id, Ways { look, whole });
            workers.insert(
                mailbox.id,
                Worker {
                    mailbox,
                    stop,
                    ended,
                    task,
                },
            );
        } else if !mailbox.removed {
            engine.set_health(mailbox.id, Health::Disabled);
        }
    }
}

/// Runs a worker, and has another one begin in its place if it breaks off.
async fn watched(engine: Arc<Engine>, ended: Arc<AtomicBool>, work: impl Future<Output = ()>) {
    let broke_off = broke_off(&engine, "the worker of a mailbox", work).await;
    if broke_off {
        tokio::time::sleep(BEGIN_AGAIN).await;
    }
    ended.store(true, Ordering::SeqCst);
    if broke_off {
        engine.doorbells.mailboxes.ring();
    }
}

async fn finish(worker: Worker) {
    let Worker { task, mailbox, .. } = worker;
    let abort = task.abort_handle();
    if tokio::time::timeout(STOP_WITHIN, task).await.is_err() {
        tracing::warn!(mailbox = %mailbox.id, "a worker did not stop in time and was cut off");
        abort.abort();
    }
}

/// Looks for mail in one mailbox, or in all enabled ones at once.
///
/// # Errors
/// The store cannot be read, or there is no such mailbox. What single mailboxes say is in the result.
pub async fn sync_now(
    engine: Arc<Engine>,
    running: Arc<Running>,
    wanted: Option<MailboxId>,
) -> Result<Synced, Trouble> {
    let all = engine.read(|snapshot| snapshot.mailboxes()).await?;
    // The mail of a channel comes with that of the mailbox that collects it.
    let collecting = all
        .iter()
        .find(|mailbox| Some(mailbox.id) == wanted)
        .and_then(|mailbox| match mailbox.settings.incoming {
            Incoming::Forwarded(collecting) => Some(collecting),
            _ => None,
        });
    let mailboxes: Vec<Mailbox> = all
        .into_iter()
        .filter(|mailbox| {
            // What a wanted mailbox collects may be answered by its channels.
            let collected_by = match mailbox.settings.incoming {
                Incoming::Forwarded(by) => Some(by),
                _ => None,
            };
            let is_wanted = wanted.is_none_or(|id| {
                id == mailbox.id || collecting == Some(mailbox.id) || collected_by == Some(id)
            });
            mailbox.enabled && !mailbox.removed && is_wanted
        })
        .collect();
    if mailboxes.is_empty() && wanted.is_some() {
        return Err(
            Trouble::operator("this mailbox is disabled or removed").hint("enable it first")
        );
    }
    // A channel comes after those that collect, so that what it writes by itself leaves in the same run.
    let (channels, collecting): (Vec<_>, Vec<_>) = mailboxes
        .into_iter()
        .partition(|one| matches!(one.settings.incoming, Incoming::Forwarded(_)));
    let mut synced = Synced::default();
    for mailboxes in [collecting, channels] {
        let looks: Vec<_> = mailboxes
            .into_iter()
            .map(|mailbox| {
                let (engine, running) = (Arc::clone(&engine), Arc::clone(&running));
                (mailbox.id, tokio::spawn(look(engine, running, mailbox)))
            })
            .collect();
        for (id, looking) in looks {
            match looking.await {
                Ok(Ok(Look::Found(new_messages))) => {
                    synced.new_messages += new_messages;
                    let known = engine.read(move |store| standing::of(store, id)).await?;
                    synced
                        .troubles
                        .extend(known.troubles().into_iter().map(|trouble| (id, trouble)));
                }
                Ok(Ok(Look::HeldBy(holder))) => synced.held_elsewhere.push((id, holder)),
                Ok(Err(trouble)) => synced.troubles.push((id, trouble)),
                Err(_) => synced
                    .troubles
                    .push((id, Trouble::bug("looking for mail broke off"))),
            }
        }
    }
    Ok(synced)
}

/// Asks the running worker; without one, looks by itself.
///
/// A worker of this process that waits for the lease would never answer, so it is not asked.
async fn look(
    engine: Arc<Engine>,
    running: Arc<Running>,
    mailbox: Mailbox,
) -> Result<Look, Trouble> {
    if engine.settings.sync == SyncMode::Live
        && let Some(ways) = running.get(mailbox.id)
    {
        if engine.health.get(mailbox.id).0 == Health::SyncedElsewhere {
            let holder = lease::holder_in_words(&engine, mailbox.id).await?;
            return Ok(Look::HeldBy(holder));
        }
        let (answer, answered) = oneshot::channel();
        let gone =
            || Trouble::network("the mailbox is being restarted").hint("try again in a moment");
        let ask = LookNow {
            answer: Some(answer),
        };
        ways.look.send(ask).await.map_err(|_| gone())?;
        return match tokio::time::timeout(LOOK_WITHIN, answered).await {
            Ok(Ok(result)) => result.map(Look::Found),
            Ok(Err(_)) => Err(gone()),
            Err(_) => Err(Trouble::network(
                "looking for mail took more than an hour; it goes on",
            )),
        };
    }
    worker::once(&engine, &mailbox).await
}
