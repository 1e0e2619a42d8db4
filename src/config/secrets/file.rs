//! The secrets file: one line a mailbox, readable by its owner only.
//!
//! It is replaced whole, so that a crash leaves the old one or the new one. A file that others may read is not
//! used at all: whoever could read it has the passwords already, and the owner should know.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use crate::crash_point;
use crate::domain::ids::MailboxId;
use crate::domain::trouble::Trouble;

/// How long another process may hold the file while it replaces it.
const LOCK_DEADLINE: Duration = Duration::from_secs(5);
/// How long another process may hold a secret while it is renewed at its provider.
const RENEWAL_DEADLINE: Duration = Duration::from_secs(60);
/// More than this is not a secrets file of ours.
const LARGEST_FILE_BYTES: u64 = 1024 * 1024;

/// Which of a mailbox's secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretOf {
    pub mailbox: MailboxId,
    /// The one that signs in for sending, where that has a sign-in of its own.
    pub sends: bool,
}

impl SecretOf {
    pub fn fetching(mailbox: MailboxId) -> Self {
        Self {
            mailbox,
            sends: false,
        }
    }

    pub fn sending(mailbox: MailboxId) -> Self {
        Self {
            mailbox,
            sends: true,
        }
    }

    fn key(self) -> String {
        match self.sends {
            true => format!("{}:sending", self.mailbox),
            false => self.mailbox.to_string(),
        }
    }
}

impl From<MailboxId> for SecretOf {
    fn from(mailbox: MailboxId) -> Self {
        Self::fetching(mailbox)
    }
}

/// Secrets by mailbox number. Holds only the path; the secrets are read when they are asked for.
#[derive(Debug)]
pub struct SecretFile {
    path: PathBuf,
}

type Kept = BTreeMap<String, String>;

impl SecretFile {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// # Errors
    /// When the file is readable by others, or cannot be read or understood.
    pub fn get(&self, of: SecretOf) -> Result<Option<SecretString>, Trouble> {
        Ok(self.read()?.remove(&of.key()).map(SecretString::from))
    }

    /// # Errors
    /// As [`SecretFile::get`], and when the file cannot be replaced.
    pub fn put(&self, of: SecretOf, secret: &SecretString) -> Result<(), Trouble> {
        self.change(|kept| {
            kept.insert(of.key(), secret.expose_secret().to_owned());
        })
    }

    /// # Errors
    /// As [`SecretFile::put`].
    pub fn forget(&self, mailbox: MailboxId) -> Result<(), Trouble> {
        let keys = [SecretOf::fetching(mailbox), SecretOf::sending(mailbox)].map(SecretOf::key);
        let kept = self.read()?;
        if !keys.iter().any(|key| kept.contains_key(key)) {
            return Ok(());
        }
        self.change(|kept| {
            for key in &keys {
                kept.remove(key);
            }
        })
    }

    fn change(&self, work: impl FnOnce(&mut Kept)) -> Result<(), Trouble> {
        let directory = self.path.parent().unwrap_or(Path::new("."));
        super::super::paths::make_private_directory(directory)?;
        let _lock = self.lock(&directory.join("secrets.lock"), LOCK_DEADLINE)?;
        let mut kept = self.read()?;
        work(&mut kept);
        self.replace(directory, &kept)
    }

    /// Keeps two programs from renewing one secret at the same time, until the value is dropped.
    ///
    /// # Errors
    /// Another one has held it for longer than renewing may take.
    pub fn hold(&self, of: SecretOf) -> Result<File, Trouble> {
        let directory = self.path.parent().unwrap_or(Path::new("."));
        super::super::paths::make_private_directory(directory)?;
        let name = format!("secrets.{}.lock", of.key().replace(':', "-"));
        self.lock(&directory.join(name), RENEWAL_DEADLINE)
    }

    /// Keeps two programs from replacing each other's change.
    fn lock(&self, path: &Path, deadline: Duration) -> Result<File, Trouble> {
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(|cause| self.failed("locked", &cause))?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(fs::TryLockError::WouldBlock) if started.elapsed() < deadline => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(fs::TryLockError::WouldBlock) => {
                    return Err(Trouble::operator(format!(
                        "another program has held {} for {} seconds",
                        path.display(),
                        deadline.as_secs()
                    ))
                    .hint("end the other ticketty and try again"));
                }
                Err(fs::TryLockError::Error(cause)) => return Err(self.failed("locked", &cause)),
            }
        }
    }

    fn read(&self) -> Result<Kept, Trouble> {
        let flags = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
        let file = match OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(&self.path)
        {
            Ok(file) => file,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Kept::new()),
            Err(cause) => return Err(self.failed("read", &cause)),
        };
        self.check_owner_and_mode(&file)?;
        let mut text = String::new();
        file.take(LARGEST_FILE_BYTES)
            .read_to_string(&mut text)
            .map_err(|cause| self.failed("read", &cause))?;
        // The parser's own message quotes the line, and the line is a password.
        toml::from_str(&text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| text.get(..span.start).unwrap_or_default().lines().count().max(1));
            Trouble::operator(format!(
                "the secrets file {} cannot be understood near line {line}",
                self.path.display()
            ))
            .hint("mend that line (NUMBER = \"password\"), or delete the file and enter the passwords again")
        })
    }

    fn check_owner_and_mode(&self, file: &File) -> Result<(), Trouble> {
        let metadata = file
            .metadata()
            .map_err(|cause| self.failed("read", &cause))?;
        let mode = metadata.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(Trouble::operator(format!(
                "the secrets file {} can be read by others (mode {mode:04o})",
                self.path.display()
            ))
            .hint(format!("run: chmod 600 {}", quoted(&self.path))));
        }
        let me = rustix::process::geteuid().as_raw();
        if metadata.uid() != me {
            return Err(Trouble::operator(format!(
                "the secrets file {} belongs to another user (uid {})",
                self.path.display(),
                metadata.uid()
            ))
            .hint(format!("run: chown {me} {}", quoted(&self.path))));
        }
        Ok(())
    }

    fn replace(&self, directory: &Path, kept: &Kept) -> Result<(), Trouble> {
        let text = toml::to_string(kept)
            .map_err(|_| Trouble::bug("the secrets file could not be written as TOML"))?;
        // Temporary files are made with mode 0600.
        let mut file = tempfile::NamedTempFile::new_in(directory)
            .map_err(|cause| self.failed("written", &cause))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .map_err(|cause| self.failed("written", &cause))?;
        crash_point::pass("before the secrets get their name");
        file.persist(&self.path)
            .map_err(|cause| self.failed("written", &cause.error))?;
        crash_point::pass("after the secrets got their name");
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(|cause| self.failed("written", &cause))
    }

    fn failed(&self, done: &str, cause: &std::io::Error) -> Trouble {
        Trouble::operator(format!(
            "the secrets file {} could not be {done}",
            self.path.display()
        ))
        .because(cause)
    }
}

/// A path as a shell takes it, for hints that people copy.
fn quoted(path: &Path) -> String {
    shell_words::quote(&path.to_string_lossy()).into_owned()
}
