//! Lists of tickets: counted and paged inside the indices that hold every column a condition asks for.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::fault::Sql;
use super::flood::{self, Floods};
use super::query::{About, Condition};
use super::search;
use super::session::{Session, json, narrow, wide};
use super::ticket_row::{self, COLUMN_COUNT, COLUMNS};
use crate::domain::contact::Contact;
use crate::domain::ids::{ContactId, TicketNumber};
use crate::domain::query::{Asker, Query, StateTerm};
use crate::store::tickets::{ListedTicket, Tally, TicketPage, Window};

/// Pages are cut to this: nothing shows more at once.
const LONGEST_PAGE: u32 = 10_000;
/// Up to so many tickets are looked up one by one; for more, the index is walked and asked whether it is one of them.
const LOOKED_UP: usize = 4000;

/// Both numbers come from one walk: the views are counted at each change, and each walk goes over all that is open.
pub(super) fn count(session: &Session<'_>, query: &Query, asker: &Asker) -> Sql<Tally> {
    session.put_words()?;
    if let Some(found) = by_words(session, query, asker)? {
        return Ok(Tally {
            all: size(found.len())?,
            unread: size(found.iter().filter(|ticket| ticket.unread).count())?,
        });
    }
    let mut condition = Condition::new(asker, About::Tickets);
    let sql = condition.sql(query)?;
    let tally = session.one(
        &format!(
            "SELECT count(*), count(*) FILTER (WHERE t.unread <> 0) FROM ticket t WHERE {sql}"
        ),
        params_from_iter(condition.values),
        |row| {
            Ok(Tally {
                all: narrow(row.get(0)?)?,
                unread: narrow(row.get(1)?)?,
            })
        },
    )?;
    Ok(tally.unwrap_or_default())
}

fn size(count: usize) -> Sql<u32> {
    narrow(wide(count as u64))
}

fn total(session: &Session<'_>, condition: &str, values: Vec<Value>) -> Sql<u32> {
    let total = session.one(
        &format!("SELECT count(*) FROM ticket t WHERE {condition}"),
        params_from_iter(values),
        |row| narrow(row.get(0)?),
    )?;
    Ok(total.unwrap_or(0))
}

pub(super) fn page(
    session: &Session<'_>,
    query: &Query,
    asker: &Asker,
    window: Window,
    floods: Floods,
) -> Sql<TicketPage> {
    session.put_words()?;
    if let Some(found) = by_words(session, query, asker)? {
        return page_of_found(session, &found, window);
    }
    let mut condition = Condition::new(asker, About::Tickets);
    let sql = condition.sql(query)?;
    let (sql, floods) = match floods {
        Floods::Folded if !query.asks_for(StateTerm::Flood) => {
            flood::fold(session, sql, &mut condition)?
        }
        _ => (sql, BTreeMap::new()),
    };
    let total = total(session, &sql, condition.values.clone())?;
    let (offset, limit) = place_of(window, |ticket| {
        let mut values = condition.values.clone();
        values.push(ticket.0.into());
        place(session, &sql, values)
    })?;
    Ok(TicketPage {
        total,
        offset,
        rows: rows(session, &sql, condition.values, offset, limit)?,
        floods,
    })
}

/// Offset and length of a window, with the help of whoever knows where a ticket stands.
fn place_of(
    window: Window,
    place: impl FnOnce(TicketNumber) -> Sql<Option<u32>>,
) -> Sql<(u32, u32)> {
    let (offset, limit) = match window {
        Window::Offset { offset, limit } => (offset, limit),
        Window::Around {
            ticket,
            before,
            limit,
        } => (
            place(ticket)?.map_or(0, |place| place.saturating_sub(before)),
            limit,
        ),
    };
    Ok((offset, limit.min(LONGEST_PAGE)))
}

fn page_of_found(session: &Session<'_>, found: &[Found], window: Window) -> Sql<TicketPage> {
    let (offset, limit) = place_of(window, |ticket| {
        let place = found.iter().position(|one| one.number == ticket.0);
        place.map(size).transpose()
    })?;
    let shown: Vec<i64> = found
        .iter()
        .skip(offset as usize)
        .take(limit as usize)
        .map(|ticket| ticket.number)
        .collect();
    let values = vec![Value::from(json(&shown)?)];
    Ok(TicketPage {
        total: size(found.len())?,
        offset,
        rows: rows(session, &listed_in(1), values, 0, limit)?,
        floods: BTreeMap::new(),
    })
}

/// The condition that a ticket is in the JSON list of parameter `n`.
fn listed_in(n: usize) -> String {
    format!("t.number IN (SELECT value FROM json_each(${n}))")
}

/// A set of ticket numbers. They are dense, so that a place for each is quicker than hashing.
#[derive(Default)]
struct Numbers {
    has: Vec<bool>,
    count: usize,
}

