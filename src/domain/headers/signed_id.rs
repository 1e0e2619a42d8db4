//! Signed tokens in our own Message-IDs and plus-addresses, so that only our own place a mail by themselves.
//!
//! A Message-ID is `ticket.random.signature@domain`; a plus-address is `local+tTICKET.signature@domain`. The
//! signature is HMAC-SHA256 (RFC 2104), cut to 96 bits, in lower-case hex because servers change the case of ids
//! and addresses. A guess is right once in 2⁹⁶; the key never leaves the store.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::ids::TicketNumber;

/// Bytes of the signature that are kept.
const SIGNATURE_BYTES: usize = 12;
/// How the id of a mail begins that tries a mailbox out; no ticket's number looks like it.
const TRIAL: &str = "try";
/// No id of ours is longer; a longer one is not looked at.
const LONGEST_TOKEN: usize = 400;

/// A signed Message-ID without its angle brackets. `random` is made of letters and digits; other characters are
/// left out of it.
pub fn sign(key: &[u8], ticket: TicketNumber, random: &str, domain: &str) -> String {
    let random: String = random
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    let domain = plain_domain(domain);
    let signature = signature(key, &message_id_text(ticket.0, &random, &domain));
    format!("{}.{random}.{signature}@{domain}", ticket.0)
}

/// The ticket of a Message-ID that we signed, with or without angle brackets; `None` for anybody else's.
pub fn verify(key: &[u8], message_id: &str) -> Option<TicketNumber> {
    let plain = message_id
        .trim()
        .trim_start_matches('<')
        .trim_end_matches('>');
    if plain.len() > LONGEST_TOKEN {
        return None;
    }
    let lower = plain.to_ascii_lowercase();
    let (token, domain) = lower.rsplit_once('@')?;
    let mut fields = token.split('.');
    let ticket = number(fields.next()?)?;
    let random = fields.next()?;
    let signed = fields.next()?;
    if fields.next().is_some() {
        return None;
    }
    holds(key, &message_id_text(ticket, random, domain), signed).then_some(TicketNumber(ticket))
}

/// A signed Message-ID of a mail that only tries a mailbox out and belongs to no ticket: `try.random.signature@domain`.
pub fn sign_trial(key: &[u8], random: &str, domain: &str) -> String {
    let random: String = random
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    let domain = plain_domain(domain);
    let signature = signature(key, &trial_text(&random, &domain));
    format!("{TRIAL}.{random}.{signature}@{domain}")
}

/// Whether a Message-ID is one that [`sign_trial`] made with this key, with or without angle brackets.
pub fn is_trial(key: &[u8], message_id: &str) -> bool {
    let plain = message_id
        .trim()
        .trim_start_matches('<')
        .trim_end_matches('>');
    if plain.len() > LONGEST_TOKEN {
        return false;
    }
    let lower = plain.to_ascii_lowercase();
    let Some((token, domain)) = lower.rsplit_once('@') else {
        return false;
    };
    let mut fields = token.split('.');
    match (fields.next(), fields.next(), fields.next(), fields.next()) {
        (Some(TRIAL), Some(random), Some(signed), None) => {
            holds(key, &trial_text(random, domain), signed)
        }
        _ => false,
    }
}

/// The mailbox's address with the ticket's signed token behind a plus (RFC 5233), for Reply-To.
/// `None` if the address has no `@`.
pub fn plus_address(key: &[u8], ticket: TicketNumber, address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let base = local.split('+').next().unwrap_or(local);
    let signature = signature(key, &plus_text(ticket.0, base, domain));
    Some(format!("{base}+t{}.{signature}@{domain}", ticket.0))
}

/// The ticket of a plus-address that we signed.
pub fn verify_plus(key: &[u8], address: &str) -> Option<TicketNumber> {
    if address.len() > LONGEST_TOKEN {
        return None;
    }
    let (local, domain) = address.trim().rsplit_once('@')?;
    let (base, token) = local.rsplit_once('+')?;
    let lower = token.to_ascii_lowercase();
    let (ticket, signed) = lower.strip_prefix('t')?.split_once('.')?;
    let ticket = number(ticket)?;
    holds(key, &plus_text(ticket, base, domain), signed).then_some(TicketNumber(ticket))
}

fn message_id_text(ticket: i64, random: &str, domain: &str) -> String {
    format!("message-id\n{ticket}\n{random}\n{}", domain.to_lowercase())
}

fn trial_text(random: &str, domain: &str) -> String {
    format!("trial\n{random}\n{}", domain.to_lowercase())
}

fn plus_text(ticket: i64, base: &str, domain: &str) -> String {
    format!(
        "plus-address\n{ticket}\n{}\n{}",
        base.to_lowercase(),
        domain.to_lowercase()
    )
}

