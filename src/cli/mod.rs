//! The command line: what it understands, and what each command does over the bridge.
//!
//! Commands speak to an engine through a [`Client`] and nothing else, so they work the same wherever the engine
//! is. Text is for people, `--json` prints one value for programs; mistakes go to stderr with their hint. Nothing
//! here writes to the store, and nothing that a stranger wrote is printed unless it is clean.

pub mod audit;
pub mod client;
pub mod config;
pub mod demo;
pub mod domain;
pub mod export;
pub mod import;
pub mod mailbox;
pub mod outbox;
pub mod output;
pub mod patience;
pub mod search;
pub mod shapes;
pub mod shell;
pub mod signature;
pub mod sync;
pub mod table;
pub mod ticket;
pub mod upkeep;

use std::path::PathBuf;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::domain::audit::Way;
use crate::domain::trouble::Trouble;

pub use client::Client;
pub use output::Output;
pub use patience::Patience;

/// What every command ends with.
pub type Outcome = Result<(), Trouble>;

/// A helpdesk in your terminal: mailboxes become tickets, answered by keyboard.
#[derive(Debug, Parser)]
#[command(
    name = "ticketty",
    version,
    propagate_version = true,
    after_help = "Without a command, ticketty opens the desk. `ticketty demo` opens it on sample mail.\n\
                  Exit codes: 0 done, 1 refused or failed, 2 wrong usage."
)]
pub struct Cli {
    /// The configuration file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "TICKETTY_CONFIG",
        hide_env_values = true
    )]
    pub config: Option<PathBuf>,

    /// The directory of the database, the secrets and the log
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "TICKETTY_DATA_DIR",
        hide_env_values = true
    )]
    pub data_dir: Option<PathBuf>,

    /// Print one JSON value instead of text
    #[arg(long, global = true)]
    pub json: bool,

    #[command(subcommand)]
    pub command: Option<Command>,
}

/// All commands, in groups.
#[derive(Debug, Subcommand)]
pub enum Command {
    #[command(flatten)]
    Desk(Box<DeskCommand>),
    #[command(flatten)]
    Upkeep(UpkeepCommand),
    #[command(flatten)]
    Program(ProgramCommand),
}

/// Daily work. These need an engine.
#[derive(Debug, Subcommand)]
pub enum DeskCommand {
    /// Connect mailboxes and look after them
    #[command(subcommand)]
    Mailbox(mailbox::MailboxCommand),
    /// Fetch and send mail without the screen
    Sync(sync::SyncArgs),
    /// List, read, answer and change tickets
    #[command(subcommand)]
    Ticket(ticket::TicketCommand),
    /// Search the full text of all messages
    Search(search::SearchArgs),
    /// The words under every answer
    #[command(subcommand)]
    Signature(signature::SignatureCommand),
    /// Answers on their way
    #[command(subcommand)]
    Outbox(outbox::OutboxCommand),
    /// MX, SPF, DKIM and DMARC of the domains you send from
    #[command(subcommand)]
    Domain(domain::DomainCommand),
}

/// Care for the store. These need an engine, but for `restore`.
#[derive(Debug, Subcommand)]
pub enum UpkeepCommand {
    /// Bring mail in from files: .eml, mbox or Maildir
    Import(import::ImportArgs),
    /// Write tickets out as JSON, CSV or mbox
    Export(export::ExportArgs),
    /// Write a verified copy of the whole store, while it is in use
    Backup(upkeep::BackupArgs),
    /// Put a backup in the place of the store
    Restore(upkeep::RestoreArgs),
    /// Examine store, mailboxes, directories and terminal
    Doctor,
    /// Tell who changed which setting, when and from where
    Audit(audit::AuditArgs),
}

/// The program itself. These need no store.
#[derive(Debug, Subcommand)]
pub enum ProgramCommand {
    /// Open the desk on sample mail, with no server and no set-up
    Demo(DemoArgs),
    /// Show, check or make the configuration file
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print completions for a shell
    Completions(shell::CompletionsArgs),
    /// Print the manual page
    Man,
    /// Reads one mail after another on stdin, for the engine
    #[command(hide = true)]
    ParseMail,
}

/// Where the demo lives.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Keep everything in this directory instead of removing it afterwards
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,

    /// Only make the sample tickets, without opening the desk
    #[arg(long, requires = "keep")]
    pub prepare: bool,
}

/// Reads the command line, and tells through what settings are changed by it. Wrong usage ends the program.
pub fn read() -> (Cli, Way) {
    let read = Cli::command().try_get_matches().and_then(|matches| {
        let cli =
            Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command()))?;
        Ok((cli, way(&matches)))
    });
    read.unwrap_or_else(|error| {
        // What is wrong may stand before the word that asks for JSON, so the words are looked through as they are.
        let wants_json = std::env::args_os()
            .skip(1)
            .take_while(|word| word != "--")
            .any(|word| word == "--json");
        if wants_json && error.use_stderr() {
            output::print_failure(&wrong_usage(&error), true);
            std::process::exit(error.exit_code());
        }
        error.exit()
    })
}

/// What the words of the command line lack, for programs.
fn wrong_usage(error: &clap::Error) -> Trouble {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let what = lines.next().unwrap_or("the command is not understood");
    let rest: Vec<&str> = lines.collect();
    let what = what.trim_start_matches("error: ").trim_end_matches(':');
    let trouble = Trouble::operator(what);
    if rest.is_empty() {
        trouble
    } else {
        trouble.hint(rest.join("\n"))
    }
}

/// The words of the command without its arguments, which may be anything.
fn way(matches: &ArgMatches) -> Way {
    let mut words = Vec::new();
    let mut level = matches;
    while let Some((word, below)) = level.subcommand() {
        words.push(word);
        level = below;
    }
    if words.is_empty() {
        Way::Desk
    } else {
        Way::Command(words.join(" "))
    }
}

/// Runs a command of the daily work.
///
/// # Errors
/// What the engine refused or could not do, for a person.
pub async fn run_desk_command(
    command: DeskCommand,
    client: &mut Client,
    out: &mut Output,
) -> Outcome {
    match command {
        DeskCommand::Mailbox(command) => mailbox::run(command, client, out).await,
        DeskCommand::Sync(arguments) => sync::run(arguments, client, out).await,
        DeskCommand::Ticket(command) => ticket::run(command, client, out).await,
        DeskCommand::Search(arguments) => search::run(arguments, client, out).await,
        DeskCommand::Domain(command) => domain::run(command, client, out).await,
        DeskCommand::Signature(command) => signature::run(command, client, out).await,
        DeskCommand::Outbox(command) => outbox::run(command, client, out).await,
    }
}
