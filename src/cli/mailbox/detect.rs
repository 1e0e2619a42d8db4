//! `ticketty mailbox detect`: which servers an address has, and who says so. Nothing is saved, and nobody is signed
//! in to.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::super::{Client, Outcome, Output, client::unexpected};
use super::providers;
use super::ways::{incoming, outgoing};
use crate::bridge::{
    ConnectReport, ConnectRequest, Detected, Report, Request, TriedLine, TriedOutcome,
};
use crate::domain::clean::Clean;
use crate::domain::mailbox::{Incoming, Outgoing};
use crate::domain::trouble::Trouble;

/// What only looks, and saves nothing.
#[derive(Debug, Subcommand)]
pub enum FindCommand {
    /// Find the servers of an address, and say who names them; nothing is saved
    Detect(DetectArgs),
    /// The providers whose servers are known, and how one signs in there
    Providers,
}

pub async fn run(command: FindCommand, client: &mut Client, out: &mut Output) -> Outcome {
    match command {
        FindCommand::Detect(arguments) => alone(arguments, client, out).await,
        FindCommand::Providers => providers::list(client, out).await,
    }
}

#[derive(Debug, Args)]
pub struct DetectArgs {
    /// The address whose servers are looked for
    address: String,
}

/// Asks for the servers of an address and prints each source as it answers.
///
/// # Errors
/// It is not an address.
pub async fn find(
    address: &str,
    client: &mut Client,
    out: &mut Output,
) -> Result<Detected, Trouble> {
    let request = ConnectRequest::Detect {
        address: address.to_owned(),
    };
    let answer = client
        .call_long(Request::Connect(request), &mut |report| match report {
            Report::Connect(ConnectReport::Tried(line)) => match text(&line) {
                Some(text) => out.progress(&text),
                None => Ok(()),
            },
            _ => Ok(()),
        })
        .await?;
    match answer {
        Report::Connect(ConnectReport::Detected(detected)) => Ok(detected),
        other => Err(unexpected(&other)),
    }
}

/// One line; `None` while the source has not ended.
fn text(line: &TriedLine) -> Option<String> {
    let (mark, words) = match &line.outcome {
        TriedOutcome::Running => return None,
        TriedOutcome::Found(words) => ("ok  ", words.as_str()),
        TriedOutcome::Nothing(words) => ("-   ", words.as_str()),
        TriedOutcome::Failed(words) => ("!   ", words.as_str()),
        TriedOutcome::NotNeeded => ("-   ", "not needed any more"),
    };
    Some(format!(
        "{mark}{:<17} {}  {words}",
        line.source.words(),
        line.target
    ))
}

/// What is proposed, as people read it.
pub fn proposal(detected: &Detected) -> String {
    let provider = match &detected.provider {
        Some(provider) => Clean::line(provider).to_string(),
        None if detected.is_certain => "servers".to_owned(),
        None => "servers guessed".to_owned(),
    };
    let mut lines = vec![
        format!("Found      {provider} ({})", Clean::line(&detected.because)),
        format!("Incoming   {}", incoming(&detected.settings.incoming, &[])),
        format!("Outgoing   {}", outgoing(&detected.settings.outgoing, &[])),
        format!("Login      {}", Clean::line(&detected.settings.login)),
    ];
    if let Some(hint) = &detected.password_hint {
        lines.push(format!("Password   {}", Clean::line(hint)));
    }
    let quirks = detected.quirks.iter();
    lines.extend(quirks.map(|quirk| format!("Note       {}", Clean::line(quirk))));
    lines.join("\n")
}

/// Nothing is looked for, checked or asked for an address that is in use.
///
/// # Errors
/// It is in use; the words say where.
pub async fn refuse_twice(address: &str, client: &mut Client) -> Result<(), Trouble> {
    let lines = client.mailboxes().await?;
    let twice = lines
        .iter()
        .map(|line| &line.mailbox.settings)
        .find(|settings| settings.address.eq_ignore_ascii_case(address.trim()));
    twice.map_or(Ok(()), |other| {
        let name = &other.name;
        Err(Trouble::operator(format!(
            "{} is connected already, as the mailbox {name}",
            other.address
        ))
        .hint(format!("change it with `ticketty mailbox set {name}`")))
    })
}

/// `ticketty mailbox detect`.
async fn alone(arguments: DetectArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let detected = find(&arguments.address, client, out).await?;
    out.answer(&shape(&detected), || {
        let mut text = proposal(&detected);
        if !detected.is_certain {
            text.push_str(
                "\nNobody vouches for these servers; look at their names before you sign in, or choose a provider: \
                 `ticketty mailbox providers`.",
            );
        }
        text.push('\n');
        text
    })
}

fn shape(detected: &Detected) -> Value {
    let server = |at: &crate::domain::mailbox::Endpoint| json!({"host": Clean::line(&at.host), "port": at.port, "security": at.security});
    let settings = &detected.settings;
    let incoming = match &settings.incoming {
        Incoming::Imap(at) => server(at),
        _ => Value::Null,
    };
    let outgoing = match &settings.outgoing {
        Outgoing::Smtp(at) => server(at),
        _ => Value::Null,
    };
    let clean = |words: &String| Clean::line(words);
    json!({
        "provider": detected.provider.as_ref().map(clean),
        "because": clean(&detected.because),
        "certain": detected.is_certain,
        "incoming": incoming,
        "outgoing": outgoing,
        "login": clean(&settings.login),
        "password": detected.sign_ins.password,
        "oauth": detected.sign_ins.oauth,
        "password_hint": detected.password_hint.as_ref().map(clean),
        "quirks": detected.quirks.iter().map(clean).collect::<Vec<_>>(),
        "tried": detected.tried.iter().map(tried).collect::<Vec<_>>(),
    })
}

fn tried(line: &TriedLine) -> Value {
    let (outcome, detail) = match &line.outcome {
        TriedOutcome::Running => ("running", None),
        TriedOutcome::Found(words) => ("found", Some(words)),
        TriedOutcome::Nothing(words) => ("nothing", Some(words)),
        TriedOutcome::Failed(words) => ("failed", Some(words)),
        TriedOutcome::NotNeeded => ("not-needed", None),
    };
    json!({
        "source": line.source,
        "target": line.target,
        "outcome": outcome,
        "detail": detail,
        "milliseconds": line.milliseconds,
    })
}
