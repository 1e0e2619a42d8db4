//! What to fetch from a folder, how far its ledger reaches, and what a failure means.
//!
//! A plan only ever adds: whatever a server stops listing, nothing that was stored is touched. A UID counts as
//! settled by its row in the ledger alone, never by UIDNEXT, flags or dates, and the cursor never passes a hole.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::mailbox::Health;
use super::trouble::Trouble;

/// How many UIDs are asked for in one go.
pub const BATCH: usize = 500;
/// Failed attempts in a row after which somebody should look.
pub const PATIENT_ATTEMPTS: u32 = 8;

/// What the server said about the folder, under its own tagged OK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    pub uid_validity: u32,
    pub seen: Seen,
    /// Only compared, never trusted.
    pub uid_next: Option<u32>,
    pub highest_mod_seq: Option<u64>,
}

/// Which messages there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// All UIDs of the folder, in any order.
    All(Vec<u32>),
    /// What changed since the ledger's mod-sequence (RFC 7162): UIDs that changed or are new, and UIDs that are gone.
    Changes {
        changed: Vec<u32>,
        vanished: Vec<RangeInclusive<u32>>,
    },
}

/// What the ledger knows about the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerView {
    /// `None` if the folder was never opened.
    pub uid_validity: Option<u32>,
    /// Generations that it had before.
    pub earlier: Vec<u32>,
    pub cursor: u32,
    /// UIDs above the cursor that have an outcome.
    pub known: Vec<u32>,
    /// UIDs that were listed and have no outcome.
    pub holes: Vec<u32>,
}

/// Whether UIDs still mean what they meant (RFC 3501 §2.3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    Same,
    First,
    /// All UIDs are new; the mails are matched by their content.
    New,
    /// The server went back to a generation whose ledger we have: open that one and plan again.
    Returned,
}

/// What to do with the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub generation: Generation,
    /// UIDs to fetch, newest first, in batches of at most [`BATCH`].
    pub batches: Vec<Vec<u32>>,
    /// Holes that the server no longer lists: gone before they were fetched. Newest first.
    pub gone: Vec<u32>,
    /// To be stored once every batch has its outcomes, and not before.
    pub highest_mod_seq: Option<u64>,
    /// The server would give out UIDs that it has given out already. All of the folder should be compared.
    pub uids_reused: bool,
}

/// Which generation this is.
pub fn generation(ledger: &LedgerView, uid_validity: u32) -> Generation {
    match ledger.uid_validity {
        None => Generation::First,
        Some(known) if known == uid_validity => Generation::Same,
        Some(_) if ledger.earlier.contains(&uid_validity) => Generation::Returned,
        Some(_) => Generation::New,
    }
}

/// Compares what the server lists with what is settled. In another generation than the ledger's all is new.
pub fn plan(listing: &Listing, ledger: &LedgerView) -> Plan {
    let generation = generation(ledger, listing.uid_validity);
    let nothing = LedgerView::default();
    let ledger = if generation == Generation::Same {
        ledger
    } else {
        &nothing
    };
    let known: BTreeSet<u32> = ledger.known.iter().copied().collect();
    let is_new = |uid: &u32| *uid > ledger.cursor && !known.contains(uid);
    let holes: BTreeSet<u32> = ledger
        .holes
        .iter()
        .copied()
        .filter(|uid| is_new(uid))
        .collect();
    let (mut wanted, gone): (BTreeSet<u32>, Vec<u32>) = match &listing.seen {
        Seen::All(uids) => {
            let listed: BTreeSet<u32> = uids.iter().copied().filter(is_new).collect();
            let gone = holes.difference(&listed).rev_collected();
            (listed, gone)
        }
        Seen::Changes { changed, vanished } => {
            let is_gone = |uid: &u32| vanished.iter().any(|range| holds(range, *uid));
            let gone = holes.iter().filter(|uid| is_gone(uid)).rev_collected();
            let there = holes.iter().chain(changed).copied();
            (
                there.filter(|uid| is_new(uid) && !is_gone(uid)).collect(),
                gone,
            )
        }
    };
    wanted.remove(&0);
    let newest_first: Vec<u32> = wanted.into_iter().rev().collect();
    Plan {
        generation,
        batches: newest_first.chunks(BATCH).map(<[u32]>::to_vec).collect(),
        gone,
        highest_mod_seq: listing.highest_mod_seq,
        uids_reused: generation == Generation::Same
            && listing.uid_next.is_some_and(|next| next <= ledger.cursor),
    }
}

