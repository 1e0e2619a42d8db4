//! The right to sync a mailbox and to send from it: one process at a time, however many are open on the store.
//!
//! The lease is a row that has to be renewed. A holder that died on this machine is recognised by its process
//! number and does not keep anybody waiting; any other holder is waited for until its lease has run out.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustix::process::{Pid, test_kill_process};

use crate::domain::ids::MailboxId;
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::store::ledger::Lease;
use crate::store::{StoreResult, Write};

const LEASE_SECONDS: i64 = 30;
/// Renewed often enough that two failed renewals in a row do not lose it.
const RENEW_EVERY: Duration = Duration::from_secs(8);
/// How often a lease that somebody else holds is asked for again.
const ASK_AGAIN: Duration = Duration::from_secs(3);

/// A name for this process on its leases: host, process number, and a word that no other run has.
pub fn holder_name(host: &str, run: &str) -> String {
    format!("{host}:{}:{run}", std::process::id())
}

/// Who holds the mailbox, in words: "process 4711 on desk".
///
/// # Errors
/// The store cannot be read.
pub async fn holder_in_words(engine: &Arc<Engine>, mailbox: MailboxId) -> Result<String, Trouble> {
    let lease = engine.read(move |snapshot| snapshot.lease(mailbox)).await?;
    Ok(lease.map_or_else(
        || "another process, which has just let go of it".to_owned(),
        |lease| words_for(&lease.holder),
    ))
}

fn words_for(holder: &str) -> String {
    let mut parts = holder.splitn(3, ':');
    match (parts.next(), parts.next()) {
        (Some(host), Some(pid)) => format!("process {pid} on {host}"),
        _ => holder.to_owned(),
    }
}

/// A lease that this process holds.
#[derive(Debug, Clone)]
pub struct Held {
    pub mailbox: MailboxId,
    pub holder: String,
    pub epoch: i64,
}

impl Held {
    /// Fails where the lease has gone to somebody else. Asked inside the transaction that needs it.
    ///
    /// # Errors
    /// The lease is not ours any more, or the store cannot be read.
    pub fn check(&self, transaction: &dyn Write) -> StoreResult<()> {
        let current = transaction.lease(self.mailbox)?;
        if current.is_some_and(|lease| lease.holder == self.holder && lease.epoch == self.epoch) {
            return Ok(());
        }
        Err(Trouble::network("another process took over this mailbox")
            .hint("nothing was sent by this one; the other one goes on"))
    }
}

/// Waits until the mailbox is ours.
///
/// # Errors
/// The store cannot be written.
pub async fn acquire(engine: &Arc<Engine>, mailbox: MailboxId) -> Result<Held, Trouble> {
    loop {
        if let Some(held) = try_acquire(engine, mailbox).await? {
            return Ok(held);
        }
        engine.set_health(mailbox, crate::domain::mailbox::Health::SyncedElsewhere);
        tokio::time::sleep(ASK_AGAIN).await;
    }
}

/// Takes the mailbox where nobody who lives holds it.
///
/// # Errors
/// The store cannot be written.
pub async fn try_acquire(
    engine: &Arc<Engine>,
    mailbox: MailboxId,
) -> Result<Option<Held>, Trouble> {
    let holder = engine.settings.holder.clone();
    let now = engine.clock.now();
    let until = now
        .checked_add(SignedDuration::from_secs(LEASE_SECONDS))
        .unwrap_or(now);
    let taken = engine
        .write(move |transaction| {
            if let Some(lease) = transaction.lease(mailbox)?
                && lease.holder != holder
                && (died_here(&lease, &holder) || is_of_a_wrong_clock(&lease, until))
            {
                transaction.release_lease(mailbox, &lease.holder)?;
            }
            transaction.take_lease(mailbox, &holder, now, until)
        })
        .await?;
    Ok(taken.map(|lease| Held {
        mailbox,
        holder: lease.holder,
        epoch: lease.epoch,
    }))
}

/// Keeps a lease alive; ends only when it is lost.
pub async fn keep(engine: &Arc<Engine>, held: &Held) -> Trouble {
    let mut failures = 0;
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        match try_acquire(engine, held.mailbox).await {
            Ok(Some(renewed)) if renewed.epoch == held.epoch => failures = 0,
            Ok(_) => return Trouble::network("another process took over this mailbox"),
            Err(trouble) if failures >= 2 => return trouble,
            Err(_) => failures += 1,
        }
    }
}

/// Lets others have the mailbox at once. Failing is harmless: the lease runs out.
pub async fn release(engine: &Arc<Engine>, held: &Held) {
    let Held {
        mailbox, holder, ..
    } = held.clone();
    let released = engine
        .write(move |transaction| transaction.release_lease(mailbox, &holder))
        .await;
    if let Err(trouble) = released {
        tracing::warn!(%trouble, "a lease could not be released; it runs out by itself");
    }
}

/// Whether it ends later than a lease can that is taken now, by `until`: a clock was ahead when it was taken. A holder
/// who lives has renewed it by the right clock since; one who has not yet is fenced by its epoch.
fn is_of_a_wrong_clock(lease: &Lease, until: Timestamp) -> bool {
    lease.until.duration_since(until) > SignedDuration::from_secs(LEASE_SECONDS)
}

/// Whether the holder was a process of this machine that is gone.
fn died_here(lease: &Lease, me: &str) -> bool {
    let mut theirs = lease.holder.splitn(3, ':');
    let same_host = theirs.next() == me.split(':').next();
    let pid = theirs
        .next()
        .and_then(|pid| pid.parse::<i32>().ok())
        .and_then(Pid::from_raw);
    match pid {
        Some(pid) if same_host => {
            // A process with our own number is us in another life.
            u32::try_from(pid.as_raw_nonzero().get()).ok() == Some(std::process::id())
                || test_kill_process(pid) == Err(rustix::io::Errno::SRCH)
        }
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn lease(holder: &str) -> Lease {
        Lease {
            holder: holder.into(),
            epoch: 1,
            until: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_holder_has_words() {
        assert_eq!(words_for("desk:4711:ab"), "process 4711 on desk");
        assert_eq!(words_for("somebody"), "somebody");
    }

    #[test]
    fn a_lease_that_a_wrong_clock_gave_for_years_gives_way() {
        let until: Timestamp = "2026-01-12T12:00:30Z".parse().unwrap();
        for (seconds, wrong) in [(-60, false), (0, false), (25, false), (1_000_000_000, true)] {
            let mut lease = lease("desk:1:b");
            lease.until = until + SignedDuration::from_secs(seconds);
            assert_eq!(is_of_a_wrong_clock(&lease, until), wrong, "{seconds}");
        }
    }

    #[test]
    fn only_a_dead_process_of_this_host_gives_way() {
        let me = holder_name("desk", "a");
        let gone = i32::MAX;
        let parent = rustix::process::getppid().unwrap().as_raw_nonzero();
        for (holder, dead) in [
            (format!("desk:{gone}:b"), true),
            (format!("other:{gone}:b"), false),
            (format!("desk:{parent}:b"), false),
            (format!("desk:{}:b", std::process::id()), true),
            ("nonsense".to_owned(), false),
        ] {
            assert_eq!(died_here(&lease(&holder), &me), dead, "{holder}");
        }
    }
}
