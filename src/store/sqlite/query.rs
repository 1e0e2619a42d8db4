//! The query language as SQL conditions. Values always go as parameters, never as SQL text.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::types::Value;

use super::fault::{Fault, Sql};
use super::session::micros;
use super::ticket_row::{CLOSED, priority_code, status_code};
use super::words;
use crate::domain::query::{
    Asker, AssigneeTerm, FieldTerm, Query, Side, StateTerm, TextTerm, TimeBound, When,
};
use crate::domain::trouble::Trouble;

/// How deep conditions may stand in each other; SQLite's own limit is far above.
const DEEPEST: usize = 50;
/// How many terms a query may have.
const MOST_TERMS: usize = 500;

/// What the text terms of a condition are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Tickets `t`: any of their messages has the words.
    Tickets,
    /// Messages `m` with their tickets `t`: the message itself has the words.
    Messages,
}

/// A condition in the making.
pub(super) struct Condition<'a> {
    asker: &'a Asker,
    about: About,
    pub(super) values: Vec<Value>,
    terms: usize,
}

impl<'a> Condition<'a> {
    pub(super) fn new(asker: &'a Asker, about: About) -> Self {
        Self {
            asker,
            about,
            values: Vec::new(),
            terms: 0,
        }
    }

    /// Keeps a value and names its parameter.
    pub(super) fn param(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// The SQL of `query` over the tables that it is about.
    pub(super) fn sql(&mut self, query: &Query) -> Sql<String> {
        self.at_depth(query, 0)
    }

    fn at_depth(&mut self, query: &Query, depth: usize) -> Sql<String> {
        self.terms += 1;
        if depth > DEEPEST || self.terms > MOST_TERMS {
            return Err(Fault::Told(
                Trouble::operator("the query has too many terms")
                    .hint(format!("{MOST_TERMS} terms, {DEEPEST} deep, are the most")),
            ));
        }
        match query {
            Query::All => Ok("TRUE".into()),
            Query::And(parts) => self.joined(parts, " AND ", "TRUE", depth),
            Query::Or(parts) => self.joined(parts, " OR ", "FALSE", depth),
            Query::Not(part) => Ok(format!("NOT {}", self.at_depth(part, depth + 1)?)),
            Query::Text(_) => Ok(self.text(query)),
            Query::Field(term) => self.field(term),
        }
    }

    fn joined(&mut self, parts: &[Query], with: &str, empty: &str, depth: usize) -> Sql<String> {
        if parts.is_empty() {
            return Ok(empty.into());
        }
        let conditions = parts
            .iter()
            .map(|part| self.at_depth(part, depth + 1))
            .collect::<Sql<Vec<_>>>()?;
        Ok(format!("({})", conditions.join(with)))
    }

    fn text(&mut self, query: &Query) -> String {
        let Some(words) = as_match(query) else {
            return "FALSE".into();
        };
        let words = self.param(words);
        match self.about {
            About::Tickets => format!(
                "t.number IN (SELECT w_m.ticket FROM message_words w
                     CROSS JOIN message w_m ON w_m.id = w.rowid WHERE message_words MATCH {words})"
            ),
            About::Messages => {
                format!(
                    "m.id IN (SELECT rowid FROM message_words WHERE message_words MATCH {words})"
                )
            }
        }
    }

