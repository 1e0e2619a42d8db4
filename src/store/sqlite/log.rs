//! The log of events, and the ticket rows that are kept in step with it.

use jiff::Timestamp;
use rusqlite::{Params, Row, params};

use super::fault::{Fault, Sql};
use super::messages;
use super::session::{Session, from_json, json, micros, moment, stored_moment};
use super::ticket_row;
use crate::domain::event::{Actor, Event, Happening};
use crate::domain::ids::{ContactId, EventId, OperatorId, TicketNumber};
use crate::domain::ticket::Ticket;
use crate::domain::trouble::Trouble;
use crate::store::tickets::NewEvent;

const EVENT: &str = "id, ticket, at, actor, actor_id, step, what, takes_back";

fn event(row: &Row<'_>) -> Sql<Event> {
    Ok(Event {
        id: EventId(row.get(0)?),
        ticket: TicketNumber(row.get(1)?),
        at: moment(row.get(2)?)?,
        actor: actor(row.get(3)?, row.get(4)?)?,
        step: EventId(row.get(5)?),
        what: from_json(row.get_ref(6)?.as_str().map_err(rusqlite::Error::from)?)?,
        takes_back: row.get::<_, Option<i64>>(7)?.map(EventId),
    })
}

/// Who is meant by the two columns that name an actor.
pub(super) fn actor(word: String, id: Option<i64>) -> Sql<Actor> {
    Ok(match (word.as_str(), id) {
        ("operator", Some(id)) => Actor::Operator(OperatorId(id)),
        ("customer", Some(id)) => Actor::Customer(ContactId(id)),
        ("system", None) => Actor::System,
        _ => {
            return Err(Fault::Unreadable {
                what: "an event was caused by somebody whom this program does not know",
                cause: word,
            });
        }
    })
}

pub(super) fn actor_columns(actor: Actor) -> (&'static str, Option<i64>) {
    match actor {
        Actor::Operator(id) => ("operator", Some(id.0)),
        Actor::Customer(id) => ("customer", Some(id.0)),
        Actor::System => ("system", None),
    }
}

/// The events that meet a condition, which also says their order.
pub(super) fn select(
    session: &Session<'_>,
    condition: &str,
    params: impl Params,
) -> Sql<Vec<Event>> {
    session.all(
        &format!("SELECT {EVENT} FROM event WHERE {condition}"),
        params,
        event,
    )
}

/// The events of a step stand one after the other, because a step is appended in one transaction.
pub(super) fn step(session: &Session<'_>, step: EventId) -> Sql<Vec<Event>> {
    let mut statement = session.prepare(&format!(
        "SELECT {EVENT} FROM event WHERE id >= $1 ORDER BY id"
    ))?;
    let mut rows = statement.query([step.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(5)? != step.0 {
            break;
        }
        found.push(event(row)?);
    }
    Ok(found)
}

pub(super) fn last(session: &Session<'_>) -> Sql<EventId> {
    if let Some(last) = session.memo.borrow().last_event {
        return Ok(EventId(last));
    }
    let last = session.one("SELECT max(id) FROM event", [], |row| {
        Ok(row.get::<_, Option<i64>>(0)?)
    })?;
    Ok(EventId(last.flatten().unwrap_or(0)))
}

pub(super) fn append(
    session: &Session<'_>,
    actor: Actor,
    at: Timestamp,
    new: &[NewEvent],
) -> Sql<EventId> {
    let step = EventId(last(session)?.0 + 1);
    if new.is_empty() {
        return Err(Fault::Told(Trouble::bug("a step without events")));
    }
    let mut touched: Vec<Touched> = Vec::new();
    let mut events = Vec::with_capacity(new.len());
    for (new, id) in new.iter().zip(step.0..) {
        let event = Event {
            id: EventId(id),
            ticket: new.ticket,
            at: stored_moment(at),
            actor,
            step,
            what: new.what.clone(),
            takes_back: new.takes_back,
        };
        apply(session, &mut touched, &event)?;
        events.push(event);
    }
    for ticket in touched {
        ticket.write(session)?;
    }
    for event in &events {
        insert(session, event)?;
        messages::follow_withdrawal(session, event)?;
    }
    session.memo.borrow_mut().last_event = events.last().map(|event| event.id.0);
    Ok(step)
}

fn insert(session: &Session<'_>, event: &Event) -> Sql<()> {
    let (actor, actor_id) = actor_columns(event.actor);
    session.exec(
        "INSERT INTO event (id, ticket, at, actor, actor_id, step, what, takes_back)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            event.id.0,
            event.ticket.0,
            micros(event.at),
            actor,
            actor_id,
            event.step.0,
            json(&event.what)?,
            event.takes_back.map(|id| id.0)
        ],
    )?;
    Ok(())
}

/// A ticket that a step changes, with what was before, where more than its row follows from it.
struct Touched {
    ticket: Ticket,
    tags_before: Vec<String>,
    renamed: bool,
}

fn apply(session: &Session<'_>, touched: &mut Vec<Touched>, event: &Event) -> Sql<()> {
    let opened = matches!(event.what, Happening::Opened { .. });
    let at = touched
        .iter()
        .position(|touched| touched.ticket.number == event.ticket);
    let known = match at {
        Some(at) => touched.get_mut(at),
        None => match ticket_row::find(session, event.ticket)? {
            Some(ticket) => {
                touched.push(Touched {
                    tags_before: ticket.tags.clone(),
                    ticket,
                    renamed: false,
                });
                touched.last_mut()
            }
            None => None,
        },
    };
    match (known, opened) {
        (Some(known), false) => {
            known.ticket.apply(event);
            known.renamed |= matches!(event.what, Happening::Renamed { .. });
            Ok(())
        }
        (None, true) => {
            let ticket = Ticket::open(event.ticket, event).ok_or_else(|| {
                Fault::Told(Trouble::bug(format!(
                    "ticket {} does not open",
                    event.ticket
                )))
            })?;
            touched.push(Touched {
                ticket,
                tags_before: Vec::new(),
                renamed: false,
            });
            Ok(())
        }
        (Some(_), true) => Err(Fault::Told(Trouble::bug(format!(
            "ticket {} was to be opened twice",
            event.ticket
        )))),
        (None, false) => Err(Fault::Told(Trouble::bug(format!(
            "there is no ticket {} for what happened to it",
            event.ticket
        )))),
    }
}

impl Touched {
    fn write(mut self, session: &Session<'_>) -> Sql<()> {
        ticket_row::as_stored(&mut self.ticket);
        ticket_row::write(session, &self.ticket)?;
        let number = self.ticket.number;
        for tag in self
            .tags_before
            .iter()
            .filter(|tag| !self.ticket.tags.contains(tag))
        {
            session.exec(
                "DELETE FROM ticket_tag WHERE tag = $1 AND ticket = $2",
                params![tag, number.0],
            )?;
        }
        for tag in self
            .ticket
            .tags
            .iter()
            .filter(|tag| !self.tags_before.contains(tag))
        {
            session.exec(
                "INSERT INTO ticket_tag (tag, ticket) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                params![tag, number.0],
            )?;
        }
        let renamed = self.renamed;
        session.remember_ticket(self.ticket);
        if renamed {
            messages::index_new_subject(session, number)?;
        }
        Ok(())
    }
}
