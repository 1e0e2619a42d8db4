//! The closing notice: a customer hears that the ticket was closed, unless the closing is taken back in time.

use jiff::{SignedDuration, Timestamp};

use super::super::looks::thread;
use super::Step;
use crate::domain::automatic::{LetterKind, past_cap, told_of_closing};
use crate::domain::clean::Clean;
use crate::domain::event::{Event, Happening};
use crate::domain::ids::{MessageId, TicketNumber};
use crate::domain::message::{MailClass, Message, MessageKind};
use crate::domain::outbox::DeliveryState;
use crate::domain::query::Asker;
use crate::domain::ticket::Mark;
use crate::engine::automatic::{self, Matter, Writer};
use crate::engine::filing;
use crate::mail::compose::Thread;
use crate::store::{StoreResult, Write};

/// Queues the notices of tickets that a person has just closed, as part of the same step. Gives how many.
pub(super) fn closed(
    store: &mut dyn Write,
    step: &mut Step,
    asker: &Asker,
    key: &[u8],
    tickets: &[TicketNumber],
) -> StoreResult<usize> {
    let mailboxes = store.mailboxes()?;
    let is_wanted =
        |one: &crate::domain::mailbox::Mailbox| one.settings.policy.automatic.closing_notice.is_on;
    if !mailboxes.iter().any(is_wanted) {
        return Ok(0);
    }
    let own_addresses = filing::addresses(&mailboxes);
    let writer = Writer {
        key,
        zone: &asker.zone,
        now: asker.now,
    };
    let mut queued = 0;
    for number in tickets {
        let Some(ticket) = step.ticket(store, *number)? else {
            continue;
        };
        let mailbox = mailboxes
            .iter()
            .find(|one| one.id == ticket.mailbox && is_wanted(one));
        let Some(mailbox) = mailbox.filter(|_| !ticket.marks.contains(&Mark::LoopSuspected)) else {
            continue;
        };
        let events = store.events(*number)?;
        let messages = thread::present_messages(store, *number, &events)?;
        let Ok((to, last)) = told_of_closing(&messages, mailbox, &own_addresses) else {
            continue;
        };
        if past_cap(automatic::counts(store, &to, *number, asker.now)?).is_some() {
            continue;
        }
        let matter = Matter {
            number: *number,
            subject: &ticket.subject,
            contact: ticket.contact,
            mailbox,
            written_to: last.envelope.written_to.as_ref(),
        };
        let window = SignedDuration::from_secs(mailbox.settings.policy.undo_window_seconds.into());
        let kind = LetterKind::ClosingNotice;
        let what = automatic::queue(store, &writer, &matter, kind, &to, below(&last), window)?;
        step.happens(*number, what, None);
        queued += 1;
    }
    Ok(queued)
}

/// In the thread of the customer's last mail, without being an answer to it.
fn below(last: &Message) -> Thread {
    let mut references = last.envelope.references.clone();
    references.extend(last.envelope.message_id.clone());
    Thread {
        references,
        ..Thread::default()
    }
}

/// The sentence about the closing, with what customers will hear of it.
pub(super) fn told(sentence: Clean, notified: usize) -> Clean {
    match notified {
        0 => sentence,
        1 => Clean::line(&format!("{sentence}; the customer is told")),
        more => Clean::line(&format!("{sentence}; {more} customers are told")),
    }
}

/// Takes notices back with the closing that they tell of. What remains of the events is what can be taken back: a
/// notice that has left stays in the ticket, and one that was taken back is not written again.
pub(super) fn take_back(
    store: &mut dyn Write,
    events: Vec<Event>,
    now: Timestamp,
) -> StoreResult<Vec<Event>> {
    let mut kept = Vec::with_capacity(events.len());
    for event in events {
        let stays = match &event.what {
            Happening::MessageJoined(joined) if is_notice(joined.kind, joined.class) => {
                cancel(store, joined.message, now)?
            }
            Happening::MessageLeft(left) if is_notice(left.kind, left.class) => false,
            _ => true,
        };
        if stays {
            kept.push(event);
        }
    }
    Ok(kept)
}

fn is_notice(kind: MessageKind, class: MailClass) -> bool {
    kind == MessageKind::Outgoing && class == MailClass::AutoReply
}

/// Whether it is stopped before it leaves.
fn cancel(store: &mut dyn Write, message: MessageId, now: Timestamp) -> StoreResult<bool> {
    let Some(row) = store.outbox_of_message(message)? else {
        return Ok(false);
    };
    if !matches!(
        row.state,
        DeliveryState::Held { .. } | DeliveryState::Queued
    ) {
        return Ok(false);
    }
    store.move_outbox(
        row.id,
        &row.state,
        &DeliveryState::Cancelled,
        row.attempts,
        now,
    )
}

/// Whether these events hold a notice that somebody may see in the outbox.
pub(super) fn holds_notice(events: &[Event]) -> bool {
    events.iter().any(|event| {
        matches!(&event.what, Happening::MessageJoined(joined) if is_notice(joined.kind, joined.class))
    })
}
