//! Acting on tickets: on which, in one step, with the way back.

use jiff::Timestamp;

use super::App;
use super::asks::Purpose;
use super::event::Effect;
use super::layout::Pane;
use super::{list, thread, when};
use crate::bridge::{Change, Changed, Look, OutboxRequest, Request};
use crate::domain::clean::Clean;
use crate::domain::decide::{Action, decide};
use crate::domain::event::Actor;
use crate::domain::ids::{EventId, OutboxId, TicketNumber};
use crate::domain::ticket::Ticket;

/// A step that `u` takes back.
#[derive(Debug, Clone, PartialEq)]
pub enum UndoStep {
    Step {
        step: EventId,
        /// "12 tickets closed"
        sentence: Clean,
    },
    /// An answer, as long as it is held.
    TakeBack { outbox: OutboxId, until: Timestamp },
}

/// What is done when the answer to an action is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    /// The next ticket comes under the cursor.
    moves_on: bool,
    /// It is said, and can be taken back.
    is_step: bool,
}

impl Act {
    /// Reading a ticket: nothing to say, nothing to take back.
    pub fn read() -> Self {
        Self {
            moves_on: false,
            is_step: false,
        }
    }
}

/// How many steps can be taken back.
const UNDO_DEPTH: usize = 100;

/// The tickets that an action means: the marked ones in the list, else the one under the cursor; in the thread its own.
pub fn targets(app: &App) -> Vec<TicketNumber> {
    if app.focus == Pane::Thread {
        return app.thread.wanted.into_iter().collect();
    }
    if app.list.marks.is_empty() {
        app.list.place.selected.into_iter().collect()
    } else {
        app.list.marks.iter().copied().collect()
    }
}

/// The ticket as it was last seen, in the list or in the thread.
pub fn ticket(app: &App, number: TicketNumber) -> Option<&Ticket> {
    app.thread
        .shown()
        .map(|thread| &thread.line)
        .filter(|line| line.ticket.number == number)
        .or_else(|| app.list.line_of(number))
        .map(|line| &line.ticket)
}

/// Refuses where there is no ticket to act on.
pub fn some_ticket(app: &App) -> Result<(), String> {
    if targets(app).is_empty() {
        Err("there is no ticket under the cursor".into())
    } else {
        Ok(())
    }
}

/// Whether the action makes sense for the targets: the same question that the engine asks again.
pub fn may(app: &App, action: &Action) -> Result<(), String> {
    some_ticket(app)?;
    let Some(me) = app.known.me() else {
        return Err("the engine has not said who you are yet; in a moment".into());
    };
    let actor = Actor::Operator(me);
    let mut refusal = None;
    for number in targets(app) {
        let Some(ticket) = ticket(app, number) else {
            return Ok(());
        };
        match decide(ticket, action, actor, app.now) {
            Ok(_) => return Ok(()),
            Err(words) => refusal = Some(words.0),
        }
    }
    refusal.map_or(Ok(()), Err)
}

/// Asks for an action on the targets.
pub fn act(app: &mut App, action: Action) -> Vec<Effect> {
    if let Err(reason) = may(app, &action) {
        app.status.refuse(&reason);
        return Vec::new();
    }
    let tickets = targets(app);
    act_on(app, tickets, action)
}

pub fn act_on(app: &mut App, tickets: Vec<TicketNumber>, action: Action) -> Vec<Effect> {
    let moves_on = matches!(
        action,
        Action::Assign(_)
            | Action::Snooze(Some(_))
            | Action::MergeInto(_)
            | Action::SetStatus(crate::domain::ticket::Status::Closed)
    );
    let purpose = Purpose::Act(Act {
        moves_on,
        is_step: true,
    });
    vec![app.ask(purpose, Request::Change(Change::Act { tickets, action }))]
}

/// An action was answered.
pub fn answered(app: &mut App, act: Act, changed: Changed) -> Vec<Effect> {
    list::patch(app, &changed.tickets);
    let done: Vec<TicketNumber> = changed
        .tickets
        .iter()
        .map(|line| line.ticket.number)
        .collect();
    if act.is_step {
        say(app, &changed);
        if let Some(step) = changed.step {
            remember(
                app,
                UndoStep::Step {
                    step,
                    sentence: changed.sentence.clone(),
                },
            );
        }
        app.list.marks.retain(|number| !done.contains(number));
    }
    let mut effects = Vec::new();
    if act.moves_on && !done.is_empty() {
        effects.extend(move_on(app, &done));
    } else if app.thread.wanted.is_some_and(|open| done.contains(&open)) {
        effects.extend(thread::reload(app));
    }
    effects.extend(list::refresh_now(app));
    effects.extend(look_at_views(app));
    effects
}

