//! The screen: start, keys, bytes, memory, and a server that never answers.

use std::path::Path;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::mails;
use super::ours::{Home, PROGRAM};
use super::peers::Peer;
use super::proxy::{Line, Proxy};
use super::support::dovecot::Dovecot;
use super::table::{Table, millis, percentile, ratio};
use super::terminal::Terminal;

const KEYS: usize = 200;
const PATIENCE: Duration = Duration::from_secs(5);
/// A person who is fast presses a key this often.
const BETWEEN_KEYS: Duration = Duration::from_millis(40);

fn open(home: &Home) -> Terminal {
    Terminal::start(PROGRAM, &home.arguments(), home.path())
}

fn shows_list(screen: &str) -> bool {
    mails::SHOWN_NAMES
        .iter()
        .filter(|name| screen.contains(*name))
        .count()
        >= 2
}

/// A desk with many mails, at rest.
pub fn at_rest(table: &mut Table, home: &Home, peer: &Peer, count: usize, rest: Duration) {
    let starts: Vec<Duration> = (0..5)
        .map(|_| open(home).until("the list", shows_list))
        .collect();
    let ours = percentile(&starts, 50);
    let (program, arguments) = peer.neomutt();
    let neomutt =
        |_| Terminal::start(&program, &arguments, peer.home()).until("neomutt's list", shows_list);
    let first = neomutt(0);
    let theirs = percentile(&(0..3).map(neomutt).collect::<Vec<_>>(), 50);
    let (aerc, aerc_arguments) = peer.aerc();
    let aerc_start =
        Terminal::start(&aerc, &aerc_arguments, peer.home()).until("aerc's list", shows_list);
    table.row(
        &format!("start to list, {count}"),
        millis(ours),
        format!(
            "neomutt {} (first time {}), aerc {}",
            millis(theirs),
            millis(first),
            millis(aerc_start)
        ),
        ratio(ours, theirs),
        "150 ms",
    );

    let mut desk = open(home);
    desk.until("the list", shows_list);
    desk.listen(Duration::from_secs(2));
    let mut mutt = Terminal::start(&program, &arguments, peer.home());
    mutt.until("neomutt's list", shows_list);
    mutt.listen(Duration::from_secs(1));
    let (ours, theirs) = (keys(&mut desk, KEYS), keys(&mut mutt, KEYS));
    key_row(
        table,
        "key to frame at rest",
        &ours,
        Some(&theirs),
        "p50 3 ms, p95 10 ms",
    );

    desk.listen(Duration::from_secs(1));
    let quiet = desk.listen(rest);
    let moved = desk.written("j");
    let paged = desk.written("\x1b[6~");
    let opened = desk.written("\r");
    let (mutt_moved, mutt_paged, mutt_opened) = (
        mutt.written("j"),
        mutt.written("\x1b[6~"),
        mutt.written("\r"),
    );
    for (what, ours, theirs, aim) in [
        ("bytes of cursor down", moved, mutt_moved, "300 B"),
        ("bytes of page down", paged, mutt_paged, "4 kB"),
        ("bytes of opening", opened, mutt_opened, "4 kB"),
    ] {
        table.row(
            what,
            format!(
                "{} B in its frame, {} B until quiet",
                ours.frame_bytes, ours.bytes
            ),
            format!("neomutt {} B", theirs.bytes),
            format!(
                "{:.2}",
                ours.frame_bytes as f64 / theirs.bytes.max(1) as f64
            ),
            aim,
        );
    }
    table.row(
        &format!("bytes of {} s of rest", rest.as_secs()),
        format!("{quiet} B"),
        "-".into(),
        "-".into(),
        "0 B",
    );
    table.row(
        &format!("memory of the desk, {count}"),
        format!("{:.0} MiB", desk.resident_mebibytes()),
        format!("neomutt {:.0} MiB", mutt.resident_mebibytes()),
        format!(
            "{:.2}",
            desk.resident_mebibytes() / mutt.resident_mebibytes().max(0.1)
        ),
        "60 MiB",
    );
}

/// Moves down and up, so that each key changes something.
fn keys(terminal: &mut Terminal, count: usize) -> Vec<Duration> {
    let mut spent = Vec::with_capacity(count);
    for n in 0..count {
        spent.push(terminal.press(if n % 4 < 2 { "j" } else { "k" }, PATIENCE));
        terminal.listen(BETWEEN_KEYS);
    }
    spent
}

pub fn key_row(
    table: &mut Table,
    what: &str,
    ours: &[Duration],
    theirs: Option<&[Duration]>,
    aim: &str,
) {
    let shown = |of: &[Duration]| {
        format!(
            "p50 {}, p95 {}, max {}",
            millis(percentile(of, 50)),
            millis(percentile(of, 95)),
            millis(percentile(of, 100))
        )
    };
    table.row(
        what,
        shown(ours),
        theirs.map_or("-".into(), |theirs| format!("neomutt {}", shown(theirs))),
        theirs.map_or("-".into(), |theirs| {
            ratio(percentile(ours, 50), percentile(theirs, 50))
        }),
        aim,
    );
}

/// Keys while a first sync runs behind the screen.
pub fn while_syncing(table: &mut Table, medium: &Path, server: &Dovecot, count: usize) {
    let home = Home::new(medium);
    home.add_mailbox(server.plain_port);
    let mut desk = open(&home);
    let listed = desk.until("the first tickets", shows_list);
    desk.listen(Duration::from_millis(50));
    let began = Instant::now();
    let mut spent = Vec::new();
    let mut peak: f64 = 0.0;
    while spent.len() < KEYS && (spent.len() < 20 || desk.top_line().contains('%')) {
        spent.push(desk.press(if spent.len() % 4 < 2 { "j" } else { "k" }, PATIENCE));
        desk.listen(BETWEEN_KEYS);
        peak = peak.max(desk.resident_mebibytes());
    }
    key_row(
        table,
        &format!(
            "key to frame during a first sync of {count} ({} keys)",
            spent.len()
        ),
        &spent,
        None,
        "p50 3 ms, p95 10 ms",
    );
    table.row(
        "first tickets on the screen of an empty desk",
        millis(listed),
        "-".into(),
        "-".into(),
        "1 s",
    );
    table.row(
        "memory during a first sync",
        format!(
            "{peak:.0} MiB at most in {:.1} s",
            began.elapsed().as_secs_f64()
        ),
        "-".into(),
        "-".into(),
        "60 MiB",
    );
}

/// Keys while the server takes connections and never says a word.
pub fn with_a_dead_server(runtime: &Runtime, table: &mut Table, home: &Home, server_port: u16) {
    let proxy = runtime.block_on(Proxy::start(server_port, Line::Dead));
    home.move_mailbox(proxy.port);
    let mut desk = open(home);
    desk.until("the list", shows_list);
    let spent = keys(&mut desk, KEYS);
    key_row(
        table,
        "keys with a dead server",
        &spent,
        None,
        "100 ms always; aerc 2 s, neomutt 240 s",
    );
    home.move_mailbox(server_port);
}
