//! The fields of a query and the values that each takes.

use jiff::civil::Date;

use super::super::decide::normalise_tag;
use super::super::ticket::{Priority, Status};
use super::{AssigneeTerm, FieldTerm, Query, Side, StateTerm, TextTerm, TimeBound, When};

/// Every field, in the order in which help shows them.
pub(super) const FIELDS: [&str; 12] = [
    "status", "assignee", "mailbox", "tag", "priority", "from", "to", "subject", "has", "is",
    "created", "updated",
];

/// Seconds in the units of `<7d`. A month is 30 days and a year 365.
pub(super) const UNITS: [(char, i64); 5] = [
    ('y', 365 * 86_400),
    ('m', 30 * 86_400),
    ('w', 7 * 86_400),
    ('d', 86_400),
    ('h', 3_600),
];

/// A value that its field does not take.
pub(super) struct WrongValue {
    pub message: String,
    pub suggestion: Option<String>,
}

impl StateTerm {
    pub const ALL: [Self; 5] = [
        Self::Unread,
        Self::Overdue,
        Self::Snoozed,
        Self::Open,
        Self::Flood,
    ];

    /// The word behind `is:`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Overdue => "overdue",
            Self::Snoozed => "snoozed",
            Self::Open => "open",
            Self::Flood => "flood",
        }
    }
}

/// The values of a field that has a fixed set of them, or the usual ones.
pub(super) fn fixed_values(name: &str) -> Vec<&'static str> {
    match name {
        "status" => Status::ALL.map(Status::word).to_vec(),
        "priority" => Priority::ALL.map(Priority::word).to_vec(),
        "assignee" => vec!["me", "none"],
        "has" => vec!["attachment"],
        "is" => StateTerm::ALL.map(StateTerm::word).to_vec(),
        "created" | "updated" => vec!["<1d", "<7d", "<1m", ">7d", ">1m"],
        _ => Vec::new(),
    }
}

/// The nearest of the right words, if it is a slip of a finger or two away.
pub(in crate::domain) fn nearest(wrong: &str, right: &[&str]) -> Option<String> {
    let wrong = wrong.to_lowercase();
    let most = (wrong.chars().count() / 3).max(1);
    right
        .iter()
        .map(|word| (strsim::damerau_levenshtein(&wrong, word), *word))
        .filter(|(slips, _)| *slips <= most)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, word)| word.to_owned())
}

/// The condition that a field and its value make. `name` is one of [`FIELDS`]; the value is not empty.
pub(super) fn field(name: &str, value: &str) -> Result<Query, WrongValue> {
    let term = match name {
        "from" => return Ok(Query::Text(TextTerm::From(value.to_owned()))),
        "to" => return Ok(Query::Text(TextTerm::To(value.to_owned()))),
        "subject" => return Ok(Query::Text(TextTerm::Subject(value.to_owned()))),
        "created" => return times(value, FieldTerm::Created),
        "updated" => return times(value, FieldTerm::Updated),
        "status" => FieldTerm::Status(one_of(name, value, &Status::ALL, Status::word)?),
        "priority" => FieldTerm::Priority(one_of(name, value, &Priority::ALL, Priority::word)?),
        "is" => FieldTerm::Is(one_of(name, value, &StateTerm::ALL, StateTerm::word)?),
        "has" => {
            one_of(name, value, &[()], |()| "attachment").map(|()| FieldTerm::HasAttachment)?
        }
        "assignee" => FieldTerm::Assignee(assignee(value)),
        "mailbox" => FieldTerm::Mailbox(value.to_owned()),
        _ => FieldTerm::Tag(normalise_tag(value).map_err(|refusal| WrongValue {
            message: refusal.0,
            suggestion: None,
        })?),
    };
    Ok(Query::Field(term))
}

fn assignee(value: &str) -> AssigneeTerm {
    match value.to_lowercase().as_str() {
        "me" => AssigneeTerm::Me,
        "none" => AssigneeTerm::None,
        _ => AssigneeTerm::Login(value.to_owned()),
    }
}

fn one_of<T: Copy>(
    name: &str,
    value: &str,
    all: &[T],
    word: fn(T) -> &'static str,
) -> Result<T, WrongValue> {
    let found = all
        .iter()
        .find(|candidate| value.eq_ignore_ascii_case(word(**candidate)));
    found.copied().ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|candidate| word(*candidate)).collect();
        WrongValue {
            message: format!("{name}: takes {}, not {value}", words.join(", ")),
            suggestion: nearest(value, &words),
        }
    })
}

/// `>2026-01-01`, `<7d`, or without a sign: on that day, or younger than that.
fn times(value: &str, term: fn(TimeBound) -> FieldTerm) -> Result<Query, WrongValue> {
    let bare = value.trim_start_matches(['<', '>']).trim_start_matches('=');
    let sign = value.chars().next().filter(|c| matches!(c, '<' | '>'));
    let signs = value.len() - value.trim_start_matches(['<', '>']).len();
    let bound = |side, when| Query::Field(term(TimeBound { side, when }));
    if signs <= 1
        && let Ok(date) = bare.parse::<Date>()
        && bare.len() == 10
    {
        return Ok(match (sign, date.tomorrow()) {
            (Some('<'), _) => bound(Side::Before, When::Date(date)),
            (None, Ok(next)) => Query::And(vec![
                bound(Side::After, When::Date(date)),
                bound(Side::Before, When::Date(next)),
            ]),
            _ => bound(Side::After, When::Date(date)),
        });
    }
    match seconds(bare) {
        // Older than seven days is before the moment seven days ago.
        Some(ago) if signs <= 1 => {
            let side = if sign == Some('>') {
                Side::Before
            } else {
                Side::After
            };
            Ok(bound(side, When::SecondsAgo(ago)))
        }
        _ => Err(WrongValue {
            message: format!(
                "{value} is no time; write a day such as >2026-01-31, or an age such as <7d (h, d, w, m, y)"
            ),
            suggestion: None,
        }),
    }
}

/// `7d` in seconds.
pub(in crate::domain) fn seconds(value: &str) -> Option<i64> {
    let unit = value.chars().next_back()?.to_ascii_lowercase();
    let (_, length) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let count = value.get(..value.len() - 1)?;
    let plain = (1..=6).contains(&count.len()) && count.bytes().all(|b| b.is_ascii_digit());
    let count: i64 = count.parse().ok().filter(|_| plain)?;
    // A hundred years ago is as good as any longer.
    count
        .checked_mul(length)
        .filter(|all| *all <= 100 * 365 * 86_400)
}
