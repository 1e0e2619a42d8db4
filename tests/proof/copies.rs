//! The copy in the Sent folder: one at most, and the answer is sent whatever becomes of it.

use crate::journeys::office::{PASSWORD, SUPPORT, letter};
use crate::support::fake_smtp::{FakeSmtp, Script};
use crate::support::model_imap::{Faults, Kind, ModelImap};
use crate::support::program::Home;

/// A mailbox whose only ticket was answered while the mail server had these faults.
fn answered(faults: Faults) -> (Home, ModelImap, FakeSmtp) {
    let server = ModelImap::start(Kind::Plain, &["INBOX", "Sent"]);
    server.deliver("INBOX", &letter("token-0", "Cannot log in"));
    let sink = FakeSmtp::start(Script::new());
    let home = Home::new();
    let imap = format!("127.0.0.1:{}", server.port);
    let smtp = format!("localhost:{}", sink.port());
    let words = [
        "mailbox",
        "add",
        SUPPORT,
        "--imap",
        &imap,
        "--imap-security",
        "none",
        "--smtp",
        &smtp,
        "--smtp-security",
        "none",
        "--undo-window",
        "0",
        "--since",
        "all",
        "--password-stdin",
        "--no-check",
    ];
    home.run_with_input(&words, PASSWORD).done();
    home.run(&["sync", "--once"]).done();
    let shown = home.json(&["ticket", "show", "1"]).to_string();
    assert!(
        shown.contains("this is token-0"),
        "not the whole mail came: {shown}"
    );
    server.set_faults(faults);
    home.run(&["ticket", "reply", "1", "--body", "Try this"]);
    home.run(&["sync", "--once"]);
    (home, server, sink)
}

fn copies(server: &ModelImap) -> usize {
    server.mail().folders["Sent"].len()
}

#[test]
fn a_copy_whose_answer_was_lost_is_looked_for_and_not_made_again() {
    let (home, server, sink) = answered(Faults::LoseAnswerTo("APPEND"));
    for _ in 0..2 {
        home.run(&["sync", "--once"]).done();
        assert_eq!(copies(&server), 1);
    }
    assert_eq!(home.json(&["outbox", "list", "--all"])[0]["state"], "sent");
    assert_eq!(sink.seen().whole.len(), 1);
}

#[test]
fn a_copy_that_the_server_does_not_take_says_why_and_the_answer_is_sent() {
    let (home, server, sink) = answered(Faults::Refuse("APPEND"));
    assert_eq!(copies(&server), 0);
    assert_eq!(home.json(&["outbox", "list", "--all"])[0]["state"], "sent");
    assert_eq!(sink.seen().whole.len(), 1);
    let shown = home.json(&["ticket", "show", "1"]).to_string();
    assert!(shown.contains("not now"), "{shown}");
}
