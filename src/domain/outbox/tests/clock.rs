//! A clock that was wrong and is set right.

use super::*;

#[test]
fn a_clock_that_was_years_ahead_holds_no_answer_back_for_years() {
    let years = |count: i64| later(noon(), SignedDuration::from_hours(count * 365 * 24));
    let waits = |next_try| DeliveryState::Deferred {
        next_try,
        attempts: 1,
        words: "451 4.7.1 greylisted".into(),
    };
    let pause = SignedDuration::from_mins(5);
    let wrong = years(30);
    assert_eq!(
        after_clock(waits(later(wrong, pause)), wrong, noon()),
        waits(later(noon(), pause))
    );
    let held = |until| DeliveryState::Held { until };
    assert_eq!(
        after_clock(held(later(wrong, pause)), wrong, noon()),
        held(later(noon(), pause))
    );
    // A clock that only went on changes nothing, and nothing but waiting has a time to come.
    for state in every_state() {
        assert_eq!(after_clock(state.clone(), noon(), years(30)), state);
        let moved = after_clock(state.clone(), wrong, noon());
        assert!(moved == state || moved.due() < state.due(), "{state:?}");
    }
}
