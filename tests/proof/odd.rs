//! Mails whose headers lie, repeat or lack something: each comes once, and none keeps another one away.

use std::fs;

use super::places::{connect_imap, connect_maildir};
use super::tokens::every_token_once;
use crate::journeys::office::{OLENA, SUPPORT, letter};
use crate::support::model_imap::{Faults, Kind, ModelImap};
use crate::support::program::Home;

fn mail(head: &str, token: &str) -> String {
    format!("From: Olena <{OLENA}>\nTo: {SUPPORT}\nSubject: {token}\n{head}\nThis is {token}.\n")
}

fn delivered(home: &Home, place: usize, mail: &str) {
    let folder = home.path().join("mail");
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    fs::write(folder.join("new").join(format!("{place}.office")), mail).unwrap();
}

/// The subjects of all tickets, each with how many messages came in.
fn came(home: &Home) -> Vec<(String, usize)> {
    let exported = home.json(&["export"]);
    let mut came: Vec<_> = exported
        .as_array()
        .unwrap()
        .iter()
        .map(|ticket| {
            let messages = ticket["messages"].as_array().unwrap();
            (
                ticket["subject"].as_str().unwrap().to_owned(),
                messages.len(),
            )
        })
        .collect();
    came.sort();
    came
}

#[test]
fn no_date_and_no_id_keeps_a_mail_away() {
    let long = "x".repeat(10_000);
    let heads = [
        String::new(),
        "Message-ID:\n".to_owned(),
        "Message-ID: <one@a.test>\nMessage-ID: <two@a.test>\n".to_owned(),
        format!("Message-ID: <{long}@a.test>\n"),
        "Message-ID: <1970@a.test>\nDate: Thu, 1 Jan 1970 00:00:00 +0000\n".to_owned(),
        "Message-ID: <2099@a.test>\nDate: Thu, 31 Dec 2099 23:59:59 +1400\n".to_owned(),
        "Message-ID: <none@a.test>\nDate: Fri, 99 Foo 12345 99:99:99 +9999\n".to_owned(),
        "Message-ID: <two@a.test>\nDate: one\nDate: two\n".to_owned(),
    ];
    let home = Home::new();
    for (place, head) in heads.iter().enumerate() {
        delivered(&home, place, &mail(head, &format!("token {place}")));
    }
    connect_maildir(&home, &["--no-outgoing"]);
    home.run(&["sync", "--once"]).done();
    home.run(&["sync", "--once"]).done();
    let expected: Vec<_> = (0..heads.len())
        .map(|place| (format!("token {place}"), 1))
        .collect();
    assert_eq!(came(&home), expected);
    home.run(&["doctor"]).done();
}

#[test]
fn nobody_keeps_a_mail_away_by_using_its_id_before() {
    let home = Home::new();
    let id = "Message-ID: <guessed@a.test>\n";
    delivered(&home, 0, &mail(id, "from mallory"));
    connect_maildir(&home, &["--no-outgoing"]);
    home.run(&["sync", "--once"]).done();
    delivered(&home, 1, &mail(id, "from the customer"));
    home.run(&["sync", "--once"]).done();
    let expected = ["from mallory", "from the customer"].map(|subject| (subject.to_owned(), 1));
    assert_eq!(came(&home), expected);
    let tickets = home.json(&["ticket", "list"]).to_string();
    assert!(tickets.contains("duplicate-message-id"), "{tickets}");
}

#[test]
fn archives_and_bombs_stay_packed() {
    let home = Home::new();
    // A gzip member whose header promises far more than it holds, in the three wrappings that programs unpack.
    let bomb = "H4sIAAAAAAACA+3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
    for (place, (kind, name)) in [
        ("application/zip", "bomb.zip"),
        ("application/gzip", "bomb.gz"),
        ("application/ms-tnef", "winmail.dat"),
    ]
    .iter()
    .enumerate()
    {
        let head = format!(
            "Message-ID: <{place}@a.test>\nMIME-Version: 1.0\nContent-Type: {kind}; name={name}\n\
             Content-Disposition: attachment; filename={name}\nContent-Transfer-Encoding: base64\n\n{bomb}\n"
        );
        delivered(&home, place, &mail(&head, &format!("token {place}")));
    }
    connect_maildir(&home, &["--no-outgoing"]);
    home.run(&["sync", "--once"]).done();
    for number in ["1", "2", "3"] {
        let shown = home.json(&["ticket", "show", number]);
        let files = shown["messages"][0]["attachments"].as_array().unwrap();
        assert_eq!(files.len(), 1, "{shown:#}");
    }
}

#[test]
fn a_folder_that_cannot_be_read_keeps_no_other_away() {
    // Between the others by its name, so that one comes before it and one after it.
    const FOLDERS: [&str; 3] = ["INBOX", "Locked", "Sales"];
    let server = ModelImap::start(Kind::Plain, &FOLDERS);
    for (n, folder) in FOLDERS.iter().rev().enumerate() {
        server.deliver(
            folder,
            &letter(&format!("token-{n}"), &format!("Matter {n}")),
        );
    }
    let home = connect_imap(&server);
    server.set_faults(Faults::Forbid("Locked"));
    home.run(&["sync", "--once"])
        .failed(1, &["does not let us read the folder Locked"]);
    let status = home.json(&["mailbox", "status", "support"]);
    let told = status["troubles"][0].to_string();
    assert!(
        told.contains("does not let us read the folder Locked"),
        "{told}"
    );
    assert_eq!(home.json(&["ticket", "list"]).as_array().unwrap().len(), 2);
    server.set_faults(Faults::None);
    home.run(&["sync", "--once"]).done();
    let status = home.json(&["mailbox", "status", "support"]);
    assert_eq!(status["troubles"], serde_json::json!([]));
    every_token_once(&home, 3);
}

#[test]
fn an_inbox_that_cannot_be_read_is_no_success() {
    let server = ModelImap::start(Kind::Plain, &["INBOX", "Sales"]);
    let home = connect_imap(&server);
    server.set_faults(Faults::Forbid("INBOX"));
    home.run(&["sync", "--once"])
        .failed(1, &["refused EXAMINE"]);
}

#[test]
fn a_folder_whose_name_has_controls_is_read() {
    let server = ModelImap::start(Kind::Plain, &["INBOX", "Old \u{1b}[2J\u{7}", "Архів"]);
    server.deliver("Old \u{1b}[2J\u{7}", &letter("token-0", "Matter 0"));
    server.deliver("Архів", &letter("token-1", "Matter 1"));
    let home = connect_imap(&server);
    home.run(&["sync", "--once"]).done();
    every_token_once(&home, 2);
}
