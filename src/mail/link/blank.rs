//! What takes a secret out of words that are shown: as it is, and as signing in writes it in base64.
//!
//! Our own side never writes a secret into a log. A server may repeat what it was told, and then this is what keeps
//! it from the screen.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

/// What stands where a secret stood.
const BLANK: &str = "***";
/// A shorter secret stands in half of all words.
const SHORTEST: usize = 3;

/// The spellings of some secrets. `Debug` tells none of them.
#[derive(Debug, Clone, Default)]
pub struct Blank(Vec<SecretString>);

impl Blank {
    /// For a login and its password.
    pub fn of(login: &str, password: &SecretString) -> Self {
        let plain = password.expose_secret();
        if plain.len() < SHORTEST {
            return Self::default();
        }
        let encoded = [
            STANDARD.encode(format!("\0{login}\0{plain}")),
            STANDARD.encode(format!("{login}\0{login}\0{plain}")),
            STANDARD.encode(plain),
        ];
        let quoted = plain.replace('\\', "\\\\").replace('"', "\\\"");
        let mut spellings = Vec::from(encoded);
        spellings.push(quoted);
        spellings.push(plain.to_owned());
        Self(spellings.into_iter().map(SecretString::from).collect())
    }

    /// The words without the secrets.
    pub fn out_of(&self, words: &str) -> String {
        self.0.iter().fold(words.to_owned(), |words, secret| {
            words.replace(secret.expose_secret(), BLANK)
        })
    }

    /// All of these and of `others`.
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_of_a_password_is_left() {
        let blank = Blank::of("anna", &SecretString::from("s3cr\"et"));
        for said in [
            "NO LOGIN anna s3cr\"et failed",
            r#"BAD LOGIN "anna" "s3cr\"et""#,
            &format!("535 {}", STANDARD.encode("\0anna\0s3cr\"et")),
            &format!("334 {}", STANDARD.encode("s3cr\"et")),
        ] {
            let shown = blank.out_of(said);
            assert!(shown.contains("***"), "{shown}");
            assert!(!shown.contains("s3cr"), "{shown}");
            assert!(!shown.contains(&STANDARD.encode("s3cr\"et")), "{shown}");
        }
        assert_eq!(blank.out_of("NO anna"), "NO anna");
        assert!(!format!("{blank:?}").contains("s3cr"));
        let short = Blank::of("anna", &SecretString::from("a"));
        assert_eq!(short.out_of("anna"), "anna");
    }
}
