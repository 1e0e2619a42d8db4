//! The boundary to what talks to mail servers: sync, delivery and the checks.
//!
//! The answering half asks through this trait and never opens a connection itself.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::core::Engine;
use super::ingest::{Arrived, Ingested};
use crate::bridge::{ConnectReport, FolderLine, PeriodCount};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Mailbox, MailboxSettings};
use crate::domain::trouble::Trouble;

/// What looking for mail brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Synced {
    pub new_messages: u64,
    pub troubles: Vec<(MailboxId, Trouble)>,
}

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

    /// Makes messages and tickets of mail, each batch in one commit.
    fn ingest(
        &self,
        engine: Arc<Engine>,
        batch: Vec<Arrived>,
    ) -> BoxFuture<'static, Result<Ingested, Trouble>>;
}
