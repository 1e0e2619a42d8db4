//! Connections of a mailbox: the one way in which worker, Sent copy and checks sign in.

use std::sync::Arc;

use secrecy::SecretString;

use crate::domain::mailbox::{Endpoint, Mailbox, MailboxSettings};
use crate::engine::core::Engine;
use crate::mail::imap::{Access, FailureKind, ImapFailure, ImapSession, Limits};

/// What a sign-in needs.
pub fn access(settings: &MailboxSettings, endpoint: &Endpoint, password: SecretString) -> Access {
    Access {
        endpoint: endpoint.clone(),
        trust: settings.trust.clone(),
        login: settings.login.clone(),
        password,
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

/// A signed-in connection.
///
/// # Errors
/// A missing password counts as a refused sign-in: it is the operator's move.
pub async fn sign_in(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    endpoint: &Endpoint,
) -> Result<ImapSession, ImapFailure> {
    let password = engine
        .secret(mailbox)
        .await
        .map_err(|trouble| ImapFailure {
            kind: FailureKind::SignInRefused,
            code: None,
            trouble,
        })?;
    let access = access(&mailbox.settings, endpoint, password);
    ImapSession::connect(&access, limits(engine.settings.max_message_bytes), None).await
}
