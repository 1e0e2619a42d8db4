//! Tokens: what the provider's token endpoint says, and what is kept of it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;

/// A token is not shown to a server when it ends within this time: clocks differ, and signing in takes a while.
const LEEWAY: SignedDuration = SignedDuration::from_secs(120);
/// Where the provider does not say (RFC 6749 §5.1 recommends that it does).
const USUAL_SECONDS: i64 = 3600;
const LONGEST_SECONDS: i64 = 366 * 24 * 3600;

/// What is kept of a sign-in. It is a secret as a whole; `Debug` says nothing about it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSet {
    /// Empty where the provider gave none: then the operator signs in again when the access token ends.
    pub refresh_token: String,
    pub access_token: String,
    pub valid_until: Timestamp,
    /// The provider does not take the refresh token any more; nothing is asked until somebody signs in again.
    #[serde(default)]
    pub is_revoked: bool,
}

impl std::fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenSet")
            .field("valid_until", &self.valid_until)
            .field("is_revoked", &self.is_revoked)
            .finish_non_exhaustive()
    }
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenFailure {
    /// The operator has to sign in again; asking once more with the same words is of no use (`invalid_grant`).
    SignInAgain(Trouble),
    /// The provider cannot answer now.
    Later(Trouble),
    /// The provider does not take the way we ask: a wrong client id, secret or scope.
    Refused(Trouble),
    /// A device code that nobody has confirmed yet (RFC 8628 §3.5).
    Pending,
    /// As `Pending`, and we ask too often.
    SlowDown,
}

impl TokenFailure {
    pub fn trouble(self) -> Trouble {
        match self {
            Self::SignInAgain(trouble) | Self::Later(trouble) | Self::Refused(trouble) => trouble,
            Self::Pending | Self::SlowDown => {
                Trouble::network("nobody has confirmed the sign-in yet")
            }
        }
    }
}

impl TokenSet {
    /// Whether the access token can be shown to a server now.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        !self.is_revoked
            && !self.access_token.is_empty()
            && now
                .checked_add(LEEWAY)
                .is_ok_and(|then| then < self.valid_until)
    }

    /// As text for the secrets file.
    ///
    /// # Errors
    /// A defect.
    pub fn to_text(&self) -> Result<String, Trouble> {
        serde_json::to_string(self).map_err(|_| Trouble::bug("tokens could not be written"))
    }

    /// # Errors
    /// The text is none of ours.
    pub fn from_text(text: &str) -> Result<Self, Trouble> {
        // The parser's own message could quote a token.
        serde_json::from_str(text).map_err(|_| sign_in_again("what is kept is no sign-in"))
    }
}

/// "Sign in again", for whatever reason.
pub fn sign_in_again(because: &str) -> Trouble {
    Trouble::operator("somebody has to sign in again")
        .because(because)
        .hint("open the mailbox in the settings and sign in, or run `ticketty mailbox sign-in NAME`; mail waits until then and is fetched after")
}

