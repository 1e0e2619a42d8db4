//! The protocol log that the settings screen shows when a connection does not work.
//!
//! A bounded ring of lines, kept only while somebody wants it. It must never hold a secret or the content of a
//! mail: whoever writes to it hands over lines that are already blanked, and each line is cut and cleaned here.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::Blank;
use crate::domain::clean::Clean;

const LONGEST_LINE_CHARS: usize = 300;

/// A shared ring of protocol lines. Clones write to and read from the same ring.
#[derive(Debug, Clone)]
pub struct WireLog {
    lines: Arc<Mutex<VecDeque<String>>>,
    capacity: usize,
    blank: Blank,
}

impl WireLog {
    /// Keeps the last `capacity` lines.
    pub fn new(capacity: usize) -> Self {
        Self {
            lines: Arc::default(),
            capacity: capacity.max(1),
            blank: Blank::default(),
        }
    }

    /// Takes these secrets out of whatever is said from now on, should a server repeat them.
    #[must_use]
    pub fn blanking(mut self, blank: Blank) -> Self {
        self.blank = blank;
        self
    }

    /// A line that we sent. The caller has blanked secrets.
    pub fn sent(&self, line: &str) {
        self.push("C", line);
    }

    /// A line that the server sent.
    pub fn received(&self, line: &str) {
        self.push("S", line);
    }

    fn push(&self, side: &str, line: &str) {
        let line = self.blank.out_of(line);
        let short: String = line.trim_end().chars().take(LONGEST_LINE_CHARS).collect();
        if let Ok(mut lines) = self.lines.lock() {
            if lines.len() >= self.capacity {
                lines.pop_front();
            }
            lines.push_back(format!("{side}: {}", Clean::line(&short)));
        }
    }

    /// What was said, oldest first.
    pub fn lines(&self) -> Vec<String> {
        self.lines
            .lock()
            .map(|lines| lines.iter().cloned().collect())
            .unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_lines_are_kept_and_they_are_clean() {
        let log = WireLog::new(2);
        log.sent("one");
        log.received("* OK \u{1b}[31mred\r\n");
        log.sent(&"x".repeat(1000));
        let lines = log.lines();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines.first().unwrap(), "S: * OK ␛[31mred");
        assert_eq!(lines.last().unwrap().len(), 303);
    }
}
