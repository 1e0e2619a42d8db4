//! A mailbox is connected, looked at, paused, removed, and comes back.

use super::office::{MailOffice, OLENA, Office, PASSWORD, SUPPORT, letter};

#[test]
fn a_mailbox_is_connected_with_checks_and_its_mail_becomes_tickets() {
    let world = MailOffice::unconnected();
    world.customer_sends(OLENA, &letter("one", "Cannot log in"));
    world.customer_sends(OLENA, &letter("two", "Invoice 2231"));
    world.postfix.wait_until_idle();
    let office = &world.office;
    let arguments = world.words();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let wrong = office
        .home
        .run_with_input(&words, "battery")
        .failed(1, &["Nothing was saved"]);
    assert!(!wrong.stderr.contains("battery"), "{}", wrong.stderr);
    assert!(
        office
            .home
            .json(&["mailbox", "list"])
            .as_array()
            .unwrap()
            .is_empty()
    );
    let added = office.home.run_with_input(&words, PASSWORD).done();
    assert!(added.stdout.contains("connected"), "{}", added.stdout);
    let said = added.stdout + &added.stderr;
    assert!(
        said.contains("The first fetch (--since all) brings 2 mails"),
        "{said}"
    );
    office.sync();
    let tickets = office.tickets("");
    assert_eq!(tickets.len(), 2, "{tickets:#?}");
    let one = office.ticket(office.number_of("Cannot log in"));
    assert_eq!(one["contact"]["address"], OLENA);
    assert_eq!(one["mailbox"], "support");
    let text = one["messages"][0]["text"].as_str().unwrap();
    assert_eq!(text.trim_end(), "Good morning, this is one.");
    office.home.run(&["mailbox", "check", "support"]).done();
    office.home.run(&["doctor"]).done();
    office.sync();
    assert_eq!(office.tickets("").len(), 2);
}

#[test]
fn what_arrives_while_a_mailbox_is_disabled_or_removed_is_fetched_afterwards_and_once() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&letter("one", "One"));
    office.sync();
    office.home.run(&["mailbox", "disable", "support"]).done();
    office.arrives(&letter("two", "Two"));
    office.home.run(&["sync", "--once"]);
    assert_eq!(office.tickets("").len(), 1);
    office.home.run(&["mailbox", "enable", "support"]).done();
    office.sync();
    assert_eq!(office.tickets("").len(), 2);
    office.home.run(&["mailbox", "remove", "support"]).done();
    office.arrives(&letter("three", "Three"));
    office.connect_reading();
    office.sync();
    let tickets = office.tickets("");
    assert_eq!(tickets.len(), 3, "{tickets:#?}");
    assert!(
        tickets.iter().all(|ticket| ticket["message_count"] == 1),
        "{tickets:#?}"
    );
}

#[test]
fn a_folder_that_was_rebuilt_with_new_uids_loses_and_doubles_nothing() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&letter("one", "One"));
    office.arrives(&letter("two", "Two"));
    office.sync();
    let before =
        office
            .dovecot
            .doveadm(&["mailbox", "status", "-u", SUPPORT, "uidvalidity", "INBOX"]);
    let maildir = office.dovecot.folder(SUPPORT, "INBOX");
    for entry in std::fs::read_dir(&maildir).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with("dovecot") {
            let _gone = std::fs::remove_file(entry.path());
        }
    }
    // Dovecot takes the time for the new value, so a new second must have begun.
    crate::support::program::until("a new UIDVALIDITY", super::office::PATIENCE, || {
        let now =
            office
                .dovecot
                .doveadm(&["mailbox", "status", "-u", SUPPORT, "uidvalidity", "INBOX"]);
        if now == before {
            let _gone = std::fs::remove_file(maildir.join("dovecot-uidlist"));
            let _gone = std::fs::remove_file(maildir.join("dovecot.index.log"));
        }
        (now != before).then_some(())
    });
    office.arrives(&letter("three", "Three"));
    office.sync();
    let tickets = office.tickets("");
    assert_eq!(tickets.len(), 3, "{tickets:#?}");
    assert!(
        tickets.iter().all(|ticket| ticket["message_count"] == 1),
        "{tickets:#?}"
    );
    office.sync();
    assert_eq!(office.tickets("").len(), 3);
}
