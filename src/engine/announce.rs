//! What the engine tells its front end: the one answer to each request, and pushes once somebody follows.
//!
//! Pushes are collected and sent by the follow task, so that a burst of commits becomes a few reports. They say
//! where to look again, never what is there: losing or merging them loses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use super::doorbell::Doorbell;
use crate::bridge::{AskId, Pushed, Report, Told};
use crate::domain::ids::{MailboxId, TicketNumber};
use crate::domain::mailbox::{CaughtUp, Health};
use crate::domain::trouble::Trouble;

/// More changed tickets than this in one push become "look again at everything".
const TICKETS_A_PUSH: usize = 500;

/// Notices beyond this many are dropped, the latest first: a person reads the first.
const NOTICES_KEPT: usize = 8;

#[derive(Debug)]
pub struct Announcer {
    told: mpsc::UnboundedSender<Told>,
    pending: Mutex<Pending>,
    /// Rings when there is something to push.
    pub(super) bell: Doorbell,
}

#[derive(Debug, Default)]
struct Pending {
    following: bool,
    tickets: BTreeSet<TicketNumber>,
    everything: bool,
    new_mail: BTreeSet<TicketNumber>,
    health: BTreeMap<MailboxId, Health>,
    caught_up: BTreeMap<MailboxId, CaughtUp>,
    basics: bool,
    outbox: bool,
    domains: bool,
    notices: Vec<Trouble>,
}

impl Announcer {
    pub fn new(told: mpsc::UnboundedSender<Told>) -> Self {
        Self {
            told,
            pending: Mutex::default(),
            bell: Doorbell::new(),
        }
    }

    /// The one answer to a request.
    pub fn answer(&self, id: AskId, report: Report) {
        // A front end that has left does not need an answer.
        let _ = self.told.send(Told {
            answers: Some(id),
            report,
        });
    }

    /// A line on the way to an answer, such as one step of a check.
    pub fn line(&self, report: Report) {
        let _ = self.told.send(Told {
            answers: None,
            report,
        });
    }

    pub fn follow(&self) {
        self.lock().following = true;
    }

    pub fn tickets_changed(&self, tickets: &[TicketNumber]) {
        self.note(|pending| pending.tickets.extend(tickets));
    }

    /// Something changed, and nobody knows what.
    pub fn everything_changed(&self) {
        self.note(|pending| pending.everything = true);
    }

    /// Customers' mail came into these tickets.
    pub fn new_mail(&self, tickets: &[TicketNumber]) {
        self.note(|pending| pending.new_mail.extend(tickets));
    }

    pub fn health_changed(&self, mailbox: MailboxId, health: &Health) {
        self.note(|pending| {
            pending.health.insert(mailbox, health.clone());
        });
    }

    /// What came while a mailbox did not fetch is here.
    pub fn caught_up(&self, mailbox: MailboxId, caught_up: CaughtUp) {
        self.note(|pending| {
            pending.caught_up.insert(mailbox, caught_up);
        });
    }

    /// Mailboxes, signatures, views or operators changed.
    pub fn basics_changed(&self) {
        self.note(|pending| pending.basics = true);
    }

    pub fn outbox_changed(&self) {
        self.note(|pending| pending.outbox = true);
    }

    /// A domain was verified.
    pub fn domains_changed(&self) {
        self.note(|pending| pending.domains = true);
    }

    /// Something that a person should read.
    pub fn notice(&self, trouble: Trouble) {
        self.note(|pending| {
            if pending.notices.len() < NOTICES_KEPT && !pending.notices.contains(&trouble) {
                pending.notices.push(trouble);
            }
        });
    }

    /// Sends what has gathered. Before anybody follows, notices and health wait; the rest is forgotten, because
    /// whoever begins to follow looks at everything first.
    pub(super) fn flush(&self) {
        let gathered = {
            let mut pending = self.lock();
            if !pending.following {
                pending.tickets.clear();
                pending.new_mail.clear();
                (pending.everything, pending.basics) = (false, false);
                (pending.outbox, pending.domains) = (false, false);
                return;
            }
            std::mem::replace(
                &mut *pending,
                Pending {
                    following: true,
                    ..Pending::default()
                },
            )
        };
        for pushed in gathered.into_pushes() {
            self.line(Report::Pushed(pushed));
        }
    }

    fn note(&self, change: impl FnOnce(&mut Pending)) {
        change(&mut self.lock());
        self.bell.ring();
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        // Nothing that holds this lock can leave it half-changed.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    fn into_pushes(self) -> Vec<Pushed> {
        let mut pushes = Vec::new();
        if self.everything || self.tickets.len() > TICKETS_A_PUSH {
            pushes.push(Pushed::Tickets(Vec::new()));
        } else if !self.tickets.is_empty() {
            pushes.push(Pushed::Tickets(self.tickets.into_iter().collect()));
        }
        if !self.new_mail.is_empty() {
            pushes.push(Pushed::NewMail {
                tickets: self.new_mail.into_iter().collect(),
            });
        }
        pushes.extend(
            self.health
                .into_iter()
                .map(|(mailbox, health)| Pushed::Health { mailbox, health }),
        );
        pushes.extend(
            self.caught_up
                .into_iter()
                .map(|(mailbox, caught_up)| Pushed::CaughtUp { mailbox, caught_up }),
        );
        if self.basics {
            pushes.push(Pushed::Basics);
        }
        if self.outbox {
            pushes.push(Pushed::Outbox);
        }
        if self.domains {
            pushes.push(Pushed::Domains);
        }
        pushes.extend(self.notices.into_iter().map(Pushed::Notice));
        pushes
    }
}
