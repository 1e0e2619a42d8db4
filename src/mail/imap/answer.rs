//! Turns a frame into an answer that can be acted on (RFC 9051 §7).
//!
//! Only what Ticketty asks for is read. Everything else is [`Answer::Other`] and is passed over, so that a server
//! may say whatever it likes. An answer that is half understood is not believed at all.

use std::ops::RangeInclusive;

use super::fetched::{self, Fetched};
use super::folder::Listed;
use super::frame::Frame;
use super::scan::{Scanner, Value};
use super::uid_set;
use crate::domain::clean::Clean;

/// One answer of the server.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    Fetch(Fetched),
    /// The UIDs of a SEARCH or ESEARCH.
    Found(Vec<RangeInclusive<u32>>),
    /// UIDs that are gone (RFC 7162 §3.2.10); `earlier` when it happened while we were away.
    Vanished {
        earlier: bool,
        uids: Vec<RangeInclusive<u32>>,
    },
    Listed(Listed),
    /// How many mails a folder has that need not be open, or what the server calls it (RFC 8474).
    Counted {
        wire_name: String,
        mails: Option<u32>,
        mailbox_id: Option<String>,
    },
    Exists(u32),
    Expunged,
    /// OK, NO, BAD, BYE, PREAUTH; with a tag when a command is done.
    Status {
        tag: Option<String>,
        condition: Condition,
    },
    /// CAPABILITY, or with `enabled` what ENABLE switched on.
    Abilities {
        enabled: bool,
        words: Vec<String>,
    },
    /// The server waits for more of the command.
    GoAhead,
    /// An answer whose content decides what is fetched, and that cannot be read.
    Unreadable(String),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

/// A response code: `[UIDNEXT 5]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// In capitals.
    pub name: String,
    pub arguments: String,
}

/// A status response: how something ended, and the server's words about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub word: Word,
    pub code: Option<Code>,
    pub text: String,
}

impl Condition {
    /// The server's words for people: cleaned and cut.
    pub fn words(&self) -> String {
        let code = self.code.as_ref().map(|code| format!("[{}] ", code.name));
        let whole = format!("{}{}", code.unwrap_or_default(), self.text);
        let short: String = whole.chars().take(300).collect();
        Clean::line(&short).to_string()
    }

    /// Whether waiting can help: by response code (RFC 5530), else by the phrases that large providers use.
    pub fn looks_temporary(&self) -> bool {
        const CODES: &[&str] = &["UNAVAILABLE", "INUSE", "LIMIT", "THROTTLED"];
        const FINAL: &[&str] = &["AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED"];
        const PHRASES: &[&str] = &[
            "too many",
            "try again",
            "temporar",
            "throttl",
            "rate limit",
            "bandwidth limit",
            "maximum number of connections",
            "overloaded",
        ];
        let name = self.code.as_ref().map_or("", |code| code.name.as_str());
        if FINAL.contains(&name) {
            return false;
        }
        let text = self.text.to_lowercase();
        CODES.contains(&name) || PHRASES.iter().any(|phrase| text.contains(phrase))
    }
}

/// Reads a frame.
pub fn read(frame: Frame) -> Answer {
    let mut scanner = Scanner::new(frame);
    if scanner.take(b'+') {
        return Answer::GoAhead;
    }
    let tag = scanner.word().unwrap_or_default();
    if tag != "*" {
        return match status(&mut scanner, None) {
            Some(condition) => Answer::Status {
                tag: Some(tag),
                condition,
            },
            None => Answer::Other,
        };
    }
    let word = scanner.word().unwrap_or_default().to_ascii_uppercase();
    untagged(&word, scanner).unwrap_or(match word.as_str() {
        "SEARCH" | "ESEARCH" | "VANISHED" => Answer::Unreadable(word),
        _ => Answer::Other,
    })
}

