//! A mailbox that fetches only when somebody asks: between the asks there is no connection at all.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::once;
use crate::domain::mailbox::Mailbox;
use crate::engine::core::Engine;
use crate::engine::mailbox::worker::LookNow;

/// Answers each ask with one look at everything, until it is dropped.
pub async fn wait_for_asks(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    asked: &mut mpsc::Receiver<LookNow>,
) {
    while let Some(look) = asked.recv().await {
        // What only says that settings may have changed asks for no mail.
        let Some(answer) = look.answer else {
            continue;
        };
        // Whoever asked may have left.
        let _ = answer.send(once(engine, mailbox).await);
    }
    // The supervisor is gone; the worker ends with it.
    std::future::pending::<()>().await;
}
