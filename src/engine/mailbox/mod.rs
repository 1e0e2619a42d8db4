//! What talks to mail servers: for every enabled mailbox one worker that syncs it and sends from it.
//!
//! A walk: [`supervisor`] keeps one [`worker`] a mailbox; the worker takes the [`lease`], then runs [`sync`]
//! (IMAP or Maildir into the ledger, through `filing`) and [`delivery`] (the outbox, through the dot barrier) side by
//! side until it is told to stop. One dead mailbox delays nobody: workers share nothing but the store's door.
//!
//! Nothing here may change mail on a server but by appending the Sent copy, by removing a mail of our own that tried the
//! mailbox out ([`round_trip`]), and by what its settings ask for (marks, and taking away what is stored, in [`sync`]); and nothing may send a customer a mail whose state `dot` is not committed.

pub mod account;
mod collected;
mod connect;
mod delivery;
pub mod lease;
mod letter;
mod parking;
mod probe;
pub mod round_trip;
mod sent_copy;
mod supervisor;
mod sync;
mod whole;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::core::Engine;
use super::ingest::{Arrived, Ingested};
use super::workers::{Arrival, CheckLines, Letter, PieceCame, Synced, Trial, Whole, Workers};
use crate::bridge::{FolderLine, PeriodCount};
use crate::domain::ids::{MailboxId, MessageId};
use crate::domain::mailbox::Mailbox;
use crate::domain::trouble::Trouble;
use account::Account;

/// The workers of the real program.
#[derive(Debug, Default)]
pub struct MailboxWorkers {
    running: Arc<supervisor::Running>,
}

impl Workers for MailboxWorkers {
    fn run(&self, engine: Arc<Engine>) -> BoxFuture<'static, ()> {
        Box::pin(supervisor::run(engine, Arc::clone(&self.running)))
    }

    fn sync_now(
        &self,
        engine: Arc<Engine>,
        mailbox: Option<MailboxId>,
    ) -> BoxFuture<'static, Result<Synced, Trouble>> {
        Box::pin(supervisor::sync_now(
            engine,
            Arc::clone(&self.running),
            mailbox,
        ))
    }

    fn fetch_whole(
        &self,
        engine: Arc<Engine>,
        message: MessageId,
        told: PieceCame,
    ) -> BoxFuture<'static, Result<Whole, Trouble>> {
        let running = Arc::clone(&self.running);
        Box::pin(whole::fetch(engine, running, message, told))
    }

    fn check(
        &self,
        engine: Arc<Engine>,
        trial: Trial,
        with_round_trip: bool,
        lines: CheckLines,
    ) -> BoxFuture<'static, Result<(), Trouble>> {
        Box::pin(probe::check(engine, trial, with_round_trip, lines))
    }

    fn folders(
        &self,
        engine: Arc<Engine>,
        trial: Trial,
    ) -> BoxFuture<'static, Result<Vec<FolderLine>, Trouble>> {
        Box::pin(probe::folders::list(engine, trial))
    }

    fn count_periods(
        &self,
        engine: Arc<Engine>,
        trial: Trial,
    ) -> BoxFuture<'static, Result<Vec<PeriodCount>, Trouble>> {
        Box::pin(probe::folders::count_periods(engine, trial))
    }

    fn send_test(
        &self,
        engine: Arc<Engine>,
        mailbox: Mailbox,
        to: String,
    ) -> BoxFuture<'static, Result<(), Trouble>> {
        Box::pin(probe::test_mail::send(engine, mailbox, to))
    }

    fn send_letter(
        &self,
        engine: Arc<Engine>,
        from: Mailbox,
        letter: Letter,
    ) -> BoxFuture<'static, Result<(), Trouble>> {
        Box::pin(letter::send(engine, from, letter))
    }

    fn round_trip(
        &self,
        engine: Arc<Engine>,
        from: Mailbox,
        to: String,
        seen_in: Mailbox,
        within: Duration,
    ) -> BoxFuture<'static, Result<Arrival, Trouble>> {
        Box::pin(async move {
            let trip = round_trip::Trip {
                from: &Account::saved(&from),
                to: &to,
                seen_in: &Account::saved(&seen_in),
                within,
                waiting: &|_| {},
            };
            let made = round_trip::round_trip(&engine, &trip).await?;
            Ok(Arrival {
                took: made.took,
                in_junk: made.in_junk,
            })
        })
    }

    fn ingest(
        &self,
        engine: Arc<Engine>,
        batch: Vec<Arrived>,
    ) -> BoxFuture<'static, Result<Ingested, Trouble>> {
        Box::pin(async move { super::filing::file(&engine, batch).await })
    }
}
