//! Mailboxes, folders, and the ledger: what became of every UID that a server listed.
//!
//! A UID without a row is a hole and is fetched again. The cursor of a folder is the contiguous prefix of its
//! ledger and is moved in the transaction that writes the rows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::StoreResult;
use super::packed::PackedRaw;
pub use crate::domain::folder::{FolderRole, LedgerAccount};
use crate::domain::ids::{ContentHash, FolderId, MailboxId};
use crate::domain::mailbox::{Mailbox, MailboxSettings};

/// A folder of a mailbox in one generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    pub id: FolderId,
    pub mailbox: MailboxId,
    /// Decoded for people.
    pub name: String,
    /// As the server spells it (modified UTF-7, RFC 3501 §5.1.3).
    pub wire_name: String,
    pub role: FolderRole,
    pub uid_validity: u32,
    /// Every UID up to and including this one has an outcome.
    pub cursor: u32,
    /// RFC 7162; what the last finished resync saw. 0 where the server has none.
    pub highest_mod_seq: u64,
    /// Mail that arrived before this was not asked for.
    pub wanted_since: Option<Timestamp>,
    /// Earlier generations are kept, and recognised if the server goes back to them.
    pub current: bool,
}

/// What became of one UID. Exactly one of these, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Outcome {
    Stored,
    /// Raw bytes are kept, the parser could not read them.
    StoredUnparsed,
    /// Too large: the header is kept, the rest can be asked for.
    Stub,
    SameContent,
    OwnCopy,
    NotWanted,
    GoneBeforeFetch,
    UnreadableOnServer {
        words: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRow {
    pub folder: FolderId,
    pub uid: u32,
    pub outcome: Outcome,
    /// Set wherever bytes were stored or recognised.
    pub content: Option<ContentHash>,
    pub size_bytes: u64,
    pub internal_date: Option<Timestamp>,
    pub recorded_at: Timestamp,
}

/// What a mail was like when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    pub uid: u32,
    pub size_bytes: u64,
    pub internal_date: Option<Timestamp>,
}

pub trait LedgerRead {
    /// All mailboxes, the removed ones too.
    fn mailboxes(&self) -> StoreResult<Vec<Mailbox>>;
    fn folders(&self, mailbox: MailboxId) -> StoreResult<Vec<Folder>>;
    /// The UIDs above `above` that have an outcome, ascending.
    fn known_uids(&self, folder: FolderId, above: u32) -> StoreResult<Vec<u32>>;
    /// UIDs that the server listed and that have no outcome yet, descending (newest first).
    fn holes(&self, folder: FolderId) -> StoreResult<Vec<u32>>;
    fn ledger_account(&self, mailbox: MailboxId) -> StoreResult<LedgerAccount>;
    fn ledger_row(&self, folder: FolderId, uid: u32) -> StoreResult<Option<LedgerRow>>;
    /// Every place where these bytes lay, the latest first. Walks the whole ledger: for what somebody waits for.
    fn ledger_rows_of(&self, content: &ContentHash) -> StoreResult<Vec<LedgerRow>>;
    /// Every row with this outcome. Walks the whole ledger.
    fn ledger_rows_with(&self, outcome: &Outcome) -> StoreResult<Vec<LedgerRow>>;
    /// What the mails of the folder were like that have content, ascending by UID.
    fn stamps(&self, folder: FolderId) -> StoreResult<Vec<Stamp>>;
    /// Whether these bytes are already stored.
    fn has_content(&self, content: &ContentHash) -> StoreResult<bool>;
    /// The raw mail, unpacked and checked against its hash.
    fn raw(&self, content: &ContentHash) -> StoreResult<Option<Vec<u8>>>;
    /// Who syncs the mailbox now, where somebody does.
    fn lease(&self, mailbox: MailboxId) -> StoreResult<Option<Lease>>;
}

pub trait LedgerWrite {
    /// Adds or replaces settings; `None` makes a new mailbox, or revives a removed one of the same account.
    fn put_mailbox(
        &mut self,
        id: Option<MailboxId>,
        settings: &MailboxSettings,
        now: Timestamp,
    ) -> StoreResult<MailboxId>;
    fn set_mailbox_state(&mut self, id: MailboxId, enabled: bool, removed: bool)
    -> StoreResult<()>;
    /// The folder of this generation; made current, and created on first sight. Ledgers of other generations stay.
    fn open_folder(&mut self, sight: &FolderSight) -> StoreResult<Folder>;
    /// The folder has another name now, and its ledger stays: `None`, and nothing changes, where another ledger of this
    /// generation has the name already.
    fn rename_folder(
        &mut self,
        folder: FolderId,
        sight: &FolderSight,
    ) -> StoreResult<Option<Folder>>;
    /// Ends a generation whose UIDs mean other mails by now. Its ledger stays, nothing is asked for any more, and the
    /// folder begins anew when it is opened next, whatever its UIDVALIDITY says.
    fn retire_folder(&mut self, folder: FolderId) -> StoreResult<()>;
    /// Notes that the server listed these UIDs; those without an outcome become holes.
    fn list_uids(&mut self, folder: FolderId, uids: &[u32]) -> StoreResult<()>;
    /// Records outcomes, closes their holes and moves the cursor. A second outcome for a UID is ignored.
    fn record(&mut self, rows: &[LedgerRow]) -> StoreResult<()>;
    /// Writes outcome, content and size over a row that is there: of a UID that has content, more is known now.
    fn correct(&mut self, row: &LedgerRow) -> StoreResult<()>;
    fn set_highest_mod_seq(&mut self, folder: FolderId, mod_seq: u64) -> StoreResult<()>;
    /// Stores raw bytes once. `false` where they were there already.
    fn put_raw(&mut self, content: &ContentHash, raw: &[u8]) -> StoreResult<bool>;
    /// The same for bytes that were packed before the transaction began.
    fn put_packed(&mut self, raw: &PackedRaw) -> StoreResult<bool>;
    /// Takes or renews the right to sync a mailbox; `None` while another process holds it.
    fn take_lease(
        &mut self,
        mailbox: MailboxId,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Option<Lease>>;
    fn release_lease(&mut self, mailbox: MailboxId, holder: &str) -> StoreResult<()>;
}

/// What the server said about a folder when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderSight {
    pub mailbox: MailboxId,
    pub name: String,
    pub wire_name: String,
    pub role: FolderRole,
    pub uid_validity: u32,
    pub wanted_since: Option<Timestamp>,
}

/// The right to sync one mailbox, until a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Process and host, for people and for comparison.
    pub holder: String,
    /// Grows with every change of holder.
    pub epoch: i64,
    pub until: Timestamp,
}
