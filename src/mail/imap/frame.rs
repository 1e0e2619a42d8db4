//! Cuts the server's bytes into frames: one response each, its literals beside it (RFC 9051 §4.3, §9).
//!
//! Every size is bounded before memory is given, because the numbers come from a stranger. The cutter knows only
//! lines and literals; it never fails on what a line says.

use std::collections::VecDeque;

/// More literals than any response we ask for can have.
const MOST_LITERALS: usize = 1000;
/// What is reserved for a literal before its bytes arrive; it grows from there.
const RESERVED_BYTES: usize = 1024 * 1024;

/// One response. `text` holds its lines without line ends, with `{n}` left where a literal stood.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub text: Vec<u8>,
    pub literals: Vec<Vec<u8>>,
}

impl Frame {
    /// The text for a log: cut, and without the content of literals.
    pub fn shown(&self) -> String {
        let start = self.text.get(..4000).unwrap_or(&self.text);
        String::from_utf8_lossy(start).into_owned()
    }
}

/// Why the bytes cannot be followed any further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    #[error("a line is longer than {0} bytes")]
    LineTooLong(usize),
    #[error("a literal of {announced} bytes was announced, more than the {limit} that are taken")]
    LiteralTooLong { announced: u64, limit: u64 },
    #[error("a response has more than {MOST_LITERALS} literals")]
    TooManyLiterals,
}

/// The cutter. Feed it bytes as they come, and take frames out.
#[derive(Debug)]
pub struct Framer {
    longest_line: usize,
    longest_literal: u64,
    text: Vec<u8>,
    /// Where the current line began in `text`; earlier lines ended in literals.
    line_start: usize,
    literals: Vec<Vec<u8>>,
    /// Bytes of the last literal that are still to come.
    missing: usize,
    ready: VecDeque<Frame>,
}

impl Framer {
    pub fn new(longest_line: usize, longest_literal: u64) -> Self {
        Self {
            longest_line,
            longest_literal,
            text: Vec::new(),
            line_start: 0,
            literals: Vec::new(),
            missing: 0,
            ready: VecDeque::new(),
        }
    }

    /// The oldest whole frame.
    pub fn pop(&mut self) -> Option<Frame> {
        self.ready.pop_front()
    }

