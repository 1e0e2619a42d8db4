//! Answers on their way, and what to do about those that are stuck.

use jiff::Timestamp;

use super::App;
use super::asks::Purpose;
use super::event::Effect;
use super::layers::Layer;
use super::text::{DIM, Line, TEXT};
use super::when;
use crate::bridge::{OutboxLine, OutboxRequest, Request};
use crate::domain::outbox::DeliveryState;
use crate::domain::theme::{Role, Signal};

#[derive(Debug, Default)]
pub struct OutboxScreen {
    pub selected: usize,
}

impl OutboxScreen {
    pub fn settle(&mut self, count: usize) {
        self.selected = self.selected.min(count.saturating_sub(1));
    }
}

/// How many answers need a person.
pub fn trouble_count(app: &App) -> usize {
    app.known
        .outbox
        .iter()
        .filter(|line| {
            matches!(
                line.state,
                DeliveryState::Refused { .. } | DeliveryState::Uncertain { .. }
            )
        })
        .count()
}

pub fn open(app: &mut App) -> Vec<Effect> {
    app.layers.push(Layer::Outbox(OutboxScreen::default()));
    vec![app.ask(Purpose::Outbox, Request::Outbox(OutboxRequest::List))]
}

pub fn selected(app: &App) -> Option<&OutboxLine> {
    let screen = app.layers.iter().rev().find_map(|layer| match layer {
        Layer::Outbox(screen) => Some(screen),
        _ => None,
    })?;
    app.known.outbox.get(screen.selected)
}

pub fn step(app: &mut App, by: isize) -> Vec<Effect> {
    let last = app.known.outbox.len().saturating_sub(1);
    if let Some(Layer::Outbox(screen)) = app.layers.last_mut() {
        screen.selected = screen.selected.saturating_add_signed(by).min(last);
    }
    Vec::new()
}

/// Whether sending again makes sense.
pub fn may_retry(app: &App) -> Result<(), String> {
    match selected(app).map(|line| &line.state) {
        None => Err("the outbox is empty".into()),
        Some(
            DeliveryState::Deferred { .. }
            | DeliveryState::Refused { .. }
            | DeliveryState::Uncertain { .. },
        ) => Ok(()),
        Some(DeliveryState::Sent { .. }) => Err("it was sent; nothing is to be done".into()),
        Some(_) => Err("it is on its way by itself".into()),
    }
}

/// Whether nobody knows if the selected answer arrived.
pub fn is_in_doubt(app: &App) -> bool {
    selected(app).is_some_and(|line| matches!(line.state, DeliveryState::Uncertain { .. }))
}

pub fn may_mark(app: &App) -> Result<(), String> {
    match selected(app).map(|line| &line.state) {
        None => Err("the outbox is empty".into()),
        Some(DeliveryState::Uncertain { .. }) => Ok(()),
        Some(_) => Err("only an answer whose fate is uncertain can be marked as sent".into()),
    }
}

pub fn may_cancel(app: &App) -> Result<(), String> {
    match selected(app).map(|line| &line.state) {
        None => Err("the outbox is empty".into()),
        Some(DeliveryState::Sent { .. }) => Err("it was sent and cannot be called back".into()),
        Some(DeliveryState::Cancelled) => Err("it is cancelled already".into()),
        Some(DeliveryState::Sending | DeliveryState::Dot) => {
            Err("it is with the server at this moment; look again in a few seconds".into())
        }
        Some(_) => Ok(()),
    }
}

pub fn send(app: &mut App, request: OutboxRequest) -> Vec<Effect> {
    vec![
        app.ask(Purpose::Quiet, Request::Outbox(request)),
        app.ask(Purpose::Outbox, Request::Outbox(OutboxRequest::List)),
    ]
}

/// What is known about an answer, and whose move it is.
pub fn explanation(app: &App, line: &OutboxLine) -> Vec<Line> {
    let clock = |at| when::moment(at, app.now, &app.surroundings.zone, app.preferences.clock);
    let mut lines = vec![
        Line::words("To        ", DIM).clean(
            line.to
                .iter()
                .fold(crate::domain::clean::Clean::default(), |all, one| {
                    if all.is_empty() {
                        one.clone()
                    } else {
                        crate::domain::clean::Clean::line(&format!("{all}, {one}"))
                    }
                }),
            TEXT,
        ),
        Line::words("Queued    ", DIM).say(
            &format!(
                "{}, {}",
                clock(line.queued_at),
                when::count(line.attempts as usize, "attempt", "attempts")
            ),
            TEXT,
        ),
        Line::words("Message   ", DIM).clean(line.message_id.clone(), TEXT),
    ];
    lines.extend(fate(&line.state, clock));
    lines
}

/// What became of it, and what one can do.
fn fate(state: &DeliveryState, clock: impl Fn(Timestamp) -> String) -> Vec<Line> {
    let mut lines = Vec::new();
    let trouble = Role::Signal(Signal::Trouble);
    let mut say = |words: &str, role| lines.push(Line::words(words, role));
    match state {
        DeliveryState::Uncertain { since, known } => {
            say(
                &format!(
                    "Since {} nobody knows whether it was delivered: {known}.",
                    clock(*since)
                ),
                trouble,
            );
            say(
                "It is never sent again by itself, because the customer could get it twice. It settles by itself when the mail shows up in the Sent folder, a bounce comes, or the customer answers.",
                TEXT,
            );
            say(
                "If you know more: m marks it as sent, r sends the same mail once more, x gives it up.",
                TEXT,
            );
        }
        DeliveryState::Refused { recipients } => {
            for recipient in recipients {
                say(
                    &format!("{} was refused: {}", recipient.address, recipient.words),
                    trouble,
                );
            }
            say(
                "Nothing was delivered. r tries the same mail once more, x gives it up; the text stays in the ticket.",
                TEXT,
            );
        }
        DeliveryState::Deferred {
            next_try, words, ..
        } => {
            say(
                &format!("The server asks to wait: {words}"),
                Role::Signal(Signal::Warning),
            );
            say(
                &format!(
                    "The next attempt is {} by itself; r tries now.",
                    clock(*next_try)
                ),
                TEXT,
            );
        }
        DeliveryState::Sent { at, line: words } => {
            say(
                &format!("Sent {}; the server said: {words}", clock(*at)),
                Role::Signal(Signal::Good),
            );
        }
        _ => {}
    }
    lines
}
