//! Mail addresses as people write and read them.
//!
//! An address from a mail is kept as it was written; it is compared without regard to case and in one form of its
//! domain. An address that an operator types is checked before anything is sent to it.

use serde::{Deserialize, Serialize};

pub use super::suspicion::{Suspicion, several_senders, suspicion};
use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;

/// A name and an address. Either may be empty when it comes from a mail.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Address {
    /// The display name, decoded; empty if there is none.
    pub name: String,
    /// `local@domain` as it was written.
    pub address: String,
}

/// The longest address that SMTP can carry (RFC 5321 §4.5.3.1).
const LONGEST_ADDRESS: usize = 254;
const LONGEST_LOCAL_PART: usize = 64;

impl Address {
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            address: address.into(),
        }
    }

    /// The address in the one form that is compared and stored as a key: lower case, the domain in its ASCII form.
    pub fn key(&self) -> String {
        key(&self.address)
    }

    /// Whether it has the form of an address, which what stands in a stranger's header may lack.
    pub fn can_get_mail(&self) -> bool {
        Self::parse(&self.address).is_ok()
    }

    /// The part before the last `@`, as written.
    pub fn local_part(&self) -> &str {
        self.address
            .rsplit_once('@')
            .map_or(self.address.as_str(), |(local, _)| local)
    }

    /// The part after the last `@`, as written; empty if there is none.
    pub fn domain(&self) -> &str {
        self.address
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain)
    }

    /// The name, or the address where there is no name.
    pub fn shown(&self) -> &str {
        if self.name.trim().is_empty() {
            &self.address
        } else {
            &self.name
        }
    }

    /// The name and always the real address beside it, safe to show.
    pub fn clean(&self) -> Clean {
        let (name, address) = (Clean::name(&self.name), Clean::name(&self.address));
        if name.is_empty() || name == address {
            address
        } else {
            crate::clean_format!("{name} <{address}>")
        }
    }

    /// Reads one address that a person typed: `Ann <ann@example.test>`, `"Lee, Ann" <a@b.test>` or `ann@b.test`.
    ///
    /// # Errors
    /// Whose move it is: the operator's, with words about what is wrong with it.
    pub fn parse(typed: &str) -> Result<Self, Trouble> {
        let typed = typed.trim();
        let (name, address) = match (typed.rfind('<'), typed.ends_with('>')) {
            (Some(open), true) => {
                let (name, rest) = typed.split_at(open);
                (
                    unquote(name.trim()),
                    rest.trim_matches(['<', '>']).trim().to_owned(),
                )
            }
            (None, false) => (String::new(), typed.to_owned()),
            _ => return Err(wrong(typed, "has a < without its >")),
        };
        let address = address
            .strip_prefix("mailto:")
            .map_or(address.clone(), str::to_owned);
        check(&address)?;
        if name.chars().any(char::is_control) {
            return Err(wrong(typed, "has a control character in its name"));
        }
        Ok(Self { name, address })
    }

    /// Reads a list that a person typed, parted by commas, semicolons or line breaks. Empty entries are skipped.
    pub fn parse_list(typed: &str) -> Vec<Result<Self, Trouble>> {
        split_list(typed)
            .into_iter()
            .filter(|entry| !entry.trim().is_empty())
            .map(Self::parse)
            .collect()
    }
}

/// See [`Address::key`].
pub fn key(address: &str) -> String {
    let lower = address.trim().to_lowercase();
    match lower.rsplit_once('@') {
        Some((local, domain)) if !domain.is_ascii() => match idna::domain_to_ascii(domain) {
            Ok(ascii) => format!("{local}@{ascii}"),
            Err(_) => lower,
        },
        _ => lower,
    }
}

/// Two addresses are one if their keys are; the name does not matter.
impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Address {}

impl std::hash::Hash for Address {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// As a person would type it; [`Address::parse_list`] reads it back.
impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.name.trim();
        if name.is_empty() {
            f.write_str(&self.address)
        } else if name.contains([
            ',', ';', ':', '"', '<', '>', '@', '\\', '(', ')', '[', ']', '\n',
        ]) {
            let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
            write!(f, "\"{escaped}\" <{}>", self.address)
        } else {
            write!(f, "{name} <{}>", self.address)
        }
    }
}

/// The address as it goes to a server that knows only ASCII: the domain in punycode, the rest as written. Addresses
/// out of old mail may break rules that typed ones keep (two dots in a row), as long as nothing ends the address.
///
/// # Errors
/// The operator's move: the address is not one, or needs a server that takes 8-bit addresses (RFC 6531).
pub fn sendable(address: &str) -> Result<(String, String), Trouble> {
    let (local, domain) = address
        .trim()
        .rsplit_once('@')
        .ok_or_else(|| wrong(address, "has no @"))?;
    if local.is_empty()
        || !local
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"<>(),;:\"\\[]@".contains(&b))
    {
        let why = if local.is_ascii() {
            "has a character that no address can be sent with"
        } else {
            "has letters before the @ that mail servers do not take"
        };
        return Err(wrong(address, why));
    }
    let domain = ascii_domain(domain).ok_or_else(|| wrong(address, "has an impossible domain"))?;
    if local.len() > LONGEST_LOCAL_PART * 4 || domain.len() > LONGEST_ADDRESS {
        return Err(wrong(address, "is too long"));
    }
    Ok((local.to_owned(), domain))
}

