//! Mail that nobody writes, on real servers: it leaves once, and two helpdesks that answer each other come to an end.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use ticketty::domain::automatic::MOST_TO_ONE_A_DAY;
use ticketty::domain::mailbox::Security;

use super::office::{OLENA, Office, PASSWORD, SUPPORT, field, hand_over, letter};
use crate::support::certificate::TestCertificate;
use crate::support::dovecot::Dovecot;
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};
use crate::support::postfix::Postfix;
use crate::support::program::Home;

const HELP: &str = "help@other.test";

/// Two installations of the program with one address each, on the same servers.
struct Town {
    dovecot: Dovecot,
    postfix: Postfix,
    desks: [Helpdesk; 2],
    certificates: tempfile::TempDir,
}

struct Helpdesk {
    address: &'static str,
    home: Home,
    /// Mails that were carried from its outgoing folder already.
    carried: BTreeSet<PathBuf>,
}

impl Helpdesk {
    fn new(address: &'static str) -> Self {
        Self {
            address,
            home: Home::new(),
            carried: BTreeSet::new(),
        }
    }

    fn sync(&self) {
        self.home.run(&["sync", "--once"]).done();
    }

    fn outbox(&self) -> Vec<Value> {
        let lines = self.home.json(&["outbox", "list", "--all"]);
        lines.as_array().unwrap().clone()
    }

    /// What lies newly in its outgoing folder.
    fn news(&mut self) -> Vec<String> {
        let entries = std::fs::read_dir(self.home.path().join("out"));
        let mut files: Vec<PathBuf> = entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_file() && !self.carried.contains(path))
            .collect();
        files.sort();
        self.carried.extend(files.iter().cloned());
        let raw = files.iter().map(|file| std::fs::read(file).unwrap());
        raw.map(|raw| String::from_utf8(raw).unwrap()).collect()
    }

    /// Mails that it wrote by itself.
    fn wrote_by_itself(&self) -> usize {
        let export = self.home.json(&["export"]);
        let messages = export.as_array().unwrap().iter();
        messages
            .flat_map(|ticket| ticket["messages"].as_array().unwrap())
            .filter(|message| message["kind"] == "outgoing" && message["class"] == "auto-reply")
            .count()
    }

    fn marked(&self) -> Vec<Value> {
        let tickets = self.home.json(&["ticket", "list"]);
        let tickets = tickets.as_array().unwrap().iter();
        let is_marked = |ticket: &&Value| {
            let marks = ticket["marks"].as_array().unwrap();
            marks.iter().any(|mark| mark == "loop-suspected")
        };
        tickets.filter(is_marked).cloned().collect()
    }
}

impl Town {
    fn build() -> Self {
        let dovecot = Dovecot::start(&[(SUPPORT, PASSWORD), (HELP, PASSWORD)]);
        let certificates = tempfile::tempdir().unwrap();
        let certificate = TestCertificate::make(certificates.path());
        let socket = dovecot.auth_socket();
        let postfix = Postfix::new()
            .mailbox(SUPPORT, &dovecot.folder(SUPPORT, "INBOX"))
            .mailbox(HELP, &dovecot.folder(HELP, "INBOX"))
            .own_mailbox(OLENA)
            .tls(&certificate)
            .set("smtpd_sasl_auth_enable", "yes")
            .set("smtpd_sasl_type", "dovecot")
            .set("smtpd_sasl_path", &socket.to_string_lossy())
            .start();
        let trusted = dovecot.trust().ca_file.unwrap();
        let both = std::fs::read_to_string(trusted).unwrap()
            + &std::fs::read_to_string(&certificate.authority).unwrap();
        std::fs::write(certificates.path().join("trusted.pem"), both).unwrap();
        Self {
            dovecot,
            postfix,
            desks: [Helpdesk::new(SUPPORT), Helpdesk::new(HELP)],
            certificates,
        }
    }

