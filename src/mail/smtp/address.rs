//! Envelope addresses as the server can take them.
//!
//! An address comes from strangers' mail and goes into a command line, so nothing that could end the command or
//! the brackets passes. Domains beyond ASCII go as punycode; local parts beyond ASCII need SMTPUTF8 (RFC 6531).

/// The longest address (RFC 5321 §4.5.3.1.3, path without its brackets).
const MAX_ADDRESS_BYTES: usize = 254;

/// An address ready for `<…>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WireAddress {
    pub text: String,
    /// The local part has characters beyond ASCII.
    pub needs_utf8: bool,
}

impl WireAddress {
    /// The error is a sentence for a person.
    pub fn prepare(address: &str) -> Result<Self, String> {
        let Some((local, domain)) = address.rsplit_once('@') else {
            return Err("this is no mail address: it has no @".to_owned());
        };
        if local.is_empty() || domain.is_empty() {
            return Err("this is no mail address: a part beside the @ is missing".to_owned());
        }
        if address.chars().any(char::is_control) {
            return Err("the address holds a control character".to_owned());
        }
        let quoted = local.len() >= 2 && local.starts_with('"') && local.ends_with('"');
        if quoted {
            check_quoted(local)?;
        } else if local.chars().any(forbidden) {
            return Err("the part before the @ holds a character that has to be quoted".to_owned());
        }
        let domain = wire_domain(domain)?;
        let text = format!("{local}@{domain}");
        if text.len() > MAX_ADDRESS_BYTES {
            return Err(format!(
                "the address is longer than {MAX_ADDRESS_BYTES} bytes"
            ));
        }
        Ok(Self {
            needs_utf8: !local.is_ascii(),
            text,
        })
    }
}

/// In a quoted local part, quotes and backslashes stand only behind a backslash.
fn check_quoted(local: &str) -> Result<(), String> {
    let inner = local.get(1..local.len() - 1).unwrap_or_default();
    let mut escaped = false;
    for c in inner.chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (false, '"') => return Err("the quoted part before the @ ends early".to_owned()),
            _ => escaped = false,
        }
    }
    if escaped {
        return Err("the quoted part before the @ does not end".to_owned());
    }
    Ok(())
}

fn forbidden(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '\\' | '"' | '@'
        )
}

fn wire_domain(domain: &str) -> Result<String, String> {
    if domain.starts_with('[') && domain.ends_with(']') {
        let literal = domain.get(1..domain.len() - 1).unwrap_or_default();
        let fits = !literal.is_empty()
            && literal
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':'));
        return if fits {
            Ok(domain.to_owned())
        } else {
            Err("the address literal after the @ is malformed".to_owned())
        };
    }
    let ascii = if domain.is_ascii() {
        domain.to_owned()
    } else {
        idna::domain_to_ascii_strict(domain)
            .map_err(|_| "the domain cannot be written in ASCII (IDNA)".to_owned())?
    };
    let fits = ascii
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if fits {
        Ok(ascii)
    } else {
        Err("the domain holds a character that no domain has".to_owned())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_made_safe_or_refused() {
        let table: &[(&str, Option<(&str, bool)>)] = &[
            ("anna@example.test", Some(("anna@example.test", false))),
            ("a..b@example.test", Some(("a..b@example.test", false))),
            ("anna@bücher.test", Some(("anna@xn--bcher-kva.test", false))),
            ("анна@example.test", Some(("анна@example.test", true))),
            (
                "\"a b\"@example.test",
                Some(("\"a b\"@example.test", false)),
            ),
            (
                "\"a>b\"@example.test",
                Some(("\"a>b\"@example.test", false)),
            ),
            ("a@[192.0.2.1]", Some(("a@[192.0.2.1]", false))),
            ("\"a\"b\"@example.test", None),
            ("\"a\\\"@example.test", None),
            ("a>b@example.test", None),
            ("a b@example.test", None),
            ("a\r\nRCPT TO:<b@example.test", None),
            ("a@example.test>\r\nDATA", None),
            ("a@exam ple.test", None),
            ("a@b>c.test", None),
            ("anna", None),
            ("@example.test", None),
            ("anna@", None),
        ];
        for (address, expected) in table {
            let got = WireAddress::prepare(address).ok();
            let got = got.as_ref().map(|a| (a.text.as_str(), a.needs_utf8));
            assert_eq!(got, *expected, "{address:?}");
        }
    }

    #[test]
    fn an_endless_address_is_refused() {
        let address = format!("{}@example.test", "a".repeat(300));
        assert!(WireAddress::prepare(&address).unwrap_err().contains("254"));
    }
}
