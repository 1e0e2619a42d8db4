//! Mail that wants to reach the operator's terminal: everything it writes is shown, nothing is obeyed.

use super::office::{Office, SUPPORT};
use crate::support::desk_pty::Desk;

/// What a stranger puts everywhere: a title, a clipboard, a colour, a screen switch, a reset, C1, bidi, a tag.
const POISON: &str = "\u{1b}]0;owned\u{7}\u{1b}]52;c;b3duZWQ=\u{7}\u{1b}[31mred\u{1b}[?1049l\u{1b}c\u{9b}2J\u{202e}gpj\u{2066}x\u{e0041}\u{8}";

fn hostile() -> String {
    format!(
        "From: Mallory {POISON} <mallory@example.test>\nTo: \"{POISON}\" <{SUPPORT}>\nCc: {POISON} <cc@example.test>\n\
         Subject: Poison {POISON} cup\nMessage-ID: <poison{POISON}@example.test>\n\
         X-Poison: {POISON}\nDate: Tue, 14 Oct 2025 10:00:00 +0200\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n\
         The body says {POISON} and ends here.\n\
         --b\nContent-Type: application/pdf; name=\"{POISON}file.pdf\"\n\
         Content-Disposition: attachment; filename=\"{POISON}file.pdf\"\n\n%PDF\n--b--\n"
    )
}

/// Private modes that the desk sets and resets: cursor, mouse, focus, alternate screen, paste, synchronized update.
const MODES: [&str; 10] = [
    "25", "1000", "1002", "1003", "1004", "1006", "1015", "1049", "2004", "2026",
];

/// The first thing in these bytes that is not the desk's own, with what stands around it.
fn foreign(raw: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(raw);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let length = match c {
            '\u{1b}' => own_sequence(&text[at..]),
            '\r' | '\n' => Some(1),
            c if c.is_control() => None,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}' => None,
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

#[track_caller]
fn is_clean(desk: &Desk, place: &str) {
    let raw = desk.raw();
    // What is still on its way may be cut in the middle of a sequence; every drawing ends with this one.
    let end = b"\x1b[?2026l";
    let whole = raw.windows(end.len()).rposition(|bytes| bytes == end);
    let whole = &raw[..whole.expect("something was drawn") + end.len()];
    if let Some(found) = foreign(whole) {
        panic!("{place} wrote {found}\n{}", desk.text());
    }
}

#[test]
fn nothing_a_stranger_writes_reaches_the_terminal() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&hostile());
    office.sync();
    let mut desk = Desk::open(&office.home);
    desk.sees("● support");
    desk.sees("Poison");
    is_clean(&desk, "the list");
    desk.press("\r");
    desk.sees("The body says");
    is_clean(&desk, "the thread");
    desk.press("v");
    desk.sees("s save");
    is_clean(&desk, "the attachments");
    desk.press("\u{1b}");
    desk.sees_no_more("s save");
    desk.press("R");
    desk.sees("X-Poison");
    is_clean(&desk, "the raw mail");
    desk.press("q");
    desk.sees_no_more("X-Poison");
    desk.press("h");
    desk.wait("the history", |text| {
        text.to_lowercase().contains("history")
    });
    is_clean(&desk, "the history");
    desk.press("q");
    desk.press("w");
    desk.press("q");
    desk.press("q");
    desk.press("/");
    desk.press("mallory");
    desk.sees("mallory");
    desk.press("\r");
    desk.sees("Poison");
    is_clean(&desk, "the search");
    assert!(desk.text().contains("Poison"));
    assert!(desk.quit());
}

#[test]
fn nothing_a_stranger_writes_comes_out_of_a_command() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&hostile());
    office.sync();
    let number = office.tickets("")[0]["number"].to_string();
    for words in [
        &["ticket", "list"][..],
        &["ticket", "show", &number],
        &["search", "body"],
        &["export", "--format", "csv"],
        &["mailbox", "list"],
    ] {
        for json in [false, true] {
            let mut words = words.to_vec();
            if json && !words.contains(&"csv") {
                words.push("--json");
            }
            let ran = office.home.run(&words).done();
            let found = foreign((ran.stdout + &ran.stderr).as_bytes());
            assert_eq!(found, None, "{words:?}");
        }
    }
}
