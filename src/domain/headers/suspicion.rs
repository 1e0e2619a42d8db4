//! Signs that a sender pretends to be somebody else. They are shown beside the address and never decide anything.

use serde::{Deserialize, Serialize};

use super::address::{Address, key};

/// What is suspicious about an address as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspicion {
    /// The display name holds another address than the one the mail came from.
    NameHoldsAddress(String),
    /// One label of the domain mixes alphabets: `раypal` with a Cyrillic `ра`.
    MixedScripts { unicode: String, ascii: String },
    /// The domain is written beyond ASCII, or in the punycode that stands for it: both forms are shown.
    International { unicode: String, ascii: String },
    /// The domain cannot be a domain.
    BadDomain(String),
    /// The mail has more than one sender.
    SeveralSenders,
}

impl Suspicion {
    /// One sentence for a person, in lower case, without a full stop. It is raw: `Clean` it before it is shown.
    pub fn words(&self) -> String {
        match self {
            Self::NameHoldsAddress(address) => {
                format!("the name shows another address: {address}")
            }
            Self::MixedScripts { unicode, ascii } => {
                format!("the domain mixes alphabets: {unicode} is {ascii}")
            }
            Self::International { unicode, ascii } => format!("the domain {unicode} is {ascii}"),
            Self::BadDomain(domain) => format!("“{domain}” cannot be a domain"),
            Self::SeveralSenders => "the mail names more than one sender".to_owned(),
        }
    }
}

/// The gravest sign that a name and its address give, if any.
pub fn suspicion(name: &str, address: &str) -> Option<Suspicion> {
    if let Some(other) = address_within(name).filter(|other| key(other) != key(address)) {
        return Some(Suspicion::NameHoldsAddress(other));
    }
    let (_, domain) = address.rsplit_once('@')?;
    if domain.is_ascii() && !domain.to_ascii_lowercase().contains("xn--") {
        return None;
    }
    let (unicode, readable) = idna::domain_to_unicode(domain);
    let Ok(ascii) = idna::domain_to_ascii(domain) else {
        return Some(Suspicion::BadDomain(domain.to_owned()));
    };
    if readable.is_err() {
        return Some(Suspicion::BadDomain(domain.to_owned()));
    }
    if unicode.split('.').any(mixes_scripts) {
        return Some(Suspicion::MixedScripts { unicode, ascii });
    }
    Some(Suspicion::International { unicode, ascii })
}

/// Whether the From headers name more than one sender.
pub fn several_senders(from: &[Address]) -> Option<Suspicion> {
    let first = from.first()?;
    from.iter()
        .any(|other| other != first)
        .then_some(Suspicion::SeveralSenders)
}

fn address_within(name: &str) -> Option<String> {
    name.split(|c: char| c.is_whitespace() || "<>()[]\"',;:".contains(c))
        .find(|word| {
            word.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && domain.contains('.')
                    && !domain.starts_with('.')
                    && !domain.ends_with('.')
            })
        })
        .map(str::to_owned)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    /// Han and the kana, hangul and bopomofo that are written with it (UTS #39 §5.1, highly restrictive).
    EastAsian,
    Other,
}

fn script(character: char) -> Option<Script> {
    if !character.is_alphabetic() {
        return None;
    }
    Some(match u32::from(character) {
        0..=0x24f | 0x1e00..=0x1eff | 0xff21..=0xff5a => Script::Latin,
        0x370..=0x3ff | 0x1f00..=0x1fff => Script::Greek,
        0x400..=0x52f | 0x1c80..=0x1c8f | 0x2de0..=0x2dff | 0xa640..=0xa69f => Script::Cyrillic,
        0x1100..=0x11ff
        | 0x2e80..=0x31ff
        | 0x3400..=0x9fff
        | 0xac00..=0xd7ff
        | 0x2_0000..=0x3_ffff => Script::EastAsian,
        _ => Script::Other,
    })
}

/// East Asian labels may hold Latin letters; all other scripts stand alone in one label.
fn mixes_scripts(label: &str) -> bool {
    let mut seen: Vec<Script> = label.chars().filter_map(script).collect();
    seen.dedup();
    let first = seen.first().copied();
    if seen.iter().all(|one| Some(*one) == first) {
        return false;
    }
    !seen
        .iter()
        .all(|one| matches!(one, Script::Latin | Script::EastAsian))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn pretended_senders_are_marked() {
        let table = [
            ("Ann", "ann@example.test", None),
            ("ann@example.test", "Ann@Example.test", None),
            ("", "ann@münchen.example", Some("international")),
            ("Ann", "ann@xn--mnchen-3ya.example", Some("international")),
            ("PayPal", "x@p\u{430}ypal.example", Some("mixed")),
            ("PayPal", "x@xn--pypal-4ve.example", Some("mixed")),
            ("日本", "x@日本tokyo.example", Some("international")),
            (
                "ceo@bank.example",
                "x@evil.example",
                Some("holds ceo@bank.example"),
            ),
            (
                "\"Boss\" (ceo@bank.example)",
                "x@evil.example",
                Some("holds ceo@bank.example"),
            ),
            ("Ann @ home", "ann@example.test", None),
        ];
        for (name, address, expected) in table {
            let found = suspicion(name, address).map(|found| match found {
                Suspicion::NameHoldsAddress(other) => format!("holds {other}"),
                Suspicion::MixedScripts { .. } => "mixed".to_owned(),
                Suspicion::International { .. } => "international".to_owned(),
                Suspicion::BadDomain(_) => "bad".to_owned(),
                Suspicion::SeveralSenders => "several".to_owned(),
            });
            assert_eq!(found.as_deref(), expected, "{name} <{address}>");
        }
    }

    #[test]
    fn both_forms_of_a_domain_are_told() {
        let found = suspicion("", "x@xn--mnchen-3ya.example").unwrap();
        assert_eq!(
            found.words(),
            "the domain münchen.example is xn--mnchen-3ya.example"
        );
    }

    #[test]
    fn one_sender_named_twice_is_one_sender() {
        let ann = Address::new("Ann", "ann@example.test");
        let again = Address::new("A.", "ANN@example.test");
        let bob = Address::new("Bob", "bob@example.test");
        assert_eq!(several_senders(&[]), None);
        assert_eq!(several_senders(&[ann.clone(), again]), None);
        assert_eq!(
            several_senders(&[ann, bob]),
            Some(Suspicion::SeveralSenders)
        );
    }
}
