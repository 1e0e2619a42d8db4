//! When a silence is long enough to be suspicious.
//!
//! The settings name a number of hours for a mailbox about which nothing is known. What a mailbox usually gets at
//! the same hours of the week makes it shorter or longer: a silence counts by the mails that should have come in it.

use jiff::{SignedDuration, Timestamp};

const HOUR: i64 = 3_600;
const HOURS_A_WEEK: i64 = 168;
/// How far back traffic says what is normal.
pub const WEEKS: i64 = 4;
/// So many missing mails are no accident, with the usual 24 hours; more hours want proportionally more.
const MISSING_MAILS: f64 = 8.0;
const USUAL_HOURS: f64 = 24.0;
/// However busy a mailbox is, it may be silent for this share of the hours of the settings …
const SHORTEST: i64 = 24;
/// … and however quiet it is, it is tested after so many times them.
const LONGEST: i64 = 7;
/// A failed test is made again after this share of the hours, so that the error ends when its cause does.
const AGAIN_AFTER: i64 = 6;

/// What a mailbox usually gets, by the hour of the week.
#[derive(Debug, Clone, PartialEq)]
pub struct Traffic {
    by_hour_of_week: Vec<f64>,
    is_known: bool,
}

impl Traffic {
    /// From the mails of each hour since 1970 (UTC), of which the mailbox was watched since `known_since`.
    pub fn of(hours: &[(i64, u32)], known_since: Timestamp, now: Timestamp) -> Self {
        let this_hour = now.as_second().div_euclid(HOUR);
        let first =
            (this_hour - WEEKS * HOURS_A_WEEK).max(known_since.as_second().div_euclid(HOUR));
        let watched = this_hour - first;
        let mut by_hour_of_week = vec![0.0; usize::try_from(HOURS_A_WEEK).unwrap_or(0)];
        for (hour, mails) in hours
            .iter()
            .filter(|(hour, _)| (first..this_hour).contains(hour))
        {
            if let Some(sum) = by_hour_of_week.get_mut(of_week(*hour)) {
                *sum += f64::from(*mails);
            }
        }
        let weeks = seconds(watched) / seconds(HOURS_A_WEEK);
        let is_known = weeks >= 1.0;
        if is_known {
            for mails in &mut by_hour_of_week {
                *mails /= weeks;
            }
        }
        Self {
            by_hour_of_week,
            is_known,
        }
    }

    /// Mails that usually come in this hour since 1970.
    fn usual(&self, hour: i64) -> f64 {
        self.by_hour_of_week
            .get(of_week(hour))
            .copied()
            .unwrap_or(0.0)
    }
}

fn of_week(hour: i64) -> usize {
    usize::try_from(hour.rem_euclid(HOURS_A_WEEK)).unwrap_or(0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "hours and seconds of a few weeks are exact"
)]
fn seconds(whole: i64) -> f64 {
    whole as f64
}

/// A silence, and what was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// The hours of the settings.
    pub hours: u32,
    /// The last proof that mail arrives: a mail that came, a test that passed, or the connection itself.
    pub since: Timestamp,
    /// The last test, if it failed.
    pub failed_at: Option<Timestamp>,
}

impl Silence {
    /// When the way in shall be proved.
    pub fn test_due(&self, traffic: &Traffic) -> Timestamp {
        let base = i64::from(self.hours.max(1)) * HOUR;
        let due = later(self.since, self.patience(base, traffic));
        match self.failed_at {
            Some(failed_at) => later(failed_at, (base / AGAIN_AFTER).max(HOUR)).max(self.since),
            None => due,
        }
    }

