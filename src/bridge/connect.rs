//! Connecting a mailbox: what is found for an address, and whether it works.

use serde::{Deserialize, Serialize};

use super::{
    CheckLine, Detected, FolderLine, PeriodCount, ProviderLine, RedirectRequest, RedirectState,
    Secret, SignInReport, SignInRequest, TriedLine,
};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::MailboxSettings;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ConnectRequest {
    /// What is known about an address; every source that is tried comes as [`ConnectReport::Tried`] before the answer.
    Detect {
        address: String,
    },
    /// The providers that can be chosen.
    Providers,
    /// Runs the checks on settings that need not be saved; each line comes as [`ConnectReport::Check`] before the
    /// answer.
    Check {
        id: Option<MailboxId>,
        settings: Box<MailboxSettings>,
        secret: Option<Secret>,
        /// A mail to oneself and a copy in the Sent folder are tried, too, where all before them passed.
        with_round_trip: bool,
    },
    /// The folders of the server, with the number of mails in each.
    Folders {
        id: Option<MailboxId>,
        settings: Box<MailboxSettings>,
        secret: Option<Secret>,
    },
    /// How many mails each length of the first sync would fetch from the folders that the settings choose.
    CountPeriods {
        id: Option<MailboxId>,
        settings: Box<MailboxSettings>,
        secret: Option<Secret>,
    },
    SignIn(SignInRequest),
    /// About the redirect of a channel.
    Redirect(RedirectRequest),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ConnectReport {
    Detected(Detected),
    /// A source is being asked, or has answered.
    Tried(TriedLine),
    Providers(Vec<ProviderLine>),
    /// One line of a check, as it passes or fails.
    Check(CheckLine),
    /// What was said on the lines of a check, without secrets and without mail; comes before its answer.
    Log(Vec<Clean>),
    Folders(Vec<FolderLine>),
    Periods(Vec<PeriodCount>),
    SignIn(SignInReport),
    Redirect(MailboxId, Box<RedirectState>),
}
