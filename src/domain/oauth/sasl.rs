//! How an access token is shown to a mail server: XOAUTH2 (Google's, understood by Microsoft too) and OAUTHBEARER
//! (RFC 7628).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::domain::clean::Clean;

/// A mechanism that takes a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mechanism {
    Xoauth2,
    Oauthbearer,
}

impl Mechanism {
    /// The first of ours that is offered; `offers` says whether a name is. XOAUTH2 first: it is what both large
    /// providers test.
    pub fn choose(offers: impl Fn(&str) -> bool) -> Option<Self> {
        [Self::Xoauth2, Self::Oauthbearer]
            .into_iter()
            .find(|mechanism| offers(mechanism.name()))
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Xoauth2 => "XOAUTH2",
            Self::Oauthbearer => "OAUTHBEARER",
        }
    }

    /// What the client says first, before Base64. `None` where the login or the token holds a character that would
    /// change its meaning.
    pub fn first_words(self, login: &str, host: &str, port: u16, token: &str) -> Option<String> {
        let is_plain = |text: &str| !text.chars().any(char::is_control);
        if !is_plain(login) || !is_plain(token) || token.is_empty() {
            return None;
        }
        Some(match self {
            Self::Xoauth2 => format!("user={login}\u{1}auth=Bearer {token}\u{1}\u{1}"),
            Self::Oauthbearer => {
                // RFC 5801 §4: these two are written another way within the header.
                let login = login.replace('=', "=3D").replace(',', "=2C");
                format!(
                    "n,a={login},\u{1}host={host}\u{1}port={port}\u{1}auth=Bearer {token}\u{1}\u{1}"
                )
            }
        })
    }

    /// What the client says to an error, so that the server ends the dialogue with its refusal (RFC 7628 §3.2.3).
    pub fn to_an_error(self) -> &'static str {
        match self {
            Self::Xoauth2 => "",
            Self::Oauthbearer => "\u{1}",
        }
    }
}

/// The words in the challenge of a server that refuses a token: Base64 of JSON with `status`, `schemes`, `scope`.
pub fn refusal(challenge: &str) -> Option<String> {
    let challenge = challenge.trim();
    let bytes = STANDARD
        .decode(challenge)
        .or_else(|_| STANDARD_NO_PAD.decode(challenge))
        .ok()?;
    refusal_words(&bytes)
}

/// As [`refusal`], already decoded.
pub fn refusal_words(json: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(json).ok()?;
    let word = |name: &str| {
        let text = match value.get(name)? {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let short: String = Clean::line(&text).as_str().chars().take(100).collect();
        Some(short)
    };
    let status = word("status")?;
    Some(match word("scope") {
        Some(scope) if !scope.is_empty() => format!("{status}, it wants the scope {scope}"),
        _ => status,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_are_those_of_the_documents() {
        let xoauth2 = Mechanism::Xoauth2
            .first_words(
                "someuser@example.com",
                "imap.gmail.com",
                993,
                "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg",
            )
            .unwrap();
        assert_eq!(
            STANDARD.encode(xoauth2),
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
        );
        let bearer = Mechanism::Oauthbearer
            .first_words(
                "user@example.com",
                "server.example.com",
                143,
                "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
            )
            .unwrap();
        // RFC 7628 §4.1.
        assert_eq!(
            bearer,
            "n,a=user@example.com,\u{1}host=server.example.com\u{1}port=143\u{1}auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\u{1}\u{1}"
        );
        let odd = Mechanism::Oauthbearer
            .first_words("a=b,c", "h", 1, "t")
            .unwrap();
        assert!(odd.starts_with("n,a=a=3Db=2Cc,"));
    }

    #[test]
    fn a_login_or_token_cannot_bring_fields_of_its_own() {
        for (login, token) in [
            ("a\u{1}auth=x", "t"),
            ("a", "t\u{1}"),
            ("a", "t\r\n"),
            ("a", ""),
        ] {
            for mechanism in [Mechanism::Xoauth2, Mechanism::Oauthbearer] {
                assert_eq!(mechanism.first_words(login, "h", 1, token), None);
            }
        }
    }

    #[test]
    fn the_refusal_of_a_server_is_read() {
        // Google's document, and RFC 7628 §4.3.
        let google = "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9tYWlsLmdvb2dsZS5jb20vIn0K";
        let words = refusal(google).unwrap();
        assert!(
            words.contains("401") && words.contains("mail.google.com"),
            "{words}"
        );
        let plain = STANDARD.encode(r#"{"status":"invalid_token"}"#);
        assert_eq!(refusal(&plain).unwrap(), "invalid_token");
        assert_eq!(refusal("!!"), None);
        assert_eq!(refusal(&STANDARD.encode("[]")), None);
    }

    #[test]
    fn the_mechanism_is_one_that_is_offered() {
        let choose = |offered: &[&str]| Mechanism::choose(|name| offered.contains(&name));
        assert_eq!(
            choose(&["PLAIN", "OAUTHBEARER"]),
            Some(Mechanism::Oauthbearer)
        );
        assert_eq!(
            choose(&["OAUTHBEARER", "XOAUTH2"]),
            Some(Mechanism::Xoauth2)
        );
        assert_eq!(choose(&["PLAIN"]), None);
    }
}
