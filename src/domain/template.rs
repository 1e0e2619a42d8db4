//! Texts with variables: signatures, auto-replies, notices.
//!
//! `{operator.name|"Support"}` is a chain: the first link that is not empty is written; `{{` and `}}` are braces.
//! A value is data and is never read again: a customer who is called `{ticket.number}` or `**x**` stays what he is
//! called, on one line, in plain text as in Markdown. What cannot be read is a [`Mistake`] with its place, so that
//! an unknown variable is an error while editing and never reaches a customer.

mod parse;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
mod values;

use std::ops::Range;

pub use values::{Values, Variable};

/// Bytes of a template. Longer texts are attachments.
pub const LONGEST_TEMPLATE: usize = 20_000;
/// Bytes of a finished text; what a template with many long values would make beyond it is cut.
const LONGEST_OUTPUT: usize = 200_000;

/// A text that was understood. Printing it gives a text that is understood as the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// As it is written, braces single.
    Words(String),
    Chain(Chain),
}

/// Variables in the order in which they are tried, and what is written where all of them are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Chain {
    variables: Vec<Variable>,
    fallback: Option<String>,
}

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// In bytes of the text.
    pub at: Range<usize>,
    /// A sentence without a full stop, starting in lower case.
    pub message: String,
    /// The nearest right word, in braces as it would be written.
    pub suggestion: Option<String>,
}

impl Mistake {
    /// The mistake as one sentence for a form, with its line where the text has several.
    pub fn sentence(&self, text: &str) -> String {
        let before = text.get(..self.at.start).unwrap_or_default();
        let place = match before.matches('\n').count() {
            0 => String::new(),
            lines => format!("line {}: ", lines + 1),
        };
        match &self.suggestion {
            Some(word) => format!("{place}{}; did you mean {word}?", self.message),
            None => format!("{place}{}", self.message),
        }
    }
}

impl Template {
    /// Reads a text with variables.
    ///
    /// # Errors
    /// The first mistake: an unknown variable, a brace without its partner, a text too long.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        parse::parse(text)
    }

    /// A text without variables, whatever stands in it.
    pub fn plain(text: &str) -> Self {
        Self {
            pieces: vec![Piece::Words(text.to_owned())],
        }
    }

    /// A stored text as it is used: one that cannot be read any more is taken as it stands.
    pub fn lenient(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::plain(text))
    }

    /// The finished text, for a subject or a plain text.
    pub fn render(&self, values: &Values) -> String {
        self.write(values, str::to_owned)
    }

    /// The finished Markdown: values are escaped, so that they are words and nothing else. Everything that can mean
    /// something in Markdown or HTML is ASCII punctuation, and all of that may be escaped (CommonMark §2.4).
    pub fn render_markdown(&self, values: &Values) -> String {
        self.write(values, escape)
    }

    fn write(&self, values: &Values, value: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Chain(chain) => match chain.value(values) {
                    Some(found) => out.push_str(&value(found)),
                    None => out.push_str(chain.fallback.as_deref().unwrap_or_default()),
                },
            }
            if out.len() > LONGEST_OUTPUT {
                let end = (0..=LONGEST_OUTPUT)
                    .rev()
                    .find(|end| out.is_char_boundary(*end));
                out.truncate(end.unwrap_or(0));
                break;
            }
        }
        out
    }

    /// The variables, as they are written, that nothing is known for and that have no words instead.
    pub fn empty(&self, values: &Values) -> Vec<String> {
        let chains = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Chain(chain) => Some(chain),
            Piece::Words(_) => None,
        });
        chains
            .filter(|chain| chain.fallback.is_none() && chain.value(values).is_none())
            .map(ToString::to_string)
            .collect()
    }
}

impl Chain {
    fn value<'a>(&self, values: &'a Values) -> Option<&'a str> {
        self.variables
            .iter()
            .map(|variable| values.of(*variable))
            .find(|value| !value.is_empty())
    }
}

fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + value.len() / 8);
    for c in value.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("{")?;
        for (index, variable) in self.variables.iter().enumerate() {
            if index > 0 {
                f.write_str("|")?;
            }
            f.write_str(variable.word())?;
        }
        if let Some(fallback) = &self.fallback {
            if !self.variables.is_empty() {
                f.write_str("|")?;
            }
            let escaped = fallback.replace('\\', "\\\\").replace('"', "\\\"");
            write!(f, "\"{escaped}\"")?;
        }
        f.write_str("}")
    }
}

impl std::fmt::Display for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Words(words) => {
                    f.write_str(&words.replace('{', "{{").replace('}', "}}"))?;
                }
                Piece::Chain(chain) => chain.fmt(f)?,
            }
        }
        Ok(())
    }
}
