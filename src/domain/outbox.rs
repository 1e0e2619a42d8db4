//! The states of an answer on its way out, and the only ways between them.
//!
//! One outbox row is one message for some of its recipients. A row may be claimed only from `queued` or a due
//! `deferred`; from `dot` the way leads on only by the server's own word, and from `uncertain` only by evidence or
//! by an operator. So no answer is ever sent twice by itself, and none is dropped: giving up is a visible refusal.

mod settle;
mod status;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::delivery::RecipientResult;
use super::ids::OutboxId;

pub use settle::{Part, Tries, backoff, settle};
pub use status::{DeliveryStatus, StatusKind};

/// Where an outbox row stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum DeliveryState {
    /// Waits for its undo window to end.
    Held { until: Timestamp },
    /// Waits for the delivery worker.
    Queued,
    /// Claimed; the final dot is not written.
    Sending,
    /// Committed just before the final dot is written.
    Dot,
    /// Certainly not sent; tried again by itself.
    Deferred {
        next_try: Timestamp,
        attempts: u32,
        words: String,
    },
    /// Certainly not sent; not tried again by itself.
    Refused { recipients: Vec<RecipientResult> },
    /// It may have been taken.
    Uncertain { since: Timestamp, known: String },
    /// Taken, with the server's 250 line or the evidence.
    Sent { at: Timestamp, line: String },
    /// Taken back by an operator before anything was sent.
    Cancelled,
}

/// Which rows are listed. Nobody can look through all that was ever sent, and no list may grow with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Listed {
    /// All that are neither sent nor cancelled; so many of the latest, whatever became of them; and one that is asked
    /// for by itself.
    Open {
        latest: u32,
        with: Option<OutboxId>,
    },
    /// Those of the message that this row belongs to.
    OfSameMessage(OutboxId),
    All,
}

impl Listed {
    /// What is on its way or waits for a person, and nothing else.
    pub const OPEN: Self = Self::Open {
        latest: 0,
        with: None,
    };
}

/// What can happen to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The undo window has ended.
    Release,
    /// A delivery worker takes the row.
    Claim,
    /// The worker is about to write the final dot.
    Barrier,
    /// The attempt ended, and [`settle`] said as what.
    End(DeliveryState),
    /// Something proves that an uncertain row was taken. Ask [`Evidence::speaks_for`] first.
    Proof(Evidence),
    /// An operator decided.
    Operator(Decision),
    /// Sending is switched off: the row waits, and is looked at again then.
    Park { until: Timestamp },
    /// Sending is switched on again.
    Unpark,
}

/// What a row says that waits because an admin switched sending off.
pub const SWITCHED_OFF: &str = "sending is switched off";

/// What an operator may decide about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    Cancel,
    /// Send it (again), now.
    Retry,
    /// It was sent; do not try again.
    MarkSent,
}

/// Proof that the server took a mail whose answer was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Its Message-ID stands in the Sent folder, and we did not put it there.
    SentCopy,
    /// A bounce for this recipient: it left, and came to nothing.
    Bounce { recipient: String },
    /// This recipient answered it.
    Answer { from: String },
}

impl Evidence {
    /// Whether the proof is about a row with these recipients. A copy in the Sent folder says nothing about a row
    /// when another row of the same message has been sent.
    pub fn speaks_for(&self, recipients: &[String], other_row_was_sent: bool) -> bool {
        match self {
            Self::SentCopy => !other_row_was_sent,
            Self::Bounce { recipient: address } | Self::Answer { from: address } => recipients
                .iter()
                .any(|recipient| recipient.eq_ignore_ascii_case(address)),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::SentCopy => "its copy is in the Sent folder".to_owned(),
            Self::Bounce { recipient } => format!("a bounce for {recipient} came back"),
            Self::Answer { from } => format!("{from} answered it"),
        }
    }
}

/// The row after a step.
///
/// # Errors
/// A sentence for a person: why the step is not possible from here. The row stays as it is.
pub fn step(
    state: &DeliveryState,
    step: &Step,
    now: Timestamp,
) -> Result<DeliveryState, &'static str> {
    use DeliveryState as S;
    match (step, state) {
        (Step::Release, S::Held { until }) if now >= *until => Ok(S::Queued),
        (Step::Release, S::Held { .. }) => Err("it can still be taken back"),
        (Step::Release, _) => Err("its undo window has ended already"),
        (Step::Claim, S::Queued) => Ok(S::Sending),
        (Step::Claim, S::Deferred { next_try, .. }) if now >= *next_try => Ok(S::Sending),
        (Step::Claim, S::Deferred { .. }) => Err("its next try is not due yet"),
        (Step::Claim, _) => Err("it is not waiting to be sent"),
        (Step::Barrier, S::Sending) => Ok(S::Dot),
        (Step::Barrier, _) => {
            Err("nobody holds it for sending, so the last dot must not be written")
        }
        (Step::End(end), S::Sending | S::Dot) => end_attempt(state, end),
        (Step::End(_), _) => Err("no attempt is under way"),
        (Step::Proof(evidence), S::Uncertain { .. }) => Ok(S::Sent {
            at: now,
            line: evidence.words(),
        }),
        (Step::Proof(_), S::Sent { .. }) => Ok(state.clone()),
        (Step::Proof(_), _) => Err("it is not in doubt"),
        (Step::Operator(decision), _) => decide(state, *decision, now),
        (Step::Park { until }, _) => park(state, *until, now),
        (Step::Unpark, S::Deferred { words, .. }) if words == SWITCHED_OFF => Ok(S::Queued),
        (Step::Unpark, _) => Err("it does not wait for sending to be switched on"),
    }
}

