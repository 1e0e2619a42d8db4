//! Changing tickets: decide against what is stored, and commit the answer as one step.
//!
//! The desk has asked the same decision before, against what it saw. Here it is asked again inside the transaction,
//! so that two people who press a key at the same time never overwrite each other unseen.

mod notice;
mod sentence;
pub(super) mod undo;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::core::Engine;
use super::looks::{lists, thread};
use crate::bridge::{Change, Changed, Report};
use crate::domain::clean::Clean;
use crate::domain::decide::{self, Action, Refusal};
use crate::domain::event::{Actor, Event, Happening};
use crate::domain::ids::{EventId, MailboxId, MessageId, TicketNumber};
use crate::domain::message::Message;
use crate::domain::query::Asker;
use crate::domain::ticket::{Status, Ticket};
use crate::domain::trouble::Trouble;
use crate::store::tickets::NewEvent;
use crate::store::{Read, StoreResult, Write};

/// More tickets in one step than this would hold the store for everybody else.
const TICKETS_A_STEP: usize = 5_000;

pub(super) async fn answer(engine: &Arc<Engine>, change: Change) -> Result<Report, Trouble> {
    match change {
        Change::Act { tickets, action } => act(engine, tickets, vec![action]).await,
        Change::ActAll { tickets, actions } => act(engine, tickets, actions).await,
        Change::Undo { step } => undo::undo(engine, step).await,
    }
    .map(Report::Change)
}

async fn act(
    engine: &Arc<Engine>,
    mut tickets: Vec<TicketNumber>,
    actions: Vec<Action>,
) -> Result<Changed, Trouble> {
    let mut seen = std::collections::BTreeSet::new();
    tickets.retain(|number| seen.insert(*number));
    if tickets.len() > TICKETS_A_STEP {
        return Err(
            Trouble::operator(format!("{} tickets are too many at once", tickets.len()))
                .hint(format!("mark at most {TICKETS_A_STEP}")),
        );
    }
    let (actor, asker) = (engine.actor(), engine.asker());
    let key = engine.settings.message_id_key.clone();
    let (changed, notified) = engine
        .write(move |store| commit(store, actor, &asker, &key, &tickets, &actions))
        .await?;
    if changed.step.is_some() {
        engine.doorbells.timers.ring();
    }
    if notified {
        engine.doorbells.outbox.ring();
        engine.told.outbox_changed();
    }
    Ok(changed)
}

fn commit(
    store: &mut dyn Write,
    actor: Actor,
    asker: &Asker,
    key: &[u8],
    tickets: &[TicketNumber],
    actions: &[Action],
) -> StoreResult<(Changed, bool)> {
    let mut step = Step::new(actor, asker.now);
    let mut refused = Vec::new();
    let mut notified = 0;
    let mut sentences = Vec::new();
    for action in actions {
        let (mut done, mut left) = (Vec::new(), Vec::new());
        for number in tickets {
            match step.act(store, *number, action)? {
                Ok(()) => done.push(*number),
                Err(Refusal(why)) => left.push((*number, why)),
            }
        }
        if *action == Action::SetStatus(Status::Closed) {
            notified += notice::closed(store, &mut step, asker, key, &done)?;
        }
        let words = sentence::changed(store, asker, action, &done, &left)?;
        sentences.push(words.to_string());
        refused.extend(left);
    }
    let touched = step.touched();
    let id = step.commit(store)?;
    let words = Clean::line(&sentences.join("; "));
    let changed = Changed {
        step: id,
        tickets: lists::lines_of(store, asker, &touched)?,
        refused,
        sentence: notice::told(words, notified),
    };
    Ok((changed, notified > 0))
}

/// Everything that one decision makes happen, gathered before it is appended. Later tickets of a bulk action see
/// what earlier ones changed.
pub(super) struct Step {
    actor: Actor,
    now: Timestamp,
    working: BTreeMap<TicketNumber, Ticket>,
    events: Vec<NewEvent>,
}

impl Step {
    pub(super) fn new(actor: Actor, now: Timestamp) -> Self {
        Self {
            actor,
            now,
            working: BTreeMap::new(),
            events: Vec::new(),
        }
    }

    /// The ticket as it will be after what has been gathered.
    pub(super) fn ticket(
        &mut self,
        store: &dyn Read,
        number: TicketNumber,
    ) -> StoreResult<Option<Ticket>> {
        if let Some(ticket) = self.working.get(&number) {
            return Ok(Some(ticket.clone()));
        }
        let ticket = store.ticket(number)?;
        if let Some(ticket) = &ticket {
            self.working.insert(number, ticket.clone());
        }
        Ok(ticket)
    }

    /// Adds what happens, and lets the working copy know.
    pub(super) fn happens(
        &mut self,
        number: TicketNumber,
        what: Happening,
        takes_back: Option<EventId>,
    ) {
        let event = Event {
            id: EventId(0),
            ticket: number,
            at: self.now,
            actor: self.actor,
            step: EventId(0),
            what,
            takes_back,
        };
        match self.working.get_mut(&number) {
            Some(ticket) => ticket.apply(&event),
            None => {
                if let Some(opened) = Ticket::open(number, &event) {
                    self.working.insert(number, opened);
                }
            }
        }
        self.events.push(NewEvent {
            ticket: number,
            what: event.what,
            takes_back,
        });
    }

