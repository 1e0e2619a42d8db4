//! Placement: which ticket a mail belongs to, and why (design §5).
//!
//! The rules are tried in order and the first match wins; the rule and the value that matched are kept with the
//! message. A stranger can write any header, so only an id that we signed places a mail by itself; every other
//! sign needs the sender to take part already, or becomes a remark for a person to judge. No rule may make a mail
//! disappear: a known Message-ID alone suppresses nothing.
//!
//! Nothing is looked up here. [`questions`] says what must be known, the engine gathers [`Evidence`], and [`place`]
//! decides.

mod evidence;
mod outcome;
mod subject_change;

use jiff::{Timestamp, ToSpan};

use super::ids::TicketNumber;
use super::mailbox::{ClosedReply, MailboxPolicy};
use super::message::{MailClass, MessageKind, Placement, PlacementRule};
use super::ticket::{Mark, Status, Ticket};

pub use evidence::{Arrival, Evidence, Known, Questions, TicketSight, Verify, questions};
pub use outcome::{Joining, happenings};
pub use subject_change::title;
use subject_change::{is_complete_change, same_subject};

/// Where a mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// These very bytes are stored already; only a second location is recorded.
    SameContent(Known),
    /// An answer of ours came back to us: evidence that it was delivered, and no message.
    OwnMailReturned(Known),
    ToTicket(ToTicket),
    NewTicket {
        subject: String,
        marks: Vec<Mark>,
        placement: Placement,
    },
}

/// A mail that joins a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToTicket {
    pub ticket: TicketNumber,
    pub placement: Placement,
    pub marks: Vec<Mark>,
    /// Whether a pending, closed or snoozed ticket comes back to the operators for it.
    pub reopen: bool,
    /// The ticket stays closed, as the mailbox wants it, and the customer is told.
    pub refused: bool,
    /// It was written before a message that the ticket has already, and is no news.
    pub is_earlier: bool,
}

/// Decides where the mail goes. `now` is what the days of [`ClosedReply::ReopenWithinDays`] are counted to.
pub fn place(
    evidence: &Evidence,
    arrival: &Arrival<'_>,
    policy: &MailboxPolicy,
    verify: Verify<'_>,
    now: Timestamp,
) -> Placed {
    if let Some(known) = evidence.same_content {
        return Placed::SameContent(known);
    }
    let placing = Placing {
        evidence,
        arrival,
        policy,
        verify,
        now,
    };
    if let Some(known) = placing.own_mail_returned() {
        return Placed::OwnMailReturned(known);
    }
    let mut doubts = Vec::new();
    if placing.is_id_taken() {
        doubts.push(Mark::DuplicateMessageId);
    }
    let found = placing
        .by_signed_reference()
        .or_else(|| placing.by_known_reference())
        .or_else(|| placing.by_subject_token())
        .or_else(|| placing.by_conversation());
    match found {
        Some(Found::Ticket(sight, placement)) => placing.join(sight, placement, doubts),
        Some(Found::Perhaps(number, value)) => {
            doubts.push(Mark::PossiblyBelongsTo(number));
            placing.new_ticket(doubts, value)
        }
        None => placing.new_ticket(doubts, String::new()),
    }
}

enum Found<'a> {
    Ticket(&'a TicketSight, Placement),
    /// The sign is there, but nothing vouches for the sender.
    Perhaps(TicketNumber, String),
}

struct Placing<'a> {
    evidence: &'a Evidence,
    arrival: &'a Arrival<'a>,
    policy: &'a MailboxPolicy,
    verify: Verify<'a>,
    now: Timestamp,
}

impl<'a> Placing<'a> {
    /// Rule 2. Customers see our ids and could put one on a mail of their own, so the mail must also say that it is
    /// from us. An answer that the store does not know (it was restored from a backup) is placed like any other.
    fn own_mail_returned(&self) -> Option<Known> {
        if !self.arrival.is_ours() {
            return None;
        }
        let mail = self.arrival.mail;
        mail.message_id
            .iter()
            .chain(&mail.signals.original_message_ids)
            .chain(&mail.signals.own_reference)
            .filter(|id| (self.verify)(id).is_some())
            .flat_map(|id| self.evidence.known(id))
            .find(|known| known.kind == MessageKind::Outgoing)
            .copied()
    }

    /// Another mail with other content came under this Message-ID before.
    fn is_id_taken(&self) -> bool {
        let own_id = self.arrival.mail.message_id.as_deref();
        own_id.is_some_and(|id| !self.evidence.known(id).is_empty())
    }

