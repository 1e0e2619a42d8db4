//! A clock of this machine that differs from the mail server's.

use jiff::SignedDuration;

use super::places::connect_imap;
use crate::journeys::office::letter;
use crate::support::model_imap::{Kind, ModelImap};
use crate::support::program::Home;

fn one_more(server: &ModelImap, home: &Home, token: usize) {
    server.deliver(
        "INBOX",
        &letter(&format!("token-{token}"), &format!("Matter {token}")),
    );
    home.run(&["sync", "--once"]).done();
}

fn notes(home: &Home) -> String {
    home.json(&["mailbox", "status", "support"])["troubles"].to_string()
}

#[test]
fn a_clock_that_differs_from_the_servers_is_told_until_it_is_right() {
    let server = ModelImap::start(Kind::Qresync, &["INBOX"]);
    let set = |hours| {
        let mut mail = server.mail();
        let inbox = mail.folders.get_mut("INBOX").unwrap();
        inbox.clock_ahead = SignedDuration::from_hours(hours);
    };
    let home = connect_imap(&server);
    // What was there at the first look arrived at any time.
    set(-500);
    one_more(&server, &home, 0);
    set(3);
    one_more(&server, &home, 1);
    assert_eq!(notes(&home), "[]");
    home.run(&["doctor"]).done();
    one_more(&server, &home, 2);
    let words = "this machine's clock is 3 h behind that of 127.0.0.1";
    assert!(notes(&home).contains(words), "{}", notes(&home));
    let doctor = home.run(&["doctor"]);
    let said = format!("{}{}", doctor.stdout, doctor.stderr);
    assert!(doctor.code == 1 && said.contains("is 3 h behind"), "{said}");
    set(0);
    one_more(&server, &home, 3);
    assert_eq!(notes(&home), "[]");
    home.run(&["doctor"]).done();
}

#[test]
fn old_mail_that_another_program_moves_says_nothing_about_the_clock() {
    let server = ModelImap::start(Kind::Plain, &["INBOX"]);
    let home = connect_imap(&server);
    one_more(&server, &home, 0);
    for (token, hours) in [(1, -9000), (2, -300), (3, -20)] {
        let mut mail = server.mail();
        let inbox = mail.folders.get_mut("INBOX").unwrap();
        inbox.clock_ahead = SignedDuration::from_hours(hours);
        drop(mail);
        one_more(&server, &home, token);
        assert_eq!(notes(&home), "[]", "{hours}");
    }
}
