//! `ticketty mailbox …`: the same things as the settings screen, without the screen.

mod args;
mod check;
mod detect;
mod endpoint;
mod folders;
mod given;
mod identity;
mod letters;
mod on_server;
mod password;
mod providers;
mod redirect;
mod save;
mod sending;
mod sign_in;
mod switch;
mod trying;
mod watching;
mod ways;

use clap::{Args, Subcommand};

use super::table::{Align, table};
use super::{Client, Outcome, Output, shapes};
use crate::bridge::{MailboxRequest, Request};
use crate::domain::clean::Clean;
use crate::domain::mailbox::{Incoming, MailboxSettings, Outgoing, SecretSource};
use crate::domain::trouble::Trouble;

use ways::{incoming, outgoing};

use given::GivenArgs;
use save::save;
use sign_in::SignInArgs;

#[derive(Debug, Subcommand)]
pub enum MailboxCommand {
    /// Connect a mailbox: find its servers, check them, save it
    Add(Box<AddArgs>),
    #[command(flatten)]
    Find(detect::FindCommand),
    /// All mailboxes and how they do
    List,
    #[command(flatten)]
    Try(trying::TryCommand),
    /// Change the settings of a mailbox
    Set(Box<SetArgs>),
    /// Show an automatic mail as a customer would get it
    Preview(letters::PreviewArgs),
    /// What operators should know about a mailbox: procedures, opening hours
    Info(NameArgs),
    /// Sign in with OAuth2, for the first time or again; mail that waited is fetched after it
    SignIn(SignInArgs),
    /// How a forwarded address is redirected here: the steps, the provider's code, the proof
    Redirect(redirect::RedirectArgs),
    /// Prove that mail to a forwarded address comes in
    Prove(NameArgs),
    #[command(flatten)]
    Switch(switch::SwitchCommand),
}

#[derive(Debug, Args)]
pub struct NameArgs {
    /// Name or address of the mailbox
    name: String,
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// The address that customers write to
    address: String,
    /// The address is redirected to this connected mailbox, and answers leave through it
    #[arg(long, value_name = "NAME", conflicts_with_all = ["imap", "maildir"])]
    forwarded_to: Option<String>,
    /// Take the servers of this provider instead of looking for them
    #[arg(long, value_name = "NAME", conflicts_with_all = ["forwarded_to", "imap", "maildir", "smtp"])]
    provider: Option<String>,
    #[command(flatten)]
    given: GivenArgs,
}

#[derive(Debug, Args)]
pub struct SetArgs {
    /// Name or address of the mailbox
    mailbox: String,
    /// Another address that customers write to
    #[arg(long)]
    address: Option<String>,
    /// New mail begins in this mailbox
    #[arg(long)]
    default: bool,
    #[command(flatten)]
    given: GivenArgs,
}

pub(super) async fn run(command: MailboxCommand, client: &mut Client, out: &mut Output) -> Outcome {
    match command {
        MailboxCommand::Add(arguments) => add(*arguments, client, out).await,
        MailboxCommand::Find(command) => detect::run(command, client, out).await,
        MailboxCommand::List => list(client, out).await,
        MailboxCommand::Try(command) => trying::run(command, client, out).await,
        MailboxCommand::SignIn(arguments) => sign_in::again(arguments, client, out).await,
        MailboxCommand::Info(arguments) => identity::info(arguments, client, out).await,
        MailboxCommand::Redirect(arguments) => redirect::tell(arguments, client, out).await,
        MailboxCommand::Prove(arguments) => redirect::prove(arguments, client, out).await,
        MailboxCommand::Set(arguments) => set(*arguments, client, out).await,
        MailboxCommand::Preview(arguments) => letters::preview(arguments, client, out).await,
        MailboxCommand::Switch(command) => switch::run(command, client, out).await,
    }
}

async fn add(arguments: AddArgs, client: &mut Client, out: &mut Output) -> Outcome {
    detect::refuse_twice(&arguments.address, client).await?;
    let mut settings = if let Some(collecting) = &arguments.forwarded_to {
        identity::forwarded(&arguments.address, collecting, client).await?
    } else if let Some(name) = &arguments.provider {
        providers::chosen(&arguments.address, name, &arguments.given.password, client).await?
    } else if arguments.given.servers.names_everything() {
        args::bare_settings(&arguments.address)
    } else {
        let detected = detect::find(&arguments.address, client, out).await?;
        for line in detect::proposal(&detected).lines() {
            out.progress(line)?;
        }
        arguments.given.servers.vouched(&detected)?;
        password::is_taken(&arguments.given.password, &detected.sign_ins)?;
        *detected.settings
    };
    let asked = arguments.given.apply(&mut settings, true, client).await?;
    save(None, settings, asked, client, out).await
}

async fn set(arguments: SetArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let mailbox = client.mailbox(&arguments.mailbox).await?.mailbox;
    let mut settings = mailbox.settings.clone();
    if let Some(address) = &arguments.address {
        settings.address.clone_from(address);
    }
    let given = &arguments.given;
    let mut asked = given.apply(&mut settings, false, client).await?;
    if arguments.default {
        let request = MailboxRequest::SetDefault(mailbox.id);
        client.call(Request::Mailbox(request)).await?;
    }
    let is_same = settings == mailbox.settings && asked.is_empty();
    if is_same && !arguments.default {
        return Err(Trouble::operator("nothing was given to change")
            .hint("see `ticketty mailbox set --help` for what can be set"));
    }
    let reaches_servers = settings.incoming != mailbox.settings.incoming
        || settings.outgoing != mailbox.settings.outgoing
        || settings.login != mailbox.settings.login
        || settings.trust != mailbox.settings.trust
        || settings.secret != mailbox.settings.secret
        || settings.sending_sign_in != mailbox.settings.sending_sign_in
        || !asked.is_empty();
    asked.with_check &= reaches_servers;
    save(Some(&mailbox), settings, asked, client, out).await
}

async fn list(client: &mut Client, out: &mut Output) -> Outcome {
    let lines = client.mailboxes().await?;
    let shapes: Vec<_> = lines.iter().map(shapes::mailbox).collect();
    out.answer(&shapes, || {
        if lines.is_empty() {
            return "No mailbox is connected. Connect one with `ticketty mailbox add ADDRESS`.\n"
                .into();
        }
        let rows: Vec<Vec<String>> = lines
            .iter()
            .map(|line| {
                let settings = &line.mailbox.settings;
                let health = watching::health(line);
                vec![
                    Clean::line(&settings.name).to_string(),
                    Clean::line(&settings.address).to_string(),
                    incoming(&settings.incoming, &lines),
                    outgoing(&settings.outgoing, &lines),
                    health,
                ]
            })
            .collect();
        let columns =
            ["NAME", "ADDRESS", "INCOMING", "OUTGOING", "HEALTH"].map(|name| (name, Align::Left));
        table(&columns, &rows)
    })
}

/// Whether anything signs in with a password.
fn needs_password(settings: &MailboxSettings) -> bool {
    matches!(settings.incoming, Incoming::Imap(_)) || matches!(settings.outgoing, Outgoing::Smtp(_))
}

/// What a mailbox without a password says about it.
const NO_PASSWORD: SecretSource = SecretSource::None;
