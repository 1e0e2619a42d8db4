//! The outbox against a model of a mail server that refuses, falls silent, lies and vanishes at any place, while the
//! program ends at any step and the operator decides what is in doubt.
//!
//! After every move the states in the outbox are compared with what the server took charge of. A seed decides the
//! moves; a failure prints it, and `TICKETTY_SEED=n` runs it again alone.

use std::collections::BTreeMap;
use std::process::Stdio;

use serde_json::Value;
use ticketty::crash_point::CRASH_AT;

use super::places::{OUTGOING, connect_maildir, copied, put_in_maildir, sends_to};
use super::points::games;
use crate::journeys::office::field;
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};
use crate::support::model_imap::Seeded;
use crate::support::program::Home;

const TICKETS: usize = 4;
const ROUNDS: usize = 7;

/// One recipient of one answer.
type Letter = (String, String);

/// A line of the outbox, as the command line shows it.
struct Line {
    id: String,
    message_id: String,
    to: Vec<String>,
    state: String,
}

impl Line {
    fn of(value: &Value) -> Self {
        let word = |name: &str| value[name].as_str().unwrap().to_owned();
        Self {
            id: value["id"].to_string(),
            message_id: word("message_id"),
            to: value["to"]
                .as_array()
                .unwrap()
                .iter()
                .map(|to| to.as_str().unwrap().to_owned())
                .collect(),
            state: word("state"),
        }
    }

    fn letters(&self) -> impl Iterator<Item = Letter> + '_ {
        let of = |to: &String| (self.message_id.clone(), to.clone());
        self.to.iter().map(of)
    }
}

struct World {
    server: FakeSmtp,
    home: Home,
    dice: Seeded,
    /// Answers whose command said that they are queued.
    queued: usize,
    /// Commands that were ended, so that nobody knows.
    perhaps_queued: usize,
    /// How often the operator said "once more" to a letter that may have left.
    once_more: BTreeMap<Letter, usize>,
    /// Lines that the operator took for sent.
    taken_for_sent: Vec<String>,
}

impl World {
    fn new(template: &Home, seed: u64) -> Self {
        let server = FakeSmtp::start(Script::new());
        let home = copied(template);
        sends_to(&home, server.port());
        Self {
            server,
            home,
            dice: Seeded::new(seed),
            queued: 0,
            perhaps_queued: 0,
            once_more: BTreeMap::new(),
            taken_for_sent: Vec::new(),
        }
    }

    fn lines(&self) -> Vec<Line> {
        let lines = self.home.json(&["outbox", "list", "--all"]);
        lines.as_array().unwrap().iter().map(Line::of).collect()
    }

    /// Runs a command that may be ended at some step. Says whether it came to its end, and well.
    fn perhaps_ended(&mut self, words: &[&str]) -> Option<bool> {
        let mut command = self.home.here(words);
        if self.dice.below(3) == 0 {
            let point = 1 + self.dice.below(30);
            command.env(CRASH_AT, point.to_string());
        }
        let ran = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        ran.code().map(|code| code == 0)
    }

    fn answer(&mut self) {
        let number = (1 + self.dice.below(TICKETS as u64)).to_string();
        let mut words = vec!["ticket", "reply", &number, "--queue", "--body", "Try this."];
        if self.dice.below(2) == 0 {
            words.extend(["--cc", "boss@customer.test"]);
        }
        match self.perhaps_ended(&words) {
            Some(true) => self.queued += 1,
            Some(false) => panic!("an answer was refused"),
            None => self.perhaps_queued += 1,
        }
    }

    /// What the server does to whoever connects next: mostly one thing goes wrong.
    fn mood(&mut self) -> Script {
        let script = match self.dice.below(4) {
            0 => Script::new().offering(&["SIZE 1000000", "AUTH PLAIN"]),
            _ => Script::new(),
        };
        let places = [
            Place::Greeting,
            Place::Ehlo,
            Place::Auth,
            Place::Mail,
            Place::Rcpt(0),
            Place::Rcpt(1),
            Place::Data,
            Place::Content,
            Place::Dot,
            Place::Dot,
            Place::Dot,
        ];
        let place = places[usize::try_from(self.dice.below(places.len() as u64)).unwrap()];
        let act = match self.dice.below(8) {
            0 => Act::Cut,
            1 => Act::Reset,
            2 => Act::say("451 4.3.0 try again later"),
            3 => Act::say("550 5.7.1 not from you"),
            4 => Act::SayAndCut("421 4.3.2 shutting down".to_owned()),
            5 => Act::Bytes(b"what?\r\n".to_vec()),
            6 => Act::SayAndCut("25".to_owned()),
            _ => return script,
        };
        script.at(place, act)
    }

