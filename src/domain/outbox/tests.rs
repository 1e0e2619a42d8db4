#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::domain::delivery::{Delivery, Envelope, Phase, Verdict};
use crate::domain::trouble::Trouble;

mod clock;
mod parking;

fn noon() -> Timestamp {
    "2026-01-12T12:00:00Z".parse().unwrap()
}

fn in_seconds(seconds: i64) -> Timestamp {
    later(noon(), SignedDuration::from_secs(seconds))
}

fn held() -> DeliveryState {
    DeliveryState::Held { until: noon() }
}

fn deferred() -> DeliveryState {
    DeliveryState::Deferred {
        next_try: noon(),
        attempts: 1,
        words: "451 4.7.1 greylisted".into(),
    }
}

fn refused() -> DeliveryState {
    DeliveryState::Refused {
        recipients: vec![result(
            "bob@example.test",
            Verdict::Refused,
            "550 5.1.1 mailbox unavailable",
        )],
    }
}

fn uncertain() -> DeliveryState {
    DeliveryState::Uncertain {
        since: noon(),
        known: "the line broke after the last dot".into(),
    }
}

fn sent() -> DeliveryState {
    DeliveryState::Sent {
        at: noon(),
        line: "250 ok".into(),
    }
}

fn result(address: &str, verdict: Verdict, words: &str) -> RecipientResult {
    RecipientResult {
        address: address.into(),
        verdict,
        words: words.into(),
    }
}

fn every_state() -> Vec<DeliveryState> {
    vec![
        held(),
        DeliveryState::Queued,
        DeliveryState::Sending,
        DeliveryState::Dot,
        deferred(),
        refused(),
        uncertain(),
        sent(),
        DeliveryState::Cancelled,
    ]
}

/// One letter a state, in the order of `every_state`; "." is a refusal.
fn letter(state: &DeliveryState) -> char {
    match state {
        DeliveryState::Held { .. } => 'H',
        DeliveryState::Queued => 'Q',
        DeliveryState::Sending => 'S',
        DeliveryState::Dot => 'D',
        DeliveryState::Deferred { .. } => 'W',
        DeliveryState::Refused { .. } => 'R',
        DeliveryState::Uncertain { .. } => 'U',
        DeliveryState::Sent { .. } => 'X',
        DeliveryState::Cancelled => 'C',
    }
}

#[test]
fn each_step_leads_where_the_table_says_and_nowhere_else() {
    use Decision::*;
    //                                                  HQSDWRUXC
    let table = [
        (Step::Release, "Q........"),
        (Step::Claim, ".S..S...."),
        (Step::Barrier, "..D......"),
        (Step::End(deferred()), "..WW....."),
        (Step::End(refused()), "..RR....."),
        (Step::End(uncertain()), "...U....."),
        (Step::End(sent()), "...X....."),
        (Step::End(DeliveryState::Queued), "........."),
        (Step::End(DeliveryState::Cancelled), "........."),
        (Step::Proof(Evidence::SentCopy), "......XX."),
        (Step::Operator(Cancel), "CC..CC..."),
        (Step::Operator(Retry), "Q...QQQ.."),
        (Step::Operator(MarkSent), "......X.."),
    ];
    for (happening, expected) in table {
        let got: String = every_state()
            .iter()
            .map(|state| step(state, &happening, noon()).map_or('.', |next| letter(&next)))
            .collect();
        assert_eq!(got, expected, "{happening:?}");
    }
}

#[test]
fn time_has_to_come_first() {
    let soon = in_seconds(-1);
    assert!(step(&held(), &Step::Release, soon).is_err());
    assert_eq!(
        step(&deferred(), &Step::Claim, soon),
        Err("its next try is not due yet")
    );
}

#[test]
fn an_answer_can_be_taken_back_until_it_is_claimed() {
    let cancel = Step::Operator(Decision::Cancel);
    let claimed = step(&DeliveryState::Queued, &Step::Claim, noon()).unwrap();
    assert_eq!(
        step(&claimed, &cancel, noon()),
        Err("too late: it is being sent right now")
    );
}

#[test]
fn a_crash_before_the_dot_is_retried_and_after_it_is_in_doubt() {
    let got: String = every_state()
        .into_iter()
        .map(|state| letter(&after_crash(state, noon())))
        .collect();
    assert_eq!(got, "HQQUWRUXC");
    let got: String = every_state()
        .into_iter()
        .map(|state| letter(&after_restore(state, noon())))
        .collect();
    assert_eq!(got, "UUUUURUXC");
}

