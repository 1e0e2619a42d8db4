//! What a failure to connect means at this provider, and what a person can do about it.
//!
//! Servers say the same thing in a hundred ways, most of them for programs. The table knows their words; what it does
//! not know is left as it is. Only words are changed here, never what happens: the server's own stay as the cause.

mod table;

use super::providers::{self, Password, Provider};
use crate::domain::mailbox::{Endpoint, Incoming, MailboxSettings, Outgoing, Security};
use crate::domain::trouble::{Trouble, Whose};

use table::{Row, TABLE};

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    Fetching,
    Sending,
}

/// The trouble in better words, where the table has some.
pub fn explain(trouble: Trouble, settings: &MailboxSettings, doing: Doing) -> Trouble {
    if let Some(wrong_port) = wrong_port(&trouble, settings, doing) {
        return wrong_port;
    }
    let Some(said) = trouble.cause.as_deref().map(str::to_lowercase) else {
        return trouble;
    };
    if trouble.whose == Whose::Network {
        return trouble;
    }
    let provider = providers::of_settings(settings);
    let Some(row) = TABLE.iter().find(|row| row.fits(provider, doing, &said)) else {
        return trouble;
    };
    Trouble {
        whose: Whose::Operator,
        what: row.what.to_owned(),
        hint: Some(row.next.replace("{made at}", made_at(provider))),
        ..trouble
    }
}

impl Row {
    fn fits(&self, provider: Option<&Provider>, doing: Doing, said: &str) -> bool {
        let is_theirs =
            self.of.is_empty() || provider.is_some_and(|provider| self.of.contains(&provider.name));
        let is_now = self.when.is_none_or(|when| when == doing);
        is_theirs && is_now && self.says.iter().any(|words| said.contains(words))
    }
}

fn made_at(provider: Option<&Provider>) -> &'static str {
    match provider.map(|provider| provider.password) {
        Some(Password::App { made_at } | Password::AppWithTwoSteps { made_at }) => made_at,
        _ => "the account's security settings",
    }
}

/// TLS on a port that speaks without it, or the reverse.
fn wrong_port(trouble: &Trouble, settings: &MailboxSettings, doing: Doing) -> Option<Trouble> {
    let (endpoint, tls_port) = match doing {
        Doing::Fetching => (incoming(settings)?, 993),
        Doing::Sending => (outgoing(settings)?, 465),
    };
    let speaks_plainly =
        endpoint.security == Security::Tls && trouble.what.contains("does not speak TLS");
    let is_silent = [
        "no greeting",
        "was silent",
        "hung up while waiting for the greeting",
    ]
    .iter()
    .any(|words| trouble.what.contains(words));
    let wants_tls = endpoint.security != Security::Tls && endpoint.port == tls_port && is_silent;
    let cause = trouble.cause.clone();
    if speaks_plainly {
        return Some(Trouble {
            cause,
            ..Trouble::operator(format!("port {} speaks without TLS", endpoint.port))
                .hint(format!("choose STARTTLS, or port {tls_port}"))
        });
    }
    wants_tls.then(|| Trouble {
        cause,
        ..Trouble::operator(format!("port {tls_port} wants TLS from the first byte"))
            .hint("choose TLS")
    })
}

fn incoming(settings: &MailboxSettings) -> Option<&Endpoint> {
    match &settings.incoming {
        Incoming::Imap(endpoint) => Some(endpoint),
        _ => None,
    }
}

fn outgoing(settings: &MailboxSettings) -> Option<&Endpoint> {
    match &settings.outgoing {
        Outgoing::Smtp(endpoint) => Some(endpoint),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
