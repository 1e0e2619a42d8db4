//! A ticket, opened: its messages, its history and the operator's drafts, all as clean text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::core::Engine;
use super::super::writing::view as draft_view;
use super::lists;
use crate::bridge::{
    AttachmentLine, DeliveryView, HeaderView, HistoryLine, MessageView, PlacementView, Thread,
};
use crate::domain::channel::WrittenTo;
use crate::domain::clean::Clean;
use crate::domain::event::{Event, Happening};
use crate::domain::headers::address::Address;
use crate::domain::headers::suspicion;
use crate::domain::history::{self, Names};
use crate::domain::ids::{ContactId, MessageId, OperatorId, TicketNumber};
use crate::domain::message::{Message, MessageKind};
use crate::domain::parsed::{AttachmentInfo, CutPart, ParseNote};
use crate::domain::query::Asker;
use crate::domain::trouble::Trouble;
use crate::store::outbox::{OutboxRow, SentCopy};
use crate::store::{Read, StoreResult};

/// The whole ticket.
///
/// # Errors
/// There is no such ticket, or the store cannot be read.
pub async fn thread(engine: &Arc<Engine>, ticket: TicketNumber) -> Result<Thread, Trouble> {
    let asker = engine.asker();
    engine
        .read(move |store| read_thread(store, &asker, ticket))
        .await
}

/// As [`thread`], from a snapshot.
///
/// # Errors
/// As [`thread`].
pub fn read_thread(store: &dyn Read, asker: &Asker, ticket: TicketNumber) -> StoreResult<Thread> {
    let line = lists::lines_of(store, asker, &[ticket])?
        .pop()
        .ok_or_else(|| no_ticket(ticket))?;
    let events = store.events(ticket)?;
    let mut messages = Vec::new();
    for message in present_messages(store, ticket, &events)? {
        let delivery = match message.kind {
            MessageKind::Outgoing => store.outbox_of_message(message.id)?,
            _ => None,
        };
        messages.push(message_view(&message, delivery));
    }
    let names = Directory::new(store, &asker.zone, &events)?;
    let history = events
        .iter()
        .map(|event| history_line(event, &names))
        .collect::<StoreResult<_>>()?;
    Ok(Thread {
        line,
        messages,
        history,
        drafts: draft_view::of_ticket(store, asker, ticket)?,
    })
}

/// What is said where a ticket is missing.
pub fn no_ticket(number: TicketNumber) -> Trouble {
    Trouble::operator(format!("there is no ticket #{number}"))
}

/// The messages that are in the ticket by its log: a message that was taken back is stored, but part of nothing.
///
/// # Errors
/// When the store cannot be read.
pub fn present_messages(
    store: &dyn Read,
    ticket: TicketNumber,
    events: &[Event],
) -> StoreResult<Vec<Message>> {
    let mut left: BTreeSet<MessageId> = BTreeSet::new();
    for event in events {
        match &event.what {
            Happening::MessageLeft(message) => left.insert(message.message),
            Happening::MessageJoined(message) => left.remove(&message.message),
            _ => continue,
        };
    }
    let mut messages = store.messages(ticket)?;
    messages.retain(|message| !left.contains(&message.id));
    Ok(messages)
}

fn message_view(message: &Message, delivery: Option<OutboxRow>) -> MessageView {
    let envelope = &message.envelope;
    let addresses = |list: &[Address]| list.iter().map(lists::address_line).collect();
    MessageView {
        id: message.id,
        kind: message.kind,
        class: message.class,
        at: message.at,
        header: HeaderView {
            from: envelope.from.as_ref().map(lists::address_line),
            reply_to: addresses(&envelope.reply_to),
            to: addresses(&envelope.to),
            cc: addresses(&envelope.cc),
            bcc: addresses(&envelope.bcc),
            subject: Clean::line(&message.subject),
            date: envelope.date,
            message_id: envelope.message_id.as_deref().map(Clean::line),
            written_to: envelope.written_to.as_ref().map(written_to),
        },
        text: Clean::text(&message.text),
        attachments: message.attachments.iter().map(attachment_line).collect(),
        placement: PlacementView {
            rule: message.placement.rule,
            value: Clean::line(&message.placement.value),
        },
        delivery: delivery.map(|row| DeliveryView {
            outbox: row.id,
            state: super::super::outbox::clean_state(&row.state),
            copy_trouble: match &row.sent_copy {
                SentCopy::Failed { words } => Some(Clean::line(words)),
                _ => None,
            },
        }),
        remarks: remarks(message),
        has_html: message.notes.contains(&ParseNote::TextFromHtml),
        has_raw: message.content.is_some(),
        is_header_only: message
            .notes
            .contains(&ParseNote::Cut(CutPart::AllButHeader)),
        sha256: message.content.map(|content| content.to_string()),
    }
}

