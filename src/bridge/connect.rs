//! Connecting a mailbox: what is found for an address, and whether it works.

use serde::{Deserialize, Serialize};

use super::{RedirectRequest, RedirectState, Secret};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::MailboxSettings;
use crate::domain::trouble::Trouble;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ConnectRequest {
    /// What is known about an address.
    Detect { address: String },
    /// Runs the checks on settings that need not be saved; each line comes as [`ConnectReport::Check`] before the
    /// answer.
    Check {
        id: Option<MailboxId>,
        settings: Box<MailboxSettings>,
        secret: Option<Secret>,
    },
    /// About the redirect of a channel.
    Redirect(RedirectRequest),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ConnectReport {
    Detected(Detected),
    /// One line of a check, as it passes or fails.
    Check(CheckLine),
    Redirect(MailboxId, Box<RedirectState>),
}

/// What is proposed for an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detected {
    /// "Gmail", or `None` where it is a guess.
    pub provider: Option<String>,
    /// Who says so: "by the domain gmail.com".
    pub because: String,
    pub settings: Box<MailboxSettings>,
    /// Where to make an app password, where one is needed.
    pub password_hint: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckLine {
    pub step: CheckStep,
    pub state: CheckState,
    pub detail: Clean,
    pub milliseconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckStep {
    IncomingConnect,
    IncomingTls,
    IncomingSignIn,
    Folders,
    OutgoingConnect,
    OutgoingTls,
    OutgoingSignIn,
    SenderAccepted,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CheckState {
    Running,
    Passed,
    Warned(String),
    Failed(Trouble),
    /// Not reached because an earlier line failed.
    Skipped,
}
