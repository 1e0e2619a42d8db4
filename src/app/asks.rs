//! Questions to the engine that are under way.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::acts::Act;
use super::attachments::Use;
use crate::bridge::{AskId, Request};
use crate::domain::ids::TicketNumber;

/// What an answer is wanted for.
#[derive(Debug, Clone, PartialEq)]
pub enum Purpose {
    Basics,
    Views,
    Outbox,
    /// Replaces the list (`true`) or adds to it.
    List {
        anew: bool,
    },
    Thread(TicketNumber),
    /// The text of the sheet on top.
    Sheet,
    Attachment(Use),
    Act(Act),
    Undo,
    Composer,
    Settings,
    /// Only a failure is of interest.
    Quiet,
}

/// The engine answers within milliseconds but for work that takes long by nature.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);

#[derive(Debug, Default)]
pub struct Asks {
    last: u64,
    open: BTreeMap<AskId, (Purpose, Timestamp)>,
    /// What is wanted once more when the question for the same is answered.
    again: Vec<(Purpose, Request)>,
}

impl Asks {
    pub fn open(&mut self, purpose: Purpose, now: Timestamp) -> AskId {
        self.last += 1;
        let id = AskId(self.last);
        let deadline = now.saturating_add(PATIENCE).unwrap_or(Timestamp::MAX);
        self.open.insert(id, (purpose, deadline));
        id
    }

    /// Ends a question that was answered.
    pub fn close(&mut self, id: AskId) -> Option<Purpose> {
        self.open.remove(&id).map(|(purpose, _)| purpose)
    }

    pub fn is_open(&self, id: AskId) -> bool {
        self.open.contains_key(&id)
    }

    pub fn is_under_way(&self, purpose: &Purpose) -> bool {
        self.open.values().any(|(open, _)| open == purpose)
    }

    /// Remembers a question for when the one for the same is answered; it takes the place of an earlier one.
    pub fn postpone(&mut self, purpose: Purpose, request: Request) {
        self.again.retain(|(wanted, _)| *wanted != purpose);
        self.again.push((purpose, request));
    }

    /// What was postponed until now.
    pub fn postponed(&mut self, purpose: &Purpose) -> Option<Request> {
        let place = self
            .again
            .iter()
            .position(|(wanted, _)| wanted == purpose)?;
        Some(self.again.swap_remove(place).1)
    }

    /// The latest question, as whoever has just asked it needs to know.
    pub fn latest(&self) -> AskId {
        AskId(self.last)
    }

    /// Questions whose time is over. They are given up; a late answer is still taken by what waits for it.
    pub fn overdue(&mut self, now: Timestamp) -> Vec<(AskId, Purpose)> {
        let late: Vec<AskId> = self
            .open
            .iter()
            .filter(|(_, (purpose, deadline))| *deadline <= now && !takes_long(purpose))
            .map(|(id, _)| *id)
            .collect();
        late.into_iter()
            .filter_map(|id| self.close(id).map(|purpose| (id, purpose)))
            .collect()
    }

    /// When the first question becomes overdue.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.open
            .values()
            .filter(|(purpose, _)| !takes_long(purpose))
            .map(|(_, deadline)| *deadline)
            .min()
    }
}

/// Checks and synchronising wait for servers and have deadlines of their own.
fn takes_long(purpose: &Purpose) -> bool {
    matches!(purpose, Purpose::Settings | Purpose::Quiet)
}