/// The domain in ASCII, if every label is one (RFC 1035 §2.3.1; underscores are in use).
fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii(domain).ok()?;
    let well_formed = ascii.len() <= 253
        && ascii.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
    well_formed.then_some(ascii)
}

fn unquote(name: &str) -> String {
    let Some(inner) = name
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return name.to_owned();
    };
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => characters.next().unwrap_or('\\'),
            other => other,
        });
    }
    plain
}

/// Parts a typed list at commas, semicolons and line breaks that stand outside quotes and angle brackets.
fn split_list(typed: &str) -> Vec<&str> {
    let mut entries = Vec::new();
    let (mut start, mut quoted, mut escaped, mut angled) = (0, false, false, false);
    for (at, character) in typed.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match character {
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => angled = true,
            '>' if !quoted => angled = false,
            ',' | ';' | '\n' if !quoted && !angled => {
                entries.push(&typed[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    entries.push(&typed[start..]);
    entries
}

fn wrong(typed: &str, why: &str) -> Trouble {
    let shown: String = typed.chars().take(80).collect();
    Trouble::operator(format!("the address “{shown}” {why}"))
        .hint("write it as name@example.com or Name <name@example.com>")
}

fn check(address: &str) -> Result<(), Trouble> {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return Err(wrong(address, "has no @"));
    };
    if local.is_empty() {
        return Err(wrong(address, "has nothing before the @"));
    }
    if domain.is_empty() {
        return Err(wrong(address, "has nothing after the @"));
    }
    if address.len() > LONGEST_ADDRESS || local.len() > LONGEST_LOCAL_PART {
        return Err(wrong(address, "is too long"));
    }
    if address
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || "<>(),;:\"\\".contains(c))
        || local.contains(['@', '[', ']'])
    {
        return Err(wrong(
            address,
            "has a character that no address can be sent with",
        ));
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err(wrong(
            address,
            "has a dot in a place where none may be (before the @)",
        ));
    }
    ascii_domain(domain)
        .map(|_| ())
        .ok_or_else(|| wrong(address, "has an impossible domain"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_list_becomes_addresses_or_words_about_what_is_wrong() {
        let list = Address::parse_list(
            "Ann <a@x.test>, b@y.test; \"Lee, Zoë\" <z@example.test>\nc, <d@e.test>,,",
        );
        let read: Vec<String> = list
            .iter()
            .map(|entry| match entry {
                Ok(address) => address.to_string(),
                Err(trouble) => trouble.what.clone(),
            })
            .collect();
        assert_eq!(
            read,
            [
                "Ann <a@x.test>",
                "b@y.test",
                "\"Lee, Zoë\" <z@example.test>",
                "the address “c” has no @",
                "d@e.test"
            ]
        );
    }

    #[test]
    fn impossible_addresses_are_refused() {
        for typed in [
            "a@",
            "@b.test",
            "a b@c.test",
            "a..b@c.test",
            ".a@c.test",
            "a@b..test",
            "a@-b.test",
            "a@b.test>",
            "Ann <a@b.test",
            "a@b@c.test",
            "a\r\nBcc:x@b.test",
            "a@b.te st",
        ] {
            assert!(Address::parse(typed).is_err(), "{typed:?}");
        }
    }

    #[test]
    fn addresses_are_compared_by_what_they_reach() {
        assert_eq!(
            Address::new("A", "Ann@Example.TEST"),
            Address::new("B", "ann@example.test")
        );
        assert_eq!(
            Address::new("", "a@пошта.test"),
            Address::new("", "a@xn--80a1acn3a.test")
        );
        assert_ne!(
            Address::new("", "ann@example.test"),
            Address::new("", "bob@example.test")
        );
    }

    #[test]
    fn the_real_address_is_always_shown() {
        let table = [
            ("Ann", "ann@b.test", "Ann <ann@b.test>"),
            ("", "ann@b.test", "ann@b.test"),
            ("ann@b.test", "ann@b.test", "ann@b.test"),
            (
                "boss@bank.test",
                "x@evil.test",
                "boss@bank.test <x@evil.test>",
            ),
            (
                "\u{202e}nnA\u{200b}",
                "a\x1b[2J@b.test",
                "⟨RLO⟩nnA <a␛[2J@b.test>",
            ),
        ];
        for (name, address, expected) in table {
            assert_eq!(Address::new(name, address).clean().as_str(), expected);
        }
    }

    #[test]
    fn what_is_shown_can_be_typed_again() {
        for name in [
            "",
            "Ann",
            "Lee, Zoë",
            "say \"hi\"",
            "back\\slash",
            "Олена Ковтун",
        ] {
            let address = Address::new(name, "a@b.test");
            let list = Address::parse_list(&address.to_string());
            assert_eq!(list.len(), 1, "{name}");
            let read = list[0].as_ref().unwrap();
            assert_eq!(
                (read.name.as_str(), read.address.as_str()),
                (name, "a@b.test")
            );
        }
    }
}
