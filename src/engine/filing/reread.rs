//! A stored mail of which more is known now: one that could not be read, or was not here whole.
//!
//! The message keeps its id, its ticket, its place in it and the reason for that place; its words become those of the
//! mail. By the log it leaves the ticket and joins it in one step, so that the ticket's row stays what its events
//! make. Nothing is answered by itself: whoever wrote it wrote long ago.

use super::ReadMail;
use super::arrange::{Desk, class, meet};
use super::gather::{gather, verify};
use super::made::{self, Joins};
use super::{channel, evidence};
use crate::domain::event::{Actor, Happening, MessageMove};
use crate::domain::folder::FolderRole;
use crate::domain::ids::{MailboxId, OperatorId, TicketNumber};
use crate::domain::message::{MailClass, Message, MessageKind};
use crate::domain::place::{Arrival, Joining, Placed, place, title};
use crate::domain::ticket::{Mark, Status, Ticket};
use crate::domain::trouble::Trouble;
use crate::engine::ingest::Arrived;
use crate::store::tickets::NewEvent;
use crate::store::{StoreResult, Write};

/// How a stored message would come in today.
pub fn arrived(stored: &Message, mailbox: MailboxId) -> Arrived {
    let role = match stored.kind {
        MessageKind::Outgoing => FolderRole::Sent,
        _ => FolderRole::Inbox,
    };
    Arrived {
        mailbox,
        is_imported: false,
        folder: None,
        uid: None,
        role,
        internal_date: None,
        seen: false,
        stub_of_bytes: None,
        raw: Vec::new(),
    }
}

/// Puts what was read in the place of what is stored. `by` is the operator who asked for it, if one did.
///
/// # Errors
/// The mail was not read, or its ticket is not there.
pub fn replace(
    transaction: &mut dyn Write,
    desk: &Desk<'_>,
    stored: &Message,
    mail: &ReadMail,
    by: Option<OperatorId>,
) -> StoreResult<()> {
    let parsed = mail.parsed.as_ref().map_err(Clone::clone)?;
    let number = stored.ticket;
    let ticket = transaction
        .ticket(number)?
        .ok_or_else(|| Trouble::bug(format!("there is no ticket #{number} in the store")))?;
    let arrival = Arrival {
        mail: parsed,
        class: class(desk, mail, parsed),
        from_sent_folder: stored.kind == MessageKind::Outgoing,
        own_addresses: &desk.own_addresses,
    };
    evidence::note(transaction, mail, parsed, arrival.class, desk.now)?;
    let joining = Joining {
        message: stored.id,
        kind: arrival.kind(),
        class: arrival.class,
        has_attachments: !parsed.attachments.is_empty(),
        mailbox: ticket.mailbox,
        contact: meet(transaction, desk, &arrival)?,
        at: stored.at,
    };
    let mut remarks = Vec::new();
    if stored.class == MailClass::Unreadable {
        remarks = became_readable(transaction, desk, &ticket, &arrival, &joining)?;
    }
    let collecting = desk.mailbox(ticket.mailbox)?;
    let joins = Joins {
        ticket: number,
        placement: stored.placement.clone(),
        written_to: channel::of(transaction, desk, collecting, mail, parsed)?.1,
        content: mail.raw.content(),
    };
    let message = made::message(parsed, &joining, joins);
    let actor = match (by, joining.contact) {
        (Some(operator), _) => Actor::Operator(operator),
        (None, Some(customer)) if joining.kind == MessageKind::Incoming => {
            Actor::Customer(customer)
        }
        (None, _) => Actor::System,
    };
    let replaced = vec![
        Happening::MessageLeft(side(stored)),
        Happening::MessageJoined(side(&message)),
    ];
    transaction.put_packed(&mail.raw)?;
    transaction.append(actor, desk.now, &events(number, replaced))?;
    if !remarks.is_empty() {
        transaction.append(Actor::System, desk.now, &events(number, remarks))?;
    }
    transaction.replace_message(&message)
}

/// The ticket gets its name, and comes back to the operators; where the mail would belong elsewhere today, it says so.
fn became_readable(
    transaction: &mut dyn Write,
    desk: &Desk<'_>,
    ticket: &Ticket,
    arrival: &Arrival<'_>,
    joining: &Joining,
) -> StoreResult<Vec<Happening>> {
    let mut remarks = Vec::new();
    if ticket.subject == title("", MailClass::Unreadable) {
        remarks.push(Happening::Renamed {
            from: ticket.subject.clone(),
            to: title(&arrival.mail.subject, arrival.class),
        });
    }
    let known = gather(
        transaction,
        arrival,
        desk.key,
        ticket.mailbox,
        joining.contact,
    )?;
    let policy = &desk.mailbox(ticket.mailbox)?.settings.policy;
    let verify = |value: &str| verify(desk.key, value);
    let mut marks = match place(&known, arrival, policy, &verify, desk.now) {
        Placed::ToTicket(to) => vec![Mark::PossiblyBelongsTo(to.ticket)],
        Placed::NewTicket { marks, .. } => marks,
        Placed::SameContent(_) | Placed::OwnMailReturned(_) => Vec::new(),
    };
    marks.retain(|mark| {
        *mark != Mark::PossiblyBelongsTo(ticket.number) && !ticket.marks.contains(mark)
    });
    if !marks.is_empty() {
        remarks.push(Happening::Marked {
            added: marks,
            removed: Vec::new(),
        });
    }
    if !ticket.unread && ticket.status != Status::Closed {
        remarks.push(Happening::ReadSet {
            from_unread: false,
            to_unread: true,
        });
    }
    Ok(remarks)
}

fn side(message: &Message) -> MessageMove {
    MessageMove {
        message: message.id,
        kind: message.kind,
        class: message.class,
        has_attachments: !message.attachments.is_empty(),
        other_ticket: Some(message.ticket),
        first_reply: false,
    }
}

fn events(ticket: TicketNumber, happened: Vec<Happening>) -> Vec<NewEvent> {
    let event = |what| NewEvent {
        ticket,
        what,
        takes_back: None,
    };
    happened.into_iter().map(event).collect()
}
