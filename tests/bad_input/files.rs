//! Files that are missing, endless, or not mail.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::support::program::Home;

/// A home with a Maildir of these mails, connected and answering into a folder.
fn with_mails(mails: &[(&str, Vec<u8>)]) -> Home {
    let home = Home::new();
    let maildir = home.path().join("mail");
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(maildir.join(part)).unwrap();
    }
    for (name, bytes) in mails {
        fs::write(maildir.join("new").join(name), bytes).unwrap();
    }
    let out = home.path().join("out");
    fs::create_dir(&out).unwrap();
    let words = [
        "mailbox",
        "add",
        "anna@lab.test",
        "--no-password",
        "--undo-window",
        "0",
        "--maildir",
        maildir.to_str().unwrap(),
        "--outgoing-folder",
        out.to_str().unwrap(),
    ];
    home.run(&words).done();
    home
}

fn mail(subject: &str, rest: &str) -> Vec<u8> {
    let id = subject.replace(' ', "-");
    format!("From: Cust <c@ex.test>\r\nTo: anna@lab.test\r\nSubject: {subject}\r\nMessage-ID: <{id}@ex.test>\r\n{rest}")
        .into_bytes()
}

#[test]
fn whatever_comes_becomes_a_ticket_and_keeps_nothing_else_away() {
    let mut large = mail("far too large", "\r\n");
    large.resize(53_000_000, b'y');
    let mut long_line = mail("one long line", "\r\n");
    long_line.resize(30_000_000, b'x');
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(1_700_000);
    let home = with_mails(&[
        ("1.a.test", mail("before", "\r\nhello\r\n")),
        ("2.b.test", mail("only a header", "")),
        ("3.c.test", long_line),
        ("4.d.test", large),
        (
            "5.e.test",
            mail("mail in mail", &format!("MIME-Version: 1.0\r\n{nested}")),
        ),
        (
            "6.f.test",
            b"\x00\xff\xfe not a mail \x1b]0;title\x07".to_vec(),
        ),
        ("7.g.test", mail("after", "\r\nhello\r\n")),
    ]);
    home.run(&["sync", "--once"]).done();
    let listed = home.run(&["ticket", "list", "--json"]).done().stdout;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let tickets = listed.as_array().unwrap();
    assert_eq!(tickets.len(), 7, "{listed}");
    for subject in [
        "before",
        "only a header",
        "one long line",
        "far too large",
        "mail in mail",
        "after",
    ] {
        assert!(
            tickets.iter().any(|ticket| ticket["subject"] == subject),
            "no {subject} in {listed}"
        );
    }
    let large = tickets
        .iter()
        .find(|ticket| ticket["subject"] == "far too large");
    let number = large.unwrap()["number"].to_string();
    let shown = home.run(&["ticket", "show", &number]).done().stdout;
    assert!(shown.contains("53 MB, more than the limit"), "{shown}");
    assert!(!shown.contains("yyyyyyyy"));
    let again = home.run(&["sync", "--once", "--json"]).done().stdout;
    assert!(again.contains("\"new_messages\": 0"), "{again}");
}

#[test]
fn a_mail_file_that_cannot_be_read_is_told_and_comes_when_it_can() {
    // The superuser reads everything; a directory in the place of a mail is unreadable for everybody.
    let home = with_mails(&[("1.a.test", mail("readable", "\r\nhello\r\n"))]);
    let closed = home.path().join("mail/new/2.b.test");
    fs::write(&closed, mail("closed", "\r\nhello\r\n")).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(0o000)).unwrap();
    if fs::read(&closed).is_ok() {
        // Running as root: nothing is closed to it, so both come at once.
        home.run(&["sync", "--once"]).done();
    } else {
        home.run(&["sync", "--once"])
            .failed(1, &["2.b.test cannot be read", "make the file readable"]);
        let listed = home.run(&["ticket", "list"]).done().stdout;
        assert!(
            listed.contains("readable") && !listed.contains("closed"),
            "{listed}"
        );
        fs::set_permissions(&closed, Permissions::from_mode(0o600)).unwrap();
        home.run(&["sync", "--once"]).done();
    }
    let listed = home.run(&["ticket", "list"]).done().stdout;
    assert!(listed.contains("closed"), "{listed}");
}

#[test]
fn files_that_cannot_be_sent_are_refused_before_anything_is_written() {
    let home = with_mails(&[("1.a.test", mail("a question", "\r\nhello\r\n"))]);
    home.run(&["sync", "--once"]).done();
    let huge = home.path().join("huge");
    fs::File::create(&huge).unwrap().set_len(3 << 30).unwrap();
    let reply = ["ticket", "reply", "1"];
    let cases: &[(&[&str], &str)] = &[
        (
            &["--body", "x", "--attach", "/nonexistent"],
            "cannot be read",
        ),
        (&["--body", "x", "--attach", "/tmp"], "Is a directory"),
        (
            &["--body", "x", "--attach", "/dev/zero"],
            "has more than 50 MB",
        ),
        (
            &["--body", "x", "--attach", huge.to_str().unwrap()],
            "has more than 50 MB",
        ),
        (&["--body-file", "/dev/zero"], "has more than 5 MB"),
        (&["--body-file", "/dev/null"], "the text is empty"),
        (&["--body", "  "], "the text is empty"),
    ];
    for (words, said) in cases {
        home.run(&[&reply[..], words].concat()).failed(1, &[said]);
    }
    assert_eq!(fs::read_dir(home.path().join("out")).unwrap().count(), 0);
    home.run(&["ticket", "reply", "999", "--body", "x"])
        .failed(1, &["there is no ticket #999"]);
    home.run(&["--config", "/dev/zero", "config", "check"])
        .failed(1, &["it has more than"]);
}

#[test]
fn a_mailbox_that_sends_nothing_says_so() {
    let home = with_mails(&[("1.a.test", mail("a question", "\r\nhello\r\n"))]);
    home.run(&["sync", "--once"]).done();
    home.run(&["mailbox", "set", "anna", "--no-outgoing"])
        .done();
    let said = home.run(&["ticket", "reply", "1", "--body", "x"]);
    assert_eq!(said.code, 1, "{}{}", said.stdout, said.stderr);
    assert_eq!(fs::read_dir(home.path().join("out")).unwrap().count(), 0);
}