    /// Rule 3.
    fn by_signed_reference(&self) -> Option<Found<'a>> {
        let named = evidence::references(self.arrival.mail)
            .into_iter()
            .chain(evidence::recipients(self.arrival.mail));
        named
            .filter_map(|value| {
                let sight = self.evidence.ticket((self.verify)(&value)?)?;
                Some((sight, value))
            })
            .map(|(sight, value)| found(sight, PlacementRule::SignedReference, value))
            .next()
    }

    /// Rule 4. Several mails may carry one id: whichever ticket the sender takes part in is meant.
    fn by_known_reference(&self) -> Option<Found<'a>> {
        let mut perhaps = None;
        for id in evidence::references(self.arrival.mail) {
            for known in self.evidence.known(&id) {
                let Some(sight) = self.evidence.ticket(known.ticket) else {
                    continue;
                };
                if self.vouched_for(sight) || self.reports_about(known) {
                    return Some(found(sight, PlacementRule::KnownReference, id));
                }
                perhaps.get_or_insert(Found::Perhaps(sight.ticket.number, id.clone()));
            }
        }
        // The first sync fetches the newest first, so that an answer can be here before what it answers.
        let own_id = self.arrival.mail.message_id.clone().unwrap_or_default();
        self.evidence
            .answered_by
            .iter()
            .filter_map(|known| self.evidence.ticket(known.ticket))
            .find(|sight| self.vouched_for(sight))
            .map(|sight| found(sight, PlacementRule::KnownReference, own_id))
            .or(perhaps)
    }

    /// Rule 5.
    fn by_subject_token(&self) -> Option<Found<'a>> {
        let number = evidence::token(self.arrival.mail)?;
        let sight = self.evidence.ticket(number)?;
        let value = format!("[#{number}]");
        if self.arrival.from_sent_folder || self.takes_part(sight) {
            return Some(found(sight, PlacementRule::SubjectToken, value));
        }
        Some(Found::Perhaps(sight.ticket.number, value))
    }

    /// Rule 6.
    fn by_conversation(&self) -> Option<Found<'a>> {
        let written_by_customer = matches!(
            self.arrival.class,
            MailClass::Person | MailClass::List | MailClass::AutoReply
        ) && !self.arrival.from_sent_folder;
        if !self.policy.one_conversation_per_customer || !written_by_customer {
            return None;
        }
        let sight = self.evidence.ticket(self.evidence.last_of_customer?)?;
        let value = self.arrival.sender().unwrap_or_default();
        Some(found(sight, PlacementRule::CustomerConversation, value))
    }

    fn takes_part(&self, sight: &TicketSight) -> bool {
        self.arrival
            .sender()
            .is_some_and(|sender| sight.participants.contains(&sender))
    }

    fn vouched_for(&self, sight: &TicketSight) -> bool {
        self.arrival.from_sent_folder
            || self.takes_part(sight)
            || same_subject(&self.arrival.mail.subject, sight)
    }

    /// Mail systems take part in no ticket; what they report about an answer of ours belongs to it.
    fn reports_about(&self, known: &Known) -> bool {
        known.kind == MessageKind::Outgoing
            && matches!(self.arrival.class, MailClass::Bounce | MailClass::Report)
    }

    /// Whether the mail can bring a ticket back. Programs never do.
    fn may_reopen(&self) -> bool {
        !self.arrival.from_sent_folder
            && matches!(
                self.arrival.class,
                MailClass::Person | MailClass::List | MailClass::Unreadable | MailClass::Own
            )
    }

    fn join(&self, sight: &TicketSight, placement: Placement, mut marks: Vec<Mark>) -> Placed {
        let ticket = &sight.ticket;
        let conversation = placement.rule == PlacementRule::CustomerConversation;
        let is_earlier = self.is_earlier(ticket.number);
        let news = self.may_reopen() && !is_earlier;
        let changed =
            news && !conversation && is_complete_change(&self.arrival.mail.subject, sight);
        let is_closed = news && ticket.status == Status::Closed;
        // Another matter is no reply to this one, and is not refused.
        let refused = is_closed && !changed && self.policy.closed_reply == ClosedReply::Refuse;
        if is_closed && !refused && (changed || !self.policy_reopens(ticket)) {
            marks.push(Mark::Follows(ticket.number));
            return self.new_ticket(marks, placement.value);
        }
        if changed {
            marks.push(Mark::SubjectChanged);
        }
        if news && !self.takes_part(sight) {
            marks.push(Mark::NewParticipant);
        }
        marks.sort();
        Placed::ToTicket(ToTicket {
            ticket: ticket.number,
            placement,
            marks,
            reopen: news && !refused,
            refused,
            is_earlier,
        })
    }

    fn is_earlier(&self, ticket: TicketNumber) -> bool {
        self.evidence.answered_by.iter().any(|known| {
            self.evidence
                .ticket(known.ticket)
                .is_some_and(|sight| sight.ticket.number == ticket)
        })
    }

    fn policy_reopens(&self, ticket: &Ticket) -> bool {
        match self.policy.closed_reply {
            ClosedReply::Reopen => true,
            ClosedReply::NewLinkedTicket | ClosedReply::Refuse => false,
            ClosedReply::ReopenWithinDays(days) => {
                let closed = ticket.clocks.closed_at.unwrap_or(ticket.updated_at);
                closed
                    .checked_add((i64::from(days) * 24).hours())
                    .is_ok_and(|end| self.now <= end)
            }
        }
    }

    /// Rule 7.
    fn new_ticket(&self, mut marks: Vec<Mark>, value: String) -> Placed {
        marks.sort();
        Placed::NewTicket {
            subject: title(&self.arrival.mail.subject, self.arrival.class),
            marks,
            placement: Placement {
                rule: PlacementRule::NewTicket,
                value,
            },
        }
    }
}

fn found(sight: &TicketSight, rule: PlacementRule, value: String) -> Found<'_> {
    Found::Ticket(sight, Placement { rule, value })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
