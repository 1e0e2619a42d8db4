//! Access tokens: given out fresh, renewed by one process at a time, and on the disk before they are used.
//!
//! Everybody who signs in with a token asks [`access_token`]: sync, delivery, Sent copy and checks. Renewing happens
//! under a lock of the secrets file that all processes share; whoever comes second finds the new token there. A
//! refresh token that the provider refused is marked, and nothing more is asked until somebody signs in again.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::bridge::Lasts;
use crate::config::secrets::{SecretOf, first_line_of};
use crate::domain::mailbox::SecretSource;
use crate::domain::oauth::device::{self, DeviceCode};
use crate::domain::oauth::token::{self, sign_in_again};
use crate::domain::oauth::{ClientSecret, IdentityProvider, TokenFailure, TokenSet};
use crate::domain::trouble::Trouble;
use crate::engine::core::{Engine, blocking};
use crate::mail::http::Answer;

/// For one question to a provider.
const WITHIN: Duration = Duration::from_secs(30);
/// No provider's answer is larger.
const MOST_BYTES: usize = 64 * 1024;
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// An access token that a server will take now. `refused` is one that a server has just refused: it is not given out
/// again, however long it should be valid.
///
/// # Errors
/// Somebody has to sign in again, or the provider cannot be reached.
pub async fn access_token(
    engine: &Engine,
    of: SecretOf,
    provider: &str,
    refused: Option<&SecretString>,
) -> Result<SecretString, Trouble> {
    let source = SecretSource::Oauth(provider.to_owned());
    if let Some(token) = usable(engine, &kept(engine, of, &source).await?, refused)? {
        return Ok(token);
    }
    let provider = engine.settings.outside.providers.find(provider)?;
    let keeper = Arc::clone(&engine.secrets);
    let _alone = blocking(move || keeper.hold(of)).await?;
    // Somebody else may have renewed it while we waited.
    let set = kept(engine, of, &source).await?;
    if let Some(token) = usable(engine, &set, refused)? {
        return Ok(token);
    }
    if set.refresh_token.is_empty() {
        return Err(sign_in_again(
            "the last sign-in has ended, and the provider gave no means to prolong it",
        ));
    }
    match refresh(engine, provider, &set.refresh_token).await {
        Ok(new) => {
            keep(engine, of, &source, &new).await?;
            engine.told.basics_changed();
            tracing::info!(mailbox = %of.mailbox, until = %new.valid_until, "an access token was renewed");
            Ok(SecretString::from(new.access_token))
        }
        Err(TokenFailure::SignInAgain(trouble)) => {
            let revoked = TokenSet {
                is_revoked: true,
                ..set
            };
            keep(engine, of, &source, &revoked).await?;
            tracing::warn!(mailbox = %of.mailbox, %trouble, "the provider ended the sign-in");
            Err(trouble)
        }
        Err(other) => Err(other.trouble()),
    }
}

/// The access token of a sign-in that is not kept yet.
///
/// # Errors
/// The text is no sign-in of ours.
pub fn typed(secret: &SecretString) -> Result<SecretString, Trouble> {
    TokenSet::from_text(secret.expose_secret()).map(|set| SecretString::from(set.access_token))
}

/// How long a kept sign-in lasts; `None` where it is none of ours.
pub fn lasts(secret: &SecretString) -> Option<Lasts> {
    let set = TokenSet::from_text(secret.expose_secret()).ok()?;
    Some(Lasts {
        valid_until: set.valid_until,
        renews: !set.refresh_token.is_empty(),
        is_revoked: set.is_revoked,
    })
}

fn usable(
    engine: &Engine,
    set: &TokenSet,
    refused: Option<&SecretString>,
) -> Result<Option<SecretString>, Trouble> {
    if set.is_revoked {
        return Err(sign_in_again("the provider has ended the last sign-in"));
    }
    let was_refused = refused.is_some_and(|token| token.expose_secret() == set.access_token);
    let is_usable = set.is_fresh(engine.clock.now()) && !was_refused;
    Ok(is_usable.then(|| SecretString::from(set.access_token.clone())))
}

async fn kept(engine: &Engine, of: SecretOf, source: &SecretSource) -> Result<TokenSet, Trouble> {
    let (keeper, source) = (Arc::clone(&engine.secrets), source.clone());
    let text = blocking(move || keeper.get(of, &source)).await?;
    TokenSet::from_text(text.expose_secret())
}

async fn keep(
    engine: &Engine,
    of: SecretOf,
    source: &SecretSource,
    set: &TokenSet,
) -> Result<(), Trouble> {
    let (keeper, source) = (Arc::clone(&engine.secrets), source.clone());
    let text = SecretString::from(set.to_text()?);
    blocking(move || keeper.put(of, &source, &text)).await
}

async fn refresh(
    engine: &Engine,
    provider: &IdentityProvider,
    refresh_token: &str,
) -> Result<TokenSet, TokenFailure> {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
    ];
    let answer = ask(engine, provider, &provider.token_url, &form)
        .await
        .map_err(TokenFailure::Later)?;
    token::read(
        answer.status,
        &answer.body,
        engine.clock.now(),
        refresh_token,
    )
}

/// Trades a code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).
///
/// # Errors
/// What the provider said.
pub(super) async fn trade(
    engine: &Engine,
    provider: &IdentityProvider,
    code: &str,
    redirect: &Url,
    verifier: &str,
) -> Result<TokenSet, Trouble> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect.as_str()),
        ("code_verifier", verifier),
    ];
    let answer = ask(engine, provider, &provider.token_url, &form).await?;
    token::read(answer.status, &answer.body, engine.clock.now(), "").map_err(TokenFailure::trouble)
}

/// Asks for a device code (RFC 8628 §3.1).
///
/// # Errors
/// What the provider said.
pub(super) async fn ask_device(
    engine: &Engine,
    provider: &IdentityProvider,
    device_url: &Url,
) -> Result<DeviceCode, Trouble> {
    let scopes = provider.scopes.join(" ");
    let form = [("scope", scopes.as_str())];
    let answer = ask(engine, provider, device_url, &form).await?;
    device::read(answer.status, &answer.body)
}

/// Asks whether somebody has confirmed a device code (RFC 8628 §3.4).
///
/// # Errors
/// Not yet, or never.
pub(super) async fn ask_confirmed(
    engine: &Engine,
    provider: &IdentityProvider,
    device_code: &str,
) -> Result<TokenSet, TokenFailure> {
    let form = [("grant_type", DEVICE_GRANT), ("device_code", device_code)];
    let answer = ask(engine, provider, &provider.token_url, &form)
        .await
        .map_err(TokenFailure::Later)?;
    token::read(answer.status, &answer.body, engine.clock.now(), "")
}

/// Posts a form as this client.
async fn ask(
    engine: &Engine,
    provider: &IdentityProvider,
    url: &Url,
    form: &[(&str, &str)],
) -> Result<Answer, Trouble> {
    let secret = match provider.client_secret.clone() {
        None => None,
        Some(ClientSecret::Kept(secret)) => Some(SecretString::from(secret)),
        Some(ClientSecret::Command(command)) => {
            Some(blocking(move || first_line_of(&command)).await?)
        }
    };
    let mut form = form.to_vec();
    form.push(("client_id", &provider.client_id));
    if let Some(secret) = &secret {
        form.push(("client_secret", secret.expose_secret()));
    }
    let web = &engine.settings.outside.web;
    web.post_form(url, &form, WITHIN, MOST_BYTES).await
}
