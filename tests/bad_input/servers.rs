//! Servers that cannot be reached, trusted or signed in to.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::support::authority::{Authority, Issued};
use crate::support::dovecot::Dovecot;
use crate::support::program::{Home, Ran, ran};

/// A password that must appear nowhere but in the secrets file.
const CANARY: &str = "canary-7Qx-of-the-tests";

/// Connects a mailbox that only receives, giving the password on stdin.
fn add(home: &Home, arguments: &[&str]) -> Ran {
    let mut words = vec![
        "mailbox",
        "add",
        "anna@lab.test",
        "--login",
        "anna",
        "--password-stdin",
        "--no-outgoing",
        "--since",
        "all",
    ];
    words.extend(arguments);
    with_password(home, &words, CANARY)
}

fn with_password(home: &Home, words: &[&str], password: &str) -> Ran {
    let mut command = home.command(words);
    command
        .env("TICKETTY_DATA_DIR", home.data())
        .env("TICKETTY_LOG", "trace")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // A program that ends before it reads its input closes the pipe.
    let _ = input.write_all(format!("{password}\n").as_bytes());
    drop(input);
    ran(child.wait_with_output().unwrap())
}

#[test]
fn every_wrong_server_is_named_with_what_to_do() {
    let dovecot = Dovecot::start(&[("anna", CANARY)]);
    let authority = dovecot.trust().ca_file.unwrap();
    let authority = authority.to_str().unwrap();
    let tls = format!("localhost:{}", dovecot.tls_port);
    let plain = format!("localhost:{}", dovecot.plain_port);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
    drop(listener);
    let cases: &[(&[&str], &[&str])] = &[
        (
            &["--imap", "nowhere.invalid"],
            &["nowhere.invalid was not found", "check the host name"],
        ),
        (
            &["--imap", &closed],
            &["refuses connections", "is the port right"],
        ),
        (
            &[
                "--imap",
                &plain,
                "--imap-security",
                "tls",
                "--ca-file",
                authority,
            ],
            &["speaks without TLS", "choose STARTTLS"],
        ),
        (
            &["--imap", &tls],
            &[
                "an authority that this machine does not trust",
                "SHA-256",
                "accept it under Servers, Certificate",
            ],
        ),
        (
            &["--imap", &tls, "--ca-file", "/nonexistent"],
            &["the CA file /nonexistent cannot be read"],
        ),
    ];
    for (arguments, words) in cases {
        let home = Home::new();
        let said = add(&home, arguments).failed(1, words);
        assert!(!said.stdout.contains(CANARY) && !said.stderr.contains(CANARY));
        let listed = home.run(&["mailbox", "list", "--json"]).done();
        assert_eq!(listed.stdout.trim(), "[]", "{arguments:?} was saved");
    }
}

