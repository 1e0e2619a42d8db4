//! A mail over the limit is a ticket with its header first, and whole as soon as somebody asks for it.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::places::{connect_imap, copied, proved};
use super::points::{Prepared, Scenario};
use super::tokens::every_token_once;
use crate::journeys::office::{letter, letter_with};
use crate::support::model_imap::{Faults, Kind, ModelImap};
use crate::support::program::{Home, until};

/// What the server says that the large mail has; over the limit, and more than it has.
const CLAIMED: usize = 60_000_000;
/// What it has: three pieces and a bit.
const FILE_BYTES: usize = 2_500_000;
const LONG: Duration = Duration::from_secs(60);

/// A mail with a text and a file.
fn large(token: &str) -> Vec<u8> {
    let file = "UGxhbnMu\n".repeat(FILE_BYTES / 6);
    let head = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n";
    let mail = letter_with(token, "The plans of the house", head).replace(
        "\n\nGood morning",
        "\n\n--b\nContent-Type: text/plain\n\nGood morning",
    );
    format!(
        "{mail}\n--b\nContent-Type: application/pdf; name=plans.pdf\n\
         Content-Disposition: attachment; filename=plans.pdf\n\
         Content-Transfer-Encoding: base64\n\n{file}\n--b--\n"
    )
    .replace('\n', "\r\n")
    .into_bytes()
}

/// A mailbox with a small mail and a large one, looked at once. Gives the number of the large one's ticket too.
fn with_a_large_mail() -> (ModelImap, Home, String) {
    let server = ModelImap::start(Kind::Plain, &["INBOX", "Archive"]);
    let home = connect_imap(&server);
    server.deliver("INBOX", &letter("token-0", "Matter 0"));
    let inbox = |raw: Vec<u8>| {
        let mut mail = server.mail();
        let folder = mail.folders.get_mut("INBOX").unwrap();
        folder.add_claiming(raw, CLAIMED);
    };
    inbox(large("token-1"));
    home.run(&["sync", "--once"]).done();
    let number = number_of(&home);
    let message = &shown(&home, &number)["messages"][0];
    assert_eq!(message["header_only"], true, "{message:#}");
    let text = message["text"].as_str().unwrap();
    assert!(text.contains("60 MB, more than the limit"), "{text}");
    assert_eq!(message["attachments"], serde_json::json!([]));
    (server, home, number)
}

fn number_of(home: &Home) -> String {
    let listed = home.json(&["ticket", "list"]);
    let tickets = listed.as_array().unwrap().iter();
    let mut large = tickets.filter(|ticket| ticket["subject"] == "The plans of the house");
    let number = large.next().unwrap()["number"].to_string();
    assert!(large.next().is_none(), "the mail became two tickets");
    number
}

fn shown(home: &Home, number: &str) -> Value {
    home.json(&["ticket", "show", number])
}

fn is_whole(message: &Value) -> bool {
    let text = message["text"].as_str().unwrap();
    let files = message["attachments"].as_array().unwrap();
    let is_whole = message["header_only"] == false;
    assert_eq!(
        is_whole,
        text.contains("Good morning, this is token-1."),
        "{text}"
    );
    assert_eq!(is_whole, files.len() == 1, "{files:?}");
    is_whole
}

#[test]
fn the_whole_of_a_large_mail_takes_the_place_of_its_header() {
    let (server, home, number) = with_a_large_mail();
    let before = shown(&home, &number);
    let came = home.json(&["ticket", "download", &number]);
    assert_eq!(came["messages"][0]["id"], before["messages"][0]["id"]);
    assert_eq!(came["messages"][0]["size"], large("token-1").len());

    let after = shown(&home, &number);
    let [message] = &after["messages"].as_array().unwrap()[..] else {
        panic!("{after:#}");
    };
    assert!(is_whole(message), "{message:#}");
    assert_eq!(message["id"], before["messages"][0]["id"]);
    assert_eq!(message["attachments"][0]["name"], "plans.pdf");
    assert_eq!(message["attachments"][0]["size"], FILE_BYTES / 6 * 6);
    assert_eq!(
        after["updated_at"], before["updated_at"],
        "it jumped in the list"
    );
    let raw = home.run(&["export", "--format", "mbox"]).done().stdout;
    assert!(raw.contains("filename=plans.pdf"));
    let word = home.run(&["ticket", "download", &number]).done().stdout;
    assert!(word.contains("is here whole"), "{word}");

    // Its header comes again, from another folder and with another number, and is known.
    {
        let mut mail = server.mail();
        let moved = mail.folders.get_mut("INBOX").unwrap().remove(1);
        let archive = mail.folders.get_mut("Archive").unwrap();
        archive.add_claiming(moved, CLAIMED);
        archive.number_anew();
    }
    home.run(&["sync", "--once"]).done();
    assert!(is_whole(&shown(&home, &number)["messages"][0]));
    assert_eq!(number_of(&home), number);
    every_token_once(&home, 2);
}

