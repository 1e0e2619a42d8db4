//! Mail that wants to reach the operator's terminal: everything it writes is shown, nothing is obeyed.

use super::office::{Office, SUPPORT};
use crate::support::desk_pty::Desk;
use crate::support::own_sequences::{foreign, is_clean};

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
