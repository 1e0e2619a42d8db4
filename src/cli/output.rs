//! What goes to stdout and stderr.
//!
//! A closed pipe (`| head`) ends the output, not the program with an error.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::trouble::Trouble;

/// Where a command prints, and for whom.
pub struct Output {
    json: bool,
    /// Whether escape sequences of ours may be written.
    pub styled: bool,
    to: Box<dyn Write + Send>,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("json", &self.json)
            .finish_non_exhaustive()
    }
}

impl Output {
    pub fn stdout(json: bool) -> Self {
        let styled = io::stdout().is_terminal() && !crate::config::settings::no_color();
        Self {
            json,
            styled,
            to: Box::new(io::stdout()),
        }
    }

    /// Prints into anything, for tests and files.
    pub fn into_writer(json: bool, to: Box<dyn Write + Send>) -> Self {
        Self {
            json,
            styled: false,
            to,
        }
    }

    /// Whether the reader is a program.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// A remark that changes nothing about the result, on stderr.
    pub fn remark(&self, text: &str) {
        let line = if self.json {
            value_line(&json!({ "note": text }))
        } else {
            format!("ticketty: note: {text}\n")
        };
        // There is nowhere left to say that stderr is gone.
        let _ = io::stderr().write_all(line.as_bytes());
    }

    /// The answer of a command: `value` for programs, `text` for people.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn answer(
        &mut self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Trouble> {
        if self.json {
            let json = serde_json::to_string_pretty(value).map_err(|cause| {
                Trouble::bug("the answer cannot be written as JSON").because(cause)
            })?;
            self.raw(harmless(&json).as_bytes())?;
            self.raw(b"\n")
        } else {
            self.raw(text().as_bytes())
        }
    }

    /// A line for people that comes before the answer. Programs do not get it.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn progress(&mut self, line: &str) -> Result<(), Trouble> {
        if self.json {
            return Ok(());
        }
        self.raw(line.as_bytes())?;
        self.raw(b"\n")
    }

    /// # Errors
    /// When stdout cannot be written.
    pub fn raw(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        match self.to.write_all(bytes).and_then(|()| self.to.flush()) {
            Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
                Err(Trouble::operator("the output cannot be written").because(cause))
            }
            _ => Ok(()),
        }
    }
}

/// JSON that says the same and holds no character that moves a terminal or turns a line around: those become
/// `\u` escapes. They can only stand inside strings.
pub fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        let is_dangerous = (c.is_control() && c != '\n')
            || matches!(
                c,
                '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            )
            || matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
        if is_dangerous {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text
}

/// A failure as it stands on stderr: what and why on one line, what to do on its own.
pub fn failure(trouble: &Trouble) -> String {
    let mut text = format!("ticketty: {trouble}\n");
    if let Some(hint) = &trouble.hint {
        text.push_str(hint);
        text.push('\n');
    }
    text
}

/// The same for programs: one JSON value on one line.
pub fn failure_value(trouble: &Trouble) -> String {
    value_line(&json!({
        "error": {
            "what": trouble.what,
            "cause": trouble.cause,
            "hint": trouble.hint,
            "whose": trouble.whose,
        }
    }))
}

fn value_line(value: &Value) -> String {
    harmless(&format!("{value}")) + "\n"
}

/// Says a failure on stderr.
pub fn print_failure(trouble: &Trouble, json: bool) {
    let text = if json {
        failure_value(trouble)
    } else {
        failure(trouble)
    };
    let _ = io::stderr().write_all(text.as_bytes());
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_why_and_what_to_do() {
        let trouble = Trouble::operator("the password was refused")
            .because("NO [AUTHENTICATIONFAILED]")
            .hint("enter it again");
        assert_eq!(
            failure(&trouble),
            "ticketty: the password was refused: NO [AUTHENTICATIONFAILED]\nenter it again\n"
        );
        let value: Value = serde_json::from_str(&failure_value(&trouble)).unwrap();
        assert_eq!(value["error"]["what"], "the password was refused");
        assert_eq!(value["error"]["cause"], "NO [AUTHENTICATIONFAILED]");
        assert_eq!(value["error"]["hint"], "enter it again");
    }
}
