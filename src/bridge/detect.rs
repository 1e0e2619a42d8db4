//! What is found for an address, by whom, and what is known about providers.

use serde::{Deserialize, Serialize};

use crate::domain::clean::Clean;
use crate::domain::detection::Source;
use crate::domain::mailbox::{Endpoint, MailboxSettings};

/// What is proposed for an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detected {
    /// "Gmail", or `None` where it is nobody we know.
    pub provider: Option<String>,
    /// Who says so: "by the domain gmail.com".
    pub because: String,
    pub settings: Box<MailboxSettings>,
    /// Where to make an app password, where one is needed.
    pub password_hint: Option<String>,
    pub sign_ins: SignIns,
    /// What an admin has to know or do, a sentence each.
    pub quirks: Vec<String>,
    /// Whether the servers may be signed in to without somebody looking at them first. A guess, and a server that
    /// only an unsigned record names, may not.
    pub is_certain: bool,
    /// Everything that was tried, in the order of trust.
    pub tried: Vec<TriedLine>,
}

/// Which ways of signing in a provider takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIns {
    /// A password of the account, or one made for this program.
    pub password: bool,
    /// The name of the OAuth2 provider, such as `google` or `microsoft`.
    pub oauth: Option<String>,
}

impl Default for SignIns {
    fn default() -> Self {
        Self {
            password: true,
            oauth: None,
        }
    }
}

/// A provider that can be chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProviderLine {
    pub name: String,
    /// Domains of addresses that it gives out.
    pub domains: Vec<String>,
    pub imap: Endpoint,
    pub smtp: Endpoint,
    pub sign_ins: SignIns,
    pub password_hint: Option<String>,
    pub quirks: Vec<String>,
}

/// One source that was asked. Lines with the same source and target are about the same question; the latest counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TriedLine {
    pub source: Source,
    /// What was asked: a host, an address of the web, a record.
    pub target: Clean,
    pub outcome: TriedOutcome,
    pub milliseconds: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TriedOutcome {
    Running,
    /// What it says.
    Found(Clean),
    /// It answered, and knows nothing.
    Nothing(Clean),
    /// It did not answer, or nothing that can be used.
    Failed(Clean),
    /// Somebody who is trusted more had answered already.
    NotNeeded,
}
