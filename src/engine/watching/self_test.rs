//! The proof that mail arrives: when it is due, how it is made, and what its end means.
//!
//! A mail goes from another mailbox where there is one, because a mail to oneself may never leave the server; it is
//! seen, removed, and makes no ticket. That it does not come is an error of the mailbox, whatever its connection
//! says, until a test passes or a customer's mail arrives.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::alarm::can_send;
use crate::domain::headers::address::Address;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{
    Download, Health, Incoming, Mailbox, SelfTested, Silence, Standing, Traffic, Unheard,
};
use crate::domain::trouble::{Trouble, Whose};
use crate::engine::core::Engine;
use crate::engine::standing;
use crate::store::{Read, StoreResult};

/// How long the mail may be under way. Greylisting takes minutes, and an alarm in vain is worse than a late one.
const WITHIN: Duration = Duration::from_secs(300);
/// Somebody who waits for it wants to know sooner.
const WITHIN_BY_HAND: Duration = Duration::from_secs(90);
/// A test that could not be made is not begun again sooner.
const TESTS_APART: SignedDuration = SignedDuration::from_mins(30);
/// How far back mails are counted to know what is normal.
const TRAFFIC_HOURS: i64 = 24 * 7 * 4;

/// When the next test is due; `None` where none is made.
///
/// # Errors
/// The store cannot be read.
pub async fn due(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    health: &Health,
    standing: &Standing,
) -> Result<Option<Timestamp>, Trouble> {
    // While the connection is broken there is nothing to prove; while mail is unheard the test goes on.
    let is_connected =
        *health == Health::Live || (standing.unheard.is_some() && health.next_try().is_none());
    if !is_connected {
        return Ok(None);
    }
    let (mailbox, standing, now) = (mailbox.clone(), standing.clone(), engine.clock.now());
    engine
        .read(move |store| due_at(store, &mailbox, &standing, now))
        .await
}

/// When the next test of a connected mailbox is due.
///
/// # Errors
/// The store cannot be read.
pub fn due_at(
    store: &dyn Read,
    mailbox: &Mailbox,
    standing: &Standing,
    now: Timestamp,
) -> StoreResult<Option<Timestamp>> {
    let watch = &mailbox.settings.watch;
    let Some(hours) = watch.self_test_hours.filter(|hours| *hours > 0) else {
        return Ok(None);
    };
    if watch.download == Download::ByHand || way(&store.mailboxes()?, mailbox).is_err() {
        return Ok(None);
    }
    let back = SignedDuration::from_hours(TRAFFIC_HOURS);
    let since = now.checked_sub(back).unwrap_or(Timestamp::MIN);
    let arrivals = store.arrivals(mailbox.id, since)?;
    let traffic = Traffic::of(&arrivals, mailbox.connected_at, now);
    let tested = standing.self_test.as_ref();
    let passed = tested.filter(|tested| tested.failure.is_none());
    let proofs = [
        store.last_arrival(mailbox.id)?,
        passed.map(|tested| tested.at),
        Some(mailbox.connected_at),
    ];
    let silence = Silence {
        hours,
        since: proofs.into_iter().flatten().max().unwrap_or(now),
        failed_at: tested
            .filter(|tested| tested.failure.is_some())
            .map(|tested| tested.at),
    };
    let due = silence.test_due(&traffic);
    let again = standing
        .test_begun
        .and_then(|begun| begun.checked_add(TESTS_APART).ok());
    Ok(Some(again.map_or(due, |again| due.max(again))))
}

/// The way of a test.
pub struct Way<'a> {
    pub from: &'a Mailbox,
    /// Where the mail is seen: the mailbox itself, or the one that collects its mail.
    pub seen_in: &'a Mailbox,
}

/// Which mailbox sends the mail, and which one sees it.
///
/// # Errors
/// Why nothing can be proved here.
pub fn way<'a>(all: &'a [Mailbox], mailbox: &'a Mailbox) -> Result<Way<'a>, Trouble> {
    let seen_in = match mailbox.settings.incoming {
        Incoming::Forwarded(collecting) => all
            .iter()
            .find(|other| other.id == collecting && other.enabled && !other.removed)
            .unwrap_or(mailbox),
        _ => mailbox,
    };
    if !matches!(seen_in.settings.incoming, Incoming::Imap(_)) {
        return Err(
            Trouble::operator("only an IMAP mailbox can be tried with a mail to itself")
                .hint("nothing is ever removed from a Maildir"),
        );
    }
    let from = sender(all, mailbox)?;
    Ok(Way { from, seen_in })
}

