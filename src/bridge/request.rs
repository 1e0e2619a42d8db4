//! What a front end may ask of the engine.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{AuditQuery, ConnectRequest, DomainRequest, WatchRequest};
use crate::domain::contact::Signature;
use crate::domain::decide::Action;
use crate::domain::headers::address::Address;
use crate::domain::ids::{
    DraftId, EventId, MailboxId, MessageId, OutboxId, SignatureId, TicketNumber, ViewId,
};
use crate::domain::mailbox::MailboxSettings;
use crate::domain::outbox::Listed;

/// Every request gets exactly one answer; a failure is answered with [`Report::Failed`](super::Report::Failed).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    Look(Look),
    Change(Change),
    Write(Write),
    Outbox(OutboxRequest),
    Mailbox(MailboxRequest),
    Connect(ConnectRequest),
    Domain(DomainRequest),
    People(PeopleRequest),
    Care(Care),
}

/// Reading, without consequences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Look {
    /// Who am I, which mailboxes, operators, signatures, tags: answered by `Report::Basics`.
    Basics,
    /// The left pane, with counts.
    Views,
    /// `query` in the query language.
    Tickets {
        query: String,
        window: ListWindow,
    },
    /// The same for a desk: what one sender floods a mailbox with stands in one row, which says how many there are.
    Folded {
        query: String,
        window: ListWindow,
    },
    Thread {
        ticket: TicketNumber,
    },
    /// The raw mail as text, or only its header.
    Raw {
        message: MessageId,
        header_only: bool,
    },
    /// The raw mail as bytes, for writing it to a file.
    Mail {
        message: MessageId,
    },
    /// The bytes of an attachment.
    Attachment {
        message: MessageId,
        index: u32,
    },
    /// The HTML of a message as lines of this many cells.
    Html {
        message: MessageId,
        width: u16,
    },
    /// Messages, best first.
    Search {
        query: String,
        limit: u32,
    },
    /// Contacts for the address line.
    Contacts {
        prefix: String,
    },
    /// Pushes begin: from now on `Report::Changed` and `Report::Health` come by themselves.
    Follow,
}

/// Which part of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListWindow {
    Offset {
        offset: u32,
        limit: u32,
    },
    /// Around this ticket with `before` rows above; from the top if it is not in the list.
    Around {
        ticket: TicketNumber,
        before: u32,
        limit: u32,
    },
}

/// Changing tickets. Bulk actions are one step, undone together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change {
    Act {
        tickets: Vec<TicketNumber>,
        action: Action,
    },
    /// Several decisions about the same tickets, as one step: all of it is kept, or nothing.
    ActAll {
        tickets: Vec<TicketNumber>,
        actions: Vec<Action>,
    },
    /// Takes back a whole step.
    Undo { step: EventId },
}

/// Composing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Write {
    /// Opens (or finds again) a draft, filled from what it answers.
    Begin {
        what: Begin,
    },
    /// The drafts of this operator.
    Drafts,
    Save {
        draft: DraftContent,
    },
    /// A file's bytes, read by the front end under the operator's own rights.
    Attach {
        draft: DraftId,
        name: String,
        bytes: Vec<u8>,
    },
    Detach {
        draft: DraftId,
        index: u32,
    },
    Discard {
        draft: DraftId,
    },
    /// Writes and sends in one step, for programs: nothing is kept of what cannot be sent.
    AtOnce {
        what: Begin,
        words: Box<WholeMail>,
        after: AfterSend,
    },
    /// Queues it, or for a note stores it. `close` closes the ticket in the same step.
    Send {
        draft: DraftId,
        after: AfterSend,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AfterSend {
    /// Open stays open; new becomes open.
    Keep,
    Pending,
    Close,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Begin {
    /// To the last customer mail of the ticket, or to the given message.
    Reply {
        ticket: TicketNumber,
        message: Option<MessageId>,
        all: bool,
    },
    Forward {
        ticket: TicketNumber,
        message: Option<MessageId>,
    },
    Note {
        ticket: TicketNumber,
    },
    NewMail {
        mailbox: Option<MailboxId>,
    },
}

/// All that somebody adds to what a draft begins with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WholeMail {
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    /// Instead of the one that it begins with.
    pub subject: Option<String>,
    pub body: String,
    /// Whether the mail that is answered stands below.
    pub quotes: bool,
    pub files: Vec<WholeFile>,
}

/// A file's bytes, read by the front end under the operator's own rights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WholeFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What the composer holds. Attachments are kept by the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftContent {
    pub id: DraftId,
    pub mailbox: MailboxId,
    /// The alias that it leaves from; `None` is the mailbox's own address.
    #[serde(default)]
    pub from: Option<String>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    pub subject: String,
    pub body: String,
    pub signature: Option<SignatureId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum OutboxRequest {
    List(Listed),
    /// The undo window: takes an answer back into a draft.
    TakeBack(OutboxId),
    Retry(OutboxId),
    MarkSent(OutboxId),
    Cancel(OutboxId),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum MailboxRequest {
    List,
    /// Saves settings, with a new secret if one is given. `None` connects a new mailbox.
    Put {
        id: Option<MailboxId>,
        settings: Box<MailboxSettings>,
        secret: Option<Secret>,
    },
    Enable(MailboxId),
    Disable(MailboxId),
    Remove(MailboxId),
    /// New mail begins here from now on.
    SetDefault(MailboxId),
    /// A password for this run only (`SecretSource::Ask`).
    Unlock {
        id: MailboxId,
        secret: Secret,
    },
    /// Looks for mail now. `None` is every mailbox. Answered when it is done.
    SyncNow(Option<MailboxId>),
    /// Fetches the whole of a mail of which only the header is here. Answered when it is stored;
    /// `MailboxReport::Fetching` comes before.
    FetchWhole(MessageId),
    /// Sends a small mail to this address.
    SendTest {
        id: MailboxId,
        to: String,
    },
    Watch(WatchRequest),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PeopleRequest {
    Signatures,
    /// What variables stand for in the latest ticket of a mailbox, or of any.
    Sample(Option<MailboxId>),
    PutSignature {
        id: Option<SignatureId>,
        signature: Signature,
    },
    DeleteSignature(SignatureId),
    PutView {
        id: Option<ViewId>,
        name: String,
        query: String,
    },
    DeleteView(ViewId),
    RenameContact {
        address: String,
        first_name: String,
        last_name: String,
    },
}

/// Keeping the store well, and moving mail in and out in bulk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Care {
    Doctor,
    Backup {
        target: PathBuf,
    },
    /// eml, mbox or Maildir.
    Import {
        path: PathBuf,
        mailbox: MailboxId,
    },
    /// Everything of the matching tickets, one `Report::Thread` a ticket before the answer.
    Export {
        query: String,
    },
    /// The log of settings, a page at a time.
    Audit(AuditQuery),
    /// Finishes what is under way and lets go of every lease.
    Stop,
}

/// A secret on its way to the engine. Its `Debug` says nothing about it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// For the sign-in and the secrets file only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}
