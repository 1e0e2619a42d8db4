//! Who a mail is from, and what a mailbox puts on everything that leaves it.

use super::super::channels;
use crate::domain::channel::own_addresses;
use crate::domain::draft::Draft;
use crate::domain::headers::address::{Address, key};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Mailbox, MailboxSettings};
use crate::domain::message::{Message, MessageKind};
use crate::domain::ticket::Ticket;
use crate::domain::trouble::Trouble;
use crate::mail::compose::Outgoing;
use crate::store::StoreResult;

/// The mailbox and the address that an answer leaves from: those that the customer wrote to, where the ticket's mailbox
/// says so. The address is `None` where it is the mailbox's own.
pub fn answers_from(
    mailboxes: &[Mailbox],
    ticket: &Ticket,
    original: Option<&Message>,
) -> (MailboxId, Option<String>) {
    let usual = (ticket.mailbox, None);
    let find = |id| {
        let mut all = mailboxes.iter();
        all.find(|mailbox| mailbox.id == id && !mailbox.removed)
    };
    let (Some(own), Some(original)) = (find(ticket.mailbox), original) else {
        return usual;
    };
    if !own.settings.identity.answers_from_written_to {
        return usual;
    }
    let (mailbox, address) = match (original.kind, &original.envelope) {
        (MessageKind::Incoming, envelope) => match &envelope.written_to {
            Some(to) => (to.mailbox, to.address.clone()),
            None => return usual,
        },
        (_, envelope) => match &envelope.from {
            Some(from) => (own.id, from.address.clone()),
            None => return usual,
        },
    };
    match find(mailbox) {
        Some(mailbox) => (mailbox.id, alias(mailbox, Some(&address))),
        None => usual,
    }
}

/// The alias of the mailbox that is meant; `None` for its own address and for one that it does not have (any more).
fn alias(mailbox: &Mailbox, address: Option<&String>) -> Option<String> {
    let wanted = key(address?);
    own_addresses(mailbox)
        .skip(1)
        .find(|own| key(own) == wanted)
        .cloned()
}

/// The From of a draft.
pub fn from(draft: &Draft, mailbox: &Mailbox) -> Address {
    let settings = &mailbox.settings;
    let address = alias(mailbox, draft.from.as_ref()).unwrap_or_else(|| settings.address.clone());
    Address::new(settings.display_name.clone(), address)
}

/// Puts on a mail what its mailbox puts on everything: Reply-To, the language, and the blind copies that stand in the
/// envelope only.
pub fn put_on(outgoing: &mut Outgoing, settings: &MailboxSettings) {
    let identity = &settings.identity;
    outgoing.reply_to = identity
        .reply_to
        .as_ref()
        .map(|address| Address::new("", address.clone()));
    outgoing.language.clone_from(&identity.language);
    for copy in &identity.automatic_bcc {
        let copy = Address::new("", copy.clone());
        let named = [&outgoing.to, &outgoing.cc, &outgoing.bcc];
        if !named.iter().any(|list| list.contains(&copy)) {
            outgoing.bcc.push(copy);
        }
    }
}

/// Whether answers may leave from the mailbox at all.
///
/// # Errors
/// The operator's move: sending is switched off there.
pub fn may_send(mailboxes: &[Mailbox], id: MailboxId) -> StoreResult<()> {
    match mailboxes.iter().find(|mailbox| mailbox.id == id) {
        Some(mailbox) if !mailbox.settings.identity.is_sending => Err(off(mailbox)),
        _ => Ok(()),
    }
}

/// Why nothing leaves from this mailbox.
pub fn off(mailbox: &Mailbox) -> Trouble {
    let name = &mailbox.settings.name;
    Trouble::operator(channels::sending_is_off(name))
        .hint(format!("switch sending on in the settings of {name}"))
}
