//! One mail into the store: its class, its ticket, its events, and the outcome for the ledger.

mod readable;
mod replying;

use jiff::{SignedDuration, Timestamp};

use readable::readable;

use super::flood::{self, Flood};
use super::gather::{gather, verify};
use super::made::{self, Joins};
use super::{Filed, ReadMail, addresses};
use super::{channel, evidence, quarantine, stub, trial};
use crate::domain::channel::WrittenTo;
use crate::domain::classify::classify;
use crate::domain::event::{Actor, Happening};
use crate::domain::folder::FolderRole;
use crate::domain::headers::address::Address;
use crate::domain::headers::name;
use crate::domain::ids::{ContactId, MailboxId, MessageId, TicketNumber};
use crate::domain::mailbox::{Mailbox, MailboxPolicy};
use crate::domain::message::{MailClass, MessageKind, Placement};
use crate::domain::parsed::ParsedMail;
use crate::domain::place::{Arrival, Joining, Known, Placed, happenings, place};
use crate::domain::trouble::Trouble;
use crate::engine::core::EngineSettings;
use crate::engine::ingest::Ingested;
use crate::engine::redirect;
use crate::engine::sender_domains::signed;
use crate::store::ledger::Outcome;
use crate::store::tickets::NewEvent;
use crate::store::{StoreResult, Write};

/// What is the same for every mail of a batch.
pub struct Desk<'a> {
    pub(super) key: &'a [u8],
    /// IANA name, for dates in what is written by itself.
    zone: &'a str,
    /// The version of the reader that read these mails.
    reader: &'a str,
    pub(super) mailboxes: &'a [Mailbox],
    pub(super) own_addresses: Vec<String>,
    pub(super) now: Timestamp,
}

impl<'a> Desk<'a> {
    pub fn new(
        settings: &'a EngineSettings,
        reader: &'a str,
        mailboxes: &'a [Mailbox],
        now: Timestamp,
    ) -> Self {
        Self {
            key: &settings.message_id_key,
            zone: &settings.zone,
            reader,
            mailboxes,
            own_addresses: addresses(mailboxes),
            now,
        }
    }

    pub fn mailbox(&self, id: MailboxId) -> StoreResult<&'a Mailbox> {
        self.mailboxes
            .iter()
            .find(|mailbox| mailbox.id == id)
            .ok_or_else(|| Trouble::operator("the mailbox is not there any more"))
    }

    /// When a mail arrived: the server's word where it is possible, else the sender's, never the future (fault 33).
    fn arrival_time(&self, mail: &ReadMail) -> Timestamp {
        let sender_says = mail.parsed.as_ref().ok().and_then(|parsed| parsed.date);
        let possible = |at: &Timestamp| at.as_second() > 631_152_000;
        mail.arrived
            .internal_date
            .filter(possible)
            .or(sender_says)
            .filter(possible)
            .unwrap_or(self.now)
            .min(self.now)
    }
}

/// Files one mail.
pub fn arrange(
    transaction: &mut dyn Write,
    desk: &Desk<'_>,
    collecting: &Mailbox,
    mail: &ReadMail,
    ingested: &mut Ingested,
) -> StoreResult<Filed> {
    let parsed = readable(mail);
    if trial::is_about_one(desk.key, &parsed) {
        note_signatures(transaction, desk, mail, &parsed)?;
        return Ok(filed(Outcome::OwnCopy, None));
    }
    let (mailbox, written_to) = channel::of(transaction, desk, collecting, mail, &parsed)?;
    let arrival = Arrival {
        mail: &parsed,
        class: class(desk, mail, &parsed),
        from_sent_folder: mail.arrived.role == FolderRole::Sent,
        own_addresses: &desk.own_addresses,
    };
    let same_content = match transaction.message_of_content(&mail.raw.content())? {
        None => stub::known(transaction, mail)?,
        known => known,
    };
    // A copy of our own answer proves that it was sent, whatever its header looks like.
    let speaks_as = match same_content {
        Some(known) if known.kind == MessageKind::Outgoing => MailClass::Own,
        _ => arrival.class,
    };
    evidence::note(transaction, mail, &parsed, speaks_as, desk.now)?;
    if arrival.from_sent_folder || is_proven_own(desk, &parsed) {
        note_signatures(transaction, desk, mail, &parsed)?;
    }
    let confirms = redirect::note(transaction, desk.mailboxes, collecting, &parsed, desk.now)?;
    ingested.confirmations += u64::from(confirms);
    let filing = Filing {
        contact: meet(transaction, desk, &arrival)?,
        desk,
        collecting,
        mailbox,
        written_to,
        mail,
        parsed: &parsed,
        arrival,
    };
    let placed = filing.place(transaction, same_content)?;
    match &placed {
        Placed::SameContent(_) => {
            ingested.same_content += 1;
            Ok(filed(Outcome::SameContent, Some(mail)))
        }
        Placed::OwnMailReturned(_) => Ok(filed(Outcome::OwnCopy, None)),
        Placed::ToTicket(to) => {
            let ticket = transaction.ticket(to.ticket)?;
            ingested.touch(to.ticket);
            filing.store(
                transaction,
                &placed,
                to.ticket,
                ticket.as_ref(),
                &to.placement,
                ingested,
            )
        }
        Placed::NewTicket { placement, .. } => {
            let number = transaction.next_ticket_number()?;
            ingested.new_tickets.push(number);
            filing.store(transaction, &placed, number, None, placement, ingested)
        }
    }
}

