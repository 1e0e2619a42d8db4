//! When a mailbox may write by itself (RFC 3834), to whom, and how often.
//!
//! Whatever these rules allow, two programs that answer each other must come to an end: automatic mail goes only to
//! people, only to one address, and only so often; past a cap the ticket says "loop suspected" and nothing more
//! leaves by itself. The counts come from what is stored, in the transaction that files the mail, so that a crash
//! neither doubles nor forgets.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::classify::{is_one_of, is_program_address, may_answer_automatically};
use super::event::{Actor, Event, Happening};
use super::headers::address::{Address, sendable};
use super::mailbox::{Automatic, Letter, Mailbox, MailboxPolicy, Outgoing};
use super::message::{MailClass, Message, MessageKind};
use super::parsed::ParsedMail;
use super::place::Placed;
use super::ticket::Status;

/// Automatic mails that one address gets within a day.
pub const MOST_TO_ONE_A_DAY: usize = 3;
/// Automatic mails of one ticket, ever.
pub const MOST_IN_A_TICKET: usize = 5;
/// How often customers' mail brings one ticket back within a day.
pub const MOST_REOPENINGS_A_DAY: usize = 10;
/// What the caps a day are counted over. Mail that has waited longer than this gets no automatic answer either: it
/// would come too late to be understood.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What is written by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LetterKind {
    AutoReply,
    ClosingNotice,
    Refusal,
}

impl LetterKind {
    pub const ALL: [Self; 3] = [Self::AutoReply, Self::ClosingNotice, Self::Refusal];

    /// The word for it in commands.
    pub fn word(self) -> &'static str {
        match self {
            Self::AutoReply => "auto-reply",
            Self::ClosingNotice => "closing-notice",
            Self::Refusal => "refusal",
        }
    }

    /// As it is called in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::AutoReply => "auto-reply",
            Self::ClosingNotice => "closing notice",
            Self::Refusal => "refusal notice",
        }
    }

    pub fn of(self, automatic: &Automatic) -> &Letter {
        match self {
            Self::AutoReply => &automatic.auto_reply,
            Self::ClosingNotice => &automatic.closing_notice,
            Self::Refusal => &automatic.refusal,
        }
    }
}

/// The letter that a mail's place asks for.
pub fn letter_for(placed: &Placed, policy: &MailboxPolicy) -> Option<LetterKind> {
    match placed {
        Placed::NewTicket { .. } if policy.automatic.auto_reply.is_on => {
            Some(LetterKind::AutoReply)
        }
        Placed::ToTicket(to) if to.refused => Some(LetterKind::Refusal),
        _ => None,
    }
}

/// A mail that came in, and how it came.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    pub mail: &'a ParsedMail,
    pub class: MailClass,
    pub own_addresses: &'a [String],
    pub mailbox: &'a Mailbox,
    /// It was put in from a file, or was found among what we sent.
    pub is_fetched_from_inbox: bool,
    pub arrived: Timestamp,
    pub now: Timestamp,
}

/// Whoever gets the automatic answer to a mail: the one address of Reply-To, else of From (RFC 3834 §4: what answers
/// for a service may use them), never several.
///
/// # Errors
/// Why there is none, as a part of a sentence.
pub fn recipient(occasion: &Occasion<'_>) -> Result<Address, &'static str> {
    let Occasion { mail, mailbox, .. } = occasion;
    can_send(mailbox)?;
    if !occasion.is_fetched_from_inbox {
        return Err("the mail did not come in by itself");
    }
    let too_late = occasion.now.duration_since(occasion.arrived) > DAY;
    // Servers tell the time of arrival in whole seconds.
    if occasion.arrived.as_second() < mailbox.connected_at.as_second() || too_late {
        return Err("the mail is too old");
    }
    if !may_answer_automatically(mail, occasion.class, occasion.own_addresses) {
        return Err("no program may answer this mail");
    }
    let people = &mail.people;
    let to = match (people.reply_to.as_slice(), people.from.as_slice()) {
        ([one], _) | ([], [one]) => one,
        _ => return Err("it names more than one person to answer"),
    };
    let envelope_sender = mail.signals.return_path.as_deref().unwrap_or_default();
    let programs = [to.address.as_str(), bare(envelope_sender)];
    if programs.into_iter().any(is_program) {
        return Err("nobody reads that address");
    }
    let is_loop = mail.signals.loops.iter().any(|value| {
        let own = occasion.own_addresses.iter();
        own.map(|own| own.to_lowercase())
            .any(|own| value.to_lowercase().contains(&own))
    });
    if is_loop {
        return Err("the mail has been here before");
    }
    reachable(to, occasion.own_addresses)
}

/// Whoever is told that a ticket was closed: the person who wrote last into it.
///
/// # Errors
/// Why nobody is, as a part of a sentence.
pub fn told_of_closing(
    messages: &[Message],
    mailbox: &Mailbox,
    own_addresses: &[String],
) -> Result<(Address, Message), &'static str> {
    can_send(mailbox)?;
    let last = messages
        .iter()
        .filter(|message| message.kind == MessageKind::Incoming)
        .max_by_key(|message| (message.at, message.id))
        .ok_or("no customer wrote into it")?;
    if last.class != MailClass::Person {
        return Err("its last mail is not from a person");
    }
    let to = match (last.envelope.reply_to.as_slice(), &last.envelope.from) {
        ([one], _) => one,
        ([], Some(from)) => from,
        _ => return Err("it names more than one person to answer"),
    };
    if is_program(&to.address) {
        return Err("nobody reads that address");
    }
    reachable(to, own_addresses).map(|to| (to, last.clone()))
}

