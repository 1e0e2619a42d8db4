//! Servers that are away, that call their folders strange names, and whose words want to reach the terminal.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::places::{OUTGOING, at_a_sink, connect_maildir, connects, contains, put_in_maildir};
use super::tokens::{every_token_once, tokens};
use crate::journeys::office::{Office, SUPPORT, letter};
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};
use crate::support::model_imap::{Kind, ModelImap};
use crate::support::program::Home;

fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn one_dead_mailbox_keeps_no_other_away() {
    const OTHERS: usize = 12;
    let home = Home::new();
    connects(&home, "dead@acme.test", closed_port());
    let servers: Vec<ModelImap> = (0..OTHERS)
        .map(|n| {
            let server = ModelImap::start(Kind::Plain, &["INBOX"]);
            server.deliver(
                "INBOX",
                &letter(&format!("token-{n}"), &format!("Matter {n}")),
            );
            connects(&home, &format!("box{n}@acme.test"), server.port);
            server
        })
        .collect();
    home.run(&["sync", "--once"])
        .failed(1, &["dead", "refuses connections"]);
    let came = tokens(&home);
    assert_eq!(came.len(), servers.len(), "{came:?}");
    assert!(came.values().all(|times| *times == 1), "{came:?}");
    let listed = home.json(&["mailbox", "list"]);
    for mailbox in listed.as_array().unwrap() {
        let state = mailbox["health"]["state"].as_str().unwrap();
        let is_dead = mailbox["name"] == "dead";
        let is_ill = ["interrupted", "error", "failing"].contains(&state);
        assert_eq!(is_dead, is_ill, "{mailbox:#}");
    }
}

#[test]
fn a_folder_with_another_name_brings_nothing_twice() {
    let server = ModelImap::start(Kind::Plain, &["INBOX", "Sales"]);
    let home = Home::new();
    connects(&home, SUPPORT, server.port);
    for n in 0..4 {
        let folder = ["INBOX", "Sales"][n % 2];
        server.deliver(
            folder,
            &letter(&format!("token-{n}"), &format!("Matter {n}")),
        );
    }
    home.run(&["sync", "--once"]).done();
    {
        let mut mail = server.mail();
        let renamed = mail.folders.remove("Sales").unwrap();
        mail.folders.insert("Verkauf".to_owned(), renamed);
    }
    server.deliver("Verkauf", &letter("token-4", "Matter 4"));
    home.run(&["sync", "--once"]).done();
    every_token_once(&home, 5);
}

#[test]
fn strange_names_of_folders_touch_no_file_and_hide_no_mail() {
    const NAMES: [&str; 6] = [
        "INBOX",
        "..",
        "../../outside",
        "/etc/passwd",
        "&Jjo-!&-junk&",
        "a.b.c.d.e.f.g.h",
    ];
    let server = ModelImap::start(Kind::Qresync, &NAMES);
    for (n, name) in NAMES.iter().enumerate() {
        server.deliver(name, &letter(&format!("token-{n}"), &format!("Matter {n}")));
    }
    let home = Home::new();
    connects(&home, SUPPORT, server.port);
    home.run(&["sync", "--once"]).done();
    every_token_once(&home, NAMES.len());
    assert!(!home.path().join("outside").exists());
    assert!(!home.path().parent().unwrap().join("outside").exists());
}

/// A server that says this to everybody and hangs up.
fn saying(words: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let _said = client.write_all(words);
            let _heard = client.read(&mut [0; 64]);
        }
    });
    port
}

#[test]
fn what_a_server_says_moves_no_terminal() {
    let poison = b"* BYE \x1b]0;owned\x07\x1b[2J\x9b31m\xe2\x80\xae gone\r\n";
    let home = Home::new();
    connects(&home, SUPPORT, saying(poison));
    let answers = [
        home.run(&["sync", "--once"]).failed(1, &["gone"]),
        home.run(&["mailbox", "check", "support"]),
        home.run(&["mailbox", "status", "support"]),
        home.run(&["mailbox", "list"]),
    ];
    let log = home.log();
    for said in answers
        .iter()
        .flat_map(|ran| [&ran.stdout, &ran.stderr])
        .chain([&log])
    {
        let bad = said
            .chars()
            .find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
        assert_eq!(bad, None, "{said:?}");
    }
}

#[test]
fn a_password_that_is_changed_on_both_sides_at_once_loses_nothing() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&letter("token-0", "Before"));
    office.sync();
    let ledger = || office.home.json(&["mailbox", "status", "support"])["ledger"].clone();
    let before = ledger();
    office.dovecot.set_password(SUPPORT, "another battery");
    let words = [
        "mailbox",
        "set",
        "support",
        "--password-stdin",
        "--no-check",
    ];
    office.home.run_with_input(&words, "another battery").done();
    assert_eq!(ledger(), before, "the settings touched the ledger");
    office.arrives(&letter("token-1", "Between"));
    office.sync();
    every_token_once(&office.home, 2);
}

#[test]
fn an_answer_put_off_by_a_wrong_clock_leaves_once_with_the_right_one() {
    let template = Home::new();
    put_in_maildir(&template, 0..1);
    connect_maildir(&template, &OUTGOING);
    template.run(&["sync", "--once"]).done();
    let words = ["ticket", "reply", "1", "--queue", "--body", "Try this"];
    template.run(&words).done();
    let busy = Script::new().at(Place::Dot, Act::say("451 4.7.1 try again later"));
    let prepared = at_a_sink(&template, busy);
    let home = &prepared.home;
    let _deferred = home.run(&["sync", "--once"]);
    assert_eq!(
        home.json(&["outbox", "list", "--all"])[0]["state"],
        "deferred"
    );
    // The clock stood in 2056 when that happened.
    let store = rusqlite::Connection::open(home.data().join("ticketty.db")).unwrap();
    let state: String = store
        .query_row("SELECT state FROM outbox", [], |row| row.get(0))
        .unwrap();
    let mut state: serde_json::Value = serde_json::from_str(&state).unwrap();
    state["next_try"] = "2056-01-01T00:00:00Z".into();
    let micros = jiff::civil::date(2056, 1, 1)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap();
    store
        .execute(
            "UPDATE outbox SET state = ?1, changed_at = ?2",
            rusqlite::params![state.to_string(), micros.timestamp().as_microsecond()],
        )
        .unwrap();
    drop(store);
    let willing = FakeSmtp::start(Script::new());
    let smtp = format!("localhost:{}", willing.port());
    home.run(&["mailbox", "set", "support", "--smtp", &smtp, "--no-check"])
        .done();
    home.run(&["sync", "--once"]).done();
    home.run(&["sync", "--once"]).done();
    let seen = willing.seen();
    let copies = seen
        .whole
        .iter()
        .filter(|mail| contains(mail, b"Try this"))
        .count();
    assert_eq!(copies, 1);
}
