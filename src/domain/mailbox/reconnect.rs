//! When a mailbox that broke off is tried again, and when an interruption becomes an error.
//!
//! The first attempts come quickly, because most lines are back within seconds; then they come at the interval that
//! the settings name. Past the patience of the settings, attempts go on slowly: nothing is ever given up.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Health, Watch};
use crate::domain::trouble::Trouble;

/// Between two attempts of a mailbox whose error was told.
const SLOWLY: Duration = Duration::from_secs(600);
/// Trying a wrong password again and again locks accounts.
const AFTER_A_REFUSED_PASSWORD: Duration = Duration::from_secs(3_600);
/// No attempt comes sooner.
const AT_LEAST: f64 = 2.0;

/// What kind of failure ended a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The server refused name or password.
    SignIn,
    /// The server asked us to come less often (`[LIMIT]`, `[UNAVAILABLE]`, too many connections).
    Throttled,
    /// The line, name resolution, or a deadline.
    Network,
    /// A certificate, a setting: it stays so until somebody acts.
    Settings,
    /// The server answered what it should not, or we did not understand it.
    Answer,
    /// Our own store does not take what came, because the disk is full for example.
    Store,
}

/// The failure that just happened, among those before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attempt {
    /// Failures in a row, this one included.
    pub failures: u32,
    /// When the first of them happened.
    pub since: Timestamp,
    pub now: Timestamp,
    /// From 0 to 1; spreads many mailboxes apart.
    pub random: f64,
}

/// How the mailbox does after a failure, and when to try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfterFailure {
    pub health: Health,
    pub next_try: Timestamp,
}

/// How long to wait after `failures` in a row: from 2 seconds, doubled each time, up to `most_seconds`.
fn backoff(failures: u32, most_seconds: u32, random: f64) -> Duration {
    let most = f64::from(most_seconds).max(AT_LEAST);
    let ceiling = f64::from(2_u32.saturating_pow(failures.clamp(1, 31))).min(most);
    let share = if random.is_finite() {
        random.clamp(0.0, 1.0)
    } else {
        1.0
    };
    Duration::from_secs_f64((ceiling * (0.5 + share / 2.0)).clamp(AT_LEAST, most))
}

/// Whether patience has run out: so many attempts failed, at the interval of the settings. The quick first attempts
/// come besides and do not shorten it, so that a server may restart without an alarm.
fn is_error(attempt: Attempt, watch: &Watch) -> bool {
    let intervals = i64::from(watch.attempts_before_error.saturating_sub(1));
    let patience = SignedDuration::from_secs(intervals * i64::from(watch.reconnect_seconds));
    attempt.failures >= watch.attempts_before_error
        && attempt.now.duration_since(attempt.since) >= patience
}

/// What follows from a failure.
pub fn after_failure(
    failure: Failure,
    attempt: Attempt,
    watch: &Watch,
    trouble: Trouble,
) -> AfterFailure {
    let soon = backoff(attempt.failures, watch.reconnect_seconds, attempt.random);
    let is_error = is_error(attempt, watch);
    let wait = match failure {
        Failure::SignIn => AFTER_A_REFUSED_PASSWORD,
        Failure::Settings => SLOWLY.max(soon),
        // Our own disk costs nobody anything, and mail waits for it.
        Failure::Store => soon,
        Failure::Throttled if is_error => SLOWLY.max(soon * 10),
        Failure::Throttled => (soon * 10).clamp(Duration::from_secs(60), Duration::from_secs(800)),
        Failure::Network | Failure::Answer if is_error => SLOWLY.max(soon),
        Failure::Network | Failure::Answer => soon,
    };
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_secs(80));
    let next_try = attempt.now.checked_add(wait).unwrap_or(attempt.now);
    let since = attempt.since;
    let health = match failure {
        Failure::SignIn => Health::NeedsPassword {
            since,
            next_try: Some(next_try),
            trouble,
        },
        Failure::Network | Failure::Answer | Failure::Throttled if !is_error => {
            Health::Interrupted {
                since,
                next_try,
                trouble,
            }
        }
        _ => Health::Failing {
            since,
            next_try: Some(next_try),
            trouble,
        },
    };
    AfterFailure { health, next_try }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::mailbox::Condition;

    fn watch(reconnect_seconds: u32, attempts_before_error: u32) -> Watch {
        Watch {
            reconnect_seconds,
            attempts_before_error,
            ..Watch::default()
        }
    }

    #[test]
    fn attempts_come_quickly_and_then_at_the_interval_of_the_settings() {
        let waits = |most| -> Vec<u64> {
            (0..9)
                .map(|failures| backoff(failures, most, 1.0).as_secs())
                .collect()
        };
        assert_eq!(waits(80), [2, 2, 4, 8, 16, 32, 64, 80, 80]);
        assert_eq!(waits(10), [2, 2, 4, 8, 10, 10, 10, 10, 10]);
        assert_eq!(waits(0), [2; 9]);
        assert_eq!(backoff(40, 3_600, 1.0).as_secs(), 3_600);
        assert_eq!(backoff(8, 80, 0.0).as_secs(), 40);
        assert_eq!(backoff(8, 80, f64::NAN).as_secs(), 80);
    }

    #[test]
    fn each_failure_has_its_status_and_its_pause() {
        use Failure as F;
        let usual = watch(80, 5);
        for (failure, failures, elapsed, status, wait) in [
            (F::SignIn, 1, 0, Condition::NeedsPassword, 3_600),
            (F::SignIn, 9, 4_000, Condition::NeedsPassword, 3_600),
            (F::Settings, 1, 0, Condition::Error, 600),
            (F::Store, 3, 10, Condition::Error, 8),
            (F::Network, 1, 0, Condition::Interrupted, 2),
            (F::Network, 5, 31, Condition::Interrupted, 32),
            (F::Network, 4, 400, Condition::Interrupted, 16),
            (F::Network, 5, 320, Condition::Error, 600),
            (F::Answer, 2, 2, Condition::Interrupted, 4),
            (F::Answer, 30, 9_000, Condition::Error, 600),
            (F::Throttled, 1, 0, Condition::Interrupted, 60),
            (F::Throttled, 4, 100, Condition::Interrupted, 160),
            (F::Throttled, 9, 900, Condition::Error, 800),
        ] {
            let since: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
            let now = since + SignedDuration::from_secs(elapsed);
            let attempt = Attempt {
                failures,
                since,
                now,
                random: 1.0,
            };
            let trouble = Trouble::network("away");
            let after = after_failure(failure, attempt, &usual, trouble.clone());
            let said = format!("{failure:?} {failures} after {elapsed} s: {after:?}");
            assert_eq!(after.health.status(), status, "{said}");
            assert_eq!(after.health.since(), Some(since), "{said}");
            assert_eq!(after.health.next_try(), Some(after.next_try), "{said}");
            assert_eq!(after.next_try.duration_since(now).as_secs(), wait, "{said}");
            assert_eq!(after.health.reason(), Some(&trouble), "{said}");
        }
    }

    #[test]
    fn whoever_wants_to_know_at_once_is_told_at_once() {
        let now = Timestamp::UNIX_EPOCH;
        let attempt = Attempt {
            failures: 1,
            since: now,
            now,
            random: 0.5,
        };
        let trouble = Trouble::network("away");
        let after = after_failure(Failure::Network, attempt, &watch(80, 1), trouble);
        assert_eq!(after.health.status(), Condition::Error);
    }
}
