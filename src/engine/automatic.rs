//! Mail that nobody writes: auto-replies, closing notices, refusals.
//!
//! It is written and queued in the transaction of what it follows from, so that it exists exactly once however often
//! the program stops. It never stops a clock, changes a status, or asks for an answer.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::values;
use super::writing::outgoing::message_id;
use crate::domain::automatic::{Counts, DAY, LetterKind, one_person, plausible_name};
use crate::domain::channel::{WrittenTo, own_addresses};
use crate::domain::event::{Happening, MessageMove};
use crate::domain::headers::address::Address;
use crate::domain::ids::{ContactId, ContentHash, MessageId, OutboxId, TicketNumber};
use crate::domain::mailbox::{Letter, Mailbox};
use crate::domain::message::{Envelope, MailClass, Message, MessageKind, Placement, PlacementRule};
use crate::domain::outbox::DeliveryState;
use crate::domain::template::{Template, Values, Variable};
use crate::mail::compose::{self, Apart, Outgoing, Thread};
use crate::store::outbox::{OutboxRow, SentCopy};
use crate::store::{Read, StoreResult, Write};

/// Characters of a subject that a template makes.
const LONGEST_SUBJECT: usize = 200;

/// What is the same for all automatic mail of a transaction.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    pub key: &'a [u8],
    pub zone: &'a str,
    pub now: Timestamp,
}

/// The ticket that a letter is about, which may be about to be stored.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'a> {
    pub number: TicketNumber,
    pub subject: &'a str,
    pub contact: Option<ContactId>,
    pub mailbox: &'a Mailbox,
    /// The address of the mailbox that the customer wrote to.
    pub written_to: Option<&'a WrittenTo>,
}

impl Matter<'_> {
    /// The sender: whom the customer wrote to, where the mailbox answers so.
    fn from(&self) -> Address {
        let settings = &self.mailbox.settings;
        let alias = self.written_to.filter(|to| {
            settings.identity.answers_from_written_to
                && to.mailbox == self.mailbox.id
                && own_addresses(self.mailbox).any(|own| *own == to.address)
        });
        let address = alias.map_or(&settings.address, |to| &to.address);
        Address::new(settings.display_name.clone(), address.clone())
    }
}

/// A letter with its variables filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub subject: String,
    pub preview: String,
    pub text: String,
    pub markdown: String,
}

/// Fills in a letter.
pub fn write(letter: &Letter, values: &Values) -> Written {
    let line = |text: &str| {
        let filled = Template::lenient(text).render(values);
        let words: Vec<&str> = filled.split_whitespace().collect();
        words.join(" ").chars().take(LONGEST_SUBJECT).collect()
    };
    let body = Template::lenient(&letter.body);
    Written {
        subject: line(&letter.subject),
        preview: line(&letter.preview),
        text: body.render(values),
        markdown: body.render_markdown(values),
    }
}

/// What the variables of a letter stand for. Nobody signs it, so there is no operator.
///
/// # Errors
/// When the store cannot be read.
pub fn letter_values(
    store: &dyn Read,
    writer: &Writer<'_>,
    matter: &Matter<'_>,
    to: Option<&Address>,
) -> StoreResult<Values> {
    let values = Values::default()
        .with(Variable::TicketNumber, &matter.number.to_string())
        .with(Variable::TicketSubject, matter.subject);
    let values = values::date(values, writer.now, writer.zone);
    let values = values::mailbox(values, matter.mailbox);
    let values = values::contact(store, values, matter.contact, to)?;
    let name = plausible_name(values.of(Variable::ContactName)).to_owned();
    let first = plausible_name(values.of(Variable::ContactFirstName)).to_owned();
    Ok(values
        .with(Variable::ContactName, &name)
        .with(Variable::ContactFirstName, &first))
}

/// The automatic mail that was queued for an address and in a ticket.
///
/// # Errors
/// When the store cannot be read.
pub fn counts(
    store: &dyn Read,
    to: &Address,
    ticket: TicketNumber,
    now: Timestamp,
) -> StoreResult<Counts> {
    let since = now.checked_sub(DAY).unwrap_or(Timestamp::MIN);
    let left = |row: &&OutboxRow| row.state != DeliveryState::Cancelled;
    let (local, domain) = one_person(&envelope_address(to));
    let near = store.automatic_to(&local, since)?;
    let is_his = |row: &&OutboxRow| {
        let mut went_to = row.envelope_to.iter();
        went_to.any(|to| one_person(to) == (local.clone(), domain.clone()))
    };
    Ok(Counts {
        to_recipient: near.iter().filter(left).filter(is_his).count(),
        in_ticket: store.automatic_of(ticket)?.iter().filter(left).count(),
    })
}

