//! The letter about a mailbox that does not work, from another mailbox.
//!
//! It goes through no outbox: an outbox row belongs to a ticket and a message, and an alarm is neither. What waits is
//! kept in the mailbox's standing instead, with its Message-ID fixed and each attempt counted before it is made, and
//! is tried again until it is a day old. Its id is one that filing knows as ours, so that neither a copy that a
//! provider keeps nor one that somebody forwards back becomes a ticket. It is automatic mail (RFC 3834): nobody's
//! absence note answers it.

use std::sync::Arc;

use jiff::Timestamp;

use super::change::is_address_of;
use crate::domain::headers::address::Address;
use crate::domain::headers::signed_id;
use crate::domain::mailbox::{
    About, Condition, Health, Mailbox, MailboxSettings, Outgoing, Standing, Waiting,
};
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::standing;
use crate::engine::workers::Letter;

/// Notes how the mailbox does, since when, and whether a letter follows from it.
///
/// # Errors
/// The store cannot be written.
pub async fn notice(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    health: &Health,
    known: Standing,
) -> Result<Standing, Trouble> {
    let mut random = [0_u8; 10];
    getrandom::fill(&mut random)
        .map_err(|cause| Trouble::bug("the system gave no random numbers").because(cause))?;
    let word: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let domain = Address::new("", mailbox.settings.address.clone())
        .domain()
        .to_owned();
    let message_id = signed_id::sign_trial(&engine.settings.message_id_key, &word, &domain);
    let wants_letters = mailbox.settings.watch.alarm_mail.is_some();
    let (health, now) = (health.clone(), engine.clock.now());
    let change = move |standing: &mut Standing| {
        standing.note_status(&health, now);
        standing
            .alarm
            .notice(&health, wants_letters, &message_id, now);
    };
    let mut changed = known.clone();
    change(&mut changed);
    if changed == known {
        return Ok(known);
    }
    let id = mailbox.id;
    engine
        .write(move |store| standing::change_while_on(store, id, &change))
        .await
}

/// Sends the letter that is due.
pub async fn send(engine: Arc<Engine>, mailbox: Mailbox, all: Vec<Mailbox>) {
    let now = engine.clock.now();
    let id = mailbox.id;
    let Ok(known) = engine.read(move |store| standing::of(store, id)).await else {
        return;
    };
    let mut alarm = known.alarm;
    let Some(waiting) = alarm.due(now) else {
        // Nobody needs to read about yesterday any more.
        standing::note(&engine, id, move |standing| {
            standing.alarm.due(now);
        })
        .await;
        return;
    };
    if standing::note(&engine, id, move |standing| standing.alarm.tries(now))
        .await
        .is_none()
    {
        // An attempt that could not be counted is none: it might be made again without end.
        return;
    }
    match write_and_send(&engine, &mailbox, &all, &waiting).await {
        Ok(()) => {
            standing::note(&engine, id, move |standing| {
                standing.alarm.sent(&waiting.message_id);
            })
            .await;
        }
        Err(trouble) => {
            let trouble = Trouble {
                what: format!(
                    "the alarm mail about {} could not be sent: {}",
                    mailbox.settings.name, trouble.what
                ),
                ..trouble
            };
            tracing::warn!(%trouble, attempts = waiting.attempts + 1, "an alarm mail did not leave");
            if waiting.attempts == 0 {
                engine.told.notice(trouble);
            }
        }
    }
}

async fn write_and_send(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    all: &[Mailbox],
    waiting: &Waiting,
) -> Result<(), Trouble> {
    let alarm = mailbox.settings.watch.alarm_mail.as_ref();
    let Some(alarm) = alarm else {
        // Switched off meanwhile: there is nothing to send.
        return Ok(());
    };
    let sender = all
        .iter()
        .find(|other| other.id == alarm.from && other.id != mailbox.id && can_send(other))
        .ok_or_else(|| {
            Trouble::operator("the mailbox that shall send it is off, removed, or does not send")
                .hint("choose another mailbox in the settings under Watching")
        })?;
    let to = Address::parse(&alarm.to)?;
    if all
        .iter()
        .any(|own| !own.removed && is_address_of(&own.settings, &to))
    {
        return Err(
            Trouble::operator(format!("{} is one of our own mailboxes", to.address))
                .hint("give an address that is not connected here"),
        );
    }
    let (subject, body) = words(&mailbox.settings, &waiting.about, waiting.written_at);
    let letter = Letter {
        to: to.address,
        subject,
        body,
        message_id: waiting.message_id.clone(),
        // Many servers let nobody submit with the empty sender; those get it with the mailbox's own address.
        has_empty_sender: waiting.attempts == 0,
    };
    let workers = Arc::clone(&engine.workers);
    workers
        .send_letter(Arc::clone(engine), sender.clone(), letter)
        .await
}

/// Whether the mailbox sends at all.
pub fn can_send(mailbox: &Mailbox) -> bool {
    mailbox.enabled
        && !mailbox.removed
        && mailbox.settings.identity.is_sending
        && mailbox.settings.outgoing != Outgoing::Off
}

fn words(settings: &MailboxSettings, about: &About, now: Timestamp) -> (String, String) {
    let name = &settings.name;
    let address = &settings.address;
    match about {
        About::Broken { since, trouble } => {
            let mut body = format!(
                "The mailbox {name} ({address}) has not worked since {since:.0}.\n\n{trouble}\n"
            );
            if let Some(hint) = &trouble.hint {
                body.push_str(&format!("\n{hint}\n"));
            }
            body.push_str(
                "\nTicketty goes on trying and writes again when it works. Mail that arrives meanwhile is fetched then.\n",
            );
            (
                format!("{}: {name} ({address})", Condition::Error.word()),
                body,
            )
        }
        About::WorksAgain { since } => (
            format!("Works again: {name} ({address})"),
            format!(
                "The mailbox {name} ({address}) has worked again since {now:.0}. It had not since {since:.0}.\n"
            ),
        ),
    }
}