fn untagged(word: &str, mut scanner: Scanner) -> Option<Answer> {
    if let Ok(number) = word.parse::<u32>() {
        let what = scanner.word()?.to_ascii_uppercase();
        return match what.as_str() {
            "EXISTS" => Some(Answer::Exists(number)),
            "EXPUNGE" => Some(Answer::Expunged),
            "FETCH" => fetched::read(&mut scanner).map(Answer::Fetch),
            _ => None,
        };
    }
    match word {
        "SEARCH" => searched(&mut scanner).map(Answer::Found),
        "ESEARCH" => esearched(&mut scanner).map(Answer::Found),
        "VANISHED" => {
            let earlier = scanner.atoms().is_some();
            let uids = uid_set::read(&scanner.word()?)?;
            Some(Answer::Vanished { earlier, uids })
        }
        "LIST" => Listed::read(&mut scanner).map(Answer::Listed),
        "STATUS" => counted(&mut scanner),
        "CAPABILITY" | "ENABLED" => Some(Answer::Abilities {
            enabled: word == "ENABLED",
            words: words(&scanner.rest()),
        }),
        _ => status(&mut scanner, Some(word)).map(|condition| Answer::Status {
            tag: None,
            condition,
        }),
    }
}

pub(super) fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

/// `SEARCH 2 4 (MODSEQ 9)`: one number that is none spoils the whole, for a missing UID would be a lost mail.
fn searched(scanner: &mut Scanner) -> Option<Vec<RangeInclusive<u32>>> {
    let mut found = Vec::new();
    while !scanner.at_end() {
        match scanner.value()? {
            Value::Open => {
                while !scanner.list_ended() {
                    scanner.skip_value()?;
                }
            }
            Value::Atom(number) => {
                let uid: u32 = number.parse().ok().filter(|uid| *uid > 0)?;
                found.push(uid..=uid);
            }
            Value::Nil | Value::Text(_) => return None,
        }
    }
    Some(found)
}

/// `ESEARCH (TAG "T1") UID ALL 1:5,9` (RFC 4731 §3.1); without ALL nothing was found.
fn esearched(scanner: &mut Scanner) -> Option<Vec<RangeInclusive<u32>>> {
    let mut found = Vec::new();
    while !scanner.at_end() {
        match scanner.value()? {
            Value::Open => {
                while !scanner.list_ended() {
                    scanner.skip_value()?;
                }
            }
            Value::Atom(word) if word.eq_ignore_ascii_case("ALL") => {
                found = uid_set::read(&scanner.word()?)?;
            }
            Value::Atom(word) if word.eq_ignore_ascii_case("UID") => {}
            _ => scanner.skip_value()?,
        }
    }
    Some(found)
}

/// `STATUS "Sent" (MESSAGES 5 MAILBOXID (F1))`; other items are passed over.
fn counted(scanner: &mut Scanner) -> Option<Answer> {
    let name = String::from_utf8(scanner.string()?).ok()?;
    if !scanner.take(b'(') {
        return None;
    }
    let (mut mails, mut mailbox_id) = (None, None);
    while !scanner.list_ended() {
        match scanner.word()?.to_ascii_uppercase().as_str() {
            "MESSAGES" => mails = Some(scanner.number()?),
            "MAILBOXID" => mailbox_id = scanner.atoms()?.into_iter().next(),
            _ => scanner.skip_value()?,
        }
    }
    if mails.is_none() && mailbox_id.is_none() {
        return None;
    }
    let is_inbox = name.eq_ignore_ascii_case("INBOX");
    Some(Answer::Counted {
        wire_name: if is_inbox { "INBOX".into() } else { name },
        mails,
        mailbox_id,
    })
}

