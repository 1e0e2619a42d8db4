//! What the engine tells a front end.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::clean::Clean;
use crate::domain::contact::{Operator, Signature};
use crate::domain::draft::DraftKind;
use crate::domain::event::Actor;
use crate::domain::finding::Finding;
use crate::domain::ids::{DraftId, EventId, MailboxId, MessageId, OutboxId, TicketNumber, ViewId};
use crate::domain::mailbox::{CaughtUp, Health, Mailbox};
use crate::domain::message::{MailClass, MessageKind, PlacementRule};
use crate::domain::outbox::DeliveryState;
use crate::domain::parsed::AttachmentKind;
use crate::domain::template::Values;
use crate::domain::ticket::Ticket;
use crate::domain::trouble::Trouble;

use super::{AuditPage, ConnectReport, DomainLine, DraftContent, Lasts, WatchReport, WordsReport};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// It is done, and there is nothing more to say.
    Done,
    Failed(Trouble),
    Look(Seen),
    Change(Changed),
    Write(Writing),
    Outbox(Vec<OutboxLine>),
    Mailbox(MailboxReport),
    Connect(ConnectReport),
    Words(WordsReport),
    /// All domains, or the one that was asked about.
    Domains(Vec<DomainLine>),
    Care(CareReport),
    Pushed(Pushed),
}

/// Answers to `Look`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Seen {
    Basics(Box<Basics>),
    Views(Vec<ViewLine>),
    Tickets(TicketList),
    Thread(Box<Thread>),
    Raw {
        message: MessageId,
        text: Clean,
    },
    /// Exactly as it came. Not clean: it may go to a file, never to a screen.
    Mail {
        message: MessageId,
        bytes: Vec<u8>,
    },
    Attachment {
        message: MessageId,
        index: u32,
        name: Clean,
        media_type: String,
        bytes: Vec<u8>,
    },
    Html {
        message: MessageId,
        text: Clean,
    },
    Hits(Vec<SearchHit>),
    Contacts(Vec<ContactLine>),
}