#[test]
fn what_keeps_the_whole_away_is_told_and_leaves_the_header() {
    let (server, home, number) = with_a_large_mail();
    let download = ["ticket", "download", &number];
    let still_a_header = || assert!(!is_whole(&shown(&home, &number)["messages"][0]));

    server.set_faults(Faults::CutAt(1_500_000));
    home.run(&download).failed(1, &[]);
    still_a_header();
    server.set_faults(Faults::Refuse("FETCH"));
    home.run(&download).failed(1, &["FETCH"]);
    still_a_header();
    server.set_faults(Faults::None);
    {
        let mut mail = server.mail();
        mail.folders.get_mut("INBOX").unwrap().number_anew();
    }
    home.run(&download)
        .failed(1, &["numbered the mails of INBOX anew"]);
    still_a_header();
    home.run(&["sync", "--once"]).done();
    {
        let mut mail = server.mail();
        let other = letter("token-9", "Another mail").replace('\n', "\r\n");
        mail.folders
            .get_mut("INBOX")
            .unwrap()
            .swap(1, other.into_bytes());
    }
    home.run(&download).failed(1, &["another mail"]);
    still_a_header();
    let inbox = |change: &dyn Fn(&mut crate::support::model_imap::Folder)| {
        change(server.mail().folders.get_mut("INBOX").unwrap());
    };
    inbox(&|folder| folder.swap(1, large("token-1")));
    home.run(&["mailbox", "disable", "support"]).done();
    home.run(&download).failed(1, &["switched off"]);
    home.run(&["mailbox", "enable", "support"]).done();
    inbox(&|folder| drop(folder.remove(1)));
    home.run(&download)
        .failed(1, &["not on the server any more", "its header is left"]);
    still_a_header();
    // Put back, it comes with a new number, and the key works again.
    inbox(&|folder| {
        folder.add_claiming(large("token-1"), CLAIMED);
    });
    home.run(&["sync", "--once"]).done();
    home.run(&download).done();
    assert!(is_whole(&shown(&home, &number)["messages"][0]));
    every_token_once(&home, 2);
}

/// A large mail is downloaded, and the program ends meanwhile.
struct Downloading {
    server: ModelImap,
    template: Home,
    number: String,
}

impl Scenario for Downloading {
    fn name(&self) -> &str {
        "download of a large mail"
    }

    fn command(&self, home: &Home) -> Command {
        home.here(&["ticket", "download", &self.number])
    }

    fn prepare(&self) -> Prepared {
        assert!(self.server.port > 0);
        Prepared::alone(copied(&self.template))
    }

    fn judge(&self, prepared: &Prepared, crashed: bool) {
        let home = &prepared.home;
        let is_here = is_whole(&shown(home, &self.number)["messages"][0]);
        assert!(is_here || crashed, "it ended well without the mail");
        home.run(&["ticket", "download", &self.number]).done();
        assert!(is_whole(&shown(home, &self.number)["messages"][0]));
        every_token_once(home, 2);
    }
}

#[test]
fn a_download_ended_at_any_step_leaves_the_header_or_the_whole() {
    let (server, template, number) = with_a_large_mail();
    let scenario = Downloading {
        server,
        template,
        number,
    };
    proved(&scenario, 1);
}

#[test]
fn only_the_process_that_holds_the_mailbox_downloads_from_it() {
    let (_server, home, number) = with_a_large_mail();
    let holding = home.start(&["sync"]);
    until("a process that holds the mailbox", LONG, || {
        let looked = home.run(&["sync", "--once"]);
        looked.stderr.contains("holds it").then_some(())
    });
    home.run(&["ticket", "download", &number])
        .failed(1, &["looks after this mailbox", "end that process"]);
    holding.kill_9();
    // Its lease dies with it.
    home.run(&["ticket", "download", &number]).done();
    assert!(is_whole(&shown(&home, &number)["messages"][0]));
}
