//! How a mailbox does, and the one word for it that every screen and command uses.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::trouble::Trouble;

/// How a mailbox does, with everything that is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// Not yet tried since the program started.
    Starting,
    /// Mail is fetched for the first time, or a gap is closed.
    Syncing {
        done: u64,
        total: u64,
    },
    /// Connected, with nothing left to fetch.
    Live,
    /// The connection broke; the next attempt comes by itself.
    Interrupted {
        since: Timestamp,
        next_try: Timestamp,
        trouble: Trouble,
    },
    /// Attempts go on slowly; somebody has to act.
    Failing {
        since: Timestamp,
        /// `None` where the connection works and nothing is tried again by itself.
        #[serde(default)]
        next_try: Option<Timestamp>,
        trouble: Trouble,
    },
    NeedsPassword {
        since: Timestamp,
        #[serde(default)]
        next_try: Option<Timestamp>,
        trouble: Trouble,
    },
    /// Another process on this store holds the mailbox and syncs it.
    SyncedElsewhere,
    Disabled,
}

/// The word for how a mailbox does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// The first seconds after a start.
    Connecting,
    /// Much mail is on its way in.
    Fetching,
    Active,
    Interrupted,
    Error,
    NeedsPassword,
    Disabled,
}

impl Condition {
    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Connecting => "Connecting",
            Self::Fetching => "Fetching",
            Self::Active => "Active",
            Self::Interrupted => "Interrupted",
            Self::Error => "Error",
            Self::NeedsPassword => "Needs password",
            Self::Disabled => "Disabled",
        }
    }

    /// For programs; the same word as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Fetching => "fetching",
            Self::Active => "active",
            Self::Interrupted => "interrupted",
            Self::Error => "error",
            Self::NeedsPassword => "needs-password",
            Self::Disabled => "disabled",
        }
    }

    /// Whether somebody has to act.
    pub fn is_alarming(self) -> bool {
        matches!(self, Self::Error | Self::NeedsPassword)
    }
}

impl Health {
    /// The word for it, where the mailbox is watched.
    pub fn status(&self) -> Condition {
        match self {
            Self::Starting => Condition::Connecting,
            Self::Syncing { .. } => Condition::Fetching,
            Self::Live | Self::SyncedElsewhere => Condition::Active,
            Self::Interrupted { .. } => Condition::Interrupted,
            Self::Failing { .. } => Condition::Error,
            Self::NeedsPassword { .. } => Condition::NeedsPassword,
            Self::Disabled => Condition::Disabled,
        }
    }

    /// The word for it, where nobody watches the mailbox now: what was left behind counts. A mailbox whose last fetch
    /// was good and that left no trouble is as active as anybody knows.
    pub fn status_as_left(&self, last_fetch: Option<Timestamp>) -> Condition {
        match self {
            Self::Starting if last_fetch.is_some() => Condition::Active,
            other => other.status(),
        }
    }

    /// What somebody has to mend; an interruption that mends itself is none.
    pub fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Failing { trouble, .. } | Self::NeedsPassword { trouble, .. } => Some(trouble),
            _ => None,
        }
    }

    /// Why it is not well, an interruption included.
    pub fn reason(&self) -> Option<&Trouble> {
        match self {
            Self::Interrupted { trouble, .. } => Some(trouble),
            other => other.trouble(),
        }
    }

    /// Since when it is not well.
    pub fn since(&self) -> Option<Timestamp> {
        match self {
            Self::Interrupted { since, .. }
            | Self::Failing { since, .. }
            | Self::NeedsPassword { since, .. } => Some(*since),
            _ => None,
        }
    }

    /// When the next attempt comes by itself.
    pub fn next_try(&self) -> Option<Timestamp> {
        match self {
            Self::Interrupted { next_try, .. } => Some(*next_try),
            Self::Failing { next_try, .. } | Self::NeedsPassword { next_try, .. } => *next_try,
            _ => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn every_health_has_one_word() {
        let since = Timestamp::UNIX_EPOCH;
        let trouble = || Trouble::network("the line broke");
        let next_try = Some(since);
        for (health, status, alarming) in [
            (Health::Starting, Condition::Connecting, false),
            (
                Health::Syncing { done: 1, total: 2 },
                Condition::Fetching,
                false,
            ),
            (Health::Live, Condition::Active, false),
            (Health::SyncedElsewhere, Condition::Active, false),
            (
                Health::Interrupted {
                    since,
                    next_try: since,
                    trouble: trouble(),
                },
                Condition::Interrupted,
                false,
            ),
            (
                Health::Failing {
                    since,
                    next_try,
                    trouble: trouble(),
                },
                Condition::Error,
                true,
            ),
            (
                Health::NeedsPassword {
                    since,
                    next_try,
                    trouble: trouble(),
                },
                Condition::NeedsPassword,
                true,
            ),
            (Health::Disabled, Condition::Disabled, false),
        ] {
            assert_eq!(health.status(), status);
            assert_eq!(health.trouble().is_some(), alarming, "{health:?}");
            assert_eq!(status.is_alarming(), alarming);
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
        }
    }

    #[test]
    fn a_mailbox_that_nobody_watches_is_what_it_was_left_as() {
        let fetched = Some(Timestamp::UNIX_EPOCH);
        assert_eq!(Health::Starting.status_as_left(fetched), Condition::Active);
        assert_eq!(Health::Starting.status_as_left(None), Condition::Connecting);
        assert_eq!(
            Health::Disabled.status_as_left(fetched),
            Condition::Disabled
        );
    }

    #[test]
    fn a_trouble_that_an_older_program_left_is_still_read() {
        let left = r#"{"failing":{"since":"2026-11-20T12:00:00Z","trouble":{"whose":"network","what":"away","cause":null,"hint":null}}}"#;
        let health: Health = serde_json::from_str(left).unwrap();
        assert_eq!(health.status(), Condition::Error);
        assert_eq!(health.next_try(), None);
    }
}
