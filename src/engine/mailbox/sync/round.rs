//! What one look at a mailbox has found so far: how much there is, how much is done, and what the top line shows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::crash_point;
use crate::domain::folder::FolderRole;
use crate::domain::ids::FolderId;
use crate::domain::mailbox::{Health, Mailbox};
use crate::engine::core::Engine;
use crate::engine::health::leave_word;
use crate::engine::ingest::Ingested;
use crate::engine::standing;
use crate::mail::imap::FolderInfo;

/// Fewer mails than this come in without a progress bar.
const WORTH_SHOWING: u64 = 20;
/// The bar moves by steps of this many mails, so that the screen is not painted for every one.
const SHOWN_EVERY: u64 = 50;

/// One look at all folders.
pub struct Round<'a> {
    pub engine: &'a Arc<Engine>,
    pub mailbox: &'a Mailbox,
    /// How often the line broke at single mails, kept over rounds.
    pub stubborn: &'a mut Stubborn,
    /// All folders that the server has.
    pub listed: &'a [FolderInfo],
    total: u64,
    done: u64,
    shown: u64,
    /// Messages that were new to the store.
    pub stored: u64,
}

/// UIDs at which the connection ends.
#[derive(Debug, Default)]
pub struct Stubborn {
    hang_ups: BTreeMap<(FolderId, u32), HangUps>,
}

/// How often the connection ended at a mail, and when last.
#[derive(Debug, Clone, Copy)]
struct HangUps {
    count: u32,
    last: Instant,
}

/// A mail at which the connection ended twice is left for later, so that the others come in.
const SHUNNED_AFTER: u32 = 2;
/// How long it is left. It stays a hole: a cut line proves nothing about a mail.
const SHUNNED_FOR: Duration = Duration::from_secs(3600);

impl Stubborn {
    /// The connection ended when this mail was due.
    pub fn hung_up(&mut self, folder: FolderId, uid: u32) {
        let count = self
            .hang_ups
            .get(&(folder, uid))
            .map_or(0, |hang_ups| hang_ups.count)
            + 1;
        let last = Instant::now();
        self.hang_ups.insert((folder, uid), HangUps { count, last });
    }

    pub fn is_shunned(&self, folder: FolderId, uid: u32) -> bool {
        self.hang_ups.get(&(folder, uid)).is_some_and(|hang_ups| {
            hang_ups.count >= SHUNNED_AFTER && hang_ups.last.elapsed() < SHUNNED_FOR
        })
    }
}

impl<'a> Round<'a> {
    pub fn new(engine: &'a Arc<Engine>, mailbox: &'a Mailbox, stubborn: &'a mut Stubborn) -> Self {
        crash_point::stumble("mailbox");
        Self {
            engine,
            mailbox,
            stubborn,
            listed: &[],
            total: 0,
            done: 0,
            shown: 0,
            stored: 0,
        }
    }

    /// So many more mails will be fetched.
    pub fn expects(&mut self, mails: u64) {
        self.total += mails;
        self.show();
    }

    pub fn filed(&mut self, mails: u64, stored: u64) {
        self.done += mails;
        self.stored += stored;
        if self.done >= self.shown + SHOWN_EVERY {
            self.show();
        }
    }

    /// What came is news, except for what the Sent folder holds.
    pub fn came(&self, role: FolderRole, ingested: &Ingested) {
        if role != FolderRole::Sent && ingested.stored > 0 {
            let tickets = ingested.new_tickets.len() as u64;
            self.engine
                .health
                .came(self.mailbox.id, ingested.stored, tickets);
        }
    }

    fn show(&mut self) {
        self.shown = self.done;
        if self.total >= WORTH_SHOWING && self.done < self.total {
            self.engine.set_health(
                self.mailbox.id,
                Health::Syncing {
                    done: self.done,
                    total: self.total,
                },
            );
        }
    }

    /// Everything is here.
    pub async fn finished(&self) {
        let id = self.mailbox.id;
        standing::looked(self.engine, id).await;
        self.engine.set_health(id, Health::Live);
        let (health, _) = self.engine.health.get(id);
        let word = health.trouble().is_some().then_some(health);
        leave_word(self.engine, id, word).await;
    }
}
