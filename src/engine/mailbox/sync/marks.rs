//! What was read or answered here is marked on the server, where the mailbox's settings ask for it.
//!
//! Wishes come from the log of events, so nothing that an operator did is lost by an end of the program: [`gather`]
//! turns what happened since the last time into wished marks by folder and UID, and [`store`] fulfils them while the
//! folder is open anyway. A wish leaves the store only after the server's OK, and a mark is the same however often it
//! is added. Nothing is ever taken away, and what another program changed meanwhile is looked at again first.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::SyncFailure;
use super::round::Round;
use crate::domain::ids::{ContentHash, EventId, FolderId, MailboxId, MessageId};
use crate::domain::mailbox::Marks;
use crate::domain::marks::{Mark, done_since, to_add};
use crate::domain::message::{Message, MessageKind};
use crate::domain::outbox::DeliveryState;
use crate::domain::trouble::Trouble;
use crate::engine::standing;
use crate::mail::imap::{ImapFailure, ImapSession, Search};
use crate::store::ledger::Folder;
use crate::store::{Read, StoreResult, Write};

/// After so many refusals of the server a mark is given up.
const ASKED_OFTEN_ENOUGH: u8 = 5;

/// What was looked through so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Reached {
    /// The last event that was looked at; `None` before marks were asked for.
    event: Option<EventId>,
    /// Answers that were not sent yet.
    waiting: BTreeSet<MessageId>,
}

/// A mark that is to be stored, and how often the server refused it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Wish {
    mark: Mark,
    refused: u8,
}

type Wishes = BTreeMap<u32, Wish>;

fn reached_name(mailbox: MailboxId) -> String {
    format!("marks-reached:{mailbox}")
}

fn wishes_name(folder: FolderId) -> String {
    format!("marks-wished:{folder}")
}

fn kept<T: DeserializeOwned + Default, R: Read + ?Sized>(store: &R, name: &str) -> StoreResult<T> {
    let word = store.fact(name)?;
    Ok(word
        .and_then(|word| serde_json::from_slice(&word).ok())
        .unwrap_or_default())
}

fn keep<T: Serialize>(store: &mut dyn Write, name: &str, what: &T) -> StoreResult<()> {
    let word = serde_json::to_vec(what)
        .map_err(|cause| Trouble::bug("wished marks cannot be written").because(cause))?;
    store.set_fact(name, &word)
}

/// Writes down which mails are to be marked after what operators did since the last time. It begins when the settings
/// ask for it: what was read before stays as it is.
///
/// # Errors
/// The store cannot be read or written.
pub async fn gather(round: &Round<'_>) -> Result<(), Trouble> {
    let (id, marks) = (
        round.mailbox.id,
        round.mailbox.settings.watch.on_server.marks,
    );
    let (before, after, wished) = round
        .engine
        .read(move |store| {
            let before: Reached = kept(store, &reached_name(id))?;
            if marks == Marks::Nothing {
                return Ok((before, Reached::default(), BTreeMap::new()));
            }
            let last = store.last_event()?;
            let Some(event) = before.event else {
                let after = Reached {
                    event: Some(last),
                    ..Reached::default()
                };
                return Ok((before, after, BTreeMap::new()));
            };
            let mut after = Reached {
                event: Some(last),
                waiting: before.waiting.clone(),
            };
            let marked = marked_since(store, marks, event, &mut after.waiting)?;
            let wished = spots(store, id, &marked)?;
            Ok((before, after, wished))
        })
        .await?;
    if before == after && wished.is_empty() {
        return Ok(());
    }
    if marks == Marks::Nothing {
        standing::note(round.engine, id, |standing| standing.marks_refused = None).await;
    }
    round
        .engine
        .write(move |store| {
            for (folder, marks) in &wished {
                let mut wishes: Wishes = kept(store, &wishes_name(*folder))?;
                for (uid, mark) in marks {
                    let wish = wishes.entry(*uid).or_insert(Wish {
                        mark: Mark::default(),
                        refused: 0,
                    });
                    wish.mark = wish.mark.and(*mark);
                }
                keep(store, &wishes_name(*folder), &wishes)?;
            }
            keep(store, &reached_name(id), &after)
        })
        .await
}

