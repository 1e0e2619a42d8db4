//! A message: a mail in, a mail out, or a note that stays inside.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::channel::WrittenTo;
use super::headers::address::Address;
use super::ids::{ContentHash, MessageId, OperatorId, TicketNumber};
use super::parsed::{AttachmentInfo, ParseNote};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    Incoming,
    Outgoing,
    /// Seen by operators only; never mailed.
    Note,
}

/// What wrote a mail (§5 of the design; RFC 3834 decides first).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailClass {
    Person,
    AutoReply,
    Bounce,
    /// A read receipt or another report about a mail.
    Report,
    List,
    /// Written by us, seen again in a folder.
    Own,
    /// The parser could not read it; only its raw bytes are kept.
    Unreadable,
}

/// Why a mail is in its ticket. Shown on a key, stored with the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    pub rule: PlacementRule,
    /// The header value that matched, such as a Message-ID. Empty where nothing had to match.
    pub value: String,
}

/// The rules of placement, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlacementRule {
    /// Our signed Message-ID in In-Reply-To or References, or a signed plus-address.
    SignedReference,
    /// A known Message-ID in In-Reply-To or References.
    KnownReference,
    SubjectToken,
    CustomerConversation,
    NewTicket,
    /// Written in Ticketty.
    Composed,
    /// An operator put it there.
    ByHand,
}

/// A message as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub ticket: TicketNumber,
    pub kind: MessageKind,
    pub class: MailClass,
    /// When it arrived here, or was written here. The order within a ticket.
    pub at: Timestamp,
    /// Who wrote it, where it was written in Ticketty.
    pub author: Option<OperatorId>,
    pub envelope: Envelope,
    pub subject: String,
    pub text: String,
    pub preview: String,
    pub attachments: Vec<AttachmentInfo>,
    pub placement: Placement,
    /// The raw mail in the store; `None` for notes.
    pub content: Option<ContentHash>,
    pub notes: Vec<ParseNote>,
}

/// What the header of a message says about people, time and thread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Without angle brackets.
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    /// The Date header; shown, never used for order.
    pub date: Option<Timestamp>,
    pub from: Option<Address>,
    pub reply_to: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    /// The address of ours that an incoming mail was written to, as far as its header says.
    #[serde(default)]
    pub written_to: Option<WrittenTo>,
}
