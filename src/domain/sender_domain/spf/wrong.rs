//! What can be wrong with an SPF record, in words.

use super::super::{Gravity, Remark};
use super::record::Mistake;
use super::walk::{MOST_LOOKUPS, MOST_VOIDS, Stumble};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpfWrong {
    Missing,
    /// More than one record: receivers read none of them (RFC 7208 §4.5).
    Several(usize),
    Unreadable(Mistake),
    /// How many, and what each term costs.
    Lookups(usize, Vec<(String, usize)>),
    Voids(usize),
    Stumble(Stumble),
    /// Who sends for us, and the term that would allow it.
    MissingSender(String, String),
    AllowsAll,
    NoVerdict,
    Ptr,
    /// A term that stands where nobody looks.
    Ignored(String),
}

/// The codes of what a merged record puts right.
pub fn is_mended_by_merging(code: &str) -> bool {
    matches!(
        code,
        "no-record"
            | "two-records"
            | "unreadable"
            | "missing-include"
            | "allows-all"
            | "no-all"
            | "ptr"
            | "ignored-term"
    )
}

/// Terms that are named as the dearest.
const NAMED: usize = 3;

impl SpfWrong {
    pub fn remark(&self) -> Remark {
        let gravity = match self {
            Self::NoVerdict | Self::Ptr | Self::Ignored(_) => Gravity::Advice,
            _ => Gravity::Wrong,
        };
        Remark::new(gravity, self.code(), &self.words())
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "no-record",
            Self::Several(_) => "two-records",
            Self::Unreadable(_) => "unreadable",
            Self::Lookups(..) => "too-many-lookups",
            Self::Voids(_) => "too-many-empty-lookups",
            Self::Stumble(Stumble::Loop(_)) => "include-loop",
            Self::Stumble(Stumble::Records { .. }) => "include-without-record",
            Self::Stumble(Stumble::Unreadable { .. }) => "include-unreadable",
            Self::Stumble(Stumble::Exchangers(_)) => "too-many-exchangers",
            Self::MissingSender(..) => "missing-include",
            Self::AllowsAll => "allows-all",
            Self::NoVerdict => "no-all",
            Self::Ptr => "ptr",
            Self::Ignored(_) => "ignored-term",
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Missing => "there is no SPF record".into(),
            Self::Several(many) => format!(
                "there are {many} SPF records, and receivers then read none; put one in their place"
            ),
            Self::Unreadable(mistake) => {
                let Mistake { term, why, meant } = mistake;
                match meant {
                    Some(meant) => format!("{term} {why}; {meant} was meant"),
                    None => format!("{term} {why}, so receivers take the whole record for broken"),
                }
            }
            Self::Lookups(count, costs) => lookups(*count, costs),
            Self::Voids(count) => format!(
                "{count} look-ups find nothing, and only {MOST_VOIDS} may; take out the names that are gone"
            ),
            Self::Stumble(stumble) => stumbled(stumble),
            Self::MissingSender(name, term) => {
                format!("{name} sends for this domain, and the record does not say {term}")
            }
            Self::AllowsAll => "it ends with +all, which lets everybody send in your name".into(),
            Self::NoVerdict => {
                "it does not say what becomes of mail from elsewhere; end it with ~all or -all"
                    .into()
            }
            Self::Ptr => "ptr is slow and no longer to be used (RFC 7208 §5.5)".into(),
            Self::Ignored(term) => format!("{term} is never looked at, because of all"),
        }
    }
}

fn lookups(count: usize, costs: &[(String, usize)]) -> String {
    let mut dearest: Vec<&(String, usize)> = costs.iter().collect();
    dearest.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
    let named: Vec<String> = dearest
        .iter()
        .take(NAMED)
        .map(|(term, cost)| format!("{term} takes {cost}"))
        .collect();
    format!(
        "it takes {count} look-ups, and only {MOST_LOOKUPS} may be made ({}); take out what no longer sends",
        named.join(", ")
    )
}

fn stumbled(stumble: &Stumble) -> String {
    match stumble {
        Stumble::Loop(domain) => format!("the record of {domain} includes itself"),
        Stumble::Records { domain, count: 0 } => {
            format!("{domain} is included and has no SPF record")
        }
        Stumble::Records { domain, count } => {
            format!("{domain} is included and has {count} SPF records")
        }
        Stumble::Unreadable { domain, term } => {
            format!("{domain} is included, and receivers cannot read {term} in its record")
        }
        Stumble::Exchangers(domain) => {
            format!("{domain} has more than ten MX records, more than receivers look at for SPF")
        }
    }
}
