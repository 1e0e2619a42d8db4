//! Search over 100,000 messages, beside notmuch on the same texts.

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use ticketty::domain::query::{Asker, Query, TextTerm};
use ticketty::store::read;
use ticketty::store::sqlite::{OpenOptions, SqliteStore};

use super::generate::{self, Amount, Mail};
use super::peers::Peer;
use super::table::{Table, millis, percentile, ratio, seconds};

const TIMES: usize = 40;

/// Name, what is asked of us, and of notmuch.
const CASES: [(&str, &str, &str); 5] = [
    ("a word in every mail", "the", "the"),
    ("a word", "renewal", "renewal"),
    ("a prefix", "invo", "invo*"),
    ("a Cyrillic word", "принтер", "принтер"),
    ("a CJK word inside a phrase", "接続", "接続"),
];

pub fn measure(table: &mut Table, medium: &Path, messages: u32) {
    let dir = tempfile::tempdir_in(medium).unwrap();
    let file = dir.path().join("ticketty.db");
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let store = SqliteStore::open(&file, OpenOptions::default()).unwrap();
    let amount = Amount {
        tickets: messages / 2,
        mails_each: 2,
        raw_bytes: 0,
        batch: 2000,
        ..Amount::default()
    };
    let began = Instant::now();
    let filled = generate::fill(&store, amount).unwrap();
    let filling = began.elapsed();
    let peer = Peer::new(medium);
    write_maildir(&peer.maildir(), &generate::mails(amount));
    let indexing = peer.index();
    eprintln!(
        "{messages} messages stored in {}, indexed by notmuch in {}",
        seconds(filling),
        seconds(indexing)
    );
    let asker = Asker {
        now: filled.newest,
        operator: filled.operator,
        zone: "Europe/Kyiv".into(),
    };
    for (what, word, theirs) in CASES {
        let query = Query::Text(TextTerm::Word(word.into()));
        let mut hits = 0;
        let ours: Vec<Duration> = (0..TIMES)
            .map(|_| {
                let began = Instant::now();
                hits = read(&store, |snapshot| {
                    snapshot.search_messages(&query, &asker, 50)
                })
                .unwrap()
                .len();
                began.elapsed()
            })
            .collect();
        let mut lines = 0;
        let notmuch: Vec<Duration> = (0..TIMES / 2)
            .map(|_| {
                let (spent, found) = peer.search(theirs);
                lines = found;
                spent
            })
            .collect();
        table.row(
            &format!("search of {messages}: {what}"),
            format!("p95 {} ({hits} hits)", millis(percentile(&ours, 95))),
            format!(
                "notmuch p95 {} ({lines} hits)",
                millis(percentile(&notmuch, 95))
            ),
            ratio(percentile(&ours, 95), percentile(&notmuch, 95)),
            "p95 30 ms",
        );
    }
}

/// The same texts as files for notmuch.
fn write_maildir(dir: &Path, mails: &[Mail]) {
    for part in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(dir.join(part)).unwrap();
    }
    for (n, mail) in mails.iter().enumerate() {
        let mut raw = String::new();
        let _ = write!(
            raw,
            "From: <{}>\nTo: support@acme.test\nSubject: {}\nDate: Tue, 14 Nov 2023 22:13:20 +0000\nMessage-ID: <{n}@customer.test>\n\
             MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}\n",
            mail.from.address, mail.subject, mail.text
        );
        std::fs::write(dir.join("cur").join(format!("{n}:2,S")), raw).unwrap();
    }
}
