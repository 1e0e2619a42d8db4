//! A Maildir (and its Maildir++ subfolders) as a source of mail, read and never changed.
//!
//! A mail is known by its unique name, the part before `:2,`; flags and the move from `new` to `cur` do not change
//! it. Listing must not miss a mail that another program moves or flags meanwhile, so a listing during which a
//! directory changed is made again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::domain::trouble::Trouble;

/// How often a listing is made again because something moved; after that the union of what was seen counts.
const LISTINGS: usize = 5;
/// A directory whose time is this fresh may have changed again without its time showing it.
const CLOCK_STEP_SECONDS: u64 = 2;

/// An opened Maildir.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maildir {
    root: PathBuf,
}

/// A folder: INBOX is the Maildir itself, the others are its Maildir++ subfolders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaildirFolder {
    /// Decoded, with `/` between levels: "INBOX", "Sent", "Clients/Acme".
    pub name: String,
    path: PathBuf,
}

/// One mail of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaildirEntry {
    /// Stable: does not change when the mail is read, flagged, or moved from `new` to `cur`.
    pub unique: String,
    pub path: PathBuf,
    /// In bytes.
    pub size: u64,
    pub modified: Timestamp,
    pub seen: bool,
}

/// What a folder looked like, to see cheaply whether it has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderStamp {
    times: [SystemTime; 2],
    names: [u8; 32],
    /// The times were old enough to be trusted when the stamp was made.
    settled: bool,
}

impl Maildir {
    /// # Errors
    /// The path is not a Maildir, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        for part in ["cur", "new"] {
            let folder = path.join(part);
            let about = fs::metadata(&folder).map_err(|error| no_maildir(path).because(error))?;
            if !about.is_dir() {
                return Err(
                    no_maildir(path).because(format!("{} is no directory", folder.display()))
                );
            }
        }
        Ok(Self {
            root: path.to_owned(),
        })
    }

    /// INBOX first, then the subfolders by name.
    ///
    /// # Errors
    /// The Maildir cannot be read.
    pub fn folders(&self) -> Result<Vec<MaildirFolder>, Trouble> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(|error| unreadable(&self.root, &error))? {
            let entry = entry.map_err(|error| unreadable(&self.root, &error))?;
            let file_name = entry.file_name();
            let Some(name) = file_name.to_str().and_then(|name| name.strip_prefix('.')) else {
                continue;
            };
            let path = entry.path();
            if !name.is_empty() && name != "." && path.join("cur").is_dir() {
                found.push(MaildirFolder {
                    name: decoded_name(name),
                    path,
                });
            }
        }
        found.sort();
        found.insert(
            0,
            MaildirFolder {
                name: "INBOX".to_owned(),
                path: self.root.clone(),
            },
        );
        Ok(found)
    }

    /// All mails of a folder, by unique name.
    ///
    /// # Errors
    /// The folder cannot be read. A mail that vanishes meanwhile is no error.
    pub fn list(&self, folder: &MaildirFolder) -> Result<Vec<MaildirEntry>, Trouble> {
        let mut seen = BTreeMap::new();
        for _ in 0..LISTINGS {
            let before = folder.times()?;
            // `new` first: a mail that moves to `cur` in between is then seen twice rather than never.
            for part in ["new", "cur"] {
                read_part(&folder.path.join(part), &mut seen)?;
            }
            if folder.times()? == before {
                break;
            }
        }
        Ok(seen.into_values().collect())
    }

    /// The raw bytes of a mail, wherever in its folder it has moved since it was listed.
    ///
    /// # Errors
    /// The mail is gone, or cannot be read.
    pub fn read(&self, entry: &MaildirEntry) -> Result<Vec<u8>, Trouble> {
        self.read_start(entry, u64::MAX)
    }

    /// At most so many bytes from the start of a mail: for mails too large to take whole.
    ///
    /// # Errors
    /// As [`Maildir::read`].
    pub fn read_start(&self, entry: &MaildirEntry, at_most: u64) -> Result<Vec<u8>, Trouble> {
        let file = match File::open(&entry.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let moved = find_again(entry).ok_or_else(|| unreadable(&entry.path, &error))?;
                File::open(&moved)
            }
            other => other,
        };
        let file = file.map_err(|error| unreadable(&entry.path, &error))?;
        let mut raw = Vec::new();
        file.take(at_most)
            .read_to_end(&mut raw)
            .map_err(|error| unreadable(&entry.path, &error))?;
        Ok(raw)
    }

    /// What the folder looks like now. Make it before listing, so that nothing falls in between.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn stamp(&self, folder: &MaildirFolder) -> Result<FolderStamp, Trouble> {
        let times = folder.times()?;
        let names = folder.names_hash()?;
        let now = SystemTime::now();
        let settled = times.iter().all(|time| {
            now.duration_since(*time)
                .is_ok_and(|age| age.as_secs() >= CLOCK_STEP_SECONDS)
        });
        Ok(FolderStamp {
            times,
            names,
            settled,
        })
    }

    /// Whether mails came, went, moved or were flagged since the stamp. Two `stat` calls when nothing happened.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn changed(&self, folder: &MaildirFolder, since: &FolderStamp) -> Result<bool, Trouble> {
        if since.settled && folder.times()? == since.times {
            return Ok(false);
        }
        Ok(folder.names_hash()? != since.names)
    }
}

