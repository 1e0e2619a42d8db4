//! Floods: what one sender began within an hour, and lists in which each flood is one row.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{params, params_from_iter};

use super::fault::Sql;
use super::query::Condition;
use super::session::{Session, json, micros, narrow, wide};
use crate::domain::flood::{AFTER_TICKETS, Recent};
use crate::domain::ids::{ContactId, MailboxId, TicketNumber};

/// What becomes of floods in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Floods {
    Shown,
    Folded,
}

/// The condition of a list in which of each flood only the latest ticket stands that meets `condition`, and how many
/// stand behind it. Where there is no flood this costs one look at an empty index.
pub(super) fn fold(
    session: &Session<'_>,
    condition: String,
    values: &mut Condition<'_>,
) -> Sql<(String, BTreeMap<TicketNumber, u32>)> {
    let floods = session.all(
        &heads(&condition),
        params_from_iter(values.values.iter()),
        |row| Ok((TicketNumber(row.get(0)?), narrow(row.get(1)?)?)),
    )?;
    if floods.is_empty() {
        return Ok((condition, BTreeMap::new()));
    }
    let latest: Vec<i64> = floods.iter().map(|(latest, _)| latest.0).collect();
    let latest = values.param(json(&latest)?);
    Ok((folded(&condition, &latest), floods.into_iter().collect()))
}

/// Of each flood the latest ticket that meets the condition, and how many do.
pub(super) fn heads(condition: &str) -> String {
    format!(
        "SELECT max(t.number), count(*) FROM ticket t INDEXED BY ticket_flood
         WHERE t.flood IS NOT NULL AND {condition} GROUP BY t.flood"
    )
}

/// The condition with the tickets of floods left out, but for those in the JSON list of the parameter `latest`.
pub(super) fn folded(condition: &str, latest: &str) -> String {
    format!(
        "({condition} AND (t.flood IS NULL OR t.number IN (SELECT value FROM json_each({latest}))))"
    )
}

/// The latest tickets of a sender in a mailbox between two moments, as many as make a flood.
pub(super) fn recent(
    session: &Session<'_>,
    sender: ContactId,
    mailbox: MailboxId,
    (from, to): (Timestamp, Timestamp),
) -> Sql<Vec<Recent>> {
    session.all(
        "SELECT number, instr(marks, '\"flood\"') > 0, status = 0 AND assignee IS NULL
         FROM ticket WHERE contact = $1 AND mailbox = $2 AND updated_at BETWEEN $3 AND $4
         ORDER BY updated_at DESC LIMIT $5",
        params![
            sender.0,
            mailbox.0,
            micros(from),
            micros(to),
            wide(AFTER_TICKETS as u64)
        ],
        |row| {
            Ok(Recent {
                number: TicketNumber(row.get(0)?),
                is_marked: row.get(1)?,
                is_untouched: row.get(2)?,
            })
        },
    )
}