impl Numbers {
    fn insert(&mut self, number: i64) -> Sql<()> {
        let at: usize = narrow(number)?;
        if at >= self.has.len() {
            self.has.resize((at + 1).next_power_of_two(), false);
        }
        if let Some(has) = self.has.get_mut(at) {
            self.count += usize::from(!*has);
            *has = true;
        }
        Ok(())
    }

    fn contains(&self, number: i64) -> bool {
        usize::try_from(number).is_ok_and(|at| self.has.get(at) == Some(&true))
    }

    fn numbers(&self) -> Vec<i64> {
        let all = (0_i64..).zip(&self.has);
        all.filter(|(_, has)| **has).map(|(n, _)| n).collect()
    }
}

/// The tickets of the messages that have the words.
fn having(session: &Session<'_>, words: &str) -> Sql<Numbers> {
    let mut statement = session.prepare(
        "SELECT m.ticket FROM message_words w CROSS JOIN message m ON m.id = w.rowid
         WHERE message_words MATCH $1",
    )?;
    let mut rows = statement.query([words])?;
    let mut tickets = Numbers::default();
    while let Some(row) = rows.next()? {
        tickets.insert(row.get(0)?)?;
    }
    Ok(tickets)
}

/// A ticket that has the words.
struct Found {
    number: i64,
    unread: bool,
}

/// All tickets of a query that asks for words, in the order of lists; `None` if it asks for none.
///
/// One walk over the word index serves total, place and page, because for a common word the walk is what takes time.
fn by_words(session: &Session<'_>, query: &Query, asker: &Asker) -> Sql<Option<Vec<Found>>> {
    let (Some(words), rest) = search::split(session, query)? else {
        return Ok(None);
    };
    let tickets = having(session, &words)?;
    let mut condition = Condition::new(asker, About::Tickets);
    let mut sql = condition.sql(&Query::And(rest))?;
    let few = tickets.count <= LOOKED_UP;
    if few {
        let numbers = tickets.numbers();
        condition.param(json(&numbers)?);
        sql = format!("{} AND {sql}", listed_in(condition.values.len()));
    }
    let mut statement = session.prepare(&format!(
        "SELECT t.number, t.unread FROM ticket t WHERE {sql} ORDER BY t.updated_at DESC, t.number DESC"
    ))?;
    let mut rows = statement.query(params_from_iter(condition.values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let number = row.get(0)?;
        if few || tickets.contains(number) {
            let unread = row.get(1)?;
            found.push(Found { number, unread });
        }
    }
    Ok(Some(found))
}

/// How many tickets of the list stand above the ticket whose number is the last value; `None` if it is not in it.
fn place(session: &Session<'_>, condition: &str, values: Vec<Value>) -> Sql<Option<u32>> {
    let number = values.len();
    let listed = session.any(
        &format!("SELECT 1 FROM ticket t WHERE t.number = ${number} AND {condition}"),
        params_from_iter(values.iter()),
    )?;
    if !listed {
        return Ok(None);
    }
    session.one(
        &format!(
            "SELECT count(*) FROM ticket t
             WHERE (t.updated_at, t.number) >
                 (SELECT o.updated_at, o.number FROM ticket o WHERE o.number = ${number})
             AND {condition}"
        ),
        params_from_iter(values),
        |row| narrow(row.get(0)?),
    )
}

fn rows(
    session: &Session<'_>,
    condition: &str,
    mut values: Vec<Value>,
    offset: u32,
    limit: u32,
) -> Sql<Vec<ListedTicket>> {
    values.push(limit.into());
    values.push(offset.into());
    let (limit_at, offset_at) = (values.len() - 1, values.len());
    session.all(
        &format!(
            "SELECT {COLUMNS}, c.address, c.first_name, c.last_name, o.login, b.name
             FROM (SELECT t.number FROM ticket t WHERE {condition}
                   ORDER BY t.updated_at DESC, t.number DESC LIMIT ${limit_at} OFFSET ${offset_at}) p
             CROSS JOIN ticket t ON t.number = p.number
             LEFT JOIN contact c ON c.id = t.contact
             LEFT JOIN operator o ON o.id = t.assignee
             LEFT JOIN mailbox b ON b.id = t.mailbox
             ORDER BY t.updated_at DESC, t.number DESC"
        ),
        params_from_iter(values),
        listed,
    )
}

fn listed(row: &Row<'_>) -> Sql<ListedTicket> {
    let ticket = ticket_row::read(row)?;
    let text = |column: usize| -> Sql<String> {
        Ok(row
            .get::<_, Option<String>>(COLUMN_COUNT + column)?
            .unwrap_or_default())
    };
    let contact = Contact {
        id: ticket.contact.unwrap_or(ContactId(0)),
        address: text(0)?,
        first_name: text(1)?,
        last_name: text(2)?,
    };
    Ok(ListedTicket {
        contact_name: contact.display_name(),
        contact_address: contact.address,
        assignee_login: row.get(COLUMN_COUNT + 3)?,
        mailbox_name: text(4)?,
        ticket,
    })
}
