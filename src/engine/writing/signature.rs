//! The signature under a draft, with its variables filled in for the ticket.

use jiff::Timestamp;

use crate::domain::contact::{Operator, Signature};
use crate::domain::draft::{Draft, DraftKind};
use crate::domain::ids::{OperatorId, TicketNumber};
use crate::domain::query::Asker;
use crate::domain::template::{Template, Values, Variable};
use crate::domain::ticket::Ticket;
use crate::engine::values;
use crate::mail::compose::Words;
use crate::store::{Read, StoreResult};

/// The signature that goes under the draft. Notes have none.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn chosen(store: &dyn Read, draft: &Draft) -> StoreResult<Option<Signature>> {
    let chosen = match draft.kind {
        DraftKind::Note => None,
        _ => draft.signature,
    };
    match chosen {
        Some(id) => Ok(store.signatures()?.into_iter().find(|one| one.id == id)),
        None => Ok(None),
    }
}

/// What the variables of a draft stand for. The number of a new mail's ticket is known once it is sent.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn draft_values(store: &dyn Read, draft: &Draft, asker: &Asker) -> StoreResult<Values> {
    let ticket = match draft.ticket {
        Some(number) => store.ticket(super::view::end_of_merges(store, number)?)?,
        None => None,
    };
    values_of(store, draft, ticket.as_ref(), asker.now, &asker.zone)
}

fn values_of(
    store: &dyn Read,
    draft: &Draft,
    ticket: Option<&Ticket>,
    now: Timestamp,
    zone: &str,
) -> StoreResult<Values> {
    let subject = ticket.map_or(draft.subject.as_str(), |ticket| &ticket.subject);
    let number = ticket.map_or_else(String::new, |ticket| ticket.number.to_string());
    let mut filled = Values::default()
        .with(Variable::TicketNumber, &number)
        .with(Variable::TicketSubject, subject);
    filled = values::date(filled, now, zone);
    if let Some(operator) = operator(store, draft.operator)? {
        filled = values::operator(filled, &operator);
    }
    let mailboxes = store.mailboxes()?;
    if let Some(mailbox) = mailboxes.iter().find(|one| one.id == draft.mailbox) {
        filled = values::mailbox(filled, mailbox);
    }
    let contact = ticket.and_then(|ticket| ticket.contact);
    values::contact(store, filled, contact, draft.to.first())
}

fn operator(store: &dyn Read, id: OperatorId) -> StoreResult<Option<Operator>> {
    Ok(store.operators()?.into_iter().find(|one| one.id == id))
}

/// The signature as it is sent.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn words(
    store: &dyn Read,
    draft: &Draft,
    number: TicketNumber,
    ticket: Option<&Ticket>,
    now: Timestamp,
    zone: &str,
) -> StoreResult<Option<Words>> {
    let Some(signature) = chosen(store, draft)? else {
        return Ok(None);
    };
    let values = values_of(store, draft, ticket, now, zone)?
        .with(Variable::TicketNumber, &number.to_string());
    let template = Template::lenient(&signature.markdown);
    Ok(Some(Words {
        text: template.render(&values),
        markdown: signature
            .is_markdown
            .then(|| template.render_markdown(&values)),
    }))
}

/// Variables of the signature that stand for nothing here.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn unresolved(
    store: &dyn Read,
    draft: &Draft,
    asker: &Asker,
) -> StoreResult<Vec<String>> {
    let Some(signature) = chosen(store, draft)? else {
        return Ok(Vec::new());
    };
    let mut values = draft_values(store, draft, asker)?;
    if draft.ticket.is_none() {
        values = values.with(Variable::TicketNumber, "0");
    }
    Ok(Template::lenient(&signature.markdown).empty(&values))
}
