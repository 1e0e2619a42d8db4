//! Search over messages, the newest first.
//!
//! A message's id grows with time, and the word index is walked from its newest row, so that a word that is
//! everywhere is as fast as one that is rare: the walk ends when enough is found.

use jiff::Timestamp;
use rusqlite::params_from_iter;

use super::fault::Sql;
use super::query::{About, Condition, as_match};
use super::session::{Session, moment};
use super::snippet::Terms;
use super::vocabulary;
use crate::domain::ids::{MessageId, TicketNumber};
use crate::domain::query::{Asker, Query};
use crate::store::tickets::Hit;

/// No one reads more.
const MOST_HITS: u32 = 1000;

struct Found {
    message: MessageId,
    ticket: TicketNumber,
    subject: String,
    at: Timestamp,
    text: String,
}

pub(super) fn messages(
    session: &Session<'_>,
    query: &Query,
    asker: &Asker,
    limit: u32,
) -> Sql<Vec<Hit>> {
    session.put_words()?;
    let (words, rest) = split(session, query)?;
    let mut condition = Condition::new(asker, About::Messages);
    let rest = condition.sql(&Query::And(rest))?;
    let limit = limit.min(MOST_HITS);
    let sql = match words {
        Some(words) => {
            let words = condition.param(words);
            format!(
                "SELECT m.id, m.ticket, m.subject, m.at, x.text
                 FROM message_words w
                 CROSS JOIN message m ON m.id = w.rowid
                 CROSS JOIN ticket t ON t.number = m.ticket
                 CROSS JOIN message_text x ON x.message = m.id
                 WHERE message_words MATCH {words} AND {rest}
                 ORDER BY w.rowid DESC LIMIT {limit}"
            )
        }
        None => format!(
            "SELECT m.id, m.ticket, m.subject, m.at, x.text
             FROM message m
             CROSS JOIN ticket t ON t.number = m.ticket
             CROSS JOIN message_text x ON x.message = m.id
             WHERE {rest} ORDER BY m.id DESC LIMIT {limit}"
        ),
    };
    let found = session.all(&sql, params_from_iter(condition.values), |row| {
        Ok(Found {
            message: MessageId(row.get(0)?),
            ticket: TicketNumber(row.get(1)?),
            subject: row.get(2)?,
            at: moment(row.get(3)?)?,
            text: row.get(4)?,
        })
    })?;
    let terms = Terms::of(query);
    Ok(found
        .into_iter()
        .map(|found| Hit {
            snippet: terms.snippet(&found.text),
            message: found.message,
            ticket: found.ticket,
            subject: found.subject,
            at: found.at,
        })
        .collect())
}

/// Parts a query into the words that every message must have, and the other conditions.
pub(super) fn split(session: &Session<'_>, query: &Query) -> Sql<(Option<String>, Vec<Query>)> {
    let parts = match query {
        Query::And(parts) => parts.clone(),
        other => vec![other.clone()],
    };
    let mut words = Vec::new();
    let mut rest = Vec::new();
    for part in parts {
        match as_match(&vocabulary::spell_out(session, &part)?) {
            Some(expression) => words.push(expression),
            None => rest.push(part),
        }
    }
    let words = (!words.is_empty()).then(|| words.join(" AND "));
    Ok((words, rest))
}
