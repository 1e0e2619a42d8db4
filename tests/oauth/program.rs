//! The program itself: a sign-in by the command line over a pasted address, a crash, a revocation, and what was written.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ticketty::domain::mailbox::Security;

use crate::support::dovecot::Dovecot;
use crate::support::fake_identity::FakeIdentity;
use crate::support::fake_imap::{FakeImap, Step, hear, say};
use crate::support::program::{Home, Ran, ran, until};

struct Office {
    home: Home,
    server: Dovecot,
    identity: FakeIdentity,
}

impl Office {
    fn open() -> Self {
        let identity = FakeIdentity::start();
        let mut server = Dovecot::start(&[("anna", "secret")]);
        server.take_tokens(identity.web.url("/tokeninfo").as_str());
        let home = Home::new();
        let config = format!(
            "log_level = \"trace\"\n[oauth.acme]\nclient_id = \"desk\"\nauthorize_url = \"{}\"\ntoken_url = \"{}\"\nscopes = [\"mail\"]\n",
            identity.web.url("/authorize"),
            identity.web.url("/token"),
        );
        std::fs::write(home.config(), config).unwrap();
        Self {
            home,
            server,
            identity,
        }
    }

    fn mail(&mut self, number: u32) {
        let mail = format!(
            "From: Olena <olena@example.test>\nTo: support@acme.test\nSubject: Matter {number}\n\
             Message-ID: <m{number}@example.test>\n\nHello {number}.\n"
        );
        self.server.deliver("anna", "INBOX", &mail);
    }

    /// Runs a command that signs in; the person at the browser agrees, and pastes the address of the last page.
    fn signing_in(&self, arguments: &[&str]) -> Ran {
        let mut child = self
            .home
            .here(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let argv = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
        assert!(!String::from_utf8_lossy(&argv).contains("canary"));
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut told = told_until("http", &mut stderr);
        let address = told.last().unwrap().trim().to_owned();
        let answer = self.identity.consent(&address);
        let mut stdin = child.stdin.take().unwrap();
        writeln!(stdin, "https://evil.test/?code=x").unwrap();
        told.extend(told_until("✘", &mut stderr));
        writeln!(stdin, "{answer}").unwrap();
        let rest = std::thread::spawn(move || {
            let lines: Vec<String> = stderr.lines().map_while(Result::ok).collect();
            lines.join("\n")
        });
        let mut ran = ran(child.wait_with_output().unwrap());
        ran.stderr = format!("{}\n{}", told.join("\n"), rest.join().unwrap());
        ran
    }

    fn add(&self, imap: &str, security: &str) -> Ran {
        let authority = self.server.trust().ca_file.unwrap();
        self.signing_in(&[
            "--json",
            "mailbox",
            "add",
            "support@acme.test",
            "--imap",
            imap,
            "--imap-security",
            security,
            "--no-outgoing",
            "--login",
            "anna",
            "--since",
            "all",
            "--ca-file",
            authority.to_str().unwrap(),
            "--oauth",
            "acme",
            "--no-check",
        ])
        .done()
    }

    fn at(&self) -> String {
        let endpoint = self.server.endpoint(Security::Tls);
        format!("{}:{}", endpoint.host, endpoint.port)
    }

    fn tickets(&self) -> usize {
        let list = self.home.json(&["ticket", "list"]);
        list.as_array().unwrap().len()
    }

    /// Nothing that was ever given out stands in what the program wrote, but in the secrets file.
    fn wrote_no_secret(&self) {
        let canaries = self.identity.state().canaries.clone();
        assert!(!canaries.is_empty());
        let mut seen = 0;
        for file in files(&self.home.data()) {
            if file.file_name().is_some_and(|name| name == "secrets.toml") {
                continue;
            }
            seen += 1;
            let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
            for form in canaries.iter().flat_map(|canary| forms(canary)) {
                assert!(!text.contains(&form), "{form} in {}", file.display());
            }
        }
        assert!(seen >= 2, "the store and the log were looked at");
    }
}

/// A word as it is, and as it looks somewhere within Base64.
fn forms(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    for before in ["", "x", "xx"] {
        let encoded = STANDARD.encode(format!("{before}{word}xxx"));
        forms.push(encoded[4..encoded.len() - 8].to_owned());
    }
    forms
}

fn files(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(Result::unwrap);
    entries
        .flat_map(|entry| match entry.file_type().unwrap().is_dir() {
            true => files(&entry.path()),
            false => vec![entry.path()],
        })
        .collect()
}

/// What is said up to a line that begins like this.
fn told_until(beginning: &str, stderr: &mut impl BufRead) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let mut line = String::new();
        let count = stderr.read_line(&mut line).unwrap();
        assert!(count > 0, "no {beginning} came: {told:?}");
        let is_found = line.trim_start().starts_with(beginning);
        told.push(line.trim_end().to_owned());
        if is_found {
            return told;
        }
    }
}

