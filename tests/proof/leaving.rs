//! The line to the operator drops: what was typed is kept, and the terminal is given back.

use crate::journeys::office::{Office, letter};
use crate::support::desk_pty::Desk;
use crate::support::own_sequences::is_given_back;

#[test]
fn a_line_that_drops_loses_no_text_and_leaves_the_terminal_as_it_was() {
    let mut office = Office::open();
    office.connect(&["--smtp", "localhost:9", "--smtp-security", "none"]);
    office.arrives(&letter("token-0", "Cannot log in"));
    office.sync();
    let mut desk = Desk::open(&office.home);
    desk.sees("Cannot log in");
    desk.press("r");
    desk.sees("Reply #1");
    desk.press("Half a thou");
    desk.sees("Half a thou");
    // Before the two seconds are over in which it would be saved anyway.
    let raw = desk.hang_up();
    is_given_back(&raw);
    let mut desk = Desk::open(&office.home);
    desk.sees("Cannot log in");
    desk.press("r");
    desk.sees("Half a thou");
    assert!(desk.quit());
}
