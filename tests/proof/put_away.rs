//! Mail that is moved away or deleted on the server once it is stored: it is always there or here, and never a second
//! ticket; and nothing but what is stored is touched.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use super::places::{connect_imap, copied, proved};
use super::points::{Prepared, Scenario, games};
use super::tokens::{every_token_once, tokens, told};
use crate::journeys::office::{Office, SUPPORT, letter};
use crate::support::model_imap::{Faults, Kind, ModelImap, Seeded};
use crate::support::program::{Home, Ran};

const FOLDERS: [&str; 3] = ["INBOX", "Sales", "Done"];

fn sync(home: &Home) {
    home.run(&["sync", "--once"]).done();
}

fn ask_for(home: &Home, after: &str) {
    let words = [
        "mailbox",
        "set",
        "support",
        "--after-fetching",
        after,
        "--no-check",
    ];
    home.run(&words).done();
}

/// A home that has looked once, after what was there before was asked for nothing.
fn connected(server: &ModelImap, after: &str) -> Home {
    let home = connect_imap(server);
    ask_for(&home, after);
    sync(&home);
    home
}

fn deliver(server: &ModelImap, folder: &str, range: std::ops::Range<usize>) {
    for n in range {
        server.deliver(
            folder,
            &letter(&format!("token-{n}"), &format!("Matter {n}")),
        );
    }
}

/// Where each token lies on the server.
fn lying(server: &ModelImap) -> BTreeMap<String, Vec<String>> {
    let mut lying: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, folder) in &server.mail().folders {
        for raw in folder.raw() {
            let token = told(&String::from_utf8_lossy(raw));
            lying.entry(token).or_default().push(name.clone());
        }
    }
    lying
}

fn in_folder(server: &ModelImap, folder: &str) -> BTreeSet<String> {
    lying(server)
        .into_iter()
        .filter(|(_, folders)| folders.iter().any(|name| name == folder))
        .map(|(token, _)| token)
        .collect()
}

fn names(range: std::ops::Range<usize>) -> BTreeSet<String> {
    range.map(|n| format!("token-{n}")).collect()
}

#[test]
fn what_is_stored_is_moved_or_deleted_and_what_was_there_before_stays() {
    for (after, moved_to) in [("move:Done", Some("Done")), ("delete", None)] {
        let server = ModelImap::start(Kind::Able, &FOLDERS);
        deliver(&server, "INBOX", 0..2);
        let home = connected(&server, after);
        deliver(&server, "INBOX", 2..5);
        deliver(&server, "Sales", 5..7);
        // Another program's mark of deletion is none of our business.
        server
            .mail()
            .folders
            .get_mut("INBOX")
            .unwrap()
            .flag(0, "\\Deleted", true);
        for _ in 0..3 {
            sync(&home);
        }
        assert_eq!(in_folder(&server, "INBOX"), names(0..2), "{after}");
        assert_eq!(in_folder(&server, "Sales"), BTreeSet::new(), "{after}");
        let expected = if moved_to.is_some() {
            names(2..7)
        } else {
            BTreeSet::new()
        };
        assert_eq!(in_folder(&server, "Done"), expected, "{after}");
        every_token_once(&home, 7);
        assert_eq!(server.mail().wrong, Vec::<String>::new());
        // Nothing is left to do, and nothing is asked.
        let before = server.mail().asked.len();
        sync(&home);
        let asked = server.mail().asked.split_off(before).join("\n");
        assert!(!asked.contains("SELECT"), "{asked}");
    }
}

#[test]
fn a_server_that_cannot_name_single_mails_is_told_and_left_alone() {
    for (after, words) in [
        ("move:Done", "the server has no MOVE"),
        ("delete", "the server has no UIDPLUS"),
    ] {
        let server = ModelImap::start(Kind::Qresync, &FOLDERS);
        let home = connected(&server, after);
        deliver(&server, "INBOX", 0..2);
        home.run(&["sync", "--once"]).failed(1, &[words]);
        assert_eq!(in_folder(&server, "INBOX"), names(0..2));
        assert!(
            home.json(&["mailbox", "status", "support"])
                .to_string()
                .contains(words)
        );
        let check: Ran = home.run(&["mailbox", "check", "support"]);
        let said = format!("{}{}", check.stdout, check.stderr);
        assert!(check.code != 0 && said.contains(words), "{said}");
        every_token_once(&home, 2);
        assert_eq!(server.mail().wrong, Vec::<String>::new());
        ask_for(&home, "leave");
        sync(&home);
    }
}

#[test]
fn a_folder_that_is_not_there_keeps_mail_where_it_is_until_it_is_made() {
    let server = ModelImap::start(Kind::Able, &["INBOX", "Finished"]);
    let home = connected(&server, "move:Done");
    deliver(&server, "INBOX", 0..2);
    home.run(&["sync", "--once"])
        .failed(1, &["there is no such folder", "Done"]);
    assert_eq!(in_folder(&server, "INBOX"), names(0..2));
    ask_for(&home, "move:Finished");
    sync(&home);
    assert_eq!(in_folder(&server, "Finished"), names(0..2));
    every_token_once(&home, 2);
}