#[test]
fn a_wrong_password_is_the_operators_move_and_all_mail_comes_with_the_right_one() {
    let mut dovecot = Dovecot::start(&[("anna", "the-right-one")]);
    let authority = dovecot.trust().ca_file.unwrap();
    let authority = authority.to_str().unwrap();
    dovecot.deliver(
        "anna",
        "INBOX",
        "From: c@ex.test\nSubject: waits\nMessage-ID: <1@ex.test>\n\nhello\n",
    );
    let server = format!("localhost:{}", dovecot.tls_port);
    let at = ["--imap", &server, "--ca-file", authority];
    let home = Home::new();
    add(&home, &at).failed(
        1,
        &[
            "refused the login or the password",
            "enter the password again",
        ],
    );
    add(&home, &[&at[..], &["--no-check"]].concat()).done();
    home.run(&["sync", "--once"])
        .failed(1, &["mailbox anna:", "refused the login or the password"]);
    let words = ["mailbox", "set", "anna", "--password-stdin"];
    with_password(&home, &words, "the-right-one").done();
    home.run(&["sync", "--once"]).done();
    let listed = home.run(&["ticket", "list"]).done().stdout;
    assert!(listed.contains("waits"), "{listed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_refused_for_its_reason_and_taken_by_its_fingerprint() {
    let directory = tempfile::tempdir().unwrap();
    let authority = Authority::new(directory.path());
    let file = authority.file();
    for (name, names, end, reason) in [
        (
            "expired",
            "DNS:localhost",
            "20240101",
            "expired on 2024-01-01",
        ),
        (
            "other",
            "DNS:other.test",
            "20450101",
            "is not for localhost but for other.test",
        ),
    ] {
        let issued = authority.issue(name, names, end);
        let at = format!("localhost:{}", serve(&issued).await);
        let home = Home::new();
        let said = add(&home, &["--imap", &at, "--ca-file", file.to_str().unwrap()])
            .failed(1, &[reason, "SHA-256 "]);
        let fingerprint: String = said
            .stderr
            .split("SHA-256 ")
            .nth(1)
            .unwrap()
            .chars()
            .take_while(char::is_ascii_hexdigit)
            .collect();
        assert_eq!(fingerprint.len(), 64, "{}", said.stderr);
        // The fake server knows nobody: getting as far as that means that the certificate was taken.
        add(&home, &["--imap", &at, "--fingerprint", &fingerprint])
            .failed(1, &["refused the login or the password"]);
    }
}

#[test]
fn the_password_is_written_nowhere_but_in_the_secrets_file() {
    let dovecot = Dovecot::start(&[("anna", CANARY)]);
    let authority = dovecot.trust().ca_file.unwrap();
    let server = format!("localhost:{}", dovecot.tls_port);
    let home = Home::new();
    let at = ["--imap", &server, "--ca-file", authority.to_str().unwrap()];
    add(&home, &at).done();
    for words in [
        &["sync", "--once"][..],
        &["doctor"],
        &["mailbox", "list", "--json"],
    ] {
        let mut command = home.command(words);
        command
            .env("TICKETTY_DATA_DIR", home.data())
            .env("TICKETTY_LOG", "trace,async_imap=trace,imap_proto=trace");
        let said = ran(command.output().unwrap());
        assert!(!said.stdout.contains(CANARY) && !said.stderr.contains(CANARY));
    }
    let forms = [
        CANARY.to_owned(),
        STANDARD.encode(format!("\0anna\0{CANARY}")),
    ];
    let holding = files_with(home.path(), &forms);
    assert_eq!(holding, [home.data().join("secrets.toml")]);
}

fn files_with(directory: &Path, needles: &[String]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, needles));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let holds = |needle: &String| {
            bytes
                .windows(needle.len())
                .any(|part| part == needle.as_bytes())
        };
        if needles.iter().any(holds) {
            found.push(path);
        }
    }
    found
}

/// A TLS server with this certificate that greets as IMAP and knows nobody; gives its port.
async fn serve(issued: &Issued) -> u16 {
    let acceptor = issued.acceptor();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                tokio::spawn(know_nobody(stream));
            }
        }
    });
    port
}

async fn know_nobody(stream: TlsStream<TcpStream>) {
    let (reading, mut writing) = tokio::io::split(stream);
    let greeting = b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n";
    let mut said = writing.write_all(greeting).await;
    let mut lines = BufReader::new(reading).lines();
    while said.is_ok()
        && let Ok(Some(line)) = lines.next_line().await
    {
        let tag = line.split(' ').next().unwrap_or_default();
        said = writing
            .write_all(format!("{tag} NO not known\r\n").as_bytes())
            .await;
    }
}

#[test]
fn what_is_no_server_and_no_fingerprint_is_wrong_usage() {
    for (arguments, words) in [
        (["--imap", "mail.test:99999"], ["write HOST:PORT", "--imap"]),
        (["--fingerprint", "00:11"], ["SHA-256", "--fingerprint"]),
    ] {
        add(&Home::new(), &arguments).failed(2, &words);
    }
}
