//! Which changes are asked for, in a line of words: `who:anna about:mailbox since:7d "pass show"`.
//!
//! It is written as the queries of tickets are: a word is looked for everywhere, `field:value` in one place, and `-`
//! turns a condition round. All conditions have to hold.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{ChangeLine, SubjectKind};
use crate::domain::query::{QueryMistake, When, nearest, seconds};

/// The fields of a filter, in the order in which help shows them.
pub const FILTER_FIELDS: [&str; 6] = ["who", "about", "field", "from", "since", "until"];

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
    since: Option<When>,
    until: Option<When>,
}

/// A condition on a line. Texts are in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    is_negated: bool,
    place: Spot,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spot {
    Who,
    About,
    Field,
    From,
    Anywhere,
}

/// `field:value` as a filter reads it, whatever is in the value.
pub fn condition(field: &str, value: &str) -> String {
    format!("{field}:\"{}\"", value.replace('"', "\"\""))
}

impl Filter {
    /// Reads a filter. Empty text takes everything.
    ///
    /// # Errors
    /// The first mistake, with its place and the nearest right word.
    pub fn parse(text: &str) -> Result<Self, QueryMistake> {
        let mut filter = Self::default();
        for token in tokens(text)? {
            filter.add(&token)?;
        }
        Ok(filter)
    }

    fn add(&mut self, token: &Token) -> Result<(), QueryMistake> {
        let Some(field) = &token.field else {
            self.terms.push(token.term(Spot::Anywhere));
            return Ok(());
        };
        let place = match field.as_str() {
            "who" => Spot::Who,
            "about" => Spot::About,
            "field" => Spot::Field,
            "from" => Spot::From,
            "since" => {
                self.since = Some(token.time()?);
                return Ok(());
            }
            "until" => {
                self.until = Some(match token.time()? {
                    // The whole day counts.
                    When::Date(date) => When::Date(date.tomorrow().unwrap_or(date)),
                    ago @ When::SecondsAgo(_) => ago,
                });
                return Ok(());
            }
            _ => {
                let near = nearest(field, &FILTER_FIELDS);
                let others = match &near {
                    Some(_) => String::new(),
                    None => format!("; there are {}:", FILTER_FIELDS.join(":, ")),
                };
                let message = format!("there is no field {field}:{others}");
                return Err(token.mistake(message, near));
            }
        };
        if token.text.is_empty() {
            return Err(token.mistake(format!("{field}: wants a value"), None));
        }
        self.terms.push(token.term(place));
        Ok(())
    }

    /// From when until when, seen from this moment in this zone. `None` is without limit.
    pub fn window(
        &self,
        now: Timestamp,
        zone: &TimeZone,
    ) -> (Option<Timestamp>, Option<Timestamp>) {
        let moment = |when: &When| match when {
            When::SecondsAgo(ago) => now.checked_sub(SignedDuration::from_secs(*ago)).ok(),
            When::Date(date) => date
                .to_zoned(zone.clone())
                .ok()
                .map(|start| start.timestamp()),
        };
        (
            self.since.as_ref().and_then(moment),
            self.until.as_ref().and_then(moment),
        )
    }

    /// Whether a change meets all conditions but those on time.
    pub fn takes(&self, line: &ChangeLine) -> bool {
        self.terms
            .iter()
            .all(|term| term.holds(line) != term.is_negated)
    }
}

impl Term {
    fn holds(&self, line: &ChangeLine) -> bool {
        let has = |text: &str| text.to_lowercase().contains(&self.text);
        let some = |text: Option<&str>| text.is_some_and(has);
        let who = || has(line.who.as_str()) || some(line.login.as_ref().map(AsRef::as_ref));
        let about = || has(line.subject.as_str());
        let field = || has(line.field.as_str()) || has(line.label.as_str());
        let from = || has(line.from.words.as_str());
        match self.place {
            Spot::Who => who(),
            // A word for a kind means all of that kind; a mailbox called "view" is found by its name as well.
            Spot::About => self.text == line.kind.word() || about(),
            Spot::Field => field(),
            Spot::From => from(),
            Spot::Anywhere => {
                who()
                    || about()
                    || field()
                    || from()
                    || has(line.what().as_str())
                    || some(line.old.as_ref().map(AsRef::as_ref))
                    || some(line.new.as_ref().map(AsRef::as_ref))
            }
        }
    }
}

/// What a filter could go on with, for completion.
pub fn suggestions() -> Vec<String> {
    let about = SubjectKind::ALL
        .iter()
        .map(|kind| format!("about:{}", kind.word()));
    let other = [
        "since:1d",
        "since:7d",
        "who:",
        "field:",
        "from:desk",
        "until:",
    ];
    about.chain(other.map(str::to_owned)).collect()
}

/// A word of a filter with its place.
struct Token {
    at: std::ops::Range<usize>,
    is_negated: bool,
    field: Option<String>,
    text: String,
}

impl Token {
    fn mistake(&self, message: String, suggestion: Option<String>) -> QueryMistake {
        QueryMistake {
            at: self.at.clone(),
            message,
            suggestion,
        }
    }

    fn term(&self, place: Spot) -> Term {
        Term {
            is_negated: self.is_negated,
            place,
            text: self.text.to_lowercase(),
        }
    }

