//! What is found for an address, and whether settings work: before anything is saved.

pub mod detect;
pub mod learnt;
pub mod sources;

use std::sync::Arc;

use secrecy::SecretString;

use self::detect::Ways;
use self::sources::{AtTheServers, OverTheWeb};
use super::core::Engine;
use super::workers::Trial;
use super::{redirect, signing_in};
use crate::bridge::{
    ConnectReport, ConnectRequest, ProviderLine, Report, Secret, SignIns, TriedLine,
};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::MailboxSettings;
use crate::domain::trouble::Trouble;
use crate::mail::providers::{self, Password, Provider};

pub(super) async fn answer(
    engine: &Arc<Engine>,
    request: ConnectRequest,
) -> Result<Report, Trouble> {
    match request {
        ConnectRequest::Detect { address } => find(engine, &address).await,
        ConnectRequest::Providers => Ok(Report::Connect(ConnectReport::Providers(all_providers()))),
        ConnectRequest::Check {
            id,
            settings,
            secret,
            with_round_trip,
        } => check(engine, trial(id, *settings, secret), with_round_trip).await,
        ConnectRequest::Folders {
            id,
            settings,
            secret,
        } => {
            let workers = Arc::clone(&engine.workers);
            let folders = workers
                .folders(Arc::clone(engine), trial(id, *settings, secret))
                .await?;
            Ok(Report::Connect(ConnectReport::Folders(folders)))
        }
        ConnectRequest::CountPeriods {
            id,
            settings,
            secret,
        } => {
            let workers = Arc::clone(&engine.workers);
            let counts = workers
                .count_periods(Arc::clone(engine), trial(id, *settings, secret))
                .await?;
            Ok(Report::Connect(ConnectReport::Periods(counts)))
        }
        ConnectRequest::SignIn(request) => signing_in::answer(engine, request).await,
        ConnectRequest::Redirect(request) => redirect::answer(engine, request).await,
    }
}

fn trial(mailbox: Option<MailboxId>, settings: MailboxSettings, secret: Option<Secret>) -> Trial {
    Trial {
        mailbox,
        settings,
        secret: secret.map(|secret| SecretString::from(secret.expose().to_owned())),
    }
}

async fn check(
    engine: &Arc<Engine>,
    trial: Trial,
    with_round_trip: bool,
) -> Result<Report, Trouble> {
    let teller = Arc::clone(engine);
    let lines = Arc::new(move |report: ConnectReport| teller.told.line(Report::Connect(report)));
    let settings = trial.settings.clone();
    let workers = Arc::clone(&engine.workers);
    workers
        .check(Arc::clone(engine), trial, with_round_trip, lines)
        .await?;
    learnt::passed(engine, &settings).await?;
    Ok(Report::Done)
}

/// What is found for an address; each line is told as it comes.
async fn find(engine: &Arc<Engine>, address: &str) -> Result<Report, Trouble> {
    let domain = providers::domain_of(address);
    let known = engine
        .read(move |store| learnt::about(store, &domain))
        .await?;
    let ways = Ways {
        dns: Arc::clone(&engine.dns),
        web: Arc::new(OverTheWeb(Arc::clone(&engine.settings.outside.web))),
        doors: Arc::new(AtTheServers),
        within: detect::WITHIN,
    };
    let tell = |line: TriedLine| {
        let line = Report::Connect(ConnectReport::Tried(line));
        engine.told.line(line);
    };
    let detected = detect::detect(address, known, &ways, &tell).await?;
    Ok(Report::Connect(ConnectReport::Detected(detected)))
}

/// The table of providers as a front end shows it.
fn all_providers() -> Vec<ProviderLine> {
    providers::PROVIDERS
        .iter()
        .map(|provider| ProviderLine {
            name: provider.name.to_owned(),
            domains: provider.domains.iter().map(|&one| one.into()).collect(),
            imap: provider.imap.endpoint(),
            smtp: provider.smtp.endpoint(),
            sign_ins: sign_ins(provider),
            password_hint: provider.password.hint(),
            quirks: quirks(provider),
        })
        .collect()
}

fn sign_ins(provider: &Provider) -> SignIns {
    SignIns {
        password: provider.password != Password::OauthOnly,
        oauth: provider.oauth.map(str::to_owned),
    }
}

fn quirks(provider: &Provider) -> Vec<String> {
    let all = provider.quirks.iter().chain(provider.folders);
    all.map(|&quirk| quirk.to_owned()).collect()
}