    fn sync(&mut self) {
        let script = self.mood();
        self.server.play(script);
        let _ran = self.perhaps_ended(&["sync", "--once"]);
    }

    /// The operator decides about a line.
    fn decide(&mut self, line: &Line) {
        match line.state.as_str() {
            "uncertain" if self.dice.below(3) == 0 => {
                self.home.run(&["outbox", "mark-sent", &line.id]).done();
                self.taken_for_sent.push(line.id.clone());
            }
            "uncertain" => {
                self.home.run(&["outbox", "retry", &line.id]).done();
                for letter in line.letters() {
                    *self.once_more.entry(letter).or_default() += 1;
                }
            }
            "deferred" => {
                self.home.run(&["outbox", "retry", &line.id]).done();
            }
            "queued" if self.dice.below(6) == 0 => {
                self.home.run(&["outbox", "cancel", &line.id]).done();
            }
            _ => {}
        }
    }

    /// How often the server took charge of each letter.
    fn copies(&self) -> BTreeMap<Letter, usize> {
        let mut copies = BTreeMap::new();
        for accepted in self.server.seen().accepted {
            let id = field(&String::from_utf8_lossy(&accepted.mail), "Message-ID").unwrap();
            let id = id.trim_matches(['<', '>']).to_owned();
            for to in accepted.to {
                *copies.entry((id.clone(), to)).or_default() += 1;
            }
        }
        copies
    }

    fn judge(&self) {
        let (lines, copies) = (self.lines(), self.copies());
        let mut answers: Vec<_> = lines.iter().map(|line| &line.message_id).collect();
        answers.sort();
        answers.dedup();
        let most = self.queued + self.perhaps_queued;
        assert!(
            (self.queued..=most).contains(&answers.len()),
            "{} answers, where {} to {most} were queued",
            answers.len(),
            self.queued
        );
        for line in &lines {
            for letter in line.letters() {
                self.judge_letter(line, &letter, copies.get(&letter).copied().unwrap_or(0));
            }
        }
        for letter in copies.keys() {
            let known = lines
                .iter()
                .any(|line| line.letters().any(|of| of == *letter));
            assert!(known, "nobody wrote {letter:?}");
        }
    }

    fn judge_letter(&self, line: &Line, letter: &Letter, copies: usize) {
        let once_more = self.once_more.get(letter).copied().unwrap_or(0);
        let state = line.state.as_str();
        let sentence = format!("{letter:?} is {state}, with {copies} copies at the server");
        assert!(copies <= 1 + once_more, "doubled: {sentence}");
        match state {
            "sent" if !self.taken_for_sent.contains(&line.id) => {
                assert!(copies >= 1, "lost: {sentence}");
            }
            "queued" | "deferred" | "refused" | "cancelled" if once_more == 0 => {
                assert_eq!(copies, 0, "told wrongly: {sentence}");
            }
            "sending" | "dot" => panic!("stuck: {sentence}"),
            _ => {}
        }
    }

    /// The server is well again, and nothing is left on its way.
    fn settle(&mut self) {
        self.server.play(Script::new());
        for _ in 0..6 {
            for line in self.lines() {
                self.decide(&line);
            }
            self.home.run(&["sync", "--once"]);
            self.judge();
        }
        for line in self.lines() {
            assert!(
                matches!(line.state.as_str(), "sent" | "refused" | "cancelled"),
                "stuck: {} is {}",
                line.message_id,
                line.state
            );
        }
    }
}

fn live_through(template: &Home, seed: u64) {
    let mut world = World::new(template, seed);
    for _ in 0..ROUNDS {
        for _ in 0..world.dice.below(3) {
            world.answer();
        }
        world.sync();
        // Only a run that comes to its end leaves nothing half done.
        world.home.run(&["sync", "--once"]);
        world.judge();
        for line in world.lines() {
            if world.dice.below(2) == 0 {
                world.decide(&line);
            }
        }
    }
    world.settle();
}

#[test]
fn whatever_the_server_does_every_answer_leaves_once_or_is_in_doubt() {
    let template = Home::new();
    put_in_maildir(&template, 0..TICKETS);
    connect_maildir(&template, &OUTGOING);
    template.run(&["sync", "--once"]).done();
    games("sending", 12, 400, |seed| live_through(&template, seed));
}