/// What a front end needs to know before anything else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Basics {
    pub me: Operator,
    pub operators: Vec<Operator>,
    pub mailboxes: Vec<MailboxLine>,
    pub signatures: Vec<Signature>,
    pub tags: Vec<Clean>,
    pub unsent_drafts: u32,
    /// Why the store is only read and nothing is fetched or sent.
    #[serde(default)]
    pub damage: Option<Trouble>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MailboxLine {
    pub mailbox: Mailbox,
    pub health: Health,
    pub last_fetch: Option<Timestamp>,
    /// New mail begins here where nothing else is said.
    #[serde(default)]
    pub is_default: bool,
    /// How long its sign-in lasts, where it signs in with OAuth2 and somebody has signed in.
    #[serde(default)]
    pub lasts: Option<Lasts>,
    /// How far this machine's clock is off the server's, where that is believed: "3 h ahead".
    #[serde(default)]
    pub clock_off: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ViewLine {
    /// `None` for the views that every mailbox has by itself.
    pub id: Option<ViewId>,
    pub name: Clean,
    pub query: String,
    pub count: u32,
    pub unread: u32,
    /// Set on a mailbox's own view.
    pub mailbox: Option<MailboxId>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TicketList {
    pub query: String,
    pub total: u32,
    pub offset: u32,
    pub rows: Vec<TicketLine>,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TicketLine {
    pub ticket: Ticket,
    /// The ticket's subject, clean.
    pub subject: Clean,
    pub who: Clean,
    pub address: Clean,
    pub mailbox: Clean,
    pub assignee: Option<Clean>,
    pub overdue: bool,
    /// How many tickets of a flood stand behind this row, itself included. Only in a list that was folded.
    #[serde(default)]
    pub flood: Option<u32>,
}

/// A ticket, opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    pub line: TicketLine,
    pub messages: Vec<MessageView>,
    pub history: Vec<HistoryLine>,
    pub drafts: Vec<DraftView>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageView {
    pub id: MessageId,
    pub kind: MessageKind,
    pub class: MailClass,
    pub at: Timestamp,
    pub header: HeaderView,
    pub text: Clean,
    pub attachments: Vec<AttachmentLine>,
    pub placement: PlacementView,
    pub delivery: Option<DeliveryView>,
    /// Remarks such as "charset replaced" or "the name contains another address".
    pub remarks: Vec<Clean>,
    /// The text was made from HTML, so the HTML view has more to show.
    pub has_html: bool,
    /// A raw mail is in the store.
    pub has_raw: bool,
    /// The rest of it is on the server still, and can be asked for.
    #[serde(default)]
    pub is_header_only: bool,
    pub sha256: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HeaderView {
    pub from: Option<ContactLine>,
    pub reply_to: Vec<ContactLine>,
    pub to: Vec<ContactLine>,
    pub cc: Vec<ContactLine>,
    pub bcc: Vec<ContactLine>,
    pub subject: Clean,
    pub date: Option<Timestamp>,
    pub message_id: Option<Clean>,
    /// The address of ours that it was written to, and the header that says so.
    #[serde(default)]
    pub written_to: Option<Clean>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactLine {
    pub name: Clean,
    pub address: Clean,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentLine {
    pub index: u32,
    pub name: Clean,
    pub media_type: Clean,
    pub size_bytes: u64,
    pub sha256: String,
    pub kind: AttachmentKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacementView {
    pub rule: PlacementRule,
    pub value: Clean,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    pub outbox: OutboxId,
    pub state: DeliveryState,
    pub copy_trouble: Option<Clean>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryLine {
    pub id: EventId,
    pub step: EventId,
    pub at: Timestamp,
    pub actor: Actor,
    /// "Anna set the status to closed".
    pub sentence: Clean,
    /// The event as data, for programs.
    pub event: serde_json::Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchHit {
    pub ticket: TicketNumber,
    pub message: MessageId,
    pub subject: Clean,
    pub snippet: Clean,
    pub at: Timestamp,
}

/// What an action did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// Give this to `Change::Undo`; `None` where nothing changed.
    pub step: Option<EventId>,
    /// The tickets as they are now.
    pub tickets: Vec<TicketLine>,
    /// Why some were left alone.
    pub refused: Vec<(TicketNumber, String)>,
    /// "12 tickets closed".
    pub sentence: Clean,
}

/// Answers to `Write`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Writing {
    Draft(Box<DraftView>),
    Drafts(Vec<DraftView>),
    Saved {
        draft: DraftId,
        at: Timestamp,
    },
    /// It is in the outbox, or for a note in the ticket.
    Sent {
        ticket: TicketNumber,
        outbox: Option<OutboxId>,
        held_until: Option<Timestamp>,
        step: EventId,
    },
    /// The same for what was written at once, with what the composer would have warned of.
    SentAtOnce {
        ticket: TicketNumber,
        mailbox: MailboxId,
        outbox: Option<OutboxId>,
        warnings: Vec<Clean>,
    },
}

/// A draft as the composer opens it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftView {
    pub content: DraftContent,
    pub kind: DraftKind,
    pub ticket: Option<TicketNumber>,
    pub answers: Option<MessageId>,
    /// The quoted original is in the body from this byte on; the cursor starts before it.
    pub cursor: u32,
    pub attachments: Vec<AttachmentLine>,
    pub saved_at: Timestamp,
    /// What the variables of a signature stand for in it.
    pub values: Values,
    /// Things to say once before sending, such as "the answer goes to another address than the mail came from".
    pub warnings: Vec<Clean>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxLine {
    pub id: OutboxId,
    pub ticket: TicketNumber,
    pub message: MessageId,
    pub mailbox: Clean,
    pub to: Vec<Clean>,
    pub subject: Clean,
    pub state: DeliveryState,
    pub attempts: u32,
    pub message_id: Clean,
    pub queued_at: Timestamp,
}

/// How the failure of a `Put` begins that has stored the mailbox and not its password.
pub const SAVED_WITHOUT_PASSWORD: &str = "the mailbox is saved, but its password is not";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum MailboxReport {
    List(Vec<MailboxLine>),
    Saved(MailboxId),
    /// How a `SyncNow` went.
    Synced {
        new_messages: u64,
        troubles: Vec<(MailboxId, Trouble)>,
        /// Other processes hold these and look for their mail; each with a word for who that is.
        held_elsewhere: Vec<(MailboxId, String)>,
    },
    Watch(WatchReport),
    /// How far a `FetchWhole` has come. The total is what the server says.
    Fetching {
        message: MessageId,
        bytes: u64,
        of_bytes: u64,
    },
    /// The whole mail is in the place of its header.
    Whole {
        ticket: TicketNumber,
        message: MessageId,
        bytes: u64,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CareReport {
    Findings(Vec<Finding>),
    BackedUp {
        bytes: u64,
    },
    Imported {
        stored: u64,
        already_there: u64,
        unreadable: u64,
    },
    Exported {
        tickets: u64,
    },
    Exporting(Box<Thread>),
    Audit(AuditPage),
}

/// What comes without being asked for, after `Look::Follow`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Pushed {
    /// These tickets changed; an empty list means "look again at everything".
    Tickets(Vec<TicketNumber>),
    Health {
        mailbox: MailboxId,
        health: Health,
    },
    /// Mailboxes, signatures, views or operators changed.
    Basics,
    Outbox,
    /// A domain was verified.
    Domains,
    /// Something a person should read, such as a full disk.
    Notice(Trouble),
    /// What came while the mailbox did not fetch is here.
    CaughtUp {
        mailbox: MailboxId,
        caught_up: CaughtUp,
    },
    /// New mail of customers came in.
    NewMail {
        tickets: Vec<TicketNumber>,
    },
}
