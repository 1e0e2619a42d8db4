//! Reads the words of one frame: atoms, quoted strings, literals, NIL and lists (RFC 9051 §4).
//!
//! Lenient where servers are sloppy (8-bit bytes, unknown items, missing spaces), never recursive, never beyond
//! the frame. What it cannot make sense of is `None`, and the frame is then not believed.

use super::frame::Frame;

/// More nesting than any answer we ask for has.
const DEEPEST: usize = 100;

/// One value of an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Value {
    Nil,
    /// An atom, a number, or a flag with its backslash.
    Atom(String),
    /// A quoted string or a literal, as bytes.
    Text(Vec<u8>),
    /// A list's opening parenthesis; its elements follow until [`Scanner::list_ended`].
    Open,
}

/// A cursor over a frame. Literals are moved out, not copied.
#[derive(Debug)]
pub struct Scanner {
    text: Vec<u8>,
    at: usize,
    literals: std::vec::IntoIter<Vec<u8>>,
}

impl Scanner {
    pub fn new(frame: Frame) -> Self {
        Self {
            text: frame.text,
            at: 0,
            literals: frame.literals.into_iter(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Takes `byte` if it comes next.
    pub fn take(&mut self, byte: u8) -> bool {
        self.skip_spaces();
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    /// Whether the list that was opened last ends here.
    pub fn list_ended(&mut self) -> bool {
        self.take(b')')
    }

    pub fn at_end(&mut self) -> bool {
        self.skip_spaces();
        self.peek().is_none()
    }

    /// Everything that is left, as text for people.
    pub fn rest(&mut self) -> String {
        self.skip_spaces();
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at = self.text.len();
        String::from_utf8_lossy(rest).into_owned()
    }

    /// A word up to a space or parenthesis; for FETCH items, what is in brackets belongs to it.
    pub fn word(&mut self) -> Option<String> {
        self.skip_spaces();
        let start = self.at;
        let mut in_brackets = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'[' => in_brackets = true,
                b']' => in_brackets = false,
                b' ' | b'(' | b')' if !in_brackets => break,
                _ => {}
            }
            self.at += 1;
        }
        let word = self
            .text
            .get(start..self.at)
            .filter(|word| !word.is_empty())?;
        Some(String::from_utf8_lossy(word).into_owned())
    }

    /// The next word as a number that fits.
    pub fn number<N: std::str::FromStr>(&mut self) -> Option<N> {
        self.word()?.parse().ok()
    }

    /// The next value.
    pub fn value(&mut self) -> Option<Value> {
        self.skip_spaces();
        match self.peek()? {
            b'(' => {
                self.at += 1;
                Some(Value::Open)
            }
            b')' => None,
            b'"' => self.quoted().map(Value::Text),
            b'{' => self.literal(),
            b'~' if self.text.get(self.at + 1) == Some(&b'{') => {
                self.at += 1;
                self.literal()
            }
            _ => {
                let word = self.word()?;
                if word.eq_ignore_ascii_case("NIL") {
                    return Some(Value::Nil);
                }
                Some(Value::Atom(word))
            }
        }
    }

    /// A value that must be a string in any of its forms; NIL is none.
    pub fn string(&mut self) -> Option<Vec<u8>> {
        match self.value()? {
            Value::Atom(atom) => Some(atom.into_bytes()),
            Value::Text(text) => Some(text),
            Value::Nil | Value::Open => None,
        }
    }

    /// The atoms of a flat list such as `(\Seen $Label)`.
    pub fn atoms(&mut self) -> Option<Vec<String>> {
        if !self.take(b'(') {
            return None;
        }
        let mut atoms = Vec::new();
        while !self.list_ended() {
            let atom = self.string()?;
            atoms.push(String::from_utf8_lossy(&atom).into_owned());
        }
        Some(atoms)
    }

    /// Passes over one value of any kind, lists with all that is in them.
    pub fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            if depth > 0 && self.list_ended() {
                depth -= 1;
            } else if self.value()? == Value::Open {
                depth += 1;
            }
            if depth == 0 {
                return Some(());
            }
            if depth > DEEPEST {
                return None;
            }
        }
    }

    fn quoted(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let mut text = Vec::new();
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(text),
                b'\\' => {
                    text.push(self.peek()?);
                    self.at += 1;
                }
                other => text.push(other),
            }
        }
    }

    fn literal(&mut self) -> Option<Value> {
        let rest = self.text.get(self.at..)?;
        let end = rest.iter().position(|byte| *byte == b'}')?;
        self.at += end + 1;
        self.literals.next().map(Value::Text)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn scanner(text: &str, literals: &[&str]) -> Scanner {
        Scanner::new(Frame {
            text: text.as_bytes().to_vec(),
            literals: literals.iter().map(|l| l.as_bytes().to_vec()).collect(),
        })
    }

    #[test]
    fn values_of_every_form_are_read() {
        let mut words = scanner(r#"atom "a\"b\\" {3} nil ~{1} (x)"#, &["lit", "8"]);
        assert_eq!(words.value(), Some(Value::Atom("atom".into())));
        assert_eq!(words.value(), Some(Value::Text(br#"a"b\"#.to_vec())));
        assert_eq!(words.value(), Some(Value::Text(b"lit".to_vec())));
        assert_eq!(words.value(), Some(Value::Nil));
        assert_eq!(words.value(), Some(Value::Text(b"8".to_vec())));
        assert_eq!(words.atoms(), Some(vec!["x".to_owned()]));
        assert!(words.at_end());
    }

    #[test]
    fn unknown_values_are_passed_over_and_broken_ones_are_not_believed() {
        for (text, passes) in [
            ("x next", true),
            ("(a (b \"c)\" NIL) d) next", true),
            ("\"open next", false),
            ("(a next", false),
            (")", false),
        ] {
            let mut words = scanner(text, &[]);
            let passed = words.skip_value().is_some() && words.word().as_deref() == Some("next");
            assert_eq!(passed, passes, "{text}");
        }
        let deep = "(".repeat(100_000);
        assert_eq!(scanner(&deep, &[]).skip_value(), None);
    }
}
