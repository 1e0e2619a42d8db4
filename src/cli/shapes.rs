//! The JSON that programs read. Keys are a promise: they may be added, never renamed or removed.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::bridge::{
    AttachmentLine, ContactLine, DeliveryView, HistoryLine, MailboxLine, MessageView, OutboxLine,
    PlacementView, SearchHit, Thread, TicketLine,
};
use crate::domain::clean::Clean;
use crate::domain::delivery::RecipientResult;
use crate::domain::mailbox::{Condition, Health, Incoming, Outgoing};
use crate::domain::message::{MailClass, MessageKind, PlacementRule};
use crate::domain::outbox::DeliveryState;
use crate::domain::ticket::{Mark, Priority, Status};

/// A ticket as `ticket list` prints it.
#[derive(Debug, Serialize)]
pub struct TicketShape<'a> {
    number: i64,
    subject: &'a Clean,
    status: Status,
    priority: Priority,
    mailbox: &'a Clean,
    contact: Person<'a>,
    assignee: Option<&'a Clean>,
    tags: Vec<Clean>,
    created_at: Timestamp,
    updated_at: Timestamp,
    message_count: u32,
    unread: bool,
    marks: &'a [Mark],
}

/// A name and an address.
#[derive(Debug, Serialize)]
pub struct Person<'a> {
    name: &'a Clean,
    address: &'a Clean,
}

/// A ticket as `ticket show` and the export print it.
#[derive(Debug, Serialize)]
pub struct ThreadShape<'a> {
    #[serde(flatten)]
    ticket: TicketShape<'a>,
    messages: Vec<MessageShape<'a>>,
    events: Vec<EventShape<'a>>,
}

#[derive(Debug, Serialize)]
pub struct MessageShape<'a> {
    id: i64,
    kind: MessageKind,
    class: MailClass,
    from: Option<Person<'a>>,
    to: Vec<Person<'a>>,
    cc: Vec<Person<'a>>,
    date: Timestamp,
    subject: &'a Clean,
    text: &'a Clean,
    attachments: Vec<AttachmentShape<'a>>,
    message_id: Option<&'a Clean>,
    placement: PlacementShape<'a>,
    delivery: Option<DeliveryShape>,
    header_only: bool,
}

#[derive(Debug, Serialize)]
struct AttachmentShape<'a> {
    name: &'a Clean,
    #[serde(rename = "type")]
    media_type: &'a Clean,
    size: u64,
    sha256: &'a str,
}

#[derive(Debug, Serialize)]
struct PlacementShape<'a> {
    rule: PlacementRule,
    value: &'a Clean,
}

/// Where an answer is: a word, and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryShape {
    pub state: &'static str,
    pub detail: Option<String>,
}

#[derive(Debug, Serialize)]
struct EventShape<'a> {
    id: i64,
    step: i64,
    at: Timestamp,
    actor: crate::domain::event::Actor,
    sentence: &'a Clean,
    event: &'a Value,
}

impl<'a> From<&'a ContactLine> for Person<'a> {
    fn from(line: &'a ContactLine) -> Self {
        Self {
            name: &line.name,
            address: &line.address,
        }
    }
}

impl<'a> From<&'a TicketLine> for TicketShape<'a> {
    fn from(line: &'a TicketLine) -> Self {
        let ticket = &line.ticket;
        Self {
            number: ticket.number.0,
            subject: &line.subject,
            status: ticket.status,
            priority: ticket.priority,
            mailbox: &line.mailbox,
            contact: Person {
                name: &line.who,
                address: &line.address,
            },
            assignee: line.assignee.as_ref(),
            tags: ticket.tags.iter().map(|tag| Clean::line(tag)).collect(),
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            message_count: ticket.tally.messages,
            unread: ticket.unread,
            marks: &ticket.marks,
        }
    }
}

impl<'a> From<&'a Thread> for ThreadShape<'a> {
    fn from(thread: &'a Thread) -> Self {
        Self {
            ticket: (&thread.line).into(),
            messages: thread.messages.iter().map(Into::into).collect(),
            events: thread.history.iter().map(Into::into).collect(),
        }
    }
}