    fn time(&self) -> Result<When, QueryMistake> {
        let date = self.text.parse::<Date>().ok();
        let when = match (date.filter(|_| self.text.len() == 10), seconds(&self.text)) {
            (Some(date), _) => Some(When::Date(date)),
            (None, ago) => ago.map(When::SecondsAgo),
        };
        when.filter(|_| !self.is_negated).ok_or_else(|| {
            let message = format!(
                "{} is no time; write a day such as 2026-01-31, or an age such as 7d (h, d, w, m, y)",
                self.text
            );
            self.mistake(message, None)
        })
    }
}

/// Cuts a filter into its words. Quotes hold spaces together; two quotes inside of quotes are one.
fn tokens(text: &str) -> Result<Vec<Token>, QueryMistake> {
    let mut found = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next_if(|_| true) {
        if first.is_whitespace() {
            continue;
        }
        let mut token = Token {
            at: start..start,
            is_negated: false,
            field: None,
            text: String::new(),
        };
        let (mut is_quoted, mut next) = (false, Some((start, first)));
        while let Some((at, c)) = next {
            token.at.end = at + c.len_utf8();
            match c {
                '"' if is_quoted && rest.next_if(|(_, c)| *c == '"').is_some() => {
                    token.text.push('"')
                }
                '"' => is_quoted = !is_quoted,
                '-' if !is_quoted && at == start => token.is_negated = true,
                ':' if !is_quoted && token.field.is_none() && is_name(&token.text) => {
                    token.field = Some(std::mem::take(&mut token.text).to_lowercase());
                }
                c => token.text.push(c),
            }
            next = rest.next_if(|(_, c)| is_quoted || !c.is_whitespace());
        }
        if is_quoted {
            return Err(token.mistake("this quote is not closed".into(), None));
        }
        if token.field.is_some() || !token.text.is_empty() {
            found.push(token);
        }
    }
    Ok(found)
}

/// What may stand before a colon; an address with a port is no field.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::line::tests::line;
    use super::*;

    #[test]
    fn a_filter_takes_what_meets_all_its_conditions() {
        use SubjectKind::{Mailbox, Password};
        let login = line(Mailbox, "login", Some("Олена"), Some("pass show: x"));
        let body = line(Mailbox, "policy.automatic.auto_reply.body", Some("a"), None);
        let secret = line(Password, "password", None, None);
        let table = [
            ("", [true, true, true]),
            ("who:anna", [true, true, true]),
            ("who:KOVAL", [true, true, true]),
            ("who:bo", [false, false, false]),
            ("about:mailbox", [true, true, false]),
            ("about:password", [false, false, true]),
            ("about:supp -about:password", [true, true, false]),
            ("field:login", [true, false, false]),
            ("field:\"auto reply\"", [false, true, false]),
            ("field:auto_reply.body", [false, true, false]),
            ("from:192.0.2.7", [true, true, true]),
            ("from:\"mailbox set\"", [true, true, true]),
            ("from:desk", [true, true, true]),
            ("олена", [true, false, false]),
            ("\"pass show: x\"", [true, false, false]),
            ("-password", [true, true, false]),
            ("who:anna field:body", [false, true, false]),
        ];
        for (text, taken) in table {
            let filter = Filter::parse(text).unwrap();
            let took = [&login, &body, &secret].map(|line| filter.takes(line));
            assert_eq!(took, taken, "{text}");
        }
    }

    #[test]
    fn a_mistake_says_where_it_is_and_what_would_be_right() {
        let table = [
            ("wo:anna", 0..7, "there is no field wo:", Some("who")),
            ("x who:", 2..6, "who: wants a value", None),
            ("since:yesterday", 0..15, "is no time", None),
            ("-since:7d", 0..9, "is no time", None),
            ("a \"b c", 2..6, "not closed", None),
        ];
        for (text, at, message, suggestion) in table {
            let mistake = Filter::parse(text).unwrap_err();
            assert_eq!(mistake.at, at, "{text}");
            assert!(mistake.message.contains(message), "{text}: {mistake}");
            assert_eq!(mistake.suggestion.as_deref(), suggestion, "{text}");
        }
    }

    #[test]
    fn times_are_days_of_the_reader_or_ages() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let kyiv = TimeZone::get("Europe/Kyiv").unwrap();
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let table = [
            ("", None, None),
            ("since:7d", at("2026-11-13T12:00:00Z"), None),
            ("since:2026-11-20", at("2026-11-19T22:00:00Z"), None),
            ("until:2026-11-20", None, at("2026-11-20T22:00:00Z")),
            ("until:1h", None, at("2026-11-20T11:00:00Z")),
        ];
        for (text, since, until) in table {
            let window = Filter::parse(text).unwrap().window(now, &kyiv);
            assert_eq!(window, (since, until), "{text}");
        }
    }

    #[test]
    fn any_value_can_be_asked_for() {
        for value in [
            "plain",
            "two words",
            "a \"quoted\" one",
            "who:else",
            "-",
            "a\\b",
        ] {
            let text = condition("field", value);
            let filter = Filter::parse(&text).unwrap();
            assert_eq!(filter.terms[0].text, value, "{text}");
            assert_eq!(filter.terms[0].place, Spot::Field);
            assert!(!filter.terms[0].is_negated);
        }
        for suggestion in suggestions() {
            if !suggestion.ends_with(':') {
                Filter::parse(&suggestion).unwrap();
            }
        }
    }
}