    /// Connects both, with auto-replies switched on, and this way out.
    fn connect(&self, way_out: impl Fn(&Self, &Helpdesk) -> Vec<String>) {
        let imap = format!("localhost:{}", self.dovecot.endpoint(Security::Tls).port);
        let trusted = self.certificates.path().join("trusted.pem");
        let trusted = trusted.to_string_lossy();
        for desk in &self.desks {
            let mut words = vec![
                "mailbox",
                "add",
                desk.address,
                "--imap",
                &imap,
                "--imap-security",
                "tls",
                "--ca-file",
                &trusted,
                "--since",
                "all",
                "--auto-reply",
                "on",
                "--undo-window",
                "0",
                "--password-stdin",
                "--no-check",
            ];
            let out = way_out(self, desk);
            words.extend(out.iter().map(String::as_str));
            desk.home.run_with_input(&words, PASSWORD).done();
        }
    }
}

#[test]
fn two_helpdesks_with_manners_exchange_one_mail_and_one_automatic_answer() {
    let town = Town::build();
    town.connect(|town, _| {
        vec![
            "--smtp".to_owned(),
            format!("localhost:{}", town.postfix.port()),
            "--smtp-security".to_owned(),
            "starttls".to_owned(),
        ]
    });
    let [support, help] = &town.desks;
    let words = [
        "ticket",
        "new",
        "--mailbox",
        "support",
        "--to",
        HELP,
        "--subject",
        "Our invoice",
        "--body",
        "Good morning, where is it?",
    ];
    support.home.run(&words).done();
    for _ in 0..3 {
        for desk in &town.desks {
            town.postfix.wait_until_idle();
            desk.sync();
        }
    }
    town.postfix.wait_until_idle();
    assert_eq!(help.wrote_by_itself(), 1);
    assert_eq!(
        support.wrote_by_itself(),
        0,
        "an automatic mail was answered"
    );
    assert_eq!(support.outbox().len(), 1);
    let ticket = support.home.json(&["ticket", "show", "1"]);
    // A Date has whole seconds: what is answered within one may stand before it.
    let messages = ticket["messages"].as_array().unwrap();
    let answer = messages.iter().find(|one| one["class"] == "auto-reply");
    let answer = answer.unwrap_or_else(|| panic!("no auto-reply in {ticket:#}"));
    assert!(answer["subject"].as_str().unwrap().ends_with("Our invoice"));
    assert!(support.marked().is_empty() && help.marked().is_empty());
    let answer = &help.outbox()[0];
    assert_eq!(answer["state"], "sent", "{answer:#}");
}

/// What a gateway without manners leaves of a mail: no sign that a program wrote it, and of what it is an answer to.
fn mannerless(mail: &str) -> String {
    let mail = mail.replace("\r\n", "\n");
    let (head, body) = mail.split_once("\n\n").unwrap();
    let mut keeps = true;
    let kept: Vec<&str> = head
        .lines()
        .filter(|line| {
            if !line.starts_with([' ', '\t']) {
                let name = line.split(':').next().unwrap().to_lowercase();
                keeps = !matches!(
                    name.as_str(),
                    "auto-submitted"
                        | "x-auto-response-suppress"
                        | "in-reply-to"
                        | "references"
                        | "return-path"
                );
            }
            keeps
        })
        .collect();
    format!("{}\n\n{body}", kept.join("\n"))
}

/// Carries mail without manners between both until neither has any to carry. Gives how many each sent.
fn carry_until_quiet(town: &mut Town) -> [usize; 2] {
    let mut carried = [0, 0];
    loop {
        let mut is_quiet = true;
        for (from, to) in [(0, 1), (1, 0)] {
            town.postfix.wait_until_idle();
            let (from_address, to_address) = (town.desks[from].address, town.desks[to].address);
            town.desks[from].sync();
            for mail in town.desks[from].news() {
                assert_eq!(
                    field(&mail, "Auto-Submitted").as_deref(),
                    Some("auto-replied")
                );
                is_quiet = false;
                carried[from] += 1;
                // The cap itself ends this, not the patience of a test.
                assert!(
                    carried[from] <= MOST_TO_ONE_A_DAY,
                    "{from_address} goes on past the cap"
                );
                hand_over(&town.postfix, from_address, to_address, &mannerless(&mail));
                town.postfix.wait_until_idle();
            }
        }
        if is_quiet {
            return carried;
        }
    }
}

