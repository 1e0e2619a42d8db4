//! `ticketty mailbox enable`, `disable` and `remove`: one request, and how the mailbox does then.

use super::super::{Client, Outcome, Output, shapes};
use super::NameArgs;
use crate::bridge::{MailboxRequest, Request};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;

pub(super) async fn switch(
    request: fn(MailboxId) -> MailboxRequest,
    arguments: &NameArgs,
    done: &str,
    client: &mut Client,
    out: &mut Output,
) -> Outcome {
    let mailbox = client.mailbox(&arguments.name).await?.mailbox;
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
