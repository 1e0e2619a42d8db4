//! The opened ticket: its messages as lines, wrapped once a width, scrolled without a limit.

mod flow;
pub mod head;
pub mod links;
mod reflow;
pub mod words;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::App;
use super::asks::Purpose;
use super::event::Effect;
use super::layout::{Area, Pane};
use crate::bridge::{Change, Look, MessageView, Request, Thread};
use crate::domain::decide::Action;
use crate::domain::ids::{MessageId, TicketNumber};
use crate::domain::outbox::DeliveryState;
use crate::domain::trouble::Trouble;

pub use flow::{Flow, FlowLine, Kind};

#[derive(Debug, Default)]
pub struct ThreadPane {
    /// The ticket that is or will be shown.
    pub wanted: Option<TicketNumber>,
    pub thread: Option<Box<Thread>>,
    pub flow: Flow,
    /// The first line of the flow that is seen.
    pub top: usize,
    /// The message under the message cursor.
    pub message: usize,
    /// Blocks that were opened: message, and the block's place in it.
    unfolded: BTreeSet<(MessageId, usize)>,
    pub trouble: Option<Trouble>,
    /// The flow must be made anew.
    dirty: bool,
    /// The newest message is shown when the thread comes.
    to_newest: bool,
}

impl ThreadPane {
    /// The thread that is shown, if it is the one that is wanted.
    pub fn shown(&self) -> Option<&Thread> {
        self.thread
            .as_deref()
            .filter(|thread| Some(thread.line.ticket.number) == self.wanted)
    }

    pub fn current(&self) -> Option<&MessageView> {
        self.shown()?.messages.get(self.message)
    }

    /// The next moment at which a countdown on the screen changes.
    pub fn countdown(&self, now: Timestamp) -> Option<Timestamp> {
        let moving = self.shown()?.messages.iter().any(|message| {
            message.delivery.as_ref().is_some_and(
                |delivery| matches!(delivery.state, DeliveryState::Held { until } if until > now),
            )
        });
        moving
            .then(|| Timestamp::from_second(now.as_second() + 1).ok())
            .flatten()
    }
}

/// How many rows the head of the thread takes: subject, people, rule.
pub const HEAD_ROWS: u16 = 3;

/// The rows of messages within the pane.
pub fn messages_area(pane: Area) -> Area {
    pane.split_top(HEAD_ROWS).1
}

fn rows(app: &App) -> usize {
    app.screen()
        .thread
        .map_or(1, |pane| usize::from(messages_area(pane).height.max(1)))
}

/// Shows a ticket, without opening it.
pub fn show(app: &mut App, number: TicketNumber) -> Vec<Effect> {
    if app.thread.wanted == Some(number) {
        return Vec::new();
    }
    app.thread.wanted = Some(number);
    app.thread.trouble = None;
    app.thread.to_newest = true;
    reload(app)
}

/// Asks for the thread anew. What is shown stays until the answer is there.
pub fn reload(app: &mut App) -> Vec<Effect> {
    let Some(ticket) = app.thread.wanted else {
        return Vec::new();
    };
    let request = Request::Look(Look::Thread { ticket });
    let effect = app.look(Purpose::Thread(ticket), request);
    effect.into_iter().collect()
}

/// Gives the thread the keys; the ticket is read now.
pub fn enter(app: &mut App, number: TicketNumber) -> Vec<Effect> {
    let mut effects = show(app, number);
    app.focus = Pane::Thread;
    let unread = app
        .list
        .line_of(number)
        .is_some_and(|line| line.ticket.unread);
    if unread && !app.known.is_only_read() {
        effects.push(app.ask(
            Purpose::Act(super::acts::Act::read()),
            Request::Change(Change::Act {
                tickets: vec![number],
                action: Action::SetUnread(false),
            }),
        ));
    }
    effects
}

/// A thread came.
pub fn answer(app: &mut App, thread: Box<Thread>) {
    if app.thread.wanted != Some(thread.line.ticket.number) {
        return;
    }
    app.thread.trouble = None;
    let same = app
        .thread
        .thread
        .as_ref()
        .is_some_and(|old| old.line.ticket.number == thread.line.ticket.number);
    let count = thread.messages.len();
    app.thread.thread = Some(thread);
    app.thread.dirty = true;
    if !same {
        app.thread.unfolded.clear();
        app.thread.top = 0;
    }
    if std::mem::take(&mut app.thread.to_newest) || !same {
        app.thread.message = count.saturating_sub(1);
        settle(app);
        show_message(app);
    }
    app.thread.message = app.thread.message.min(count.saturating_sub(1));
}

