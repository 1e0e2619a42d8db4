//! Somebody changes something while the program is ended: all of it is there afterwards, or nothing.

use std::process::Command;

use super::places::{connect_maildir, copied, proved, put_in_maildir};
use super::points::{Prepared, Scenario};
use crate::journeys::office::SUPPORT;
use crate::support::program::Home;

/// A command that changes the store in one step: all of it is there afterwards, or nothing.
struct Changing {
    name: &'static str,
    words: &'static [&'static str],
    template: Home,
    /// What a look at the store says; it must be the same as before the command or as after it.
    look: &'static [&'static str],
    keep: fn(serde_json::Value) -> serde_json::Value,
}

impl Changing {
    fn open(
        name: &'static str,
        words: &'static [&'static str],
        look: &'static [&'static str],
        keep: fn(serde_json::Value) -> serde_json::Value,
    ) -> Self {
        let template = Home::new();
        put_in_maildir(&template, 0..6);
        connect_maildir(&template, &["--no-outgoing"]);
        template.run(&["sync", "--once"]).done();
        Self {
            name,
            words,
            template,
            look,
            keep,
        }
    }

    fn seen(&self, home: &Home) -> serde_json::Value {
        (self.keep)(home.json(self.look))
    }
}

impl Scenario for Changing {
    fn name(&self) -> &str {
        self.name
    }

    fn command(&self, home: &Home) -> Command {
        home.here(self.words)
    }

    fn prepare(&self) -> Prepared {
        Prepared::alone(copied(&self.template))
    }

    fn judge(&self, prepared: &Prepared, _crashed: bool) {
        let before = self.seen(&copied(&self.template));
        let whole = copied(&self.template);
        whole.run(self.words).done();
        let after = self.seen(&whole);
        assert_ne!(
            before, after,
            "the command changes nothing that is looked at"
        );
        let found = self.seen(&prepared.home);
        assert!(found == before || found == after, "half done: {found:#}");
        prepared.home.run(&["doctor"]).done();
        // Done again it is done whole, whatever was there.
        prepared.home.run(self.words);
        assert_eq!(self.seen(&prepared.home), after);
    }
}

fn tickets_without_times(mut tickets: serde_json::Value) -> serde_json::Value {
    for ticket in tickets.as_array_mut().unwrap() {
        let ticket = ticket.as_object_mut().unwrap();
        ticket.retain(|key, _| !key.ends_with("_at"));
    }
    tickets
}

fn names(mailboxes: serde_json::Value) -> serde_json::Value {
    let each = mailboxes.as_array().unwrap().iter();
    each.map(|mailbox| {
        serde_json::json!([mailbox["name"], mailbox["display_name"], mailbox["enabled"]])
    })
    .collect()
}

#[test]
fn triage_ended_at_any_step_is_whole_or_not_at_all() {
    let words = &["ticket", "set", "1", "2", "3", "--status", "closed"];
    proved(
        &Changing::open("triage", words, &["ticket", "list"], tickets_without_times),
        1,
    );
}

#[test]
fn settings_ended_at_any_step_are_the_old_or_the_new_ones() {
    let words = &[
        "mailbox",
        "set",
        SUPPORT,
        "--name",
        "help",
        "--display-name",
        "Acme Help",
        "--no-check",
    ];
    proved(
        &Changing::open("settings", words, &["mailbox", "list"], names),
        1,
    );
}

#[test]
fn switching_off_ended_at_any_step_is_done_or_not() {
    let words = &["mailbox", "disable", SUPPORT];
    proved(
        &Changing::open("switching off", words, &["mailbox", "list"], names),
        1,
    );
}

#[test]
fn merging_ended_at_any_step_is_whole_or_not_at_all() {
    let words = &["ticket", "merge", "5", "6"];
    proved(
        &Changing::open("merging", words, &["ticket", "list"], tickets_without_times),
        1,
    );
}