#[test]
fn dovecot_moves_and_deletes_what_is_stored_and_makes_no_second_ticket() {
    let mut office = Office::open();
    office
        .dovecot
        .doveadm(&["mailbox", "create", "-u", SUPPORT, "Done"]);
    office.connect_reading();
    let all = ["mailbox", "set", "support", "--all-folders", "--no-check"];
    office.home.run(&all).done();
    ask_for(&office.home, "move:Done");
    office.sync();
    let count = |office: &Office, folder: &str| {
        let status = ["mailbox", "status", "-u", SUPPORT, "messages", folder];
        let told = office.dovecot.doveadm(&status);
        told.rsplit('=').next().unwrap().trim().to_owned()
    };
    office.arrives(&letter("token-0", "Matter 0"));
    office.sync();
    office.sync();
    assert_eq!(
        (count(&office, "INBOX"), count(&office, "Done")),
        ("0".into(), "1".into())
    );
    ask_for(&office.home, "delete");
    office.sync();
    office.arrives(&letter("token-1", "Matter 1"));
    office.sync();
    assert_eq!(
        (count(&office, "INBOX"), count(&office, "Done")),
        ("0".into(), "1".into())
    );
    every_token_once(&office.home, 2);
}

/// What comes is taken away while the server misbehaves.
fn live_through(seed: u64) {
    let mut dice = Seeded::new(seed);
    let deletes = dice.below(2) == 0;
    let server = ModelImap::start(Kind::Able, &FOLDERS);
    let home = connected(&server, if deletes { "delete" } else { "move:Done" });
    let mut count = 0;
    for _ in 0..6 {
        let folder = FOLDERS[usize::try_from(dice.below(3)).unwrap()];
        let more = 1 + usize::try_from(dice.below(4)).unwrap();
        deliver(&server, folder, count..count + more);
        count += more;
        if dice.below(4) == 0 {
            server
                .mail()
                .folders
                .get_mut("Sales")
                .unwrap()
                .number_anew();
        }
        let one_in = 4 + dice.below(12);
        let dice = Seeded::new(dice.below(u64::MAX));
        server.set_faults(Faults::Random { dice, one_in });
        let _ran = home.run(&["sync", "--once"]);
        let stored: BTreeSet<String> = tokens(&home).into_keys().collect();
        let there: BTreeSet<String> = lying(&server).into_keys().collect();
        for token in names(0..count) {
            let is_safe = stored.contains(&token) || there.contains(&token);
            assert!(is_safe, "{token} is neither there nor here");
            assert!(
                deletes || there.contains(&token),
                "{token} is gone from the server"
            );
        }
        server.set_faults(Faults::None);
    }
    for _ in 0..3 {
        home.run(&["sync", "--once"]);
    }
    every_token_once(&home, count);
    assert_eq!(server.mail().wrong, Vec::<String>::new());
    assert_eq!(in_folder(&server, "INBOX"), BTreeSet::new());
    for (token, folders) in lying(&server) {
        assert_eq!(folders.len(), 1, "{token} lies in {folders:?}");
    }
}

#[test]
fn what_is_taken_away_is_never_lost_whatever_the_server_does() {
    games("taking away", 8, 120, live_through);
}

/// Mail is fetched and taken away while the program is ended.
struct TakingAway {
    after: &'static str,
}

const MAILS: usize = 4;

impl Scenario for TakingAway {
    fn name(&self) -> &str {
        self.after
    }

    fn command(&self, home: &Home) -> Command {
        home.here(&["sync", "--once"])
    }

    fn prepare(&self) -> Prepared {
        let server = ModelImap::start(Kind::Able, &FOLDERS);
        let home = connected(&server, self.after);
        deliver(&server, "INBOX", 0..MAILS);
        Prepared {
            home: copied(&home),
            around: Box::new(server),
        }
    }

    fn judge(&self, prepared: &Prepared, _crashed: bool) {
        let server: &ModelImap = prepared.around.downcast_ref().unwrap();
        let stored: BTreeSet<String> = tokens(&prepared.home).into_keys().collect();
        let there: BTreeSet<String> = lying(server).into_keys().collect();
        assert_eq!(&stored | &there, names(0..MAILS));
        for _ in 0..2 {
            sync(&prepared.home);
        }
        every_token_once(&prepared.home, MAILS);
        assert_eq!(in_folder(server, "INBOX"), BTreeSet::new());
        let moved = if self.after == "delete" {
            names(0..0)
        } else {
            names(0..MAILS)
        };
        assert_eq!(in_folder(server, "Done"), moved);
        assert_eq!(server.mail().wrong, Vec::<String>::new());
    }
}

#[test]
fn mail_that_is_taken_away_while_the_program_ends_is_there_or_here() {
    for after in ["move:Done", "delete"] {
        proved(&TakingAway { after }, 4);
    }
}
