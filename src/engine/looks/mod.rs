//! Looking, without consequences. Whatever a stranger wrote leaves here as clean text.

mod basics;
pub mod lists;
mod parts;
pub mod thread;
pub mod views;

use std::sync::Arc;

use super::core::Engine;
use crate::bridge::{Look, Seen};
use crate::domain::trouble::Trouble;

pub use basics::mailbox_lines;

pub(super) async fn answer(engine: &Arc<Engine>, look: Look) -> Result<Seen, Trouble> {
    match look {
        Look::Basics => basics::basics(engine).await,
        Look::Views => views::views(engine).await,
        Look::Tickets { query, window } => {
            lists::tickets(engine, query, window, lists::Floods::Shown).await
        }
        Look::Folded { query, window } => {
            lists::tickets(engine, query, window, lists::Floods::Folded).await
        }
        Look::Thread { ticket } => thread::thread(engine, ticket)
            .await
            .map(|thread| Seen::Thread(Box::new(thread))),
        Look::Raw {
            message,
            header_only,
        } => parts::raw(engine, message, header_only).await,
        Look::Mail { message } => parts::mail(engine, message).await,
        Look::Attachment { message, index } => parts::attachment(engine, message, index).await,
        Look::Html { message, width } => parts::html(engine, message, width).await,
        Look::Search { query, limit } => lists::search(engine, query, limit).await,
        Look::Contacts { prefix } => lists::contacts(engine, prefix).await,
        Look::Follow => Err(Trouble::bug("following is answered elsewhere")),
    }
}
