//! What a placed mail makes happen to its ticket.

use jiff::{Timestamp, ToSpan};

use super::super::event::{Happening, MessageMove};
use super::super::ids::{ContactId, MailboxId, MessageId};
use super::super::mailbox::MailboxPolicy;
use super::super::message::{MailClass, MessageKind};
use super::super::ticket::{Mark, Status, Ticket};
use super::{Placed, ToTicket};

/// The message that joins, once it has an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joining {
    pub message: MessageId,
    pub kind: MessageKind,
    pub class: MailClass,
    pub has_attachments: bool,
    pub mailbox: MailboxId,
    /// The customer: who wrote it, or whom it was written to.
    pub contact: Option<ContactId>,
    /// When it arrived; the first-reply clock runs from here.
    pub at: Timestamp,
}

/// The events of one placed mail, in order. `target` is the ticket that it joins (`None` for a new one). Copies and
/// returned mail of ours make nothing happen.
pub fn happenings(
    placed: &Placed,
    joining: &Joining,
    target: Option<&Ticket>,
    policy: &MailboxPolicy,
) -> Vec<Happening> {
    match placed {
        Placed::SameContent(_) | Placed::OwnMailReturned(_) => Vec::new(),
        Placed::NewTicket { subject, marks, .. } => opening(subject, marks, joining, policy),
        Placed::ToTicket(to) => target.map_or_else(Vec::new, |ticket| join(to, joining, ticket)),
    }
}

fn joined(joining: &Joining) -> Happening {
    Happening::MessageJoined(MessageMove {
        message: joining.message,
        kind: joining.kind,
        class: joining.class,
        has_attachments: joining.has_attachments,
        other_ticket: None,
        first_reply: false,
    })
}

fn opening(
    subject: &str,
    marks: &[Mark],
    joining: &Joining,
    policy: &MailboxPolicy,
) -> Vec<Happening> {
    let mut out = vec![
        Happening::Opened {
            subject: subject.to_owned(),
            mailbox: joining.mailbox,
            contact: joining.contact,
            first_reply_due: first_reply_due(joining, policy),
        },
        joined(joining),
    ];
    if !marks.is_empty() {
        out.push(Happening::Marked {
            added: marks.to_vec(),
            removed: Vec::new(),
        });
    }
    // Somebody of us wrote first, elsewhere: it is the customer's turn.
    if joining.kind == MessageKind::Outgoing {
        out.push(Happening::StatusSet {
            from: Status::New,
            to: Status::Pending,
        });
    } else if wants_eyes(joining) {
        out.push(unread(false));
    }
    out
}

/// Only people wait for a first reply, and those whose mail could not be read.
fn first_reply_due(joining: &Joining, policy: &MailboxPolicy) -> Option<Timestamp> {
    let waits = joining.kind == MessageKind::Incoming
        && matches!(joining.class, MailClass::Person | MailClass::Unreadable);
    let minutes = policy.first_reply_minutes.filter(|_| waits)?;
    joining.at.checked_add(i64::from(minutes).minutes()).ok()
}

/// Whether an operator should look. Reports that all went well are only kept. Mail in the inbox that says to be
/// from us is shown: anybody can write that, and a colleague may want something.
fn wants_eyes(joining: &Joining) -> bool {
    joining.kind == MessageKind::Incoming && joining.class != MailClass::Report
}

fn unread(from_unread: bool) -> Happening {
    Happening::ReadSet {
        from_unread,
        to_unread: true,
    }
}

fn join(to: &ToTicket, joining: &Joining, ticket: &Ticket) -> Vec<Happening> {
    let mut out = vec![joined(joining)];
    let status = match (joining.kind, ticket.status) {
        (MessageKind::Incoming, Status::Pending | Status::Closed) if to.reopen => true,
        (MessageKind::Outgoing, Status::New) => true,
        _ => false,
    };
    if status {
        out.push(Happening::StatusSet {
            from: ticket.status,
            to: Status::Open,
        });
    }
    if let (true, Some(until)) = (to.reopen, ticket.clocks.snoozed_until) {
        out.push(Happening::Snoozed {
            from: Some(until),
            to: None,
        });
    }
    if !ticket.unread && !to.is_earlier && wants_eyes(joining) {
        out.push(unread(ticket.unread));
    }
    out.extend(marks(to, ticket));
    out
}

/// [`Mark::SubjectChanged`] speaks about the last mail, so a later mail on the old subject takes it away.
fn marks(to: &ToTicket, ticket: &Ticket) -> Option<Happening> {
    let added: Vec<Mark> = to
        .marks
        .iter()
        .filter(|mark| !ticket.marks.contains(mark))
        .cloned()
        .collect();
    let back_on_subject = to.reopen && !to.marks.contains(&Mark::SubjectChanged);
    let removed: Vec<Mark> = ticket
        .marks
        .iter()
        .filter(|mark| **mark == Mark::SubjectChanged && back_on_subject)
        .cloned()
        .collect();
    (!added.is_empty() || !removed.is_empty()).then_some(Happening::Marked { added, removed })
}
