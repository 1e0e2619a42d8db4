//! The worker of one mailbox: under the lease, sync and delivery side by side, until told to stop.
//!
//! Sync may be dropped at any point, because it moves only by whole commits. Delivery is never dropped while it
//! sends: it is asked to stop, and finishes the mail it has begun.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use super::lease::{self, Held};
use super::whole::{self, WantWhole};
use super::{delivery, parking, sent_copy, sync};
use crate::crash_point;
use crate::domain::mailbox::{Health, Mailbox};
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::{guarding, standing};

/// Pause after the store itself failed, so that a full disk is not asked a thousand times a second.
const STORE_PAUSE: Duration = Duration::from_secs(5);

/// Somebody wants mail to be looked for now.
#[derive(Debug)]
pub struct LookNow {
    /// Gets the number of new messages.
    pub answer: Option<oneshot::Sender<Result<u64, Trouble>>>,
}

/// What a worker is asked for while it runs.
pub struct Asked {
    pub looks: mpsc::Receiver<LookNow>,
    pub wholes: mpsc::Receiver<WantWhole>,
}

/// Runs until `stop` turns true.
pub async fn run(
    engine: Arc<Engine>,
    mailbox: Mailbox,
    mut asked: Asked,
    stop: watch::Receiver<bool>,
) {
    engine.set_health(mailbox.id, Health::Starting);
    while !is_over(&stop) {
        let held = tokio::select! {
            held = lease::acquire(&engine, mailbox.id) => held,
            () = told_to_stop(stop.clone()) => return,
        };
        match held {
            Ok(held) => {
                hold(&engine, &mailbox, &held, &mut asked, stop.clone()).await;
                lease::release(&engine, &held).await;
            }
            Err(trouble) => {
                engine.told.notice(trouble);
                tokio::time::sleep(STORE_PAUSE).await;
            }
        }
    }
}

/// Everything that happens while the mailbox is ours.
async fn hold(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    held: &Held,
    asked: &mut Asked,
    stop: watch::Receiver<bool>,
) {
    let (end, ended) = watch::channel(false);
    let mut sending = tokio::spawn(keep_sending(
        Arc::clone(engine),
        mailbox.clone(),
        held.clone(),
        ended,
    ));
    let broken = tokio::select! {
        lost = lease::keep(engine, held) => {
            tracing::warn!(mailbox = %mailbox.id, %lost, "the lease is gone");
            None
        }
        () = sync::keep_syncing(engine, mailbox, &mut asked.looks) => None,
        () = whole::serve(engine, held, &mut asked.wholes) => None,
        () = told_to_stop(stop.clone()) => None,
        // It ends before it is told to only by a defect; without it, answers would wait for ever.
        broken = &mut sending => Some(broken),
    };
    end.send_replace(true);
    let sent = match broken {
        Some(broken) => broken,
        None => sending.await,
    };
    if sent.is_err() {
        guarding::tell(engine, "the sending of a mailbox");
        tokio::select! {
            () = tokio::time::sleep(STORE_PAUSE) => {}
            () = told_to_stop(stop) => {}
        }
    }
}

/// Sends whatever becomes due, until told to stop between two mails.
async fn keep_sending(
    engine: Arc<Engine>,
    mailbox: Mailbox,
    held: Held,
    stop: watch::Receiver<bool>,
) {
    let mut rung = engine.doorbells.outbox.listen();
    let mut recovered = false;
    while !is_over(&stop) {
        crash_point::stumble("sending");
        let next = match send(&engine, &mailbox, &held, &mut recovered).await {
            Ok(next) => next,
            Err(trouble) => {
                engine.told.notice(trouble);
                engine.clock.now().checked_add(STORE_PAUSE).ok()
            }
        };
        tokio::select! {
            () = rung.rung() => {}
            () = until(&engine, next) => {}
            () = told_to_stop(stop.clone()) => {}
        }
    }
}

async fn send(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    held: &Held,
    recovered: &mut bool,
) -> Result<Option<Timestamp>, Trouble> {
    if !*recovered {
        delivery::recover(engine, held).await?;
        if mailbox.settings.identity.is_sending {
            parking::release(engine, held).await?;
        }
        *recovered = true;
    }
    let next = delivery::send_due(engine, mailbox, held).await?;
    let copies = sent_copy::make_due(engine, mailbox, held).await?;
    Ok([next, copies].into_iter().flatten().min())
}

/// What became of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// So many messages were new.
    Found(u64),
    /// Another process holds the mailbox and does the work; a word for who that is.
    HeldBy(String),
}

/// Looks for mail and sends what is due, once.
///
/// # Errors
/// What stopped it. A mailbox that another process holds is not an error.
pub async fn once(engine: &Arc<Engine>, mailbox: &Mailbox) -> Result<Look, Trouble> {
    let Some(held) = lease::try_acquire(engine, mailbox.id).await? else {
        engine.set_health(mailbox.id, Health::SyncedElsewhere);
        let holder = lease::holder_in_words(engine, mailbox.id).await?;
        return Ok(Look::HeldBy(holder));
    };
    standing::load(engine, mailbox.id).await?;
    let work = async {
        let sent = send(engine, mailbox, &held, &mut false).await;
        let found = sync::once(engine, mailbox).await?;
        // What the mail brought about by itself leaves in the same run.
        let sent = match sent {
            Ok(_) => send(engine, mailbox, &held, &mut false).await,
            failed => failed,
        };
        sent.map(|_| Look::Found(found))
    };
    let result = tokio::select! {
        result = work => result,
        lost = lease::keep(engine, &held) => Err(lost),
    };
    lease::release(engine, &held).await;
    result
}

async fn until(engine: &Arc<Engine>, moment: Option<Timestamp>) {
    match moment {
        Some(moment) => engine.clock.wait_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Whether it was told to stop, or whoever would tell it is gone.
fn is_over(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

async fn told_to_stop(mut stop: watch::Receiver<bool>) {
    // A supervisor that is gone wants nothing more either.
    let _ = stop.wait_for(|stop| *stop).await;
}