#[test]
fn pauses_grow_to_four_hours() {
    let minutes: Vec<i64> = [0, 1, 2, 3, 4, 5, 6, 7, 1000]
        .into_iter()
        .map(|attempts| backoff(attempts).as_mins())
        .collect();
    assert_eq!(minutes, [1, 1, 5, 15, 60, 120, 240, 240, 240]);
}

fn three() -> Envelope {
    Envelope {
        from: Some("support@acme.test".into()),
        to: vec!["a@x.test".into(), "b@x.test".into(), "c@x.test".into()],
        all_or_nothing: false,
    }
}

fn first_try() -> Tries {
    Tries {
        count: 1,
        first: noon(),
    }
}

#[test]
fn a_row_splits_so_that_nobody_gets_the_mail_twice() {
    let delivery = Delivery::Accepted {
        line: "250 ok".into(),
        recipients: vec![
            result("a@x.test", Verdict::Accepted, "250 ok"),
            result("b@x.test", Verdict::Deferred, "452 4.5.3 too many"),
            result("c@x.test", Verdict::Refused, "550 no such user"),
        ],
    };
    let parts = settle(&delivery, &three(), first_try(), noon());
    let seen: Vec<(char, Vec<String>)> = parts
        .iter()
        .map(|part| (letter(&part.state), part.recipients.clone()))
        .collect();
    assert_eq!(
        seen,
        [
            ('X', vec!["a@x.test".to_owned()]),
            ('W', vec!["b@x.test".to_owned()]),
            ('R', vec!["c@x.test".to_owned()]),
        ]
    );
    let status = DeliveryStatus::of_parts(&parts, noon(), &TimeZone::UTC).unwrap();
    assert_eq!(
        status.words.as_str(),
        "refused by x.test: no such user (1 of 3 recipients)"
    );
}

#[test]
fn all_or_nothing_stays_one_row() {
    let envelope = Envelope {
        all_or_nothing: true,
        ..three()
    };
    let delivery = Delivery::Refused {
        phase: Phase::Recipients,
        words: "550 no".into(),
        recipients: vec![
            result("a@x.test", Verdict::Withheld, "held back"),
            result("b@x.test", Verdict::Withheld, "held back"),
            result("c@x.test", Verdict::Refused, "550 no"),
        ],
    };
    let parts = settle(&delivery, &envelope, first_try(), noon());
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0].recipients, envelope.to);
    assert_eq!(letter(&parts[0].state), 'R');
}

#[test]
fn after_five_days_it_is_refused_visibly_and_can_be_retried() {
    let delivery = Delivery::not_sent(Phase::Connect, Trouble::network("no route"));
    let long_ago = Tries {
        count: 40,
        first: in_seconds(-5 * 24 * 3600),
    };
    let parts = settle(&delivery, &three(), long_ago, noon());
    let DeliveryState::Refused { recipients } = &parts[0].state else {
        panic!("{parts:?}");
    };
    assert_eq!(recipients.len(), 3);
    assert!(recipients[0].words.contains("given up after five days"));
    let again = step(&parts[0].state, &Step::Operator(Decision::Retry), noon());
    assert_eq!(again, Ok(DeliveryState::Queued));
    let sooner = Tries {
        first: in_seconds(-5 * 24 * 3600 + 1),
        ..long_ago
    };
    let parts = settle(&delivery, &three(), sooner, noon());
    assert_eq!(letter(&parts[0].state), 'W');
}

#[test]
fn proof_has_to_be_about_the_row() {
    let row = ["Bob@Example.test".to_owned()];
    let bounce = Evidence::Bounce {
        recipient: "bob@example.test".into(),
    };
    assert!(bounce.speaks_for(&row, true));
    let other = Evidence::Answer {
        from: "carol@example.test".into(),
    };
    assert!(!other.speaks_for(&row, false));
    assert!(Evidence::SentCopy.speaks_for(&row, false));
    assert!(!Evidence::SentCopy.speaks_for(&row, true));
}

