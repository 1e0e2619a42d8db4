//! Saves a mailbox: checked first, where that is wanted.

use serde_json::json;

use super::super::client::unexpected;
use super::super::{Client, Outcome, Output, shapes};
use super::check;
use crate::bridge::{
    ConnectRequest, MailboxReport, MailboxRequest, Report, Request, Secret, SignInRequest,
};
use crate::domain::clean::Clean;
use crate::domain::mailbox::{Mailbox, MailboxSettings};

/// What is saved beside the settings, and how.
pub struct Asked {
    pub secret: Option<Secret>,
    /// The password of the sign-in that only sends.
    pub sending: Option<Secret>,
    pub with_check: bool,
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
    let mut checks = Vec::new();
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
        &json!({"saved": true, "mailbox": shape, "checks": checks}),
        || format!("Mailbox {} is {verb}.\n", Clean::line(&name)),
    )
}
