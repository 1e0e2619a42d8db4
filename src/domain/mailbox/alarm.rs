//! When an error of a mailbox is told by mail, and when it is told that it works again.
//!
//! One letter an error and no more than one a day, however often the mailbox comes and goes; a letter that all is
//! well only where somebody was told that it is not.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Health;
use crate::domain::trouble::Trouble;

/// Between two letters about errors.
const LETTERS_APART: SignedDuration = SignedDuration::from_hours(24);
/// A letter that could not be sent for so long is old news.
const WORTH_SENDING_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What has been told about the mailbox's errors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Alarm {
    /// The beginning of the error that was noticed last; `None` while all is well.
    pub error_since: Option<Timestamp>,
    /// Somebody was told of this error by mail, or is about to be.
    pub was_told: bool,
    /// When the last letter about an error was written.
    pub last_letter: Option<Timestamp>,
    /// The letter that waits to be sent.
    pub waiting: Option<Waiting>,
}

/// A letter on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub about: About,
    pub written_at: Timestamp,
    /// The same for every attempt, so that a second copy is known as one.
    pub message_id: String,
    pub attempts: u32,
    pub next_try: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    Broken { since: Timestamp, trouble: Trouble },
    WorksAgain { since: Timestamp },
}

impl Alarm {
    /// Notices how the mailbox does. `message_id` is for the letter that may follow from it; without an address to
    /// write to, `wants_letters` is false and errors are noticed in silence.
    pub fn notice(
        &mut self,
        health: &Health,
        wants_letters: bool,
        message_id: &str,
        now: Timestamp,
    ) {
        let letter = |about| Waiting {
            about,
            written_at: now,
            message_id: message_id.to_owned(),
            attempts: 0,
            next_try: now,
        };
        match (health, health.trouble(), health.since()) {
            (_, Some(trouble), Some(since)) => {
                if self.error_since == Some(since) {
                    return;
                }
                self.error_since = Some(since);
                let is_due = self
                    .last_letter
                    .is_none_or(|last| now.duration_since(last) >= LETTERS_APART);
                self.was_told = wants_letters && is_due;
                self.waiting = self.was_told.then(|| {
                    let trouble = trouble.clone();
                    letter(About::Broken { since, trouble })
                });
                if self.was_told {
                    self.last_letter = Some(now);
                }
            }
            (Health::Live | Health::Syncing { .. }, ..) => {
                let Some(since) = self.error_since.take() else {
                    return;
                };
                // A letter about the error that never left needs no second one that takes it back.
                let had_left = self.was_told && self.waiting.is_none();
                self.waiting =
                    (had_left && wants_letters).then(|| letter(About::WorksAgain { since }));
                self.was_told = false;
            }
            (Health::Disabled, ..) => {
                // Somebody switched it off and knows.
                self.error_since = None;
                self.was_told = false;
                self.waiting = None;
            }
            _ => {}
        }
    }

    /// The letter that shall be sent now; what is too old is forgotten.
    pub fn due(&mut self, now: Timestamp) -> Option<Waiting> {
        let waiting = self.waiting.as_ref()?;
        if now.duration_since(waiting.written_at) > WORTH_SENDING_FOR {
            self.waiting = None;
            return None;
        }
        (waiting.next_try <= now).then(|| waiting.clone())
    }

    /// Counts an attempt before it is made: one that breaks off half-way is not made again at once.
    pub fn tries(&mut self, now: Timestamp) {
        if let Some(waiting) = &mut self.waiting {
            waiting.attempts += 1;
            let minutes = match waiting.attempts {
                1 => 1,
                2 => 5,
                3 => 15,
                _ => 60,
            };
            waiting.next_try = now
                .checked_add(SignedDuration::from_mins(minutes))
                .unwrap_or(now);
        }
    }

    /// The letter has left, or it is in doubt whether it has: a second one would tell nothing new.
    pub fn sent(&mut self, message_id: &str) {
        if self
            .waiting
            .as_ref()
            .is_some_and(|waiting| waiting.message_id == message_id)
        {
            self.waiting = None;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn hour(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3_600).unwrap()
    }

    fn failing(since: i64) -> Health {
        Health::Failing {
            since: hour(since),
            next_try: None,
            trouble: Trouble::network("away"),
        }
    }

    fn about(alarm: &Alarm) -> Option<&About> {
        alarm.waiting.as_ref().map(|waiting| &waiting.about)
    }

    #[test]
    fn one_error_is_one_letter_and_its_end_is_another() {
        let mut alarm = Alarm::default();
        alarm.notice(&failing(1), true, "a", hour(2));
        assert!(matches!(about(&alarm), Some(About::Broken { .. })));
        alarm.sent("a");
        alarm.notice(&failing(1), true, "b", hour(30));
        assert_eq!(alarm.waiting, None);
        alarm.notice(&Health::Live, true, "c", hour(31));
        assert_eq!(about(&alarm), Some(&About::WorksAgain { since: hour(1) }));
        alarm.sent("c");
        alarm.notice(&Health::Live, true, "d", hour(32));
        assert_eq!(alarm.waiting, None);
    }

    #[test]
    fn a_mailbox_that_comes_and_goes_writes_once_a_day() {
        let mut alarm = Alarm::default();
        let mut letters = 0;
        for round in 0..48 {
            alarm.notice(&failing(round), true, "a", hour(round));
            if matches!(about(&alarm), Some(About::Broken { .. })) {
                letters += 1;
            }
            alarm.sent("a");
            alarm.notice(&Health::Live, true, "b", hour(round));
            alarm.sent("b");
        }
        assert_eq!(letters, 2);
    }

    #[test]
    fn an_interruption_is_no_error_and_switching_off_ends_one() {
        let mut alarm = Alarm::default();
        let interrupted = Health::Interrupted {
            since: hour(1),
            next_try: hour(2),
            trouble: Trouble::network("away"),
        };
        alarm.notice(&interrupted, true, "a", hour(1));
        assert_eq!(alarm, Alarm::default());
        alarm.notice(&failing(1), true, "a", hour(2));
        alarm.notice(&interrupted, true, "a", hour(2));
        assert!(alarm.waiting.is_some());
        alarm.notice(&Health::Disabled, true, "b", hour(3));
        assert_eq!((alarm.error_since, alarm.waiting), (None, None));
    }

    #[test]
    fn a_letter_is_tried_again_ever_later_and_not_for_ever() {
        let mut alarm = Alarm::default();
        alarm.notice(&failing(0), true, "a", hour(0));
        let mut now = hour(0);
        let mut tries = 0;
        while let Some(waiting) = alarm.due(now) {
            assert_eq!(waiting.message_id, "a");
            alarm.tries(now);
            tries += 1;
            assert_eq!(alarm.due(now), None);
            now = alarm.waiting.as_ref().unwrap().next_try;
        }
        assert_eq!(alarm.waiting, None);
        assert!((20..40).contains(&tries), "{tries}");
    }

    #[test]
    fn an_end_before_the_letter_left_takes_it_back() {
        let mut alarm = Alarm::default();
        alarm.notice(&failing(0), true, "a", hour(0));
        alarm.notice(&Health::Live, true, "b", hour(1));
        assert_eq!(alarm.waiting, None);
    }
}
