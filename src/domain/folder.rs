//! Folders of a mail server, as far as rules speak of them.

use serde::{Deserialize, Serialize};

/// What a folder is for (RFC 6154 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FolderRole {
    Inbox,
    Sent,
    Drafts,
    Junk,
    Trash,
    Archive,
    All,
    Other,
}

/// How many UIDs of a mailbox ended how. `holes` have no outcome yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerAccount {
    pub listed: u64,
    pub stored: u64,
    pub unparsed: u64,
    pub stubs: u64,
    pub same_content: u64,
    pub own_copies: u64,
    pub not_wanted: u64,
    pub gone: u64,
    pub unreadable: u64,
    pub holes: u64,
}
