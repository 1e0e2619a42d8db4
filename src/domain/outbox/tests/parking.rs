//! What sending switched off does to what waits.

use super::*;

#[test]
fn what_waits_goes_on_waiting_while_sending_is_off() {
    let later = Timestamp::from_second(1_790_003_600).unwrap();
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    let parked = |attempts| DeliveryState::Deferred {
        next_try: later,
        attempts,
        words: SWITCHED_OFF.to_owned(),
    };
    let deferred = DeliveryState::Deferred {
        next_try: now,
        attempts: 3,
        words: "450 busy".into(),
    };
    let table = [
        (DeliveryState::Queued, Ok(parked(0))),
        (DeliveryState::Held { until: now }, Ok(parked(0))),
        (DeliveryState::Held { until: later }, Err(())),
        (deferred.clone(), Ok(parked(3))),
        (DeliveryState::Sending, Err(())),
        (DeliveryState::Dot, Err(())),
        (DeliveryState::Cancelled, Err(())),
    ];
    for (state, expected) in table {
        let found = step(&state, &Step::Park { until: later }, now).map_err(|_| ());
        assert_eq!(found, expected, "{state:?}");
    }
    assert_eq!(
        step(&parked(0), &Step::Unpark, now),
        Ok(DeliveryState::Queued)
    );
    assert!(
        step(&deferred, &Step::Unpark, now).is_err(),
        "the server said so, not an admin"
    );
    assert_eq!(
        step(&parked(0), &Step::Operator(Decision::Cancel), now),
        Ok(DeliveryState::Cancelled)
    );
}
