//! Stores and disks that are not as they should be.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::program::Home;

/// A home with one ticket in it.
fn furnished() -> Home {
    let home = Home::new();
    let maildir = home.path().join("mail");
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(maildir.join(part)).unwrap();
    }
    for number in 0..30 {
        let mail = format!(
            "From: c{number}@ex.test\r\nSubject: ticket {number}\r\nMessage-ID: <{number}@ex.test>\r\n\r\n{}\r\n",
            "words ".repeat(400)
        );
        fs::write(
            maildir.join(format!("new/17000000{number:02}.m{number}.test")),
            mail,
        )
        .unwrap();
    }
    let maildir = maildir.to_str().unwrap().to_owned();
    home.run(&[
        "mailbox",
        "add",
        "anna@lab.test",
        "--no-password",
        "--no-outgoing",
        "--maildir",
        &maildir,
    ])
    .done();
    home.run(&["sync", "--once"]).done();
    home
}

fn database(home: &Home) -> PathBuf {
    home.data().join("ticketty.db")
}

fn overwrite(home: &Home, from: u64, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).open(database(home)).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn a_store_that_is_damaged_foreign_or_newer_is_refused_with_the_way_out() {
    type Harm = fn(&Home);
    let cases: &[(Harm, &[&str])] = &[
        (
            |home| overwrite(home, 4096 * 2, &[0x5a; 4096 * 8]),
            &["is damaged", "ticketty restore"],
        ),
        (
            |home| {
                let file = OpenOptions::new().write(true).open(database(home)).unwrap();
                file.set_len(40_960).unwrap();
            },
            &["is damaged", "ticketty restore"],
        ),
        (
            |home| overwrite(home, 0, &[0xa5; 4096]),
            &["is not a Ticketty database", "ticketty restore"],
        ),
        (
            // The user version of a SQLite file stands at byte 60 (big endian).
            |home| overwrite(home, 60, &[0, 0, 0, 99]),
            &["was made by a newer ticketty", "version 99"],
        ),
        (
            // The application id stands at byte 68.
            |home| overwrite(home, 68, &[0, 0, 0, 7]),
            &["is not a Ticketty database", "application id"],
        ),
    ];
    for (harm, words) in cases {
        let home = furnished();
        harm(&home);
        let before = fs::read(database(&home)).unwrap();
        for command in [&["ticket", "list"][..], &["doctor"], &["sync", "--once"]] {
            home.run(command).failed(1, words);
        }
        assert_eq!(
            fs::read(database(&home)).unwrap(),
            before,
            "it was written to"
        );
    }
}

#[test]
fn modes_that_let_others_in_are_refused_with_the_command_that_closes_them() {
    let home = furnished();
    let open = |path: &PathBuf, mode: u32| {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    open(&database(&home), 0o644);
    home.run(&["ticket", "list"])
        .failed(1, &["mode 644", "chmod 600 "]);
    open(&database(&home), 0o600);
    open(&home.data(), 0o770);
    home.run(&["ticket", "list"])
        .failed(1, &["others may write", "chmod 700 "]);
    open(&home.data(), 0o700);
    home.run(&["ticket", "list"]).done();
}

#[test]
fn a_killed_program_keeps_no_mailbox_from_the_next_one() {
    let home = furnished();
    let mut command = home.command(&["sync"]);
    command
        .env("TICKETTY_DATA_DIR", home.data())
        .stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    assert!(
        lines.any(|line| line.unwrap().contains("active")),
        "it never came to life"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    let mail = home.path().join("mail/new/1800000000.late.test");
    fs::write(mail, "From: c@ex.test\r\nSubject: late\r\n\r\nhello\r\n").unwrap();
    // Where the dead one's lease still counted, somebody else would be said to do the work, and nothing would come.
    let synced = home.run(&["sync", "--once", "--json"]).done().stdout;
    let synced: serde_json::Value = serde_json::from_str(&synced).unwrap();
    assert_eq!(synced["new_messages"], 1);
}