fn sender<'a>(all: &'a [Mailbox], mailbox: &'a Mailbox) -> Result<&'a Mailbox, Trouble> {
    let domain = |mailbox: &Mailbox| {
        Address::new("", mailbox.settings.address.clone())
            .domain()
            .to_lowercase()
    };
    let here = domain(mailbox);
    let others = || {
        all.iter()
            .filter(|other| other.id != mailbox.id && can_send(other))
    };
    others()
        .find(|other| domain(other) != here)
        .or_else(|| can_send(mailbox).then_some(mailbox))
        .or_else(|| others().next())
        .ok_or_else(|| {
            Trouble::operator("no mailbox here can send the mail that would prove it")
                .hint("let this mailbox or another one send, in its settings")
        })
}

/// The test of a silent mailbox. What the test itself could not do is no proof of anything and is only logged.
pub async fn when_silent(engine: Arc<Engine>, mailbox: Mailbox) {
    if let Err(trouble) = run(&engine, &mailbox, WITHIN).await {
        tracing::warn!(mailbox = %mailbox.settings.name, %trouble, "a self-test could not be made");
    }
}

/// The test that somebody asked for.
///
/// # Errors
/// Why it could not be made. That the mail did not come is in the result.
pub async fn by_hand(engine: &Arc<Engine>, mailbox: &Mailbox) -> Result<SelfTested, Trouble> {
    run(engine, mailbox, WITHIN_BY_HAND).await
}

async fn run(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    within: Duration,
) -> Result<SelfTested, Trouble> {
    let all = engine.read(|store| store.mailboxes()).await?;
    let Way { from, seen_in } = way(&all, mailbox)?;
    let (from, seen_in) = (from.clone(), seen_in.clone());
    let to = mailbox.settings.address.clone();
    let begun = engine.clock.now();
    standing::note(engine, mailbox.id, move |standing| {
        standing.test_begun = Some(begun);
    })
    .await;
    let workers = Arc::clone(&engine.workers);
    let tripped = workers
        .round_trip(Arc::clone(engine), from, to, seen_in, within)
        .await;
    let at = engine.clock.now();
    let tested = match tripped {
        Ok(arrival) => SelfTested {
            at,
            milliseconds: u64::try_from(arrival.took.as_millis()).unwrap_or(u64::MAX),
            in_junk: arrival.in_junk,
            failure: None,
        },
        // Only a mail that was taken and did not come says anything about the way in.
        Err(trouble) if trouble.whose == Whose::Server => SelfTested {
            at,
            milliseconds: u64::try_from(within.as_millis()).unwrap_or(u64::MAX),
            in_junk: false,
            failure: Some(does_not_arrive(mailbox, &trouble)),
        },
        // The sending server or the line was away: the last result stays.
        Err(trouble) => return Err(trouble),
    };
    conclude(engine, mailbox.id, tested.clone()).await?;
    Ok(tested)
}

fn does_not_arrive(mailbox: &Mailbox, trouble: &Trouble) -> Trouble {
    let address = &mailbox.settings.address;
    let advice = "look at forwarding, at the MX of the domain, at the mailbox's quota, and at filters; T tests again";
    Trouble::server(format!("mail to {address} does not arrive"))
        .because(trouble)
        .hint(advice)
}

async fn conclude(
    engine: &Arc<Engine>,
    mailbox: MailboxId,
    tested: SelfTested,
) -> Result<(), Trouble> {
    let standing = engine
        .write(move |store| {
            let tested = tested.clone();
            standing::change_while_on(store, mailbox, move |standing| {
                standing.unheard = tested.failure.clone().map(|trouble| Unheard {
                    // A second failure is the same error.
                    since: standing
                        .unheard
                        .as_ref()
                        .map_or(tested.at, |unheard| unheard.since),
                    trouble,
                });
                standing.self_test = Some(tested);
            })
        })
        .await?;
    engine.set_unheard(mailbox, standing.unheard);
    Ok(())
}
