//! `ticketty domain`, and selectors learnt from mail.

use std::fs;

use super::bench::{GOOD, KEY};
use crate::support::fake_dns::FakeDns;
use crate::support::program::Home;

/// A home whose mailbox reads a Maildir and sends through this server.
fn home(dns: &FakeDns, smtp: &str) -> Home {
    let home = Home::new();
    fs::write(
        home.config(),
        format!("dns-server = \"{}\"\n", dns.address()),
    )
    .unwrap();
    for folder in ["", ".Sent"] {
        for part in ["cur", "new", "tmp"] {
            fs::create_dir_all(home.path().join("mail").join(folder).join(part)).unwrap();
        }
    }
    let smtp = format!("{smtp}:465");
    let add = [
        "mailbox",
        "add",
        "support@acme.test",
        "--maildir",
        "mail",
        "--smtp",
        &smtp,
        "--password-command",
        "echo tulip",
        "--no-check",
    ];
    home.run(&add).done();
    home
}

#[test]
fn a_domain_in_order_is_verified() {
    let dns = FakeDns::start(GOOD);
    let home = home(&dns, "smtp.acme.test");
    let line = home.json(&["domain", "verify", "acme.test", "--selector", "s1"]);
    assert_eq!(line["status"], "verified", "{line:#}");
    assert_eq!(line["selectors"][0], "s1");
    assert_eq!(line["checks"][1]["kind"], "spf");
    assert_eq!(line["checks"][1]["found"][0]["type"], "TXT");
    let shown = home.run(&["domain", "list"]).done().stdout;
    assert!(
        shown.contains("MX verified, SPF verified, DKIM verified, DMARC verified"),
        "{shown}"
    );
}

#[test]
fn a_failure_says_what_is_there_and_what_should_be() {
    let dns = FakeDns::start(&[
        ("acme.test", "TXT", "v=spf1 ip4:198.51.100.7 -all"),
        ("acme.test", "TXT", "v=spf1 mx -all"),
    ]);
    let home = home(&dns, "smtp.gmail.com");
    let ran = home.run(&["domain", "verify", "acme.test"]);
    for words in [
        "✘ SPF failed",
        "there are 2 SPF records",
        "is        acme.test TXT\n            v=spf1 mx -all",
        "should be acme.test TXT\n            v=spf1 ip4:198.51.100.7 mx include:_spf.google.com -all",
        "✘ MX failed",
        "… DKIM pending",
    ] {
        assert!(ran.stdout.contains(words), "no `{words}` in {}", ran.stdout);
    }
    ran.failed(1, &["MX, SPF, DMARC of acme.test failed"]);
    home.run(&["domain", "verify", "else.test"]).failed(
        1,
        &[
            "no mailbox sends from an address in else.test",
            "there are acme.test",
        ],
    );
}

#[test]
fn a_selector_is_learnt_from_mail_of_ours_and_not_from_anybody_who_says_so() {
    let mut zone = GOOD.to_vec();
    zone.push(("s2026._domainkey.acme.test", "TXT", KEY));
    let dns = FakeDns::start(&zone);
    let home = home(&dns, "smtp.acme.test");
    let mail = |selector: &str, id: &str| {
        format!(
            "DKIM-Signature: v=1; a=rsa-sha256; d=acme.test;\r\n s={selector}; bh=x; b=y\r\n\
             From: support@acme.test\r\nTo: olena@example.test\r\nSubject: Hello\r\n\
             Message-ID: <{id}@acme.test>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nHello\r\n"
        )
    };
    fs::write(
        home.path().join("mail/.Sent/cur/1.a.b:2,S"),
        mail("s2026", "a"),
    )
    .unwrap();
    fs::write(home.path().join("mail/new/2.a.b"), mail("forged", "b")).unwrap();
    home.run(&["sync", "--once"]);
    let line = home.json(&["domain", "verify", "acme.test"]);
    assert_eq!(line["status"], "verified", "{line:#}");
    assert_eq!(
        line["checks"][2]["found"][0]["name"],
        "s2026._domainkey.acme.test"
    );
    assert!(!dns.asked().iter().any(|asked| asked.contains("forged")));
}
