//! What the variables of a text stand for, as the store knows it.

use jiff::Timestamp;

use super::looks::thread::time_zone;
use crate::domain::contact::{Contact, Operator};
use crate::domain::headers::address::Address;
use crate::domain::headers::name;
use crate::domain::ids::ContactId;
use crate::domain::mailbox::Mailbox;
use crate::domain::template::{Values, Variable};
use crate::store::{Read, StoreResult};

/// The date in the operator's zone, as everybody everywhere reads it: 2026-11-21.
pub fn date(values: Values, now: Timestamp, zone: &str) -> Values {
    let today = now.to_zoned(time_zone(zone)).strftime("%Y-%m-%d");
    values.with(Variable::Date, &today.to_string())
}

pub fn operator(values: Values, operator: &Operator) -> Values {
    values
        .with(Variable::OperatorName, &operator.display_name)
        .with(Variable::OperatorLogin, &operator.login)
}

pub fn mailbox(values: Values, mailbox: &Mailbox) -> Values {
    let settings = &mailbox.settings;
    values
        .with(Variable::MailboxName, &settings.name)
        .with(Variable::MailboxDisplayName, &settings.display_name)
        .with(Variable::MailboxAddress, &settings.address)
}

/// The customer as operators know him; where he is not known, as his mail calls him.
///
/// # Errors
/// When the store cannot be read.
pub fn contact(
    store: &dyn Read,
    values: Values,
    contact: Option<ContactId>,
    otherwise: Option<&Address>,
) -> StoreResult<Values> {
    let known = match (contact, otherwise) {
        (Some(id), _) => store.contact(id)?,
        (None, Some(address)) => store.contact_by_address(&address.address)?,
        (None, None) => None,
    };
    let contact = match (known, otherwise) {
        (Some(known), _) => known,
        (None, Some(address)) => {
            let (first_name, last_name) = name::split(&address.name, &address.address);
            Contact {
                id: ContactId(0),
                address: address.address.clone(),
                first_name,
                last_name,
            }
        }
        (None, None) => return Ok(values),
    };
    let full = match contact.display_name() {
        // It stands in where there is no name; a greeting would rather have its own words.
        shown if shown == contact.address => String::new(),
        shown => shown,
    };
    Ok(values
        .with(Variable::ContactName, &full)
        .with(Variable::ContactFirstName, &contact.first_name)
        .with(Variable::ContactAddress, &contact.address))
}
