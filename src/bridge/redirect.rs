//! Setting up the redirect of a channel: how far it is, and its proof.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::channel::AddressHeader;
use crate::domain::ids::MailboxId;
use crate::domain::redirect::{Confirmation, Redirector};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RedirectRequest {
    /// How far it is.
    Look(MailboxId),
    /// Who redirects; kept, so that one can go on later.
    Choose {
        id: MailboxId,
        redirector: Redirector,
    },
    /// Sends a mail to the channel's address and waits until it comes; may take minutes.
    Prove(MailboxId),
}

/// How far the redirect of a channel is set up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RedirectState {
    pub redirector: Option<Redirector>,
    /// The provider's last confirmation mail, with the time it came.
    pub confirmation: Option<(Timestamp, Confirmation)>,
    pub proof: Option<Proof>,
}

/// A test mail to the address came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub at: Timestamp,
    pub seconds: u64,
    /// The mailbox that sent it.
    pub sent_by: String,
    /// The header that says which address it was for.
    pub by: AddressHeader,
    /// It was taken for junk.
    pub in_junk: bool,
}