fn can_send(mailbox: &Mailbox) -> Result<(), &'static str> {
    let settings = &mailbox.settings;
    if mailbox.removed || settings.outgoing == Outgoing::Off || !settings.identity.is_sending {
        return Err("nothing can be sent from the mailbox");
    }
    Ok(())
}

fn bare(path: &str) -> &str {
    path.trim().trim_start_matches('<').trim_end_matches('>')
}

fn is_program(address: &str) -> bool {
    is_program_address(&address.trim().to_lowercase())
}

fn reachable(to: &Address, own_addresses: &[String]) -> Result<Address, &'static str> {
    if is_one_of(&to.address, own_addresses) {
        return Err("the answer would come back to us");
    }
    if sendable(&to.address).is_err() {
        return Err("its address cannot be sent to");
    }
    Ok(to.clone())
}

/// The automatic mail that was queued so far, without what was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// To this address within a [`DAY`].
    pub to_recipient: usize,
    /// In this ticket.
    pub in_ticket: usize,
}

/// Local part and domain of an address as one person's: without regard to case, and without what stands after a plus.
/// A program that takes a new plus-address for each mail is counted as one.
pub fn one_person(address: &str) -> (String, String) {
    let address = address.to_lowercase();
    let (local, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
    let local = match local.split_once('+') {
        Some((person, _)) if !person.is_empty() && !person.starts_with('"') => person,
        _ => local,
    };
    (local.to_owned(), domain.to_owned())
}

/// Why no more automatic mail leaves, as a sentence without a full stop; `None` where it may.
pub fn past_cap(counts: Counts) -> Option<String> {
    if counts.to_recipient >= MOST_TO_ONE_A_DAY {
        return Some(format!(
            "{} automatic mails went to the same address within a day",
            counts.to_recipient
        ));
    }
    (counts.in_ticket >= MOST_IN_A_TICKET)
        .then(|| format!("{} automatic mails are in this ticket", counts.in_ticket))
}

/// Whether customers' mail has brought the ticket back so often that it no longer may.
pub fn is_reopened_too_often(events: &[Event], now: Timestamp) -> bool {
    let reopenings = events.iter().filter(|event| {
        let by_mail = !matches!(event.actor, Actor::Operator(_));
        let is_reopening = matches!(
            event.what,
            Happening::StatusSet {
                from: Status::Closed,
                to: Status::Open
            }
        );
        by_mail && is_reopening && now.duration_since(event.at) < DAY
    });
    reopenings.count() >= MOST_REOPENINGS_A_DAY
}

/// A customer's name as an automatic mail may repeat it. What carries an address or a link is no name: anybody can
/// send us mail in the name of somebody else, and our answer must not carry his advertisement there.
pub fn plausible_name(name: &str) -> &str {
    let lower = name.to_lowercase();
    let is_bait = ["://", "www.", "@", ".com", ".net", ".org", ".ru"]
        .iter()
        .any(|sign| lower.contains(sign));
    if is_bait || name.chars().count() > 80 {
        ""
    } else {
        name
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
