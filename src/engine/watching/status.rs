//! Everything that is known about how a mailbox does, for its page and for `mailbox status`.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::self_test;
use crate::bridge::{Backlog, MailboxStatus, SelfTestLine, TicketCounts};
use crate::domain::clean::Clean;
use crate::domain::mailbox::{Condition, Health, Mailbox, Standing};
use crate::domain::outbox::{DeliveryState, Listed};
use crate::domain::trouble::Trouble;
use crate::engine::core::{Engine, SyncMode};
use crate::engine::health::words_left;
use crate::engine::{looks, standing};
use crate::store::{Read, StoreResult};

const HOUR: i64 = 3_600;
/// Hours that the picture of the traffic shows.
const SHOWN_HOURS: i64 = 24;

pub async fn status(engine: &Arc<Engine>, mailbox: Mailbox) -> Result<MailboxStatus, Trouble> {
    let now = engine.clock.now();
    let shared = Arc::clone(engine);
    engine
        .read(move |store| gather(store, &shared, &mailbox, now))
        .await
}

fn gather(
    store: &dyn Read,
    engine: &Engine,
    mailbox: &Mailbox,
    now: Timestamp,
) -> StoreResult<MailboxStatus> {
    let id = mailbox.id;
    let known = standing::of(store, id)?;
    let words = words_left(store, &store.mailboxes()?)?;
    let lines = looks::mailbox_lines(engine, vec![mailbox.clone()], &words, None);
    let (health, last_fetch) = lines
        .into_iter()
        .next()
        .map_or((Health::Starting, None), |line| {
            (line.health, line.last_fetch)
        });
    let status = if engine.settings.sync == SyncMode::Live {
        health.status()
    } else {
        health.status_as_left(last_fetch)
    };
    let (all, open) = store.ticket_counts(id)?;
    let unreadable = store.unreadable(id)?;
    Ok(MailboxStatus {
        id,
        status,
        since: since(&health, &known),
        last_fetch,
        last_send: known.last_send,
        last_mail: store.last_arrival(id)?,
        backlog: backlog(store, mailbox)?,
        by_hour: by_hour(store, mailbox, now)?,
        tickets: TicketCounts { all, open },
        account: store.ledger_account(id)?,
        unreadable: unreadable
            .into_iter()
            .map(|(words, count)| (Clean::line(&words), count))
            .collect(),
        caught_up: known.caught_up,
        troubles: [known.troubles(), known.notes()].concat(),
        self_test: self_test_line(store, mailbox, status, known, now)?,
        health,
    })
}

/// Since when it has the status that it has now.
fn since(health: &Health, known: &Standing) -> Option<Timestamp> {
    let status = match health.status() {
        Condition::Fetching | Condition::Connecting => Condition::Active,
        status => status,
    };
    let noted = known
        .status
        .filter(|(noted, _)| *noted == status)
        .map(|(_, since)| since);
    health.since().or(noted)
}

fn backlog(store: &dyn Read, mailbox: &Mailbox) -> StoreResult<Backlog> {
    let folders = store
        .backlog(mailbox.id)?
        .into_iter()
        .map(|(name, mails)| (Clean::name(&name), mails))
        .collect();
    let mut backlog = Backlog {
        folders,
        ..Backlog::default()
    };
    for row in store
        .outbox(Listed::OPEN)?
        .iter()
        .filter(|row| row.mailbox == mailbox.id)
    {
        match row.state {
            DeliveryState::Held { .. }
            | DeliveryState::Queued
            | DeliveryState::Deferred { .. }
            | DeliveryState::Sending => backlog.to_send += 1,
            DeliveryState::Uncertain { .. } | DeliveryState::Refused { .. } => {
                backlog.in_doubt += 1;
            }
            _ => {}
        }
    }
    Ok(backlog)
}

fn by_hour(store: &dyn Read, mailbox: &Mailbox, now: Timestamp) -> StoreResult<Vec<u32>> {
    let this_hour = now.as_second().div_euclid(HOUR);
    let back = SignedDuration::from_secs((SHOWN_HOURS - 1) * HOUR);
    let since = now.checked_sub(back).unwrap_or(Timestamp::MIN);
    let arrivals = store.arrivals(mailbox.id, since)?;
    Ok((this_hour - SHOWN_HOURS + 1..=this_hour)
        .map(|hour| {
            arrivals
                .iter()
                .find(|(of, _)| *of == hour)
                .map_or(0, |(_, mails)| *mails)
        })
        .collect())
}

fn self_test_line(
    store: &dyn Read,
    mailbox: &Mailbox,
    status: Condition,
    known: Standing,
    now: Timestamp,
) -> StoreResult<SelfTestLine> {
    let obstacle = self_test::way(&store.mailboxes()?, mailbox).err();
    let is_connected =
        matches!(status, Condition::Active | Condition::Fetching) || known.unheard.is_some();
    let due = if is_connected && mailbox.enabled {
        self_test::due_at(store, mailbox, &known, now)?
    } else {
        None
    };
    Ok(SelfTestLine {
        last: known.self_test,
        due,
        obstacle: obstacle.map(|trouble| Clean::line(&trouble.to_string())),
    })
}
