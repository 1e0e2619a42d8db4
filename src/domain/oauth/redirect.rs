//! The answer of the provider's page: the address that the browser is sent to, or that the operator pastes.
//!
//! Read strictly: the path and the host are ours, every parameter comes once, the state is the one of this sign-in,
//! and the issuer is the provider's (RFC 9207). Only then the code, or the provider's refusal, counts.

use url::Url;

use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;

/// No provider's answer is longer.
const LONGEST: usize = 8 * 1024;

/// What the answer must match.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    pub redirect: &'a Url,
    pub state: &'a str,
    pub issuer: Option<&'a str>,
}

/// Why an answer is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// It is not an answer to this sign-in; the right one may still come.
    NotOurs(Trouble),
    /// The provider refused; nothing more comes.
    Refused(Trouble),
}

impl NotTaken {
    pub fn trouble(self) -> Trouble {
        match self {
            Self::NotOurs(trouble) | Self::Refused(trouble) => trouble,
        }
    }
}

/// The code in a whole address, as it is pasted.
///
/// # Errors
/// Why it is not the answer to this sign-in, or what the provider said.
pub fn code_in(typed: &str, expected: &Expected<'_>) -> Result<String, NotTaken> {
    let typed = typed.trim();
    if typed.len() > LONGEST {
        return Err(not_ours("this is too long for the address of a sign-in"));
    }
    let url = Url::parse(typed)
        .map_err(|_| not_ours("this is not an address; copy all of the browser's address bar"))?;
    let ours = expected.redirect;
    let is_ours = url.scheme() == ours.scheme()
        && url.host() == ours.host()
        && url.port_or_known_default() == ours.port_or_known_default()
        && url.path() == ours.path()
        && url.username().is_empty()
        && url.password().is_none();
    if !is_ours {
        return Err(not_ours(&format!(
            "this address does not begin with {ours}; copy it after the last page of the sign-in"
        )));
    }
    let mut found = Parameters::default();
    for (name, value) in url.query_pairs() {
        let place = match &*name {
            "state" => &mut found.state,
            "code" => &mut found.code,
            "iss" => &mut found.issuer,
            "error" => &mut found.error,
            "error_description" => &mut found.description,
            _ => continue,
        };
        if place.replace(value.into_owned()).is_some() {
            return Err(not_ours("a part of this address is there twice"));
        }
    }
    found.judge(expected)
}

#[derive(Default)]
struct Parameters {
    state: Option<String>,
    code: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
    description: Option<String>,
}

impl Parameters {
    fn judge(self, expected: &Expected<'_>) -> Result<String, NotTaken> {
        if self.state.as_deref() != Some(expected.state) {
            return Err(not_ours(
                "this address belongs to another sign-in (its state is another one)",
            ));
        }
        if let (Some(said), Some(known)) = (&self.issuer, expected.issuer)
            && said != known
        {
            return Err(not_ours(
                "this answer comes from another provider (its issuer is another one)",
            ));
        }
        match (self.error, self.code) {
            (Some(error), _) => Err(NotTaken::Refused(refusal(
                &error,
                self.description.as_deref(),
            ))),
            (None, Some(code)) if !code.is_empty() => Ok(code),
            (None, _) => Err(not_ours("there is no code in this address")),
        }
    }
}

/// What the provider's error means (RFC 6749 §4.1.2.1), with its own words.
pub fn refusal(error: &str, description: Option<&str>) -> Trouble {
    let what = match error {
        "access_denied" => "the sign-in was refused on the provider's page",
        "invalid_scope" => "the provider does not know the scopes that were asked for",
        "unauthorized_client" | "invalid_client" => {
            "the provider does not let this client id sign in"
        }
        "temporarily_unavailable" | "server_error" => "the provider cannot sign in at the moment",
        _ => "the provider did not sign in",
    };
    let words = description.filter(|words| !words.is_empty());
    let cause = match words {
        Some(words) => format!("{error}: {words}"),
        None => error.to_owned(),
    };
    let short: String = Clean::line(&cause).as_str().chars().take(300).collect();
    Trouble::operator(what).because(short).hint(
        "sign in again; if it stays so, the provider's administrator has to allow this client",
    )
}

fn not_ours(what: &str) -> NotTaken {
    NotTaken::NotOurs(Trouble::operator(what).hint("nothing was sent to anybody; try again"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Result<String, NotTaken> {
        let redirect = Url::parse("http://127.0.0.1:4711/").unwrap();
        let expected = Expected {
            redirect: &redirect,
            state: "right",
            issuer: Some("https://id.test"),
        };
        code_in(typed, &expected)
    }

    #[test]
    fn only_the_answer_to_this_sign_in_is_taken() {
        let at = "http://127.0.0.1:4711/";
        for (query, taken) in [
            ("?state=right&code=abc", true),
            (
                "?code=a%2Fb&state=right&iss=https%3A%2F%2Fid.test&scope=x",
                true,
            ),
            ("?state=wrong&code=abc", false),
            ("?code=abc", false),
            ("?state=right", false),
            ("?state=right&code=", false),
            ("?state=right&code=abc&code=def", false),
            ("?state=right&state=wrong&code=abc", false),
            ("?state=right&code=abc&iss=https%3A%2F%2Fevil.test", false),
        ] {
            let answer = read(&format!(" {at}{query}\n"));
            assert_eq!(answer.is_ok(), taken, "{query}: {answer:?}");
            if let Err(why) = answer {
                assert!(matches!(why, NotTaken::NotOurs(_)), "{query}");
            }
        }
        for elsewhere in [
            "http://127.0.0.1:4712/?state=right&code=abc",
            "https://127.0.0.1:4711/?state=right&code=abc",
            "http://127.0.0.1:4711/other?state=right&code=abc",
            "http://evil.test:4711/?state=right&code=abc",
            "http://a@127.0.0.1:4711/?state=right&code=abc",
            "right",
            "",
        ] {
            assert!(read(elsewhere).is_err(), "{elsewhere}");
        }
        assert_eq!(
            read(&format!("{at}?state=right&code=a%2Fb")).unwrap(),
            "a/b"
        );
    }

    #[test]
    fn a_refusal_is_told_in_the_providers_words_and_only_with_our_state() {
        let at = "http://127.0.0.1:4711/?error=access_denied&error_description=not%20today%1b[2J";
        assert!(matches!(read(at), Err(NotTaken::NotOurs(_))));
        let NotTaken::Refused(trouble) = read(&format!("{at}&state=right")).unwrap_err() else {
            panic!("a refusal ends the sign-in");
        };
        assert!(trouble.to_string().contains("not today"));
        assert!(!trouble.to_string().contains('\u{1b}'));
    }
}