/// An id that only this store signs, as the mail's own: a From of ours may be anybody's.
fn is_proven_own(desk: &Desk<'_>, parsed: &ParsedMail) -> bool {
    let mut ids = parsed
        .message_id
        .iter()
        .chain(&parsed.signals.own_reference);
    ids.any(|id| verify(desk.key, id).is_some())
}

/// Mail of ours that came back shows with which keys it was signed on its way.
fn note_signatures(
    transaction: &mut dyn Write,
    desk: &Desk<'_>,
    mail: &ReadMail,
    parsed: &ParsedMail,
) -> StoreResult<()> {
    let from = parsed.people.from.first().filter(|from| {
        let own = &desk.own_addresses;
        own.iter()
            .any(|one| one.eq_ignore_ascii_case(&from.address))
    });
    match from {
        Some(from) => signed::note(transaction, &from.address, &mail.signatures),
        None => Ok(()),
    }
}

pub(super) fn class(desk: &Desk<'_>, mail: &ReadMail, parsed: &ParsedMail) -> MailClass {
    let is_signed_own = parsed
        .message_id
        .as_deref()
        .is_some_and(|id| verify(desk.key, id).is_some());
    match &mail.parsed {
        Ok(parsed) => classify(parsed, &desk.own_addresses, is_signed_own),
        Err(_) => MailClass::Unreadable,
    }
}

fn makes_unread(what: &Happening) -> bool {
    matches!(
        what,
        Happening::ReadSet {
            to_unread: true,
            ..
        }
    )
}

fn filed(outcome: Outcome, mail: Option<&ReadMail>) -> Filed {
    Filed {
        outcome,
        content: mail.map(|mail| mail.raw.content()),
        news: None,
    }
}

/// The customer: who wrote it, or whom it was written to.
pub(super) fn meet(
    transaction: &mut dyn Write,
    desk: &Desk<'_>,
    arrival: &Arrival<'_>,
) -> StoreResult<Option<ContactId>> {
    let people = &arrival.mail.people;
    let ours = |address: &Address| {
        desk.own_addresses
            .iter()
            .any(|own| own.eq_ignore_ascii_case(&address.address))
    };
    let customer = match arrival.kind() {
        MessageKind::Outgoing => people.to.iter().chain(&people.cc).find(|to| !ours(to)),
        _ => people.from.first(),
    };
    match customer.filter(|customer| !customer.address.trim().is_empty()) {
        Some(Address { name, address }) => {
            let (first, last) = name::split(name, address);
            Ok(Some(transaction.meet_contact(address, &first, &last)?))
        }
        None => Ok(None),
    }
}

/// A mail on its way into a ticket.
struct Filing<'a> {
    desk: &'a Desk<'a>,
    /// Where it lies.
    collecting: &'a Mailbox,
    /// Whose mail it is.
    mailbox: &'a Mailbox,
    written_to: Option<WrittenTo>,
    mail: &'a ReadMail,
    parsed: &'a ParsedMail,
    arrival: Arrival<'a>,
    contact: Option<ContactId>,
}

