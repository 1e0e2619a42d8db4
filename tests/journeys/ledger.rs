//! What a server lists ends in an outcome, also where the server refuses, forgets, or counts anew.

use rusqlite::Connection;

use super::office::{Office, SUPPORT, letter};

fn status(office: &Office) -> serde_json::Value {
    office.home.json(&["mailbox", "status", "support"])
}

fn subjects(office: &Office) -> Vec<String> {
    let mut subjects: Vec<String> = office
        .tickets("")
        .iter()
        .map(|ticket| ticket["subject"].as_str().unwrap().to_owned())
        .collect();
    subjects.sort();
    subjects
}

#[test]
fn a_mail_that_is_refused_in_run_after_run_is_recorded() {
    let mut office = Office::open();
    office.dovecot.refuses_the_unreadable();
    office.connect_reading();
    office.arrives(&letter("one", "Cannot be read"));
    office.arrives(&letter("two", "Can be read"));
    office.dovecot.make_unreadable(SUPPORT, "INBOX", 0);
    // Each run is a process of its own, as cron has it.
    for run in 1..=2 {
        office.home.run(&["sync", "--once"]);
        let ledger = status(&office)["ledger"].clone();
        assert_eq!(
            (&ledger["holes"], &ledger["unreadable"]),
            (&1.into(), &0.into()),
            "run {run}"
        );
    }
    office.sync();
    let status = status(&office);
    assert_eq!(status["ledger"]["holes"], 0, "{status:#}");
    assert_eq!(status["unreadable"][0]["mails"], 1, "{status:#}");
    assert_eq!(subjects(&office), ["Can be read"]);
    let doctor = office.home.run(&["doctor"]).done().stdout;
    let line = doctor.lines().find(|line| line.contains("mail of support"));
    let line = line.expect("doctor gives the account of the mailbox");
    assert!(
        line.contains("2 listed: 1 stored, 1 unreadable; 1 unreadable: "),
        "{line}"
    );
}

#[test]
fn a_chosen_folder_that_is_not_there_is_told_and_keeps_no_other_away() {
    let mut office = Office::open();
    office.connect(&["--no-outgoing", "--folder", "INBOX", "--folder", "Old"]);
    office.arrives(&letter("one", "Good morning"));
    office
        .home
        .run(&["sync", "--once"])
        .failed(1, &["the folder Old is chosen", "no such folder"]);
    assert_eq!(subjects(&office), ["Good morning"]);
    let told = status(&office)["troubles"][0].clone();
    assert!(told.as_str().unwrap().contains("Old"), "{told}");
    office
        .dovecot
        .doveadm(&["mailbox", "create", "-u", SUPPORT, "Old"]);
    office.sync();
    assert_eq!(status(&office)["troubles"], serde_json::json!([]));
}

#[test]
fn a_server_that_counts_anew_hides_no_mail() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&letter("one", "First"));
    office.arrives(&letter("two", "Second"));
    office.sync();
    office.dovecot.count_uids_anew(SUPPORT, "INBOX");
    // It has UID 1, which the ledger knows as another mail.
    office.arrives(&letter("three", "Third"));
    office.sync();
    assert_eq!(subjects(&office), ["First", "Second", "Third"]);
    office.arrives(&letter("four", "Fourth"));
    office.sync();
    assert_eq!(subjects(&office), ["First", "Fourth", "Second", "Third"]);
}

#[test]
fn numbers_that_mean_other_mails_are_found_out_within_a_day() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&letter("one", "First"));
    office.arrives(&letter("two", "Second"));
    office.sync();
    office.dovecot.count_uids_anew(SUPPORT, "INBOX");
    office.arrives(&letter("one", "First"));
    office.arrives(&letter("three", "In the place of the second"));
    office.sync();
    assert_eq!(subjects(&office), ["First", "Second"]);
    a_day_goes_by(&office);
    office.sync();
    assert_eq!(
        subjects(&office),
        ["First", "In the place of the second", "Second"]
    );
    let ledger = status(&office)["ledger"].clone();
    assert_eq!(ledger["same_content"], 1, "{ledger}");
}

#[test]
fn a_number_without_an_outcome_is_fetched_within_a_day() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&letter("one", "First"));
    office.arrives(&letter("two", "Second"));
    office.sync();
    let store = store(&office);
    store
        .execute("DELETE FROM ledger WHERE uid = 1", [])
        .unwrap();
    office.sync();
    assert_eq!(status(&office)["ledger"]["listed"], 1);
    a_day_goes_by(&office);
    office.sync();
    let ledger = status(&office)["ledger"].clone();
    assert_eq!(
        (&ledger["listed"], &ledger["holes"]),
        (&2.into(), &0.into())
    );
    assert_eq!(office.tickets("").len(), 2);
}

fn store(office: &Office) -> Connection {
    Connection::open(office.home.data().join("ticketty.db")).unwrap()
}

/// The last comparison of each folder becomes a day older.
fn a_day_goes_by(office: &Office) {
    let aged = store(office)
        .execute(
            "UPDATE fact SET value = CAST(CAST(CAST(value AS TEXT) AS INTEGER) - 86400 AS BLOB)
             WHERE name LIKE 'reconciled:%'",
            [],
        )
        .unwrap();
    assert!(aged > 0);
}
