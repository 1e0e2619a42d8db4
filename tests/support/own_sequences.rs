//! Tells what the desk writes to a terminal from what a stranger would like it to write.

use super::desk_pty::Desk;

/// Private modes that the desk sets and resets: cursor, mouse, focus, alternate screen, paste, synchronized update.
const MODES: [&str; 10] = [
    "25", "1000", "1002", "1003", "1004", "1006", "1015", "1049", "2004", "2026",
];

/// The first thing in these bytes that is not the desk's own, with what stands around it.
pub fn foreign(raw: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(raw);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let length = match c {
            '\u{1b}' => own_sequence(&text[at..]),
            '\r' | '\n' => Some(1),
            c if c.is_control() => None,
            c if is_unseen(c) => None,
            c => Some(c.len_utf8()),
        };
        match length {
            Some(length) => at += length,
            None => {
                return Some(
                    text[at..]
                        .chars()
                        .take(60)
                        .collect::<String>()
                        .escape_debug()
                        .to_string(),
                );
            }
        }
    }
    None
}

/// Characters that change what others look like, or hide among them: marks of direction (UAX 9), line separators, tags.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The length of an escape sequence that the desk may write.
fn own_sequence(text: &str) -> Option<usize> {
    if let Some(title) = text
        .strip_prefix("\u{1b}]0;")
        .or_else(|| text.strip_prefix("\u{1b}]2;"))
    {
        let end = title.find(['\u{7}', '\u{1b}'])?;
        let known = title[..end].strip_prefix("Ticketty")?;
        let counts_only = known
            .chars()
            .all(|c| c == ' ' || c == '(' || c == ')' || c.is_ascii_digit());
        let closing = if title[end..].starts_with('\u{7}') {
            1
        } else {
            2
        };
        return counts_only.then_some(4 + end + closing);
    }
    let body = text.strip_prefix("\u{1b}[")?;
    let end = body.find(|c: char| ('@'..='~').contains(&c))?;
    let (parameters, last) = (&body[..end], body[end..].chars().next()?);
    let numbers = |words: &str| {
        words
            .chars()
            .all(|c| c.is_ascii_digit() || c == ';' || c == ':')
    };
    let allowed = match (parameters.strip_prefix('?'), last) {
        (Some(mode), 'h' | 'l') => mode.split(';').all(|mode| MODES.contains(&mode)),
        (None, 'm' | 'H' | 'J' | 'K' | 'A' | 'B' | 'C' | 'D' | 'G' | 'd' | 'X') => {
            numbers(parameters)
        }
        (None, 't') => ["22;0;0", "23;0;0", "22;0", "23;0", "22;2", "23;2"].contains(&parameters),
        _ => false,
    };
    allowed.then_some(2 + end + 1)
}

/// Everything that was drawn so far is the desk's own; `place` is where it stands now.
#[track_caller]
pub fn is_clean(desk: &Desk, place: &str) {
    let raw = desk.raw();
    // What is still on its way may be cut in the middle of a sequence; every drawing ends with this one.
    let end = b"\x1b[?2026l";
    let whole = raw.windows(end.len()).rposition(|bytes| bytes == end);
    let whole = &raw[..whole.expect("something was drawn") + end.len()];
    if let Some(found) = foreign(whole) {
        panic!("{place} wrote {found}\n{}", desk.text());
    }
}

/// At the end of these bytes the terminal is as it was: its own screen, and its cursor.
#[track_caller]
pub fn is_given_back(raw: &[u8]) {
    let words = String::from_utf8_lossy(raw);
    for (on, off) in [
        ("\u{1b}[?1049h", "\u{1b}[?1049l"),
        ("\u{1b}[?25l", "\u{1b}[?25h"),
    ] {
        assert!(
            words.rfind(off) > words.rfind(on),
            "{off:?} is missing at the end"
        );
    }
}

#[test]
fn the_checker_knows_what_is_not_ours() {
    for bad in [
        "\u{1b}]0;owned\u{7}",
        "\u{1b}]52;c;b3duZWQ=\u{7}",
        "\u{1b}c",
        "\u{9b}2J",
        "\u{202e}",
        "\u{7}",
        "\u{8}",
        "\u{1b}[?5h",
    ] {
        assert!(foreign(bad.as_bytes()).is_some(), "{bad:?}");
    }
    for good in [
        "\u{1b}[?1049h\u{1b}[2;3Habc",
        "\u{1b}[38;5;12mü",
        "\u{1b}]0;Ticketty (3)\u{7}",
    ] {
        assert_eq!(foreign(good.as_bytes()), None);
    }
}