    /// Conditions are never NULL, so that NOT turns them around.
    fn field(&mut self, term: &FieldTerm) -> Sql<String> {
        Ok(match term {
            FieldTerm::Status(status) => format!("t.status = {}", status_code(*status)),
            FieldTerm::Assignee(AssigneeTerm::None) => "t.assignee IS NULL".into(),
            FieldTerm::Assignee(AssigneeTerm::Me) => {
                let me = self.param(self.asker.operator.0);
                format!("(t.assignee IS NOT NULL AND t.assignee = {me})")
            }
            FieldTerm::Assignee(AssigneeTerm::Login(login)) => {
                let login = self.param(login.to_lowercase());
                format!(
                    "(t.assignee IS NOT NULL AND t.assignee IN
                         (SELECT id FROM operator WHERE login_key = {login}))"
                )
            }
            FieldTerm::Mailbox(name) => {
                let name = self.param(name.to_lowercase());
                format!(
                    "t.mailbox IN (SELECT id FROM mailbox WHERE name_key = {name} OR address_key = {name})"
                )
            }
            FieldTerm::Tag(tag) => {
                let tag = self.param(tag.to_lowercase());
                format!("t.number IN (SELECT ticket FROM ticket_tag WHERE tag = {tag})")
            }
            FieldTerm::Priority(priority) => format!("t.priority = {}", priority_code(*priority)),
            FieldTerm::HasAttachment => "t.with_attachments > 0".into(),
            FieldTerm::Is(state) => self.state(*state),
            FieldTerm::Created(bound) => self.time("t.created_at", bound)?,
            FieldTerm::Updated(bound) => self.time("t.updated_at", bound)?,
            FieldTerm::Number(number) => format!("t.number = {}", self.param(*number)),
        })
    }

    fn state(&mut self, state: StateTerm) -> String {
        match state {
            StateTerm::Unread => "t.unread <> 0".into(),
            StateTerm::Open => format!("t.status <> {CLOSED}"),
            StateTerm::Flood => "t.flood IS NOT NULL".into(),
            StateTerm::Snoozed => {
                let now = self.param(micros(self.asker.now));
                format!("(t.snoozed_until IS NOT NULL AND t.snoozed_until > {now})")
            }
            StateTerm::Overdue => {
                let now = self.param(micros(self.asker.now));
                format!(
                    "(t.status <> {CLOSED} AND t.first_replied_at IS NULL
                      AND t.first_reply_due IS NOT NULL AND t.first_reply_due <= {now})"
                )
            }
        }
    }

    fn time(&mut self, column: &str, bound: &TimeBound) -> Sql<String> {
        let moment = micros(self.moment(&bound.when)?);
        let moment = self.param(moment);
        Ok(match bound.side {
            Side::After => format!("{column} >= {moment}"),
            Side::Before => format!("{column} < {moment}"),
        })
    }

    fn moment(&self, when: &When) -> Sql<Timestamp> {
        let out_of_range = |error: jiff::Error| {
            Fault::Told(Trouble::operator("a time in the query is out of range").because(error))
        };
        match when {
            When::SecondsAgo(seconds) => self
                .asker
                .now
                .checked_sub(jiff::SignedDuration::from_secs(*seconds))
                .map_err(out_of_range),
            When::Date(date) => {
                // A machine without the zone's rules still answers, in UTC.
                let zone = TimeZone::get(&self.asker.zone).unwrap_or(TimeZone::UTC);
                let start = date.to_zoned(zone).map_err(out_of_range)?;
                Ok(start.timestamp())
            }
        }
    }
}

/// The full-text expression of a query that consists of text terms only; `None` if it does not, or if a term has
/// no word that could be found.
pub(super) fn as_match(query: &Query) -> Option<String> {
    let all = |parts: &[Query], with: &str| -> Option<String> {
        let parts = parts.iter().map(as_match).collect::<Option<Vec<_>>>()?;
        (!parts.is_empty()).then(|| format!("({})", parts.join(with)))
    };
    match query {
        Query::And(parts) => all(parts, " AND "),
        Query::Or(parts) => all(parts, " OR "),
        Query::Text(term) => term_match(term),
        Query::All | Query::Not(_) | Query::Field(_) => None,
    }
}

/// Quoted, so that nothing in it is an operator of the search; `""` is a quotation mark (SQLite FTS5 §3.1).
fn term_match(term: &TextTerm) -> Option<String> {
    let (column, text, begins) = match term {
        TextTerm::Word(text) => ("", text, true),
        TextTerm::Phrase(text) => ("", text, false),
        TextTerm::From(text) => ("sender : ", text, true),
        TextTerm::To(text) => ("receivers : ", text, true),
        TextTerm::Subject(text) => ("subject : ", text, true),
    };
    let folded = words::fold(text);
    if !words::has_token(&folded) {
        return None;
    }
    let last_is_whole = text.chars().next_back().is_none_or(words::stands_alone);
    let star = if begins && !last_is_whole { " *" } else { "" };
    Some(format!(
        "{column}\"{}\"{star}",
        folded.trim().replace('"', "\"\"")
    ))
}