impl Filing<'_> {
    /// Asks the rules, with everything the store knows about it.
    fn place(&self, transaction: &dyn Write, same_content: Option<Known>) -> StoreResult<Placed> {
        let key = self.desk.key;
        let mut known = gather(
            transaction,
            &self.arrival,
            key,
            self.mailbox.id,
            self.contact,
        )?;
        known.same_content = same_content;
        let policy = &self.mailbox.settings.policy;
        Ok(place(
            &known,
            &self.arrival,
            policy,
            &|value| verify(key, value),
            self.desk.now,
        ))
    }

    fn store(
        &self,
        transaction: &mut dyn Write,
        placed: &Placed,
        number: TicketNumber,
        ticket: Option<&crate::domain::ticket::Ticket>,
        placement: &Placement,
        ingested: &mut Ingested,
    ) -> StoreResult<Filed> {
        let at = self.desk.arrival_time(self.mail);
        let joining = Joining {
            message: MessageId(transaction.fresh_id()?),
            kind: self.arrival.kind(),
            class: self.arrival.class,
            has_attachments: !self.parsed.attachments.is_empty(),
            mailbox: self.mailbox.id,
            contact: self.contact,
            at,
        };
        let mut placed = placed.clone();
        let reply = self.reply(&*transaction, &mut placed, number, ticket, at)?;
        let mut happened = happenings(&placed, &joining, ticket, &self.policy(at));
        if self.mail.arrived.seen && self.is_old(at) {
            happened.retain(|what| !makes_unread(what));
        }
        self.note_flood(transaction, &placed, &mut happened, ingested)?;
        let is_news = happened.iter().any(makes_unread);
        let events: Vec<NewEvent> = happened
            .into_iter()
            .map(|what| NewEvent {
                ticket: number,
                what,
                takes_back: None,
            })
            .collect();
        let outcome = self.outcome();
        transaction.put_packed(&self.mail.raw)?;
        transaction.append(self.actor(&joining), at, &events)?;
        if outcome == Outcome::StoredUnparsed {
            quarantine::keep(transaction, joining.message, self.desk.reader)?;
        }
        let joins = Joins {
            ticket: number,
            placement: placement.clone(),
            written_to: self.written_to.clone(),
            content: self.mail.raw.content(),
        };
        transaction.put_message(&made::message(self.parsed, &joining, joins))?;
        let answered = self.carry_out(transaction, reply, number, &placed, ticket)?;
        ingested.answered += u64::from(answered);
        ingested.stored += 1;
        ingested.unparsed += u64::from(outcome == Outcome::StoredUnparsed);
        Ok(Filed {
            outcome,
            content: Some(self.mail.raw.content()),
            news: (is_news && !self.is_old(at)).then_some(number),
        })
    }

    /// A new ticket of somebody who begins very many.
    fn note_flood(
        &self,
        transaction: &mut dyn Write,
        placed: &Placed,
        happened: &mut Vec<Happening>,
        ingested: &mut Ingested,
    ) -> StoreResult<()> {
        let (Placed::NewTicket { .. }, Some(sender), MessageKind::Incoming) =
            (placed, self.contact, self.arrival.kind())
        else {
            return Ok(());
        };
        let (at, now) = (self.desk.arrival_time(self.mail), self.desk.now);
        let flood = flood::note(transaction, sender, self.mailbox.id, at, now)?;
        if !matches!(flood, Flood::None) {
            happened.push(flood::marked());
        }
        if matches!(flood, Flood::Begins) && !self.is_old(at) {
            ingested.floods.extend(self.arrival.sender());
        }
        Ok(())
    }

    /// Mail from before the mailbox was connected is no news to anybody.
    fn is_old(&self, at: Timestamp) -> bool {
        at < self.collecting.connected_at
    }

    /// Whoever wrote on the day before the mailbox was connected still waits; what is older starts no clock.
    fn starts_a_clock(&self, at: Timestamp) -> bool {
        at.checked_add(SignedDuration::from_hours(24))
            .is_ok_and(|end| end >= self.collecting.connected_at)
    }

    fn policy(&self, at: Timestamp) -> MailboxPolicy {
        let mut policy = self.mailbox.settings.policy.clone();
        if !self.starts_a_clock(at) {
            policy.first_reply_minutes = None;
        }
        policy
    }

    fn actor(&self, joining: &Joining) -> Actor {
        match (joining.kind, self.contact) {
            (MessageKind::Incoming, Some(contact)) => Actor::Customer(contact),
            _ => Actor::System,
        }
    }

    fn outcome(&self) -> Outcome {
        match (&self.mail.parsed, self.mail.arrived.stub_of_bytes) {
            (_, Some(_)) => Outcome::Stub,
            (Ok(_), None) => Outcome::Stored,
            (Err(_), None) => Outcome::StoredUnparsed,
        }
    }
}
