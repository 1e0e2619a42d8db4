//! A store whose file was damaged: what can be read is shown, nothing is written, and the backup brings it back.

use std::fs;
use std::os::unix::fs::FileExt;

use super::places::{connect_maildir, put_in_maildir};
use super::tokens::every_token_once;
use crate::support::desk_pty::Desk;
use crate::support::program::Home;

/// Overwrites the page on which the raw mails begin, as a disk that forgets would, under a program that was killed.
fn harm(home: &Home) {
    let path = home.data().join("ticketty.db");
    let conn = rusqlite::Connection::open(&path).unwrap();
    let number = |sql: &str| -> u64 {
        let found: i64 = conn.query_row(sql, [], |row| row.get(0)).unwrap();
        found.unsigned_abs()
    };
    let page = number("SELECT rootpage FROM sqlite_schema WHERE name = 'raw'");
    let size = number("PRAGMA page_size");
    drop(conn);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.write_all_at(&[0x5a; 4096], (page - 1) * size).unwrap();
    fs::write(home.data().join("ticketty.db-lock"), "in use\n").unwrap();
}

#[test]
fn a_damaged_store_is_shown_changed_by_nobody_and_brought_back_by_its_backup() {
    let home = Home::new();
    put_in_maildir(&home, 0..4);
    connect_maildir(&home, &["--no-outgoing"]);
    home.run(&["sync", "--once"]).done();
    home.run(&["backup", "copy.db"]).done();
    put_in_maildir(&home, 4..6);
    home.run(&["sync", "--once"]).done();
    harm(&home);
    let database = home.data().join("ticketty.db");
    let before = fs::read(&database).unwrap();

    let mut desk = Desk::open(&home);
    desk.sees("damaged store, read only · quit, then: ticketty restore FILE");
    desk.sees("Matter 5");
    desk.press("\r");
    desk.sees("Good morning, this is token-");
    desk.press("e");
    desk.sees("is damaged and is only read");
    assert!(desk.quit());

    let listed = home.json(&["ticket", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 6);
    let words = ["is damaged and is only read", "ticketty restore FILE"];
    home.run(&["sync", "--once"]).failed(1, &words);
    home.run(&["sync"]).failed(1, &words);
    home.run(&["ticket", "note", "1", "--body", "x"])
        .failed(1, &words);
    let doctor = home.run(&["doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(
        doctor.stdout.contains("✘ database pages"),
        "{}",
        doctor.stdout
    );
    assert!(fs::read(&database).unwrap() == before, "it was written to");

    home.run(&["restore", "copy.db", "--force"]).done();
    home.run(&["sync", "--once"]).done();
    home.run(&["doctor"]).done();
    every_token_once(&home, 6);
    let desk = Desk::open(&home);
    desk.sees("Matter 5");
    desk.sees("online");
    assert!(!desk.text().contains("damaged"));
    assert!(desk.quit());
}
