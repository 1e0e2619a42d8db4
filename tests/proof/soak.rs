//! An hour of a bad day: mail in, answers out, and everything around falls over again and again.
//!
//! `tests/soak MINUTES` runs it; no test run does. What went in and what came out is counted at the servers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::journeys::office::{MailOffice, OLENA, PASSWORD, SUPPORT, field, letter};
use crate::support::desk_pty::Desk;
use crate::support::fault_proxy::FaultProxy;
use crate::support::model_imap::Seeded;
use crate::support::program::{Home, Running, until};

use super::tokens::tokens;

const MAIL_EVERY: Duration = Duration::from_millis(50);
const ANSWER_EVERY: Duration = Duration::from_millis(500);
/// How long everything may take to settle when the bad day is over.
const SETTLING: Duration = Duration::from_secs(600);

/// What was done, for the table at the end.
#[derive(Debug, Default)]
struct Tally {
    delivered: AtomicUsize,
    engine_kills: AtomicUsize,
    desk_kills: AtomicUsize,
    server_restarts: AtomicUsize,
    password_changes: AtomicUsize,
}

struct BadDay {
    mail: Mutex<MailOffice>,
    home: Home,
    imap: FaultProxy,
    smtp: FaultProxy,
    tally: Tally,
    is_over: AtomicBool,
    /// Answers whose command said that they are queued, by their token.
    answered: Mutex<BTreeSet<String>>,
}

impl BadDay {
    fn begin(seed: u64) -> Self {
        let mail = MailOffice::unconnected();
        let imap = FaultProxy::start(mail.office.dovecot.plain_port, seed, 6);
        let smtp = FaultProxy::start(mail.postfix.port(), seed + 1, 12);
        let home = Home::new();
        let trusted = mail.office.home.path().join("trusted.pem");
        let words = [
            "mailbox",
            "add",
            SUPPORT,
            "--since",
            "all",
            "--password-stdin",
            "--no-check",
            "--undo-window",
            "0",
            "--imap",
            &format!("localhost:{}", imap.port),
            "--imap-security",
            "none",
            "--smtp",
            &format!("localhost:{}", smtp.port),
            "--smtp-security",
            "starttls",
            "--ca-file",
            &trusted.display().to_string(),
        ];
        home.run_with_input(&words, PASSWORD).done();
        Self {
            mail: Mutex::new(mail),
            home,
            imap,
            smtp,
            tally: Tally::default(),
            is_over: AtomicBool::new(false),
            answered: Mutex::default(),
        }
    }

    fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
    }

    fn customers_write(&self) {
        let mut due = Instant::now();
        while self.goes_on() {
            let n = self.tally.delivered.fetch_add(1, Ordering::Relaxed);
            let mail = letter(&format!("token-{n}"), &format!("Matter {n}"));
            self.mail.lock().unwrap().office.arrives(&mail);
            due += MAIL_EVERY;
            std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
        }
    }

    fn operators_answer(&self, seed: u64) {
        let mut dice = Seeded::new(seed);
        let mut due = Instant::now();
        for n in 0.. {
            due += ANSWER_EVERY;
            std::thread::park_timeout(due.saturating_duration_since(Instant::now()));
            if !self.goes_on() {
                return;
            }
            let tickets = self.tally.delivered.load(Ordering::Relaxed) as u64;
            let number = (1 + dice.below(tickets.max(1))).to_string();
            let token = format!("answer-{n}-");
            let ran = self
                .home
                .run(&["ticket", "reply", &number, "--queue", "--body", &token]);
            if ran.code == 0 {
                self.answered.lock().unwrap().insert(token);
            }
        }
    }

    fn things_break(&self, seed: u64) {
        let mut dice = Seeded::new(seed);
        let mut engine = Some(self.start_engine());
        let mut desk = Some(Desk::open(&self.home));
        let mut password = 0;
        while self.goes_on() {
            self.wait(Duration::from_millis(4000 + dice.below(8000)));
            match dice.below(10) {
                0..=4 => {
                    engine.take().unwrap().kill_9();
                    engine = Some(self.start_engine());
                    self.tally.engine_kills.fetch_add(1, Ordering::Relaxed);
                }
                5 | 6 => {
                    desk.take().unwrap().kill_9();
                    desk = Some(Desk::open(&self.home));
                    self.tally.desk_kills.fetch_add(1, Ordering::Relaxed);
                }
                7 | 8 => {
                    self.mail.lock().unwrap().office.dovecot.restart();
                    self.tally.server_restarts.fetch_add(1, Ordering::Relaxed);
                }
                _ => {
                    password += 1;
                    self.change_password(&format!("{PASSWORD} {password}"), &mut dice);
                }
            }
        }
    }

    fn start_engine(&self) -> Running {
        self.home.start(&["sync"])
    }

    fn wait(&self, time: Duration) {
        let end = Instant::now() + time;
        while self.goes_on() && Instant::now() < end {
            std::thread::park_timeout(Duration::from_millis(100));
        }
    }

    /// The server has a new password; some time later an operator says so here, too.
    fn change_password(&self, password: &str, dice: &mut Seeded) {
        self.mail
            .lock()
            .unwrap()
            .office
            .dovecot
            .set_password(SUPPORT, password);
        self.wait(Duration::from_millis(dice.below(6000)));
        let words = ["mailbox", "set", SUPPORT, "--password-stdin", "--no-check"];
        self.home.run_with_input(&words, password).done();
        self.tally.password_changes.fetch_add(1, Ordering::Relaxed);
    }

    /// The bad day is over: what is late may still come.
    fn settle(&self) {
        self.imap.calm_down();
        self.smtp.calm_down();
        let engine = self.start_engine();
        let end = Instant::now() + SETTLING;
        loop {
            let waiting = self.states();
            let waiting = ["queued", "claimed", "sending", "dot", "deferred"]
                .iter()
                .any(|state| waiting.contains_key(*state));
            let came = self.tickets();
            let all = i64::try_from(self.tally.delivered.load(Ordering::Relaxed)).unwrap();
            if (!waiting && came >= all) || Instant::now() > end {
                break;
            }
            std::thread::park_timeout(Duration::from_secs(2));
        }
        drop(engine);
        self.mail.lock().unwrap().postfix.wait_until_idle();
    }

    /// How many tickets the store has; asked of the store, because a list of all would take longer than it tells.
    fn tickets(&self) -> i64 {
        let store = rusqlite::Connection::open(self.home.data().join("ticketty.db")).unwrap();
        store
            .query_row("SELECT count(*) FROM ticket", [], |row| row.get(0))
            .unwrap()
    }

    fn states(&self) -> BTreeMap<String, usize> {
        let mut states = BTreeMap::new();
        // On a machine that is busy with other things, a command may give way to the engine and say so.
        let lines = until("the outbox to be listed", SETTLING, || {
            let ran = self.home.run(&["--json", "outbox", "list", "--all"]);
            (ran.code == 0).then(|| serde_json::from_str::<Value>(&ran.stdout).unwrap())
        });
        for line in lines.as_array().unwrap() {
            let state = line["state"].as_str().unwrap().to_owned();
            *states.entry(state).or_default() += 1;
        }
        states
    }

    /// How often each answer arrived at the customer.
    fn arrived(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for mail in self.mail.lock().unwrap().postfix.mails(OLENA) {
            assert!(field(&mail, "Message-ID").is_some());
            if let Some(token) = mail.lines().find(|line| line.starts_with("answer-")) {
                *times.entry(token.trim().to_owned()).or_default() += 1;
            }
        }
        times
    }

    fn judge(&self, minutes: u64) {
        let found = tokens(&self.home);
        let delivered = self.tally.delivered.load(Ordering::Relaxed);
        let lost = (0..delivered)
            .filter(|n| !found.contains_key(&format!("token-{n}")))
            .count();
        let doubled = found.values().filter(|times| **times > 1).count();
        let arrived = self.arrived();
        let answered = self.answered.lock().unwrap();
        let states = self.states();
        let of = |state: &str| states.get(state).copied().unwrap_or(0);
        let not_there = answered
            .iter()
            .filter(|token| !arrived.contains_key(*token))
            .count();
        let sent_twice = arrived.values().filter(|times| **times > 1).count();
        let stuck: usize = states
            .iter()
            .filter(|(state, _)| !matches!(&***state, "sent" | "uncertain" | "cancelled"))
            .map(|(_, count)| count)
            .sum();
        let number = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        println!("soak minutes      {minutes}");
        println!("engine kills      {}", number(&self.tally.engine_kills));
        println!("desk kills        {}", number(&self.tally.desk_kills));
        println!("server restarts   {}", number(&self.tally.server_restarts));
        println!("password changes  {}", number(&self.tally.password_changes));
        println!(
            "lines cut         {} IMAP, {} SMTP",
            self.imap.cuts(),
            self.smtp.cuts()
        );
        println!("mails in          {delivered}, lost {lost}, doubled {doubled}");
        println!(
            "answers queued    {}, sent {}, at the customer {}",
            answered.len(),
            of("sent"),
            arrived.len()
        );
        println!(
            "answers doubled   {sent_twice}, stuck {stuck}, uncertain {}, queued and not at the customer {not_there}",
            of("uncertain")
        );
        assert_eq!((lost, doubled, sent_twice, stuck), (0, 0, 0, 0));
        assert!(
            not_there <= of("uncertain"),
            "an answer vanished: {states:?}"
        );
    }
}

#[test]
#[ignore = "takes as long as it is told to: tests/soak MINUTES"]
fn a_bad_day_loses_and_doubles_nothing() {
    let minutes: u64 =
        std::env::var("TICKETTY_SOAK_MINUTES").map_or(1, |minutes| minutes.parse().unwrap());
    let seed: u64 = std::env::var("TICKETTY_SEED").map_or(1, |seed| seed.parse().unwrap());
    println!("TICKETTY_SEED={seed}");
    let day = Arc::new(BadDay::begin(seed));
    std::thread::scope(|scope| {
        scope.spawn(|| day.customers_write());
        scope.spawn(|| day.operators_answer(seed + 2));
        scope.spawn(|| day.things_break(seed + 3));
        std::thread::park_timeout(Duration::from_secs(minutes * 60));
        day.is_over.store(true, Ordering::Relaxed);
    });
    day.settle();
    day.judge(minutes);
}
