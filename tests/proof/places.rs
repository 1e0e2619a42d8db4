//! Homes as they were in the beginning, and how a scenario is gone through.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::points::{Prepared, Scenario, count, go_through, share};
use crate::journeys::office::{PASSWORD, SUPPORT, letter};
use crate::support::fake_smtp::{FakeSmtp, Script};
use crate::support::model_imap::ModelImap;
use crate::support::program::Home;

pub fn proved(scenario: &dyn Scenario, usual_stride: u64) {
    let points = go_through(scenario, usize::try_from(share(usual_stride, 1)).unwrap());
    assert!(points > 0);
    count("crash points", points, scenario.name());
}

fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp")
        .arg("-a")
        .arg(from.join("."))
        .arg(to)
        .status()
        .unwrap();
    assert!(done.success());
}

/// A copy of a home as it was in the beginning.
pub fn copied(template: &Home) -> Home {
    let home = Home::new();
    copy(template.path(), home.path());
    home
}

pub fn put_in_maildir(home: &Home, tokens: std::ops::Range<usize>) {
    let folder = home.path().join("mail");
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    for n in tokens {
        let mail = letter(&format!("token-{n}"), &format!("Matter {n}"));
        fs::write(folder.join("new").join(format!("{n}.office")), mail).unwrap();
    }
}

/// A mailbox over a Maildir of this home. Its path is relative to the home, so that a copy of the home reads its own.
pub fn connect_maildir(home: &Home, outgoing: &[&str]) {
    let maildir = home.path().join("mail").display().to_string();
    let mut words = vec![
        "mailbox",
        "add",
        SUPPORT,
        "--maildir",
        &maildir,
        "--since",
        "all",
        "--no-check",
    ];
    words.extend(outgoing);
    home.run(&words).done();
}

/// A new home that reads all folders of a model server and cannot send.
pub fn connect_imap(server: &ModelImap) -> Home {
    let home = Home::new();
    connects(&home, SUPPORT, server.port);
    home
}

/// This home reads all folders of the server at this port, too, and cannot send from there.
pub fn connects(home: &Home, address: &str, port: u16) {
    let imap = format!("127.0.0.1:{port}");
    let words = [
        "mailbox",
        "add",
        address,
        "--imap",
        &imap,
        "--imap-security",
        "none",
        "--since",
        "all",
        "--all-folders",
        "--password-stdin",
        "--no-check",
        "--no-outgoing",
    ];
    home.run_with_input(&words, PASSWORD).done();
}

/// How a mailbox over a Maildir sends, until a copy of its home is told where its sink listens.
pub const OUTGOING: [&str; 8] = [
    "--smtp",
    "localhost:9",
    "--smtp-security",
    "none",
    "--undo-window",
    "0",
    "--password-command",
    "echo secret",
];

/// A copy of a home whose mailbox sends to a server of its own.
pub fn at_a_sink(template: &Home, script: Script) -> Prepared {
    let home = copied(template);
    let sink = FakeSmtp::start(script);
    sends_to(&home, sink.port());
    Prepared {
        home,
        around: Box::new(sink),
    }
}

/// From now on the mailbox of this home sends to the server at this port.
pub fn sends_to(home: &Home, port: u16) {
    let maildir = home.path().join("mail").display().to_string();
    let smtp = format!("localhost:{port}");
    home.run(&[
        "mailbox",
        "set",
        "support",
        "--maildir",
        &maildir,
        "--smtp",
        &smtp,
        "--smtp-security",
        "none",
        "--no-check",
    ])
    .done();
}

pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|part| part == needle)
}
