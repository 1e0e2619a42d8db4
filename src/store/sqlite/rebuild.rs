//! Rebuilds the ticket rows from the log in memory, and compares.

use std::collections::BTreeMap;

use super::fault::Sql;
use super::session::Session;
use super::ticket_row::{self, COLUMNS};
use super::{SqliteStore, log};
use crate::domain::ids::TicketNumber;
use crate::domain::ticket::Ticket;
use crate::store::StoreResult;

/// How many tickets are held in memory at once.
const AT_ONCE: i64 = 1000;

/// A ticket whose row is not what its events add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub number: TicketNumber,
    /// What the log says; `None` if nothing opened the ticket.
    pub from_events: Option<Ticket>,
    /// What the row says; `None` if there is none.
    pub stored: Option<Ticket>,
}

impl SqliteStore {
    /// Rebuilds every ticket from its events and returns those whose rows differ. Changes nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn rebuild_check(&self) -> StoreResult<Vec<Difference>> {
        self.snapshot(|session| session.run(differences))
    }
}

pub(super) fn differences(session: &Session<'_>) -> Sql<Vec<Difference>> {
    let last = session.one(
        "SELECT max(COALESCE((SELECT max(number) FROM ticket), 0),
                    COALESCE((SELECT max(ticket) FROM event), 0))",
        [],
        |row| Ok(row.get::<_, i64>(0)?),
    )?;
    let mut found = Vec::new();
    let mut from = 0;
    while from <= last.unwrap_or(0) {
        compare(session, from, from + AT_ONCE, &mut found)?;
        from += AT_ONCE;
    }
    Ok(found)
}

fn compare(session: &Session<'_>, from: i64, to: i64, found: &mut Vec<Difference>) -> Sql<()> {
    let mut rebuilt: BTreeMap<TicketNumber, Ticket> = BTreeMap::new();
    for event in log::select(
        session,
        "ticket >= $1 AND ticket < $2 ORDER BY ticket, id",
        [from, to],
    )? {
        match rebuilt.get_mut(&event.ticket) {
            Some(ticket) => ticket.apply(&event),
            None => {
                if let Some(ticket) = Ticket::open(event.ticket, &event) {
                    rebuilt.insert(event.ticket, ticket);
                }
            }
        }
    }
    let stored = session.all(
        &format!("SELECT {COLUMNS} FROM ticket t WHERE t.number >= $1 AND t.number < $2 ORDER BY t.number"),
        [from, to],
        ticket_row::read,
    )?;
    for stored in stored {
        let mut from_events = rebuilt.remove(&stored.number);
        if let Some(ticket) = &mut from_events {
            ticket_row::as_stored(ticket);
        }
        if from_events.as_ref() != Some(&stored) {
            found.push(Difference {
                number: stored.number,
                from_events,
                stored: Some(stored),
            });
        }
    }
    found.extend(rebuilt.into_iter().map(|(number, ticket)| Difference {
        number,
        from_events: Some(ticket),
        stored: None,
    }));
    Ok(())
}
