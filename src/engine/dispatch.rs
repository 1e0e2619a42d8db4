//! Answers each request exactly once.
//!
//! Whatever only looks runs beside everything else. Whatever changes the store by somebody's hand goes one after
//! another, in the order in which it was asked, so that a draft is saved before it is sent. Whatever waits for a
//! network or for a lot of disk runs beside both. A handler that breaks off is answered as a defect.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::core::Engine;
use super::{
    actions, care, connecting, keeping, looks, mailboxes, outbox, people, sender_domains, writing,
};
use crate::bridge::{
    Ask, Begin, Look, MailboxRequest, OutboxRequest, PeopleRequest, Report, Request, Write,
};
use crate::domain::trouble::Trouble;

/// Answers until the front end is gone or the engine stops, and then finishes what is under way.
pub(super) async fn serve(engine: Arc<Engine>, mut asks: mpsc::UnboundedReceiver<Ask>) {
    let (lane_in, lane_out) = mpsc::unbounded_channel();
    let mut tasks = JoinSet::new();
    tasks.spawn(one_after_another(Arc::clone(&engine), lane_out));
    let stopped = engine.stopped();
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            // What was asked before the end is still done: a desk that closes has just saved its draft.
            biased;
            ask = asks.recv() => match ask {
                Some(ask) if is_ordered(&ask.request) => {
                    if let Err(unsent) = lane_in.send(ask) {
                        refuse(&engine, &unsent.0);
                    }
                }
                Some(ask) => {
                    tasks.spawn(answer(Arc::clone(&engine), ask));
                }
                None => break,
            },
            Some(_) = tasks.join_next(), if tasks.len() > 1 => {}
            () = &mut stopped => break,
        }
    }
    engine.stopping.send_replace(true);
    asks.close();
    while let Some(late) = asks.recv().await {
        refuse(&engine, &late);
    }
    drop(lane_in);
    while tasks.join_next().await.is_some() {}
}

fn refuse(engine: &Engine, late: &Ask) {
    let trouble = Trouble::operator("Ticketty is stopping").hint("start it again, then ask again");
    engine.told.answer(late.id, Report::Failed(trouble));
}

async fn one_after_another(engine: Arc<Engine>, mut lane: mpsc::UnboundedReceiver<Ask>) {
    while let Some(ask) = lane.recv().await {
        answer(Arc::clone(&engine), ask).await;
    }
}

/// Runs a handler in a task of its own, so that a panic in it ends as an answer.
async fn answer(engine: Arc<Engine>, ask: Ask) {
    let id = ask.id;
    let report = match tokio::spawn(handle(Arc::clone(&engine), ask.request)).await {
        Ok(Ok(report)) => report,
        Ok(Err(trouble)) => Report::Failed(trouble),
        Err(_) => Report::Failed(
            Trouble::bug("the engine broke off while it answered")
                .hint("nothing of it was stored; the log says where it happened"),
        ),
    };
    engine.told.answer(id, report);
}

/// Whether the request keeps its place among the changes that people make.
fn is_ordered(request: &Request) -> bool {
    match request {
        Request::Change(_) => true,
        // Beginning reads other mails and may wait for the parser; nothing is sent or changed by it.
        Request::Write(Write::Begin { what }) => matches!(what, Begin::Note { .. }),
        Request::Write(Write::Drafts) => false,
        Request::Write(_) => true,
        Request::Outbox(request) => !matches!(request, OutboxRequest::List(_)),
        Request::Mailbox(request) => matches!(
            request,
            MailboxRequest::Put { .. }
                | MailboxRequest::Enable(_)
                | MailboxRequest::Disable(_)
                | MailboxRequest::Remove(_)
                | MailboxRequest::SetDefault(_)
                | MailboxRequest::Unlock { .. }
        ),
        Request::People(request) => !matches!(
            request,
            PeopleRequest::Signatures | PeopleRequest::Sample(_)
        ),
        Request::Look(_) | Request::Connect(_) | Request::Domain(_) | Request::Care(_) => false,
    }
}

async fn handle(engine: Arc<Engine>, request: Request) -> Result<Report, Trouble> {
    keeping::refuse_to_reach_out(&engine, &request)?;
    match request {
        Request::Look(Look::Follow) => {
            engine.told.follow();
            Ok(Report::Done)
        }
        Request::Look(look) => looks::answer(&engine, look).await.map(Report::Look),
        Request::Change(change) => actions::answer(&engine, change).await,
        Request::Write(write) => writing::answer(&engine, write).await,
        Request::Outbox(request) => outbox::answer(&engine, request).await,
        Request::Mailbox(request) => mailboxes::answer(&engine, request).await,
        Request::Connect(request) => connecting::answer(&engine, request).await,
        Request::Domain(request) => sender_domains::answer(&engine, request).await,
        Request::People(request) => people::answer(&engine, request).await,
        Request::Care(care) => care::answer(&engine, care).await,
    }
}
