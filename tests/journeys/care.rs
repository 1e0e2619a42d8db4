//! The demo, copies of the store, and mail in and out as files.

use std::fs;

use super::office::{Office, letter};
use crate::support::desk_pty::Desk;
use crate::support::fake_smtp::{FakeSmtp, Script};
use crate::support::program::Home;

#[test]
fn the_demo_shows_tickets_and_leaves_nothing_behind() {
    let home = Home::new();
    let temporary = home.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let desk = Desk::run(&home, &["demo"], &[("TMPDIR", temporary.to_str().unwrap())]);
    desk.sees("● support");
    desk.sees("Olena Kovalenko");
    assert!(desk.quit());
    let left: Vec<_> = fs::read_dir(&temporary).unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(!home.data().exists());
}

#[test]
fn a_kept_demo_can_be_worked_on_by_commands() {
    let home = Home::new();
    home.run(&["demo", "--keep", "stage", "--prepare"]).done();
    let data = home.path().join("stage/data");
    let listed = home
        .run(&[
            "ticket",
            "list",
            "--json",
            "--data-dir",
            data.to_str().unwrap(),
        ])
        .done();
    let tickets: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    assert!(tickets.as_array().unwrap().len() > 5, "{tickets:#?}");
    home.run(&["doctor", "--data-dir", data.to_str().unwrap()])
        .done();
}

#[test]
fn a_backup_made_at_work_comes_back_whole_and_sends_nothing_by_itself() {
    let mut office = Office::open();
    let healthy = FakeSmtp::start(Script::new());
    let smtp = format!("localhost:{}", healthy.port());
    office.connect(&[
        "--smtp",
        &smtp,
        "--smtp-security",
        "none",
        "--undo-window",
        "3600",
    ]);
    office.arrives(&letter("one", "One"));
    office.sync();
    let number = office.number_of("One").to_string();
    let queued = [
        "ticket",
        "reply",
        &number,
        "--queue",
        "--body",
        "An answer that waits",
    ];
    office.home.run(&queued).done();
    let mails = (0..400).map(|n| letter(&format!("more-{n}"), &format!("More {n}")));
    office
        .dovecot
        .deliver_many(super::office::SUPPORT, "INBOX", mails);
    let syncing = office.home.start(&["sync"]);
    let copy = office.home.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    office.home.run(&["backup", copy]).done();
    office.has_tickets(401);
    drop(syncing);
    let restored = Home::new();
    let said = restored.json(&["restore", copy]);
    assert_eq!(said["parked"], 1, "{said:#}");
    let outbox = restored.json(&["outbox", "list"]);
    assert_eq!(outbox[0]["state"], "uncertain", "{outbox:#}");
    restored.run(&["sync", "--once"]);
    assert!(healthy.seen().whole.is_empty());
    restored.run(&["doctor"]);
    let there = restored.json(&["ticket", "show", &number]);
    assert_eq!(
        there["messages"][1]["text"]
            .as_str()
            .unwrap()
            .lines()
            .next(),
        Some("An answer that waits")
    );
}

#[test]
fn what_is_exported_can_be_imported_elsewhere() {
    let mut office = Office::open();
    office.connect_reading();
    for token in ["one", "two", "three"] {
        office.arrives(&letter(token, &format!("Matter {token}")));
    }
    office.sync();
    let file = office.home.path().join("all.mbox");
    let file = file.to_str().unwrap();
    office
        .home
        .run(&["export", "--format", "mbox", "--output", file])
        .done();
    let other = Office::open();
    other.connect_reading();
    other
        .home
        .run(&["import", file, "--mailbox", "support"])
        .done();
    let texts = |office: &Office| {
        let mut texts: Vec<String> = office
            .home
            .json(&["export"])
            .as_array()
            .unwrap()
            .iter()
            .map(|ticket| ticket["messages"][0]["text"].to_string())
            .collect();
        texts.sort();
        texts
    };
    assert_eq!(texts(&other), texts(&office));
    other
        .home
        .run(&["import", file, "--mailbox", "support"])
        .done();
    assert_eq!(other.tickets("").len(), 3);
    other.home.run(&["doctor"]).done();
}
