//! The mail by which Google asks whether an address may forward to another one.
//!
//! It is recognised by its sender, its form, and the receiving server's word about the signature where it gives one. A
//! forged one can do no harm: its code is of use only to whoever typed the forwarding address into Gmail.

use serde::{Deserialize, Serialize};

use crate::domain::headers::address::key;
use crate::domain::parsed::ParsedMail;

const SENDER: &str = "forwarding-noreply@google.com";
const DIGITS: std::ops::RangeInclusive<usize> = 6..=12;
const LONGEST_LINK: usize = 1_000;

/// Whether the server that received the mail says that Google signed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vouched {
    Signed,
    /// The server says nothing (RFC 8601 is not written everywhere).
    Unknown,
}

/// What such a mail says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Of ours: the address that wants to forward.
    pub address: String,
    pub code: String,
    /// Confirms as well when it is opened in a browser; never opened by us.
    pub link: Option<String>,
    pub vouched: Vouched,
}

/// Reads such a mail. `addresses` are those that may want to forward to the mailbox where it lies.
pub fn confirmation<'a>(
    mail: &ParsedMail,
    addresses: impl IntoIterator<Item = &'a String>,
) -> Option<Confirmation> {
    let from = mail.people.from.as_slice();
    if !matches!(from, [only] if only.key() == SENDER) {
        return None;
    }
    let vouched = vouched(mail)?;
    let code = code(&mail.subject).filter(|code| mail.text.contains(code.as_str()))?;
    let named = key(&format!("{}\n{}", mail.subject, mail.text));
    let address = addresses
        .into_iter()
        .find(|address| names(&named, &key(address)))?;
    Some(Confirmation {
        address: address.clone(),
        code,
        link: link(&mail.text),
        vouched,
    })
}

/// By the topmost Authentication-Results only: it is of the server nearest to us. `None` where it says that the
/// signature does not hold.
fn vouched(mail: &ParsedMail) -> Option<Vouched> {
    let Some(nearest) = mail.signals.authentication.first() else {
        return Some(Vouched::Unknown);
    };
    let results = nearest.to_lowercase();
    let is_google = |result: &str| {
        result.split_whitespace().any(|word| {
            matches!(
                word.trim_end_matches(';'),
                "header.i=@google.com" | "header.d=google.com"
            )
        })
    };
    let dkim: Vec<&str> = results
        .split(';')
        .map(str::trim)
        .filter(|result| result.starts_with("dkim="))
        .collect();
    let passed = |result: &&&str| result.starts_with("dkim=pass") && is_google(result);
    if dkim.iter().find(passed).is_some() {
        Some(Vouched::Signed)
    } else {
        dkim.is_empty().then_some(Vouched::Unknown)
    }
}

/// The digits in `(#123456789)`.
fn code(subject: &str) -> Option<String> {
    let (_, rest) = subject.split_once("(#")?;
    let (digits, _) = rest.split_once(')')?;
    let is_code = DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_code.then(|| digits.to_owned())
}

/// Whether the text names the address, and not only one that ends or begins like it.
fn names(text: &str, address: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "._%+-@".contains(c);
    text.match_indices(address).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let mut after = text.get(at + address.len()..).unwrap_or_default().chars();
        let ends = match after.next() {
            Some('.') => after.next().is_none_or(|c| !c.is_alphanumeric()),
            Some(c) => !is_part(c),
            None => true,
        };
        before.is_none_or(|c| !is_part(c)) && ends
    })
}

/// The link that confirms: on Google's own mail hosts, under the path of forwarding.
fn link(text: &str) -> Option<String> {
    let word = |word: &&str| {
        let Some(rest) = word.strip_prefix("https://") else {
            return false;
        };
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        host.ends_with(".google.com")
            && path.starts_with("mail/vf-")
            && word.len() <= LONGEST_LINK
            && word.bytes().all(|b| b.is_ascii_graphic())
    };
    text.split(|c: char| c.is_whitespace() || "<>\"[]()".contains(c))
        .find(word)
        .map(str::to_owned)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::headers::address::Address;

    fn mail() -> ParsedMail {
        let mut mail = ParsedMail {
            subject: "(#402171833) Gmail Forwarding Confirmation - Receive Mail from sales@acme.test".into(),
            text: "sales@acme.test has requested to automatically forward mail to your email\naddress in@acme.test.\n\
                   Confirmation code: 402171833\n\nTo allow sales@acme.test to automatically forward mail to your \
                   address, please click the link below:\n\nhttps://mail-settings.google.com/mail/vf-%5BANGjdJ9%5D-ab\n"
                .into(),
            ..ParsedMail::default()
        };
        mail.people.from = vec![Address::new("Gmail Team", "forwarding-noreply@google.com")];
        mail.signals.authentication = vec![
            "mx.acme.test; dkim=pass header.i=@google.com header.s=20230601; spf=pass".into(),
            "evil.test; dkim=fail".into(),
        ];
        mail
    }

    fn read(mail: &ParsedMail) -> Option<Confirmation> {
        confirmation(
            mail,
            &["billing@acme.test".to_owned(), "Sales@acme.test".to_owned()],
        )
    }

    #[test]
    fn the_code_and_the_link_are_read_for_the_address_that_forwards() {
        let found = read(&mail()).unwrap();
        assert_eq!(found.address, "Sales@acme.test");
        assert_eq!(found.code, "402171833");
        assert_eq!(
            found.link.as_deref(),
            Some("https://mail-settings.google.com/mail/vf-%5BANGjdJ9%5D-ab")
        );
        assert_eq!(found.vouched, Vouched::Signed);
        let mut silent = mail();
        silent.signals.authentication.clear();
        assert_eq!(read(&silent).unwrap().vouched, Vouched::Unknown);
    }

    #[test]
    fn a_mail_that_only_looks_like_one_is_none() {
        type Change = fn(&mut ParsedMail);
        let table: [(&str, Change); 7] = [
            ("another sender", |mail| {
                mail.people.from[0].address = "forwarding-noreply@google.com.evil.test".into();
            }),
            ("two senders", |mail| {
                mail.people.from.push(Address::new("", "x@evil.test"));
            }),
            ("the signature does not hold", |mail| {
                mail.signals.authentication[0] =
                    "mx.acme.test; dkim=fail header.i=@google.com".into();
            }),
            ("signed by somebody else", |mail| {
                mail.signals.authentication[0] =
                    "mx.acme.test; dkim=pass header.i=@evil.test".into();
            }),
            ("no code", |mail| {
                mail.subject = "Receive Mail from sales@acme.test".into()
            }),
            ("another code in the text", |mail| {
                mail.text = mail.text.replace("402171833", "1")
            }),
            ("another address", |mail| {
                mail.subject = mail.subject.replace("sales@", "presales@");
                mail.text = mail.text.replace("sales@acme.test", "sales@acme.test.evil");
            }),
        ];
        for (what, change) in table {
            let mut mail = mail();
            change(&mut mail);
            assert_eq!(read(&mail), None, "{what}");
        }
        let mut elsewhere = mail();
        elsewhere.text = elsewhere
            .text
            .replace("mail-settings.google.com", "google.com.evil.test");
        assert_eq!(read(&elsewhere).unwrap().link, None);
    }
}
