//! What is found for an address, and whether settings work: before anything is saved.

use std::sync::Arc;

use secrecy::SecretString;

use super::core::Engine;
use super::redirect;
use crate::bridge::{CheckLine, ConnectReport, ConnectRequest, Detected, Report, Secret};
use crate::domain::headers::address::Address;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Incoming, MailboxSettings, Outgoing, SecretSource};
use crate::domain::trouble::Trouble;
use crate::mail::providers;

pub(super) async fn answer(
    engine: &Arc<Engine>,
    request: ConnectRequest,
) -> Result<Report, Trouble> {
    match request {
        ConnectRequest::Detect { address } => detect(&address),
        ConnectRequest::Check {
            id,
            settings,
            secret,
        } => check(engine, id, *settings, secret).await,
        ConnectRequest::Redirect(request) => redirect::answer(engine, request).await,
    }
}

async fn check(
    engine: &Arc<Engine>,
    id: Option<MailboxId>,
    settings: MailboxSettings,
    secret: Option<Secret>,
) -> Result<Report, Trouble> {
    let teller = Arc::clone(engine);
    let lines = Arc::new(move |line: CheckLine| {
        teller
            .told
            .line(Report::Connect(ConnectReport::Check(line)));
    });
    let secret = secret.map(|secret| SecretString::from(secret.expose().to_owned()));
    let workers = Arc::clone(&engine.workers);
    workers
        .check(Arc::clone(engine), id, settings, secret, lines)
        .await?;
    Ok(Report::Done)
}

/// What the table of providers says about an address, or the guess that holds most often.
fn detect(address: &str) -> Result<Report, Trouble> {
    let address = Address::parse(address.trim())?.address;
    let (_, domain) = address
        .rsplit_once('@')
        .ok_or_else(|| Trouble::operator("that is not an address"))?;
    let known = providers::by_domain(&address);
    let guess = providers::other(&address);
    let (imap, smtp) = known.map_or((guess.imap, guess.smtp), |provider| {
        (provider.imap.endpoint(), provider.smtp.endpoint())
    });
    let settings = MailboxSettings::new(
        address.clone(),
        Incoming::Imap(imap),
        Outgoing::Smtp(smtp),
        SecretSource::File,
    );
    Ok(Report::Connect(ConnectReport::Detected(Detected {
        provider: known.map(|provider| provider.name.to_owned()),
        because: match known {
            Some(_) => format!("by the domain {domain}"),
            None => format!("{domain} is not known; most providers are set up like this"),
        },
        settings: Box::new(settings),
        password_hint: known.and_then(|provider| provider.password.hint()),
    })))
}