#[derive(Deserialize)]
struct Good {
    access_token: String,
    #[serde(default)]
    token_type: Option<String>,
    #[serde(default)]
    expires_in: Option<serde_json::Value>,
    #[serde(default)]
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
struct Bad {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
}

/// Reads the answer of the token endpoint. `refresh_token` is the one that was used, if one was: a provider that
/// gives no new one means the old one to stay.
///
/// # Errors
/// What the provider said instead.
pub fn read(
    status: u16,
    body: &[u8],
    now: Timestamp,
    refresh_token: &str,
) -> Result<TokenSet, TokenFailure> {
    if status != 200 {
        return Err(failure(status, body));
    }
    let good: Good =
        serde_json::from_slice(body).map_err(|_| odd("the provider's answer holds no token"))?;
    let is_bearer = good
        .token_type
        .as_deref()
        .is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    if !is_bearer {
        return Err(odd(
            "the provider gave a token of a kind that mail servers do not take",
        ));
    }
    let new = good.refresh_token.unwrap_or_default();
    let tokens = [&good.access_token, &new];
    if good.access_token.is_empty()
        || tokens
            .iter()
            .any(|token| token.chars().any(|c| !c.is_ascii_graphic()))
    {
        return Err(odd("the provider's token is empty or holds odd characters"));
    }
    let seconds = good
        .expires_in
        .as_ref()
        .and_then(seconds)
        .unwrap_or(USUAL_SECONDS)
        .clamp(0, LONGEST_SECONDS);
    Ok(TokenSet {
        refresh_token: if new.is_empty() {
            refresh_token.to_owned()
        } else {
            new
        },
        access_token: good.access_token,
        valid_until: now
            .checked_add(SignedDuration::from_secs(seconds))
            .unwrap_or(now),
        is_revoked: false,
    })
}

/// A number, or a number in quotes as some providers write it.
fn seconds(value: &serde_json::Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn odd(what: &str) -> TokenFailure {
    TokenFailure::Refused(Trouble::server(what).hint("check token_url in config.toml"))
}

/// RFC 6749 §5.2, RFC 8628 §3.5.
fn failure(status: u16, body: &[u8]) -> TokenFailure {
    let Ok(bad) = serde_json::from_slice::<Bad>(body) else {
        let trouble = Trouble::network(format!("the provider answered with status {status}"));
        return match status {
            429 | 500.. => TokenFailure::Later(trouble.hint("it is asked again by itself")),
            _ => odd(&format!(
                "the provider's token address answered with status {status}"
            )),
        };
    };
    let words = match bad.error_description {
        Some(words) if !words.is_empty() => format!("{}: {words}", bad.error),
        _ => bad.error.clone(),
    };
    let words: String = Clean::line(&words).as_str().chars().take(300).collect();
    match &*bad.error {
        "invalid_grant" | "interaction_required" => {
            TokenFailure::SignInAgain(sign_in_again(&words))
        }
        "authorization_pending" => TokenFailure::Pending,
        "slow_down" => TokenFailure::SlowDown,
        "access_denied" | "authorization_declined" => TokenFailure::SignInAgain(
            Trouble::operator("the sign-in was refused on the provider's page").because(words),
        ),
        "expired_token" | "bad_verification_code" => TokenFailure::SignInAgain(
            Trouble::operator("the code was not confirmed in time")
                .because(words)
                .hint("begin again"),
        ),
        "temporarily_unavailable" | "server_error" => TokenFailure::Later(
            Trouble::network("the provider cannot answer at the moment").because(words),
        ),
        "invalid_client" | "unauthorized_client" => TokenFailure::Refused(
            Trouble::operator("the provider does not take the client id or its secret")
                .because(words)
                .hint("check client_id and client_secret_command in config.toml"),
        ),
        _ => TokenFailure::Refused(
            Trouble::operator("the provider does not take the way we ask")
                .because(words)
                .hint("check scopes and client_id in config.toml"),
        ),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_good_answer_is_kept_and_an_absent_refresh_token_means_the_old_one() {
        let body = br#"{"access_token":"at","token_type":"Bearer","expires_in":3599,"refresh_token":"new"}"#;
        let set = read(200, body, now(), "old").unwrap();
        assert_eq!((&*set.access_token, &*set.refresh_token), ("at", "new"));
        assert_eq!(set.valid_until.to_string(), "2026-11-21T12:59:59Z");
        let body = br#"{"access_token":"at","expires_in":"60"}"#;
        let set = read(200, body, now(), "old").unwrap();
        assert_eq!(&*set.refresh_token, "old");
        assert!(!set.is_fresh(now()), "it ends within the leeway");
        assert_eq!(TokenSet::from_text(&set.to_text().unwrap()).unwrap(), set);
        assert!(!format!("{set:?}").contains("old"));
    }

    #[test]
    fn freshness_knows_the_leeway_and_a_revocation() {
        let set = |seconds: i64, is_revoked: bool| TokenSet {
            refresh_token: "r".into(),
            access_token: "a".into(),
            valid_until: now() + SignedDuration::from_secs(seconds),
            is_revoked,
        };
        for (seconds, is_revoked, fresh) in [
            (121, false, true),
            (120, false, false),
            (-5, false, false),
            (3600, true, false),
        ] {
            assert_eq!(set(seconds, is_revoked).is_fresh(now()), fresh, "{seconds}");
        }
    }

    #[test]
    fn every_error_says_whose_move_it_is() {
        use TokenFailure as F;
        let sort = |failure: &F| match failure {
            F::SignInAgain(_) => "again",
            F::Later(_) => "later",
            F::Refused(_) => "refused",
            F::Pending => "pending",
            F::SlowDown => "slow",
        };
        for (status, body, expected) in [
            (
                400,
                r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
                "again",
            ),
            (400, r#"{"error":"access_denied"}"#, "again"),
            (400, r#"{"error":"expired_token"}"#, "again"),
            (400, r#"{"error":"authorization_pending"}"#, "pending"),
            (400, r#"{"error":"slow_down"}"#, "slow"),
            (401, r#"{"error":"invalid_client"}"#, "refused"),
            (400, r#"{"error":"invalid_scope"}"#, "refused"),
            (503, "<html>", "later"),
            (429, "", "later"),
            (404, "<html>", "refused"),
            (302, "", "refused"),
            (200, "{}", "refused"),
            (200, r#"{"access_token":"a b"}"#, "refused"),
            (200, r#"{"access_token":"a","token_type":"mac"}"#, "refused"),
        ] {
            let failure = read(status, body.as_bytes(), now(), "old").unwrap_err();
            assert_eq!(sort(&failure), expected, "{status} {body}");
        }
        let again = read(400, br#"{"error":"invalid_grant"}"#, now(), "old").unwrap_err();
        assert!(again.trouble().to_string().contains("sign in again"));
    }
}
