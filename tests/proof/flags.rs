//! Marks as a state machine: operators read and answer, other programs mark the same mails, the server misbehaves, and
//! in the end each mark stands where somebody put it and nowhere else.
//!
//! `TICKETTY_SEED=n` runs the game of one seed again alone.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use super::places::{connect_imap, copied, proved};
use super::points::{Prepared, Scenario, games};
use super::tokens::told;
use crate::journeys::office::{Office, SUPPORT, letter};
use crate::support::model_imap::{Faults, Kind, Lying, ModelImap, Seeded};
use crate::support::program::Home;

const FOLDERS: [&str; 2] = ["INBOX", "Sales"];
const SEEN: &str = "\\Seen";
const ANSWERED: &str = "\\Answered";
const DELETED: &str = "\\Deleted";

/// A home whose answers become files, and which marks on the server what is said.
fn marking(server: &ModelImap, marks: &str) -> Home {
    let home = connect_imap(server);
    let outgoing = home.path().join("sent").display().to_string();
    home.run(&[
        "mailbox",
        "set",
        "support",
        "--outgoing-folder",
        &outgoing,
        "--undo-window",
        "0",
        "--marks",
        marks,
        "--no-check",
    ])
    .done();
    home
}

fn sync(home: &Home) {
    home.run(&["sync", "--once"]).done();
}

/// The ticket of each token.
fn tickets(home: &Home) -> BTreeMap<String, String> {
    let exported = home.json(&["export"]);
    let tickets = exported.as_array().unwrap().iter();
    tickets
        .map(|ticket| {
            let id = ticket["messages"][0]["message_id"].as_str().unwrap();
            let token = id.split('@').next().unwrap().trim_matches('<').to_owned();
            (token, ticket["number"].to_string())
        })
        .collect()
}

fn token(mail: &Lying) -> String {
    told(&String::from_utf8_lossy(&mail.raw))
}

/// The flags of every mail that is there, by its token.
fn flags(server: &ModelImap) -> BTreeMap<String, BTreeSet<String>> {
    let mail = server.mail();
    let lying = mail.folders.values().flat_map(|folder| folder.lying());
    lying.map(|mail| (token(&mail), mail.flags)).collect()
}

fn place(server: &ModelImap, wanted: &str) -> (String, usize) {
    let mail = server.mail();
    for (name, folder) in &mail.folders {
        if let Some(at) = folder.lying().iter().position(|mail| token(mail) == wanted) {
            return (name.clone(), at);
        }
    }
    panic!("{wanted} is not there")
}

fn by_another(server: &ModelImap, wanted: &str, flag: &str, is_set: bool) {
    let (folder, at) = place(server, wanted);
    let mut mail = server.mail();
    mail.folders
        .get_mut(&folder)
        .unwrap()
        .flag(at, flag, is_set);
}

fn delivered(kind: Kind, count: usize) -> ModelImap {
    let server = ModelImap::start(kind, &FOLDERS);
    for n in 0..count {
        let mail = letter(&format!("token-{n}"), &format!("Matter {n}"));
        server.deliver(FOLDERS[n % 2], &mail);
    }
    server
}

