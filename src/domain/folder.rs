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

impl LedgerAccount {
    /// Every mail that the server listed, by what became of it: "1240 listed: 1200 stored, 40 to fetch". `None` where
    /// nothing was listed yet.
    pub fn sentence(&self) -> Option<String> {
        if self.listed == 0 {
            return None;
        }
        let parts: Vec<String> = [
            (self.stored + self.unparsed + self.stubs, "stored"),
            (self.same_content, "the same content"),
            (self.own_copies, "our own"),
            (self.not_wanted, "not wanted"),
            (self.gone, "gone"),
            (self.unreadable, "unreadable"),
            (self.holes, "to fetch"),
        ]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
        Some(format!("{} listed: {}", self.listed, parts.join(", ")))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn an_account_names_what_there_is() {
        let mut account = LedgerAccount::default();
        assert_eq!(account.sentence(), None);
        account.listed = 9;
        (account.stored, account.unparsed, account.stubs) = (1, 2, 3);
        (account.unreadable, account.holes) = (1, 2);
        assert_eq!(
            account.sentence().unwrap(),
            "9 listed: 6 stored, 1 unreadable, 2 to fetch"
        );
    }
}
