//! What placement must know, and what is known.

use std::collections::BTreeMap;

use super::super::classify::is_one_of;
use super::super::headers::subject::ticket_token;
use super::super::ids::{MessageId, TicketNumber};
use super::super::message::{MailClass, MessageKind};
use super::super::parsed::ParsedMail;
use super::super::ticket::Ticket;

/// Says which ticket a Message-ID or a recipient address of ours was signed for; `None` for anybody else's.
pub type Verify<'a> = &'a dyn Fn(&str) -> Option<TicketNumber>;

/// How many references of one mail are looked at. Longer chains are cut in the middle by mail programs anyway.
const MOST_REFERENCES: usize = 100;

/// A mail that arrived, with what classification found.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    pub mail: &'a ParsedMail,
    pub class: MailClass,
    /// It lies in the mailbox's Sent folder: somebody wrote it in another mail program.
    pub from_sent_folder: bool,
    /// The addresses of our mailboxes.
    pub own_addresses: &'a [String],
}

impl Arrival<'_> {
    /// The first From address in lower case.
    pub fn sender(&self) -> Option<String> {
        let from = self.mail.people.from.first()?;
        Some(from.address.trim().to_lowercase()).filter(|address| !address.is_empty())
    }

    /// Incoming, or outgoing where it was found in the Sent folder.
    pub fn kind(&self) -> MessageKind {
        if self.from_sent_folder {
            MessageKind::Outgoing
        } else {
            MessageKind::Incoming
        }
    }

    pub(super) fn is_ours(&self) -> bool {
        self.from_sent_folder
            || self
                .sender()
                .is_some_and(|sender| is_one_of(&sender, self.own_addresses))
    }
}

/// A stored message, as far as placement asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub message: MessageId,
    pub ticket: TicketNumber,
    pub kind: MessageKind,
}

/// A ticket that the mail may belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketSight {
    pub ticket: Ticket,
    /// Lower-case addresses of everybody who wrote or received in it, our own left out.
    pub participants: Vec<String>,
    /// The subjects of its mails; the ticket's own name counts besides them. Operators rename tickets.
    pub subjects: Vec<String>,
}

/// What must be looked up before a mail can be placed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    /// Message-IDs for [`Evidence::messages`]: the mail's own and those it refers to.
    pub message_ids: Vec<String>,
    /// Tickets named by signed ids and addresses or by a subject token.
    pub tickets: Vec<TicketNumber>,
    /// The sender for [`Evidence::last_of_customer`], in lower case.
    pub sender: Option<String>,
}

/// What to look up for this mail.
pub fn questions(arrival: &Arrival<'_>, verify: Verify<'_>) -> Questions {
    let mail = arrival.mail;
    let mut message_ids: Vec<String> = mail
        .message_id
        .iter()
        .chain(&mail.signals.original_message_ids)
        .chain(&mail.signals.own_reference)
        .cloned()
        .chain(references(mail))
        .collect();
    let mut tickets: Vec<TicketNumber> = message_ids
        .iter()
        .cloned()
        .chain(recipients(mail))
        .filter_map(|value| verify(&value))
        .chain(token(mail))
        .collect();
    tickets.sort();
    tickets.dedup();
    message_ids.sort();
    message_ids.dedup();
    Questions {
        message_ids,
        tickets,
        sender: arrival.sender(),
    }
}

/// The answers to [`Questions`], as plain data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The message that has exactly these bytes.
    pub same_content: Option<Known>,
    /// Stored messages by Message-ID; more than one where somebody imitates.
    pub messages: BTreeMap<String, Vec<Known>>,
    /// Stored messages that refer to this mail's own Message-ID.
    pub answered_by: Vec<Known>,
    /// Tickets by number; `None` for those that do not exist.
    pub tickets: BTreeMap<TicketNumber, Option<TicketSight>>,
    /// The sender's most recently updated ticket in this mailbox.
    pub last_of_customer: Option<TicketNumber>,
}

impl Evidence {
    /// The tickets that are still to be looked up. Ask again after adding them, until nothing is left: a ticket may
    /// have been merged into one that is not here yet.
    pub fn missing_tickets(&self, questions: &Questions) -> Vec<TicketNumber> {
        let merged = self
            .tickets
            .values()
            .flatten()
            .filter_map(|sight| sight.ticket.merged_into);
        let mut wanted: Vec<TicketNumber> = self
            .messages
            .values()
            .flatten()
            .chain(&self.answered_by)
            .map(|known| known.ticket)
            .chain(questions.tickets.iter().copied())
            .chain(self.last_of_customer)
            .chain(merged)
            .filter(|number| !self.tickets.contains_key(number))
            .collect();
        wanted.sort();
        wanted.dedup();
        wanted
    }

    pub(super) fn known(&self, message_id: &str) -> &[Known] {
        self.messages.get(message_id).map_or(&[], Vec::as_slice)
    }

    /// The ticket, or the one that it went into by merging. `None` where the trail ends nowhere or in a circle.
    pub(super) fn ticket(&self, number: TicketNumber) -> Option<&TicketSight> {
        let mut sight = self.tickets.get(&number)?.as_ref()?;
        for _ in 0..=self.tickets.len() {
            match sight.ticket.merged_into {
                None => return Some(sight),
                Some(next) => sight = self.tickets.get(&next)?.as_ref()?,
            }
        }
        None
    }
}

/// What the mail refers to, the closest first: what a report is about, In-Reply-To, then References from the right.
pub(super) fn references(mail: &ParsedMail) -> Vec<String> {
    let reported = mail
        .report
        .iter()
        .filter_map(|report| report.original_message_id.as_ref());
    let mut seen = std::collections::BTreeSet::new();
    reported
        .chain(mail.in_reply_to.iter().rev())
        .chain(mail.references.iter().rev())
        .chain(&mail.signals.original_message_ids)
        .filter(|id| !id.is_empty() && seen.insert(id.as_str()))
        .take(MOST_REFERENCES)
        .cloned()
        .collect()
}

/// Addresses that the mail was sent to, where a signed plus-address may stand.
pub(super) fn recipients(mail: &ParsedMail) -> impl Iterator<Item = String> {
    let people = &mail.people;
    mail.signals
        .delivered_to
        .iter()
        .map(|mark| mark.address.clone())
        .chain(
            people
                .to
                .iter()
                .chain(&people.cc)
                .map(|address| address.address.clone()),
        )
        .take(MOST_REFERENCES)
}

pub(super) fn token(mail: &ParsedMail) -> Option<TicketNumber> {
    ticket_token(&mail.subject).map(TicketNumber)
}
