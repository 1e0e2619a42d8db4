//! Sending: a draft becomes a message whose bytes and Message-ID never change again.
//!
//! Message, events, outbox row and the end of the draft are one commit. The message takes the draft's number, so a
//! second press on "send" finds the first one's message and is answered with the first one's result, however long
//! ago and in whichever process that was.

use std::sync::Arc;

use jiff::Timestamp;

use super::super::actions::{Step, first_reply_due};
use super::super::core::Engine;
use super::outgoing::{mail, message_id, queue};
use super::{identity, own_draft, signature, takeback, view};
use crate::bridge::{AfterSend, Writing};
use crate::domain::decide::{Action, decide};
use crate::domain::draft::{Draft, DraftKind};
use crate::domain::event::{Actor, Happening, MessageMove};
use crate::domain::ids::{DraftId, EventId, MessageId, TicketNumber};
use crate::domain::mailbox::{Mailbox, Outgoing as Way};
use crate::domain::message::{Envelope, MailClass, Message, MessageKind, Placement, PlacementRule};
use crate::domain::outbox::DeliveryState;
use crate::domain::quote;
use crate::domain::ticket::Status;
use crate::domain::trouble::Trouble;
use crate::store::outbox::OutboxRow;
use crate::store::{StoreResult, Write};

const PREVIEW_CHARACTERS: usize = 200;

/// Who sends, when, and with which key.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    pub(super) operator: crate::domain::contact::Operator,
    pub(super) actor: Actor,
    pub(super) now: Timestamp,
    pub(super) key: Vec<u8>,
    pub(super) limit: u64,
    /// IANA name of the operator's time zone.
    pub(super) zone: String,
}

impl Sender {
    pub(super) fn of(engine: &Engine) -> Self {
        Self {
            operator: engine.me.clone(),
            actor: engine.actor(),
            now: engine.clock.now(),
            key: engine.settings.message_id_key.clone(),
            limit: engine.settings.max_message_bytes,
            zone: engine.settings.zone.clone(),
        }
    }
}

pub(super) async fn send(
    engine: &Arc<Engine>,
    draft: DraftId,
    after: AfterSend,
) -> Result<Writing, Trouble> {
    let sender = Sender::of(engine);
    let sent = engine
        .write(move |store| commit(store, &sender, draft, after))
        .await?;
    ring(engine);
    Ok(sent)
}

/// Lets the outbox and the timers know that there is something for them.
pub(super) fn ring(engine: &Engine) {
    engine.told.outbox_changed();
    engine.doorbells.outbox.ring();
    engine.doorbells.timers.ring();
}

/// Makes a message of a stored draft.
///
/// # Errors
/// It cannot be sent as it is, or belongs to somebody else.
pub(super) fn commit(
    store: &mut dyn Write,
    sender: &Sender,
    id: DraftId,
    after: AfterSend,
) -> StoreResult<Writing> {
    if store.draft(id)?.is_none()
        && let Some(first) = sent_before(store, id)?
    {
        return Ok(first);
    }
    let draft = own_draft(store, id, sender.operator.id)?;
    let message = MessageId(draft.id.0);
    let mailbox = sending_mailbox(store, &draft)?;
    let composing = match draft.kind {
        DraftKind::Note if draft.body.trim().is_empty() => {
            return Err(Trouble::operator("the note is empty"));
        }
        DraftKind::Note => None,
        _ => Some(mail(store, &draft, &mailbox, sender)?),
    };
    let mut step = Step::new(sender.actor, sender.now);
    let ticket = ticket(store, &mut step, &draft, sender)?;
    let mut stored = message_of(&draft, message, ticket, sender);
    let outbox = match composing {
        Some(mut outgoing) => {
            outgoing.thread.message_id = message_id(&sender.key, ticket, &mailbox)?;
            let about = step.ticket(store, ticket)?;
            outgoing.signature = signature::words(
                store,
                &draft,
                ticket,
                about.as_ref(),
                sender.now,
                &sender.zone,
            )?;
            Some(queue(store, &outgoing, &mut stored, &mailbox, sender)?)
        }
        None => None,
    };
    step.happens(ticket, Happening::MessageJoined(joined(&stored)), None);
    status_after(store, &mut step, ticket, &stored, after)?;
    store.put_message(&stored)?;
    let step = step
        .commit(store)?
        .ok_or_else(|| Trouble::bug("sending made nothing happen"))?;
    takeback::keep(store, message, &draft, sender.now)?;
    store.delete_draft(draft.id)?;
    Ok(Writing::Sent {
        ticket,
        outbox: outbox.as_ref().map(|row| row.id),
        held_until: outbox.as_ref().and_then(held_until),
        step,
    })
}

fn held_until(row: &OutboxRow) -> Option<Timestamp> {
    match row.state {
        DeliveryState::Held { until } => Some(until),
        _ => None,
    }
}

