//! The parser child: reads strangers' mail with nothing to lose.
//!
//! It is started by [`super::Parser`] as a hidden command of the same program, with two pipes, an empty environment
//! and `/` as its directory. It takes away its own memory, files and core dumps before the first mail, opens no
//! file, makes no connection, and ends with its input.

use std::io::{self, BufReader, BufWriter, Write};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::wire;

/// Address space in bytes. A mail at the size limit needs less than half.
const MEMORY: u64 = 1 << 30;
/// The parser's own recursion on nested mails needs it; pages are taken only when touched.
const STACK: usize = 256 << 20;
const OPEN_FILES: u64 = 16;
/// The parent kills a slow child far earlier. This is for a child whose parent is gone.
const LONGEST_MAIL: Duration = Duration::from_secs(30);
const IDLE: u64 = u64::MAX;

/// Seconds after the start at which the mail at hand was begun.
static BUSY_SINCE: AtomicU64 = AtomicU64::new(IDLE);

/// Answers requests on stdin until it ends, and then ends the process. To be called first of all, before a thread
/// is started or a file is opened.
pub fn serve() -> ! {
    if let Err(error) = confine() {
        let _ = writeln!(io::stderr(), "the mail parser cannot limit itself: {error}");
        process::exit(1);
    }
    // A caught panic is an answer; its words would only go to a terminal that is not ours.
    std::panic::set_hook(Box::new(|_| {}));
    let started = Instant::now();
    let worker = thread::Builder::new()
        .name("parser".to_owned())
        .stack_size(STACK)
        .spawn(move || process::exit(i32::from(answer_all(started).is_err())));
    if worker.is_err() {
        process::exit(1);
    }
    loop {
        thread::sleep(Duration::from_secs(1));
        let since = BUSY_SINCE.load(Ordering::Relaxed);
        if since != IDLE && started.elapsed().as_secs() > since + LONGEST_MAIL.as_secs() {
            process::exit(2);
        }
    }
}

fn answer_all(started: Instant) -> io::Result<()> {
    let mut input = BufReader::with_capacity(256 << 10, io::stdin().lock());
    let mut output = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    output.write_all(wire::HELLO)?;
    output.flush()?;
    let mark_busy = || BUSY_SINCE.store(started.elapsed().as_secs(), Ordering::Relaxed);
    while wire::serve_one(&mut input, &mut output, mark_busy)? {
        BUSY_SINCE.store(IDLE, Ordering::Relaxed);
    }
    Ok(())
}

fn confine() -> io::Result<()> {
    for (resource, most) in [
        (Resource::As, MEMORY),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, OPEN_FILES),
    ] {
        setrlimit(
            resource,
            Rlimit {
                current: Some(most),
                maximum: Some(most),
            },
        )?;
    }
    Ok(())
}
