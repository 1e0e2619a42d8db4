//! Taking an mbox file apart, one mail at a time.
//!
//! The form is `mboxrd`: mails begin with a line `From ` at the start of the file or after an empty line, and lines
//! of a mail that look so are marked with `>`. Files of the older form differ only in marks that are left alone.

use std::io::{self, BufRead};

/// The mails of an mbox, as iterator. Needs memory for one mail at a time.
pub(super) struct Mbox<R> {
    lines: R,
    /// Longer mails are skipped.
    most_bytes: usize,
    began: bool,
    ended: bool,
}

/// One entry of an mbox.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Mail(Vec<u8>),
    /// So many bytes, more than allowed.
    TooLarge(u64),
}

impl<R: BufRead> Mbox<R> {
    pub(super) fn new(lines: R, most_bytes: usize) -> Self {
        Self {
            lines,
            most_bytes,
            began: false,
            ended: false,
        }
    }

    /// The next mail, or `None` at the end.
    ///
    /// # Errors
    /// The file cannot be read, or does not begin like an mbox.
    pub(super) fn next_mail(&mut self) -> io::Result<Option<Entry>> {
        if self.ended || (!self.began && !self.skip_to_first()?) {
            self.ended = true;
            return Ok(None);
        }
        let mut mail = Vec::new();
        let mut size: u64 = 0;
        let mut after_empty = false;
        loop {
            let mut line = Vec::new();
            if self.lines.read_until(b'\n', &mut line)? == 0 {
                self.ended = true;
                break;
            }
            if after_empty && line.starts_with(b"From ") {
                break;
            }
            after_empty = matches!(line.as_slice(), b"\n" | b"\r\n");
            size = size.saturating_add(line.len() as u64);
            if mail.len().saturating_add(line.len()) <= self.most_bytes {
                mail.extend_from_slice(unmarked(&line));
            }
        }
        if size > self.most_bytes as u64 {
            return Ok(Some(Entry::TooLarge(size)));
        }
        // The empty line before the next `From ` belongs to the file, not to the mail.
        if mail.ends_with(b"\r\n\r\n") {
            mail.truncate(mail.len() - 2);
        } else if mail.ends_with(b"\n\n") {
            mail.truncate(mail.len() - 1);
        }
        Ok(Some(Entry::Mail(mail)))
    }

    fn skip_to_first(&mut self) -> io::Result<bool> {
        self.began = true;
        loop {
            let mut line = Vec::new();
            if self.lines.read_until(b'\n', &mut line)? == 0 {
                return Ok(false);
            }
            if line.starts_with(b"From ") {
                return Ok(true);
            }
            if !matches!(line.as_slice(), b"\n" | b"\r\n") {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "it does not begin with a line \"From \"",
                ));
            }
        }
    }
}

/// A line without the mark that keeps it from looking like the beginning of a mail.
fn unmarked(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    let marked = marks > 0
        && line
            .get(marks..)
            .is_some_and(|rest| rest.starts_with(b"From "));
    if marked {
        line.get(1..).unwrap_or(line)
    } else {
        line
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn mails(file: &str, most_bytes: usize) -> Vec<Entry> {
        let mut mbox = Mbox::new(file.as_bytes(), most_bytes);
        let mut found = Vec::new();
        while let Some(entry) = mbox.next_mail().unwrap() {
            found.push(entry);
        }
        found
    }

    #[test]
    fn mails_are_parted_and_their_marks_taken_off() {
        let file = "From a Mon\nSubject: 1\n\nhello\n>From here on\n>>From twice\nFrom the middle\n\n\
                    From b Tue\nSubject: 2\n\nbye\n";
        let expected = [
            "Subject: 1\n\nhello\nFrom here on\n>From twice\nFrom the middle\n",
            "Subject: 2\n\nbye\n",
        ];
        let expected: Vec<Entry> = expected
            .iter()
            .map(|mail| Entry::Mail(mail.as_bytes().to_vec()))
            .collect();
        assert_eq!(mails(file, 1000), expected);
    }

    #[test]
    fn a_mail_that_is_too_large_costs_only_itself() {
        let file = format!(
            "From a\n\n{}\n\nFrom b\nSubject: 2\n\nbye\n",
            "x".repeat(100)
        );
        let found = mails(&file, 50);
        assert!(matches!(found.first(), Some(Entry::TooLarge(size)) if *size > 100));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn what_is_no_mbox_is_refused() {
        assert!(
            Mbox::new(b"Subject: x\n".as_slice(), 100)
                .next_mail()
                .is_err()
        );
        assert!(mails("", 100).is_empty());
    }
}