    /// Whether nothing waits, neither whole nor begun.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.text.is_empty() && self.literals.is_empty()
    }

    /// Takes bytes from the wire.
    ///
    /// # Errors
    /// A bound was crossed; the connection cannot be followed any more.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), FrameFault> {
        while !bytes.is_empty() {
            if self.missing > 0 {
                let (now, later) = bytes.split_at(self.missing.min(bytes.len()));
                if let Some(literal) = self.literals.last_mut() {
                    literal.extend_from_slice(now);
                }
                self.missing -= now.len();
                bytes = later;
                continue;
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let (now, later) = bytes.split_at(end.map_or(bytes.len(), |at| at + 1));
            if self.text.len() + now.len() > self.longest_line {
                return Err(FrameFault::LineTooLong(self.longest_line));
            }
            self.text.extend_from_slice(now);
            bytes = later;
            if end.is_some() {
                self.end_line()?;
            }
        }
        Ok(())
    }

    /// A line is whole: either a literal follows, or the frame is done. A bare LF ends a line too.
    fn end_line(&mut self) -> Result<(), FrameFault> {
        while matches!(self.text.last(), Some(b'\n' | b'\r')) && self.text.len() > self.line_start {
            self.text.pop();
        }
        if let Some(announced) = self.announced_literal() {
            if announced > self.longest_literal {
                let limit = self.longest_literal;
                return Err(FrameFault::LiteralTooLong { announced, limit });
            }
            if self.literals.len() >= MOST_LITERALS {
                return Err(FrameFault::TooManyLiterals);
            }
            self.missing = usize::try_from(announced).unwrap_or(usize::MAX);
            let reserved = self.missing.min(RESERVED_BYTES);
            self.literals.push(Vec::with_capacity(reserved));
            self.line_start = self.text.len();
            return Ok(());
        }
        let frame = Frame {
            text: std::mem::take(&mut self.text),
            literals: std::mem::take(&mut self.literals),
        };
        self.line_start = 0;
        if !frame.text.is_empty() {
            self.ready.push_back(frame);
        }
        Ok(())
    }

    /// The size in `{n}` or `{n+}` at the end of the line. Lines that end in a sentence for people have no literals.
    fn announced_literal(&self) -> Option<u64> {
        let line = self.text.get(self.line_start..)?;
        let inner = line.strip_suffix(b"}")?;
        let inner = inner.strip_suffix(b"+").unwrap_or(inner);
        let digits = inner
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let (before, digits_bytes) = inner.split_at(inner.len() - digits);
        if digits == 0 || before.last() != Some(&b'{') || self.is_sentence() {
            return None;
        }
        let digits = std::str::from_utf8(digits_bytes).ok()?;
        Some(digits.parse().unwrap_or(u64::MAX))
    }

    fn is_sentence(&self) -> bool {
        let Some(rest) = self.text.strip_prefix(b"* ") else {
            return true;
        };
        let word = rest.split(|byte| *byte == b' ').next().unwrap_or(rest);
        ["OK", "NO", "BAD", "BYE", "PREAUTH"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn cut(bytes: &[u8], step: usize) -> Result<Vec<(String, Vec<String>)>, FrameFault> {
        let mut framer = Framer::new(1000, 1000);
        for chunk in bytes.chunks(step) {
            framer.push(chunk)?;
        }
        let lossy = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        Ok(std::iter::from_fn(|| framer.pop())
            .map(|frame| {
                (
                    lossy(&frame.text),
                    frame.literals.iter().map(lossy).collect(),
                )
            })
            .collect())
    }

    #[test]
    fn frames_are_the_same_however_the_bytes_arrive() {
        let wire = b"* OK hi {3}\r\n* 1 FETCH (UID 5 BODY[] {5}\r\na\r\n)b FLAGS ())\r\n\r\n\
            * LIST () \"/\" {2}\r\n\"x\r\n* 2 FETCH (BODY[] {0}\r\n)\nT1 OK {9}\r\n+ go {4}\r\n";
        let expected = vec![
            ("* OK hi {3}".to_owned(), vec![]),
            (
                "* 1 FETCH (UID 5 BODY[] {5} FLAGS ())".to_owned(),
                vec!["a\r\n)b".to_owned()],
            ),
            ("* LIST () \"/\" {2}".to_owned(), vec!["\"x".to_owned()]),
            ("* 2 FETCH (BODY[] {0})".to_owned(), vec![String::new()]),
            ("T1 OK {9}".to_owned(), vec![]),
            ("+ go {4}".to_owned(), vec![]),
        ];
        for step in 1..wire.len() {
            assert_eq!(cut(wire, step).unwrap(), expected, "in steps of {step}");
        }
    }

    #[test]
    fn sizes_are_bounded_before_memory_is_given() {
        let huge = cut(b"* 1 FETCH (BODY[] {4294967296}\r\n", 7).unwrap_err();
        assert!(matches!(
            huge,
            FrameFault::LiteralTooLong {
                announced: 4_294_967_296,
                ..
            }
        ));
        let absurd = cut(b"* 1 FETCH (BODY[] {99999999999999999999999}\r\n", 7).unwrap_err();
        assert!(matches!(
            absurd,
            FrameFault::LiteralTooLong {
                announced: u64::MAX,
                ..
            }
        ));
        assert_eq!(
            cut(&[b'x'; 1001], 10).unwrap_err(),
            FrameFault::LineTooLong(1000)
        );
        let many = b"* X "
            .iter()
            .chain(b"{0}\r\n".repeat(2000).iter())
            .copied()
            .collect::<Vec<_>>();
        assert!(cut(&many, 100).is_err());
    }
}
