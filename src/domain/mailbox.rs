//! A mailbox: an address that customers write to, with the servers behind it.

mod alarm;
mod automatic;
mod fetching;
mod health;
mod identity;
mod on_server;
mod ports;
mod reconnect;
mod self_test;
mod standing;
mod watch;

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::MailboxId;

pub use alarm::{About, Alarm, Waiting};
pub use automatic::{Automatic, Letter};
pub use fetching::ChosenFolder;
pub use health::{Condition, Health};
pub use identity::{Identity, LONGEST_INFORMATION};
pub use on_server::{AfterFetching, Marks, OnServer};
pub use ports::Service;
pub use reconnect::{AfterFailure, Attempt, Failure, after_failure};
pub use self_test::{Silence, Traffic};
pub use standing::{CaughtUp, Gap, RefusedFolder, SelfTested, Standing, Unheard, Why};
pub use watch::{AlarmMail, Download, Watch};

/// How a connection is protected. Implicit TLS is preferred (RFC 8314 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    Tls,
    Starttls,
    /// Nothing is protected; allowed only where the admin chose it and was warned.
    None,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    pub host: String,
    pub port: u16,
    pub security: Security,
}

/// What is trusted besides the machine's own certificate authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// PEM file with further authorities.
    pub ca_file: Option<PathBuf>,
    /// SHA-256 of the one leaf certificate that the admin accepted, in lower-case hex without colons.
    pub fingerprint: Option<String>,
}

/// Where mail comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Incoming {
    Imap(Endpoint),
    /// A local Maildir, read and never changed.
    Maildir(PathBuf),
    /// Another mailbox collects it: the address is redirected there.
    Forwarded(MailboxId),
}

/// Where answers go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outgoing {
    Smtp(Endpoint),
    /// A `sendmail` program that takes recipients as arguments and the mail on stdin.
    Sendmail(PathBuf),
    /// One `.eml` file an answer; nothing leaves the machine.
    Folder(PathBuf),
    /// By the server and the sign-in of another mailbox.
    Through(MailboxId),
    /// Answers cannot be sent from this mailbox.
    Off,
}

/// Where the password comes from. The secret itself is never here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretSource {
    /// The first line of a command's output, split like a shell would but run without one.
    Command(String),
    /// The secrets file of this installation (mode 0600).
    File,
    /// Typed by a person, kept in memory until the program ends.
    Ask,
    /// The provider of this name signs in (OAuth2); the tokens are in the secrets file.
    Oauth(String),
    /// A command whose first line of output is an OAuth2 access token, such as `oauth2l` or `mutt_oauth2.py`.
    TokenCommand(String),
    /// No sign-in is needed (Maildir, folder).
    None,
}

/// A sign-in of its own for sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingSignIn {
    pub login: String,
    pub secret: SecretSource,
}

/// How far back the first sync goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirstSync {
    Day,
    Week,
    Month,
    ThreeMonths,
    Year,
    All,
}

impl FirstSync {
    /// How many days before the connection a mail may have arrived; `None` is without limit.
    pub fn days(self) -> Option<i64> {
        match self {
            Self::Day => Some(1),
            Self::Week => Some(7),
            Self::Month => Some(31),
            Self::ThreeMonths => Some(92),
            Self::Year => Some(366),
            Self::All => None,
        }
    }
}

/// Which folders are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FolderChoice {
    /// INBOX and the Sent folder.
    Usual,
    /// These; the Sent folder is read besides them.
    Chosen(Vec<ChosenFolder>),
    /// All but junk, drafts and trash.
    All,
}

/// What a customer's reply to a closed ticket does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosedReply {
    Reopen,
    ReopenWithinDays(u16),
    NewLinkedTicket,
    /// The mail is kept in the closed ticket, and the customer is told that nobody reads it.
    Refuse,
}

/// Rules of a mailbox that placement and delivery ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxPolicy {
    pub closed_reply: ClosedReply,
    /// All mail of one customer goes to one ticket (§5, rule 6). Off by default.
    pub one_conversation_per_customer: bool,
    /// How long an answer can be taken back, in seconds.
    pub undo_window_seconds: u32,
    /// A new ticket wants its first reply within this many minutes; `None` sets no clock.
    pub first_reply_minutes: Option<u32>,
    #[serde(default)]
    pub automatic: Automatic,
}

impl Default for MailboxPolicy {
    fn default() -> Self {
        Self {
            closed_reply: ClosedReply::Reopen,
            one_conversation_per_customer: false,
            undo_window_seconds: 10,
            first_reply_minutes: Some(240),
            automatic: Automatic::default(),
        }
    }
}

/// Characters of a mailbox's name.
pub const LONGEST_MAILBOX_NAME: usize = 40;

/// Everything an admin says about a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxSettings {
    /// The short name shown in lists, at most 40 characters.
    pub name: String,
    /// The address customers write to.
    pub address: String,
    /// The name customers see: "Acme Support".
    pub display_name: String,
    /// The name the servers know; usually the address.
    pub login: String,
    pub incoming: Incoming,
    pub outgoing: Outgoing,
    pub trust: Trust,
    pub secret: SecretSource,
    pub folders: FolderChoice,
    pub first_sync: FirstSync,
    /// How often to look besides IDLE, in seconds (RFC 2177 leaves the rest to us).
    pub poll_seconds: u32,
    pub policy: MailboxPolicy,
    #[serde(default)]
    pub identity: Identity,
    #[serde(default)]
    pub watch: Watch,
    /// `None` sends with the sign-in that fetches.
    #[serde(default)]
    pub sending_sign_in: Option<SendingSignIn>,
}

/// How often a mailbox looks for mail where nothing else is said; IDLE tells at once anyway.
const USUAL_POLL_SECONDS: u32 = 120;

impl MailboxSettings {
    /// The usual settings of an address: named by the part before the @, which signs in with the whole of it.
    pub fn new(
        address: impl Into<String>,
        incoming: Incoming,
        outgoing: Outgoing,
        secret: SecretSource,
    ) -> Self {
        let address = address.into();
        let local = address
            .rsplit_once('@')
            .map_or(&*address, |(local, _)| local);
        Self {
            name: local.chars().take(LONGEST_MAILBOX_NAME).collect(),
            display_name: String::new(),
            login: address.clone(),
            address,
            incoming,
            outgoing,
            trust: Trust::default(),
            secret,
            folders: FolderChoice::Usual,
            first_sync: FirstSync::Month,
            poll_seconds: USUAL_POLL_SECONDS,
            policy: MailboxPolicy::default(),
            identity: Identity::default(),
            watch: Watch::default(),
            sending_sign_in: None,
        }
    }
}

/// A connected mailbox as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    pub id: MailboxId,
    pub settings: MailboxSettings,
    pub enabled: bool,
    /// Removed mailboxes keep their tickets and their ledger; adding the same account again continues it.
    pub removed: bool,
    pub connected_at: Timestamp,
}
