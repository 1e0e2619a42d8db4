//! From the end of an attempt to the states of its rows.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{DeliveryState, later};
use crate::domain::delivery::{Delivery, Envelope, RecipientResult, Verdict, all_with};

/// The pauses between attempts, in minutes; the last one repeats.
const PAUSES_MINUTES: [i64; 6] = [1, 5, 15, 60, 120, 240];
/// After this long without success an answer is refused visibly (RFC 5321 §4.5.4.1: at least 4-5 days).
const GIVE_UP_AFTER_HOURS: i64 = 5 * 24;

/// How often a row has been tried and since when; stored beside its state, reset by an operator's retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// Including the attempt that just ended.
    pub count: u32,
    pub first: Timestamp,
}

/// What has become of some of the recipients. More than one part means that the row splits: each part is a row of
/// its own with the same message, so that nobody who has it gets it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub recipients: Vec<String>,
    pub state: DeliveryState,
}

/// The pause after so many attempts.
pub fn backoff(attempts: u32) -> SignedDuration {
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let minutes = PAUSES_MINUTES.get(index).or(PAUSES_MINUTES.last());
    SignedDuration::from_mins(minutes.copied().unwrap_or(240))
}

/// The states that follow from an attempt. Parts stand in the order sent, uncertain, deferred, refused; together
/// they name every recipient of the envelope once.
pub fn settle(delivery: &Delivery, envelope: &Envelope, tries: Tries, now: Timestamp) -> Vec<Part> {
    match delivery {
        Delivery::NotSent(setback) => {
            let words = setback.trouble.to_string();
            let results = all_with(envelope, Verdict::Deferred, &words);
            vec![part(&results, wait(&results, words, tries, now))]
        }
        Delivery::Refused { recipients, .. } if envelope.all_or_nothing => vec![part(
            recipients,
            DeliveryState::Refused {
                recipients: recipients.clone(),
            },
        )],
        Delivery::Deferred {
            words, recipients, ..
        } if envelope.all_or_nothing => vec![part(
            recipients,
            wait(recipients, words.clone(), tries, now),
        )],
        Delivery::Accepted { line, recipients } => {
            let at = DeliveryState::Sent {
                at: now,
                line: line.clone(),
            };
            split(recipients, Some((Verdict::Accepted, at)), tries, now)
        }
        Delivery::Uncertain { known, recipients } => {
            let doubt = DeliveryState::Uncertain {
                since: now,
                known: known.clone(),
            };
            split(recipients, Some((Verdict::Uncertain, doubt)), tries, now)
        }
        Delivery::Deferred { recipients, .. } | Delivery::Refused { recipients, .. } => {
            split(recipients, None, tries, now)
        }
    }
}

/// One part for those with the leading verdict, one for those to try again, one for those who were refused.
fn split(
    recipients: &[RecipientResult],
    leading: Option<(Verdict, DeliveryState)>,
    tries: Tries,
    now: Timestamp,
) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest: Vec<RecipientResult> = recipients.to_vec();
    if let Some((verdict, state)) = leading {
        let (led, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|r| r.verdict == verdict);
        rest = others;
        if !led.is_empty() {
            parts.push(part(&led, state));
        }
    }
    let (refused, waiting): (Vec<_>, Vec<_>) = rest
        .into_iter()
        .partition(|result| result.verdict == Verdict::Refused);
    if let Some(first) = waiting.first() {
        let words = first.words.clone();
        parts.push(part(&waiting, wait(&waiting, words, tries, now)));
    }
    if !refused.is_empty() {
        let recipients = refused.clone();
        parts.push(part(&refused, DeliveryState::Refused { recipients }));
    }
    parts
}

fn part(results: &[RecipientResult], state: DeliveryState) -> Part {
    Part {
        recipients: results.iter().map(|r| r.address.clone()).collect(),
        state,
    }
}

/// Tries later, or gives up visibly after five days.
fn wait(results: &[RecipientResult], words: String, tries: Tries, now: Timestamp) -> DeliveryState {
    let limit = SignedDuration::from_hours(GIVE_UP_AFTER_HOURS);
    if now.duration_since(tries.first) < limit {
        return DeliveryState::Deferred {
            next_try: later(now, backoff(tries.count)),
            attempts: tries.count,
            words,
        };
    }
    let recipients = results
        .iter()
        .map(|result| RecipientResult {
            address: result.address.clone(),
            verdict: Verdict::Refused,
            words: format!(
                "given up after five days; retry sends it again: {}",
                result.words
            ),
        })
        .collect();
    DeliveryState::Refused { recipients }
}