/// A status response after its tag; `word` if it was already read.
fn status(scanner: &mut Scanner, word: Option<&str>) -> Option<Condition> {
    let word = match word {
        Some(word) => word.to_owned(),
        None => scanner.word()?.to_ascii_uppercase(),
    };
    let word = match word.as_str() {
        "OK" => Word::Ok,
        "NO" => Word::No,
        "BAD" => Word::Bad,
        "BYE" => Word::Bye,
        "PREAUTH" => Word::Preauth,
        _ => return None,
    };
    let rest = scanner.rest();
    let coded = rest
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map(|(code, text)| {
            let (name, arguments) = code.split_once(' ').unwrap_or((code, ""));
            let code = Code {
                name: name.to_ascii_uppercase(),
                arguments: arguments.to_owned(),
            };
            (code, text.trim_start().to_owned())
        });
    let (code, text) = match coded {
        Some((code, text)) => (Some(code), text),
        None => (None, rest),
    };
    Some(Condition { word, code, text })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn answer(line: &str) -> Answer {
        read(Frame {
            text: line.as_bytes().to_vec(),
            literals: Vec::new(),
        })
    }

    #[test]
    fn answers_are_read_or_passed_over() {
        for (line, expected) in [
            ("* 5 EXISTS", Answer::Exists(5)),
            ("* 99999999999 EXISTS", Answer::Other),
            ("* SEARCH", Answer::Found(vec![])),
            (
                "* SEARCH 2 4 (MODSEQ 917)",
                Answer::Found(vec![2..=2, 4..=4]),
            ),
            ("* SEARCH 2 4294967296", Answer::Unreadable("SEARCH".into())),
            ("* ESEARCH (TAG \"T1\") UID", Answer::Found(vec![])),
            (
                "* ESEARCH (TAG \"T1\") UID MIN 2 COUNT 3 ALL 2,4:5",
                Answer::Found(vec![2..=2, 4..=5]),
            ),
            (
                "* VANISHED (EARLIER) 9:3",
                Answer::Vanished {
                    earlier: true,
                    uids: vec![3..=9],
                },
            ),
            (
                "* VANISHED 7",
                Answer::Vanished {
                    earlier: false,
                    uids: vec![7..=7],
                },
            ),
            ("* NAMESPACE ((\"\" \"/\")) NIL NIL", Answer::Other),
            ("* STATUS x (SIZE 12)", Answer::Other),
            (
                "* STATUS \"Sent Mail\" (UIDNEXT 7 MESSAGES 12)",
                Answer::Counted {
                    wire_name: "Sent Mail".into(),
                    mails: Some(12),
                    mailbox_id: None,
                },
            ),
            (
                "* STATUS inbox (MAILBOXID (F2212ea87-6097))",
                Answer::Counted {
                    wire_name: "INBOX".into(),
                    mails: None,
                    mailbox_id: Some("F2212ea87-6097".into()),
                },
            ),
            ("* JUNK", Answer::Other),
            ("*", Answer::Other),
            ("+ go ahead", Answer::GoAhead),
            ("+", Answer::GoAhead),
        ] {
            assert_eq!(answer(line), expected, "{line}");
        }
    }

    #[test]
    fn conditions_keep_code_and_words() {
        let cases = [
            (
                "T1 NO [OVERQUOTA] Quota exceeded",
                Some("OVERQUOTA"),
                "[OVERQUOTA] Quota exceeded",
            ),
            ("T1 NO [ALERT]é", Some("ALERT"), "[ALERT] é"),
            ("T1 BAD", None, ""),
            (
                "T1 OK [APPENDUID 1 2] done",
                Some("APPENDUID"),
                "[APPENDUID] done",
            ),
            ("T1 NO [broken", None, "[broken"),
            ("T1 NO a\u{1b}[31m", None, "a␛[31m"),
        ];
        for (line, code, words) in cases {
            let Answer::Status { tag, condition } = answer(line) else {
                panic!("{line} is a status");
            };
            assert_eq!(tag.as_deref(), Some("T1"));
            assert_eq!(condition.code.as_ref().map(|code| code.name.as_str()), code);
            assert_eq!(condition.words(), words);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_whatever_do_harm(wire in "(\\* [0-9]{0,11} ?(FETCH|SEARCH|LIST|ESEARCH|VANISHED|OK|\\[|[ \\(\\)\"\\\\~\\{\\}\\[\\]:,*0-9A-Zі]){0,12}\r?\n){0,20}") {
            let mut framer = super::super::frame::Framer::new(10_000, 100);
            if framer.push(wire.as_bytes()).is_ok() {
                let frames = std::iter::from_fn(|| framer.pop());
                let lines = wire.matches('\n').count();
                proptest::prop_assert!(frames.map(read).count() <= lines);
            }
        }
    }

    #[test]
    fn throttling_is_told_from_a_wrong_password() {
        for (line, temporary) in [
            (
                "T1 NO [AUTHENTICATIONFAILED] Authentication failed. Try again",
                false,
            ),
            ("T1 NO [UNAVAILABLE] Temporary authentication failure", true),
            ("T1 NO Too many simultaneous connections", true),
            (
                "T1 NO [OVERQUOTA] Account exceeded command or bandwidth limits.",
                true,
            ),
            ("T1 NO LOGIN failed.", false),
        ] {
            let Answer::Status { condition, .. } = answer(line) else {
                panic!("{line} is a status");
            };
            assert_eq!(condition.looks_temporary(), temporary, "{line}");
        }
    }
}
