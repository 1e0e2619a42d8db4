//! Channels: mailboxes whose mail another one collects, and that may send by another one's server.
//!
//! Nothing is fetched for them. Their health is that of the mailbox that collects for them, because their mail comes
//! when that one's does.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::sync::SyncFailure;
use super::worker::LookNow;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Health, Incoming, Mailbox, Outgoing};
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;

/// The mailbox by whose server and sign-in this one sends: itself, if it has its own.
///
/// # Errors
/// The operator's move: that one was removed, is off, or cannot send itself.
pub async fn carrier(engine: &Arc<Engine>, mailbox: &Mailbox) -> Result<Mailbox, Trouble> {
    let Outgoing::Through(id) = mailbox.settings.outgoing else {
        return Ok(mailbox.clone());
    };
    let carrier = other(engine, id).await?;
    let name = &carrier.settings.name;
    if !carrier.enabled {
        return Err(
            Trouble::operator(format!("it is sent through {name}, which is switched off"))
                .hint(format!("switch {name} on, or choose another way out")),
        );
    }
    match carrier.settings.outgoing {
        Outgoing::Through(_) | Outgoing::Off => Err(Trouble::operator(format!(
            "it is sent through {name}, which has no way out itself"
        ))
        .hint(format!("give {name} an outgoing server"))),
        _ => Ok(carrier),
    }
}

/// The mailbox where this one's mail lies: itself, if it is not a channel.
///
/// # Errors
/// The operator's move: that one was removed.
pub async fn home(engine: &Arc<Engine>, mailbox: &Mailbox) -> Result<Mailbox, Trouble> {
    match mailbox.settings.incoming {
        Incoming::Forwarded(id) => other(engine, id).await,
        Incoming::Imap(_) | Incoming::Maildir(_) => Ok(mailbox.clone()),
    }
}

async fn other(engine: &Arc<Engine>, id: MailboxId) -> Result<Mailbox, Trouble> {
    engine
        .read(move |snapshot| snapshot.mailboxes())
        .await?
        .into_iter()
        .find(|mailbox| mailbox.id == id && !mailbox.removed)
        .ok_or_else(|| {
            Trouble::operator("the mailbox that this address is redirected to was removed")
                .hint("choose another one in the settings")
        })
}

/// Shows how the collecting mailbox does, until it is dropped.
pub async fn live(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    asked: &mut mpsc::Receiver<LookNow>,
) -> Result<Infallible, SyncFailure> {
    let mut changed = engine.doorbells.health.listen();
    let mut arranged = engine.doorbells.mailboxes.listen();
    loop {
        show(engine, mailbox).await?;
        tokio::select! {
            () = changed.rung() => {}
            () = arranged.rung() => {}
            look = asked.recv() => match look {
                Some(LookNow { answer }) => {
                    if let Some(answer) = answer {
                        // Nobody may be waiting any more.
                        let _ = answer.send(Ok(0));
                    }
                }
                None => std::future::pending::<()>().await,
            },
        }
    }
}

/// Shows how the collecting mailbox does, once.
///
/// # Errors
/// The store cannot be read.
pub async fn show(engine: &Arc<Engine>, mailbox: &Mailbox) -> Result<(), Trouble> {
    let health = match home(engine, mailbox).await {
        Ok(home) if !home.enabled => Health::Failing {
            since: engine.clock.now(),
            next_try: None,
            trouble: Trouble::operator(format!(
                "its mail comes by {}, which is switched off",
                home.settings.name
            ))
            .hint(format!("switch {} on", home.settings.name)),
        },
        Ok(home) => {
            let (health, last_fetch) = engine.health.get(home.id);
            if let Some(at) = last_fetch {
                engine.health.fetched(mailbox.id, at);
            }
            health
        }
        Err(trouble) => Health::Failing {
            since: engine.clock.now(),
            next_try: None,
            trouble,
        },
    };
    let same_failure = match (&health, engine.health.get(mailbox.id).0) {
        (Health::Failing { trouble, .. }, Health::Failing { trouble: shown, .. }) => {
            *trouble == shown
        }
        _ => false,
    };
    if !same_failure {
        engine.set_health(mailbox.id, health);
    }
    Ok(())
}
