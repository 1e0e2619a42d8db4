//! Lists of tickets, search hits and contacts.

use std::sync::Arc;

use jiff::Timestamp;

use super::super::core::Engine;
use crate::bridge::{ContactLine, ListWindow, SearchHit, Seen, TicketLine, TicketList};
use crate::domain::clean::Clean;
use crate::domain::contact::Contact;
use crate::domain::headers::address::Address;
use crate::domain::ids::TicketNumber;
use crate::domain::query::{self, FieldTerm, Query};
use crate::domain::trouble::Trouble;
use crate::store::tickets::{Hit, ListedTicket, Window};
use crate::store::{Read, StoreResult};

/// More rows than this in one answer would only be scrolled past; programs page.
const ROWS_AT_MOST: u32 = 5_000;
const HITS_AT_MOST: u32 = 500;
const CONTACTS_AT_MOST: u32 = 20;

/// How the store marks a match, and how a front end sees it. The store's own marks are private-use characters,
/// which no clean text may hold.
const STORE_MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];
/// Stand around a match in a snippet.
pub const MATCH_MARKS: [char; 2] = ['⟦', '⟧'];

/// What becomes of floods in a list.
#[derive(Debug, Clone, Copy)]
pub(super) enum Floods {
    Shown,
    Folded,
}

pub(super) async fn tickets(
    engine: &Arc<Engine>,
    query: String,
    window: ListWindow,
    floods: Floods,
) -> Result<Seen, Trouble> {
    let parsed = understand(&query)?;
    let asker = engine.asker();
    let window = bounded(window);
    let list = engine
        .read(move |store| {
            let page = match floods {
                Floods::Shown => store.list_tickets(&parsed, &asker, window)?,
                Floods::Folded => store.list_folded(&parsed, &asker, window)?,
            };
            let floods = page.floods;
            Ok(TicketList {
                query: query.clone(),
                total: page.total,
                offset: page.offset,
                rows: page
                    .rows
                    .into_iter()
                    .map(|row| TicketLine {
                        flood: floods
                            .get(&row.ticket.number)
                            .copied()
                            .filter(|tickets| *tickets > 1),
                        ..line(row, asker.now)
                    })
                    .collect(),
            })
        })
        .await?;
    Ok(Seen::Tickets(list))
}

/// Reads a query that a person wrote.
///
/// # Errors
/// The mistake, its place, and the nearest right word.
pub fn understand(query: &str) -> Result<Query, Trouble> {
    query::parse(query).map_err(|mistake| {
        let before = query.get(..mistake.at.start).unwrap_or(query);
        let place = format!("at character {}", before.chars().count() + 1);
        let trouble = Trouble::operator("the query cannot be understood")
            .because(format!("{} {place}", mistake.message));
        match &mistake.suggestion {
            Some(suggestion) => trouble.hint(format!("did you mean {suggestion}?")),
            None => trouble,
        }
    })
}

fn bounded(window: ListWindow) -> Window {
    match window {
        ListWindow::Offset { offset, limit } => Window::Offset {
            offset,
            limit: limit.min(ROWS_AT_MOST),
        },
        ListWindow::Around {
            ticket,
            before,
            limit,
        } => Window::Around {
            ticket,
            before: before.min(ROWS_AT_MOST),
            limit: limit.min(ROWS_AT_MOST),
        },
    }
}

/// A row as it is shown.
pub fn line(row: ListedTicket, now: Timestamp) -> TicketLine {
    TicketLine {
        subject: Clean::line(&row.ticket.subject),
        who: Clean::name(&row.contact_name),
        address: Clean::name(&row.contact_address),
        mailbox: Clean::name(&row.mailbox_name),
        assignee: row.assignee_login.as_deref().map(Clean::name),
        overdue: row.ticket.is_overdue(now),
        flood: None,
        ticket: row.ticket,
    }
}

/// The lines of these tickets, in this order; those that do not exist are left out.
///
/// # Errors
/// When the store cannot be read.
pub fn lines_of(
    store: &dyn Read,
    asker: &query::Asker,
    numbers: &[TicketNumber],
) -> StoreResult<Vec<TicketLine>> {
    let mut lines = Vec::with_capacity(numbers.len());
    for number in numbers {
        let query = Query::Field(FieldTerm::Number(number.0));
        let window = Window::Offset {
            offset: 0,
            limit: 1,
        };
        let page = store.list_tickets(&query, asker, window)?;
        lines.extend(page.rows.into_iter().map(|row| line(row, asker.now)));
    }
    Ok(lines)
}

pub(super) async fn search(
    engine: &Arc<Engine>,
    query: String,
    limit: u32,
) -> Result<Seen, Trouble> {
    let parsed = understand(&query)?;
    let asker = engine.asker();
    let limit = limit.min(HITS_AT_MOST);
    let hits = engine
        .read(move |store| store.search_messages(&parsed, &asker, limit))
        .await?;
    Ok(Seen::Hits(hits.iter().map(hit).collect()))
}

fn hit(found: &Hit) -> SearchHit {
    let snippet: String = found
        .snippet
        .chars()
        .filter(|c| !MATCH_MARKS.contains(c))
        .map(|c| match STORE_MARKS.iter().position(|mark| *mark == c) {
            Some(0) => MATCH_MARKS[0],
            Some(_) => MATCH_MARKS[1],
            None => c,
        })
        .collect();
    SearchHit {
        ticket: found.ticket,
        message: found.message,
        subject: Clean::line(&found.subject),
        snippet: Clean::line(&snippet),
        at: found.at,
    }
}

pub(super) async fn contacts(engine: &Arc<Engine>, prefix: String) -> Result<Seen, Trouble> {
    let prefix = prefix.trim().to_owned();
    let found = engine
        .read(move |store| store.complete_contacts(&prefix, CONTACTS_AT_MOST))
        .await?;
    Ok(Seen::Contacts(found.iter().map(contact_line).collect()))
}

fn contact_line(contact: &Contact) -> ContactLine {
    let name = format!("{} {}", contact.first_name, contact.last_name);
    ContactLine {
        name: Clean::name(&name),
        address: Clean::name(&contact.address),
    }
}

/// An address of a header as it is shown.
pub fn address_line(address: &Address) -> ContactLine {
    ContactLine {
        name: Clean::name(&address.name),
        address: Clean::name(&address.address),
    }
}
