//! Where passwords come from, and the only place that keeps them.
//!
//! A secret is never in the store, the configuration, the log, an argument, the environment or an error. It is in
//! a file of mode 0600, in what another program prints, or in memory for as long as the program runs.

mod command;
mod file;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};

use crate::domain::ids::MailboxId;
use crate::domain::mailbox::SecretSource;
use crate::domain::trouble::Trouble;

pub use file::{SecretFile, SecretOf};

/// Gives out and keeps the secrets of mailboxes. Calls may block for as long as a password command may run
/// ([`command::DEADLINE`]); make them on a thread that may wait.
pub trait SecretKeeper: Send + Sync {
    /// The secret of a mailbox: a password, an access token, or the kept tokens as text.
    ///
    /// # Errors
    /// Whose move it is to provide one: a missing password is the operator's.
    fn get(&self, of: SecretOf, source: &SecretSource) -> Result<SecretString, Trouble>;

    /// Keeps a secret where `source` says; it is on the disk when this returns.
    ///
    /// # Errors
    /// When the source is not a place that keeps secrets, or cannot be written.
    fn put(
        &self,
        of: SecretOf,
        source: &SecretSource,
        secret: &SecretString,
    ) -> Result<(), Trouble>;

    /// Forgets what was kept for a mailbox, everywhere. Nothing to forget is not an error.
    ///
    /// # Errors
    /// When the secrets file cannot be written.
    fn forget(&self, mailbox: MailboxId) -> Result<(), Trouble>;

    /// Waits until nobody else renews this secret, in any process; nobody does until the answer is dropped.
    ///
    /// # Errors
    /// Somebody has held it for too long.
    fn hold(&self, of: SecretOf) -> Result<Box<dyn Send>, Trouble>;
}

/// The first line that a command of the configuration prints, such as a client secret.
///
/// # Errors
/// As for a password command.
pub fn first_line_of(command: &str) -> Result<SecretString, Trouble> {
    command::run(command, command::DEADLINE)
}

/// The keeper of one installation: its file, its commands, and what was typed in this run.
#[derive(Debug)]
pub struct Secrets {
    file: SecretFile,
    typed: Mutex<BTreeMap<SecretOf, SecretString>>,
}

impl Secrets {
    /// `file` need not exist; it is made when the first password is kept.
    pub fn new(file: PathBuf) -> Self {
        Self {
            file: SecretFile::new(file),
            typed: Mutex::new(BTreeMap::new()),
        }
    }

    fn typed(&self) -> std::sync::MutexGuard<'_, BTreeMap<SecretOf, SecretString>> {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretKeeper for Secrets {
    fn get(&self, of: SecretOf, source: &SecretSource) -> Result<SecretString, Trouble> {
        match source {
            SecretSource::Command(command) => command::run(command, command::DEADLINE),
            SecretSource::TokenCommand(command) => {
                command::run(command, command::DEADLINE).map_err(|trouble| Trouble {
                    what: trouble.what.replace("password command", "token command"),
                    ..trouble
                })
            }
            SecretSource::File if of.sends => self.file.get(of)?.ok_or_else(|| {
                Trouble::operator("no password for sending is kept for this mailbox yet")
                    .hint("type it in the mailbox's settings and save; it can be tried after that")
            }),
            SecretSource::File => self.file.get(of)?.ok_or_else(|| {
                Trouble::operator("no password is kept for this mailbox")
                    .hint("enter it in the mailbox's settings, or run `ticketty mailbox set NAME --password-stdin`")
            }),
            SecretSource::Oauth(provider) => self.file.get(of)?.ok_or_else(|| {
                Trouble::operator("nobody has signed in to this mailbox yet")
                    .hint(format!("sign in in the mailbox's settings, or run `ticketty mailbox sign-in NAME --provider {provider}`"))
            }),
            SecretSource::Ask => self.typed().get(&of).cloned().ok_or_else(|| {
                Trouble::operator("the password of this mailbox is asked for at every start")
                    .hint("enter it in the mailbox's settings")
            }),
            SecretSource::None => Err(Trouble::operator(
                "this mailbox has no password, but its server asks for one",
            )
            .hint("choose where the password comes from in the mailbox's settings")),
        }
    }

    fn put(
        &self,
        of: SecretOf,
        source: &SecretSource,
        secret: &SecretString,
    ) -> Result<(), Trouble> {
        if secret.expose_secret().is_empty() {
            return Err(Trouble::operator("an empty password cannot be kept")
                .hint("type the password again"));
        }
        match source {
            SecretSource::File | SecretSource::Oauth(_) => self.file.put(of, secret),
            SecretSource::Ask => {
                self.typed().insert(of, secret.clone());
                Ok(())
            }
            SecretSource::Command(_) | SecretSource::TokenCommand(_) => Err(Trouble::operator(
                "the password of this mailbox comes from a command and cannot be kept here",
            )
            .hint("change it where the command takes it from")),
            SecretSource::None => Err(Trouble::operator("this mailbox needs no password")),
        }
    }

    fn forget(&self, mailbox: MailboxId) -> Result<(), Trouble> {
        self.typed().retain(|of, _| of.mailbox != mailbox);
        self.file.forget(mailbox)
    }

    fn hold(&self, of: SecretOf) -> Result<Box<dyn Send>, Trouble> {
        Ok(Box::new(self.file.hold(of)?))
    }
}
