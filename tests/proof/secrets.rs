//! A password that is searched for in everything that was written, after sign-ins that failed and that worked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::places::contains;
use crate::journeys::office::{Office, PATIENCE, SUPPORT, letter};
use crate::support::fake_smtp::{Act, FakeSmtp, Place, Script};
use crate::support::program::{Home, Ran, ran, until};

const WRONG: &str = "canary-wrong-3kVd-of-the-proof";
const RIGHT: &str = "canary-right-9hTz-of-the-proof";

/// How a password could stand somewhere: plain, and as the mechanisms send it.
fn forms(password: &str) -> Vec<String> {
    vec![
        password.to_owned(),
        STANDARD.encode(password),
        STANDARD.encode(format!("\0{SUPPORT}\0{password}")),
    ]
}

fn holds(bytes: &[u8]) -> bool {
    let needles: Vec<String> = [WRONG, RIGHT].into_iter().flat_map(forms).collect();
    needles
        .iter()
        .any(|needle| contains(bytes, needle.as_bytes()))
}

fn files_that_hold_it(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_that_hold_it(&path));
        } else if fs::read(&path).is_ok_and(|bytes| holds(&bytes)) {
            found.push(path);
        }
    }
    found
}

/// Everything is logged, and nothing that is said may hold a password.
fn told(home: &Home, words: &[&str]) -> Ran {
    let mut command = home.here(words);
    command.env(
        "TICKETTY_LOG",
        "trace,async_imap=trace,imap_proto=trace,rustls=trace",
    );
    let told = ran(command.output().unwrap());
    assert!(!holds(told.stdout.as_bytes()), "{words:?}");
    assert!(!holds(told.stderr.as_bytes()), "{words:?}");
    told
}

fn set_password(home: &Home, password: &str) {
    let words = [
        "mailbox",
        "set",
        "support",
        "--password-stdin",
        "--no-check",
    ];
    home.run_with_input(&words, password).done();
}

/// Everybody may read what a process was started with.
fn started_with(pid: u32) -> Vec<u8> {
    let read = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
    [read("cmdline"), read("environ")].concat()
}

#[test]
fn no_password_is_in_anything_that_is_written_whether_it_was_right_or_wrong() {
    let mut office = Office::open();
    office.dovecot.set_password(SUPPORT, RIGHT);
    office.arrives(&letter("token-0", "Matter"));
    let unwilling = Script::new().at(Place::Auth, Act::say("535 5.7.8 not you"));
    let (unwilling, willing) = (FakeSmtp::start(unwilling), FakeSmtp::start(Script::new()));
    let at = |sink: &FakeSmtp| format!("localhost:{}", sink.port());
    office.connect(&[
        "--smtp",
        &at(&unwilling),
        "--smtp-security",
        "none",
        "--undo-window",
        "0",
    ]);
    let home = &office.home;
    set_password(home, WRONG);
    told(home, &["sync", "--once"]).failed(1, &["refused the login or the password"]);
    told(home, &["mailbox", "check", "support"]).failed(1, &[]);
    set_password(home, RIGHT);
    told(home, &["sync", "--once"]);
    told(home, &["ticket", "reply", "1", "--body", "First answer"]);
    let smtp = at(&willing);
    told(
        home,
        &["mailbox", "set", "support", "--smtp", &smtp, "--no-check"],
    );
    told(home, &["outbox", "list", "--all", "--json"]);
    told(home, &["ticket", "reply", "1", "--body", "Second answer"]).done();
    let whole = willing.seen().whole;
    let left = |words: &str| whole.iter().any(|mail| contains(mail, words.as_bytes()));
    assert!(left("Second answer"), "no answer left");
    for words in [
        &["backup", "backup.db"][..],
        &["export", "--format", "csv"],
        &["export", "--json"],
        &["audit", "--json"],
        &["mailbox", "list", "--json"],
        &["config", "show"],
    ] {
        told(home, words).done();
    }
    // An answer that was refused may be its finding.
    told(home, &["doctor", "--json"]);
    told(home, &["mailbox", "status", "support", "--json"]);
    assert!(home.path().join("backup.db").exists());
    let log = home.log();
    assert!(
        log.contains("TRACE") || log.contains("DEBUG"),
        "nothing was logged: {log}"
    );
    let mut command = home.here(&["sync"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let stands = until("the words of the process", PATIENCE, || {
        let words = started_with(child.id());
        words
            .starts_with(env!("CARGO_BIN_EXE_ticketty").as_bytes())
            .then_some(words)
    });
    let limits = until("the limits of the process", PATIENCE, || {
        let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).ok()?;
        let line = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))?
            .to_owned();
        line.split_whitespace()
            .nth(4)
            .filter(|soft| *soft == "0")
            .map(str::to_owned)
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!holds(&stands));
    assert_eq!(limits, "0", "a crash would write the memory to a file");
    assert_eq!(
        files_that_hold_it(home.path()),
        [home.data().join("secrets.toml")]
    );
}

/// The processes that a process has started.
fn children_of(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"));
    tasks
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|line| {
            let pids = line.split_whitespace().map(str::parse);
            pids.filter_map(Result::ok).collect::<Vec<u32>>()
        })
        .collect()
}

/// What a process has open, by number.
fn open_in(pid: &str) -> Option<Vec<(u32, PathBuf)>> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).ok()?.flatten();
    let open = entries.filter_map(|entry| {
        let number = entry.file_name().to_str()?.parse().ok()?;
        Some((number, fs::read_link(entry.path()).ok()?))
    });
    Some(open.collect())
}

/// The parser of this program, once it has taken its own rights away.
fn confined_parser_of(pid: u32) -> Option<u32> {
    let parser = children_of(pid).into_iter().find(|child| {
        fs::read(format!("/proc/{child}/cmdline"))
            .is_ok_and(|words| contains(&words, b"parse-mail"))
    })?;
    let limits = fs::read_to_string(format!("/proc/{parser}/limits")).ok()?;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max file size"))?;
    (line.split_whitespace().nth(3) == Some("0")).then_some(parser)
}

#[test]
fn the_reader_of_strangers_mail_has_nothing_open_but_its_pipes() {
    let mut office = Office::open();
    office.connect_reading();
    office.arrives(&letter("token-0", "Matter"));
    let mut child = office
        .home
        .here(&["sync"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (environment, open) = until("the mail parser", PATIENCE, || {
        let parser = confined_parser_of(child.id())?;
        let environment = fs::read(format!("/proc/{parser}/environ")).ok()?;
        Some((environment, open_in(&parser.to_string())?))
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(environment, b"", "it knows nothing of our environment");
    // What whoever runs the tests has left open to everybody is not the program's.
    let around = open_in("self").unwrap();
    let is_around = |place: &PathBuf| around.iter().any(|(_, other)| other == place);
    for (number, place) in &open {
        let shown = place.display().to_string();
        let is_own = *number < 3 && (shown.starts_with("pipe:") || shown == "/dev/null");
        assert!(is_own || is_around(place), "{number} is {shown}");
    }
    assert!(open.len() >= 3, "{open:?}");
}
