//! Who a mailbox is towards customers: under which addresses it is reached, and what its answers carry.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// Other addresses of the same mailbox, as the servers deliver them here.
    pub aliases: Vec<String>,
    /// An answer leaves from the alias that the customer wrote to; otherwise always from the mailbox's own address.
    pub answers_from_written_to: bool,
    /// The language of what leaves, as a BCP 47 tag such as `uk`; it becomes Content-Language (RFC 3282).
    pub language: Option<String>,
    /// Where customers' answers shall go, if not to the sender (RFC 5322 §3.6.2).
    pub reply_to: Option<String>,
    /// Gets a blind copy of every answer; in the envelope only.
    pub automatic_bcc: Vec<String>,
    /// Sending can be switched off without forgetting the server; reading goes on.
    pub is_sending: bool,
    /// What operators should know: procedures, opening hours. Never sent to anybody.
    pub information: String,
}

/// Characters of [`Identity::information`].
pub const LONGEST_INFORMATION: usize = 10_000;

impl Default for Identity {
    fn default() -> Self {
        Self {
            aliases: Vec::new(),
            answers_from_written_to: true,
            language: None,
            reply_to: None,
            automatic_bcc: Vec::new(),
            is_sending: true,
            information: String::new(),
        }
    }
}
