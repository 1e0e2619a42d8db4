//! Runs a scenario once for every durable step it has, ends the program there, starts it again, and asks the oracle.
//!
//! `tests/run` takes a spread of the points; `TICKETTY_CRASH_POINTS=all`, as `tests/crash` sets it, takes all of them.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use ticketty::crash_point::{CRASH_AT, CRASH_LOG};

use crate::support::program::Home;

/// A run that takes longer hangs, and that is a failure like any other.
const LONGEST_RUN: Duration = Duration::from_secs(60);

/// What is done while the program may end at any step, and what must be true afterwards.
pub trait Scenario: Sync {
    fn name(&self) -> &str;

    /// The command under test in a home of its own.
    fn command(&self, home: &Home) -> Command;

    /// A new home with servers as they were in the beginning.
    fn prepare(&self) -> Prepared;

    /// Starts the program again, whole, and looks at everything. Panics with what is wrong.
    fn judge(&self, prepared: &Prepared, crashed: bool);
}

/// A home, and what stands around it.
pub struct Prepared {
    pub home: Home,
    pub around: Box<dyn std::any::Any>,
}

impl Prepared {
    pub fn alone(home: Home) -> Self {
        Self {
            home,
            around: Box::new(()),
        }
    }
}

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    Killed,
    ByItself,
}

fn run(scenario: &dyn Scenario, prepared: &Prepared, variable: &str, value: &Path) -> Ended {
    let mut command = scenario.command(&prepared.home);
    let mut child = command
        .env(variable, value)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return match status.signal() {
                Some(_) => Ended::Killed,
                None => Ended::ByItself,
            };
        }
        assert!(
            begun.elapsed() < LONGEST_RUN,
            "{} hangs at {variable}={}",
            scenario.name(),
            value.display()
        );
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// The steps of a whole run, by name.
fn steps(scenario: &dyn Scenario) -> Vec<String> {
    let prepared = scenario.prepare();
    let log: PathBuf = prepared.home.path().join("steps");
    assert_eq!(
        run(scenario, &prepared, CRASH_LOG, &log),
        Ended::ByItself,
        "{}",
        scenario.name()
    );
    scenario.judge(&prepared, false);
    let text = std::fs::read_to_string(&log).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Every `stride`-th point from `first` on, until a run ends by itself. Gives how many points were passed.
pub fn go_through(scenario: &dyn Scenario, stride: usize) -> usize {
    let steps = steps(scenario);
    assert!(
        !steps.is_empty(),
        "{} has no durable step at all",
        scenario.name()
    );
    let next = AtomicUsize::new(1);
    let passed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let point = next.fetch_add(stride, Ordering::Relaxed);
                    if point > steps.len() {
                        return;
                    }
                    end_at(
                        scenario,
                        point,
                        steps.get(point - 1).map_or("", |name| name),
                    );
                    passed.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    // One beyond the last: a run may have a step more than the first one had, but not without end.
    let beyond = (steps.len() + 1..steps.len() + 50)
        .take_while(|point| end_at(scenario, *point, "beyond the last") == Ended::Killed)
        .count();
    passed.into_inner() + beyond
}

fn end_at(scenario: &dyn Scenario, point: usize, step: &str) -> Ended {
    let prepared = scenario.prepare();
    let ended = run(scenario, &prepared, CRASH_AT, Path::new(&point.to_string()));
    let judged = std::panic::catch_unwind(AssertUnwindSafe(|| {
        scenario.judge(&prepared, ended == Ended::Killed);
    }));
    if let Err(wrong) = judged {
        eprintln!("{}: ended at point {point}, {step}", scenario.name());
        std::panic::resume_unwind(wrong);
    }
    ended
}

/// Plays the game with every seed, or with the one that `TICKETTY_SEED` names.
pub fn games(name: &str, usual: u64, all: u64, play: impl Fn(u64) + Sync) {
    let only = std::env::var("TICKETTY_SEED");
    if let Some(seed) = only.ok().and_then(|seed| seed.parse().ok()) {
        return play(seed);
    }
    let seeds = share(usual, all);
    let next = AtomicU64::new(1);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > seeds {
                        return;
                    }
                    let played = AssertUnwindSafe(|| play(seed));
                    if std::panic::catch_unwind(played).is_err() {
                        panic!("TICKETTY_SEED={seed} fails: {name}");
                    }
                }
            });
        }
    });
    count("games", usize::try_from(seeds).unwrap(), name);
}

/// Says how much was gone through, and writes it to the file that `tests/run` and `tests/crash` add up.
pub fn count(what: &str, passed: usize, name: &str) {
    println!("{what}: {passed:5}  {name}");
    let Some(file) = std::env::var_os("TICKETTY_COUNTS") else {
        return;
    };
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)
        .unwrap();
    // One write, so that the lines of tests that end together do not mix.
    let line = format!("{what}\t{passed}\t{name}\n");
    file.write_all(line.as_bytes()).unwrap();
}

/// `usual` in `tests/run`; `all` where everything is to be gone through, as `tests/crash` asks.
pub fn share(usual: u64, all: u64) -> u64 {
    match std::env::var("TICKETTY_CRASH_POINTS").as_deref() {
        Ok("all") => all,
        _ => usual,
    }
}
