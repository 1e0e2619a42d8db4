//! Answers leave while the program is ended. Out is counted by whole mails at the server.

use std::process::Command;

use super::places::{OUTGOING, at_a_sink, connect_maildir, contains, proved, put_in_maildir};
use super::points::{Prepared, Scenario};
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};
use crate::support::program::Home;

/// An answer leaves by SMTP. What the server does at its places differs.
struct Answering {
    name: &'static str,
    script: fn() -> Script,
    template: Home,
    /// The answer is queued within the run that is ended, not before.
    queues_itself: bool,
}

impl Answering {
    fn open(name: &'static str, script: fn() -> Script, queues_itself: bool) -> Self {
        let template = Home::new();
        put_in_maildir(&template, 0..1);
        connect_maildir(&template, &OUTGOING);
        template.run(&["sync", "--once"]).done();
        if !queues_itself {
            template.run(&Self::REPLY).done();
        }
        Self {
            name,
            script,
            template,
            queues_itself,
        }
    }

    const REPLY: [&'static str; 6] = ["ticket", "reply", "1", "--queue", "--body", "Try this"];
}

impl Scenario for Answering {
    fn name(&self) -> &str {
        self.name
    }

    fn command(&self, home: &Home) -> Command {
        if self.queues_itself {
            home.here(&Self::REPLY)
        } else {
            home.here(&["sync", "--once"])
        }
    }

    fn prepare(&self) -> Prepared {
        at_a_sink(&self.template, (self.script)())
    }

    fn judge(&self, prepared: &Prepared, crashed: bool) {
        let home = &prepared.home;
        // What is refused or in doubt fails the command; the outbox says more.
        let _told = home.run(&["sync", "--once"]);
        let sink = prepared.around.downcast_ref::<FakeSmtp>().unwrap();
        let copies = sink
            .seen()
            .whole
            .iter()
            .filter(|mail| contains(mail, b"Try this"))
            .count();
        assert!(copies <= 1, "{copies} copies");
        let lines = home.json(&["outbox", "list", "--all"]);
        let lines = lines.as_array().unwrap();
        assert!(lines.len() <= 1, "{lines:#?}");
        let Some(line) = lines.first() else {
            assert!(self.queues_itself && crashed, "the answer vanished");
            assert_eq!(copies, 0);
            return;
        };
        let state = line["state"].as_str().unwrap();
        match state {
            "sent" => assert_eq!(copies, 1),
            "uncertain" => assert!(crashed, "in doubt without a reason"),
            "deferred" | "refused" => assert!(copies <= 1),
            other => panic!("the answer is {other} with {copies} copies"),
        }
        if state == "sent" {
            home.run(&["doctor"]).done();
        }
    }
}

#[test]
fn an_answer_ended_at_any_step_leaves_at_most_once() {
    proved(&Answering::open("answer", Script::new, false), 1);
}

#[test]
fn an_answer_that_the_server_takes_piece_by_piece_leaves_at_most_once() {
    let plain = || Script::new().offering(&["SIZE 1000000", "AUTH PLAIN"]);
    proved(
        &Answering::open("answer without pipelining", plain, false),
        1,
    );
}

#[test]
fn an_answer_that_is_put_off_leaves_at_most_once() {
    let busy = || Script::new().at(Place::Dot, Act::say("451 4.7.1 try again later"));
    proved(&Answering::open("answer put off", busy, false), 1);
}

#[test]
fn an_answer_that_is_refused_leaves_at_most_once() {
    let refusing = || Script::new().at(Place::Rcpt(0), Act::say("550 5.1.1 no such user"));
    proved(&Answering::open("answer refused", refusing, false), 1);
}

#[test]
fn writing_an_answer_ended_at_any_step_queues_it_whole_or_not_at_all() {
    proved(&Answering::open("queueing an answer", Script::new, true), 1);
}

/// Many answers leave in one run, to different people, over one connection or several.
struct Morning {
    name: &'static str,
    script: fn() -> Script,
    template: Home,
}

const LETTERS: usize = 12;

impl Morning {
    fn open(name: &'static str, script: fn() -> Script) -> Self {
        let template = Home::new();
        put_in_maildir(&template, 0..LETTERS);
        connect_maildir(&template, &OUTGOING);
        template.run(&["sync", "--once"]).done();
        for number in 1..=LETTERS {
            let number = number.to_string();
            let body = format!("Answer {number}.");
            let words = ["ticket", "reply", &number, "--queue", "--body", &body];
            template.run(&words).done();
        }
        Self {
            name,
            script,
            template,
        }
    }
}

impl Scenario for Morning {
    fn name(&self) -> &str {
        self.name
    }

    fn command(&self, home: &Home) -> Command {
        home.here(&["sync", "--once"])
    }

    fn prepare(&self) -> Prepared {
        at_a_sink(&self.template, (self.script)())
    }

    fn judge(&self, prepared: &Prepared, crashed: bool) {
        let home = &prepared.home;
        let _told = home.run(&["sync", "--once"]);
        let sink = prepared.around.downcast_ref::<FakeSmtp>().unwrap();
        let whole = sink.seen().whole;
        let lines = home.json(&["outbox", "list", "--all"]);
        let lines = lines.as_array().unwrap();
        assert_eq!(lines.len(), LETTERS, "an answer vanished");
        for line in lines {
            let subject = line["subject"].as_str().unwrap();
            let copies = whole
                .iter()
                .filter(|mail| contains(mail, format!("Subject: {subject}\r\n").as_bytes()))
                .count();
            assert!(copies <= 1, "{copies} copies of {subject}");
            match line["state"].as_str().unwrap() {
                "sent" => assert_eq!(copies, 1, "{subject} is said to be sent"),
                "uncertain" => assert!(crashed, "in doubt without a reason"),
                "queued" => assert_eq!(copies, 0, "{subject}"),
                // Refused after its dot: the server has seen it, and has said that it does not take it.
                "deferred" | "refused" => {}
                other => panic!("{subject} is {other} with {copies} copies"),
            }
        }
        let in_doubt = lines.iter().filter(|line| line["state"] == "uncertain");
        assert!(in_doubt.count() <= 1, "one line is in doubt at most");
    }
}

#[test]
fn the_answers_of_a_morning_ended_at_any_step_leave_at_most_once_each() {
    proved(&Morning::open("answers of a morning", Script::new), 3);
}

#[test]
fn the_answers_of_a_morning_leave_at_most_once_where_some_are_put_off() {
    let busy = || Script::new().at(Place::Dot, Act::say("451 4.7.1 try again later"));
    proved(&Morning::open("answers of a morning, put off", busy), 3);
}
