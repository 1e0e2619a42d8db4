//! Mail comes in while the program is ended.

use std::process::Command;

use super::places::{connect_imap, copied, proved};
use super::points::{Prepared, Scenario};
use super::tokens::every_token_once;
use crate::journeys::office::{Office, SUPPORT, letter};
use crate::support::model_imap::{Kind, ModelImap};
use crate::support::program::Home;

/// Mail of an IMAP server is fetched for the first time, or goes on being fetched.
struct Fetching {
    name: &'static str,
    office: Office,
    template: Home,
    count: usize,
}

impl Fetching {
    fn open(name: &'static str, before: usize, count: usize) -> Self {
        let mut office = Office::open();
        let mails = |range: std::ops::Range<usize>| {
            range
                .map(|n| letter(&format!("token-{n}"), &format!("Matter {n}")))
                .collect::<Vec<_>>()
        };
        office
            .dovecot
            .deliver_many(SUPPORT, "INBOX", mails(0..before));
        office.connect_reading();
        if before > 0 {
            office.sync();
        }
        for n in before..count {
            office
                .dovecot
                .deliver_many(SUPPORT, "INBOX", mails(n..n + 1));
        }
        let template = copied(&office.home);
        Self {
            name,
            office,
            template,
            count,
        }
    }
}

impl Scenario for Fetching {
    fn name(&self) -> &str {
        self.name
    }

    fn command(&self, home: &Home) -> Command {
        home.here(&["sync", "--once"])
    }

    fn prepare(&self) -> Prepared {
        assert!(self.office.dovecot.plain_port > 0);
        Prepared::alone(copied(&self.template))
    }

    fn judge(&self, prepared: &Prepared, _crashed: bool) {
        prepared.home.run(&["sync", "--once"]).done();
        every_token_once(&prepared.home, self.count);
    }
}

#[test]
fn a_first_sync_ended_at_any_step_brings_every_mail_once() {
    proved(&Fetching::open("first sync", 0, 40), 1);
}

#[test]
fn live_mail_ended_at_any_step_comes_once() {
    proved(&Fetching::open("live mail", 20, 32), 1);
}

/// The same from many folders of a model server, whose mails get new numbers, move and are read meanwhile.
struct Following {
    name: String,
    _server: ModelImap,
    template: Home,
    count: usize,
}

const FOLDERS: [&str; 8] = [
    "INBOX", "Sales", "Billing", "Events", "Press", "Jobs", "Old", "Older",
];
const MAILS: usize = 40;

impl Following {
    fn open(kind: Kind, is_first: bool) -> Self {
        let server = ModelImap::start(kind, &FOLDERS);
        let home = connect_imap(&server);
        let mut count = 0;
        let mut deliver = |mails: usize| {
            for _ in 0..mails {
                let token = format!("token-{count}");
                let folder = FOLDERS[count % FOLDERS.len()];
                server.deliver(folder, &letter(&token, &format!("Matter {count}")));
                count += 1;
            }
        };
        deliver(MAILS);
        if !is_first {
            home.run(&["sync", "--once"]).done();
            deliver(MAILS / 2);
            let mut mail = server.mail();
            for name in ["Sales", "Old"] {
                mail.folders.get_mut(name).unwrap().number_anew();
            }
            let moved = mail.folders.get_mut("Billing").unwrap().remove(0);
            mail.folders.get_mut("Older").unwrap().add(moved);
            mail.folders.get_mut("Jobs").unwrap().mark_seen(1);
        }
        Self {
            name: format!(
                "{} {kind:?}",
                if is_first {
                    "many folders"
                } else {
                    "changed folders"
                }
            ),
            _server: server,
            template: home,
            count,
        }
    }
}

impl Scenario for Following {
    fn name(&self) -> &str {
        &self.name
    }

    fn command(&self, home: &Home) -> Command {
        home.here(&["sync", "--once"])
    }

    fn prepare(&self) -> Prepared {
        Prepared::alone(copied(&self.template))
    }

    fn judge(&self, prepared: &Prepared, _crashed: bool) {
        prepared.home.run(&["sync", "--once"]).done();
        every_token_once(&prepared.home, self.count);
    }
}

#[test]
fn mail_of_many_folders_comes_once_from_a_server_that_can_nothing() {
    proved(&Following::open(Kind::Plain, true), 3);
}

#[test]
fn mail_of_many_folders_comes_once_from_a_server_that_can_much() {
    proved(&Following::open(Kind::Qresync, true), 3);
}

#[test]
fn folders_that_changed_meanwhile_lose_nothing_where_the_server_can_nothing() {
    proved(&Following::open(Kind::Plain, false), 3);
}

#[test]
fn folders_that_changed_meanwhile_lose_nothing_where_the_server_counts_changes() {
    proved(&Following::open(Kind::Condstore, false), 3);
}

#[test]
fn folders_that_changed_meanwhile_lose_nothing_where_the_server_tells_of_them() {
    proved(&Following::open(Kind::Qresync, false), 3);
}
