//! How much of one mail is taken in. Beyond these the raw mail still is whole; only what is shown is cut.

use serde::{Deserialize, Serialize};

/// Bounds of what a parse gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of a mail that are looked at.
    pub mail_bytes: usize,
    /// Bytes of readable text.
    pub text_bytes: usize,
    /// Bytes of one header value.
    pub header_bytes: usize,
    /// Addresses, references or recipients in one list.
    pub list_entries: usize,
    pub attachments: usize,
    /// Bytes of HTML that are laid out; larger ones are turned to text without layout.
    pub html_bytes: usize,
    /// Mails within mails whose text is read.
    pub nested_mails: usize,
    /// Columns that HTML is laid out for.
    pub html_width: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mail_bytes: 128 << 20,
            text_bytes: 2 << 20,
            header_bytes: 2000,
            list_entries: 500,
            attachments: 500,
            html_bytes: 512 << 10,
            nested_mails: 3,
            html_width: 78,
        }
    }
}
