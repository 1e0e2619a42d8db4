//! Moving mail in: a single mail, an mbox, a Maildir, or a folder of `.eml` files.
//!
//! Files are read on a thread that may wait, a batch ahead of what is being stored, so a large archive needs little
//! memory. Importing twice stores nothing twice: the content decides.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::super::core::{Engine, blocking};
use super::super::ingest::Arrived;
use super::super::mailboxes;
use super::line_ends;
use super::mbox::{Entry, Mbox};
use crate::bridge::CareReport;
use crate::domain::ids::{ContentHash, MailboxId};
use crate::domain::trouble::Trouble;
use crate::mail::maildir::Maildir;
use crate::store::ledger::FolderRole;
use crate::store::{self, Store};

const MAILS_A_BATCH: usize = 100;
const BYTES_A_BATCH: usize = 8 << 20;
/// Read ahead of what is being stored.
const BATCHES_AHEAD: usize = 1;

pub(super) async fn import(
    engine: &Arc<Engine>,
    path: PathBuf,
    mailbox: MailboxId,
) -> Result<CareReport, Trouble> {
    mailboxes::known(engine, mailbox).await?;
    let (out, mut batches) = mpsc::channel(BATCHES_AHEAD);
    let most_bytes = usize::try_from(engine.settings.max_message_bytes).unwrap_or(usize::MAX);
    let store = Arc::clone(&engine.store);
    let reading = tokio::spawn(blocking(move || {
        let mut tray = Tray::new(mailbox, most_bytes, out, store);
        tray.read(&path)?;
        tray.hand_over()?;
        Ok(tray.too_large)
    }));
    let (mut stored, mut already_there, mut unreadable) = (0, 0, 0);
    while let Some(batch) = batches.recv().await {
        let workers = Arc::clone(&engine.workers);
        let ingested = workers.ingest(Arc::clone(engine), batch).await?;
        stored += ingested.stored;
        already_there += ingested.same_content;
        unreadable += ingested.unparsed;
    }
    let too_large = reading
        .await
        .map_err(|_| Trouble::bug("reading the files broke off"))??;
    Ok(CareReport::Imported {
        stored,
        already_there,
        unreadable: unreadable + too_large,
    })
}

/// Gathers mails until a batch is full.
struct Tray {
    mailbox: MailboxId,
    most_bytes: usize,
    out: mpsc::Sender<Vec<Arrived>>,
    /// Asked which forms of a mail are known already.
    store: Arc<dyn Store>,
    mails: Vec<Arrived>,
    bytes: usize,
    too_large: u64,
}

impl Tray {
    fn new(
        mailbox: MailboxId,
        most_bytes: usize,
        out: mpsc::Sender<Vec<Arrived>>,
        store: Arc<dyn Store>,
    ) -> Self {
        Self {
            mailbox,
            most_bytes,
            out,
            store,
            mails: Vec::new(),
            bytes: 0,
            too_large: 0,
        }
    }

    fn read(&mut self, path: &Path) -> Result<(), Trouble> {
        let kind = std::fs::metadata(path).map_err(|cause| unreadable(path, cause))?;
        if kind.is_dir() {
            if path.join("cur").is_dir() && path.join("new").is_dir() {
                return self.read_maildir(path);
            }
            return self.read_folder(path);
        }
        if !kind.is_file() {
            // A pipe nobody writes into would be waited for without end.
            return Err(Trouble::operator(format!(
                "{} is neither a file nor a directory",
                path.display()
            ))
            .hint("name an .eml file, an mbox, a Maildir, or a folder of .eml files"));
        }
        if kind.len() == 0 {
            return Err(Trouble::operator(format!(
                "there is no mail in {}: it is empty",
                path.display()
            )));
        }
        let mut start = [0_u8; 5];
        let mut file = File::open(path).map_err(|cause| unreadable(path, cause))?;
        let got = file
            .read(&mut start)
            .map_err(|cause| unreadable(path, cause))?;
        if start.get(..got) == Some(b"From ".as_slice()) {
            return self.read_mbox(path);
        }
        self.read_eml(path)
    }

