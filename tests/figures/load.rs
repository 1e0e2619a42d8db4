//! A store with very many messages, and mail that comes faster than anybody reads it.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use ticketty::domain::query::{Asker, Query, TextTerm};
use ticketty::store::read;
use ticketty::store::sqlite::{OpenOptions, SqliteStore};

use super::desk::key_row;
use super::generate::{self, Amount, Filled};
use super::mails;
use super::ours::{Home, PROGRAM};
use super::receiving;
use super::support::dovecot::Dovecot;
use super::table::{Table, millis, percentile, seconds};
use super::terminal::Terminal;

const TIMES: usize = 40;
const KEYS: usize = 200;
const PATIENCE: Duration = Duration::from_secs(5);
const BETWEEN_KEYS: Duration = Duration::from_millis(40);
/// Mails that come between two looks at the clock.
const AT_ONCE: usize = 20;
/// How long the last mails may take to come in.
const SETTLING: Duration = Duration::from_secs(300);

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub messages: u32,
    pub burst: Duration,
    pub mails_a_second: usize,
}

pub fn measure(table: &mut Table, medium: &Path, load: Load) {
    let home = Home::new(medium);
    let filled = fill(&home, load.messages);
    let count = load.messages;
    search(table, &home, filled, count);
    at_rest(table, &home, count);
    let mut server = receiving::server(medium, 0);
    home.add_mailbox(server.plain_port);
    home.sync(0);
    server.deliver_many("anna", "INBOX", (0..10).map(mails::mail));
    table.row(
        &format!("ten new beside {count}, program start to exit"),
        millis(home.sync(10)),
        "-".into(),
        "-".into(),
        "0.2 s",
    );
    burst(table, &home, &mut server, load);
}

/// Fills the store of a home; the mailbox of these messages is switched off, because its server does not exist.
fn fill(home: &Home, messages: u32) -> Filled {
    home.run(&["mailbox", "list"]);
    let store = SqliteStore::open(home.store(), OpenOptions::default()).unwrap();
    let amount = Amount {
        tickets: messages / 2,
        mails_each: 2,
        closed_every: 3,
        raw_bytes: 0,
        batch: 2000,
    };
    let began = Instant::now();
    let filled = generate::fill(&store, amount).unwrap();
    drop(store);
    let spent = seconds(began.elapsed());
    eprintln!(
        "{messages} messages stored in {spent}, {} MiB",
        home.mebibytes()
    );
    let other = ["--address", "archive@acme.test", "--name", "archive"];
    home.run(&[&["mailbox", "set", "support", "--no-check"], &other[..]].concat());
    home.run(&["mailbox", "disable", "archive"]);
    filled
}

fn search(table: &mut Table, home: &Home, filled: Filled, count: u32) {
    let store = SqliteStore::open(home.store(), OpenOptions::default()).unwrap();
    let asker = Asker {
        now: filled.newest,
        operator: filled.operator,
        zone: "Europe/Kyiv".into(),
    };
    for word in ["the", "renewal", "invo", "принтер", "接続"] {
        let query = Query::Text(TextTerm::Word(word.into()));
        let mut hits = 0;
        let spent: Vec<Duration> = (0..TIMES)
            .map(|_| {
                let began = Instant::now();
                let found = read(&store, |seen| seen.search_messages(&query, &asker, 50));
                hits = found.unwrap().len();
                began.elapsed()
            })
            .collect();
        table.row(
            &format!("search of {count}: {word}"),
            format!("p95 {} ({hits} hits)", millis(percentile(&spent, 95))),
            "-".into(),
            "-".into(),
            "p95 60 ms",
        );
    }
}

fn open(home: &Home) -> Terminal {
    Terminal::start(PROGRAM, &home.arguments(), home.path())
}

/// The generated customers, of whom some are always in sight.
fn shows_list(screen: &str) -> bool {
    let names = ["Kovalenko", "Bondar", "James Wu", "Zoë", "田中", "Їжакевич"];
    names.iter().filter(|name| screen.contains(*name)).count() >= 2
}

fn at_rest(table: &mut Table, home: &Home, count: u32) {
    let starts: Vec<Duration> = (0..5)
        .map(|_| open(home).until("the list", shows_list))
        .collect();
    let mut row = |what: &str, figure: String, aim: &str| {
        table.row(
            &format!("{what}, {count}"),
            figure,
            "-".into(),
            "-".into(),
            aim,
        );
    };
    row("start to list", millis(percentile(&starts, 50)), "300 ms");
    let mut desk = open(home);
    desk.until("the list", shows_list);
    desk.listen(Duration::from_secs(2));
    row("open a ticket", millis(desk.press("\r", PATIENCE)), "20 ms");
    desk.press("\x1b", PATIENCE);
    desk.listen(Duration::from_secs(1));
    row(
        "memory of the desk",
        format!("{:.0} MiB", desk.resident_mebibytes()),
        "120 MiB",
    );
    let spent = keys(&mut desk, KEYS);
    key_row(
        table,
        &format!("key to frame, {count}"),
        &spent,
        None,
        "p50 6 ms, p95 20 ms",
    );
}

fn keys(desk: &mut Terminal, count: usize) -> Vec<Duration> {
    (0..count)
        .map(|n| {
            let spent = desk.press(if n % 4 < 2 { "j" } else { "k" }, PATIENCE);
            desk.listen(BETWEEN_KEYS);
            spent
        })
        .collect()
}

/// Mail comes at this pace for this long while somebody presses keys; then it is counted.
fn burst(table: &mut Table, home: &Home, server: &mut Dovecot, load: Load) {
    let mut desk = open(home);
    desk.until("the list", shows_list);
    let before = incoming(home);
    let began = Instant::now();
    let mut delivered = 0;
    let mut spent = Vec::new();
    while began.elapsed() < load.burst {
        let due = (began.elapsed().as_secs_f64() * load.mails_a_second as f64) as usize;
        while delivered < due {
            let next = (delivered..delivered + AT_ONCE).map(|n| mails::mail(n + 10));
            server.deliver_many("anna", "INBOX", next);
            delivered += AT_ONCE;
        }
        spent.push(desk.press(if spent.len() % 4 < 2 { "j" } else { "k" }, PATIENCE));
        desk.listen(BETWEEN_KEYS);
    }
    let pace = delivered as f64 / began.elapsed().as_secs_f64();
    let end = Instant::now() + SETTLING;
    while incoming(home) - before < delivered as i64 && Instant::now() < end {
        desk.listen(Duration::from_millis(500));
    }
    let behind = began.elapsed() - load.burst;
    let lost = delivered as i64 - (incoming(home) - before);
    table.row(
        &format!("burst of {pace:.0} mails/s for {}", seconds(load.burst)),
        format!(
            "{delivered} in, {lost} lost, all there {} after the last",
            seconds(behind)
        ),
        "-".into(),
        "-".into(),
        "0 lost",
    );
    key_row(
        table,
        "key to frame during the burst",
        &spent,
        None,
        "p95 30 ms",
    );
}

/// How many mails of customers the store has.
fn incoming(home: &Home) -> i64 {
    let store = Connection::open(home.store()).unwrap();
    store
        .query_row(
            "SELECT count(*) FROM message WHERE kind = 'incoming'",
            [],
            |row| row.get(0),
        )
        .unwrap()
}