impl MaildirFolder {
    fn times(&self) -> Result<[SystemTime; 2], Trouble> {
        let time = |part: &str| {
            let path = self.path.join(part);
            fs::metadata(&path)
                .and_then(|about| about.modified())
                .map_err(|error| unreadable(&path, &error))
        };
        Ok([time("new")?, time("cur")?])
    }

    fn names_hash(&self) -> Result<[u8; 32], Trouble> {
        let mut names = Vec::new();
        for part in ["new", "cur"] {
            let path = self.path.join(part);
            for entry in fs::read_dir(&path).map_err(|error| unreadable(&path, &error))? {
                let entry = entry.map_err(|error| unreadable(&path, &error))?;
                names.push((part, entry.file_name()));
            }
        }
        names.sort();
        let mut hash = Sha256::new();
        for (part, name) in &names {
            hash.update(part.as_bytes());
            hash.update(name.as_encoded_bytes());
            hash.update([0]);
        }
        Ok(hash.finalize().into())
    }
}

/// Adds the mails of `new` or `cur`; later findings of the same mail replace earlier ones.
fn read_part(path: &Path, seen: &mut BTreeMap<String, MaildirEntry>) -> Result<(), Trouble> {
    for entry in fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
        let entry = entry.map_err(|error| unreadable(path, &error))?;
        let file_name = entry.file_name().to_string_lossy().into_owned();
        if file_name.starts_with('.') {
            continue;
        }
        // `DirEntry::metadata` follows no link. Gone in between: its new name is found by the next listing.
        let about = match entry.metadata() {
            Ok(about) => about,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(unreadable(&entry.path(), &error)),
        };
        if !about.is_file() {
            continue;
        }
        let (unique, flags) = split_name(&file_name);
        let modified = about
            .modified()
            .ok()
            .and_then(|time| Timestamp::try_from(time).ok());
        let found = MaildirEntry {
            unique: unique.to_owned(),
            path: entry.path(),
            size: about.len(),
            modified: modified.unwrap_or(Timestamp::UNIX_EPOCH),
            seen: flags.contains('S'),
        };
        seen.insert(found.unique.clone(), found);
    }
    Ok(())
}

/// Unique name and flags: `1700000000.M1P2.host,S=42:2,RS` is `1700000000.M1P2.host,S=42` and `RS`.
fn split_name(file_name: &str) -> (&str, &str) {
    match file_name.split_once(':') {
        Some((unique, info)) => (unique, info.strip_prefix("2,").unwrap_or("")),
        None => (file_name, ""),
    }
}

/// The mail under its new name: it was flagged, or moved from `new` to `cur`.
fn find_again(entry: &MaildirEntry) -> Option<PathBuf> {
    let folder = entry.path.parent()?.parent()?;
    ["cur", "new"].iter().find_map(|part| {
        let names = fs::read_dir(folder.join(part)).ok()?;
        names.flatten().map(|found| found.path()).find(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| split_name(name).0 == entry.unique)
        })
    })
}

/// Maildir++ writes levels with dots and letters beyond ASCII in modified UTF-7 (RFC 3501 §5.1.3).
fn decoded_name(on_disk: &str) -> String {
    let levels: Vec<String> = on_disk
        .split('.')
        .map(|level| decode_utf7(level).unwrap_or_else(|| level.to_owned()))
        .collect();
    levels.join("/")
}

fn decode_utf7(encoded: &str) -> Option<String> {
    let engine = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);
    let mut decoded = String::new();
    let mut rest = encoded;
    while let Some((plain, shifted)) = rest.split_once('&') {
        decoded.push_str(plain);
        let (letters, after) = shifted.split_once('-')?;
        if letters.is_empty() {
            decoded.push('&');
        } else {
            let bytes = engine.decode(letters).ok()?;
            let units = bytes.chunks(2).map(|pair| match pair {
                [high, low] => Some(u16::from_be_bytes([*high, *low])),
                _ => None,
            });
            let units: Vec<u16> = units.collect::<Option<_>>()?;
            decoded.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = after;
    }
    decoded.push_str(rest);
    Some(decoded)
}

fn no_maildir(path: &Path) -> Trouble {
    Trouble::operator(format!("{} is not a Maildir", path.display()))
        .hint("a Maildir is a directory with the directories cur, new and tmp in it")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::operator(format!("{} cannot be read", path.display())).because(error)
}

#[cfg(test)]
mod tests;