/// The next ticket comes under the cursor, and into the thread where the old one was open.
pub fn move_on(app: &mut App, done: &[TicketNumber]) -> Vec<Effect> {
    let was_open = app.thread.wanted.is_some_and(|open| done.contains(&open));
    let before = app.list.place.selected;
    list::leave(app, done);
    let next = app.list.place.selected.filter(|next| !done.contains(next));
    match next {
        Some(next) if app.focus == Pane::Thread && was_open => thread::enter(app, next),
        Some(next) if was_open || before != Some(next) => {
            if app.focus == Pane::List {
                Vec::new()
            } else {
                thread::show(app, next)
            }
        }
        Some(_) => Vec::new(),
        None => {
            if app.focus == Pane::Thread {
                app.focus = Pane::List;
            }
            Vec::new()
        }
    }
}

fn say(app: &mut App, changed: &Changed) {
    if changed.refused.is_empty() {
        let sentence = if changed.step.is_some() {
            Clean::line(&format!("{} · u takes it back", changed.sentence))
        } else {
            changed.sentence.clone()
        };
        app.status.good(sentence);
        return;
    }
    let left: Vec<String> = changed
        .refused
        .iter()
        .take(3)
        .map(|(number, why)| format!("#{number} {why}"))
        .collect();
    let count = when::count(changed.refused.len(), "ticket", "tickets");
    app.status.refuse(&format!(
        "{}; {count} left alone: {}",
        changed.sentence,
        left.join(", ")
    ));
}

pub fn look_at_views(app: &mut App) -> Option<Effect> {
    app.look(Purpose::Views, Request::Look(Look::Views))
}

/// Mailboxes, people or views changed.
pub fn look_at_basics_and_views(app: &mut App) -> Vec<Effect> {
    let basics = app.look(Purpose::Basics, Request::Look(Look::Basics));
    basics.into_iter().chain(look_at_views(app)).collect()
}

/// Puts a step on the stack of what can be taken back.
pub fn remember(app: &mut App, step: UndoStep) {
    if app.undo.len() >= UNDO_DEPTH {
        app.undo.remove(0);
    }
    app.undo.push(step);
}

/// The latest step that can still be taken back; answers that have left are forgotten.
fn latest(app: &App) -> Option<&UndoStep> {
    app.undo.iter().rev().find(|step| match step {
        UndoStep::TakeBack { until, .. } => *until > app.now,
        UndoStep::Step { .. } => true,
    })
}

pub fn may_undo(app: &App) -> Result<(), String> {
    latest(app)
        .map(|_| ())
        .ok_or_else(|| "there is nothing to take back".into())
}

/// Takes back the latest step.
pub fn undo(app: &mut App) -> Vec<Effect> {
    let now = app.now;
    app.undo
        .retain(|step| !matches!(step, UndoStep::TakeBack { until, .. } if *until <= now));
    match app.undo.pop() {
        Some(UndoStep::Step { step, .. }) => {
            vec![app.ask(Purpose::Undo, Request::Change(Change::Undo { step }))]
        }
        Some(UndoStep::TakeBack { outbox, .. }) => vec![app.ask(
            Purpose::Composer,
            Request::Outbox(OutboxRequest::TakeBack(outbox)),
        )],
        None => Vec::new(),
    }
}

/// A step was taken back: the tickets are looked at again, and the cursor goes to the one that came back.
pub fn undone(app: &mut App, changed: Changed) -> Vec<Effect> {
    app.status.good(changed.sentence.clone());
    list::patch(app, &changed.tickets);
    if let Some(first) = changed.tickets.first()
        && app.focus != Pane::Thread
    {
        app.list.place.selected = Some(first.ticket.number);
    }
    let mut effects = list::refresh_now(app);
    if app.thread.wanted.is_some() {
        effects.extend(thread::reload(app));
    }
    effects.extend(look_at_views(app));
    effects
}
