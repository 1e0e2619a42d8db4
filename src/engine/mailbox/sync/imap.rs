//! An IMAP mailbox while its connection lives: all folders once, then IDLE on the inbox with a poll besides.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::round::{Round, Stubborn};
use super::{SyncFailure, folder, marks, renamed, wanted};
use crate::domain::folder::FolderRole;
use crate::domain::mailbox::{Endpoint, Mailbox, RefusedFolder};
use crate::engine::core::Engine;
use crate::engine::doorbell::Listener;
use crate::engine::mailbox::connect;
use crate::engine::mailbox::worker::LookNow;
use crate::engine::standing;
use crate::mail::imap::{FolderInfo, Idle, ImapFailure, ImapSession};

/// Servers and routers forget silent connections; RFC 2177 says 29 minutes, some servers push only for ten.
const IDLE_AT_MOST: Duration = Duration::from_secs(9 * 60);
/// The shortest poll that settings may ask for.
const POLL_AT_LEAST: Duration = Duration::from_secs(15);
/// How long a server may take to show that its line survived a sleep of this machine.
const PROBE_WITHIN: Duration = Duration::from_secs(10);

/// Syncs and listens until something fails.
pub async fn live(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    endpoint: &Endpoint,
    stubborn: &mut Stubborn,
    asked: &mut mpsc::Receiver<LookNow>,
    finished_a_round: &mut bool,
) -> Result<Infallible, SyncFailure> {
    let mut connection = Connection::open(engine, mailbox, endpoint, stubborn).await?;
    let mut answer = None;
    loop {
        let folders = connection.wanted_folders().await?;
        let found = connection.look_at_all(&folders).await?;
        *finished_a_round = true;
        if let Some(answer) = answer.take() {
            // Whoever asked may have left.
            let _: Result<(), _> = tokio::sync::oneshot::Sender::send(answer, Ok(found));
        }
        let poll = Duration::from_secs(u64::from(mailbox.settings.poll_seconds)).max(POLL_AT_LEAST);
        let until = Instant::now() + poll;
        answer = connection
            .listen(&folders, asked, until)
            .await?
            .and_then(|look| look.answer);
    }
}

/// One look at all folders over a connection of its own.
pub async fn once(
    engine: &Arc<Engine>,
    mailbox: &Mailbox,
    endpoint: &Endpoint,
) -> Result<u64, SyncFailure> {
    let mut stubborn = Stubborn::default();
    let mut connection = Connection::open(engine, mailbox, endpoint, &mut stubborn).await?;
    let folders = connection.wanted_folders().await?;
    let found = connection.look_at_all(&folders).await?;
    connection.session.logout().await;
    Ok(found)
}

/// A signed-in connection at work for its mailbox.
struct Connection<'a> {
    engine: &'a Arc<Engine>,
    mailbox: &'a Mailbox,
    session: ImapSession,
    stubborn: &'a mut Stubborn,
    woke: Listener,
    /// All folders that the server has, as it said last.
    listed: Vec<FolderInfo>,
}

impl<'a> Connection<'a> {
    async fn open(
        engine: &'a Arc<Engine>,
        mailbox: &'a Mailbox,
        endpoint: &Endpoint,
        stubborn: &'a mut Stubborn,
    ) -> Result<Self, ImapFailure> {
        Ok(Self {
            woke: engine.doorbells.woke.listen(),
            engine,
            mailbox,
            session: connect::sign_in(engine, mailbox, endpoint).await?,
            stubborn,
            listed: Vec::new(),
        })
    }

    /// The folders that the settings choose. Those that are chosen and not there are kept, so that the mailbox's page
    /// can say it.
    async fn wanted_folders(&mut self) -> Result<Vec<FolderInfo>, SyncFailure> {
        let choice = &self.mailbox.settings.folders;
        self.listed = self.session.list_folders().await?;
        let mut missing = wanted::missing(&self.listed, choice);
        let (session, listed, id) = (&mut self.session, &self.listed, self.mailbox.id);
        let followed = renamed::follow(self.engine, session, id, listed, &missing).await?;
        missing.retain(|name| !followed.contains_key(name));
        let names = followed
            .iter()
            .map(|(chosen, info)| (chosen.clone(), info.wire_name.clone()))
            .collect();
        standing::folders_missing(self.engine, self.mailbox, missing, names).await?;
        let mut folders = wanted::of(&self.listed, choice);
        for info in followed.into_values() {
            if folders
                .iter()
                .all(|known| known.wire_name != info.wire_name)
            {
                folders.push(info);
            }
        }
        Ok(folders)
    }