#[test]
fn over_ssh_a_mailbox_is_connected_revoked_and_signed_in_to_again_and_all_mail_arrives() {
    let mut office = Office::open();
    office.mail(1);
    let added = office.add(&office.at(), "tls");
    assert!(added.stderr.contains("ssh -L "), "{}", added.stderr);
    assert!(
        added
            .stderr
            .contains("does not begin with http://127.0.0.1"),
        "the wrong address is refused, and the right one is still taken: {}",
        added.stderr
    );
    office.home.run(&["sync", "--once"]).done();
    assert_eq!(office.tickets(), 1);
    let list = office.home.json(&["mailbox", "list"]);
    assert_eq!(list[0]["sign_in"]["renews"], true);
    assert!(list[0]["sign_in"]["valid_until"].is_string());

    office.identity.revoke_everything();
    office.mail(2);
    office.mail(3);
    for _ in 0..2 {
        office
            .home
            .run(&["sync", "--once"])
            .failed(1, &["sign in again", "mailbox sign-in"]);
    }
    assert_eq!(office.tickets(), 1);
    let list = office.home.json(&["mailbox", "list"]);
    assert_eq!(list[0]["sign_in"]["revoked"], true);
    let again = office.signing_in(&["--json", "mailbox", "sign-in", "support"]);
    let answer: serde_json::Value = serde_json::from_str(&again.done().stdout).unwrap();
    assert_eq!(answer["signed_in"], true);
    assert_eq!(answer["mailbox"]["sign_in"]["revoked"], false);
    office.home.run(&["sync", "--once"]).done();
    assert_eq!(office.tickets(), 3);
    office.wrote_no_secret();
}

#[test]
fn a_crash_between_the_renewal_and_its_use_loses_no_sign_in() {
    let mut office = Office::open();
    office.mail(1);
    // The first token has ended already when it comes; the renewed one lasts.
    office.identity.state().lives_seconds = 1;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let silent = runtime.block_on(FakeImap::start(vec![
        say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hi\r\n"),
        hear("AUTHENTICATE"),
        Step::Silence,
    ]));
    office.add(&format!("127.0.0.1:{}", silent.port), "none");
    office.identity.state().lives_seconds = 3600;
    let running = office.home.start(&["sync", "--once"]);
    until("the sign-in", Duration::from_secs(30), || {
        let heard = silent.heard();
        heard
            .iter()
            .any(|line| line.contains("XOAUTH2"))
            .then_some(())
    });
    running.kill_9();
    assert_eq!(office.identity.asked_for("refresh_token"), 1);
    let at = office.at();
    let words = [
        "mailbox",
        "set",
        "support",
        "--imap",
        &at,
        "--imap-security",
        "tls",
        "--no-check",
    ];
    office.home.run(&words).done();
    office.home.run(&["sync", "--once"]).done();
    assert_eq!(office.tickets(), 1);
    assert_eq!(
        office.identity.asked_for("refresh_token"),
        1,
        "the renewed token was on the disk"
    );
    // The rotated refresh token was kept as well.
    office.identity.state().access_tokens.clear();
    office.mail(2);
    office.home.run(&["sync", "--once"]).done();
    assert_eq!(office.tickets(), 2);
    assert_eq!(office.identity.asked_for("refresh_token"), 2);
    office.wrote_no_secret();
}
