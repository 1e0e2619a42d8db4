//! Tells the person who starts the program what it waits for before there is anything to see.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const BYTES_PER_MEBIBYTE: u64 = 1024 * 1024;

/// Counts the seconds of a look through the store on the standard error, if that is a terminal. What is over within
/// a second is not worth a word.
#[derive(Debug, Default)]
pub struct Patience(Option<(Sender<()>, JoinHandle<()>)>);

impl Patience {
    /// The store has so many bytes.
    pub fn begin(&mut self, bytes: u64) {
        if io::stderr().is_terminal() {
            let (over, ends) = channel();
            self.0 = Some((over, std::thread::spawn(move || count(bytes, &ends))));
        }
    }

    pub fn end(&mut self) {
        if let Some((over, counting)) = self.0.take() {
            drop(over);
            // It only counts; how it ended makes no difference.
            let _ = counting.join();
        }
    }
}

fn count(bytes: u64, ends: &Receiver<()>) {
    let mut seconds = 0;
    while ends.recv_timeout(SECOND) == Err(RecvTimeoutError::Timeout) {
        seconds += 1;
        show(&format!("\r{}", line(bytes, seconds)));
    }
    if seconds > 0 {
        show("\n");
    }
}

fn line(bytes: u64, seconds: u64) -> String {
    format!(
        "ticketty was not closed; it looks through its store first: {} MiB, {seconds} s",
        bytes / BYTES_PER_MEBIBYTE
    )
}

fn show(text: &str) {
    // A terminal that is gone is met again where it matters.
    let _ = io::stderr().write_all(text.as_bytes());
    let _ = io::stderr().flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_fits_on_the_narrowest_terminal_however_large_the_store() {
        assert_eq!(
            line(3_309_498_368, 12),
            "ticketty was not closed; it looks through its store first: 3156 MiB, 12 s"
        );
        assert!(line(90_000 * BYTES_PER_MEBIBYTE, 999).len() < 80);
    }
}
