//! The variables, and what stands for them in one ticket.

use serde::{Deserialize, Serialize};

use crate::domain::clean::Clean;

/// Characters of one value. A subject or a name that is longer is nobody's.
const LONGEST_VALUE: usize = 300;

/// Everything that a text can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    OperatorName,
    OperatorLogin,
    TicketNumber,
    TicketSubject,
    ContactName,
    ContactFirstName,
    ContactAddress,
    MailboxName,
    MailboxDisplayName,
    MailboxAddress,
    Date,
}

impl Variable {
    pub const ALL: [Self; 11] = [
        Self::OperatorName,
        Self::OperatorLogin,
        Self::TicketNumber,
        Self::TicketSubject,
        Self::ContactName,
        Self::ContactFirstName,
        Self::ContactAddress,
        Self::MailboxName,
        Self::MailboxDisplayName,
        Self::MailboxAddress,
        Self::Date,
    ];

    /// The word between the braces.
    pub fn word(self) -> &'static str {
        match self {
            Self::OperatorName => "operator.name",
            Self::OperatorLogin => "operator.login",
            Self::TicketNumber => "ticket.number",
            Self::TicketSubject => "ticket.subject",
            Self::ContactName => "contact.name",
            Self::ContactFirstName => "contact.first_name",
            Self::ContactAddress => "contact.address",
            Self::MailboxName => "mailbox.name",
            Self::MailboxDisplayName => "mailbox.display_name",
            Self::MailboxAddress => "mailbox.address",
            Self::Date => "date",
        }
    }

    pub(super) fn called(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|variable| variable.word() == word)
    }

    /// The variable that was probably meant. `name` alone is the customer's name, as in other programs.
    pub(super) fn nearest(word: &str) -> Option<Self> {
        let word = word.to_lowercase().replace('-', "_");
        let distance = |variable: &Self| {
            let whole = variable.word();
            let last = whole.rsplit('.').next().unwrap_or(whole);
            let to_whole = strsim::damerau_levenshtein(&word, whole);
            let to_last = strsim::damerau_levenshtein(&word, last) + 1;
            // Whoever knows what it is about only misses its last word.
            let within = word
                .rsplit_once('.')
                .filter(|(about, _)| whole.split('.').next() == Some(*about))
                .map(|(_, named)| strsim::damerau_levenshtein(named, last).div_ceil(2));
            to_whole.min(to_last).min(within.unwrap_or(usize::MAX))
        };
        let order = [
            Self::ContactName,
            Self::ContactFirstName,
            Self::ContactAddress,
        ];
        let all = order.into_iter().chain(Self::ALL);
        let best = all.min_by_key(distance)?;
        (distance(&best) <= word.chars().count().max(3) / 2).then_some(best)
    }

    fn index(self) -> usize {
        Self::ALL
            .iter()
            .position(|known| *known == self)
            .unwrap_or(0)
    }
}

/// What the variables stand for. Every value is one line of clean text without spaces around it: no line break of a
/// customer's can begin a header line, and nothing in it is invisible.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    known: [String; Variable::ALL.len()],
}

impl Values {
    #[must_use]
    pub fn with(mut self, variable: Variable, value: &str) -> Self {
        if let Some(place) = self.known.get_mut(variable.index()) {
            *place = one_line(value);
        }
        self
    }

    /// Empty where nothing is known.
    pub fn of(&self, variable: Variable) -> &str {
        self.known
            .get(variable.index())
            .map_or("", |value| value.as_str())
    }
}

fn one_line(value: &str) -> String {
    let clean = Clean::name(value);
    let words: Vec<&str> = clean.as_str().split_whitespace().collect();
    let line: String = words.join(" ").chars().take(LONGEST_VALUE).collect();
    line.trim_end().to_owned()
}
