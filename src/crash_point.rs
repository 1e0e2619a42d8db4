//! Crash points: a test can have this process end, as a power cut would end it, at any one durable step.
//!
//! A durable step is a moment whose before and after differ for whoever comes later: a commit, a byte of a protocol
//! that a server acts on, a file that gets its name. Each such moment in the code calls [`pass`]. With
//! `TICKETTY_CRASH_AT=7` in the environment the process kills itself at the seventh call; with
//! `TICKETTY_CRASH_LOG=FILE` it writes the name of each step there, so that a harness knows how many there are. Without
//! either, a step costs one load of a number that never changes.
//!
//! A defect is not a power cut: a panic ends a task or the desk and leaves the process to clean up. So there are places
//! that [`stumble`]: with `TICKETTY_PANIC_AT=PLACE:FILE` in the environment, whoever passes the place panics once, as
//! soon as the file is there, and takes the file away.
//!
//! This is in the program that people run, because a proof about another program would prove nothing about it.

use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Kills the process at this step.
pub const CRASH_AT: &str = "TICKETTY_CRASH_AT";
/// Where the names of the steps are written.
pub const CRASH_LOG: &str = "TICKETTY_CRASH_LOG";

/// Panics at this place, once its file is there.
pub const PANIC_AT: &str = "TICKETTY_PANIC_AT";

struct Fall {
    place: String,
    file: std::path::PathBuf,
}

static FALL: OnceLock<Option<Fall>> = OnceLock::new();

fn fall() -> Option<Fall> {
    let wanted = std::env::var(PANIC_AT).ok()?;
    let (place, file) = wanted.split_once(':')?;
    Some(Fall {
        place: place.to_owned(),
        file: file.into(),
    })
}

/// A place at which a defect would be worst, as its name says.
#[expect(clippy::panic, reason = "a defect is what is wanted")]
pub fn stumble(place: &'static str) {
    if let Some(fall) = FALL.get_or_init(fall)
        && fall.place == place
        && std::fs::remove_file(&fall.file).is_ok()
    {
        std::panic::panic_any(format!("a test wanted a panic: {place}"));
    }
}

struct Plan {
    crash_at: Option<u64>,
    log: Option<std::path::PathBuf>,
    passed: AtomicU64,
}

static PLAN: OnceLock<Option<Plan>> = OnceLock::new();

fn plan() -> Option<Plan> {
    let crash_at = std::env::var(CRASH_AT)
        .ok()
        .and_then(|step| step.parse().ok());
    let log = std::env::var_os(CRASH_LOG).map(std::path::PathBuf::from);
    (crash_at.is_some() || log.is_some()).then(|| Plan {
        crash_at,
        log,
        passed: AtomicU64::new(0),
    })
}

/// A durable step is about to be done, or was just done, as its name says.
pub fn pass(step: &'static str) {
    if let Some(plan) = PLAN.get_or_init(plan) {
        plan.pass(step);
    }
}

impl Plan {
    fn pass(&self, step: &'static str) {
        let number = self.passed.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(path) = &self.log {
            let line = format!("{number} {step}\n");
            let file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path);
            // Who asked for the log sees that it is missing; a step never fails for it.
            let _logged = file.and_then(|mut file| file.write_all(line.as_bytes()));
        }
        if self.crash_at == Some(number) {
            end_at_once();
        }
    }
}

/// No destructor, no handler, no flush: exactly what `kill -9` leaves.
fn end_at_once() -> ! {
    let us = rustix::process::getpid();
    let _killed = rustix::process::kill_process(us, rustix::process::Signal::KILL);
    std::process::abort()
}
