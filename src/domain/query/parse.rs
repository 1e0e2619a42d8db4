//! From text to a query. A mistake says where it is, what is wrong, and the nearest right word.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::value::{FIELDS, field};
use super::{FieldTerm, Query, TextTerm};

/// How deep parentheses and negations may go. Deeper ones are nobody's question.
const DEEPEST: usize = 40;

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}{}", hint(.suggestion.as_deref()))]
pub struct QueryMistake {
    /// The bytes of the query that are meant.
    pub at: Range<usize>,
    pub message: String,
    /// What to write there instead.
    pub suggestion: Option<String>,
}

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |word| format!(" (did you mean {word}?)"))
}

/// Reads a query. Empty text matches everything.
///
/// # Errors
/// The first mistake, with its place.
pub fn parse(text: &str) -> Result<Query, QueryMistake> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
    };
    parser.skip_spaces();
    if parser.rest().is_empty() {
        return Ok(Query::All);
    }
    let query = parser.alternatives()?;
    if parser.rest().is_empty() {
        return Ok(query);
    }
    parser.mistake(parser.at..parser.at + 1, "this ) closes nothing", None)
}

struct Parser<'a> {
    text: &'a str,
    /// A byte position, always on a character boundary.
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn mistake<T>(
        &self,
        at: Range<usize>,
        message: impl Into<String>,
        suggestion: Option<String>,
    ) -> Result<T, QueryMistake> {
        Err(QueryMistake {
            at,
            message: message.into(),
            suggestion,
        })
    }

    /// Takes the word `or` if it stands here by itself.
    fn take_or(&mut self) -> bool {
        let word = self.word();
        let is_or = word.eq_ignore_ascii_case("or");
        if is_or {
            self.at += word.len();
            self.skip_spaces();
        }
        is_or
    }

    /// The characters up to a space, parenthesis or quote.
    fn word(&self) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'))
            .unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    fn alternatives(&mut self) -> Result<Query, QueryMistake> {
        let mut all = vec![self.together()?];
        loop {
            let start = self.at;
            if !self.take_or() {
                break;
            }
            if self.rest().is_empty() || self.rest().starts_with(')') {
                return self.mistake(start..start + 2, "nothing follows this or", None);
            }
            all.push(self.together()?);
        }
        Ok(one_or(all, Query::Or))
    }

    fn together(&mut self) -> Result<Query, QueryMistake> {
        let mut all = Vec::new();
        while !self.rest().is_empty() && !self.rest().starts_with(')') {
            if self.word().eq_ignore_ascii_case("or") {
                if all.is_empty() {
                    let at = self.at..self.at + 2;
                    let message = "or needs something before it; for the word, write \"or\"";
                    return self.mistake(at, message, None);
                }
                break;
            }
            all.push(self.single()?);
            self.skip_spaces();
        }
        Ok(one_or(all, Query::And))
    }

    fn single(&mut self) -> Result<Query, QueryMistake> {
        let start = self.at;
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.mistake(start..start + 1, "this is nested too deeply", None);
        }
        let first = self.rest().chars().next();
        let query = match first {
            Some('-') if self.negates() => {
                self.at += 1;
                Query::Not(Box::new(self.single()?))
            }
            Some('(') => self.group()?,
            Some('"') => {
                let phrase = self.quoted()?;
                if phrase.trim().is_empty() {
                    return self.mistake(start..self.at, "nothing is between these quotes", None);
                }
                Query::Text(TextTerm::Phrase(phrase))
            }
            _ => self.term()?,
        };
        self.depth -= 1;
        Ok(query)
    }

    /// A dash negates what stands right behind it; one alone is a word.
    fn negates(&self) -> bool {
        let next = self.rest().chars().nth(1);
        next.is_some_and(|c| !c.is_whitespace() && c != ')')
    }

    fn group(&mut self) -> Result<Query, QueryMistake> {
        let start = self.at;
        self.at += 1;
        self.skip_spaces();
        let inner = if self.rest().starts_with(')') {
            Query::All
        } else {
            self.alternatives()?
        };
        if !self.rest().starts_with(')') {
            return self.mistake(start..start + 1, "this ( is never closed", None);
        }
        self.at += 1;
        Ok(inner)
    }

    /// A quoted text; `\"` and `\\` stand for the characters themselves.
    fn quoted(&mut self) -> Result<String, QueryMistake> {
        let start = self.at;
        let mut out = String::new();
        let mut escaped = false;
        for (offset, c) in self.rest().char_indices().skip(1) {
            match c {
                _ if escaped => {
                    out.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.at += offset + 1;
                    return Ok(out);
                }
                _ => out.push(c),
            }
        }
        self.mistake(start..start + 1, "this quote is never closed", None)
    }

    fn term(&mut self) -> Result<Query, QueryMistake> {
        let start = self.at;
        let word = self.word();
        if let Some(number) = ticket_number(word) {
            self.at += word.len();
            return Ok(Query::Field(FieldTerm::Number(number)));
        }
        let Some((name, value)) = field_name(word) else {
            self.at += word.len();
            return Ok(Query::Text(TextTerm::Word(word.to_owned())));
        };
        let name_end = start + name.len() + 1;
        let Some(known) = known_field(name) else {
            let (message, suggestion) = unknown_field(name);
            return self.mistake(start..name_end, message, suggestion);
        };
        self.at = name_end;
        let value = if self.rest().starts_with('"') {
            self.quoted()?
        } else {
            self.at += value.len();
            value.to_owned()
        };
        if value.trim().is_empty() {
            let message = format!("{known}: needs its value right behind it");
            return self.mistake(start..name_end, message, None);
        }
        field(known, &value).map_err(|wrong| QueryMistake {
            at: name_end..self.at,
            message: wrong.message,
            suggestion: wrong.suggestion,
        })
    }
}

fn one_or(mut all: Vec<Query>, join: fn(Vec<Query>) -> Query) -> Query {
    match (all.len(), all.pop()) {
        (_, None) => Query::All,
        (1, Some(only)) => only,
        (_, Some(last)) => {
            all.push(last);
            join(all)
        }
    }
}

/// `#1042` and nothing else.
pub(super) fn ticket_number(word: &str) -> Option<i64> {
    let digits = word.strip_prefix('#')?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// The name before a colon, if it looks like a field's. `12:30` and `https://…` are words.
pub(super) fn field_name(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once(':')?;
    let looks_like_a_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic());
    (looks_like_a_name && !value.starts_with("//")).then_some((name, value))
}

fn known_field(name: &str) -> Option<&'static str> {
    FIELDS
        .into_iter()
        .find(|known| name.eq_ignore_ascii_case(known))
}

fn unknown_field(name: &str) -> (String, Option<String>) {
    let list = FIELDS.map(|field| format!("{field}:")).join(" ");
    let nearest = super::value::nearest(name, &FIELDS).map(|field| format!("{field}:"));
    (
        format!("{name}: is not a field; there are {list}; for the words themselves use quotes"),
        nearest,
    )
}
