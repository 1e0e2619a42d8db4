//! Signatures and automatic mail without the screen, and what programs hear when something fails.

use serde_json::Value;

use crate::support::program::Home;

fn home() -> Home {
    let home = Home::new();
    let maildir = home.path().join("mail");
    for part in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(maildir.join(part)).unwrap();
    }
    let maildir = maildir.to_string_lossy().into_owned();
    let words = [
        "mailbox",
        "add",
        "support@acme.test",
        "--maildir",
        &maildir,
        "--no-outgoing",
        "--no-check",
    ];
    home.run(&words).done();
    home
}

#[test]
fn a_signature_is_set_previewed_listed_and_removed() {
    let home = home();
    let html = home.path().join("signature.html");
    std::fs::write(
        &html,
        "<p><b>{operator.name|\"Support\"}</b><br>about #{ticket.number}</p>",
    )
    .unwrap();
    let file = html.to_string_lossy().into_owned();
    let words = [
        "signature",
        "set",
        "Short",
        "--mailbox",
        "support",
        "--operator",
        "me",
        "--file",
        &file,
    ];
    let set = home.run(&words);
    assert!(set.stderr.contains("HTML"), "{}", set.stderr);
    set.done();
    let listed = home.json(&["signature", "list"]);
    assert_eq!(listed[0]["mailbox"], "support");
    assert_eq!(listed[0]["format"], "markdown");
    let text = listed[0]["text"].as_str().unwrap();
    assert!(
        text.starts_with("**{operator.name|\"Support\"}**"),
        "{text}"
    );
    let shown = home.json(&["signature", "preview", "short"]);
    assert!(
        shown["text"].as_str().unwrap().contains("about #1042"),
        "{shown}"
    );
    let wrong = home.run(&["signature", "set", "Short", "--text", "{operator.nam}"]);
    assert_eq!(wrong.code, 1);
    assert!(
        wrong.stderr.contains("did you mean {operator.name}?"),
        "{}",
        wrong.stderr
    );
    home.run(&["signature", "remove", "Short"]).done();
    assert_eq!(home.json(&["signature", "list"]), Value::Array(Vec::new()));
}

#[test]
fn letters_and_the_reply_to_closed_tickets_are_set_by_the_command() {
    let home = home();
    let words = [
        "mailbox",
        "set",
        "support",
        "--auto-reply",
        "on",
        "--auto-reply-subject",
        "Got #{ticket.number}",
        "--closed-reply",
        "refuse",
        "--no-check",
    ];
    home.run(&words).done();
    let shown = home.json(&["mailbox", "preview", "support", "auto-reply"]);
    assert_eq!(shown["on"], true);
    assert_eq!(shown["subject"], "Got #1042");
    let wrong = home.run(&[
        "mailbox",
        "set",
        "support",
        "--refusal-subject",
        "{ticket.no}",
        "--no-check",
    ]);
    assert_eq!(wrong.code, 1);
    assert!(wrong.stderr.contains("ticket.number"), "{}", wrong.stderr);
}

#[test]
fn a_program_hears_of_failures_in_json() {
    let home = home();
    let failed = home.run(&["--json", "ticket", "show", "7"]);
    assert_eq!(failed.code, 1);
    let said: Value = serde_json::from_str(&failed.stderr).unwrap();
    assert!(
        said["error"]["what"].as_str().unwrap().contains("#7"),
        "{said}"
    );
    assert!(said["error"]["whose"].is_string(), "{said}");
}

#[test]
fn what_holds_no_mail_is_not_imported() {
    let home = home();
    let empty = home.path().join("empty.eml");
    std::fs::write(&empty, "").unwrap();
    let pipe = home.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for (path, words) in [
        ("/dev/null", "neither a file nor a directory"),
        (pipe.to_str().unwrap(), "neither a file nor a directory"),
        (empty.to_str().unwrap(), "it is empty"),
    ] {
        let ran = home.run(&["import", path, "--mailbox", "support"]);
        assert_eq!(ran.code, 1, "{path}");
        assert!(ran.stderr.contains(words), "{path}: {}", ran.stderr);
    }
    assert_eq!(home.json(&["ticket", "list"]), Value::Array(Vec::new()));
}
