//! Who a mailbox is towards customers: under which addresses it is reached, and what its answers carry.

use serde::{Deserialize, Serialize};

use crate::domain::headers::address::{Address, key};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// Other addresses of the same mailbox, as the servers deliver them here.
    pub aliases: Vec<String>,
    /// An answer leaves from the alias that the customer wrote to; otherwise always from the mailbox's own address.
    pub answers_from_written_to: bool,
    /// The language of what leaves, as a BCP 47 tag such as `uk`; it becomes Content-Language (RFC 3282).
    pub language: Option<String>,
    /// Where customers' answers shall go, if not to the sender (RFC 5322 §3.6.2).
    pub reply_to: Option<String>,
    /// Gets a blind copy of every answer; in the envelope only.
    pub automatic_bcc: Vec<String>,
    /// Sending can be switched off without forgetting the server; reading goes on.
    pub is_sending: bool,
    /// What operators should know: procedures, opening hours. Never sent to anybody.
    pub information: String,
}

/// Characters of [`Identity::information`].
pub const LONGEST_INFORMATION: usize = 10_000;

impl Default for Identity {
    fn default() -> Self {
        Self {
            aliases: Vec::new(),
            answers_from_written_to: true,
            language: None,
            reply_to: None,
            automatic_bcc: Vec::new(),
            is_sending: true,
            information: String::new(),
        }
    }
}

/// The addresses of an automatic blind copy, at most.
const MOST_COPIES: usize = 10;
/// Aliases of one mailbox, at most.
const MOST_ALIASES: usize = 100;
/// The longest tag that names a language, script and region (RFC 5646 §4.4.1).
const LONGEST_TAG: usize = 35;

impl Identity {
    /// Aliases as a person types them, with commas between them.
    ///
    /// # Errors
    /// The first that is no address, or that there are too many.
    pub fn read_aliases(typed: &str) -> Result<Vec<String>, String> {
        addresses(typed, MOST_ALIASES)
    }

    /// Who gets a blind copy, as a person types it.
    ///
    /// # Errors
    /// As [`Self::read_aliases`].
    pub fn read_copies(typed: &str) -> Result<Vec<String>, String> {
        addresses(typed, MOST_COPIES)
    }

    /// One address or none.
    ///
    /// # Errors
    /// It is no address.
    pub fn read_reply_to(typed: &str) -> Result<Option<String>, String> {
        Ok(addresses(typed, 1)?.pop())
    }

    /// A language as a tag such as `uk` or `pt-BR`; empty is none (RFC 5646 §2.1).
    ///
    /// # Errors
    /// It cannot be a tag.
    pub fn read_language(typed: &str) -> Result<Option<String>, String> {
        let tag = typed.trim();
        if tag.is_empty() {
            return Ok(None);
        }
        let mut parts = tag.split('-');
        let first = parts.next().unwrap_or_default();
        let is_language =
            (2..=8).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic());
        let is_part = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if tag.len() > LONGEST_TAG || !is_language || !parts.all(is_part) {
            return Err("write a language tag such as uk, en or pt-BR".into());
        }
        Ok(Some(tag.to_owned()))
    }

    /// What operators should know.
    ///
    /// # Errors
    /// It is too long.
    pub fn read_information(typed: &str) -> Result<String, String> {
        let length = typed.chars().count();
        if length > LONGEST_INFORMATION {
            return Err(format!(
                "{length} characters are too many; {LONGEST_INFORMATION} at most"
            ));
        }
        Ok(typed.trim_end().to_owned())
    }

    /// The same as it is stored, for a mailbox of this address.
    ///
    /// # Errors
    /// A sentence about the first value that cannot be.
    pub fn checked(self, address: &str) -> Result<Self, String> {
        let own = key(address);
        let mut aliases = Self::read_aliases(&self.aliases.join(","))?;
        aliases.retain(|alias| key(alias) != own);
        Ok(Self {
            aliases,
            language: Self::read_language(&self.language.unwrap_or_default())?,
            reply_to: Self::read_reply_to(&self.reply_to.unwrap_or_default())?,
            automatic_bcc: Self::read_copies(&self.automatic_bcc.join(","))?,
            information: Self::read_information(&self.information)?,
            ..self
        })
    }
}

/// Addresses without names, each once.
fn addresses(typed: &str, most: usize) -> Result<Vec<String>, String> {
    let mut found: Vec<String> = Vec::new();
    for address in Address::parse_list(typed) {
        let address = address.map_err(|trouble| trouble.to_string())?.address;
        if !found.iter().any(|known| key(known) == key(&address)) {
            found.push(address);
        }
    }
    if found.len() > most {
        return Err(format!(
            "{} addresses are too many; {most} at most",
            found.len()
        ));
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_or_refused_with_a_sentence() {
        let aliases = Identity::read_aliases("Ann <a@b.test>, A@B.test; c@d.test").unwrap();
        assert_eq!(aliases, ["a@b.test", "c@d.test"]);
        assert!(
            Identity::read_aliases("a@b.test, nobody")
                .unwrap_err()
                .contains("nobody")
        );
        assert_eq!(Identity::read_reply_to(" ").unwrap(), None);
        assert!(
            Identity::read_reply_to("a@b.test, c@d.test")
                .unwrap_err()
                .contains("1 at most")
        );
        let eleven: Vec<String> = (0..11).map(|n| format!("u{n}@b.test")).collect();
        assert!(
            Identity::read_copies(&eleven.join(","))
                .unwrap_err()
                .contains("10 at most")
        );
        for (tag, is_one) in [
            ("uk", true),
            ("pt-BR", true),
            ("zh-Hant-TW", true),
            ("", true),
            ("u", false),
            ("en_US", false),
            ("en-", false),
            ("uk\r\nBcc: x", false),
            ("ukrainian-language", false),
        ] {
            assert_eq!(Identity::read_language(tag).is_ok(), is_one, "{tag:?}");
        }
        assert!(Identity::read_information(&"ї".repeat(LONGEST_INFORMATION)).is_ok());
        assert!(Identity::read_information(&"ї".repeat(LONGEST_INFORMATION + 1)).is_err());
    }

    #[test]
    fn a_mailbox_is_no_alias_of_itself() {
        let identity = Identity {
            aliases: vec!["Support@acme.test".into(), "help@acme.test".into()],
            ..Identity::default()
        };
        let checked = identity.checked("support@acme.test").unwrap();
        assert_eq!(checked.aliases, ["help@acme.test"]);
    }
}
