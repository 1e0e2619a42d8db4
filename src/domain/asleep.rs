//! Whether the machine slept, told from its clocks.

use std::time::Duration;

use jiff::SignedDuration;

/// A busy machine wakes a program late without having slept.
const LATE: Duration = Duration::from_secs(8);

/// How long the machine or the program stood still besides the wait that was asked for. A suspended machine moves
/// only its wall clock on; for a program that was stopped both clocks went on. Somebody who sets the clock an hour
/// ahead is taken for a sleeper, which costs a question to each server.
pub fn slept(asked: Duration, wall: SignedDuration, steady: Duration) -> Option<Duration> {
    let wall = Duration::try_from(wall).unwrap_or(Duration::ZERO);
    let besides = wall.max(steady).saturating_sub(asked);
    (besides >= LATE).then_some(besides)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_seen_by_either_clock() {
        let asked = Duration::from_secs(5);
        for (what, wall, steady, found) in [
            ("an ordinary wait", 5, 5, None),
            ("a busy machine", 12, 12, None),
            ("a suspended machine", 3605, 5, Some(3600)),
            ("a stopped program", 65, 65, Some(60)),
            ("a clock set back", -3600, 5, None),
            (
                "a clock set back while the program was stopped",
                -3600,
                65,
                Some(60),
            ),
        ] {
            let slept = slept(
                asked,
                SignedDuration::from_secs(wall),
                Duration::from_secs(steady),
            );
            assert_eq!(slept, found.map(Duration::from_secs), "{what}");
        }
    }
}