/// The mails that are to be marked after what happened since `event`. `waiting` holds the answers that are not sent.
fn marked_since(
    store: &dyn Read,
    marks: Marks,
    event: EventId,
    waiting: &mut BTreeSet<MessageId>,
) -> StoreResult<BTreeMap<ContentHash, Mark>> {
    let mut marked: BTreeMap<ContentHash, Mark> = BTreeMap::new();
    let mut add = |message: &Message, mark: Mark| {
        if let Some(content) = message.content {
            let known = marked.entry(content).or_default();
            *known = known.and(mark);
        }
    };
    let is_seen = marks == Marks::ReadAndAnswered;
    for ticket in store.worked_on_since(event)? {
        let done = done_since(&store.events(ticket)?, event);
        waiting.extend(&done.answers);
        if !is_seen || done.read.is_empty() {
            continue;
        }
        let seen = Mark {
            seen: true,
            answered: false,
        };
        for message in store.messages(ticket)? {
            if done.read.contains(&message.id) {
                add(&message, seen);
            }
        }
    }
    let mut still_waiting = BTreeSet::new();
    for id in std::mem::take(waiting) {
        match store.outbox_of_message(id)?.map(|row| row.state) {
            Some(DeliveryState::Sent { .. }) => {
                let answered = Mark {
                    seen: is_seen,
                    answered: true,
                };
                for message in answered_by(store, id)? {
                    add(&message, answered);
                }
            }
            None | Some(DeliveryState::Cancelled) => {}
            Some(_) => {
                still_waiting.insert(id);
            }
        }
    }
    *waiting = still_waiting;
    Ok(marked)
}

/// The customers' messages that this answer names as what it answers.
fn answered_by(store: &dyn Read, answer: MessageId) -> StoreResult<Vec<Message>> {
    let Some(answer) = store.message(answer)? else {
        return Ok(Vec::new());
    };
    let named = &answer.envelope.in_reply_to;
    let mut messages = store.messages(answer.ticket)?;
    messages.retain(|message| {
        let id = message.envelope.message_id.as_ref();
        message.kind == MessageKind::Incoming && id.is_some_and(|id| named.contains(id))
    });
    Ok(messages)
}

fn spots(
    store: &dyn Read,
    mailbox: MailboxId,
    marked: &BTreeMap<ContentHash, Mark>,
) -> StoreResult<BTreeMap<FolderId, BTreeMap<u32, Mark>>> {
    let contents: BTreeSet<ContentHash> = marked.keys().copied().collect();
    let mut spots: BTreeMap<FolderId, BTreeMap<u32, Mark>> = BTreeMap::new();
    for spot in store.spots_of(mailbox, &contents)? {
        if let Some(mark) = marked.get(&spot.content) {
            spots
                .entry(spot.folder)
                .or_default()
                .insert(spot.uid, *mark);
        }
    }
    Ok(spots)
}

/// What became of the wishes of a folder.
#[derive(Debug, Default)]
struct Fulfilled {
    /// Marked, or needing no mark any more.
    settled: Vec<u32>,
    refused: Vec<u32>,
    words: Option<Trouble>,
}

impl Fulfilled {
    /// The server refused it in a way that leaves the connection as it is.
    fn refuses(&mut self, uids: &[u32], failure: ImapFailure) -> Result<(), ImapFailure> {
        if !failure.connection_is_good() {
            return Err(failure);
        }
        self.refused.extend(uids);
        self.words = Some(failure.trouble);
        Ok(())
    }
}

/// Stores the marks that are wished for this folder. Where there are none, the server is asked nothing.
///
/// # Errors
/// The connection failed, or the store. A refusal of marks is told and fails nothing.
pub async fn store(
    round: &Round<'_>,
    session: &mut ImapSession,
    folder: &Folder,
) -> Result<(), SyncFailure> {
    if round.mailbox.settings.watch.on_server.marks == Marks::Nothing {
        return Ok(());
    }
    let name = wishes_name(folder.id);
    let wishes: Wishes = round.engine.read(move |store| kept(store, &name)).await?;
    if wishes.is_empty() {
        return Ok(());
    }
    let fulfilled = fulfil(session, folder, &wishes).await?;
    let refusal = fulfilled.words.clone();
    let given_up = conclude(round, folder, &wishes, fulfilled).await?;
    if given_up || refusal.is_none() {
        tell(round, folder, refusal).await?;
    }
    Ok(())
}