/// What the first press on "send" was answered with, if this draft became a message.
fn sent_before(store: &dyn Write, draft: DraftId) -> StoreResult<Option<Writing>> {
    let Some(message) = store.message(MessageId(draft.0))? else {
        return Ok(None);
    };
    let row = store.outbox_of_message(message.id)?;
    if matches!(&row, Some(row) if row.state == DeliveryState::Cancelled) {
        return Err(Trouble::operator("this answer was taken back")
            .hint("its text is a draft again: send that one"));
    }
    let step: Option<EventId> = store
        .events(message.ticket)?
        .iter()
        .find(|event| {
            matches!(&event.what, Happening::MessageJoined(joined) if joined.message == message.id)
        })
        .map(|event| event.step);
    Ok(step.map(|step| Writing::Sent {
        ticket: message.ticket,
        outbox: row.as_ref().map(|row| row.id),
        held_until: row.as_ref().and_then(held_until),
        step,
    }))
}

fn sending_mailbox(store: &dyn Write, draft: &Draft) -> StoreResult<Mailbox> {
    let mailbox = store
        .mailboxes()?
        .into_iter()
        .find(|mailbox| mailbox.id == draft.mailbox)
        .ok_or_else(|| Trouble::operator("the mailbox of this draft does not exist"))?;
    if draft.kind == DraftKind::Note {
        return Ok(mailbox);
    }
    let name = &mailbox.settings.name;
    if mailbox.removed {
        return Err(Trouble::operator(format!("the mailbox {name} was removed"))
            .hint("choose another sender"));
    }
    if !mailbox.settings.identity.is_sending {
        return Err(identity::off(&mailbox));
    }
    if mailbox.settings.outgoing == Way::Off {
        return Err(
            Trouble::operator(format!("nothing can be sent from the mailbox {name}"))
                .hint("choose another sender, or set up its outgoing server"),
        );
    }
    Ok(mailbox)
}

/// The ticket that the message goes into; for new mail one that begins with it.
fn ticket(
    store: &mut dyn Write,
    step: &mut Step,
    draft: &Draft,
    sender: &Sender,
) -> StoreResult<TicketNumber> {
    if let Some(number) = draft.ticket {
        let number = view::end_of_merges(store, number)?;
        return match step.ticket(store, number)? {
            Some(_) => Ok(number),
            None => Err(crate::engine::looks::thread::no_ticket(number)),
        };
    }
    let customer = draft.to.first().or(draft.cc.first()).or(draft.bcc.first());
    let contact = match customer {
        Some(customer) => {
            let (first, last) =
                crate::domain::headers::name::split(&customer.name, &customer.address);
            Some(store.meet_contact(&customer.address, &first, &last)?)
        }
        None => None,
    };
    let number = store.next_ticket_number()?;
    let opened = Happening::Opened {
        subject: draft.subject.trim().to_owned(),
        mailbox: draft.mailbox,
        contact,
        first_reply_due: first_reply_due(store, draft.mailbox, sender.now)?,
    };
    step.happens(number, opened, None);
    Ok(number)
}

fn message_of(draft: &Draft, id: MessageId, ticket: TicketNumber, sender: &Sender) -> Message {
    let is_note = draft.kind == DraftKind::Note;
    let text = draft.body.trim_end().to_owned();
    Message {
        id,
        ticket,
        kind: if is_note {
            MessageKind::Note
        } else {
            MessageKind::Outgoing
        },
        class: MailClass::Person,
        at: sender.now,
        author: Some(sender.operator.id),
        envelope: Envelope::default(),
        subject: draft.subject.clone(),
        preview: preview(&text),
        text,
        attachments: Vec::new(),
        placement: Placement {
            rule: PlacementRule::Composed,
            value: String::new(),
        },
        content: None,
        notes: Vec::new(),
    }
}

/// The first of the writer's own words, on one line.
fn preview(text: &str) -> String {
    let own = quote::visible_reply(text);
    let line = own.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(PREVIEW_CHARACTERS).collect()
}

fn joined(message: &Message) -> MessageMove {
    MessageMove {
        message: message.id,
        kind: message.kind,
        class: message.class,
        has_attachments: !message.attachments.is_empty(),
        other_ticket: None,
        first_reply: false,
    }
}

/// Whoever answers has acted on the ticket: new becomes open, unless something else is wished.
fn status_after(
    store: &dyn Write,
    step: &mut Step,
    number: TicketNumber,
    message: &Message,
    after: AfterSend,
) -> StoreResult<()> {
    let Some(ticket) = step.ticket(store, number)? else {
        return Ok(());
    };
    let is_note = message.kind == MessageKind::Note;
    let to = match after {
        AfterSend::Pending => Status::Pending,
        AfterSend::Close => Status::Closed,
        AfterSend::Keep if ticket.status == Status::New && !is_note => Status::Open,
        // The ticket of a new mail that was taken back, and is sent after all.
        AfterSend::Keep if ticket.status == Status::Closed && ticket.tally.messages <= 1 => {
            Status::Open
        }
        AfterSend::Keep => return Ok(()),
    };
    if ticket.status == to {
        return Ok(());
    }
    let happenings = decide(
        &ticket,
        &Action::SetStatus(to),
        step_actor(message),
        message.at,
    )
    .map_err(|refusal| Trouble::operator(refusal.0))?;
    for what in happenings {
        step.happens(number, what, None);
    }
    Ok(())
}

fn step_actor(message: &Message) -> Actor {
    message.author.map_or(Actor::System, Actor::Operator)
}
