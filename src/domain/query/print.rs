//! From a query back to text that parses to the same query.

use std::fmt::{Display, Formatter, Result};

use super::parse::{field_name, ticket_number};
use super::value::UNITS;
use super::{AssigneeTerm, FieldTerm, Query, Side, TextTerm, TimeBound, When};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::All => Ok(()),
            Self::And(all) => joined(f, all, " ", |part| {
                matches!(part, Self::And(_) | Self::Or(_))
            }),
            Self::Or(all) => joined(f, all, " or ", |part| matches!(part, Self::Or(_))),
            Self::Not(inner) => {
                f.write_str("-")?;
                let group = matches!(**inner, Self::And(_) | Self::Or(_));
                part(f, inner, group)
            }
            Self::Text(term) => write!(f, "{term}"),
            Self::Field(term) => write!(f, "{term}"),
        }
    }
}

fn joined(
    f: &mut Formatter<'_>,
    all: &[Query],
    between: &str,
    needs_group: fn(&Query) -> bool,
) -> Result {
    for (index, query) in all.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        part(f, query, needs_group(query))?;
    }
    Ok(())
}

fn part(f: &mut Formatter<'_>, query: &Query, group: bool) -> Result {
    if group || *query == Query::All {
        write!(f, "({query})")
    } else {
        write!(f, "{query}")
    }
}

impl Display for TextTerm {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Word(word) if reads_as_word(word) => f.write_str(word),
            Self::Word(text) | Self::Phrase(text) => quoted(f, text),
            Self::From(text) => value(f, "from", text),
            Self::To(text) => value(f, "to", text),
            Self::Subject(text) => value(f, "subject", text),
        }
    }
}

impl Display for FieldTerm {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Status(status) => write!(f, "status:{}", status.word()),
            Self::Assignee(AssigneeTerm::Me) => f.write_str("assignee:me"),
            Self::Assignee(AssigneeTerm::None) => f.write_str("assignee:none"),
            Self::Assignee(AssigneeTerm::Login(login)) => value(f, "assignee", login),
            Self::Mailbox(name) => value(f, "mailbox", name),
            Self::Tag(tag) => value(f, "tag", tag),
            Self::Priority(priority) => write!(f, "priority:{}", priority.word()),
            Self::HasAttachment => f.write_str("has:attachment"),
            Self::Is(state) => write!(f, "is:{}", state.word()),
            Self::Created(bound) => write!(f, "created:{bound}"),
            Self::Updated(bound) => write!(f, "updated:{bound}"),
            Self::Number(number) => write!(f, "#{number}"),
        }
    }
}

impl Display for TimeBound {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match (&self.when, self.side) {
            (When::Date(date), Side::After) => write!(f, ">{date}"),
            (When::Date(date), Side::Before) => write!(f, "<{date}"),
            (When::SecondsAgo(ago), side) => {
                let sign = if side == Side::After { '<' } else { '>' };
                let (unit, length) = UNITS
                    .into_iter()
                    .find(|(_, length)| ago % length == 0)
                    .unwrap_or(('h', 3_600));
                write!(f, "{sign}{}{unit}", ago / length)
            }
        }
    }
}

/// Whether parsing would find this same word.
fn reads_as_word(word: &str) -> bool {
    !word.is_empty()
        && (word == "-" || !word.starts_with('-'))
        && !word.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'))
        && !word.eq_ignore_ascii_case("or")
        && ticket_number(word).is_none()
        && field_name(word).is_none()
}

fn value(f: &mut Formatter<'_>, name: &str, text: &str) -> Result {
    write!(f, "{name}:")?;
    let plain = !text.is_empty()
        && !text.starts_with("//")
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'));
    if plain {
        f.write_str(text)
    } else {
        quoted(f, text)
    }
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
