//! Whether this machine's clock agrees with the mail server's: our answers are dated by ours.
//!
//! The server's time is read off the mails that arrive: a mail that was not there at the last look and is there now
//! arrived in between by our clock, and when it arrived by the server's clock the server says (INTERNALDATE). That is no
//! proof alone, because a mail that another program moved keeps its old date; so two looks must say the same.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::trouble::Trouble;

/// Less than this is nobody's business.
const OFF_AT_MOST: SignedDuration = SignedDuration::from_mins(5);
/// A mail whose arrival is known more roughly than this cannot say that a clock is right.
const ROUGH: SignedDuration = SignedDuration::from_mins(10);
/// Two looks say the same when they differ by no more than this.
const SAME: SignedDuration = SignedDuration::from_mins(15);

/// A mail that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// When, by the server's clock.
    pub there: Timestamp,
    /// It was not there yet, by our clock.
    pub from: Timestamp,
    /// It was there, by our clock.
    pub until: Timestamp,
}

/// What one mail says about our clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// Ours is ahead by so much at least; behind where it is negative.
    Off(SignedDuration),
    Unknown,
}

#[must_use]
pub fn verdict(sighting: &Sighting) -> Verdict {
    let Sighting { there, from, until } = *sighting;
    if until < from {
        // Our clock was set in between.
        return Verdict::Unknown;
    }
    let ahead = from.duration_since(there);
    let behind = until.duration_since(there);
    if ahead > OFF_AT_MOST {
        Verdict::Off(ahead)
    } else if behind < -OFF_AT_MOST {
        Verdict::Off(behind)
    } else if until.duration_since(from) <= ROUGH {
        Verdict::Right
    } else {
        Verdict::Unknown
    }
}

/// That a clock is wrong, as far as it is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// Ours is ahead by so many seconds at least; behind where it is negative.
    pub seconds: i64,
    /// How many looks said so.
    pub looks: u8,
    /// The server with the other clock.
    pub host: String,
}

/// What is believed after a look at the mails that came. One that says that the clock is right ends the doubt.
#[must_use]
pub fn judged(before: Option<Doubt>, host: &str, came: &[Sighting]) -> Option<Doubt> {
    let verdicts: Vec<Verdict> = came.iter().map(verdict).collect();
    if verdicts.contains(&Verdict::Right) {
        return None;
    }
    let off = verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Off(off) => Some(off.as_secs()),
        Verdict::Right | Verdict::Unknown => None,
    });
    let Some(seconds) = off.min_by_key(|seconds| seconds.abs()) else {
        return before;
    };
    let says_the_same =
        |doubt: &Doubt| doubt.host == host && (doubt.seconds - seconds).abs() <= SAME.as_secs();
    let looks = before.filter(says_the_same).map_or(0, |doubt| doubt.looks);
    Some(Doubt {
        seconds,
        looks: looks.saturating_add(1),
        host: host.to_owned(),
    })
}

impl Doubt {
    /// Whether enough looks said the same.
    #[must_use]
    pub fn is_believed(&self) -> bool {
        self.looks >= 2
    }

    /// "3 h ahead".
    #[must_use]
    pub fn words(&self) -> String {
        let minutes = (self.seconds.unsigned_abs() + 30) / 60;
        let hours = (minutes + 30) / 60;
        let days = (hours + 12) / 24;
        let length = match (minutes, hours, days) {
            (..120, ..) => format!("{minutes} min"),
            (_, ..48, _) => format!("{hours} h"),
            (.., ..730) => format!("{days} days"),
            _ => format!("{} years", days / 365),
        };
        let side = if self.seconds > 0 { "ahead" } else { "behind" };
        format!("{length} {side}")
    }

    /// The operator's move: it is this machine's clock.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        self.is_believed().then(|| {
            let side = if self.seconds > 0 { " of" } else { "" };
            Trouble::operator(format!(
                "this machine's clock is {}{side} that of {}",
                self.words(),
                self.host
            ))
            .because("answers are dated by it")
            .hint("set the clock, by timedatectl for example; it is compared again with the mails that come")
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn seen(there: i64, from: i64, until: i64) -> Sighting {
        let minute = |minute: i64| Timestamp::from_second(1_800_000_000 + minute * 60).unwrap();
        Sighting {
            there: minute(there),
            from: minute(from),
            until: minute(until),
        }
    }

    #[test]
    fn a_mail_says_no_more_about_the_clock_than_it_can_know() {
        let off = |minutes| Verdict::Off(SignedDuration::from_mins(minutes));
        for (there, from, until, expected) in [
            (1, 0, 2, Verdict::Right),
            // Within five minutes nobody minds.
            (-5, 0, 2, Verdict::Right),
            (7, 0, 2, Verdict::Right),
            (-6, 0, 2, off(6)),
            (8, 0, 2, off(-6)),
            (-180, 0, 2, off(180)),
            (60 * 24 * 365, 0, 2, off(2 - 60 * 24 * 365)),
            // It came at some time of the night: it may be right, and only what cannot be is said.
            (200, 0, 480, Verdict::Unknown),
            (-60, 0, 480, off(60)),
            (600, 0, 480, off(-120)),
            // The clock was set back since the last look.
            (1, 60, 2, Verdict::Unknown),
        ] {
            let sighting = seen(there, from, until);
            assert_eq!(verdict(&sighting), expected, "{there} in {from}..{until}");
        }
    }

    #[test]
    fn two_looks_must_say_the_same_and_one_that_agrees_ends_it() {
        let three_hours = seen(-180, 0, 2);
        let one = judged(None, "mail.test", &[three_hours]).unwrap();
        assert_eq!(
            (one.seconds, one.is_believed(), one.trouble()),
            (10_800, false, None)
        );
        let two = judged(Some(one.clone()), "mail.test", &[seen(-178, 1, 4)]).unwrap();
        assert!(two.is_believed());
        let told = two.trouble().unwrap();
        assert_eq!(
            told.what,
            "this machine's clock is 3 h ahead of that of mail.test"
        );
        // A mail of last year that was moved here is another doubt, which begins anew.
        let moved = judged(Some(one.clone()), "mail.test", &[seen(-400_000, 0, 2)]).unwrap();
        assert!(!moved.is_believed());
        // Of several mails the least is believed, nothing new changes nothing, and one that agrees ends it.
        let several = judged(None, "mail.test", &[seen(-400_000, 0, 2), three_hours]);
        assert_eq!(several, Some(one));
        assert_eq!(
            judged(Some(two.clone()), "mail.test", &[]),
            Some(two.clone())
        );
        assert_eq!(
            judged(
                Some(two.clone()),
                "mail.test",
                &[three_hours, seen(1, 0, 2)]
            ),
            None
        );
        let elsewhere = judged(Some(two), "other.test", &[three_hours]).unwrap();
        assert!(!elsewhere.is_believed());
    }

    #[test]
    fn how_far_it_is_off_is_said_as_people_say_it() {
        for (seconds, words) in [
            (400, "7 min ahead"),
            (-7_000, "117 min behind"),
            (10_900, "3 h ahead"),
            (-200_000, "2 days behind"),
            (130_000_000, "4 years ahead"),
        ] {
            let doubt = Doubt {
                seconds,
                looks: 2,
                host: "mail.test".into(),
            };
            assert_eq!(doubt.words(), words);
            let said = doubt.trouble().unwrap().what;
            let end = if seconds > 0 {
                "ahead of that of mail.test"
            } else {
                "behind that of mail.test"
            };
            assert!(said.ends_with(end), "{said}");
        }
    }
}
