//! Every change of a setting, as an event: who, when, from where, and what was before and after.
//!
//! Like the log of tickets these are past tense, only appended, never edited. One change of one field is one event,
//! so that a list can be filtered by it. No secret is ever in one: that a password is another one is told, and
//! nothing of either.

mod diff;
mod filter;
mod line;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::Actor;

pub use diff::{Difference, WHOLE, differences, is_secret, label, listing, mailbox_changes};
pub use filter::{FILTER_FIELDS, Filter, condition, suggestions};
pub use line::{ChangeLine, Place};

/// One field of one thing became another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingChange {
    pub at: Timestamp,
    pub actor: Actor,
    pub origin: Origin,
    pub about: Subject,
    /// The path of the field, such as `policy.automatic.auto_reply.body`; [`WHOLE`] where a thing came or went.
    pub field: String,
    /// `None` where there was nothing, or where it must not be told.
    pub old: Option<String>,
    pub new: Option<String>,
}

/// What a change is about. The name is the one of that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub kind: SubjectKind,
    /// `None` for what has no number, such as a configuration file.
    pub id: Option<i64>,
    pub name: String,
}

impl Subject {
    pub fn new(kind: SubjectKind, id: impl Into<Option<i64>>, name: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
            name: name.into(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    Mailbox,
    /// The password or token of a mailbox, which is named; never its value.
    Password,
    /// Whom a mailbox trusts besides the authorities of the machine.
    Certificate,
    Signature,
    View,
    Contact,
    /// What counts where nothing else is said, such as the mailbox that new mail leaves from.
    Default,
    /// The domain of an address.
    Domain,
    /// config.toml.
    Config,
}

impl SubjectKind {
    pub const ALL: [Self; 9] = [
        Self::Mailbox,
        Self::Password,
        Self::Certificate,
        Self::Signature,
        Self::View,
        Self::Contact,
        Self::Default,
        Self::Domain,
        Self::Config,
    ];

    /// The word of filters, lists and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mailbox => "mailbox",
            Self::Password => "password",
            Self::Certificate => "certificate",
            Self::Signature => "signature",
            Self::View => "view",
            Self::Contact => "contact",
            Self::Default => "default",
            Self::Domain => "domain",
            Self::Config => "config",
        }
    }
}

/// From where a change came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub way: Way,
    /// The user of the operating system.
    pub user: String,
    /// The machine that it was done on.
    pub host: String,
    /// The terminal there, such as `/dev/pts/3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<String>,
    /// The address that the operator came from, where it was over SSH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssh_client: Option<String>,
}

/// Through what a change came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The screen.
    #[default]
    Desk,
    /// A command of the command line, such as `mailbox set`; its arguments are not kept.
    Command(String),
    /// A configuration file that was another one when the program started.
    ConfigFile,
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Desk => f.write_str("desk"),
            Self::Command(name) => write!(f, "ticketty {name}"),
            Self::ConfigFile => f.write_str("config file"),
        }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.way)?;
        if !self.host.is_empty() {
            write!(f, " · {}@{}", self.user, self.host)?;
        }
        if let Some(client) = &self.ssh_client {
            write!(f, " · ssh {client}")?;
        }
        if let Some(terminal) = &self.terminal {
            write!(f, " · {terminal}")?;
        }
        Ok(())
    }
}

/// Who changes something now, and from where: the part that all changes of one step share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub at: Timestamp,
    pub actor: Actor,
    pub origin: Origin,
}

impl Author {
    /// One change by this author.
    pub fn changed(&self, about: Subject, difference: Difference) -> SettingChange {
        SettingChange {
            at: self.at,
            actor: self.actor,
            origin: self.origin.clone(),
            about,
            field: difference.field,
            old: difference.old,
            new: difference.new,
        }
    }

    /// What happened to a thing that was `old` and is `new`: nothing, one change for each field that is another one,
    /// or that it came or went as a whole.
    pub fn changes<T: Serialize>(
        &self,
        about: &Subject,
        old: Option<&T>,
        new: Option<&T>,
    ) -> Vec<SettingChange> {
        diff::between(old, new)
            .into_iter()
            .map(|difference| self.changed(about.clone(), difference))
            .collect()
    }
}
