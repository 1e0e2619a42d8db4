//! The query language of views, list, search and command line, as data.
//!
//! Text goes in through [`parse`], comes out through `Display`; stores translate the tree to their own dialect.

mod complete;
mod parse;
mod print;
mod value;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ticket::{Priority, Status};

pub use complete::{complete, token_at};
pub use parse::{QueryMistake, parse};
pub(super) use value::{nearest, seconds};

/// A condition on tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Query {
    /// Matches everything: the empty query.
    All,
    And(Vec<Query>),
    Or(Vec<Query>),
    Not(Box<Query>),
    Text(TextTerm),
    Field(FieldTerm),
}

/// Full text over subject, names, addresses and message texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextTerm {
    /// Matches words that begin with it.
    Word(String),
    /// These words in this order.
    Phrase(String),
    From(String),
    To(String),
    Subject(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldTerm {
    Status(Status),
    Assignee(AssigneeTerm),
    Mailbox(String),
    Tag(String),
    Priority(Priority),
    HasAttachment,
    Is(StateTerm),
    Created(TimeBound),
    Updated(TimeBound),
    /// `#1042`. A number without the `#` is a word: it may as well be an invoice's.
    Number(i64),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AssigneeTerm {
    Me,
    None,
    Login(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StateTerm {
    Unread,
    Overdue,
    Snoozed,
    /// Any status but closed.
    Open,
    /// Part of a flood, and not taken up by anybody.
    Flood,
}

impl Query {
    /// Whether this state is asked for anywhere in it, or asked to be left out.
    pub fn asks_for(&self, state: StateTerm) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(|part| part.asks_for(state)),
            Self::Not(part) => part.asks_for(state),
            Self::Field(FieldTerm::Is(other)) => *other == state,
            Self::All | Self::Text(_) | Self::Field(_) => false,
        }
    }
}

/// `>2026-01-01`, `<7d` (younger than seven days): which side of which moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBound {
    pub side: Side,
    pub when: When,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    After,
    Before,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// The start of a civil day in the operator's time zone.
    Date(jiff::civil::Date),
    /// This many seconds before the moment of asking.
    SecondsAgo(i64),
}

/// What a query needs to know about the moment and the person it is asked by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    pub now: Timestamp,
    pub operator: super::ids::OperatorId,
    /// IANA name of the operator's time zone, for civil dates.
    pub zone: String,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