fn set(flags: &[&str]) -> BTreeSet<String> {
    flags.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_read_and_answered_here_is_marked_there_and_nothing_else() {
    for kind in [Kind::Plain, Kind::Condstore, Kind::Qresync] {
        let server = delivered(kind, 4);
        let home = marking(&server, "read");
        sync(&home);
        let tickets = tickets(&home);
        home.run(&["ticket", "set", &tickets["token-0"], "--read"])
            .done();
        home.run(&["ticket", "reply", &tickets["token-1"], "--body", "Try this"])
            .done();
        by_another(&server, "token-2", "\\Flagged", true);
        by_another(&server, "token-0", "$Label1", true);
        for _ in 0..2 {
            sync(&home);
        }
        let expected = [
            ("token-0", set(&["$Label1", SEEN])),
            ("token-1", set(&[ANSWERED, SEEN])),
            ("token-2", set(&["\\Flagged"])),
            ("token-3", set(&[])),
        ];
        assert_eq!(
            flags(&server),
            expected
                .map(|(token, flags)| (token.to_owned(), flags))
                .into(),
            "{kind:?}"
        );
        // What another program takes away stays away, and costs no command more.
        by_another(&server, "token-0", SEEN, false);
        let stores = |server: &ModelImap| {
            let asked = server.mail().asked.clone();
            asked
                .iter()
                .filter(|asked| asked.contains("UID STORE"))
                .count()
        };
        let before = stores(&server);
        for _ in 0..2 {
            sync(&home);
        }
        assert_eq!(flags(&server)["token-0"], set(&["$Label1"]));
        assert_eq!(stores(&server), before);
        assert_eq!(server.mail().wrong, Vec::<String>::new());
    }
}

#[test]
fn dovecot_keeps_the_marks_of_what_was_read_here() {
    let mut office = Office::open();
    office.connect_reading();
    let marks = ["mailbox", "set", "support", "--marks", "read", "--no-check"];
    office.home.run(&marks).done();
    for n in 0..2 {
        office.arrives(&letter(&format!("token-{n}"), &format!("Matter {n}")));
    }
    office.sync();
    office.home.run(&["ticket", "set", "1", "--read"]).done();
    for _ in 0..2 {
        office.sync();
    }
    let flags = ["fetch", "-u", SUPPORT, "flags", "mailbox", "INBOX"];
    let told = office.dovecot.doveadm(&flags);
    assert_eq!(told.matches("\\Seen").count(), 1, "{told}");
    assert!(!told.contains("\\Answered"), "{told}");
}

#[test]
fn a_mailbox_that_asks_for_no_marks_opens_nothing_for_changing() {
    let server = delivered(Kind::Condstore, 2);
    let home = marking(&server, "nothing");
    sync(&home);
    home.run(&["ticket", "set", "1", "--read"]).done();
    home.run(&["ticket", "reply", "2", "--body", "Try this"])
        .done();
    for _ in 0..2 {
        sync(&home);
    }
    assert!(flags(&server).values().all(BTreeSet::is_empty));
    let asked = server.mail().asked.join("\n");
    assert!(
        !asked.contains("SELECT") && !asked.contains("UID STORE"),
        "{asked}"
    );
    // What was read before the marks were asked for stays as it is; what is answered from now on is marked alone.
    home.run(&[
        "mailbox",
        "set",
        "support",
        "--marks",
        "answered",
        "--no-check",
    ])
    .done();
    sync(&home);
    home.run(&["ticket", "reply", "1", "--body", "Or this"])
        .done();
    for _ in 0..2 {
        sync(&home);
    }
    let tickets = tickets(&home);
    let (answered, _) = tickets.iter().find(|(_, number)| *number == "1").unwrap();
    for (token, flags) in flags(&server) {
        let expected = if token == *answered {
            set(&[ANSWERED])
        } else {
            set(&[])
        };
        assert_eq!(flags, expected, "{token}");
    }
}

#[test]
fn a_folder_that_may_only_be_read_is_told_and_keeps_no_mail_away() {
    let server = delivered(Kind::Plain, 1);
    server.mail().read_only = true;
    let home = marking(&server, "read");
    sync(&home);
    home.run(&["ticket", "set", "1", "--read"]).done();
    let tell = "cannot be marked in INBOX on the server";
    let told = (0..8).find_map(|_| {
        let ran = home.run(&["sync", "--once"]);
        (ran.code != 0).then_some(ran)
    });
    told.expect("nothing was told")
        .failed(1, &[tell, "may only read the folder"]);
    server.deliver("INBOX", &letter("token-9", "Still comes"));
    home.run(&["sync", "--once"]);
    assert!(tickets(&home).contains_key("token-9"));
    let status = home.json(&["mailbox", "status", "support"]).to_string();
    assert!(status.contains(tell), "{status}");
    server.mail().read_only = false;
    home.run(&["ticket", "set", "2", "--read"]).done();
    home.run(&["sync", "--once"]);
    sync(&home);
    assert_eq!(flags(&server)["token-9"], set(&[SEEN]));
    assert!(
        !home
            .json(&["mailbox", "status", "support"])
            .to_string()
            .contains(tell)
    );
}

/// One mail, as the game knows it.
#[derive(Debug, Default)]
struct Known {
    /// Others put them there and have not taken them away.
    by_others: BTreeSet<String>,
    /// Others took them away after we may have put them there.
    taken_away: BTreeSet<String>,
    /// An operator's deeds.
    ours: BTreeSet<String>,
    /// It was marked as deleted at some time: there the server wins.
    was_deleted: bool,
    is_gone: bool,
}

struct Game {
    server: ModelImap,
    home: Home,
    dice: Seeded,
    mails: BTreeMap<String, Known>,
    tickets: BTreeMap<String, String>,
}

impl Game {
    fn begin(seed: u64) -> Self {
        let mut dice = Seeded::new(seed);
        let kinds = [Kind::Plain, Kind::Condstore, Kind::Qresync];
        let kind = kinds[usize::try_from(dice.below(3)).unwrap()];
        let server = delivered(kind, 8);
        let home = marking(&server, "read");
        sync(&home);
        let tickets = tickets(&home);
        let mails = tickets
            .keys()
            .map(|token| (token.clone(), Known::default()));
        Self {
            mails: mails.collect(),
            server,
            home,
            dice,
            tickets,
        }
    }

    fn some(&mut self) -> Option<String> {
        let there: Vec<&String> = self
            .mails
            .iter()
            .filter_map(|(token, known)| (!known.is_gone).then_some(token))
            .collect();
        let at = usize::try_from(self.dice.below(there.len() as u64)).unwrap();
        there.get(at).map(|token| (*token).clone())
    }

    /// Somebody does something.
    fn play(&mut self) {
        let Some(token) = self.some() else { return };
        let ticket = self.tickets[&token].clone();
        let deed = self.dice.below(9);
        match deed {
            // Reading what is read already is refused, and that is no deed.
            0..=2 => {
                let ran = self.home.run(&["ticket", "set", &ticket, "--read"]);
                if ran.code == 0 {
                    self.known(&token).ours.insert(SEEN.to_owned());
                    self.known(&token).taken_away.remove(SEEN);
                }
            }
            3 => {
                let ran = self
                    .home
                    .run(&["ticket", "reply", &ticket, "--body", "Try this"]);
                if ran.code == 0 {
                    let known = self.known(&token);
                    for flag in [SEEN, ANSWERED] {
                        known.ours.insert(flag.to_owned());
                        known.taken_away.remove(flag);
                    }
                }
            }
            4 | 5 => {
                let flag = ["\\Flagged", SEEN, "$Junk", ANSWERED, DELETED]
                    [usize::try_from(self.dice.below(5)).unwrap()];
                by_another(&self.server, &token, flag, true);
                let known = self.known(&token);
                known.by_others.insert(flag.to_owned());
                known.was_deleted |= flag == DELETED;
            }
            6 | 7 => {
                let there = flags(&self.server)[&token].clone();
                let Some(flag) = there.into_iter().next() else {
                    return;
                };
                by_another(&self.server, &token, &flag, false);
                let known = self.known(&token);
                known.by_others.remove(&flag);
                known.taken_away.insert(flag);
            }
            _ => {
                let (folder, at) = place(&self.server, &token);
                self.server
                    .mail()
                    .folders
                    .get_mut(&folder)
                    .unwrap()
                    .remove(at);
                self.known(&token).is_gone = true;
            }
        }
    }

    fn known(&mut self, token: &str) -> &mut Known {
        self.mails.get_mut(token).unwrap()
    }

    fn sync_with_faults(&mut self) {
        let dice = Seeded::new(self.dice.below(u64::MAX));
        let one_in = 4 + self.dice.below(12);
        self.server.set_faults(Faults::Random { dice, one_in });
        // It fails or not; what matters is what stands there in the end.
        let _ran = self.home.run(&["sync", "--once"]);
        self.server.set_faults(Faults::None);
    }

    fn judge(&self) {
        for _ in 0..3 {
            self.home.run(&["sync", "--once"]);
        }
        assert_eq!(self.server.mail().wrong, Vec::<String>::new());
        let there = flags(&self.server);
        for (token, known) in self.mails.iter().filter(|(_, known)| !known.is_gone) {
            let now = &there[token];
            let kept = known.by_others.difference(now).count();
            assert_eq!(
                kept, 0,
                "{token}: a mark of others is gone: {known:?}, {now:?}"
            );
            for flag in now {
                let is_somebodys = known.by_others.contains(flag) || known.ours.contains(flag);
                assert!(is_somebodys, "{token}: nobody put {flag} there: {known:?}");
            }
            let wanted = known.ours.difference(&known.taken_away);
            for flag in wanted.filter(|_| !known.was_deleted) {
                assert!(
                    now.contains(flag),
                    "{token}: {flag} is missing: {known:?}\n{}",
                    self.home.log()
                );
            }
        }
        // Everything is done: what is taken away now stays away.
        let before = self.server.mail().asked.len();
        sync(&self.home);
        let asked = self.server.mail().asked.split_off(before).join("\n");
        assert!(!asked.contains("UID STORE"), "{asked}");
    }
}

fn live_through(seed: u64) {
    let mut game = Game::begin(seed);
    for _ in 0..6 {
        for _ in 0..=game.dice.below(3) {
            game.play();
        }
        game.sync_with_faults();
    }
    game.judge();
}

#[test]
fn marks_are_added_once_and_never_fought_over_whatever_the_server_does() {
    games("marks", 8, 120, live_through);
}

/// Marks are stored while the program is ended.
struct Marking {
    kind: Kind,
}

impl Scenario for Marking {
    fn name(&self) -> &str {
        "marks on the server"
    }

    fn command(&self, home: &Home) -> Command {
        home.here(&["sync", "--once"])
    }

    fn prepare(&self) -> Prepared {
        let server = delivered(self.kind, 4);
        let home = marking(&server, "read");
        sync(&home);
        for number in ["1", "2"] {
            home.run(&["ticket", "set", number, "--read"]).done();
        }
        home.run(&["ticket", "reply", "3", "--body", "Try this"])
            .done();
        Prepared {
            home: copied(&home),
            around: Box::new(server),
        }
    }

    fn judge(&self, prepared: &Prepared, _crashed: bool) {
        for _ in 0..2 {
            sync(&prepared.home);
        }
        let server: &ModelImap = prepared.around.downcast_ref().unwrap();
        let marked: Vec<BTreeSet<String>> = flags(server).into_values().collect();
        let count = |wanted: &[&str]| marked.iter().filter(|flags| **flags == set(wanted)).count();
        let counts = (count(&[SEEN]), count(&[ANSWERED, SEEN]), count(&[]));
        assert_eq!(counts, (2, 1, 1), "{marked:?}");
    }
}

#[test]
fn marks_ended_at_any_step_are_all_there_in_the_end() {
    proved(
        &Marking {
            kind: Kind::Condstore,
        },
        3,
    );
}