impl<'a> From<&'a MessageView> for MessageShape<'a> {
    fn from(message: &'a MessageView) -> Self {
        let header = &message.header;
        Self {
            id: message.id.0,
            kind: message.kind,
            class: message.class,
            from: header.from.as_ref().map(Into::into),
            to: header.to.iter().map(Into::into).collect(),
            cc: header.cc.iter().map(Into::into).collect(),
            date: header.date.unwrap_or(message.at),
            subject: &header.subject,
            text: &message.text,
            attachments: message.attachments.iter().map(Into::into).collect(),
            message_id: header.message_id.as_ref(),
            placement: (&message.placement).into(),
            delivery: message.delivery.as_ref().map(Into::into),
            header_only: message.is_header_only,
        }
    }
}

impl<'a> From<&'a AttachmentLine> for AttachmentShape<'a> {
    fn from(line: &'a AttachmentLine) -> Self {
        Self {
            name: &line.name,
            media_type: &line.media_type,
            size: line.size_bytes,
            sha256: &line.sha256,
        }
    }
}

impl<'a> From<&'a PlacementView> for PlacementShape<'a> {
    fn from(placement: &'a PlacementView) -> Self {
        Self {
            rule: placement.rule,
            value: &placement.value,
        }
    }
}

impl<'a> From<&'a HistoryLine> for EventShape<'a> {
    fn from(line: &'a HistoryLine) -> Self {
        Self {
            id: line.id.0,
            step: line.step.0,
            at: line.at,
            actor: line.actor,
            sentence: &line.sentence,
            event: &line.event,
        }
    }
}

impl From<&DeliveryView> for DeliveryShape {
    fn from(delivery: &DeliveryView) -> Self {
        let mut shape = Self::from(&delivery.state);
        if let Some(words) = &delivery.copy_trouble {
            let failed = format!("the copy in the Sent folder failed: {words}");
            shape.detail = Some(match shape.detail {
                Some(detail) => format!("{detail}; {failed}"),
                None => failed,
            });
        }
        shape
    }
}

impl From<&DeliveryState> for DeliveryShape {
    fn from(state: &DeliveryState) -> Self {
        let clean = |words: &str| Clean::line(words).to_string();
        let (state, detail) = match state {
            DeliveryState::Held { until } => ("held", Some(format!("until {}", second(*until)))),
            DeliveryState::Queued => ("queued", None),
            DeliveryState::Sending => ("sending", None),
            DeliveryState::Dot => ("dot", None),
            DeliveryState::Deferred {
                next_try, words, ..
            } => (
                "deferred",
                Some(format!("{}; next try {}", clean(words), second(*next_try))),
            ),
            DeliveryState::Refused { recipients } => ("refused", Some(clean(&refusal(recipients)))),
            DeliveryState::Uncertain { known, .. } => ("uncertain", Some(clean(known))),
            DeliveryState::Sent { line, .. } => ("sent", Some(clean(line))),
            DeliveryState::Cancelled => ("cancelled", None),
        };
        Self {
            state,
            detail: detail.filter(|detail| !detail.is_empty()),
        }
    }
}

/// Nobody waits for a part of a second.
fn second(at: Timestamp) -> jiff::fmt::strtime::Display<'static> {
    at.strftime("%Y-%m-%dT%H:%M:%SZ")
}

/// Who said no to whom, in the servers' words.
pub fn refusal(recipients: &[RecipientResult]) -> String {
    let each: Vec<String> = recipients
        .iter()
        .map(|result| format!("{}: {}", result.address, result.words))
        .collect();
    each.join("; ")
}

/// A line of the outbox.
pub fn outbox_line(line: &OutboxLine) -> Value {
    let delivery = DeliveryShape::from(&line.state);
    json!({
        "id": line.id.0,
        "ticket": line.ticket.0,
        "message": line.message.0,
        "mailbox": line.mailbox,
        "to": line.to,
        "subject": line.subject,
        "state": delivery.state,
        "detail": delivery.detail,
        "attempts": line.attempts,
        "message_id": line.message_id,
        "queued_at": line.queued_at,
    })
}