    /// Seconds that the mailbox may be silent.
    fn patience(&self, base: i64, traffic: &Traffic) -> i64 {
        if !traffic.is_known {
            return base;
        }
        let suspicious = MISSING_MAILS * seconds(base) / (USUAL_HOURS * seconds(HOUR));
        let (shortest, longest) = ((base / SHORTEST).max(HOUR / 2), base * LONGEST);
        let start = self.since.as_second();
        let mut missing = 0.0;
        let mut at = start;
        while at - start < longest {
            let hour = at.div_euclid(HOUR);
            let end = (hour + 1) * HOUR;
            let share = seconds(end - at) / seconds(HOUR);
            missing += traffic.usual(hour) * share;
            at = end;
            if missing >= suspicious {
                break;
            }
        }
        (at - start).clamp(shortest, longest)
    }
}

fn later(moment: Timestamp, seconds: i64) -> Timestamp {
    moment
        .checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    /// A Friday at noon.
    const NOW: &str = "2026-11-20T12:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    /// Four weeks in which `mails(weekday, hour)` came, Monday being 0.
    fn weeks(mails: impl Fn(i64, i64) -> u32) -> Traffic {
        let this_hour = now().as_second() / HOUR;
        let hours: Vec<(i64, u32)> = (this_hour - WEEKS * HOURS_A_WEEK..this_hour)
            .map(|hour| {
                // 1970 began on a Thursday.
                let weekday = (hour / 24 + 3) % 7;
                (hour, mails(weekday, hour % 24))
            })
            .collect();
        Traffic::of(&hours, Timestamp::UNIX_EPOCH, now())
    }

    fn patience(hours: u32, traffic: &Traffic) -> i64 {
        let silence = Silence {
            hours,
            since: now(),
            failed_at: None,
        };
        silence.test_due(traffic).duration_since(now()).as_mins()
    }

    #[test]
    fn a_silence_counts_by_the_mails_that_should_have_come() {
        let office = |mails: u32| {
            move |weekday: i64, hour: i64| {
                if weekday < 5 && (8..18).contains(&hour) {
                    mails
                } else {
                    0
                }
            }
        };
        for (words, hours, traffic, minutes) in [
            ("nothing known", 24, Traffic::of(&[], now(), now()), 24 * 60),
            ("nothing known", 6, Traffic::of(&[], now(), now()), 6 * 60),
            ("50 an hour", 24, weeks(|_, _| 50), 60),
            ("4 an hour", 24, weeks(|_, _| 4), 2 * 60),
            ("4 an hour, patient", 48, weeks(|_, _| 4), 4 * 60),
            (
                "one every third hour",
                24,
                weeks(|_, hour| u32::from(hour % 3 == 0)),
                22 * 60,
            ),
            // From Friday noon on there are six hours of office, and then nobody writes until Monday at eight.
            ("one an hour in the office", 24, weeks(office(1)), 70 * 60),
            ("two an hour in the office", 24, weeks(office(2)), 4 * 60),
            (
                "one a week",
                24,
                weeks(|day, hour| u32::from((day, hour) == (2, 9))),
                7 * 24 * 60,
            ),
            ("nothing ever", 24, weeks(|_, _| 0), 7 * 24 * 60),
        ] {
            assert_eq!(patience(hours, &traffic), minutes, "{words}, {hours} hours");
        }
    }

    #[test]
    fn a_mailbox_younger_than_a_week_has_no_habits_yet() {
        let connected = now() - SignedDuration::from_hours(100);
        let hours: Vec<(i64, u32)> = (1..100)
            .map(|back| (now().as_second() / HOUR - back, 50))
            .collect();
        let traffic = Traffic::of(&hours, connected, now());
        assert_eq!(patience(24, &traffic), 24 * 60);
    }

    #[test]
    fn a_failed_test_is_made_again_and_a_mail_ends_the_waiting() {
        let traffic = weeks(|_, _| 50);
        let silence = Silence {
            hours: 24,
            since: now(),
            failed_at: Some(later(now(), 60 * 60)),
        };
        let due = silence.test_due(&traffic).duration_since(now());
        assert_eq!(due.as_hours(), 5);
    }
}