/// What waits to be sent goes on waiting; an answer that can still be taken back keeps its undo window.
fn park(
    state: &DeliveryState,
    until: Timestamp,
    now: Timestamp,
) -> Result<DeliveryState, &'static str> {
    use DeliveryState as S;
    let attempts = match state {
        S::Queued => 0,
        S::Held { until } if now >= *until => 0,
        S::Deferred { attempts, .. } => *attempts,
        _ => return Err("it is not waiting to be sent"),
    };
    Ok(S::Deferred {
        next_try: until,
        attempts,
        words: SWITCHED_OFF.to_owned(),
    })
}

/// An attempt may end only as something that its progress allows.
fn end_attempt(state: &DeliveryState, end: &DeliveryState) -> Result<DeliveryState, &'static str> {
    use DeliveryState as S;
    match (state, end) {
        (S::Sending | S::Dot, S::Deferred { .. } | S::Refused { .. })
        | (S::Dot, S::Sent { .. } | S::Uncertain { .. }) => Ok(end.clone()),
        (_, S::Sent { .. } | S::Uncertain { .. }) => {
            Err("it cannot have been sent: the last dot was never written")
        }
        _ => Err("an attempt cannot end like this"),
    }
}

fn decide(
    state: &DeliveryState,
    decision: Decision,
    now: Timestamp,
) -> Result<DeliveryState, &'static str> {
    use DeliveryState as S;
    let under_way = "it is being sent right now";
    match (decision, state) {
        (_, S::Sending | S::Dot) => Err(match decision {
            Decision::Cancel => "too late: it is being sent right now",
            Decision::Retry | Decision::MarkSent => under_way,
        }),
        (Decision::Cancel, S::Held { .. } | S::Queued | S::Deferred { .. } | S::Refused { .. }) => {
            Ok(S::Cancelled)
        }
        (Decision::Cancel, S::Sent { .. }) => Err("too late: it has been sent"),
        (Decision::Cancel, S::Uncertain { .. }) => {
            Err("it may have been sent already: mark it as sent, or send it again")
        }
        (Decision::Cancel, S::Cancelled) => Err("it has been taken back already"),
        (
            Decision::Retry,
            S::Held { .. } | S::Deferred { .. } | S::Refused { .. } | S::Uncertain { .. },
        ) => Ok(S::Queued),
        (Decision::Retry, S::Queued) => Err("it is waiting to be sent already"),
        (Decision::Retry, S::Sent { .. }) => Err("it has been sent; write a new answer instead"),
        (Decision::Retry, S::Cancelled) => Err("it was taken back; write a new answer instead"),
        (Decision::MarkSent, S::Uncertain { .. }) => Ok(S::Sent {
            at: now,
            line: "marked as sent by an operator".to_owned(),
        }),
        (Decision::MarkSent, S::Sent { .. }) => Err("it is marked as sent already"),
        (Decision::MarkSent, _) => Err("only an answer that is in doubt can be marked as sent"),
    }
}

/// The row as it is found when the program starts again. Before the dot nothing was sent; after it nobody knows.
pub fn after_crash(state: DeliveryState, now: Timestamp) -> DeliveryState {
    match state {
        DeliveryState::Sending => DeliveryState::Queued,
        DeliveryState::Dot => DeliveryState::Uncertain {
            since: now,
            known: "the program stopped after the last dot".to_owned(),
        },
        other => other,
    }
}

/// The row as it is found by a clock that is behind the one it was changed by: what it waits for counts from now, so
/// that a clock which was years ahead for a minute holds no answer back for years.
pub fn after_clock(state: DeliveryState, changed_at: Timestamp, now: Timestamp) -> DeliveryState {
    if changed_at <= now {
        return state;
    }
    let ahead = changed_at.duration_since(now);
    let nearer = |moment: Timestamp| moment.checked_sub(ahead).unwrap_or(now);
    match state {
        DeliveryState::Held { until } => DeliveryState::Held {
            until: nearer(until),
        },
        DeliveryState::Deferred {
            next_try,
            attempts,
            words,
        } => DeliveryState::Deferred {
            next_try: nearer(next_try),
            attempts,
            words,
        },
        other => other,
    }
}

/// The row as it is found in a restored backup: what waited there may have been sent since.
pub fn after_restore(state: DeliveryState, now: Timestamp) -> DeliveryState {
    match state {
        DeliveryState::Held { .. }
        | DeliveryState::Queued
        | DeliveryState::Sending
        | DeliveryState::Dot
        | DeliveryState::Deferred { .. } => DeliveryState::Uncertain {
            since: now,
            known: "the store was restored from a backup".to_owned(),
        },
        other => other,
    }
}

impl DeliveryState {
    /// When the row wants to be looked at by itself; `None` is never.
    pub fn due(&self) -> Option<Timestamp> {
        match self {
            Self::Held { until } => Some(*until),
            Self::Queued => Some(Timestamp::MIN),
            Self::Deferred { next_try, .. } => Some(*next_try),
            _ => None,
        }
    }

    /// Whether nothing more will happen to the row.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Sent { .. } | Self::Cancelled)
    }

    /// Whether an operator should look at the row.
    pub fn wants_operator(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Uncertain { .. })
    }
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