/// Collects ascending UIDs newest first.
trait RevCollected {
    fn rev_collected(self) -> Vec<u32>;
}

impl<'a, I: Iterator<Item = &'a u32>> RevCollected for I {
    fn rev_collected(self) -> Vec<u32> {
        let mut all: Vec<u32> = self.copied().collect();
        all.sort_unstable_by(|one, other| other.cmp(one));
        all
    }
}

/// Servers write ranges in either direction (RFC 3501 §9, `seq-range`).
fn holds(range: &RangeInclusive<u32>, uid: u32) -> bool {
    let (low, high) = (
        range.start().min(range.end()),
        range.start().max(range.end()),
    );
    (low..=high).contains(&&uid)
}

/// Where the cursor stands after `settled` UIDs got their outcomes while `holes` have none: as far as it can go
/// without passing a hole. It never goes back.
pub fn advance(
    cursor: u32,
    settled: impl IntoIterator<Item = u32>,
    holes: impl IntoIterator<Item = u32>,
) -> u32 {
    let first_hole = holes.into_iter().filter(|uid| *uid > cursor).min();
    settled
        .into_iter()
        .filter(|uid| first_hole.is_none_or(|hole| *uid < hole))
        .fold(cursor, u32::max)
}

/// How long to wait after `failures` in a row: 2 to 80 seconds, doubled each time. `random` from 0 to 1 spreads
/// many mailboxes apart.
pub fn backoff(failures: u32, random: f64) -> Duration {
    let ceiling = f64::from(2_u32.saturating_pow(failures.clamp(1, 7)).min(80));
    let share = if random.is_finite() {
        random.clamp(0.0, 1.0)
    } else {
        1.0
    };
    Duration::from_secs_f64((ceiling * (0.5 + share / 2.0)).clamp(2.0, 80.0))
}

/// What kind of failure ended a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The server refused name or password.
    SignIn,
    /// The server asked us to come less often (`[LIMIT]`, `[UNAVAILABLE]`, too many connections).
    Throttled,
    /// The line, name resolution, or a deadline.
    Network,
    /// A certificate, a setting: it stays so until somebody acts.
    Settings,
    /// The server answered what it should not, or we did not understand it.
    Answer,
    /// Our own store does not take what came, because the disk is full for example.
    Store,
}

/// How the mailbox does after a failure, and when to try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfterFailure {
    pub health: Health,
    pub next_try: Timestamp,
}

/// What follows from the `failures`-th failure in a row. `since` is when the first of them happened.
pub fn after_failure(
    failure: Failure,
    failures: u32,
    since: Timestamp,
    now: Timestamp,
    random: f64,
    trouble: Trouble,
) -> AfterFailure {
    let soon = backoff(failures, random);
    let wait = match failure {
        // Trying a wrong password again and again locks accounts.
        Failure::SignIn => Duration::from_secs(3_600),
        Failure::Throttled => (soon * 10).clamp(Duration::from_secs(60), Duration::from_secs(800)),
        Failure::Settings => Duration::from_secs(300),
        Failure::Network | Failure::Answer | Failure::Store => soon,
    };
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_secs(80));
    let next_try = now.checked_add(wait).unwrap_or(now);
    let health = match failure {
        Failure::SignIn => Health::NeedsPassword { since, trouble },
        Failure::Settings | Failure::Store => Health::Failing { since, trouble },
        _ if failures >= PATIENT_ATTEMPTS => Health::Failing { since, trouble },
        _ => Health::Interrupted {
            since,
            next_try,
            trouble,
        },
    };
    AfterFailure { health, next_try }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