/// The address as the envelope has it.
fn envelope_address(to: &Address) -> String {
    crate::domain::headers::address::sendable(&to.address).map_or_else(
        |_| to.address.clone(),
        |(local, domain)| format!("{local}@{domain}"),
    )
}

/// Writes a letter and puts it into the outbox, to leave after `held`. Gives the message's part in the ticket; the
/// caller lets it happen.
///
/// # Errors
/// When the mail cannot be written, or the store takes nothing.
pub fn queue(
    store: &mut dyn Write,
    writer: &Writer<'_>,
    matter: &Matter<'_>,
    kind: LetterKind,
    to: &Address,
    thread: Thread,
    held: SignedDuration,
) -> StoreResult<Happening> {
    let values = letter_values(store, writer, matter, Some(to))?;
    let settings = &matter.mailbox.settings;
    let written = write(kind.of(&settings.policy.automatic), &values);
    let reply_to = settings.identity.reply_to.as_ref();
    let outgoing = Outgoing {
        from: matter.from(),
        // No blind copies: whoever gets them is no customer, and might answer by himself.
        reply_to: reply_to.map(|address| Address::new("", address.clone())),
        language: settings.identity.language.clone(),
        to: vec![Address::new("", to.address.clone())],
        subject: written.subject,
        markdown_body: written.markdown,
        apart: Apart {
            text: Some(written.text),
            preheader: written.preview,
        },
        thread: Thread {
            message_id: message_id(writer.key, matter.number, matter.mailbox)?,
            ..thread
        },
        date: writer.now,
        automatic: true,
        ..Outgoing::default()
    };
    let composed = compose::compose(&outgoing)?;
    let content = ContentHash(Sha256::digest(&composed.raw).into());
    store.put_raw(&content, &composed.raw)?;
    let message = message(
        MessageId(store.fresh_id()?),
        matter.number,
        &outgoing,
        content,
    );
    store.put_message(&message)?;
    let until = writer.now.checked_add(held).unwrap_or(writer.now);
    let id = OutboxId(store.fresh_id()?);
    store.put_outbox(&OutboxRow {
        id,
        message: message.id,
        ticket: matter.number,
        mailbox: matter.mailbox.id,
        message_id: composed.message_id,
        envelope_from: None,
        envelope_to: composed.envelope_to,
        content,
        state: if until > writer.now {
            DeliveryState::Held { until }
        } else {
            DeliveryState::Queued
        },
        attempts: 0,
        queued_at: writer.now,
        changed_at: writer.now,
        sent_copy: SentCopy::NotOurs,
    })?;
    Ok(joined(&message))
}

fn message(
    id: MessageId,
    ticket: TicketNumber,
    outgoing: &Outgoing,
    content: ContentHash,
) -> Message {
    let text = outgoing.apart.text.clone().unwrap_or_default();
    Message {
        id,
        ticket,
        kind: MessageKind::Outgoing,
        class: MailClass::AutoReply,
        at: outgoing.date,
        author: None,
        envelope: Envelope {
            message_id: Some(outgoing.thread.message_id.clone()),
            in_reply_to: outgoing.thread.in_reply_to.iter().cloned().collect(),
            references: outgoing.thread.references.clone(),
            date: Some(outgoing.date),
            from: Some(outgoing.from.clone()),
            to: outgoing.to.clone(),
            ..Envelope::default()
        },
        subject: outgoing.subject.clone(),
        preview: outgoing.apart.preheader.clone(),
        text: text.trim_end().to_owned(),
        attachments: Vec::new(),
        placement: Placement {
            rule: PlacementRule::Composed,
            value: String::new(),
        },
        content: Some(content),
        notes: Vec::new(),
    }
}

/// Stores a note of ours, and gives its part in the ticket.
///
/// # Errors
/// When the store takes nothing.
pub fn note(
    store: &mut dyn Write,
    ticket: TicketNumber,
    words: &str,
    now: Timestamp,
) -> StoreResult<Happening> {
    let note = Message {
        id: MessageId(store.fresh_id()?),
        ticket,
        kind: MessageKind::Note,
        class: MailClass::AutoReply,
        at: now,
        author: None,
        envelope: Envelope {
            from: Some(Address::new("Ticketty", "")),
            ..Envelope::default()
        },
        subject: String::new(),
        text: words.to_owned(),
        preview: words.to_owned(),
        attachments: Vec::new(),
        placement: Placement {
            rule: PlacementRule::Composed,
            value: String::new(),
        },
        content: None,
        notes: Vec::new(),
    };
    store.put_message(&note)?;
    Ok(joined(&note))
}

fn joined(message: &Message) -> Happening {
    Happening::MessageJoined(MessageMove {
        message: message.id,
        kind: message.kind,
        class: message.class,
        has_attachments: false,
        other_ticket: None,
        first_reply: false,
    })
}