    async fn look_at_all(&mut self, folders: &[FolderInfo]) -> Result<u64, SyncFailure> {
        let mut round = Round::new(self.engine, self.mailbox, self.stubborn);
        round.listed = &self.listed;
        marks::gather(&round).await?;
        let mut refused = Vec::new();
        for info in folders {
            let looked = folder::sync(&mut round, &mut self.session, info).await;
            // Where the inbox cannot be read, the mailbox does not work; any other folder keeps none away.
            let is_all = info.role == FolderRole::Inbox || folders.len() == 1;
            match looked {
                Err(failure) if failure.line_is_good && !is_all => refused.push(RefusedFolder {
                    name: info.name.clone(),
                    words: failure.trouble.to_string(),
                }),
                looked => looked?,
            }
        }
        let names = folders.iter().map(|info| info.name.clone()).collect();
        standing::folders_refused(self.engine, self.mailbox, names, refused).await?;
        round.finished().await;
        Ok(round.stored)
    }

    /// Waits for news in the inbox and fetches it, until the poll is due (`None`) or somebody asks for all folders.
    async fn listen(
        &mut self,
        folders: &[FolderInfo],
        asked: &mut mpsc::Receiver<LookNow>,
        until: Instant,
    ) -> Result<Option<LookNow>, SyncFailure> {
        let inbox = folders
            .iter()
            .find(|info| info.role == FolderRole::Inbox)
            .or(folders.first());
        let Some(inbox) = inbox
            .filter(|_| self.session.can().idle)
            .map(std::slice::from_ref)
        else {
            return self.wait_plainly(asked, until).await;
        };
        // Mail that came while the other folders were looked at is fetched before the listening begins.
        self.look_at_all(inbox).await?;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            let mut look = None;
            let mut woke_before = self.woke.clone();
            let woke = &mut self.woke;
            let nudge = async {
                tokio::select! {
                    asked = nobody_or(asked) => look = Some(asked),
                    // To end the IDLE is to try the line. Then all folders are looked at.
                    () = woke.rung() => {}
                }
            };
            let heard = tokio::select! {
                heard = self.session.idle(left.min(IDLE_AT_MOST), nudge) => heard,
                () = too_late(&mut woke_before) => Err(dead()),
            };
            match heard {
                Ok(Idle::News(_)) => {
                    self.look_at_all(inbox).await?;
                }
                Ok(Idle::Quiet) => {}
                Ok(Idle::Nudged) => return Ok(look),
                Err(failure) if failure.connection_is_good() => {
                    return self.wait_plainly(asked, until).await;
                }
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    /// For servers without IDLE.
    async fn wait_plainly(
        &mut self,
        asked: &mut mpsc::Receiver<LookNow>,
        until: Instant,
    ) -> Result<Option<LookNow>, SyncFailure> {
        tokio::select! {
            () = tokio::time::sleep_until(until) => Ok(None),
            look = asked.recv() => Ok(look),
            () = self.woke.rung() => {
                let probe = tokio::time::timeout(PROBE_WITHIN, self.session.noop()).await;
                probe.unwrap_or_else(|_| Err(dead()))?;
                Ok(None)
            }
        }
    }
}

async fn nobody_or(asked: &mut mpsc::Receiver<LookNow>) -> LookNow {
    match asked.recv().await {
        Some(asked) => asked,
        None => std::future::pending().await,
    }
}

/// Ends when the line had its time to answer after a sleep.
async fn too_late(woke: &mut Listener) {
    woke.rung().await;
    tokio::time::sleep(PROBE_WITHIN).await;
}

fn dead() -> ImapFailure {
    ImapFailure::lost("the connection did not survive the sleep of this machine")
}
