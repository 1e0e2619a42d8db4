//! Help, completions, the manual page, and wrong usage.

use crate::support::program::Home;

#[test]
fn help_names_every_group_of_commands_and_the_exit_codes() {
    let ran = Home::new().run(&["--help"]).done();
    for word in [
        "mailbox",
        "ticket",
        "search",
        "outbox",
        "sync",
        "import",
        "export",
        "backup",
        "restore",
        "doctor",
        "demo",
        "config",
        "completions",
        "man",
        "Exit codes",
    ] {
        assert!(ran.stdout.contains(word), "no `{word}` in:\n{}", ran.stdout);
    }
    assert!(!ran.stdout.contains("parse-mail"));
    assert_eq!(ran.stderr, "");
}

#[test]
fn every_command_explains_itself() {
    let home = Home::new();
    for words in [
        &["mailbox", "add", "--help"][..],
        &["mailbox", "set", "--help"],
        &["ticket", "reply", "--help"],
        &["ticket", "set", "--help"],
        &["export", "--help"],
        &["help", "outbox", "retry"],
    ] {
        let ran = home.run(words).done();
        assert!(
            ran.stdout.contains("Usage: ticketty "),
            "{words:?}\n{}",
            ran.stdout
        );
    }
}

#[test]
fn wrong_usage_ends_with_2_and_names_what_is_right() {
    let home = Home::new();
    let cases = [
        (&["tikcet", "list"][..], "'ticket'"),
        (&["ticket", "reply", "7"], "--body"),
        (
            &["ticket", "reply", "7", "--body", "a", "--body-file", "b"],
            "cannot be used with",
        ),
        (
            &["ticket", "show", "seven"],
            "a ticket is named by its number",
        ),
        (&["ticket", "set", "7"], "--status"),
        (&["ticket", "set", "7", "--status", "done"], "pending"),
        (&["mailbox", "add"], "<ADDRESS>"),
        (
            &[
                "mailbox",
                "add",
                "a@b.test",
                "--password-stdin",
                "--password-ask",
            ],
            "cannot be used with",
        ),
        (&["mailbox", "add", "a@b.test", "--since", "2d"], "1w"),
        (&["export", "--format", "xml"], "mbox"),
        (&["outbox", "retry", "0"], "0"),
        (&["--nonsense"], "--nonsense"),
    ];
    for (words, right) in cases {
        let ran = home.run(words).failed(2, &[right]);
        assert_eq!(ran.stdout, "", "{words:?}");
    }
}

#[test]
fn wrong_usage_is_json_for_programs() {
    let home = Home::new();
    for words in [
        &["--json", "tikcet", "list"][..],
        &["ticket", "show", "seven", "--json"],
        &["mailbox", "add", "--json"],
    ] {
        let ran = home.run(words).failed(2, &[]);
        let said: serde_json::Value = serde_json::from_str(&ran.stderr).unwrap();
        let what = said["error"]["what"].as_str().unwrap();
        assert!(!what.is_empty() && !what.starts_with("error"), "{said:#}");
        assert_eq!(said["error"]["whose"], "operator");
        assert!(
            said["error"]["hint"].as_str().unwrap().contains("--help"),
            "{said:#}"
        );
    }
    home.run(&["--json", "mailbox", "--help"]).done();
}

#[test]
fn a_password_is_never_an_argument() {
    Home::new()
        .run(&["mailbox", "add", "a@b.test", "--password", "secret"])
        .failed(2, &["unexpected argument"]);
}

#[test]
fn completions_are_there_for_every_shell_and_know_the_commands() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = home.run(&["completions", shell]).done();
        assert!(ran.stdout.contains("mailbox"), "{shell}");
    }
    let bash = home.run(&["completions", "bash"]).done().stdout;
    let script = home.path().join("completions.bash");
    std::fs::write(&script, bash).unwrap();
    let read = std::process::Command::new("bash")
        .arg("-n")
        .arg(&script)
        .output()
        .unwrap();
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
}

#[test]
fn the_manual_page_has_every_command_and_no_hidden_one() {
    let page = Home::new().run(&["man"]).done().stdout;
    for word in [
        ".TH",
        "mailbox add",
        "ticket reply",
        "outbox mark\\-sent",
        "backup",
        "\\-\\-data\\-dir",
    ] {
        assert!(page.contains(word), "no `{word}` in the page");
    }
    assert!(!page.contains("parse\\-mail"));
}

#[test]
fn output_into_a_closed_pipe_is_not_an_error() {
    let home = Home::new();
    let mut child = home
        .command(&["completions", "zsh"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success());
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
fn the_desk_says_that_it_needs_a_terminal() {
    let home = Home::new();
    for words in [&[][..], &["demo"]] {
        home.run(words).failed(
            1,
            &[
                "the desk needs a terminal and cannot use this one: its input is not one",
                "ticketty --help lists what works without one",
            ],
        );
    }
}
