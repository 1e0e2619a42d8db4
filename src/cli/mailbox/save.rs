//! Saves a mailbox: checked first, where that is wanted.

use serde_json::{Value, json};

use super::super::client::unexpected;
use super::super::{Client, Outcome, Output, shapes};
use super::{check, folders};
use crate::bridge::{
    ConnectRequest, MailboxReport, MailboxRequest, Report, Request, Secret, SignInRequest,
};
use crate::domain::clean::Clean;
use crate::domain::mailbox::{Incoming, Mailbox, MailboxSettings};
use crate::domain::trouble::Trouble;

/// What is saved beside the settings, and how.
pub struct Asked {
    pub secret: Option<Secret>,
    /// The password of the sign-in that only sends.
    pub sending: Option<Secret>,
    pub with_check: bool,
}

impl Asked {
    /// Whether no secret was given.
    pub fn is_empty(&self) -> bool {
        self.secret.is_none() && self.sending.is_none()
    }
}

/// Checks, where that is wanted, and saves only what passed. A password for sending has to be kept before anything
/// can be tried with it.
///
/// # Errors
/// What failed, and that nothing was saved.
pub async fn save(
    mailbox: Option<&Mailbox>,
    settings: MailboxSettings,
    asked: Asked,
    client: &mut Client,
    out: &mut Output,
) -> Outcome {
    let Asked {
        secret,
        sending,
        with_check,
    } = asked;
    let id = mailbox.map(|mailbox| mailbox.id);
    let (mut checks, mut periods) = (Vec::new(), Vec::new());
    if with_check && sending.is_none() {
        let checked = check::run(id, &settings, secret.clone(), client, out).await?;
        if let Some(trouble) = checked.failure() {
            if out.is_json() {
                out.answer(
                    &json!({"saved": false, "checks": checked.lines()}),
                    String::new,
                )?;
            }
            let hint = format!(
                "{}Nothing was saved. Change what is wrong, or save it as it is with --no-check.",
                trouble
                    .hint
                    .as_deref()
                    .map(|hint| format!("{hint}. "))
                    .unwrap_or_default()
            );
            return Err(trouble.hint(hint));
        }
        checks = checked.lines();
        if id.is_none() && matches!(settings.incoming, Incoming::Imap(_)) {
            periods = count(&settings, secret.clone(), client, out).await?;
        }
    }
    let name = settings.name.clone();
    let put = MailboxRequest::Put {
        id,
        settings: Box::new(settings),
        secret,
    };
    let saved = match client.call(Request::Mailbox(put)).await? {
        Report::Mailbox(MailboxReport::Saved(id)) => id,
        other => return Err(unexpected(&other)),
    };
    if let Some(secret) = sending {
        let keep = SignInRequest::KeepForSending { id: saved, secret };
        client
            .call(Request::Connect(ConnectRequest::SignIn(keep)))
            .await?;
    }
    let line = client
        .mailboxes()
        .await?
        .into_iter()
        .find(|line| line.mailbox.id == saved);
    let shape = line.as_ref().map(shapes::mailbox);
    let verb = if id.is_some() { "saved" } else { "connected" };
    out.answer(
        &json!({"saved": true, "mailbox": shape, "checks": checks, "periods": periods}),
        || format!("Mailbox {} is {verb}.\n", Clean::line(&name)),
    )
}

/// Says how many mails the first fetch brings, before it begins. That a server does not count is no reason against it.
async fn count(
    settings: &MailboxSettings,
    secret: Option<Secret>,
    client: &mut Client,
    out: &mut Output,
) -> Result<Vec<Value>, Trouble> {
    let periods = folders::periods(None, settings, secret, client)
        .await
        .unwrap_or_default();
    if let Some(line) = folders::first_fetch(settings.first_sync, &periods) {
        out.progress(&line)?;
    }
    Ok(periods.iter().map(folders::period_shape).collect())
}
