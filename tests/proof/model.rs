//! The program against a model of a mail server: what the server holds and what the program has are compared.
//!
//! A seed decides what happens to the server's mail and how the server misbehaves; a failure prints it, and
//! `TICKETTY_SEED=n` runs it again alone.

use std::collections::BTreeMap;

use super::places::{connect_imap, copied};
use super::points::{count, games, share};
use super::tokens::{tokens, told};
use crate::journeys::office::letter;
use crate::support::model_imap::{Faults, Kind, ModelImap, Seeded};
use crate::support::program::Home;

const FOLDERS: [&str; 3] = ["INBOX", "Sales", "Old"];

/// What has happened to the mails so far.
struct World {
    server: ModelImap,
    home: Home,
    dice: Seeded,
    delivered: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Seeded::new(seed);
        let kinds = [Kind::Plain, Kind::Condstore, Kind::Qresync];
        let kind = kinds[usize::try_from(dice.below(3)).unwrap()];
        let server = ModelImap::start(kind, &FOLDERS);
        let home = connect_imap(&server);
        Self {
            server,
            home,
            dice,
            delivered: 0,
        }
    }

    fn some_folder(&mut self) -> &'static str {
        FOLDERS[usize::try_from(self.dice.below(3)).unwrap()]
    }

    /// The place of some mail of a folder, if it has any.
    fn some_place(&mut self, folder: &str) -> Option<usize> {
        let count = self.server.mail().folders[folder].len() as u64;
        (count > 0).then(|| usize::try_from(self.dice.below(count)).unwrap())
    }

    fn deliver(&mut self) {
        for _ in 0..=self.dice.below(6) {
            let token = format!("token-{}", self.delivered);
            let folder = self.some_folder();
            self.server
                .deliver(folder, &letter(&token, &format!("Matter {token}")));
            self.delivered += 1;
        }
    }

    fn take_one_away(&mut self) -> Option<(&'static str, Vec<u8>)> {
        let folder = self.some_folder();
        let place = self.some_place(folder)?;
        let raw = self
            .server
            .mail()
            .folders
            .get_mut(folder)
            .unwrap()
            .remove(place);
        Some((folder, raw))
    }

    /// Something happens to the mail while nobody looks.
    fn change(&mut self) {
        match self.dice.below(9) {
            0..=4 => self.deliver(),
            5 => {
                self.take_one_away();
            }
            6 => {
                if let Some((_, raw)) = self.take_one_away() {
                    let folder = self.some_folder();
                    self.server.mail().folders.get_mut(folder).unwrap().add(raw);
                }
            }
            7 => {
                let folder = self.some_folder();
                if let Some(place) = self.some_place(folder) {
                    self.server
                        .mail()
                        .folders
                        .get_mut(folder)
                        .unwrap()
                        .mark_seen(place);
                }
            }
            _ => {
                let folder = self.some_folder();
                self.server
                    .mail()
                    .folders
                    .get_mut(folder)
                    .unwrap()
                    .number_anew();
            }
        }
    }

    fn sync_with_faults(&mut self) {
        let dice = Seeded::new(self.dice.below(u64::MAX));
        let one_in = 4 + self.dice.below(12);
        self.server.set_faults(Faults::Random { dice, one_in });
        // It fails or not; what matters is what is there in the end.
        let _ran = self.home.run(&["sync", "--once"]);
        self.server.set_faults(Faults::None);
    }

    /// Every mail that the server still has came into a ticket, and none came twice.
    fn judge(&self) {
        for _ in 0..2 {
            self.home.run(&["sync", "--once"]).done();
        }
        let found = tokens(&self.home);
        let twice: Vec<_> = found.iter().filter(|(_, times)| **times != 1).collect();
        assert!(twice.is_empty(), "doubled: {twice:?}");
        let mail = self.server.mail();
        let there: BTreeMap<String, ()> = mail
            .folders
            .values()
            .flat_map(|folder| folder.raw())
            .map(|raw| (told(&String::from_utf8_lossy(raw)), ()))
            .collect();
        let lost: Vec<_> = there
            .keys()
            .filter(|token| !found.contains_key(*token))
            .collect();
        assert!(lost.is_empty(), "lost: {lost:?}\n{}", self.home.log());
        drop(mail);
        self.home.run(&["doctor"]).done();
    }
}

fn live_through(seed: u64) {
    let mut world = World::new(seed);
    world.deliver();
    for _ in 0..6 {
        world.change();
        world.sync_with_faults();
    }
    world.judge();
}

#[test]
fn whatever_the_server_does_every_mail_comes_once() {
    games("receiving", 24, 400, live_through);
}

/// A session that was cut at this byte is taken up again by the next one.
fn cut_at(server: &ModelImap, template: &Home, count: u64, byte: usize) {
    let home = copied(template);
    server.set_faults(Faults::CutAt(byte));
    let _cut = home.run(&["sync", "--once"]);
    server.set_faults(Faults::None);
    home.run(&["sync", "--once"]).done();
    let expected: BTreeMap<String, usize> = (0..count).map(|n| (format!("token-{n}"), 1)).collect();
    assert_eq!(tokens(&home), expected, "cut after byte {byte}");
}

#[test]
fn a_session_cut_at_any_byte_loses_and_doubles_nothing() {
    const MAILS: u64 = 4;
    for kind in [Kind::Plain, Kind::Qresync] {
        let server = ModelImap::start(kind, &FOLDERS[..2]);
        for n in 0..MAILS {
            let folder = FOLDERS[usize::try_from(n % 2).unwrap()];
            server.deliver(
                folder,
                &letter(&format!("token-{n}"), &format!("Matter {n}")),
            );
        }
        let template = connect_imap(&server);
        let whole = copied(&template);
        whole.run(&["sync", "--once"]).done();
        let bytes = server.mail().said_bytes;
        assert!(bytes > 1500, "{bytes} bytes in all");
        let step = usize::try_from(share(37, 1)).unwrap();
        let cuts = (0..bytes)
            .step_by(step)
            .inspect(|byte| cut_at(&server, &template, MAILS, *byte))
            .count();
        assert!(cuts > 0);
        count("cuts", cuts, &format!("{kind:?}"));
    }
}
