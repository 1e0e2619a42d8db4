//! Which mailbox a mail belongs to, where one mailbox collects the mail of several addresses.
//!
//! Mail that was redirected carries the marks of its way: each server writes the address it delivered to above what
//! was there. Those marks count first, the topmost before those below it, because a sender can only write below what
//! the servers write; then what the sender wrote into To and Cc. Anybody can write any header, so the choice is only
//! ever among the addresses that are collected in the mailbox where the mail lies: a sender who lies comes no further
//! than one who writes to that address.

use serde::{Deserialize, Serialize};

use super::headers::address::{Address, key};
use super::ids::MailboxId;
use super::mailbox::{Incoming, Mailbox};
use super::parsed::ParsedMail;

/// A header that names an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressHeader {
    /// Written by the server that delivered the mail, once a hop (also X-Delivered-To).
    DeliveredTo,
    /// Written by Gmail when it forwards: where the mail was forwarded to.
    XForwardedTo,
    /// Written by Gmail when it forwards: the address that forwards, then the one that gets it.
    XForwardedFor,
    /// Written by Postfix: the recipient before aliases.
    XOriginalTo,
    /// Written by Exim and others: the recipient of the envelope.
    EnvelopeTo,
    To,
    Cc,
    /// For mail that we sent ourselves.
    From,
}

impl AddressHeader {
    /// Its name as it stands in mails.
    pub fn name(self) -> &'static str {
        match self {
            Self::DeliveredTo => "Delivered-To",
            Self::XForwardedTo => "X-Forwarded-To",
            Self::XForwardedFor => "X-Forwarded-For",
            Self::XOriginalTo => "X-Original-To",
            Self::EnvelopeTo => "Envelope-To",
            Self::To => "To",
            Self::Cc => "Cc",
            Self::From => "From",
        }
    }
}

/// One address that a server wrote on the way of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryMark {
    pub header: AddressHeader,
    pub address: String,
}

/// The address of ours that a mail was written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenTo {
    pub mailbox: MailboxId,
    /// As it stands in the settings, not as the mail has it.
    pub address: String,
    pub by: AddressHeader,
}

/// An address whose mail is collected in one mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    pub mailbox: MailboxId,
    pub address: String,
    key: String,
    /// The collecting mailbox's own address: it stands on every mail there, so that a mark with it tells nothing.
    is_everybodys: bool,
}

/// The channels that a mailbox collects besides its own mail.
pub fn channels_of(collecting: MailboxId, all: &[Mailbox]) -> impl Iterator<Item = &Mailbox> {
    all.iter().filter(move |mailbox| {
        !mailbox.removed && mailbox.settings.incoming == Incoming::Forwarded(collecting)
    })
}

/// Every address whose mail lies in this mailbox: its own, its aliases, those of the channels forwarded to it.
pub fn doors(collecting: &Mailbox, all: &[Mailbox]) -> Vec<Door> {
    std::iter::once(collecting)
        .chain(channels_of(collecting.id, all))
        .flat_map(|mailbox| {
            own_addresses(mailbox).map(|address| Door {
                mailbox: mailbox.id,
                key: key(address),
                is_everybodys: mailbox.id == collecting.id && *address == mailbox.settings.address,
                address: address.clone(),
            })
        })
        .collect()
}

/// The address of a mailbox, then its aliases.
pub fn own_addresses(mailbox: &Mailbox) -> impl Iterator<Item = &String> {
    std::iter::once(&mailbox.settings.address).chain(&mailbox.settings.identity.aliases)
}

/// Which address a mail was written to, and which header says so; `None` where no header names one of ours (a blind
/// copy), so that the mail stays with the mailbox that collected it.
pub fn written_to(mail: &ParsedMail, doors: &[Door], from_sent_folder: bool) -> Option<WrittenTo> {
    let people = &mail.people;
    if from_sent_folder {
        return first_of(&people.from, doors, AddressHeader::From);
    }
    by_marks(mail, doors)
        .or_else(|| first_of(&people.to, doors, AddressHeader::To))
        .or_else(|| first_of(&people.cc, doors, AddressHeader::Cc))
}

/// By what the servers wrote. Where a mail was redirected more than once, the address that the sender named too is
/// the one that was written to; otherwise the nearest hop is, which stands first.
fn by_marks(mail: &ParsedMail, doors: &[Door]) -> Option<WrittenTo> {
    let people = || mail.people.to.iter().chain(&mail.people.cc);
    let named = |door: &Door| {
        people()
            .filter_map(|address| door_of(&address.address, doors))
            .any(|other| other.key == door.key)
    };
    let marks = || {
        mail.signals
            .delivered_to
            .iter()
            .filter_map(|mark| Some((mark.header, door_of(&mark.address, doors)?)))
            .filter(|(_, door)| !door.is_everybodys)
    };
    let (header, door) = marks()
        .find(|(_, door)| named(door))
        .or_else(|| marks().next())?;
    Some(written(door, header))
}

fn first_of(addresses: &[Address], doors: &[Door], by: AddressHeader) -> Option<WrittenTo> {
    addresses
        .iter()
        .find_map(|address| door_of(&address.address, doors))
        .map(|door| written(door, by))
}

fn written(door: &Door, by: AddressHeader) -> WrittenTo {
    WrittenTo {
        mailbox: door.mailbox,
        address: door.address.clone(),
        by,
    }
}

/// The door that mail to this address comes through: by the whole address, else without its `+detail` (RFC 5233).
fn door_of<'a>(address: &str, doors: &'a [Door]) -> Option<&'a Door> {
    let whole = key(address);
    let exact = doors.iter().find(|door| door.key == whole);
    exact.or_else(|| {
        let (local, domain) = whole.rsplit_once('@')?;
        let (base, _) = local.split_once('+')?;
        let base = format!("{base}@{domain}");
        doors.iter().find(|door| door.key == base)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
