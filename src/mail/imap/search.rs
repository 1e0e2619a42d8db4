//! Which mails there are: UIDs by range, arrival date, size or Message-ID (RFC 9051 §6.4.4).
//!
//! The list decides what is fetched and what counts as gone, so an answer that is missing or half readable is an
//! error, never an empty list. Long answers are asked for as ranges (ESEARCH) or in windows.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::answer::Answer;
use super::can::Argument;
use super::failure::ImapFailure;
use super::session::{Heard, ImapSession, Tag, done};

/// More UIDs than any folder we can follow has.
const MOST_UIDS: usize = 10_000_000;
/// So many ten-digit UIDs fit a line of 1 MiB.
const WINDOW_UIDS: u32 = 80_000;
/// Windows on their way at once.
const WINDOWS_AHEAD: usize = 4;

/// What is looked for. All conditions must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    pub uids: RangeInclusive<u32>,
    /// Arrived on this day or later, by the server's own dates (the date of a mail's header plays no part).
    pub since: Option<Date>,
    /// Larger than this many bytes.
    pub larger_than: Option<u64>,
    /// A further key, as the server reads it.
    key: Option<String>,
}

impl Search {
    /// Every mail in the folder.
    pub fn all() -> Self {
        Self::uids(1..=u32::MAX)
    }

    /// The mails with these UIDs, as far as they exist.
    pub fn uids(uids: RangeInclusive<u32>) -> Self {
        Self {
            uids,
            since: None,
            larger_than: None,
            key: None,
        }
    }

    /// Of these, what fits a key that the caller has quoted.
    #[must_use]
    pub(super) fn with(mut self, key: String) -> Self {
        self.key = Some(key);
        self
    }

    /// Of these, what arrived on `day` or later.
    #[must_use]
    pub fn since(mut self, day: Date) -> Self {
        self.since = Some(day);
        self
    }

    /// Of these, what is larger than `bytes`.
    #[must_use]
    pub fn larger_than(mut self, bytes: u64) -> Self {
        self.larger_than = Some(bytes);
        self
    }

    fn command(&self, uids: &RangeInclusive<u32>, esearch: bool) -> String {
        let mut command = String::from("UID SEARCH ");
        if esearch {
            command.push_str("RETURN (ALL) ");
        }
        command.push_str(&format!("UID {}:{}", uids.start(), uids.end()));
        if let Some(day) = self.since {
            command.push_str(&day.strftime(" SINCE %-d-%b-%Y").to_string());
        }
        if let Some(bytes) = self.larger_than {
            command.push_str(&format!(" LARGER {}", bytes.min(u64::from(u32::MAX))));
        }
        if let Some(key) = &self.key {
            command.push_str(&format!(" {key}"));
        }
        command
    }
}

impl ImapSession {
    /// The UIDs of all mails that match, rising.
    ///
    /// # Errors
    /// As every command; also when the server gives no list, or one that cannot be read.
    pub async fn search_uids(&mut self, search: &Search) -> Result<Vec<u32>, ImapFailure> {
        self.must_be_quiet()?;
        if search.uids.is_empty() {
            return Ok(Vec::new());
        }
        let mut waiting = self.windows(search).into_iter();
        let mut sent: std::collections::VecDeque<Tag> = std::collections::VecDeque::new();
        let mut found = BTreeSet::new();
        loop {
            while sent.len() < WINDOWS_AHEAD
                && let Some(window) = waiting.next()
            {
                let command = search.command(&window, self.can.esearch);
                sent.push_back(self.send(&command).await?);
            }
            let Some(tag) = sent.pop_front() else {
                break;
            };
            self.collect(tag, &mut found, &search.uids).await?;
        }
        Ok(found.into_iter().collect())
    }

    /// One window where the answer is short whatever it is; the last window is open, for UIDNEXT may be wrong.
    fn windows(&self, search: &Search) -> Vec<RangeInclusive<u32>> {
        if self.can.esearch || self.exists <= WINDOW_UIDS {
            return vec![search.uids.clone()];
        }
        let (mut first, last) = (*search.uids.start(), *search.uids.end());
        let mut windows = Vec::new();
        while let Some(end) = first
            .checked_add(WINDOW_UIDS - 1)
            .filter(|end| *end < last.min(self.uidnext))
        {
            windows.push(first..=end);
            first = end + 1;
        }
        windows.push(first..=last);
        windows
    }

    async fn collect(
        &mut self,
        tag: Tag,
        found: &mut BTreeSet<u32>,
        wanted: &RangeInclusive<u32>,
    ) -> Result<(), ImapFailure> {
        let mut ranges = None;
        self.finish(tag, "UID SEARCH", |answer| {
            if let Answer::Found(more) = answer {
                ranges.get_or_insert_with(Vec::new).extend(more);
            }
        })
        .await?;
        let ranges =
            ranges.ok_or_else(|| ImapFailure::protocol("a SEARCH was done without a list"))?;
        for range in ranges {
            let (start, end) = (
                *range.start().max(wanted.start()),
                *range.end().min(wanted.end()),
            );
            let size = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
            if found.len().saturating_add(size) > MOST_UIDS {
                return Err(ImapFailure::protocol("more mails than a folder can have"));
            }
            found.extend(start..=end);
        }
        Ok(())
    }

    /// The UIDs of mails with exactly this Message-ID (with or without its angle brackets) in their header. Servers
    /// match parts of a header, so the caller compares what it fetches.
    ///
    /// # Errors
    /// As [`Self::search_uids`].
    pub async fn search_header_message_id(&mut self, id: &str) -> Result<Vec<u32>, ImapFailure> {
        self.must_be_quiet()?;
        let mut found = BTreeSet::new();
        let argument = self.can.argument(id);
        let tag = match argument {
            Argument::Quoted(quoted) => {
                let command = format!("UID SEARCH HEADER Message-ID {quoted}");
                self.send(&command).await?
            }
            Argument::Literal(bytes) => {
                let before = "UID SEARCH CHARSET UTF-8 HEADER Message-ID ";
                match self.send_literal(before, bytes).await? {
                    (tag, Heard::Answer(_)) => tag,
                    (_, Heard::Done(condition)) => {
                        return done("UID SEARCH", condition).map(|_| Vec::new());
                    }
                }
            }
        };
        self.collect(tag, &mut found, &(1..=u32::MAX)).await?;
        Ok(found.into_iter().collect())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_as_the_rfc_wants_them() {
        let day = jiff::civil::date(2026, 3, 1);
        for (search, esearch, expected) in [
            (Search::uids(5..=9), false, "UID SEARCH UID 5:9"),
            (
                Search::all(),
                true,
                "UID SEARCH RETURN (ALL) UID 1:4294967295",
            ),
            (
                Search::uids(1..=2).since(day),
                false,
                "UID SEARCH UID 1:2 SINCE 1-Mar-2026",
            ),
            (
                Search::uids(1..=2).larger_than(u64::MAX),
                false,
                "UID SEARCH UID 1:2 LARGER 4294967295",
            ),
        ] {
            assert_eq!(search.command(&search.uids, esearch), expected);
        }
    }
}
