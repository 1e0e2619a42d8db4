//! `ticketty mailbox providers`, and choosing one of them for an address whose servers nobody finds.

use serde_json::{Value, json};

use super::super::table::{Align, table};
use super::super::{Client, Outcome, Output, client::unexpected};
use super::args::{PasswordArgs, security_word};
use super::password::is_taken;
use crate::bridge::{ConnectReport, ConnectRequest, ProviderLine, Report, Request};
use crate::domain::mailbox::{Endpoint, Incoming, MailboxSettings, Outgoing, SecretSource};
use crate::domain::trouble::Trouble;

async fn all(client: &mut Client) -> Result<Vec<ProviderLine>, Trouble> {
    match client
        .call(Request::Connect(ConnectRequest::Providers))
        .await?
    {
        Report::Connect(ConnectReport::Providers(lines)) => Ok(lines),
        other => Err(unexpected(&other)),
    }
}

/// The settings of an address that is kept by the provider of this name.
///
/// # Errors
/// There is no such provider, or it takes no password and no other way to sign in was named.
pub async fn chosen(
    address: &str,
    name: &str,
    password: &PasswordArgs,
    client: &mut Client,
) -> Result<MailboxSettings, Trouble> {
    let lines = all(client).await?;
    let found = lines
        .iter()
        .find(|line| line.name.eq_ignore_ascii_case(name.trim()))
        .ok_or_else(|| {
            Trouble::operator(format!("no provider is called {name}"))
                .hint("`ticketty mailbox providers` lists them; or name the servers with --imap and --smtp")
        })?;
    is_taken(password, &found.sign_ins)?;
    Ok(MailboxSettings::new(
        address,
        Incoming::Imap(found.imap.clone()),
        Outgoing::Smtp(found.smtp.clone()),
        SecretSource::File,
    ))
}

/// `ticketty mailbox providers`.
pub async fn list(client: &mut Client, out: &mut Output) -> Outcome {
    let lines = all(client).await?;
    let shapes: Vec<Value> = lines.iter().map(shape).collect();
    out.answer(&shapes, || {
        let rows: Vec<Vec<String>> = lines
            .iter()
            .map(|line| {
                vec![
                    line.name.clone(),
                    shown(&line.imap),
                    shown(&line.smtp),
                    sign_ins(line),
                ]
            })
            .collect();
        let columns =
            ["PROVIDER", "INCOMING", "OUTGOING", "SIGN-IN"].map(|name| (name, Align::Left));
        table(&columns, &rows)
    })
}

fn shown(at: &Endpoint) -> String {
    format!("{}:{} {}", at.host, at.port, security_word(at.security))
}

fn sign_ins(line: &ProviderLine) -> String {
    let password = line.sign_ins.password.then(|| match line.password_hint {
        Some(_) => "app password".to_owned(),
        None => "password".to_owned(),
    });
    let oauth = line.sign_ins.oauth.as_ref().map(|_| "OAuth2".to_owned());
    let ways: Vec<String> = password.into_iter().chain(oauth).collect();
    ways.join(", ")
}

fn shape(line: &ProviderLine) -> Value {
    let server = |at: &Endpoint| json!({"host": at.host, "port": at.port, "security": at.security});
    json!({
        "name": line.name,
        "domains": line.domains,
        "incoming": server(&line.imap),
        "outgoing": server(&line.smtp),
        "password": line.sign_ins.password,
        "oauth": line.sign_ins.oauth,
        "password_hint": line.password_hint,
        "quirks": line.quirks,
    })
}
