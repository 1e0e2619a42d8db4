//! The boundary to what talks to mail servers: sync, delivery and the checks.
//!
//! The answering half asks through this trait and never opens a connection itself.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::core::Engine;
use super::ingest::{Arrived, Ingested};
use crate::bridge::CheckLine;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Mailbox, MailboxSettings};
use crate::domain::trouble::Trouble;

/// What looking for mail brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Synced {
    pub new_messages: u64,
    pub troubles: Vec<(MailboxId, Trouble)>,
}

/// Where the lines of a check go as they pass or fail.
pub type CheckLines = Arc<dyn Fn(CheckLine) + Send + Sync>;

pub trait Workers: Send + Sync + 'static {
    /// Runs sync and delivery until [`Engine::stopping`] says stop; returns when all of it has ended.
    fn run(&self, engine: Arc<Engine>) -> BoxFuture<'static, ()>;

    /// Looks for mail now, in one mailbox or in all enabled ones; ends when it is done, within a deadline.
    fn sync_now(
        &self,
        engine: Arc<Engine>,
        mailbox: Option<MailboxId>,
    ) -> BoxFuture<'static, Result<Synced, Trouble>>;

    /// Tries settings that need not be saved. Without a secret, the stored one of `mailbox` is used.
    fn check(
        &self,
        engine: Arc<Engine>,
        mailbox: Option<MailboxId>,
        settings: MailboxSettings,
        secret: Option<SecretString>,
        lines: CheckLines,
    ) -> BoxFuture<'static, Result<(), Trouble>>;

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
