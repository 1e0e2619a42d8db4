//! What went wrong, said so that a person knows whose move it is.
//!
//! Every error that can reach a screen, a log or a program ends as a [`Trouble`]. It must never carry a secret:
//! it is stored, logged and shown as it is.

use serde::{Deserialize, Serialize};

/// Who has to act before the thing can work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// The person at the keyboard: a wrong password, a bad value, a full disk.
    Operator,
    /// The administrator of the mail server.
    Server,
    /// Nobody: the network comes back by itself and we try again.
    Network,
    /// Us: a defect in Ticketty.
    Bug,
}

/// A failure as a sentence, its cause in the words of whoever reported it, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub whose: Whose,
    /// One sentence without a full stop, starting in lower case: "the password was refused".
    pub what: String,
    /// The words of the server or the system, if there were any.
    pub cause: Option<String>,
    /// What a person can do about it.
    pub hint: Option<String>,
}

impl Trouble {
    pub fn operator(what: impl Into<String>) -> Self {
        Self::new(Whose::Operator, what)
    }

    pub fn server(what: impl Into<String>) -> Self {
        Self::new(Whose::Server, what)
    }

    pub fn network(what: impl Into<String>) -> Self {
        Self::new(Whose::Network, what)
    }

    pub fn bug(what: impl Into<String>) -> Self {
        Self::new(Whose::Bug, what)
    }

    fn new(whose: Whose, what: impl Into<String>) -> Self {
        Self {
            whose,
            what: what.into(),
            cause: None,
            hint: None,
        }
    }

    #[must_use]
    pub fn because(mut self, cause: impl std::fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether trying again later, without anybody acting, can help.
    pub fn retries_by_itself(&self) -> bool {
        self.whose == Whose::Network
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)?;
        if let Some(cause) = &self.cause {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Trouble {}
