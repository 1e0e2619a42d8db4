//! What can be said about a mailbox on the command line, and how it changes the settings.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::bridge::Detected;
use crate::config::paths::absolute;
use crate::domain::clean::Clean;
use crate::domain::mailbox::{
    ChosenFolder, ClosedReply, Download, Endpoint, FirstSync, FolderChoice, Incoming,
    MailboxSettings, Outgoing, SecretSource, Security, Service,
};
use crate::domain::trouble::Trouble;

use super::NO_PASSWORD;
use super::endpoint::{Given, fingerprint, given, with_security};

/// Names and what to read.
#[derive(Debug, Args)]
pub struct PersonalArgs {
    /// The short name shown in lists [default: the part before the @]
    #[arg(long)]
    name: Option<String>,
    /// The name customers see, such as "Acme Support"
    #[arg(long)]
    display_name: Option<String>,
    /// How far back the first fetch goes
    #[arg(long, value_enum)]
    since: Option<Since>,
    /// Read this folder (repeatable), or with NAME/** its subfolders too [default: INBOX and the Sent folder]
    #[arg(long = "folder", value_name = "NAME")]
    folders: Vec<String>,
    /// Read all folders but junk, drafts and trash
    #[arg(long, conflicts_with = "folders")]
    all_folders: bool,
    /// How often to look besides being told by the server
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(10..=86_400))]
    poll: Option<u32>,
    /// Fetch only when asked, by `sync --once` or in the desk
    #[arg(long)]
    by_hand: bool,
    /// Fetch by itself again
    #[arg(long, conflicts_with = "by_hand")]
    automatically: bool,
}

/// Where mail comes from and goes to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Servers (found by the address where they are not given)")]
pub struct ServerArgs {
    /// The IMAP server
    #[arg(long, value_name = "HOST:PORT", value_parser = given)]
    imap: Option<Given>,
    /// How the IMAP connection is protected
    #[arg(
        long,
        value_enum,
        value_name = "tls|starttls|none",
        hide_possible_values = true
    )]
    imap_security: Option<SecurityArg>,
    /// Read a local Maildir instead
    #[arg(long, value_name = "DIR", conflicts_with_all = ["imap", "imap_security"])]
    maildir: Option<PathBuf>,
    /// The SMTP server
    #[arg(long, value_name = "HOST:PORT", value_parser = given)]
    smtp: Option<Given>,
    /// How the SMTP connection is protected
    #[arg(
        long,
        value_enum,
        value_name = "tls|starttls|none",
        hide_possible_values = true
    )]
    smtp_security: Option<SecurityArg>,
    /// Send through this program, which takes recipients as arguments and the mail on stdin
    #[arg(long, value_name = "PROGRAM", conflicts_with_all = ["smtp", "smtp_security", "outgoing_folder", "no_outgoing"])]
    sendmail: Option<PathBuf>,
    /// Write answers as files into this directory; nothing leaves the machine
    #[arg(long, value_name = "DIR", conflicts_with_all = ["smtp", "smtp_security", "no_outgoing"])]
    outgoing_folder: Option<PathBuf>,
    /// Answers cannot be sent from this mailbox
    #[arg(long, conflicts_with_all = ["smtp", "smtp_security"])]
    no_outgoing: bool,
    /// The name that the servers know you by [default: the address]
    #[arg(long)]
    login: Option<String>,
    /// Trust the authorities in this PEM file too
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Trust the one certificate with this SHA-256 fingerprint
    #[arg(long, value_name = "HEX", value_parser = fingerprint)]
    fingerprint: Option<String>,
}

/// Where the password comes from. It is never an argument: arguments can be seen by every user of the machine.
#[derive(Debug, Args)]
#[command(next_help_heading = "Password (asked for where none of these is given)")]
#[group(multiple = false)]
pub struct PasswordArgs {
    /// Take the first line that this command prints, such as "pass show mail/support"
    #[arg(long, value_name = "CMD")]
    pub password_command: Option<String>,
    /// Read one line from stdin and keep it in the secrets file
    #[arg(long)]
    pub password_stdin: bool,
    /// Sign in with OAuth2 at google, microsoft, or a provider of config.toml
    #[arg(long, value_name = "PROVIDER")]
    pub oauth: Option<String>,
    /// Take an OAuth2 access token from the first line that this command prints, such as "mutt_oauth2.py FILE"
    #[arg(long, value_name = "CMD")]
    pub token_command: Option<String>,
    /// Ask at every start of the desk and keep it nowhere
    #[arg(long)]
    pub password_ask: bool,
    /// The servers want no password
    #[arg(long)]
    pub no_password: bool,
}

