//! A mail as it goes over the wire: CRLF line ends, dots doubled, no line too long.
//!
//! The same bytes always give the same wire form, so a retry sends exactly what the first attempt sent.

use crate::domain::trouble::Trouble;

/// The longest line without its CRLF (RFC 5321 §4.5.3.1.6).
pub const MAX_CONTENT_LINE_BYTES: usize = 998;

/// What is left to write once the barrier has passed: the end of the last line, and the dot.
pub(super) const FINAL_DOT: &[u8] = b"\r\n.\r\n";

/// A mail ready for the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WireContent {
    /// Everything but the CRLF of the last line and the final dot.
    pub bytes: Vec<u8>,
    pub eight_bit: bool,
}

impl WireContent {
    /// Bare CR and bare LF become CRLF: servers read them differently, and smuggling lives there.
    pub fn prepare(raw: &[u8]) -> Result<Self, Trouble> {
        let mut bytes = Vec::with_capacity(raw.len() + raw.len() / 32 + 2);
        for (index, line) in lines(raw).enumerate() {
            if line.len() > MAX_CONTENT_LINE_BYTES {
                return Err(Trouble::bug(format!(
                    "line {} of the mail is {} bytes long, and no server has to take more than {MAX_CONTENT_LINE_BYTES}",
                    index + 1,
                    line.len()
                )));
            }
            if index > 0 {
                bytes.extend_from_slice(b"\r\n");
            }
            if line.first() == Some(&b'.') {
                bytes.push(b'.');
            }
            bytes.extend_from_slice(line);
        }
        Ok(Self {
            eight_bit: raw.iter().any(|byte| *byte > 0x7f),
            bytes,
        })
    }

    /// How many bytes the server will count (RFC 1870 §3), a little more where dots were doubled.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64 + 2
    }
}

/// The lines of a mail, whichever ends they have; a final line end starts no further line.
fn lines(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(raw);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
            rest = None;
            return Some(text);
        };
        let (line, tail) = text.split_at(end);
        let after = tail
            .strip_prefix(b"\r\n")
            .or_else(|| tail.get(1..))
            .unwrap_or_default();
        rest = (!after.is_empty()).then_some(after);
        Some(line)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn line_ends_become_crlf_and_leading_dots_are_doubled() {
        let table: &[(&[u8], &[u8])] = &[
            (b"a\r\nb\r\n", b"a\r\nb"),
            (b"a\nb", b"a\r\nb"),
            (b"a\rb\r", b"a\r\nb"),
            (b".\r\n", b".."),
            (b"x\r\n.\r\ny\r\n", b"x\r\n..\r\ny"),
            (b"x\n.\r\nMAIL", b"x\r\n..\r\nMAIL"),
            (b"a\r\n\r\n", b"a\r\n"),
            (b"", b""),
        ];
        for (raw, expected) in table {
            let content = WireContent::prepare(raw).unwrap();
            assert_eq!(
                String::from_utf8_lossy(&content.bytes),
                String::from_utf8_lossy(expected)
            );
        }
    }

    #[test]
    fn a_line_of_998_bytes_passes_and_one_more_is_refused() {
        let long = vec![b'x'; MAX_CONTENT_LINE_BYTES];
        assert!(WireContent::prepare(&long).is_ok());
        let longer = vec![b'x'; MAX_CONTENT_LINE_BYTES + 1];
        let trouble = WireContent::prepare(&longer).unwrap_err();
        assert!(trouble.what.contains("line 1"), "{trouble}");
    }

    proptest! {
        /// Whatever a mail holds, the server cannot see its end before we write the final dot.
        #[test]
        fn no_mail_ends_itself(raw in proptest::collection::vec(prop_oneof![Just(b'.'), Just(b'\r'), Just(b'\n'), any::<u8>()], 0..300)) {
            let content = WireContent::prepare(&raw).unwrap();
            let mut wire = b"\r\n".to_vec();
            wire.extend_from_slice(&content.bytes);
            let end = b"\r\n.\r\n";
            prop_assert!(!wire.windows(end.len()).any(|window| window == end));
            prop_assert!(!content.bytes.ends_with(b"\r"));
            for (index, byte) in content.bytes.iter().enumerate() {
                if *byte == b'\n' {
                    prop_assert_eq!(content.bytes.get(index.wrapping_sub(1)), Some(&b'\r'));
                }
            }
        }
    }
}