    /// Tickets that something happens to, in order of appearance.
    pub(super) fn touched(&self) -> Vec<TicketNumber> {
        let mut seen = std::collections::BTreeSet::new();
        self.events
            .iter()
            .map(|event| event.ticket)
            .filter(|number| seen.insert(*number))
            .collect()
    }

    /// Appends all of it as one step, and puts moved messages where the events say. `None` where nothing happens.
    pub(super) fn commit(self, store: &mut dyn Write) -> StoreResult<Option<EventId>> {
        if self.events.is_empty() {
            return Ok(None);
        }
        let id = store.append(self.actor, self.now, &self.events)?;
        for event in &self.events {
            if let Happening::MessageJoined(joined) = &event.what {
                settle_message(store, joined.message, event.ticket)?;
            }
        }
        Ok(Some(id))
    }

    /// One ticket's part of an action.
    fn act(
        &mut self,
        store: &mut dyn Write,
        number: TicketNumber,
        action: &Action,
    ) -> StoreResult<Result<(), Refusal>> {
        let Some(ticket) = self.ticket(store, number)? else {
            return Ok(Err(Refusal(format!("there is no ticket #{number}"))));
        };
        let happenings = match action {
            Action::MergeInto(target) => self.merge(store, &ticket, *target)?,
            Action::MoveMessage { message, to } => self.relocate(store, &ticket, *message, *to)?,
            other => decide::decide(&ticket, other, self.actor, self.now)
                .map(|what| what.into_iter().map(|what| (number, what)).collect()),
        };
        Ok(happenings.map(|happenings| {
            for (number, what) in happenings {
                self.happens(number, what, None);
            }
        }))
    }

    fn merge(
        &mut self,
        store: &dyn Read,
        ticket: &Ticket,
        target: TicketNumber,
    ) -> StoreResult<Decided> {
        let Some(target) = self.ticket(store, target)? else {
            return Ok(Err(Refusal(format!("there is no ticket #{target}"))));
        };
        let events = store.events(ticket.number)?;
        let messages = thread::present_messages(store, ticket.number, &events)?;
        Ok(decide::decide_merge(
            ticket, &messages, &target, self.actor, self.now,
        ))
    }

    fn relocate(
        &mut self,
        store: &mut dyn Write,
        ticket: &Ticket,
        message: MessageId,
        to: Option<TicketNumber>,
    ) -> StoreResult<Decided> {
        let Some(message) = store.message(message)? else {
            return Ok(Err(Refusal("that message is not there any more".into())));
        };
        let (actor, now) = (self.actor, self.now);
        let Some(number) = to else {
            return self.split_off(store, ticket, &message);
        };
        let Some(target) = self.ticket(store, number)? else {
            return Ok(Err(Refusal(format!("there is no ticket #{number}"))));
        };
        Ok(decide::decide_move(ticket, &message, &target, actor, now))
    }

    /// Opens a ticket for one message of another.
    fn split_off(
        &mut self,
        store: &mut dyn Write,
        ticket: &Ticket,
        message: &Message,
    ) -> StoreResult<Decided> {
        let action = Action::MoveMessage {
            message: message.id,
            to: None,
        };
        if let Err(refusal) = decide::decide(ticket, &action, self.actor, self.now) {
            return Ok(Err(refusal));
        }
        if ticket.tally.messages <= 1 {
            return Ok(Err(Refusal(format!(
                "it is the only message of #{}",
                ticket.number
            ))));
        }
        let contact = match &message.envelope.from {
            Some(from) => store
                .contact_by_address(&from.address)?
                .map(|contact| contact.id),
            None => None,
        };
        let number = store.next_ticket_number()?;
        let opened = Happening::Opened {
            subject: message.subject.clone(),
            mailbox: ticket.mailbox,
            contact: contact.or(ticket.contact),
            first_reply_due: first_reply_due(store, ticket.mailbox, self.now)?,
        };
        let event = Event {
            id: EventId(0),
            ticket: number,
            at: self.now,
            actor: self.actor,
            step: EventId(0),
            what: opened.clone(),
            takes_back: None,
        };
        let Some(target) = Ticket::open(number, &event) else {
            return Err(Trouble::bug("a new ticket did not open"));
        };
        let moved = decide::decide_move(ticket, message, &target, self.actor, self.now);
        Ok(moved.map(|mut happenings| {
            happenings.insert(0, (number, opened));
            happenings
        }))
    }
}

/// What happens where, or why not.
type Decided = Result<Vec<(TicketNumber, Happening)>, Refusal>;

/// When a ticket that begins now in this mailbox wants its first reply.
pub(super) fn first_reply_due(
    store: &dyn Read,
    mailbox: MailboxId,
    now: Timestamp,
) -> StoreResult<Option<Timestamp>> {
    let minutes = store
        .mailboxes()?
        .into_iter()
        .find(|one| one.id == mailbox)
        .and_then(|one| one.settings.policy.first_reply_minutes);
    Ok(minutes.and_then(|minutes| {
        now.checked_add(SignedDuration::from_mins(minutes.into()))
            .ok()
    }))
}

/// A message and its outbox row stand where the log says.
fn settle_message(
    store: &mut dyn Write,
    message: MessageId,
    ticket: TicketNumber,
) -> StoreResult<()> {
    store.move_message(message, ticket)?;
    if let Some(mut row) = store.outbox_of_message(message)?
        && row.ticket != ticket
    {
        row.ticket = ticket;
        store.put_outbox(&row)?;
    }
    Ok(())
}
