//! Signing in with OAuth2 from the command line: shows the address, and takes the browser's answer from the door on
//! this machine or from a line of stdin, whichever comes first.

use std::io::{self, BufRead, Write};

use clap::Args;
use serde_json::json;
use tokio::sync::mpsc;

use super::super::client::unexpected;
use super::super::{Client, Outcome, Output, shapes};
use crate::bridge::{
    Begun, ConnectReport, ConnectRequest, FlowId, MailboxRequest, Report, Request, Secret,
    SignInReport, SignInRequest, SignInWay, Told,
};
use crate::domain::clean::Clean;
use crate::domain::mailbox::SecretSource;
use crate::domain::trouble::Trouble;

#[derive(Debug, Args)]
pub struct SignInArgs {
    /// Name or address of the mailbox
    name: String,
    /// Sign in at google, microsoft, or a provider of config.toml [default: where it signed in before]
    #[arg(long, value_name = "PROVIDER")]
    provider: Option<String>,
    /// Sign in by a code on another device, where config.toml allows it
    #[arg(long)]
    device: bool,
}

/// What a sign-in ended with.
pub struct SignedIn {
    /// Kept like a password.
    pub tokens: Secret,
    pub valid_until: jiff::Timestamp,
    /// The token is renewed without a person.
    pub renews: bool,
}

/// `ticketty mailbox sign-in`.
pub async fn again(arguments: SignInArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let mailbox = client.mailbox(&arguments.name).await?.mailbox;
    let mut settings = mailbox.settings;
    let provider = match (arguments.provider, &settings.secret) {
        (Some(provider), _) => provider,
        (None, SecretSource::Oauth(provider)) => provider.clone(),
        (None, _) => {
            return Err(
                Trouble::operator("this mailbox signs in with a password so far")
                    .hint("add --provider google, microsoft, or one of config.toml"),
            );
        }
    };
    let way = match arguments.device {
        true => SignInWay::Device,
        false => SignInWay::Browser,
    };
    let signed_in = run(&provider, &settings.login, way, client).await?;
    settings.secret = SecretSource::Oauth(provider);
    let put = MailboxRequest::Put {
        id: Some(mailbox.id),
        settings: Box::new(settings),
        secret: Some(signed_in.tokens),
    };
    client.call(Request::Mailbox(put)).await?;
    let line = client.mailbox(&arguments.name).await?;
    out.answer(
        &json!({
            "signed_in": true,
            "valid_until": signed_in.valid_until,
            "renews": signed_in.renews,
            "mailbox": shapes::mailbox(&line),
        }),
        || {
            let name = Clean::line(&line.mailbox.settings.name);
            format!("Mailbox {name} is signed in; what has waited is fetched now.\n")
        },
    )
}

/// Signs in, and gives what is kept like a password.
///
/// # Errors
/// The provider or the operator refused, or nobody answered within ten minutes.
pub async fn run(
    provider: &str,
    login: &str,
    way: SignInWay,
    client: &mut Client,
) -> Result<SignedIn, Trouble> {
    let begin = SignInRequest::Begin {
        provider: provider.to_owned(),
        login: login.to_owned(),
        way,
    };
    let asked = client.post(sign_in(begin))?;
    let mut typed = (way == SignInWay::Browser).then(lines_of_stdin);
    let mut flow = None;
    loop {
        tokio::select! {
            Some(line) = next_line(&mut typed) => {
                if let Some(request) = pasted(flow, &line) {
                    client.post(request)?;
                }
            }
            told = client.next_told() => {
                let Told { answers, report } = told.ok_or_else(|| Trouble::bug("the engine has stopped"))?;
                let is_the_end = answers == Some(asked);
                match report {
                    Report::Failed(trouble) if is_the_end => return Err(trouble),
                    Report::Connect(ConnectReport::SignIn(SignInReport::SignedIn { tokens, valid_until, renews })) => {
                        let words = if renews { "and is renewed by itself" } else { "and then somebody signs in again" };
                        say(&format!("Signed in; the present token is valid until {valid_until}, {words}."))?;
                        return Ok(SignedIn { tokens, valid_until, renews });
                    }
                    Report::Connect(ConnectReport::SignIn(SignInReport::Begun(begun))) => {
                        flow = Some(begun.flow());
                        show(&begun)?;
                    }
                    // The address that was pasted was not taken; the sign-in goes on.
                    Report::Failed(trouble) => say(&format!("  ✘ {}", Clean::line(&trouble.to_string())))?,
                    other if is_the_end => return Err(unexpected(&other)),
                    _ => {}
                }
            }
        }
    }
}

fn sign_in(request: SignInRequest) -> Request {
    Request::Connect(ConnectRequest::SignIn(request))
}

fn pasted(flow: Option<FlowId>, line: &str) -> Option<Request> {
    let line = line.trim();
    let flow = flow.filter(|_| !line.is_empty())?;
    Some(sign_in(SignInRequest::Pasted {
        flow,
        address: Secret::new(line),
    }))
}

/// On stderr, so that the answer of the command stays alone on stdout.
fn show(begun: &Begun) -> Outcome {
    match begun {
        Begun::Browser { url, tunnel, .. } => {
            say("Open this address in a browser and sign in:\n")?;
            say(&format!("  {}\n", Clean::line(url)))?;
            say(
                "Where the browser is on another machine than Ticketty, either run this there first:\n",
            )?;
            say(&format!("  {}\n", Clean::line(tunnel)))?;
            say(
                "or copy the address of the page that cannot be opened at the end, and paste it here.",
            )
        }
        Begun::Device {
            provider,
            tenant,
            scopes,
            code,
            url,
            ..
        } => {
            say(&format!("Open {} and type this code:\n", Clean::line(url)))?;
            say(&format!("  {code}\n"))?;
            let tenant = tenant.as_ref().map(|tenant| format!(", tenant {tenant}"));
            let whom = format!("{provider}{}", tenant.unwrap_or_default());
            say(&format!(
                "It lets Ticketty in at {}, for: {}",
                Clean::line(&whom),
                Clean::line(&scopes.join(" "))
            ))?;
            say("Type it only because you began this yourself, and send it to nobody.")
        }
    }
}

fn say(words: &str) -> Outcome {
    writeln!(io::stderr(), "{words}")
        .map_err(|cause| Trouble::operator("the terminal cannot be written to").because(cause))
}

/// Lines that are typed or pasted, read on a thread that may wait for ever.
fn lines_of_stdin() -> mpsc::UnboundedReceiver<String> {
    let (send, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else {
                return;
            };
            if send.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

async fn next_line(lines: &mut Option<mpsc::UnboundedReceiver<String>>) -> Option<String> {
    match lines {
        Some(lines) => lines.recv().await,
        None => None,
    }
}