/// Rules of the mailbox.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
pub struct PolicyArgs {
    /// What a reply to a closed ticket does: reopen, new, refuse, or reopen within this many days
    #[arg(long, value_name = "reopen|new|refuse|DAYS", value_parser = closed_reply)]
    closed_reply: Option<ClosedReply>,
    /// How long an answer can be taken back
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(0..=3600))]
    undo_window: Option<u32>,
    /// A new ticket wants its first reply within this many minutes; 0 sets no clock
    #[arg(long, value_name = "MINUTES")]
    first_reply: Option<u32>,
    /// Put all mail of one customer into one ticket
    #[arg(long, value_name = "yes|no", value_parser = clap::builder::BoolishValueParser::new())]
    one_conversation: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SecurityArg {
    Tls,
    Starttls,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Since {
    #[value(name = "1d")]
    Day,
    #[value(name = "1w")]
    Week,
    #[value(name = "1m")]
    Month,
    #[value(name = "3m")]
    ThreeMonths,
    #[value(name = "1y")]
    Year,
    #[value(name = "all")]
    All,
}

impl From<SecurityArg> for Security {
    fn from(given: SecurityArg) -> Self {
        match given {
            SecurityArg::Tls => Self::Tls,
            SecurityArg::Starttls => Self::Starttls,
            SecurityArg::None => Self::None,
        }
    }
}

impl From<Since> for FirstSync {
    fn from(given: Since) -> Self {
        match given {
            Since::Day => Self::Day,
            Since::Week => Self::Week,
            Since::Month => Self::Month,
            Since::ThreeMonths => Self::ThreeMonths,
            Since::Year => Self::Year,
            Since::All => Self::All,
        }
    }
}

pub fn security_word(security: Security) -> &'static str {
    match security {
        Security::Tls => "tls",
        Security::Starttls => "starttls",
        Security::None => "unprotected",
    }
}

fn closed_reply(word: &str) -> Result<ClosedReply, String> {
    match word {
        "reopen" => Ok(ClosedReply::Reopen),
        "new" => Ok(ClosedReply::NewLinkedTicket),
        "refuse" => Ok(ClosedReply::Refuse),
        days => days
            .parse()
            .map(ClosedReply::ReopenWithinDays)
            .map_err(|_| "must be reopen, new, refuse, or a number of days".into()),
    }
}

/// Settings that say nothing but the address.
pub fn bare_settings(address: &str) -> MailboxSettings {
    let nowhere = Incoming::Maildir(PathBuf::new());
    MailboxSettings::new(address, nowhere, Outgoing::Off, NO_PASSWORD)
}

impl ServerArgs {
    /// Whether nothing is left to be found by the address.
    pub fn names_everything(&self) -> bool {
        let incoming = self.imap.is_some() || self.maildir.is_some();
        let outgoing = self.smtp.is_some()
            || self.sendmail.is_some()
            || self.outgoing_folder.is_some()
            || self.no_outgoing;
        incoming && outgoing
    }

    /// A password may not go to servers that nobody vouches for and that were not named by the person who types it.
    pub fn vouched(&self, detected: &Detected) -> Result<(), Trouble> {
        if detected.is_certain {
            return Ok(());
        }
        let server = |at: &Endpoint| Clean::line(&format!("{}:{}", at.host, at.port));
        let mut named = String::new();
        if let Incoming::Imap(at) = &detected.settings.incoming {
            named = format!("--imap {}", server(at));
        }
        if let Outgoing::Smtp(at) = &detected.settings.outgoing {
            named = format!("{named} --smtp {}", server(at));
        }
        let words = "nobody vouches for the servers that were found, so the password waits";
        Err(Trouble::operator(words).hint(format!(
            "look at their names; if they are right, say so with {named}, else choose with --provider"
        )))
    }

