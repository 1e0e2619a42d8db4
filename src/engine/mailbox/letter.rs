//! A letter of the program itself, such as an alarm: composed and handed to one mailbox's server, outside of any
//! ticket. Whether it is sent again is for whoever asked for it; here nothing is ever repeated.

use std::sync::Arc;

use super::delivery;
use crate::domain::delivery::{Delivery, Envelope};
use crate::domain::headers::address::Address;
use crate::domain::mailbox::Mailbox;
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;
use crate::engine::workers::Letter;
use crate::mail::compose::{self, Thread};

/// Sends it.
///
/// # Errors
/// The server's words, or why it was not reached. A mail whose fate is unknown counts as sent.
pub async fn send(engine: Arc<Engine>, from: Mailbox, letter: Letter) -> Result<(), Trouble> {
    let sender = Address::new(
        from.settings.display_name.clone(),
        from.settings.address.clone(),
    );
    let composed = compose::compose(&compose::Outgoing {
        to: vec![Address::new("", letter.to)],
        subject: letter.subject,
        markdown_body: letter.body,
        reference: Some(letter.message_id.clone()),
        thread: Thread {
            message_id: letter.message_id,
            ..Thread::default()
        },
        date: engine.clock.now(),
        from: sender,
        automatic: true,
        ..compose::Outgoing::default()
    })?;
    let own_address = (!letter.has_empty_sender).then(|| from.settings.address.clone());
    let envelope = Envelope {
        from: own_address,
        to: composed.envelope_to,
        all_or_nothing: true,
    };
    let mut courier = delivery::open(&engine, &from)
        .await
        .map_err(|setback| setback.trouble)?;
    let delivery = courier
        .send(&envelope, &composed.raw, async { Ok(()) })
        .await;
    courier.close().await;
    match delivery {
        Delivery::Accepted { .. } | Delivery::Uncertain { .. } => Ok(()),
        Delivery::NotSent(setback) => Err(setback.trouble),
        Delivery::Deferred { words, .. } | Delivery::Refused { words, .. } => {
            Err(Trouble::server("the letter was not taken").because(words))
        }
    }
}
