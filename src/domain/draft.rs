//! What an operator is writing, before it is sent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::headers::address::Address;
use super::ids::{
    ContentHash, DraftId, MailboxId, MessageId, OperatorId, SignatureId, TicketNumber,
};

/// What is being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub id: DraftId,
    pub operator: OperatorId,
    pub mailbox: MailboxId,
    /// The alias that it leaves from; `None` is the mailbox's own address.
    #[serde(default)]
    pub from: Option<String>,
    /// `None` for new mail.
    pub ticket: Option<TicketNumber>,
    pub kind: DraftKind,
    /// The message being answered or forwarded.
    pub answers: Option<MessageId>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    pub subject: String,
    /// Markdown, with the quote, without the signature.
    pub body: String,
    pub signature: Option<SignatureId>,
    pub attachments: Vec<DraftAttachment>,
    pub saved_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DraftKind {
    Reply,
    Forward,
    NewMail,
    Note,
}

/// A file to be sent. Its bytes are read when it is added, so that what was checked is what is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftAttachment {
    pub name: String,
    pub media_type: String,
    pub size_bytes: u64,
    /// Where the bytes are in the store.
    pub content: ContentHash,
}
