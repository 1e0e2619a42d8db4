//! The server says no, or is away for a while, and the desk says so and catches up.

use super::office::{Office, PASSWORD, SUPPORT, letter};
use crate::support::desk_pty::Desk;

#[test]
fn a_wrong_password_is_shown_and_the_right_one_brings_everything() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&letter("one", "Before the change"));
    office.sync();
    office.dovecot.set_password(SUPPORT, "another battery");
    office.arrives(&letter("two", "After the change"));
    office.home.run(&["sync", "--once"]).failed(1, &["support"]);
    let check = office
        .home
        .run(&["mailbox", "check", "support"])
        .failed(1, &[]);
    let said = check.stdout + &check.stderr;
    assert!(!said.contains(PASSWORD), "{said}");
    let health = || office.home.json(&["mailbox", "list"])[0]["health"]["state"].clone();
    assert_eq!(health(), "needs-password");
    let desk = Desk::open(&office.home);
    desk.sees("needs password");
    let words = ["mailbox", "set", "support", "--password-stdin"];
    office.home.run_with_input(&words, "another battery").done();
    desk.sees("After the change");
    desk.sees_no_more("needs password");
    assert_ne!(health(), "needs-password");
    assert!(desk.quit());
    assert_eq!(office.tickets("").len(), 2);
}

#[test]
fn a_server_that_is_away_is_shown_and_its_mail_comes_when_it_is_back() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&letter("one", "Before the night"));
    let desk = Desk::open(&office.home);
    desk.sees("Before the night");
    desk.sees("● support");
    office.dovecot.restart();
    office.arrives(&letter("two", "After the restart"));
    desk.sees("After the restart");
    desk.sees("● support");
    office.dovecot.stop();
    desk.sees("interrupted");
    office.arrives(&letter("three", "During the night"));
    office.dovecot.run();
    desk.sees("During the night");
    desk.sees_no_more("interrupted");
    assert!(desk.quit());
    assert_eq!(office.tickets("").len(), 3);
}
