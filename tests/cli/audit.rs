//! Stories of the log of settings on the command line.

use std::fs;

use serde_json::Value;

use crate::support::program::{Home, ran};

const CANARY: &str = "canary-9f3a";

fn connected() -> Home {
    let home = Home::new();
    for folder in ["cur", "new", "tmp"] {
        fs::create_dir_all(home.path().join("mail").join(folder)).unwrap();
    }
    home.run_with_input(
        &[
            "mailbox",
            "add",
            "support@acme.test",
            "--name",
            "support",
            "--imap",
            "127.0.0.1:1",
            "--imap-security",
            "tls",
            "--smtp",
            "127.0.0.1:1",
            "--smtp-security",
            "tls",
            "--password-stdin",
            "--no-check",
        ],
        &format!("{CANARY}\n"),
    )
    .done();
    home
}

fn fields(value: &Value) -> Vec<String> {
    let lines = value.as_array().unwrap().iter();
    lines
        .map(|line| {
            format!(
                "{} {}",
                line["kind"].as_str().unwrap(),
                line["field"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn every_change_is_told_with_its_command_and_never_with_a_password() {
    let home = connected();
    home.run(&["mailbox", "disable", "support"]).done();
    let all = home.json(&["audit"]);
    assert_eq!(
        fields(&all),
        ["mailbox enabled", "password password", "mailbox *"]
    );
    assert_eq!(all[0]["from"]["through"], "ticketty mailbox disable");
    assert_eq!(all[0]["old"], "yes");
    assert_eq!(all[0]["new"], "no");
    assert_eq!(all[0]["subject"], "support");
    assert_eq!(all[2]["from"]["through"], "ticketty mailbox add");
    assert_eq!(all[1]["old"], Value::Null);

    let text = home.run(&["audit"]).done().stdout;
    assert!(text.contains("mailbox support: connected"), "{text}");
    assert!(text.contains("(ticketty mailbox disable · "), "{text}");
    let csv = home.run(&["audit", "--csv"]).done().stdout;
    assert!(csv.starts_with("id,at,who,login,through,"), "{csv}");
    assert_eq!(csv.lines().count(), 4, "{csv}");
    let json = home.run(&["audit", "--json"]).done().stdout;
    for printed in [&text, &csv, &json] {
        assert!(!printed.contains(CANARY), "{printed}");
    }
    let store = fs::read(home.data().join("ticketty.db")).unwrap();
    assert!(
        !store
            .windows(CANARY.len())
            .any(|part| part == CANARY.as_bytes())
    );
}

#[test]
fn the_log_is_filtered_by_options_and_words() {
    let home = connected();
    home.run(&["mailbox", "disable", "support"]).done();
    let table: [(&[&str], usize); 9] = [
        (&["audit", "--about", "mailbox"], 2),
        (&["audit", "--about", "support", "--about", "password"], 1),
        (&["audit", "--field", "enabled"], 1),
        (&["audit", "--since", "1d"], 3),
        (&["audit", "--until", "1d"], 0),
        (&["audit", "--who", "nobody \"at\" all"], 0),
        (&["audit", "about:mailbox", "--limit", "1"], 1),
        (&["audit", "from:disable"], 1),
        (&["audit", "--limit", "2"], 2),
    ];
    for (arguments, count) in table {
        assert_eq!(
            home.json(arguments).as_array().unwrap().len(),
            count,
            "{arguments:?}"
        );
    }
    let none = home.run(&["audit", "--about", "view"]).done().stdout;
    assert_eq!(none, "No change matches.\n");
    home.run(&["audit", "--since", "yesterday"])
        .failed(1, &["is no time", "2026-01-31"]);
    home.run(&["audit", "abuot:mailbox"])
        .failed(1, &["did you mean about"]);
}

#[test]
fn where_somebody_came_from_is_told() {
    let home = connected();
    let mut command = home.here(&["mailbox", "disable", "support"]);
    command.env("SSH_CONNECTION", "192.0.2.7 50000 198.51.100.1 22");
    ran(command.output().unwrap()).done();
    let all = home.json(&["audit", "--field", "enabled"]);
    assert_eq!(all[0]["from"]["ssh_client"], "192.0.2.7");
    assert_eq!(
        home.json(&["audit", "from:192.0.2.7"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_configuration_that_was_edited_is_told_at_the_next_start() {
    let home = connected();
    fs::write(home.config(), "mouse = true\n").unwrap();
    assert_eq!(
        home.json(&["audit", "--about", "config"]),
        serde_json::json!([])
    );
    fs::write(home.config(), "mouse = false\nlog_level = \"debug\"\n").unwrap();
    let told = home.json(&["audit", "--about", "config"]);
    assert_eq!(fields(&told), ["config mouse", "config log_level"]);
    assert_eq!(told[0]["who"], "Ticketty");
    assert_eq!(told[0]["from"]["through"], "config file");
    assert_eq!(told[0]["old"], "true");
    assert_eq!(told[0]["new"], "false");
    assert_eq!(
        home.json(&["audit", "--about", "config"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
}
