//! The domains that our addresses are in, and what the world can know of their mail.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::clean::Clean;
use crate::domain::sender_domain::{Check, Status};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DomainRequest {
    /// All of them, as they were seen last.
    List,
    /// Asks the name servers now. Answered with that one domain.
    Verify { domain: String },
    /// Which DKIM selectors to look at besides those found in mail; then as `Verify`.
    SetSelectors {
        domain: String,
        selectors: Vec<String>,
    },
}

/// A domain as it was seen last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainLine {
    pub domain: Clean,
    /// Our addresses in it.
    pub addresses: Vec<Clean>,
    /// The provider whose own domain it is: there is nothing to do.
    pub kept_by: Option<Clean>,
    pub status: Status,
    /// Empty before it was verified for the first time.
    pub checks: Vec<Check>,
    pub checked_at: Option<Timestamp>,
    /// Selectors that were typed.
    pub selectors: Vec<Clean>,
}
