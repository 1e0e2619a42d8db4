//! What to fetch from a folder, and how far its ledger reaches.
//!
//! A plan only ever adds: whatever a server stops listing, nothing that was stored is touched. A UID counts as
//! settled by its row in the ledger alone, never by UIDNEXT, flags or dates, and the cursor never passes a hole.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// How many UIDs are asked for in one go.
pub const BATCH: usize = 500;

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

/// Whether the server hands out UIDs again that it has handed out before, although UIDVALIDITY says otherwise.
/// `highest` is the highest UID in the folder. A UIDNEXT below it is only a wrong one and proves nothing.
pub fn hands_out_again(uid_next: u32, cursor: u32, highest: Option<u32>) -> bool {
    uid_next <= cursor && highest.is_none_or(|highest| highest < uid_next)
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
