//! An office: a mail server of its own with one mailbox, a customer, and the program connected to it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;
use ticketty::domain::mailbox::Security;

use crate::support::certificate::TestCertificate;
use crate::support::dovecot::Dovecot;
use crate::support::postfix::Postfix;
use crate::support::program::Home;

pub const SUPPORT: &str = "support@acme.test";
pub const OLENA: &str = "olena@example.test";
pub const PASSWORD: &str = "correct horse";
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Dovecot with the mailbox, and the program in its home.
pub struct Office {
    pub dovecot: Dovecot,
    pub home: Home,
}

/// An office that can send, too.
pub struct MailOffice {
    pub postfix: Postfix,
    pub office: Office,
    _certificates: tempfile::TempDir,
}

impl Office {
    pub fn open() -> Self {
        Self {
            dovecot: Dovecot::start(&[(SUPPORT, PASSWORD)]),
            home: Home::new(),
        }
    }

    /// Connects the mailbox with these words besides; nothing is checked.
    pub fn connect(&self, more: &[&str]) {
        let imap = format!("localhost:{}", self.dovecot.plain_port);
        let mut words = vec![
            "mailbox",
            "add",
            SUPPORT,
            "--imap",
            &imap,
            "--imap-security",
            "none",
            "--since",
            "all",
            "--password-stdin",
            "--no-check",
        ];
        words.extend(more);
        self.home.run_with_input(&words, PASSWORD).done();
    }

    /// Connects it without a way out.
    pub fn connect_reading(&self) {
        self.connect(&["--no-outgoing"]);
    }

    pub fn arrives(&mut self, mail: &str) {
        self.dovecot.deliver(SUPPORT, "INBOX", mail);
    }

    pub fn sync(&self) {
        self.home.run(&["sync", "--once"]).done();
    }

    /// The tickets that the program lists for a query.
    #[track_caller]
    pub fn tickets(&self, query: &str) -> Vec<Value> {
        let mut words = vec!["ticket", "list"];
        words.extend(query.split_whitespace());
        self.home.json(&words).as_array().unwrap().clone()
    }

    #[track_caller]
    pub fn ticket(&self, number: i64) -> Value {
        self.home.json(&["ticket", "show", &number.to_string()])
    }

    #[track_caller]
    pub fn number_of(&self, subject: &str) -> i64 {
        let tickets = self.tickets("");
        let found = tickets.iter().find(|ticket| ticket["subject"] == subject);
        let number = found.and_then(|ticket| ticket["number"].as_i64());
        number.unwrap_or_else(|| panic!("no ticket {subject} in {tickets:#?}"))
    }

    /// Waits until the program has this many tickets.
    #[track_caller]
    pub fn has_tickets(&self, count: usize) {
        let end = Instant::now() + PATIENCE;
        loop {
            let found = self.tickets("").len();
            if found == count {
                return;
            }
            assert!(
                Instant::now() < end,
                "{found} tickets instead of {count}\n{}",
                self.home.log()
            );
        }
    }

    pub fn outbox(&self) -> Vec<Value> {
        let lines = self.home.json(&["outbox", "list", "--all"]);
        lines.as_array().unwrap().clone()
    }

    /// Waits until the only answer in the outbox is in this state.
    #[track_caller]
    pub fn answer_is(&self, state: &str) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let outbox = self.outbox();
            let found = outbox.iter().find(|line| line["state"] == state);
            if let (Some(line), 1) = (found, outbox.len()) {
                return line.clone();
            }
            assert!(
                Instant::now() < end,
                "no answer is {state}: {outbox:#?}\n{}",
                self.home.log()
            );
        }
    }
}

impl MailOffice {
    /// Servers with a customer, and the mailbox connected with this undo window.
    pub fn open(undo_seconds: u32) -> Self {
        let open = Self::unconnected();
        let arguments = open.words();
        let mut words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let undo = undo_seconds.to_string();
        words.extend(["--undo-window", &undo, "--no-check"]);
        open.office.home.run_with_input(&words, PASSWORD).done();
        open
    }

    pub fn unconnected() -> Self {
        Self::on_servers(&[], &[])
    }

