//! What the server tells by itself between and during commands (RFC 9051 §7).

use std::ops::RangeInclusive;

use super::answer::Answer;
use super::open::FlagsChange;

/// What the server told by itself about the folder that is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// How many mails the folder has now, if the server said so.
    pub exists: Option<u32>,
    /// UIDs that are gone (with QRESYNC).
    pub vanished: Vec<RangeInclusive<u32>>,
    /// How many mails are gone, without saying which (without QRESYNC).
    pub expunged: u32,
    pub changed: Vec<FlagsChange>,
    /// More came than is kept: look at the folder again instead of trusting these lists.
    pub overflowed: bool,
}

/// More news than this between two looks is not worth keeping one by one.
const MOST_NEWS: usize = 10_000;

impl News {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes note of an answer that no command asked for.
    pub(super) fn note(&mut self, answer: Answer) {
        if self.vanished.len() >= MOST_NEWS || self.changed.len() >= MOST_NEWS {
            self.overflowed = true;
            return;
        }
        match answer {
            Answer::Exists(count) => self.exists = Some(count),
            Answer::Expunged => self.expunged = self.expunged.saturating_add(1),
            Answer::Vanished { uids, .. } => self.vanished.extend(uids),
            Answer::Fetch(fetched) => self.changed.extend(FlagsChange::from_fetched(fetched)),
            // What is gone or changed cannot be told any more.
            Answer::Unreadable(_) => self.overflowed = true,
            _ => {}
        }
    }
}
