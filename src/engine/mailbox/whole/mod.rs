//! The whole of a mail of which only the header was taken, because it is larger than the limit.
//!
//! A walk: [`fetch`] finds where the mail lies ([`places`]), and asks the worker that holds that mailbox, or takes its
//! lease for as long as it lasts. The mail comes in pieces over a connection of its own, so that new mail need not
//! wait for it; then one transaction puts it in the place of its header ([`keep`]). Until that transaction nothing of
//! it is stored: ended at any point, the header is what there was before, and the key works again.

mod keep;
mod pieces;
mod places;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::lease::{self, Held};
use super::supervisor::Running;
use crate::domain::ids::{MailboxId, MessageId};
use crate::domain::mailbox::{Health, Incoming, Mailbox};
use crate::domain::trouble::Trouble;
use crate::domain::words;
use crate::engine::core::{Engine, SyncMode, blocking};
use crate::engine::workers::{PieceCame, Whole};
use places::Wanted;

/// The reader looks at no more of a mail, and the large providers take none that is larger.
const LARGEST_BYTES: u64 = 128 * 1024 * 1024;

/// Somebody wants the whole of a mail of this mailbox.
pub struct WantWhole {
    wanted: Arc<Wanted>,
    told: PieceCame,
    answer: oneshot::Sender<Result<Whole, Trouble>>,
}

/// The mails that are being fetched by this process.
#[derive(Debug, Default)]
pub struct Underway(Mutex<BTreeSet<MessageId>>);

/// Ends when it goes out of scope.
struct Turn<'a>(&'a Underway, MessageId);

impl Underway {
    fn begin(&self, message: MessageId) -> Result<Turn<'_>, Trouble> {
        let mut fetched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match fetched.insert(message) {
            true => Ok(Turn(self, message)),
            false => Err(Trouble::operator("this mail is being downloaded already")),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut fetched = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.remove(&self.1);
    }
}

/// Fetches it, by whoever may: the running worker of its mailbox, or this call under the lease.
///
/// # Errors
/// Why it cannot be had. What is stored is then as it was.
pub async fn fetch(
    engine: Arc<Engine>,
    running: Arc<Running>,
    message: MessageId,
    told: PieceCame,
) -> Result<Whole, Trouble> {
    let _turn = running.wholes.begin(message)?;
    let wanted = engine
        .read(move |store| places::find(store, message))
        .await?;
    let mailbox = wanted.mailbox.clone();
    if !mailbox.enabled || mailbox.removed {
        let what = format!("the mailbox {} is switched off", mailbox.settings.name);
        return Err(Trouble::operator(what).hint("enable it, then try again"));
    }
    let wanted = Arc::new(wanted);
    if engine.settings.sync == SyncMode::Live
        && let Some(ways) = running.get(mailbox.id)
    {
        if engine.health.get(mailbox.id).0 == Health::SyncedElsewhere {
            return Err(elsewhere(&engine, mailbox.id).await?);
        }
        let (answer, answered) = oneshot::channel();
        let want = WantWhole {
            wanted,
            told,
            answer,
        };
        let restarted = || {
            Trouble::network("the mailbox was restarted meanwhile")
                .hint("only the header is here; try again in a moment")
        };
        ways.whole.send(want).await.map_err(|_| restarted())?;
        return answered.await.map_err(|_| restarted())?;
    }
    let Some(held) = lease::try_acquire(&engine, mailbox.id).await? else {
        return Err(elsewhere(&engine, mailbox.id).await?);
    };
    let result = tokio::select! {
        result = one(&engine, &held, &wanted, &told) => result,
        lost = lease::keep(&engine, &held) => Err(lost),
        () = engine.stopped() => Err(Trouble::operator("Ticketty is stopping")),
    };
    lease::release(&engine, &held).await;
    result
}

async fn elsewhere(engine: &Arc<Engine>, mailbox: MailboxId) -> Result<Trouble, Trouble> {
    let holder = lease::holder_in_words(engine, mailbox).await?;
    let what = format!("{holder} looks after this mailbox, so this one may not fetch from it");
    Ok(Trouble::operator(what).hint("download the mail there, or end that process"))
}

/// Answers those who want mails, one after another, until it is dropped.
pub async fn serve(engine: &Arc<Engine>, held: &Held, asked: &mut mpsc::Receiver<WantWhole>) {
    while let Some(want) = asked.recv().await {
        let result = one(engine, held, &want.wanted, &want.told).await;
        // Whoever asked may have left.
        let _ = want.answer.send(result);
    }
    // The supervisor is gone; the worker ends with it.
    std::future::pending::<()>().await;
}

async fn one(
    engine: &Arc<Engine>,
    held: &Held,
    wanted: &Arc<Wanted>,
    told: &PieceCame,
) -> Result<Whole, Trouble> {
    let raw = match &wanted.mailbox.settings.incoming {
        Incoming::Imap(endpoint) => pieces::over_imap(engine, wanted, endpoint, told).await?,
        Incoming::Maildir(path) => from_file(path, wanted).await?,
        Incoming::Forwarded(_) => return Err(gone()),
    };
    keep::keep(engine, held, wanted, raw).await
}

async fn from_file(path: &Path, wanted: &Arc<Wanted>) -> Result<Vec<u8>, Trouble> {
    let (path, wanted): (_, Arc<Wanted>) = (path.to_owned(), Arc::clone(wanted));
    blocking(move || pieces::from_maildir(&path, &wanted)).await
}

/// What is said where nobody has the mail any more.
fn gone() -> Trouble {
    Trouble::operator("the mail is not on the server any more")
        .hint("only its header is left; ask whoever sent it to send it again")
}

/// What is said where it is larger than anything that is taken.
fn too_large() -> Trouble {
    let most = words::bytes(LARGEST_BYTES);
    Trouble::operator(format!(
        "the mail is larger than {most}, the most that is downloaded"
    ))
    .hint("read it with another mail program; the header is kept here")
}

/// Of which mailbox a mail is fetched: a channel has no server of its own.
fn collecting(mailboxes: &[Mailbox], mailbox: MailboxId) -> Option<&Mailbox> {
    let own = mailboxes.iter().find(|one| one.id == mailbox)?;
    match own.settings.incoming {
        Incoming::Forwarded(by) => mailboxes.iter().find(|one| one.id == by),
        _ => Some(own),
    }
}
