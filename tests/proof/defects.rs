//! A defect breaks off the desk, or a part of the engine: the text is kept, the terminal is given back, and nothing
//! is gone in silence.

use std::fs;

use super::places::{connect_maildir, put_in_maildir};
use crate::journeys::office::{Office, letter};
use crate::support::desk_pty::Desk;
use crate::support::own_sequences::is_given_back;
use crate::support::program::Home;

/// A desk that breaks off at this place, once the file `fall` is in its home.
fn open(home: &Home, place: &str) -> Desk {
    let at = format!("{place}:{}", home.path().join("fall").display());
    Desk::run(home, &[], &[("TICKETTY_PANIC_AT", &at)])
}

#[test]
fn a_desk_that_breaks_off_saves_the_text_gives_the_terminal_back_and_names_its_report() {
    let mut office = Office::open();
    office.connect(&["--smtp", "localhost:9", "--smtp-security", "none"]);
    office.arrives(&letter("token-0", "Cannot log in"));
    office.sync();
    let mut desk = open(&office.home, "desk");
    desk.sees("Cannot log in");
    desk.press("r");
    desk.sees("Reply #1");
    desk.press("Half a thou");
    desk.sees("Half a thou");
    // Before the two seconds are over in which it would be saved anyway.
    fs::write(office.home.path().join("fall"), "").unwrap();
    desk.press("x");
    let (code, raw) = desk.ends();
    assert_eq!(code, 1);
    is_given_back(&raw);
    let words = String::from_utf8_lossy(&raw);
    // On the operator's own screen, and not on the one that is taken away.
    let (_, said) = words.rsplit_once("\u{1b}[?1049l").unwrap();
    let log = office.home.data().join("state/ticketty.log");
    for part in [
        "the desk broke off",
        "a test wanted a panic: desk",
        &log.display().to_string(),
    ] {
        assert!(said.contains(part), "no {part:?} in {said:?}");
    }
    let report = office.home.log();
    assert!(report.contains("a test wanted a panic: desk"), "{report}");
    assert!(
        report.contains("src/crash_point.rs"),
        "no trace in {report}"
    );
    let mut desk = Desk::open(&office.home);
    desk.sees("Cannot log in");
    desk.press("r");
    desk.sees("Half a thou");
    assert!(desk.quit());
}

#[test]
fn a_part_of_the_engine_that_breaks_off_is_told_and_begins_again() {
    for (place, said) in [
        (
            "mailbox",
            "the worker of a mailbox broke off and begins again",
        ),
        (
            "sending",
            "the sending of a mailbox broke off and begins again",
        ),
        ("news", "the news for the desk broke off and begins again"),
    ] {
        let home = Home::new();
        put_in_maildir(&home, 0..1);
        let sent = home.path().join("sent").display().to_string();
        connect_maildir(&home, &["--outgoing-folder", &sent, "--undo-window", "0"]);
        home.run(&["sync", "--once"]).done();
        let desk = open(&home, place);
        desk.sees("Matter 0");
        fs::write(home.path().join("fall"), "").unwrap();
        // Whatever waits for a doorbell hears one.
        home.run(&["ticket", "reply", "1", "--body", "A first answer"])
            .done();
        desk.sees(said);
        put_in_maildir(&home, 1..2);
        desk.sees("Matter 1");
        home.run(&["ticket", "reply", "1", "--body", "A second answer"])
            .done();
        crate::support::program::until(
            "both answers to leave",
            std::time::Duration::from_secs(20),
            || {
                let lines = home.json(&["outbox", "list", "--all"]);
                let states: Vec<_> = lines
                    .as_array()?
                    .iter()
                    .map(|line| line["state"].clone())
                    .collect();
                (states == ["sent", "sent"]).then_some(())
            },
        );
        assert!(
            home.log()
                .contains(&format!("a test wanted a panic: {place}"))
        );
        assert!(desk.quit(), "{place}");
    }
}
