//! A real ticket to try a text on: the latest of a mailbox.

use std::sync::Arc;

use super::core::Engine;
use super::values;
use crate::bridge::{Report, Sample, WordsReport};
use crate::domain::ids::MailboxId;
use crate::domain::query::{FieldTerm, Query};
use crate::domain::template::{Values, Variable};
use crate::domain::trouble::Trouble;
use crate::store::tickets::Window;
use crate::store::{Read, StoreResult};

/// Before there is any ticket.
const EXAMPLE: [(Variable, &str); 5] = [
    (Variable::TicketNumber, "1042"),
    (Variable::TicketSubject, "Cannot log in after the update"),
    (Variable::ContactName, "Olena Kovalenko"),
    (Variable::ContactFirstName, "Olena"),
    (Variable::ContactAddress, "olena@example.test"),
];

pub(super) async fn answer(
    engine: &Arc<Engine>,
    mailbox: Option<MailboxId>,
) -> Result<Report, Trouble> {
    let (asker, me) = (engine.asker(), engine.me.clone());
    let sample = engine
        .read(move |store| {
            let base = values::operator(Values::default(), &me);
            let base = values::date(base, asker.now, &asker.zone);
            let mailboxes = store.mailboxes()?;
            let wanted = mailboxes.iter().find(|one| Some(one.id) == mailbox);
            let query = match wanted {
                Some(one) => Query::Field(FieldTerm::Mailbox(one.settings.name.clone())),
                None => Query::All,
            };
            let latest = Window::Offset {
                offset: 0,
                limit: 1,
            };
            let page = store.list_tickets(&query, &asker, latest)?;
            let ticket = page.rows.into_iter().next().map(|row| row.ticket);
            let place = ticket.as_ref().map(|ticket| ticket.mailbox).or(mailbox);
            let found = mailboxes
                .iter()
                .find(|one| Some(one.id) == place)
                .or(mailboxes.first());
            let base = match found {
                Some(found) => values::mailbox(base, found),
                None => base,
            };
            let values = match &ticket {
                Some(ticket) => of_ticket(store, base, ticket)?,
                None => EXAMPLE
                    .into_iter()
                    .fold(base, |values, (variable, word)| values.with(variable, word)),
            };
            Ok(Sample {
                mailbox,
                ticket: ticket.map(|ticket| ticket.number),
                values,
            })
        })
        .await?;
    Ok(Report::Words(WordsReport::Sample(Box::new(sample))))
}

fn of_ticket(
    store: &dyn Read,
    base: Values,
    ticket: &crate::domain::ticket::Ticket,
) -> StoreResult<Values> {
    let base = base
        .with(Variable::TicketNumber, &ticket.number.to_string())
        .with(Variable::TicketSubject, &ticket.subject);
    values::contact(store, base, ticket.contact, None)
}
