//! Sends an answer from the command line, and says what became of it.

use std::time::{Duration, Instant};

use super::super::outbox::lines;
use super::super::shapes::refusal;
use super::super::{Client, Outcome, Output};
use crate::bridge::{MailboxRequest, OutboxRequest, Request};
use crate::domain::clean::Clean;
use crate::domain::ids::{MailboxId, OutboxId};
use crate::domain::outbox::{DeliveryState, Listed};
use crate::domain::trouble::Trouble;

/// How long another process may take to send what it was told of.
const ELSEWHERE_PATIENCE: Duration = Duration::from_secs(60);
const ELSEWHERE_PAUSE: Duration = Duration::from_millis(300);

/// Sends an answer now and tells where it ended. The undo window is for people at a screen, so it is skipped.
///
/// # Errors
/// When the engine cannot be asked. A refused mail is a state, not an error.
pub async fn delivered(
    outbox: OutboxId,
    mailbox: MailboxId,
    client: &mut Client,
) -> Result<DeliveryState, Trouble> {
    if let DeliveryState::Held { .. } = state_of(outbox, client).await? {
        client
            .call(Request::Outbox(OutboxRequest::Retry(outbox)))
            .await?;
    }
    let request = Request::Mailbox(MailboxRequest::SyncNow(Some(mailbox)));
    client.call_long(request, &mut |_| Ok(())).await?;
    // Where another process sends for this mailbox, it was only told, and takes its time.
    let started = Instant::now();
    loop {
        let state = state_of(outbox, client).await?;
        let under_way = gravity(&state) == UNDER_WAY;
        if !under_way || started.elapsed() > ELSEWHERE_PATIENCE {
            return Ok(state);
        }
        tokio::time::sleep(ELSEWHERE_PAUSE).await;
    }
}

/// The gravest state of the answer's rows; one answer to several recipients may have split.
pub async fn state_of(outbox: OutboxId, client: &mut Client) -> Result<DeliveryState, Trouble> {
    let rows = lines(Listed::OfSameMessage(outbox), client).await?;
    rows.into_iter()
        .map(|line| line.state)
        .max_by_key(gravity)
        .ok_or_else(|| Trouble::bug("the answer is not in the outbox"))
}

const UNDER_WAY: u8 = 2;

fn gravity(state: &DeliveryState) -> u8 {
    match state {
        DeliveryState::Cancelled => 0,
        DeliveryState::Sent { .. } => 1,
        DeliveryState::Held { .. }
        | DeliveryState::Queued
        | DeliveryState::Sending
        | DeliveryState::Dot => UNDER_WAY,
        DeliveryState::Deferred { .. } => 3,
        DeliveryState::Refused { .. } => 4,
        DeliveryState::Uncertain { .. } => 5,
    }
}

/// Whether the command did what it was for.
pub fn judge(state: &DeliveryState, out: &Output) -> Outcome {
    match state {
        DeliveryState::Refused { recipients } => Err(Trouble::server("the answer was refused")
            .because(Clean::line(&refusal(recipients)))
            .hint("see `ticketty outbox list`")),
        DeliveryState::Uncertain { known, .. } => Err(Trouble::server(
            "it is uncertain whether the answer arrived",
        )
        .because(Clean::line(known))
        .hint(
            "look for it, then run `ticketty outbox mark-sent ID` or `ticketty outbox retry ID`",
        )),
        DeliveryState::Deferred { .. } => {
            out.remark("it will be tried again while the desk or `ticketty sync` runs");
            Ok(())
        }
        _ => Ok(()),
    }
}