#[test]
fn the_words_on_a_message() {
    let tomorrow = DeliveryState::Deferred {
        next_try: in_seconds(24 * 3600),
        attempts: 9,
        words: "421 try later".into(),
    };
    let table = [
        (
            DeliveryState::Held {
                until: in_seconds(8),
            },
            "sending in 8 s",
        ),
        (DeliveryState::Queued, "waiting to be sent"),
        (DeliveryState::Dot, "sending"),
        (deferred(), "waiting: greylisted, next try 12:00"),
        (tomorrow, "waiting: try later, next try 13 Jan 12:00"),
        (refused(), "refused by example.test: mailbox unavailable"),
        (uncertain(), "uncertain: the line broke after the last dot"),
        (sent(), "sent 12:00"),
        (DeliveryState::Cancelled, "taken back"),
    ];
    for (state, expected) in table {
        let status = DeliveryStatus::of(&state, noon(), &TimeZone::UTC);
        assert_eq!(status.words.as_str(), expected);
    }
}

/// Everything that can happen to a row, and a restart.
#[derive(Debug, Clone)]
enum Happening {
    Step(Step),
    Crash,
}

fn happening() -> impl Strategy<Value = Happening> {
    let step = |s: Step| Just(Happening::Step(s));
    prop_oneof![
        1 => step(Step::Release),
        4 => step(Step::Claim),
        4 => step(Step::Barrier),
        1 => step(Step::End(deferred())),
        1 => step(Step::End(refused())),
        1 => step(Step::End(uncertain())),
        1 => step(Step::End(sent())),
        1 => step(Step::Proof(Evidence::SentCopy)),
        1 => step(Step::Operator(Decision::Cancel)),
        1 => step(Step::Operator(Decision::Retry)),
        1 => step(Step::Operator(Decision::MarkSent)),
        2 => Just(Happening::Crash),
    ]
}

proptest! {
    /// Once the dot was committed, a row is claimed again only after the server's own definite no, or because an
    /// operator said so.
    #[test]
    fn nothing_is_sent_twice_by_itself(happenings in proptest::collection::vec(happening(), 1..60)) {
        let mut state = DeliveryState::Queued;
        let mut may_be_out = false;
        for happening in happenings {
            let next = match &happening {
                Happening::Crash => after_crash(state.clone(), noon()),
                Happening::Step(what) => match step(&state, what, noon()) {
                    Ok(next) => next,
                    Err(_) => continue,
                },
            };
            match (&happening, &next) {
                (_, DeliveryState::Sending) => prop_assert!(!may_be_out, "claimed although it may be out"),
                (_, DeliveryState::Dot) => may_be_out = true,
                (Happening::Step(Step::End(DeliveryState::Deferred { .. } | DeliveryState::Refused { .. })), _)
                | (Happening::Step(Step::Operator(_)), _) => may_be_out = false,
                _ => {}
            }
            state = next;
        }
    }

    /// However an attempt ends, each recipient is in exactly one part, and no part is empty.
    #[test]
    fn no_recipient_is_lost_or_doubled(
        verdicts in proptest::collection::vec(0_u8..5, 1..8),
        kind in 0_u8..5,
        all_or_nothing: bool,
    ) {
        let recipients: Vec<RecipientResult> = verdicts
            .iter()
            .enumerate()
            .map(|(index, verdict)| {
                let verdict = match verdict {
                    0 => Verdict::Accepted,
                    1 => Verdict::Deferred,
                    2 => Verdict::Refused,
                    3 => Verdict::Withheld,
                    _ => Verdict::Uncertain,
                };
                result(&format!("{index}@x.test"), verdict, "words")
            })
            .collect();
        let to: Vec<String> = recipients.iter().map(|r| r.address.clone()).collect();
        let envelope = Envelope { from: None, to: to.clone(), all_or_nothing };
        let (phase, words) = (Phase::Recipients, String::from("words"));
        let delivery = match kind {
            0 => Delivery::not_sent(Phase::Connect, Trouble::network("gone")),
            1 => Delivery::Deferred { phase, words, recipients },
            2 => Delivery::Refused { phase, words, recipients },
            3 => Delivery::Accepted { line: words, recipients },
            _ => Delivery::Uncertain { known: words, recipients },
        };
        let parts = settle(&delivery, &envelope, first_try(), noon());
        prop_assert!(parts.iter().all(|part| !part.recipients.is_empty()));
        let mut named: Vec<String> = parts.into_iter().flat_map(|part| part.recipients).collect();
        named.sort();
        prop_assert_eq!(named, to);
    }
}
