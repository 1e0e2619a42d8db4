//! An SMTP reply and what EHLO tells, read strictly and within bounds (RFC 5321 §4.2).
//!
//! A reply that is not exactly of the grammar is never guessed at: the line is out of step then, and the caller
//! must drop it.

use crate::domain::clean::Clean;

/// The longest reply line that is read, without its line end. RFC 5321 §4.5.3.1.5 asks for 512.
pub(super) const MAX_LINE_BYTES: usize = 2048;
/// The most lines of one reply.
pub(super) const MAX_LINES: usize = 100;

/// A whole reply: one code, one or more lines of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub code: u16,
    /// The text of each line without the code, sanitised.
    pub lines: Vec<Clean>,
}

impl Reply {
    /// The reply as one line for people: "550 5.1.1 no such user".
    pub fn words(&self) -> String {
        let text: Vec<&str> = self.lines.iter().map(Clean::as_str).collect();
        format!("{} {}", self.code, text.join(" "))
            .trim_end()
            .to_owned()
    }

    pub fn kind(&self) -> ReplyKind {
        match self.code {
            400..=499 => ReplyKind::Later,
            500..=599 => ReplyKind::Never,
            _ => ReplyKind::Other,
        }
    }
}

/// What a reply other than the expected one means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyKind {
    Later,
    Never,
    /// A code that has no place in this phase.
    Other,
}

/// One line of a reply, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ReplyLine {
    pub code: u16,
    pub last: bool,
    pub text: Clean,
}

/// Reads one line without its line end. `None` is not a reply line.
pub(super) fn parse_line(line: &[u8]) -> Option<ReplyLine> {
    let digits = line.get(..3)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    if !(200..=599).contains(&code) {
        return None;
    }
    let last = match line.get(3) {
        None | Some(b' ') => true,
        Some(b'-') => false,
        Some(_) => return None,
    };
    let text = String::from_utf8_lossy(line.get(4..).unwrap_or_default());
    Some(ReplyLine {
        code,
        last,
        text: Clean::line(&text),
    })
}

/// What the server offers, from its EHLO reply (RFC 5321 §4.1.1.1). Forgotten when TLS starts (RFC 3207 §4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// RFC 1870: the greatest mail it takes, in bytes; `Some(0)` is "SIZE is known, without a limit".
    pub size: Option<u64>,
    /// RFC 2920.
    pub pipelining: bool,
    /// RFC 6152.
    pub eight_bit: bool,
    /// RFC 6531.
    pub utf8_addresses: bool,
    /// RFC 3207.
    pub starttls: bool,
    /// RFC 4954: names of the offered mechanisms, upper case.
    pub sign_in: Vec<String>,
}

impl Capabilities {
    pub(super) fn from_reply(reply: &Reply) -> Self {
        let mut found = Self::default();
        // The first line is the server's name and greeting.
        for line in reply.lines.iter().skip(1) {
            let upper = line.as_str().to_ascii_uppercase();
            // Old servers write "AUTH=LOGIN"; both forms name mechanisms.
            let spaced = upper.replacen("AUTH=", "AUTH ", 1);
            let mut words = spaced.split_ascii_whitespace();
            match words.next() {
                Some("SIZE") => found.size = Some(words.next().map_or(0, limit)),
                Some("PIPELINING") => found.pipelining = true,
                Some("8BITMIME") => found.eight_bit = true,
                Some("SMTPUTF8") => found.utf8_addresses = true,
                Some("STARTTLS") => found.starttls = true,
                Some("AUTH") => {
                    for name in words {
                        if !found.sign_in.iter().any(|known| known == name) {
                            found.sign_in.push(name.to_owned());
                        }
                    }
                }
                _ => {}
            }
        }
        found
    }

    pub(super) fn signs_in_by(&self, mechanism: &str) -> bool {
        self.sign_in.iter().any(|name| name == mechanism)
    }
}

/// A limit that cannot be read limits nothing; the server will say so itself.
fn limit(digits: &str) -> u64 {
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_line_is_three_digits_and_a_space_or_dash() {
        type Row<'a> = (&'a [u8], Option<(u16, bool, &'a str)>);
        let table: &[Row] = &[
            (b"250 OK", Some((250, true, "OK"))),
            (b"250-SIZE 100", Some((250, false, "SIZE 100"))),
            (b"250", Some((250, true, ""))),
            (b"354 go", Some((354, true, "go"))),
            (b"250 \x1b[31mred", Some((250, true, "\u{241b}[31mred"))),
            (b"250 \xff", Some((250, true, "\u{fffd}"))),
            (b"2500 OK", None),
            (b"25 OK", None),
            (b"199 no", None),
            (b"650 no", None),
            (b"+50 OK", None),
            (b"250_OK", None),
            (b"HTTP/1.1 400", None),
            (b"", None),
        ];
        for (line, expected) in table {
            let got = parse_line(line);
            let got = got
                .as_ref()
                .map(|line| (line.code, line.last, line.text.as_str()));
            assert_eq!(got, *expected, "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn ehlo_tells_what_the_server_can_do() {
        let reply = Reply {
            code: 250,
            lines: [
                "STARTTLS.example.test",
                "size 1000",
                "PIPELINING",
                "8BITMIME",
                "AUTH PLAIN LOGIN",
                "AUTH=LOGIN xoauth2",
                "SMTPUTF8",
            ]
            .iter()
            .map(|line| Clean::line(line))
            .collect(),
        };
        let found = Capabilities::from_reply(&reply);
        assert_eq!(found.size, Some(1000));
        assert!(found.pipelining && found.eight_bit && found.utf8_addresses);
        assert!(!found.starttls, "the first line is a name, not an offer");
        assert_eq!(found.sign_in, ["PLAIN", "LOGIN", "XOAUTH2"]);
    }
}
