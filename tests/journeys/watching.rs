//! A mailbox that is switched off, removed, or cut off: what came meanwhile is fetched, and it is said how much.

use super::office::{MailOffice, OLENA, Office, PASSWORD, SUPPORT, field, folder, letter};
use crate::support::desk_pty::Desk;

fn caught_up(office: &Office) -> (String, i64, i64) {
    let status = office.home.json(&["mailbox", "status", "support"]);
    let caught_up = &status["caught_up"];
    (
        caught_up["why"].as_str().unwrap_or_default().to_owned(),
        caught_up["mails"].as_i64().unwrap_or(-1),
        caught_up["tickets"].as_i64().unwrap_or(-1),
    )
}

#[test]
fn what_came_while_it_was_off_or_removed_is_fetched_and_counted() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&letter("one", "Before"));
    office.sync();
    assert_eq!(caught_up(&office), ("connected".into(), 1, 1));
    office.home.run(&["mailbox", "disable", "support"]).done();
    office.arrives(&letter("two", "While it was off"));
    office.arrives(&letter("three", "Still off"));
    let listed = office.home.json(&["mailbox", "list"]);
    assert_eq!(listed[0]["health"]["state"], "disabled");
    office.home.run(&["mailbox", "enable", "support"]).done();
    office.sync();
    assert_eq!(caught_up(&office), ("switched-on".into(), 2, 2));
    office.home.run(&["mailbox", "remove", "support"]).done();
    office.arrives(&letter("four", "While it was removed"));
    office.connect_reading();
    office.sync();
    assert_eq!(caught_up(&office), ("connected-again".into(), 1, 1));
    assert_eq!(office.tickets("").len(), 4);
    let words = office.home.run(&["mailbox", "status", SUPPORT]).done();
    assert!(words.stdout.contains("Active"), "{}", words.stdout);
    assert!(
        words.stdout.contains("1 mail came meanwhile, 1 new ticket"),
        "{}",
        words.stdout
    );
    let listed = office.home.json(&["mailbox", "list"]);
    assert_eq!(listed[0]["health"]["state"], "active");
}

#[test]
fn a_desk_says_what_came_after_the_mailbox_was_off() {
    let mut office = Office::open();
    office.connect_reading();
    let desk = Desk::open(&office.home);
    desk.sees("● support");
    office.home.run(&["mailbox", "disable", "support"]).done();
    desk.sees("○ support off");
    office.arrives(&letter("one", "While it was off"));
    office.arrives(&letter("two", "And one more"));
    office.home.run(&["mailbox", "enable", "support"]).done();
    desk.sees("support is connected again: 2 mails came meanwhile, 2 new tickets");
    // A look that was asked for and not made here is a failure, and says who makes it.
    let once = office.home.run(&["sync", "--once"]).failed(
        1,
        &["mailbox support: process ", "fetches and sends for it"],
    );
    assert!(!once.stdout.contains("No new mail"), "{}", once.stdout);
    assert!(desk.quit());
}

#[test]
fn an_outage_is_an_interruption_then_an_error_and_then_it_works_again() {
    let mut office = Office::open();
    office.connect(&["--no-outgoing", "--reconnect", "5", "--attempts", "2"]);
    let desk = Desk::open(&office.home);
    desk.sees("● support");
    office.dovecot.stop();
    desk.sees("interrupted");
    desk.sees("✗ support Error");
    let status = || office.home.json(&["mailbox", "status", "support"]);
    let broken = status();
    assert_eq!(broken["status"], "error");
    assert!(broken["since"].is_string() && broken["why"].is_string());
    assert!(broken["next_try"].is_string());
    office.dovecot.run();
    office.arrives(&letter("one", "During the outage"));
    // Any change tries at once.
    office
        .home
        .run(&["mailbox", "set", "support", "--poll", "60"])
        .done();
    desk.sees("During the outage");
    desk.sees_no_more("Error");
    assert!(desk.quit());
    assert_eq!(
        office.home.json(&["mailbox", "status", "support"])["status"],
        "active"
    );
}

#[test]
fn a_test_mail_to_ourselves_is_no_customers_matter() {
    let world = MailOffice::open(0);
    let home = &world.office.home;
    home.run(&["mailbox", "test", "support", "--to", SUPPORT])
        .done();
    world.postfix.wait_until_idle();
    let arrived = folder(&world.office.dovecot, "INBOX");
    assert!(arrived[0].contains("Ticketty test from support"));
    world.office.sync();
    assert!(world.office.tickets("").is_empty(), "it became a ticket");
}

#[test]
fn the_self_test_goes_round_and_leaves_nothing_behind() {
    let open = MailOffice::open(0);
    let home = &open.office.home;
    let tested = home.json(&["mailbox", "self-test", "support"]);
    assert!(tested["failure"].is_null(), "{tested}");
    open.office.sync();
    assert!(open.office.tickets("").is_empty());
    assert!(folder(&open.office.dovecot, "INBOX").is_empty());
    let status = home.json(&["mailbox", "status", "support"]);
    assert!(status["self_test"]["last"]["at"].is_string(), "{status:#}");
    assert!(status["self_test"]["due"].is_string(), "{status:#}");
}

#[test]
fn an_error_is_told_by_mail_from_another_mailbox_and_its_end_too() {
    let open = MailOffice::open(0);
    let home = &open.office.home;
    let smtp = format!("localhost:{}", open.postfix.port());
    let trusted = home.path().join("trusted.pem").display().to_string();
    let maildir = home.path().join("sales");
    for part in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(maildir.join(part)).unwrap();
    }
    let maildir = maildir.display().to_string();
    let add = ["mailbox", "add", "sales@acme.test", "--maildir", &maildir];
    let way = ["--smtp", &smtp, "--smtp-security", "starttls", "--ca-file"];
    let sign_in = [
        &trusted,
        "--login",
        SUPPORT,
        "--password-stdin",
        "--no-check",
    ];
    let words = [&add[..], &way[..], &sign_in[..]].concat();
    home.run_with_input(&words, PASSWORD).done();
    let set = ["mailbox", "set", "support", "--no-check", "--attempts", "1"];
    let told = [
        "--imap",
        "localhost:1",
        "--alarm-to",
        OLENA,
        "--alarm-from",
        "sales",
    ];
    home.run(&[&set[..], &told[..]].concat()).done();
    let syncing = home.start(&["sync"]);
    let is_about = |words: &'static str| {
        move |mail: &str| field(mail, "Subject").is_some_and(|subject| subject.contains(words))
    };
    let alarm = open
        .postfix
        .wait_for_mail(OLENA, "the alarm", is_about("Error: support"));
    assert!(field(&alarm, "From").unwrap().contains("sales@acme.test"));
    assert_eq!(field(&alarm, "Auto-Submitted").unwrap(), "auto-generated");
    let right = format!("localhost:{}", open.office.dovecot.tls_port);
    home.run(&[&set[..], &["--imap", &right]].concat()).done();
    open.postfix
        .wait_for_mail(OLENA, "its end", is_about("Works again: support"));
    syncing.kill_9();
    assert_eq!(open.postfix.mails(OLENA).len(), 2);
    assert!(open.office.tickets("").is_empty());
}