/// A domain that can stand in a Message-ID (RFC 5322 §3.6.4): ASCII, without anything that ends the id.
fn plain_domain(domain: &str) -> String {
    let ascii = idna::domain_to_ascii(domain.trim()).unwrap_or_default();
    let safe: String = ascii
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '.')
        .collect();
    if safe.is_empty() {
        "invalid".to_owned()
    } else {
        safe
    }
}

fn number(digits: &str) -> Option<i64> {
    let canonical = !digits.is_empty()
        && !digits.starts_with('0')
        && digits.bytes().all(|b| b.is_ascii_digit());
    canonical.then(|| digits.parse().ok()).flatten()
}

fn mac(key: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    // HMAC takes a key of any length (RFC 2104 §2), so there is always a value here.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

fn signature(key: &[u8], text: &str) -> String {
    mac(key, text).map_or(String::new(), |mac| {
        mac.finalize()
            .into_bytes()
            .iter()
            .take(SIGNATURE_BYTES)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    })
}

/// Compares in constant time.
fn holds(key: &[u8], text: &str, signed: &str) -> bool {
    let Some(bytes) = unhex(signed) else {
        return false;
    };
    bytes.len() == SIGNATURE_BYTES
        && mac(key, text).is_some_and(|mac| mac.verify_truncated_left(&bytes).is_ok())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &[u8] = b"a key of this installation";

    #[test]
    fn our_own_id_names_its_ticket_and_nobody_elses_does() {
        let id = sign(KEY, TicketNumber(1042), "k3J9x", "Example.test");
        assert!(id.starts_with("1042.k3j9x."), "{id}");
        assert!(id.ends_with("@example.test"), "{id}");
        assert_eq!(verify(KEY, &id), Some(TicketNumber(1042)));
        assert_eq!(
            verify(KEY, &format!("<{}>", id.to_uppercase())),
            Some(TicketNumber(1042))
        );
        assert_eq!(verify(b"another key", &id), None);
        assert_eq!(verify(KEY, &id.replace("1042", "1043")), None);
        assert_eq!(verify(KEY, &id.replace("example", "evil")), None);
        assert_eq!(verify(KEY, &id.replace("k3j9x", "k3j9y")), None);
        for not_ours in [
            "",
            "@",
            "a@b",
            "1042.x@example.test",
            "1042.k3j9x.@example.test",
            "1.2.3.4@x",
        ] {
            assert_eq!(verify(KEY, not_ours), None, "{not_ours}");
        }
    }

    #[test]
    fn a_mail_that_tries_a_mailbox_out_is_known_and_belongs_to_no_ticket() {
        let id = sign_trial(KEY, "k3J9x", "Example.test");
        assert!(id.starts_with("try.k3j9x."), "{id}");
        assert!(is_trial(KEY, &format!("<{}>", id.to_uppercase())));
        assert_eq!(verify(KEY, &id), None);
        assert!(!is_trial(b"another key", &id));
        assert!(!is_trial(KEY, &id.replace("k3j9x", "k3j9y")));
        assert!(!is_trial(
            KEY,
            &sign(KEY, TicketNumber(7), "k3j9x", "example.test")
        ));
        for not_ours in ["", "try", "try.a.b@c", "try..@x", "<try.x.00@y>"] {
            assert!(!is_trial(KEY, not_ours), "{not_ours}");
        }
    }

    #[test]
    fn a_plus_address_names_its_ticket() {
        let plus = plus_address(KEY, TicketNumber(7), "support@example.test").unwrap();
        assert!(plus.starts_with("support+t7."), "{plus}");
        assert_eq!(verify_plus(KEY, &plus), Some(TicketNumber(7)));
        assert_eq!(
            verify_plus(KEY, &plus.to_uppercase()),
            Some(TicketNumber(7))
        );
        assert_eq!(verify_plus(KEY, &plus.replace("support", "sales")), None);
        assert_eq!(verify_plus(KEY, "support+t7@example.test"), None);
        assert_eq!(plus_address(KEY, TicketNumber(7), "no address"), None);
    }

    #[test]
    fn the_domain_of_an_id_ends_nothing() {
        let id = sign(KEY, TicketNumber(1), "r\r\nBcc: x", "exa mple>\r\n.test");
        assert!(!id.contains(['\r', '\n', '>', ' ', ':']), "{id}");
        assert_eq!(verify(KEY, &id), Some(TicketNumber(1)));
    }

    proptest! {
        #[test]
        fn any_text_is_only_refused(text in "\\PC{0,80}") {
            prop_assert_eq!(verify(KEY, &text), None);
            prop_assert_eq!(verify_plus(KEY, &text), None);
        }

        #[test]
        fn every_signed_id_is_read_back(ticket in 1_i64..i64::MAX, random in "[a-z0-9]{1,20}") {
            let id = sign(KEY, TicketNumber(ticket), &random, "desk.example.test");
            prop_assert_eq!(verify(KEY, &id), Some(TicketNumber(ticket)));
        }
    }
}
