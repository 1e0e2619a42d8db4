//! The boundary to what talks to mail servers: sync, delivery and the checks.
//!
//! The answering half asks through this trait and never opens a connection itself.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::core::Engine;
use super::ingest::{Arrived, Ingested};
use crate::bridge::{ConnectReport, FolderLine, PeriodCount};
use crate::domain::ids::{MailboxId, MessageId, TicketNumber};
use crate::domain::mailbox::{Mailbox, MailboxSettings};
use crate::domain::trouble::Trouble;

/// What looking for mail brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Synced {
    pub new_messages: u64,
    pub troubles: Vec<(MailboxId, Trouble)>,
    /// Other processes hold these; each with a word for who that is.
    pub held_elsewhere: Vec<(MailboxId, String)>,
}

/// A mail of the program that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    pub took: Duration,
    pub in_junk: bool,
}

/// A mail that the program writes by itself, to somebody who looks after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub body: String,
    /// Without angle brackets; one that filing knows as ours.
    pub message_id: String,
    /// Sent with the empty envelope sender, as automatic mail should be (RFC 3834 §3.3).
    pub has_empty_sender: bool,
}

/// A mail whose header was here before, and that is here whole now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    pub ticket: TicketNumber,
    pub message: MessageId,
    pub bytes: u64,
}

/// Told of every piece of a mail that came: the bytes so far, and how many the server says there are.
pub type PieceCame = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// Where the lines and the protocol of a check go, as they come.
pub type CheckLines = Arc<dyn Fn(ConnectReport) + Send + Sync>;

/// What is to be tried.
#[derive(Debug, Clone)]
pub struct Trial {
    pub mailbox: Option<MailboxId>,
    pub settings: MailboxSettings,
    /// Without it the stored one of `mailbox` is used.
    pub secret: Option<SecretString>,
}

pub trait Workers: Send + Sync + 'static {
    /// Runs sync and delivery until [`Engine::stopping`] says stop; returns when all of it has ended.
    fn run(&self, engine: Arc<Engine>) -> BoxFuture<'static, ()>;

    /// Looks for mail now, in one mailbox or in all enabled ones; ends when it is done, within a deadline.
    fn sync_now(
        &self,
        engine: Arc<Engine>,
        mailbox: Option<MailboxId>,
    ) -> BoxFuture<'static, Result<Synced, Trouble>>;

    /// Fetches the whole of a mail of which only the header is here; ends when it is stored, or cannot be had.
    fn fetch_whole(
        &self,
        engine: Arc<Engine>,
        message: MessageId,
        told: PieceCame,
    ) -> BoxFuture<'static, Result<Whole, Trouble>>;

    /// Tries settings that need not be saved, with a mail to oneself where that is wanted.
    fn check(
        &self,
        engine: Arc<Engine>,
        trial: Trial,
        with_round_trip: bool,
        lines: CheckLines,
    ) -> BoxFuture<'static, Result<(), Trouble>>;

    /// The folders of the server, with the number of mails in each.
    fn folders(
        &self,
        engine: Arc<Engine>,
        trial: Trial,
    ) -> BoxFuture<'static, Result<Vec<FolderLine>, Trouble>>;

    /// How many mails each length of the first sync would fetch.
    fn count_periods(
        &self,
        engine: Arc<Engine>,
        trial: Trial,
    ) -> BoxFuture<'static, Result<Vec<PeriodCount>, Trouble>>;

    /// Sends a small mail; ends when the server has taken it or refused it.
    fn send_test(
        &self,
        engine: Arc<Engine>,
        mailbox: Mailbox,
        to: String,
    ) -> BoxFuture<'static, Result<(), Trouble>>;

    /// Sends a letter of the program itself, outside of any ticket; ends when the server has taken it, or when it is
    /// not known whether it has.
    fn send_letter(
        &self,
        engine: Arc<Engine>,
        from: Mailbox,
        letter: Letter,
    ) -> BoxFuture<'static, Result<(), Trouble>>;

    /// Sends a mail to the address `to`, waits until it has come into `seen_in`, and removes it. A trouble of the
    /// server means that the mail was taken and did not come, or was refused.
    fn round_trip(
        &self,
        engine: Arc<Engine>,
        from: Mailbox,
        to: String,
        seen_in: Mailbox,
        within: Duration,
    ) -> BoxFuture<'static, Result<Arrival, Trouble>>;

    /// Makes messages and tickets of mail, each batch in one commit.
    fn ingest(
        &self,
        engine: Arc<Engine>,
        batch: Vec<Arrived>,
    ) -> BoxFuture<'static, Result<Ingested, Trouble>>;
}