async fn fulfil(
    session: &mut ImapSession,
    folder: &Folder,
    wishes: &Wishes,
) -> Result<Fulfilled, ImapFailure> {
    let mut fulfilled = Fulfilled::default();
    let all: Vec<u32> = wishes.keys().copied().collect();
    let selected = match session.select(&folder.wire_name, folder.uid_validity).await {
        Ok(selected) => selected,
        Err(failure) => {
            fulfilled.refuses(&all, failure)?;
            return Ok(fulfilled);
        }
    };
    if selected.is_read_only {
        fulfilled.words = Some(Trouble::server("this sign-in may only read the folder"));
        fulfilled.refused = all;
        return Ok(fulfilled);
    }
    let found = match session.fetch_flags(&all).await {
        Ok(found) => found,
        Err(failure) => {
            fulfilled.refuses(&all, failure)?;
            return Ok(fulfilled);
        }
    };
    let mut groups: BTreeMap<Vec<&str>, Vec<u32>> = BTreeMap::new();
    for (uid, wish) in wishes {
        if let Some(there) = found.iter().find(|there| there.uid == *uid) {
            let flags = to_add(wish.mark, &there.flags).flags();
            groups.entry(flags).or_default().push(*uid);
        }
    }
    for (flags, uids) in groups {
        if flags.is_empty() {
            fulfilled.settled.extend(uids);
            continue;
        }
        match session
            .add_flags(&uids, &flags, selected.highestmodseq)
            .await
        {
            // What was changed meanwhile is looked at anew the next time.
            Ok(changed) => fulfilled
                .settled
                .extend(uids.iter().filter(|uid| !changed.contains(uid))),
            Err(failure) => fulfilled.refuses(&uids, failure)?,
        }
    }
    let unanswered = all
        .iter()
        .filter(|uid| !found.iter().any(|there| there.uid == **uid));
    fulfilled
        .settled
        .extend(gone(session, unanswered.copied().collect()).await?);
    Ok(fulfilled)
}

/// Those that the server does not list any more. A server that answered nothing about a mail may still have it.
async fn gone(session: &mut ImapSession, unanswered: Vec<u32>) -> Result<Vec<u32>, ImapFailure> {
    let (Some(low), Some(high)) = (unanswered.first(), unanswered.last()) else {
        return Ok(unanswered);
    };
    match session.search_uids(&Search::uids(*low..=*high)).await {
        Ok(listed) => Ok(unanswered
            .into_iter()
            .filter(|uid| !listed.contains(uid))
            .collect()),
        Err(failure) if failure.connection_is_good() => Ok(Vec::new()),
        Err(failure) => Err(failure),
    }
}

/// Takes what was fulfilled, and what was refused often enough, off the list. Whether something was given up.
async fn conclude(
    round: &Round<'_>,
    folder: &Folder,
    asked: &Wishes,
    fulfilled: Fulfilled,
) -> Result<bool, Trouble> {
    let (name, asked) = (wishes_name(folder.id), asked.clone());
    round
        .engine
        .write(move |store| {
            let mut wishes: Wishes = kept(store, &name)?;
            for uid in &fulfilled.settled {
                if wishes.get(uid) == asked.get(uid) {
                    wishes.remove(uid);
                }
            }
            let mut given_up = false;
            for uid in &fulfilled.refused {
                if let Some(wish) = wishes.get_mut(uid) {
                    wish.refused += 1;
                    if wish.refused >= ASKED_OFTEN_ENOUGH {
                        wishes.remove(uid);
                        given_up = true;
                    }
                }
            }
            keep(store, &name, &wishes)?;
            Ok(given_up)
        })
        .await
}

/// Marks that were given up are told, once; the first that is stored again takes it back.
async fn tell(round: &Round<'_>, folder: &Folder, refusal: Option<Trouble>) -> Result<(), Trouble> {
    let told = refusal.map(|refusal| {
        Trouble::server(format!(
            "what is read or answered here cannot be marked in {} on the server",
            folder.name
        ))
        .because(refusal)
        .hint("give the sign-in the right to mark mail there, or switch the marks off in the mailbox's settings")
    });
    standing::refused(round.engine, round.mailbox, told, |standing| {
        &mut standing.marks_refused
    })
    .await
}