    fn read_maildir(&mut self, path: &Path) -> Result<(), Trouble> {
        let maildir = Maildir::open(path)?;
        for folder in maildir.folders()? {
            let role = role(&folder.name);
            if role == FolderRole::Drafts {
                continue;
            }
            for entry in maildir.list(&folder)? {
                if entry.size > self.most_bytes as u64 {
                    self.too_large += 1;
                    continue;
                }
                let raw = maildir.read(&entry)?;
                self.put(role, Some(entry.modified), raw)?;
            }
        }
        Ok(())
    }

    /// Every `.eml` file of a folder, by name.
    fn read_folder(&mut self, path: &Path) -> Result<(), Trouble> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(path)
            .map_err(|cause| unreadable(path, cause))?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|file| {
                file.extension()
                    .is_some_and(|ending| ending.eq_ignore_ascii_case("eml"))
            })
            .collect();
        files.sort();
        if files.is_empty() {
            return Err(
                Trouble::operator(format!("there is no mail in {}", path.display()))
                    .hint("name an .eml file, an mbox, a Maildir, or a folder of .eml files"),
            );
        }
        files.iter().try_for_each(|file| self.read_eml(file))
    }

    fn read_mbox(&mut self, path: &Path) -> Result<(), Trouble> {
        let file = File::open(path).map_err(|cause| unreadable(path, cause))?;
        let mut mbox = Mbox::new(BufReader::new(file), self.most_bytes);
        while let Some(entry) = mbox.next_mail().map_err(|cause| unreadable(path, cause))? {
            match entry {
                Entry::Mail(raw) => self.put_file(raw)?,
                Entry::TooLarge(_) => self.too_large += 1,
            }
        }
        Ok(())
    }

    fn read_eml(&mut self, path: &Path) -> Result<(), Trouble> {
        let file = File::open(path).map_err(|cause| unreadable(path, cause))?;
        let mut raw = Vec::new();
        file.take((self.most_bytes as u64).saturating_add(1))
            .read_to_end(&mut raw)
            .map_err(|cause| unreadable(path, cause))?;
        if raw.len() > self.most_bytes {
            self.too_large += 1;
            return Ok(());
        }
        self.put_file(raw)
    }

    /// A mail whose line ends a file may have changed: it comes in as it travelled, unless another form is known.
    fn put_file(&mut self, raw: Vec<u8>) -> Result<(), Trouble> {
        let raw = store::read(self.store.as_ref(), |snapshot| {
            line_ends::as_known(&raw, |form| {
                let content = ContentHash(Sha256::digest(form).into());
                Ok(snapshot.message_of_content(&content)?.is_some())
            })
        })?;
        self.put(FolderRole::Inbox, None, raw)
    }

    fn put(
        &mut self,
        role: FolderRole,
        internal_date: Option<Timestamp>,
        raw: Vec<u8>,
    ) -> Result<(), Trouble> {
        self.bytes += raw.len();
        self.mails.push(Arrived {
            mailbox: self.mailbox,
            is_imported: true,
            folder: None,
            uid: None,
            role,
            internal_date,
            seen: false,
            stub_of_bytes: None,
            raw,
        });
        if self.mails.len() >= MAILS_A_BATCH || self.bytes >= BYTES_A_BATCH {
            self.hand_over()?;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), Trouble> {
        self.bytes = 0;
        let batch = std::mem::take(&mut self.mails);
        if batch.is_empty() {
            return Ok(());
        }
        self.out
            .blocking_send(batch)
            .map_err(|_| Trouble::operator("the import was interrupted"))
    }
}

fn unreadable(path: &Path, cause: std::io::Error) -> Trouble {
    Trouble::operator(format!("{} cannot be read", path.display())).because(cause)
}

/// What a Maildir folder is for, by the names that mail programs use.
fn role(name: &str) -> FolderRole {
    match name.to_lowercase().as_str() {
        "sent" | "sent items" | "sent messages" | "sent mail" => FolderRole::Sent,
        "drafts" => FolderRole::Drafts,
        _ => FolderRole::Inbox,
    }
}
