//! Signing in with a code that is typed on another device (RFC 8628). Only after the operator began it, and only
//! where the admin allowed it: a code that arrives unasked is how mailboxes are stolen.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::token::TokenFailure;
use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;

const USUAL_INTERVAL: u64 = 5;
const SLOWER_BY: Duration = Duration::from_secs(5);
const LONGEST_INTERVAL: u64 = 60;
const LONGEST_LIFE: u64 = 30 * 60;

/// A device code as the provider gave it. `Debug` does not show the half that is ours.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceCode {
    pub device_code: String,
    /// What the operator types.
    pub user_code: Clean,
    /// Where.
    pub page: Url,
    pub interval: Duration,
    pub lives: Duration,
}

impl std::fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceCode")
            .field("page", &self.page.as_str())
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Given {
    device_code: String,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    expires_in: u64,
    #[serde(default)]
    interval: Option<u64>,
}

/// Reads the provider's answer (RFC 8628 §3.2).
///
/// # Errors
/// What the provider said instead.
pub fn read(status: u16, body: &[u8]) -> Result<DeviceCode, Trouble> {
    let odd = || {
        Trouble::server("the provider's answer holds no device code")
            .hint("check device_url in config.toml")
    };
    if status != 200 {
        return Err(
            super::token::read(status, body, jiff::Timestamp::UNIX_EPOCH, "")
                .err()
                .map_or_else(odd, TokenFailure::trouble),
        );
    }
    let given: Given = serde_json::from_slice(body).map_err(|_| odd())?;
    let page = Url::parse(&given.verification_uri).map_err(|_| odd())?;
    let is_safe = page.scheme() == "https" || page.host_str() == Some("127.0.0.1");
    if !is_safe || given.device_code.is_empty() || given.user_code.trim().is_empty() {
        return Err(odd());
    }
    let interval = given
        .interval
        .unwrap_or(USUAL_INTERVAL)
        .clamp(1, LONGEST_INTERVAL);
    let short: String = given.user_code.trim().chars().take(40).collect();
    Ok(DeviceCode {
        device_code: given.device_code,
        user_code: Clean::line(&short),
        page,
        interval: Duration::from_secs(interval),
        lives: Duration::from_secs(given.expires_in.min(LONGEST_LIFE)),
    })
}

/// How long to wait before the next question; `None` where asking again is of no use (RFC 8628 §3.5).
pub fn next_wait(interval: Duration, failure: &TokenFailure) -> Option<Duration> {
    match failure {
        TokenFailure::Pending => Some(interval),
        TokenFailure::SlowDown | TokenFailure::Later(_) => Some(interval + SLOWER_BY),
        TokenFailure::SignInAgain(_) | TokenFailure::Refused(_) => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_shown_clean_and_its_times_are_bounded() {
        let body = r#"{"device_code":"dc","user_code":"ABCD-EFGH","verification_uri":"https://id.test/device","expires_in":900000}"#;
        let code = read(200, body.as_bytes()).unwrap();
        assert_eq!(code.user_code.as_str(), "ABCD-EFGH");
        assert_eq!(code.interval, Duration::from_secs(5));
        assert_eq!(code.lives, Duration::from_secs(1800));
        assert!(!format!("{code:?}").contains("dc\""));
        for (status, body) in [
            (
                200,
                r#"{"device_code":"dc","user_code":"A","verification_uri":"http://id.test/","expires_in":9}"#,
            ),
            (
                200,
                r#"{"device_code":"","user_code":"A","verification_uri":"https://id.test/","expires_in":9}"#,
            ),
            (200, "{}"),
            (400, r#"{"error":"unauthorized_client"}"#),
            (404, ""),
        ] {
            assert!(read(status, body.as_bytes()).is_err(), "{status} {body}");
        }
    }

    #[test]
    fn slow_down_adds_five_seconds() {
        let five = Duration::from_secs(5);
        assert_eq!(next_wait(five, &TokenFailure::Pending), Some(five));
        assert_eq!(next_wait(five, &TokenFailure::SlowDown), Some(five * 2));
        let ended = TokenFailure::SignInAgain(Trouble::operator("no"));
        assert_eq!(next_wait(five, &ended), None);
    }
}
