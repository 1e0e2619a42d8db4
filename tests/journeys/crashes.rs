//! The program is killed where it hurts most, and nothing is lost or doubled.

use std::collections::BTreeMap;
use std::time::Duration;

use ticketty::store::read;
use ticketty::store::sqlite::{OpenOptions, SqliteStore};

use super::office::{OLENA, Office, PATIENCE, SUPPORT, letter, letter_with};
use crate::support::desk_pty::Desk;
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};
use crate::support::program::until;

const MANY: usize = 3_000;

#[test]
fn a_first_sync_killed_in_the_middle_ends_with_every_mail_once() {
    let mut office = Office::open();
    let mails = (0..MANY).map(|n| letter(&format!("token-{n}"), &format!("Matter {n}")));
    office.dovecot.deliver_many(SUPPORT, "INBOX", mails);
    office.connect_reading();
    let path = office.home.data().join("ticketty.db");
    for share in [1, MANY / 3] {
        let syncing = office.home.start(&["sync"]);
        let store = SqliteStore::open(&path, OpenOptions::default()).unwrap();
        until("a part of the mail", Duration::from_secs(60), || {
            let last = read(&store, |snapshot| snapshot.last_event()).unwrap();
            (last.0 >= i64::try_from(share).unwrap()).then_some(())
        });
        syncing.kill_9();
    }
    let before = office.tickets("").len();
    assert!(before < MANY, "it was over before it was killed: {before}");
    office.sync();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for ticket in office.home.json(&["export"]).as_array().unwrap() {
        for message in ticket["messages"].as_array().unwrap() {
            let id = message["message_id"]
                .as_str()
                .unwrap()
                .trim_matches(['<', '>']);
            *times.entry(id.to_owned()).or_default() += 1;
        }
    }
    let expected: BTreeMap<String, usize> = (0..MANY)
        .map(|n| (format!("token-{n}@example.test"), 1))
        .collect();
    assert!(
        times == expected,
        "{} of {MANY} mails are there",
        times.len()
    );
    assert_eq!(office.tickets("").len(), MANY);
    office.home.run(&["doctor"]).done();
}

#[test]
fn text_that_was_typed_is_back_after_a_crash() {
    let mut office = Office::open();
    office.connect(&["--smtp", "localhost:9", "--smtp-security", "none"]);
    office.arrives(&letter("one", "Cannot log in"));
    office.sync();
    let mut desk = Desk::open(&office.home);
    desk.sees("● support");
    desk.sees("Cannot log in");
    desk.press("r");
    desk.sees("Reply #1");
    desk.press("Half a thou");
    desk.sees("Half a thou");
    let saved = desk.wait("saved", |text| text.to_lowercase().contains("saved"));
    assert!(saved < Duration::from_secs(3), "saved after {saved:?}");
    desk.kill_9();
    let mut desk = Desk::open(&office.home);
    desk.sees("Cannot log in");
    desk.press("r");
    desk.sees("Half a thou");
    assert!(desk.quit());
}

/// An office whose only answer is on its way to a server that stalls, when the program is killed.
fn killed_at(place: Place) -> (Office, i64) {
    let mut office = Office::open();
    let stalling = FakeSmtp::start(Script::new().at(place, Act::Stall));
    let smtp = format!("localhost:{}", stalling.port());
    office.connect(&[
        "--smtp",
        &smtp,
        "--smtp-security",
        "none",
        "--undo-window",
        "0",
    ]);
    office.arrives(&letter("one", "Cannot log in"));
    office.sync();
    let number = office.number_of("Cannot log in");
    let desk = office.home.start(&["sync"]);
    let words = [
        "ticket",
        "reply",
        &number.to_string(),
        "--queue",
        "--body",
        "Try this",
    ];
    office.home.run(&words).done();
    let verb = match place {
        Place::Auth => "AUTH",
        Place::Mail => "MAIL",
        _ => "DATA",
    };
    stalling.wait(&format!("{place:?} of the dialogue"), |seen| match place {
        Place::Dot => !seen.whole.is_empty(),
        _ => seen.commands.iter().any(|line| line.starts_with(verb)),
    });
    desk.kill_9();
    (office, number)
}

/// The mailbox sends through another server from now on.
fn moves_to(office: &Office, server: &FakeSmtp) {
    let smtp = format!("localhost:{}", server.port());
    office
        .home
        .run(&[
            "mailbox",
            "set",
            "support",
            "--smtp",
            &smtp,
            "--smtp-security",
            "none",
            "--no-check",
        ])
        .done();
}

#[test]
fn an_answer_killed_before_the_dot_is_sent_once_afterwards() {
    for place in [Place::Auth, Place::Mail, Place::Data] {
        let (office, _) = killed_at(place);
        let healthy = FakeSmtp::start(Script::new());
        moves_to(&office, &healthy);
        let again = office.home.start(&["sync"]);
        office.answer_is("sent");
        drop(again);
        office.sync();
        let seen = healthy.seen();
        assert_eq!(seen.whole.len(), 1, "{place:?}");
        assert!(String::from_utf8_lossy(&seen.whole[0]).contains("Try this"));
    }
}

#[test]
fn an_answer_killed_after_the_dot_is_uncertain_and_not_sent_again_until_the_customer_answers() {
    let (mut office, number) = killed_at(Place::Dot);
    let healthy = FakeSmtp::start(Script::new());
    moves_to(&office, &healthy);
    office.sync();
    let line = office.answer_is("uncertain");
    let desk = Desk::open(&office.home);
    desk.sees("● support");
    desk.sees("uncertain");
    let ours = line["message_id"]
        .as_str()
        .unwrap()
        .trim_matches(['<', '>'])
        .to_owned();
    let thread = format!("In-Reply-To: <{ours}>\nReferences: <{ours}>\n");
    office.arrives(&letter_with("two", "Re: Cannot log in", &thread));
    office.answer_is("sent");
    assert_eq!(
        office.ticket(number)["messages"].as_array().unwrap().len(),
        3
    );
    assert!(healthy.seen().whole.is_empty());
    assert!(desk.quit());
}

#[test]
fn an_uncertain_answer_is_settled_by_its_copy_in_the_sent_folder() {
    let (mut office, number) = killed_at(Place::Dot);
    let healthy = FakeSmtp::start(Script::new());
    moves_to(&office, &healthy);
    office.sync();
    let line = office.answer_is("uncertain");
    let ours = line["message_id"]
        .as_str()
        .unwrap()
        .trim_matches(['<', '>'])
        .to_owned();
    let copy = format!(
        "From: {SUPPORT}\nTo: {OLENA}\nSubject: Re: Cannot log in\nMessage-ID: <{ours}>\n\nTry this\n"
    );
    office.dovecot.deliver(SUPPORT, "Sent", &copy);
    office.sync();
    office.answer_is("sent");
    assert_eq!(
        office.ticket(number)["messages"].as_array().unwrap().len(),
        2
    );
    assert!(healthy.seen().whole.is_empty());
    until("a store without doubt", PATIENCE, || {
        office
            .home
            .json(&["outbox", "list"])
            .as_array()
            .unwrap()
            .is_empty()
            .then_some(())
    });
}