/// "sales@acme.test, by Delivered-To".
fn written_to(to: &WrittenTo) -> Clean {
    Clean::line(&format!("{}, by {}", to.address, to.by.name()))
}

/// An attachment of a mail as it is shown.
pub fn attachment_line(info: &AttachmentInfo) -> AttachmentLine {
    AttachmentLine {
        index: info.index,
        name: Clean::name(&info.name),
        media_type: Clean::name(&info.media_type),
        size_bytes: info.size,
        sha256: Clean::name(&info.sha256).into_string(),
        kind: info.kind,
    }
}

/// What the reader of a message should know besides its text.
fn remarks(message: &Message) -> Vec<Clean> {
    let mut remarks: Vec<Clean> = message
        .notes
        .iter()
        .filter(|note| **note != ParseNote::TextFromHtml)
        .map(|note| Clean::line(&note.words()))
        .collect();
    if message.kind != MessageKind::Incoming {
        return remarks;
    }
    let people = message
        .envelope
        .from
        .iter()
        .chain(&message.envelope.reply_to);
    for person in people {
        if let Some(found) = suspicion::suspicion(&person.name, &person.address) {
            remarks.push(Clean::line(&found.words()));
        }
    }
    if let Some(other) = answers_elsewhere(message) {
        remarks.push(Clean::line(&format!(
            "answers go to {}, not to the address this came from",
            other.address
        )));
    }
    remarks
}

/// The first Reply-To address that is not the sender's (RFC 5322 §3.6.2).
pub fn answers_elsewhere(message: &Message) -> Option<&Address> {
    let from = message.envelope.from.as_ref()?;
    message
        .envelope
        .reply_to
        .iter()
        .find(|other| other.key() != from.key())
}

fn history_line(event: &Event, names: &Directory) -> StoreResult<HistoryLine> {
    Ok(HistoryLine {
        id: event.id,
        step: event.step,
        at: event.at,
        actor: event.actor,
        sentence: Clean::line(&history::tell(event, names)),
        event: serde_json::to_value(&event.what)
            .map_err(|cause| Trouble::bug("an event cannot be written as JSON").because(cause))?,
    })
}

/// The names behind the numbers in a log.
pub struct Directory {
    operators: BTreeMap<OperatorId, String>,
    contacts: BTreeMap<ContactId, String>,
    zone: TimeZone,
}

impl Directory {
    /// Looks up everyone that these events name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(store: &dyn Read, zone: &str, events: &[Event]) -> StoreResult<Self> {
        let operators = store
            .operators()?
            .into_iter()
            .map(|operator| (operator.id, operator.display_name))
            .collect();
        let mut contacts = BTreeMap::new();
        for event in events {
            if let crate::domain::event::Actor::Customer(id) = event.actor
                && !contacts.contains_key(&id)
                && let Some(contact) = store.contact(id)?
            {
                contacts.insert(id, contact.display_name());
            }
        }
        Ok(Self {
            operators,
            contacts,
            zone: time_zone(zone),
        })
    }
}

/// The zone of this name, or UTC.
pub fn time_zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

impl Names for Directory {
    fn operator(&self, id: OperatorId) -> String {
        self.operators
            .get(&id)
            .cloned()
            .unwrap_or_else(|| "somebody".to_owned())
    }

    fn contact(&self, id: ContactId) -> String {
        self.contacts
            .get(&id)
            .cloned()
            .unwrap_or_else(|| "the customer".to_owned())
    }

    fn time(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone())
            .strftime("%-d %b %Y %H:%M")
            .to_string()
    }
}
