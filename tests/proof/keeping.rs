//! The store itself, its copies and the secrets, while the program is ended.

use std::fs;
use std::process::Command;

use super::places::{connect_maildir, copied, proved, put_in_maildir};
use super::points::{Prepared, Scenario};
use super::tokens::every_token_once;
use crate::journeys::office::{PASSWORD, SUPPORT};
use crate::support::program::Home;

/// A copy of the store is made; afterwards there is none, or a whole one.
struct BackingUp {
    template: Home,
}

impl Scenario for BackingUp {
    fn name(&self) -> &str {
        "backup"
    }

    fn command(&self, home: &Home) -> Command {
        home.here(&["backup", "copy.db"])
    }

    fn prepare(&self) -> Prepared {
        Prepared::alone(copied(&self.template))
    }

    fn judge(&self, prepared: &Prepared, crashed: bool) {
        let copy = prepared.home.path().join("copy.db");
        every_token_once(&prepared.home, 6);
        if !copy.exists() {
            assert!(crashed, "a whole run made no copy");
            prepared.home.run(&["backup", "copy.db"]).done();
        }
        let other = Home::new();
        other.run(&["restore", &copy.display().to_string()]).done();
        every_token_once(&other, 6);
    }
}

#[test]
fn a_backup_ended_at_any_step_is_whole_or_not_there() {
    let template = Home::new();
    put_in_maildir(&template, 0..6);
    connect_maildir(&template, &["--no-outgoing"]);
    template.run(&["sync", "--once"]).done();
    proved(&BackingUp { template }, 1);
}

/// Mails are taken in from files.
struct Importing {
    template: Home,
}

impl Scenario for Importing {
    fn name(&self) -> &str {
        "import"
    }

    fn command(&self, home: &Home) -> Command {
        home.here(&["import", "mail", "--mailbox", "support"])
    }

    fn prepare(&self) -> Prepared {
        Prepared::alone(copied(&self.template))
    }

    fn judge(&self, prepared: &Prepared, _crashed: bool) {
        let home = &prepared.home;
        home.run(&["import", "mail", "--mailbox", "support"]).done();
        every_token_once(home, 30);
    }
}

#[test]
fn an_import_ended_at_any_step_and_done_again_brings_every_mail_once() {
    let template = Home::new();
    put_in_maildir(&template, 0..30);
    let nowhere = template.path().join("empty");
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(nowhere.join(part)).unwrap();
    }
    let nowhere = nowhere.display().to_string();
    template
        .run(&[
            "mailbox",
            "add",
            SUPPORT,
            "--maildir",
            &nowhere,
            "--no-outgoing",
            "--no-check",
        ])
        .done();
    proved(&Importing { template }, 1);
}

/// The password is in no scenario's words, because it comes from a command; here it is kept in the secrets file.
struct KeepingAPassword {
    template: Home,
}

impl Scenario for KeepingAPassword {
    fn name(&self) -> &str {
        "password"
    }

    fn command(&self, home: &Home) -> Command {
        fs::write(home.path().join("typed"), "another horse").unwrap();
        let mut command = home.here(&[
            "mailbox",
            "set",
            "support",
            "--password-stdin",
            "--no-check",
        ]);
        let typed = fs::File::open(home.path().join("typed")).unwrap();
        command.stdin(typed);
        command
    }

    fn prepare(&self) -> Prepared {
        Prepared::alone(copied(&self.template))
    }

    fn judge(&self, prepared: &Prepared, _crashed: bool) {
        let kept = fs::read_to_string(prepared.home.data().join("secrets.toml"));
        let kept = kept.unwrap_or_default();
        let (old, new) = (kept.contains(PASSWORD), kept.contains("another horse"));
        assert!(
            old != new,
            "neither the old nor the new password: {}",
            kept.len()
        );
        prepared.home.run(&["doctor"]).done();
    }
}

#[test]
fn a_password_ended_at_any_step_is_the_old_or_the_new_one() {
    let template = Home::new();
    let words = [
        "mailbox",
        "add",
        SUPPORT,
        "--imap",
        "localhost:9",
        "--imap-security",
        "none",
        "--no-outgoing",
        "--no-check",
        "--password-stdin",
    ];
    template.run_with_input(&words, PASSWORD).done();
    proved(&KeepingAPassword { template }, 1);
}

/// A store of the first schema is opened by this version.
struct Upgrading {
    template: Home,
}

impl Scenario for Upgrading {
    fn name(&self) -> &str {
        "migration"
    }

    fn command(&self, home: &Home) -> Command {
        home.here(&["sync", "--once"])
    }

    fn prepare(&self) -> Prepared {
        Prepared::alone(copied(&self.template))
    }

    fn judge(&self, prepared: &Prepared, _crashed: bool) {
        every_token_once(&prepared.home, 6);
        let store = open(&prepared.home);
        let version: i64 = store
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        assert_eq!(version, 4);
        let copies = fs::read_dir(prepared.home.data()).unwrap();
        let copies = copies.filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().ends_with(".before-upgrade-from-v1")
        });
        assert_eq!(copies.count(), 1, "the store of before is kept");
    }
}

fn open(home: &Home) -> rusqlite::Connection {
    rusqlite::Connection::open(home.data().join("ticketty.db")).unwrap()
}

#[test]
fn a_migration_ended_at_any_step_is_whole_or_begins_again() {
    let template = Home::new();
    put_in_maildir(&template, 0..6);
    connect_maildir(&template, &["--no-outgoing"]);
    template.run(&["sync", "--once"]).done();
    let store = open(&template);
    store
        .execute_batch(
            "DROP INDEX outbox_open; DROP TABLE setting_change; DROP INDEX message_came; DROP INDEX outbox_automatic_to;
             DROP INDEX outbox_automatic_of; ALTER TABLE signature DROP COLUMN operator;
             ALTER TABLE signature DROP COLUMN is_markdown;
             DROP INDEX ticket_flood; DROP INDEX ticket_listed; DROP INDEX ticket_open;
             ALTER TABLE ticket DROP COLUMN flood;
             CREATE INDEX ticket_listed ON ticket (updated_at);
             CREATE INDEX ticket_open ON ticket (updated_at) WHERE status <> 3;
             PRAGMA user_version = 1;",
        )
        .unwrap();
    drop(store);
    proved(&Upgrading { template }, 1);
}