    pub fn apply(&self, settings: &mut MailboxSettings) {
        if let Some(path) = &self.maildir {
            settings.incoming = Incoming::Maildir(absolute(path));
        } else if let Some(given) = &self.imap {
            let now = match &settings.incoming {
                Incoming::Imap(at) => Some(at),
                _ => None,
            };
            settings.incoming =
                Incoming::Imap(given.endpoint(self.imap_security, Service::Imap, now));
        } else if let (Some(security), Incoming::Imap(at)) =
            (self.imap_security, &mut settings.incoming)
        {
            *at = with_security(at, security, Service::Imap);
        }
        if let Some(program) = &self.sendmail {
            settings.outgoing = Outgoing::Sendmail(absolute(program));
        } else if let Some(folder) = &self.outgoing_folder {
            settings.outgoing = Outgoing::Folder(absolute(folder));
        } else if self.no_outgoing {
            settings.outgoing = Outgoing::Off;
        } else if let Some(given) = &self.smtp {
            let now = match &settings.outgoing {
                Outgoing::Smtp(at) => Some(at),
                _ => None,
            };
            settings.outgoing =
                Outgoing::Smtp(given.endpoint(self.smtp_security, Service::Submission, now));
        } else if let (Some(security), Outgoing::Smtp(at)) =
            (self.smtp_security, &mut settings.outgoing)
        {
            *at = with_security(at, security, Service::Submission);
        }
        if let Some(login) = &self.login {
            settings.login.clone_from(login);
        }
        if let Some(file) = &self.ca_file {
            settings.trust.ca_file = Some(absolute(file));
        }
        if let Some(given) = &self.fingerprint {
            settings.trust.fingerprint = Some(given.clone());
        }
    }
}

impl PersonalArgs {
    pub fn apply(&self, settings: &mut MailboxSettings) -> Result<(), Trouble> {
        if let Some(name) = &self.name {
            let length = name.chars().count();
            if name.trim().is_empty() || length > 40 || name.chars().any(char::is_control) {
                return Err(Trouble::operator(
                    "the name of a mailbox has 1 to 40 characters and no control characters",
                ));
            }
            settings.name.clone_from(name);
        }
        if let Some(name) = &self.display_name {
            settings.display_name.clone_from(name);
        }
        if let Some(since) = self.since {
            settings.first_sync = since.into();
        }
        if self.all_folders {
            settings.folders = FolderChoice::All;
        } else if !self.folders.is_empty() {
            settings.folders = FolderChoice::Chosen(
                self.folders
                    .iter()
                    .map(|typed| ChosenFolder::read(typed))
                    .collect(),
            );
        }
        if let Some(seconds) = self.poll {
            settings.poll_seconds = seconds;
        }
        if self.by_hand {
            settings.watch.download = Download::ByHand;
        } else if self.automatically {
            settings.watch.download = Download::Automatic;
        }
        Ok(())
    }
}

impl PolicyArgs {
    pub fn apply(&self, settings: &mut MailboxSettings) {
        let policy = &mut settings.policy;
        if let Some(closed_reply) = self.closed_reply {
            policy.closed_reply = closed_reply;
        }
        if let Some(seconds) = self.undo_window {
            policy.undo_window_seconds = seconds;
        }
        if let Some(minutes) = self.first_reply {
            policy.first_reply_minutes = (minutes > 0).then_some(minutes);
        }
        if let Some(one) = self.one_conversation {
            policy.one_conversation_per_customer = one;
        }
    }
}

impl PasswordArgs {
    /// Where the password shall come from, if that was said.
    pub fn source(&self) -> Option<SecretSource> {
        if let Some(provider) = &self.oauth {
            return Some(SecretSource::Oauth(provider.clone()));
        }
        if let Some(command) = &self.token_command {
            return Some(SecretSource::TokenCommand(command.clone()));
        }
        match (
            &self.password_command,
            self.password_stdin,
            self.password_ask,
            self.no_password,
        ) {
            (Some(command), ..) => Some(SecretSource::Command(command.clone())),
            (None, true, ..) => Some(SecretSource::File),
            (None, false, true, _) => Some(SecretSource::Ask),
            (None, false, false, true) => Some(NO_PASSWORD),
            (None, false, false, false) => None,
        }
    }
}