    /// With these settings of Postfix, and mailboxes of these customers besides.
    pub fn on_servers(settings: &[(&str, &str)], customers: &[&str]) -> Self {
        let office = Office::open();
        let certificates = tempfile::tempdir().unwrap();
        let certificate = TestCertificate::make(certificates.path());
        let socket = office.dovecot.auth_socket();
        let mut plan = Postfix::new();
        for (name, value) in settings {
            plan = plan.set(name, value);
        }
        for customer in customers {
            plan = plan.own_mailbox(customer);
        }
        let postfix = plan
            .mailbox(SUPPORT, &office.dovecot.folder(SUPPORT, "INBOX"))
            .own_mailbox(OLENA)
            .tls(&certificate)
            .set("smtpd_sasl_auth_enable", "yes")
            .set("smtpd_sasl_type", "dovecot")
            .set("smtpd_sasl_path", &socket.to_string_lossy())
            .start();
        let trusted = office.dovecot.trust().ca_file.unwrap();
        let both = std::fs::read_to_string(trusted).unwrap()
            + &std::fs::read_to_string(&certificate.authority).unwrap();
        std::fs::write(office.home.path().join("trusted.pem"), both).unwrap();
        Self {
            postfix,
            office,
            _certificates: certificates,
        }
    }

    /// How the mailbox is added, over TLS and with authorities of its own.
    pub fn words(&self) -> Vec<String> {
        let imap = self.office.dovecot.endpoint(Security::Tls);
        let trusted = self.office.home.path().join("trusted.pem");
        let words = [
            "mailbox",
            "add",
            SUPPORT,
            "--display-name",
            "Acme Support",
            "--since",
            "all",
            "--password-stdin",
            "--imap-security",
            "tls",
            "--smtp-security",
            "starttls",
        ];
        let mut words: Vec<String> = words.map(str::to_owned).to_vec();
        words.extend([
            "--imap".to_owned(),
            format!("localhost:{}", imap.port),
            "--smtp".to_owned(),
            format!("localhost:{}", self.postfix.port()),
            "--ca-file".to_owned(),
            trusted.display().to_string(),
        ]);
        words
    }

    /// A customer hands a mail to Postfix, as from the internet.
    pub fn customer_sends(&self, from: &str, mail: &str) {
        hand_over(&self.postfix, from, SUPPORT, mail);
    }

    pub fn customer_sends_to(&self, from: &str, to: &str, mail: &str) {
        hand_over(&self.postfix, from, to, mail);
    }

    /// The mails in the mailbox's Sent folder.
    pub fn sent_folder(&self) -> Vec<String> {
        folder(&self.office.dovecot, "Sent")
    }
}

/// Hands a mail to Postfix, as from the internet.
pub fn hand_over(postfix: &Postfix, from: &str, to: &str, mail: &str) {
    let stream = TcpStream::connect(("127.0.0.1", postfix.port())).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut lines = BufReader::new(stream);
    heard(&mut lines, "220");
    let content = mail.replace('\n', "\r\n");
    for (line, answer) in [
        ("HELO customer.test".to_owned(), "250"),
        (format!("MAIL FROM:<{from}>"), "250"),
        (format!("RCPT TO:<{to}>"), "250"),
        ("DATA".to_owned(), "354"),
        (format!("{content}\r\n."), "250"),
        ("QUIT".to_owned(), "221"),
    ] {
        lines
            .get_mut()
            .write_all(format!("{line}\r\n").as_bytes())
            .unwrap();
        heard(&mut lines, answer);
    }
}

/// The mails of a folder, raw.
pub fn folder(dovecot: &Dovecot, name: &str) -> Vec<String> {
    let maildir = dovecot.folder(SUPPORT, name);
    let entries = ["new", "cur"].map(|part| std::fs::read_dir(maildir.join(part)).unwrap());
    let files = entries.into_iter().flatten().flatten();
    files
        .filter_map(|entry| std::fs::read(entry.path()).ok())
        .map(|raw| String::from_utf8_lossy(&raw).into_owned())
        .collect()
}

fn heard(lines: &mut BufReader<TcpStream>, code: &str) {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert!(line.starts_with(code), "Postfix says {line}");
}

/// A mail of Olena with lines as files have them; `token` is its Message-ID, and stands in its text.
pub fn letter(token: &str, subject: &str) -> String {
    letter_with(token, subject, "")
}

/// The same with further header lines, each with its line end.
pub fn letter_with(token: &str, subject: &str, more: &str) -> String {
    format!(
        "From: Olena Kovalenko <{OLENA}>\nTo: {SUPPORT}\nSubject: {subject}\n\
         Date: Tue, 14 Oct 2025 10:00:00 +0200\nMessage-ID: <{token}@example.test>\n{more}\n\
         Good morning, this is {token}.\n"
    )
}

/// The value of a header field of a raw mail, unfolded.
pub fn field(mail: &str, name: &str) -> Option<String> {
    let mail = mail.replace("\r\n", "\n");
    let head = mail
        .split("\n\n")
        .next()?
        .replace("\n ", " ")
        .replace("\n\t", " ");
    let start = format!("{}:", name.to_lowercase());
    head.lines()
        .find(|line| line.to_lowercase().starts_with(&start))
        .and_then(|line| line.split_once(':'))
        .map(|(_, value)| value.trim().to_owned())
}
