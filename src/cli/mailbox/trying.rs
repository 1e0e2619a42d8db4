//! Whether a mailbox works: what it says of itself, and what a trial shows.

use clap::Subcommand;

use super::super::{Client, Outcome, Output};
use super::{NameArgs, check, folders, watching};

#[derive(Debug, Subcommand)]
pub enum TryCommand {
    /// How a mailbox does: since when, what waits, what came, and what became of every mail
    Status(NameArgs),
    /// Check servers, sign-in and folders of a mailbox, line by line
    Check(check::CheckArgs),
    /// The folders of a mailbox's server, with the number of mails in each
    Folders(NameArgs),
    /// Send a small mail from a mailbox, to an address or to itself and back
    Test(check::TestArgs),
    /// Send a mail to the mailbox itself and wait for it, to prove that mail arrives
    SelfTest(NameArgs),
}

pub async fn run(command: TryCommand, client: &mut Client, out: &mut Output) -> Outcome {
    match command {
        TryCommand::Status(arguments) => {
            let line = client.mailbox(&arguments.name).await?;
            watching::status(&line, client, out).await
        }
        TryCommand::Check(arguments) => check::check(arguments, client, out).await,
        TryCommand::Folders(arguments) => {
            let mailbox = client.mailbox(&arguments.name).await?.mailbox;
            folders::list(mailbox, client, out).await
        }
        TryCommand::Test(arguments) => check::test(arguments, client, out).await,
        TryCommand::SelfTest(arguments) => {
            let line = client.mailbox(&arguments.name).await?;
            watching::self_test(&line, client, out).await
        }
    }
}
