//! Whether the records of a domain let the world believe mail that is sent in its name: MX, SPF, DKIM and DMARC.
//!
//! The rules never ask anybody anything. They read [`Answers`], and note which questions they would have liked to be
//! answered; whoever can ask does so and runs them again, until nothing is missing. What could not be had makes a
//! check pending, never failed: a name server that is away says nothing about the domain.

pub mod answers;
pub mod dkim;
pub mod dmarc;
pub mod mx;
mod names;
pub mod spf;
mod subject;
mod tags;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::clean::Clean;

pub use answers::{Answer, Answers, Kind, Question};
pub use names::{is_name, normal, organisation};
pub use subject::{Reader, Selector, SelectorOrigin, Sender, Signature, Subject, Via};

/// Which of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckKind {
    /// Where mail for the domain goes (RFC 5321 §5.1).
    Mx,
    /// Who may send in its name (RFC 7208).
    Spf,
    /// With which keys its mail is signed (RFC 6376).
    Dkim,
    /// What receivers shall do with mail that is neither (RFC 7489).
    Dmarc,
}

impl CheckKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Mx => "MX",
            Self::Spf => "SPF",
            Self::Dkim => "DKIM",
            Self::Dmarc => "DMARC",
        }
    }
}

/// How a check, or a whole domain, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Not known yet, or the answers could not be had.
    Pending,
    Verified,
    Failed,
}

impl Status {
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Failed => "failed",
        }
    }

    /// Several as one: one failure fails all, one doubt leaves all in doubt.
    pub fn of_all(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter()
            .fold(Self::Verified, |sum, one| match (sum, one) {
                (Self::Failed, _) | (_, Self::Failed) => Self::Failed,
                (Self::Pending, _) | (_, Self::Pending) => Self::Pending,
                _ => Self::Verified,
            })
    }
}

/// How much a remark weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gravity {
    /// The check fails by it.
    Wrong,
    /// The check is pending because of it.
    Unknown,
    /// It works, and could be better.
    Advice,
}

/// One thing that is wrong, unknown or could be better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    pub gravity: Gravity,
    /// A word for programs, such as `two-records`.
    pub code: String,
    /// A sentence without a full stop.
    pub words: Clean,
}

impl Remark {
    pub(super) fn new(gravity: Gravity, code: &str, words: &str) -> Self {
        Self {
            gravity,
            code: code.to_owned(),
            words: Clean::line(words),
        }
    }

    /// Something could not be asked.
    fn unknown(name: &str, cause: &str) -> Self {
        Self::new(
            Gravity::Unknown,
            "no-answer",
            &format!("the name servers gave no answer about {name}: {cause}"),
        )
    }
}

/// A record as it stands in a zone, or as it should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The full name, without a final dot.
    pub name: Clean,
    /// `TXT`, `MX` or `CNAME`.
    #[serde(rename = "type")]
    pub kind: String,
    pub value: Clean,
}

impl Record {
    fn new(name: &str, kind: &str, value: &str) -> Self {
        Self {
            name: Clean::name(name),
            kind: kind.to_owned(),
            value: Clean::line(value),
        }
    }

    fn txt(name: &str, value: &str) -> Self {
        Self::new(name, "TXT", value)
    }

    /// One string of a TXT record holds at most 255 bytes (RFC 1035 §3.3); a longer value is entered in parts.
    pub fn needs_parts(&self) -> bool {
        self.kind == "TXT" && self.value.as_str().len() > LONGEST_STRING
    }
}

const LONGEST_STRING: usize = 255;

/// One of the four, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub kind: CheckKind,
    pub status: Status,
    /// What is there.
    pub found: Vec<Record>,
    /// What it should be, where that is something else.
    pub proposed: Vec<Record>,
    pub remarks: Vec<Remark>,
}

impl Check {
    fn new(
        kind: CheckKind,
        found: Vec<Record>,
        proposed: Vec<Record>,
        remarks: Vec<Remark>,
    ) -> Self {
        let has = |gravity| remarks.iter().any(|remark| remark.gravity == gravity);
        let status = if has(Gravity::Wrong) {
            Status::Failed
        } else if has(Gravity::Unknown) {
            Status::Pending
        } else {
            Status::Verified
        };
        let proposed = if proposed == found {
            Vec::new()
        } else {
            proposed
        };
        Self {
            kind,
            status,
            found,
            proposed,
            remarks,
        }
    }
}

/// The status of a domain: that of all its checks. A domain without checks is pending.
pub fn status(checks: &[Check]) -> Status {
    if checks.is_empty() {
        return Status::Pending;
    }
    Status::of_all(checks.iter().map(|check| check.status))
}

/// Judges a domain by the answers that are there. It is final when `answers` has nothing missing afterwards.
pub fn judge(subject: &Subject, answers: &mut Answers) -> Vec<Check> {
    let mx = mx::check(subject, answers);
    let spf = spf::check(subject, answers);
    let dkim = dkim::check(subject, answers);
    let dmarc = dmarc::check(subject, &spf, &dkim, answers);
    vec![mx, spf, dkim.check, dmarc]
}
