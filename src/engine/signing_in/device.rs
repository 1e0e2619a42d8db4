//! Signing in with a code that is typed on another device (RFC 8628), where the admin allowed it.

use std::time::Duration;

use tokio::sync::mpsc;

use super::{Word, cancelled, say_begun, tokens, until};
use crate::bridge::{Begun, FlowId};
use crate::domain::oauth::device::{self, DeviceCode};
use crate::domain::oauth::{IdentityProvider, TokenSet};
use crate::domain::trouble::Trouble;
use crate::engine::core::Engine;

pub(super) async fn sign_in(
    engine: &Engine,
    provider: &IdentityProvider,
    flow: FlowId,
    words: &mut mpsc::Receiver<Word>,
) -> Result<TokenSet, Trouble> {
    let Some(device_url) = provider
        .device_url
        .as_ref()
        .filter(|_| provider.allows_device)
    else {
        return Err(Trouble::operator(format!(
            "device codes are not allowed for {}",
            provider.title()
        ))
        .hint(format!(
            "sign in with the browser, or set device = true under [oauth.{}] in config.toml",
            provider.name
        )));
    };
    let code = tokens::ask_device(engine, provider, device_url).await?;
    say_begun(
        engine,
        Begun::Device {
            flow,
            provider: provider.title().to_owned(),
            tenant: provider.tenant.clone(),
            scopes: provider.scopes.clone(),
            code: code.user_code.clone(),
            url: code.page.as_str().to_owned(),
            until: until(engine, code.lives),
        },
    );
    let confirmed = tokio::time::timeout(code.lives, poll(engine, provider, &code));
    tokio::select! {
        ended = confirmed => ended.unwrap_or_else(|_| {
            Err(Trouble::operator("the code was not confirmed in time").hint("begin again"))
        }),
        trouble = refuse(words) => Err(trouble),
    }
}

async fn poll(
    engine: &Engine,
    provider: &IdentityProvider,
    code: &DeviceCode,
) -> Result<TokenSet, Trouble> {
    let mut interval: Duration = code.interval;
    loop {
        tokio::time::sleep(interval).await;
        match tokens::ask_confirmed(engine, provider, &code.device_code).await {
            Ok(set) => return Ok(set),
            Err(failure) => match device::next_wait(interval, &failure) {
                Some(next) => interval = next,
                None => return Err(failure.trouble()),
            },
        }
    }
}

/// Ends when the operator cancels. There is nothing to paste here.
async fn refuse(words: &mut mpsc::Receiver<Word>) -> Trouble {
    while let Some(word) = words.recv().await {
        match word {
            Word::Cancel => return cancelled(),
            Word::Pasted { answer, .. } => {
                let _ = answer.send(Err(Trouble::operator(
                    "this sign-in waits for its code, not for an address",
                )));
            }
        }
    }
    cancelled()
}
