//! The checks of a mailbox: what is tried, in which order, and what came of it.

use serde::{Deserialize, Serialize};

use crate::domain::clean::Clean;
use crate::domain::folder::FolderRole;
use crate::domain::mailbox::FirstSync;
use crate::domain::trouble::Trouble;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckLine {
    pub step: CheckStep,
    pub state: CheckState,
    pub detail: Clean,
    pub milliseconds: u64,
}

/// One thing that is tried. The order of [`CheckStep::ALL`] is the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckStep {
    /// The way to the server that mail comes from.
    Incoming(Link),
    /// What the server can do.
    Abilities,
    Folders,
    /// The way to the server that answers leave by, or to the program or directory.
    Outgoing(Link),
    SenderAccepted,
    /// A mail to oneself and back.
    RoundTrip,
    /// A copy into the Sent folder.
    SentCopy,
}

/// The stations of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    Name,
    Tcp,
    Tls,
    Greeting,
    SignIn,
}

impl Link {
    pub const ALL: [Self; 5] = [
        Self::Name,
        Self::Tcp,
        Self::Tls,
        Self::Greeting,
        Self::SignIn,
    ];
}

impl CheckStep {
    pub const ALL: [Self; 15] = [
        Self::Incoming(Link::Name),
        Self::Incoming(Link::Tcp),
        Self::Incoming(Link::Tls),
        Self::Incoming(Link::Greeting),
        Self::Incoming(Link::SignIn),
        Self::Abilities,
        Self::Folders,
        Self::Outgoing(Link::Name),
        Self::Outgoing(Link::Tcp),
        Self::Outgoing(Link::Tls),
        Self::Outgoing(Link::Greeting),
        Self::Outgoing(Link::SignIn),
        Self::SenderAccepted,
        Self::RoundTrip,
        Self::SentCopy,
    ];
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CheckState {
    Running,
    Passed,
    Warned(String),
    Failed(Trouble),
    /// Not reached because an earlier line failed, or not wanted; the detail says so then.
    Skipped,
}

/// A folder of the server, as one chooses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderLine {
    /// As it is chosen by. A stranger may have written it: clean it before it is drawn.
    pub name: String,
    /// What parts the levels of the name.
    pub delimiter: Option<char>,
    pub role: FolderRole,
    /// Whether it can hold mail.
    pub selectable: bool,
    /// `None` where the server does not count it.
    pub mails: Option<u32>,
}

/// How many mails a first sync of this length would fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodCount {
    pub period: FirstSync,
    pub mails: u64,
}
