//! Connections of a mailbox: the one way in which worker, Sent copy and checks sign in.

use std::sync::Arc;

use super::account::Account;
use crate::domain::mailbox::{Endpoint, Mailbox, MailboxSettings};
use crate::engine::core::Engine;
use crate::mail::imap::{Access, ImapFailure, ImapSession, Limits};
use crate::mail::smtp::SignIn;

/// What a sign-in needs.
pub fn access(settings: &MailboxSettings, endpoint: &Endpoint, sign_in: SignIn) -> Access {
    Access {
        endpoint: endpoint.clone(),
        trust: settings.trust.clone(),
        login: sign_in.login,
        password: sign_in.password,
        means: sign_in.means,
    }
}

/// Bounds of the engine's connections: mails above the limit are never asked for whole, so a literal above it is a
/// server that does not keep its word.
pub fn limits(max_message_bytes: u64) -> Limits {
    Limits {
        literal_bytes: max_message_bytes.saturating_add(1024 * 1024),
        ..Limits::default()
    }
}

/// A signed-in connection of a saved mailbox.
///
/// # Errors
/// As [`Account::sign_in`].
pub async fn sign_in(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    endpoint: &Endpoint,
) -> Result<ImapSession, ImapFailure> {
    Account::saved(mailbox).sign_in(engine, endpoint).await
}
