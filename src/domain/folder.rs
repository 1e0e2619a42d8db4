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