#[test]
fn helpdesks_that_answer_each_other_without_manners_end_at_the_cap_and_are_marked() {
    let mut town = Town::build();
    town.connect(|_, desk| {
        let folder = desk.home.path().join("out");
        std::fs::create_dir_all(&folder).unwrap();
        vec![
            "--outgoing-folder".to_owned(),
            folder.to_string_lossy().into_owned(),
        ]
    });
    let mail = |token: &str| {
        format!(
            "From: <{SUPPORT}>\nTo: <{HELP}>\nSubject: Hello {token}\nMessage-ID: <{token}@example.test>\n\nHello.\n"
        )
    };
    hand_over(&town.postfix, SUPPORT, HELP, &mail("first"));
    let most = MOST_TO_ONE_A_DAY;
    assert_eq!(
        carry_until_quiet(&mut town),
        [most, most],
        "each answers up to its cap, and not once more"
    );
    // Whatever else the other one writes today is taken in and not answered.
    for token in ["second", "third", "fourth"] {
        hand_over(&town.postfix, SUPPORT, HELP, &mail(token));
    }
    assert_eq!(carry_until_quiet(&mut town), [0, 0]);
    let [support, help] = &town.desks;
    assert_eq!(
        [support.wrote_by_itself(), help.wrote_by_itself()],
        [most, most]
    );
    let tickets = |desk: &Helpdesk| desk.home.json(&["ticket", "list"]);
    let count = |desk: &Helpdesk| tickets(desk).as_array().unwrap().len();
    // The first mail, the answers of the other one, and the three of later.
    assert_eq!(
        [count(support), count(help)],
        [most, 1 + most + 3],
        "a mail was lost or came twice"
    );
    assert!(support.marked().is_empty(), "it never reached its cap");
    let marked = help.marked();
    assert_eq!(marked.len(), 1 + 3, "every mail past the cap is marked");
    for ticket in &marked {
        let ticket = help
            .home
            .json(&["ticket", "show", &ticket["number"].to_string()]);
        let messages = ticket["messages"].as_array().unwrap();
        let note = messages.iter().find(|message| message["kind"] == "note");
        let words = note.unwrap()["text"].as_str().unwrap();
        assert!(words.starts_with("Loop suspected"), "{words}");
        assert!(words.contains("No auto-reply was sent"), "{words}");
    }
}

#[test]
fn an_automatic_answer_is_there_once_however_the_program_is_killed() {
    for place in [Place::Auth, Place::Mail, Place::Data] {
        let mut office = Office::open();
        let stalling = FakeSmtp::start(Script::new().at(place, Act::Stall));
        let smtp = format!("localhost:{}", stalling.port());
        office.connect(&[
            "--smtp",
            &smtp,
            "--smtp-security",
            "none",
            "--auto-reply",
            "on",
        ]);
        office.arrives(&letter("one", "Cannot log in"));
        let running = office.home.start(&["sync"]);
        let verb = match place {
            Place::Auth => "AUTH",
            Place::Mail => "MAIL",
            _ => "DATA",
        };
        stalling.wait(&format!("{place:?} of the dialogue"), |seen| {
            seen.commands.iter().any(|line| line.starts_with(verb))
        });
        running.kill_9();
        let healthy = FakeSmtp::start(Script::new());
        let smtp = format!("localhost:{}", healthy.port());
        let words = [
            "mailbox",
            "set",
            "support",
            "--smtp",
            &smtp,
            "--smtp-security",
            "none",
            "--no-check",
        ];
        office.home.run(&words).done();
        let again = office.home.start(&["sync"]);
        office.answer_is("sent");
        drop(again);
        office.sync();
        assert_eq!(office.outbox().len(), 1, "{place:?}");
        let whole = healthy.seen().whole;
        assert_eq!(whole.len(), 1, "{place:?}");
        let sent = String::from_utf8_lossy(&whole[0]).into_owned();
        assert_eq!(
            field(&sent, "Auto-Submitted").as_deref(),
            Some("auto-replied")
        );
        assert_eq!(field(&sent, "To").as_deref(), Some(OLENA));
        let messages = office.ticket(1)["messages"].as_array().unwrap().len();
        assert_eq!(messages, 3, "the customer's mail, one answer and its note");
    }
}