pub fn failed(app: &mut App, ticket: TicketNumber, trouble: Trouble) {
    if app.thread.wanted == Some(ticket) {
        app.thread.trouble = Some(trouble);
    }
}

/// Wraps anew where the thread or the width changed.
pub fn settle(app: &mut App) {
    let Some(pane) = app.screen().thread else {
        return;
    };
    let width = usize::from(pane.width.saturating_sub(2));
    if (app.thread.dirty || app.thread.flow.width != width)
        && let Some(thread) = &app.thread.thread
    {
        app.thread.flow = Flow::new(thread, &app.thread.unfolded, width);
        app.thread.dirty = false;
    }
    let last = app.thread.flow.lines.len().saturating_sub(rows(app));
    app.thread.top = app.thread.top.min(last);
}

/// Scrolls by lines; the message cursor goes along.
pub fn scroll(app: &mut App, by: isize) -> Vec<Effect> {
    let rows = rows(app);
    let pane = &mut app.thread;
    let last = pane.flow.lines.len().saturating_sub(rows);
    pane.top = pane.top.saturating_add_signed(by).min(last);
    let seen = if pane.top == last && by > 0 {
        pane.flow.lines.len()
    } else {
        pane.top + rows / 3
    };
    if let Some(message) = pane.flow.message_at(seen) {
        pane.message = message;
    }
    Vec::new()
}

pub fn page(app: &App) -> usize {
    rows(app).max(2) - 1
}

/// Goes to another message.
pub fn step_message(app: &mut App, by: isize) -> Vec<Effect> {
    let count = app.thread.shown().map_or(0, |thread| thread.messages.len());
    let target = app.thread.message.saturating_add_signed(by);
    if target >= count || (by < 0 && app.thread.message == 0) {
        app.status.refuse(if by < 0 {
            "this is the first message"
        } else {
            "this is the last message"
        });
    }
    app.thread.message = target.min(count.saturating_sub(1));
    show_message(app);
    Vec::new()
}

/// Scrolls so that the message under the cursor is seen from its head.
fn show_message(app: &mut App) {
    let rows = rows(app);
    let pane = &mut app.thread;
    let Some((start, end)) = pane.flow.extent(pane.message) else {
        return;
    };
    if end <= pane.top + rows && start >= pane.top {
        return;
    }
    let last = pane.flow.lines.len().saturating_sub(rows);
    pane.top = if end.saturating_sub(start) <= rows && start > pane.top {
        end.saturating_sub(rows)
    } else {
        start
    }
    .min(last);
}

/// Opens or folds the quotes and signatures of the message under the cursor.
pub fn toggle_folds(app: &mut App) -> Vec<Effect> {
    let Some((id, blocks)) = app.thread.current().map(|message| {
        let folded: Vec<usize> = flow::folded_blocks(&message.text);
        (message.id, folded)
    }) else {
        return Vec::new();
    };
    if blocks.is_empty() {
        app.status.refuse("nothing is folded in this message");
        return Vec::new();
    }
    let open = blocks
        .iter()
        .any(|block| app.thread.unfolded.contains(&(id, *block)));
    for block in blocks {
        if open {
            app.thread.unfolded.remove(&(id, block));
        } else {
            app.thread.unfolded.insert((id, block));
        }
    }
    app.thread.dirty = true;
    settle(app);
    show_message(app);
    Vec::new()
}

/// A click on a line of the thread.
pub fn click(app: &mut App, row: usize) -> Vec<Effect> {
    let line = app.thread.top + row;
    if let Some(message) = app.thread.flow.message_at(line) {
        app.thread.message = message;
        let is_fold = app
            .thread
            .flow
            .lines
            .get(line)
            .is_some_and(|line| line.kind == Kind::Fold);
        if is_fold {
            return toggle_folds(app);
        }
    }
    Vec::new()
}