/// A hit of the search. The marks around the matching words are taken out.
pub fn hit(hit: &SearchHit) -> Value {
    json!({
        "ticket": hit.ticket.0,
        "message": hit.message.0,
        "subject": hit.subject,
        "snippet": unmarked(hit.snippet.as_str()),
        "at": hit.at,
    })
}

/// What the engine puts around the words of a snippet that matched.
pub const MATCH_MARKS: [char; 2] = ['⟦', '⟧'];

/// A snippet without the marks around matches.
pub fn unmarked(snippet: &str) -> String {
    snippet.replace(MATCH_MARKS, "")
}

/// A mailbox with its health. Never a secret, only where it comes from.
pub fn mailbox(line: &MailboxLine) -> Value {
    let settings = &line.mailbox.settings;
    let incoming = match &settings.incoming {
        Incoming::Imap(at) => {
            json!({"type": "imap", "host": at.host, "port": at.port, "security": at.security})
        }
        Incoming::Maildir(path) => json!({"type": "maildir", "path": path}),
        Incoming::Forwarded(id) => json!({"type": "forwarded", "mailbox": id.0}),
    };
    let outgoing = match &settings.outgoing {
        Outgoing::Smtp(at) => {
            json!({"type": "smtp", "host": at.host, "port": at.port, "security": at.security})
        }
        Outgoing::Sendmail(path) => json!({"type": "sendmail", "path": path}),
        Outgoing::Folder(path) => json!({"type": "folder", "path": path}),
        Outgoing::Through(id) => json!({"type": "through", "mailbox": id.0}),
        Outgoing::Off => json!({"type": "off"}),
    };
    let (_, detail) = health(&line.health);
    let state = state_word(line);
    json!({
        "id": line.mailbox.id.0,
        "name": Clean::line(&settings.name),
        "address": Clean::line(&settings.address),
        "display_name": Clean::line(&settings.display_name),
        "default": line.is_default,
        "aliases": settings.identity.aliases,
        "sending": settings.identity.is_sending,
        "answer_from_written_to": settings.identity.answers_from_written_to,
        "reply_to": settings.identity.reply_to,
        "automatic_bcc": settings.identity.automatic_bcc,
        "language": settings.identity.language,
        "login": Clean::line(&settings.login),
        "enabled": line.mailbox.enabled,
        "incoming": incoming,
        "outgoing": outgoing,
        "secret": settings.secret,
        "folders": settings.folders,
        "first_sync": settings.first_sync,
        "poll_seconds": settings.poll_seconds,
        "policy": settings.policy,
        "health": {"state": state, "detail": detail, "since": line.health.since()},
        "connected_at": line.mailbox.connected_at,
        "last_fetch": line.last_fetch,
        "sign_in": line.lasts.map(|lasts| json!({
            "valid_until": lasts.valid_until,
            "renews": lasts.renews,
            "revoked": lasts.is_revoked,
        })),
    })
}

/// The status of a mailbox as the store knows it. A command does not fetch by itself, so that one which was never
/// fetched from is untried, not on its way.
pub fn state_word(line: &MailboxLine) -> &'static str {
    match line.health.status_as_left(line.last_fetch) {
        Condition::Connecting => "untried",
        known => known.name(),
    }
}

/// The word for programs for how a mailbox does, and what is known about it.
pub fn health(health: &Health) -> (&'static str, Option<String>) {
    let next = |next_try: Option<jiff::Timestamp>| {
        next_try.map_or_else(String::new, |next_try| format!("; next try {next_try:.0}"))
    };
    let detail = match health {
        Health::Syncing { done, total } => Some(format!("{done} of {total}")),
        Health::SyncedElsewhere => Some("synced by another Ticketty on this store".to_owned()),
        other => other
            .reason()
            .map(|trouble| format!("{trouble}{}", next(other.next_try()))),
    };
    (health.status().name(), detail)
}
