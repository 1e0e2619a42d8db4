//! A small mail to any address, outside of any ticket: the admin looks whether and how it arrives.

use std::sync::Arc;

use crate::domain::channel::own_addresses;
use crate::domain::delivery::{Delivery, Envelope};
use crate::domain::headers::address::Address;
use crate::domain::headers::signed_id;
use crate::domain::mailbox::Mailbox;
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::mailbox::delivery;
use crate::mail::compose::{self, Thread};

/// Sends a small mail to `to`, outside of any ticket.
///
/// # Errors
/// The server's words, or that it is not known whether the mail was taken.
pub async fn send(engine: Arc<Engine>, mailbox: Mailbox, to: String) -> Result<(), Trouble> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random)
        .map_err(|error| Trouble::bug("no random numbers").because(error))?;
    let word: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let from = Address::new(
        mailbox.settings.display_name.clone(),
        mailbox.settings.address.clone(),
    );
    let message_id = if is_ours(&engine, &to).await? {
        // One of our mailboxes will fetch it, and it is no customer's matter.
        signed_id::sign_trial(&engine.settings.message_id_key, &word, from.domain())
    } else {
        // That a stranger's server sends it back is what the admin wants to see, as a ticket.
        format!("test.{word}@{}", from.domain())
    };
    let composed = compose::compose(&compose::Outgoing {
        to: vec![Address::new("", to)],
        subject: format!("Ticketty test from {}", mailbox.settings.name),
        markdown_body: "This mail was sent by Ticketty to prove that the mailbox can send.".into(),
        thread: Thread {
            message_id,
            ..Thread::default()
        },
        date: engine.clock.now(),
        from,
        ..compose::Outgoing::default()
    })?;
    let envelope = Envelope {
        from: Some(composed.envelope_from),
        to: composed.envelope_to,
        all_or_nothing: true,
    };
    let mut courier = delivery::open(&engine, &mailbox)
        .await
        .map_err(|setback| setback.trouble)?;
    let delivery = courier
        .send(&envelope, &composed.raw, async { Ok(()) })
        .await;
    courier.close().await;
    match delivery {
        Delivery::Accepted { .. } => Ok(()),
        Delivery::NotSent(setback) => Err(setback.trouble),
        Delivery::Deferred { words, .. } | Delivery::Refused { words, .. } => {
            Err(Trouble::server("the test mail was not taken").because(words))
        }
        Delivery::Uncertain { known, .. } => {
            Err(Trouble::network("it is not known whether the test mail was taken").because(known))
        }
    }
}

async fn is_ours(engine: &Arc<Engine>, to: &str) -> Result<bool, Trouble> {
    let mailboxes = engine.read(|store| store.mailboxes()).await?;
    let to = Address::new("", to).key();
    let mut own = mailboxes
        .iter()
        .filter(|mailbox| !mailbox.removed)
        .flat_map(own_addresses);
    Ok(own.any(|own| Address::new("", own.clone()).key() == to))
}
