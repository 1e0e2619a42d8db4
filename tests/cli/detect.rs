//! `ticketty mailbox detect`, and servers that are given by hand.

use std::fs;

use crate::support::fake_dns::FakeDns;
use crate::support::program::Home;

#[test]
fn a_known_address_is_found_without_asking_anybody() {
    let dns = FakeDns::start(&[]);
    let home = Home::new();
    fs::write(
        home.config(),
        format!("dns-server = \"{}\"\n", dns.address()),
    )
    .unwrap();
    let text = home
        .run(&["mailbox", "detect", "anna@gmail.com"])
        .done()
        .stdout;
    for words in [
        "Found      Gmail (by the domain gmail.com)",
        "Incoming   imap.gmail.com:993 tls",
        "Outgoing   smtp.gmail.com:465 tls",
        "myaccount.google.com/apppasswords",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    let found = home.json(&["mailbox", "detect", "anna@outlook.com", "--json"]);
    assert_eq!(found["provider"], "Outlook.com");
    assert_eq!(found["certain"], true);
    assert_eq!(found["oauth"], "microsoft");
    assert_eq!(found["password"], false);
    assert_eq!(found["incoming"]["port"], 993);
    assert_eq!(found["outgoing"]["security"], "starttls");
    assert_eq!(found["tried"][0]["source"], "provider");
    assert_eq!(found["tried"][0]["outcome"], "found");
    assert_eq!(dns.asked(), [""; 0]);
}

#[test]
fn a_domain_of_ones_own_is_found_by_the_name_server_of_the_configuration() {
    let dns = FakeDns::start(&[("acme.test", "MX", "10 aspmx.l.google.com")]);
    let home = Home::new();
    fs::write(
        home.config(),
        format!("dns-server = \"{}\"\n", dns.address()),
    )
    .unwrap();
    let found = home.json(&["mailbox", "detect", "anna@acme.test", "--json"]);
    assert_eq!(found["tried"][0]["outcome"], "nothing");
    assert!(dns.asked().iter().all(|asked| !asked.contains("anna")));
    assert_eq!(found["provider"], "Google Workspace");
    assert_eq!(found["because"], "by MX aspmx.l.google.com");
    assert_eq!(found["certain"], true);
    home.run(&["mailbox", "detect", "anna"])
        .failed(1, &["address"]);
}

#[test]
fn servers_that_nobody_vouches_for_get_no_password() {
    let dns = FakeDns::start(&[(
        "_imaps._tcp.acme.test",
        "SRV",
        "0 1 993 imap.elsewhere.test",
    )]);
    let home = Home::new();
    fs::write(
        home.config(),
        format!("dns-server = \"{}\"\n", dns.address()),
    )
    .unwrap();
    let words = ["mailbox", "add", "anna@acme.test", "--password-stdin"];
    home.run_with_input(&words, "secret\n").failed(
        1,
        &["nobody vouches", "--provider", "imap.elsewhere.test:993"],
    );
    assert_eq!(home.json(&["mailbox", "list"]), serde_json::json!([]));
}

#[test]
fn a_provider_is_chosen_by_name_and_learnt_for_the_domain() {
    let home = Home::new();
    let text = home.run(&["mailbox", "providers"]).done().stdout;
    for words in [
        "Google Workspace",
        "imap.mailbox.org:993 tls",
        "app password, OAuth2",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    let lines = home.json(&["mailbox", "providers", "--json"]);
    assert_eq!(lines[0]["name"], "Gmail");
    assert_eq!(lines[0]["domains"][0], "gmail.com");
    let add = |provider: &'static str| {
        home.run_with_input(
            &[
                "mailbox",
                "add",
                "anna@acme.test",
                "--provider",
                provider,
                "--password-stdin",
                "--no-check",
            ],
            "secret\n",
        )
    };
    add("Nobody").failed(1, &["no provider is called Nobody", "mailbox providers"]);
    add("fastmail").done();
    let found = home.json(&["mailbox", "detect", "sales@acme.test", "--json"]);
    assert_eq!(found["provider"], "Fastmail");
    assert_eq!(found["because"], "learnt from anna@acme.test");
}

#[test]
fn servers_and_fingerprints_that_are_none_are_wrong_usage() {
    let home = Home::new();
    let add = |more: &[&str]| {
        let mut arguments = vec!["mailbox", "add", "anna@acme.test"];
        arguments.extend(more);
        home.run(&arguments)
    };
    add(&["--imap", "imap.acme.test:99999"]).failed(2, &["HOST:PORT"]);
    add(&["--smtp", "smtp://acme.test"]).failed(2, &["HOST:PORT"]);
    add(&["--fingerprint", "abcd"]).failed(2, &["64 hexadecimal digits"]);
}

#[test]
fn a_port_never_takes_away_what_was_chosen_for_the_protection() {
    let home = Home::new();
    let given = [
        "mailbox",
        "add",
        "anna@acme.test",
        "--imap",
        "127.0.0.1:1143",
        "--imap-security",
        "none",
        "--smtp",
        "127.0.0.1:1025",
        "--smtp-security",
        "none",
        "--no-password",
        "--no-check",
    ];
    home.run(&given).done();
    home.run(&[
        "mailbox",
        "set",
        "anna",
        "--smtp",
        "127.0.0.1:25",
        "--no-check",
    ])
    .done();
    let list = home.json(&["mailbox", "list", "--json"]);
    assert_eq!(list[0]["outgoing"]["port"], 25);
    assert_eq!(list[0]["outgoing"]["security"], "none");
    assert_eq!(list[0]["health"]["state"], "untried");
    home.run(&given)
        .failed(1, &["connected already", "as the mailbox anna"]);
}

#[test]
fn nobody_is_asked_for_a_password_that_the_provider_does_not_take() {
    let home = Home::new();
    let found = ["mailbox", "add", "anna@outlook.com"];
    let chosen = [
        "mailbox",
        "add",
        "anna@acme.test",
        "--provider",
        "Office 365",
    ];
    for words in [&found[..], &chosen[..]] {
        home.run(words)
            .failed(1, &["only OAuth2", "--oauth microsoft", "--token-command"]);
    }
}
