//! How the delivery of a message stands, in the few words that fit on the message.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{DeliveryState, Part};
use crate::domain::clean::Clean;

/// The tone of a status, for its colour and mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusKind {
    Cancelled,
    Sent,
    Held,
    Sending,
    Waiting,
    Refused,
    Uncertain,
}

/// The short words that stand on a message: "sent 14:06".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryStatus {
    pub kind: StatusKind,
    pub words: Clean,
}

impl DeliveryStatus {
    /// The status of one outbox row.
    pub fn of(state: &DeliveryState, now: Timestamp, zone: &TimeZone) -> Self {
        let (kind, words) = match state {
            DeliveryState::Held { until } => {
                let left = until.duration_since(now).as_secs().max(0);
                (StatusKind::Held, format!("sending in {left} s"))
            }
            DeliveryState::Queued => (StatusKind::Sending, "waiting to be sent".to_owned()),
            DeliveryState::Sending | DeliveryState::Dot => {
                (StatusKind::Sending, "sending".to_owned())
            }
            DeliveryState::Deferred {
                next_try, words, ..
            } => (
                StatusKind::Waiting,
                format!(
                    "waiting: {}, next try {}",
                    without_code(words),
                    clock(*next_try, now, zone)
                ),
            ),
            DeliveryState::Refused { recipients } => {
                let first = recipients.first();
                let by = first.map_or("the server", |result| domain(&result.address));
                let words = first.map_or("", |result| without_code(&result.words));
                (StatusKind::Refused, format!("refused by {by}: {words}"))
            }
            DeliveryState::Uncertain { known, .. } => {
                (StatusKind::Uncertain, format!("uncertain: {known}"))
            }
            DeliveryState::Sent { at, .. } => {
                (StatusKind::Sent, format!("sent {}", clock(*at, now, zone)))
            }
            DeliveryState::Cancelled => (StatusKind::Cancelled, "taken back".to_owned()),
        };
        Self {
            kind,
            words: Clean::line(&words),
        }
    }

    /// The status of a message whose rows have split: the gravest one, and for how many it holds.
    pub fn of_parts(parts: &[Part], now: Timestamp, zone: &TimeZone) -> Option<Self> {
        let everybody: usize = parts.iter().map(|part| part.recipients.len()).sum();
        let (part, status) = parts
            .iter()
            .map(|part| (part, Self::of(&part.state, now, zone)))
            .max_by_key(|(_, status)| status.kind)?;
        if parts.len() == 1 {
            return Some(status);
        }
        let words = format!(
            "{} ({} of {everybody} recipients)",
            status.words,
            part.recipients.len()
        );
        Some(Self {
            kind: status.kind,
            words: Clean::line(&words),
        })
    }
}

/// "14:06" on the same day, else "12 Jan 14:06".
fn clock(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.clone());
    let today = now.to_zoned(zone.clone()).date();
    let format = if at.date() == today {
        "%H:%M"
    } else {
        "%-d %b %H:%M"
    };
    at.strftime(format).to_string()
}

fn domain(address: &str) -> &str {
    address
        .rsplit_once('@')
        .map_or("the server", |(_, domain)| domain)
}

/// A server's line without its reply code and enhanced status code (RFC 3463): people read the rest.
fn without_code(words: &str) -> &str {
    let is_code = |word: &str| {
        let mut numbers = word.split('.');
        let first_fits = numbers
            .next()
            .is_some_and(|n| n.len() == 3 || (n.len() == 1 && word.contains('.')));
        first_fits && word.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    let mut rest = words.trim();
    for _ in 0..2 {
        match rest.split_once(' ') {
            Some((word, tail)) if is_code(word) => rest = tail.trim_start(),
            _ => break,
        }
    }
    rest
}
