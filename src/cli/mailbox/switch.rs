//! `ticketty mailbox enable`, `disable` and `remove`: one request, and how the mailbox does then.

use clap::Subcommand;

use super::super::{Client, Outcome, Output, shapes};
use super::NameArgs;
use crate::bridge::{MailboxRequest, Request};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;

#[derive(Debug, Subcommand)]
pub enum SwitchCommand {
    /// Stop fetching and sending for a mailbox
    Disable(NameArgs),
    /// Fetch and send for a mailbox again
    Enable(NameArgs),
    /// Disconnect a mailbox; its tickets stay, and adding it again continues where it stopped
    Remove(NameArgs),
}

pub async fn run(command: SwitchCommand, client: &mut Client, out: &mut Output) -> Outcome {
    let (request, named, done): (fn(MailboxId) -> MailboxRequest, _, _) = match command {
        SwitchCommand::Disable(named) => (MailboxRequest::Disable, named, "is disabled"),
        SwitchCommand::Enable(named) => (MailboxRequest::Enable, named, "is enabled"),
        SwitchCommand::Remove(named) => {
            let done = "is disconnected; its tickets stay";
            (MailboxRequest::Remove, named, done)
        }
    };
    let mailbox = client.mailbox(&named.name).await?.mailbox;
    client.call(Request::Mailbox(request(mailbox.id))).await?;
    let line = client
        .mailboxes()
        .await?
        .into_iter()
        .find(|line| line.mailbox.id == mailbox.id);
    out.answer(&line.as_ref().map(shapes::mailbox), || {
        format!("Mailbox {} {done}.\n", Clean::line(&mailbox.settings.name))
    })
}
