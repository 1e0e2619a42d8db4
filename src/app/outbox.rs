//! Answers on their way, and what to do about those that are stuck.

use jiff::Timestamp;

use super::App;
use super::asks::Purpose;
use super::event::Effect;
use super::layers::Layer;
use super::text::{DIM, Line, TEXT};
use super::when;
use crate::bridge::{OutboxLine, OutboxRequest, Request};
use crate::domain::ids::OutboxId;
use crate::domain::outbox::{DeliveryState, Listed};
use crate::domain::theme::{Role, Signal};

/// How many answers are listed whose fate is settled: what an operator has sent lately, to look at it once more.
const SETTLED_SHOWN: u32 = 100;

#[derive(Debug, Default)]
pub struct OutboxScreen {
    pub selected: usize,
    /// The answer under the cursor: it keeps the cursor when others come above it.
    on: Option<OutboxId>,
    /// The answer for which the screen was opened, or that was decided about last. It is listed however old it is: one
    /// that went away when it is settled would leave the cursor, and the next key, to another.
    about: Option<OutboxId>,
}

impl OutboxScreen {
    pub fn settle(&mut self, lines: &[OutboxLine]) {
        let place = lines.iter().position(|line| Some(line.id) == self.on);
        self.selected = place.unwrap_or(self.selected.min(lines.len().saturating_sub(1)));
        // Where the wanted one has not come yet, the cursor still waits for it.
        if self.on.is_none() || self.on != self.about {
            self.on = lines.get(self.selected).map(|line| line.id);
        }
    }
}

/// Looks at the outbox.
pub fn look(app: &mut App) -> Option<Effect> {
    let listed = Listed::Open {
        latest: SETTLED_SHOWN,
        with: screen(app).and_then(|screen| screen.about),
    };
    let request = Request::Outbox(OutboxRequest::List(listed));
    app.look(Purpose::Outbox, request)
}

/// Whether more was settled than is listed.
pub fn has_older(app: &App) -> bool {
    let lines = app.known.outbox.iter();
    let settled = lines.filter(|line| {
        matches!(
            line.state,
            DeliveryState::Sent { .. } | DeliveryState::Cancelled
        )
    });
    settled.count() >= SETTLED_SHOWN as usize
}

fn screen(app: &App) -> Option<&OutboxScreen> {
    app.layers.iter().rev().find_map(|layer| match layer {
        Layer::Outbox(screen) => Some(screen),
        _ => None,
    })
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

/// Opens the screen, at this answer if one is given.
pub fn open(app: &mut App, about: Option<OutboxId>) -> Vec<Effect> {
    app.layers.push(Layer::Outbox(OutboxScreen {
        on: about,
        about,
        ..OutboxScreen::default()
    }));
    look(app).into_iter().collect()
}

pub fn selected(app: &App) -> Option<&OutboxLine> {
    let screen = screen(app)?;
    let line = app.known.outbox.get(screen.selected)?;
    // While the wanted one is on its way, no other one is decided about by mistake.
    screen.on.is_none_or(|on| on == line.id).then_some(line)
}

pub fn step(app: &mut App, by: isize) -> Vec<Effect> {
    let lines = &app.known.outbox;
    if let Some(Layer::Outbox(screen)) = app.layers.last_mut() {
        let last = lines.len().saturating_sub(1);
        screen.selected = screen.selected.saturating_add_signed(by).min(last);
        screen.on = lines.get(screen.selected).map(|line| line.id);
    }
    Vec::new()
}

fn nothing_selected(app: &App) -> String {
    match app.known.outbox.is_empty() {
        true => "the outbox is empty".into(),
        false => "this answer is still being looked up".into(),
    }
}

/// Whether sending again makes sense.
pub fn may_retry(app: &App) -> Result<(), String> {
    match selected(app).map(|line| &line.state) {
        None => Err(nothing_selected(app)),
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
        None => Err(nothing_selected(app)),
        Some(DeliveryState::Uncertain { .. }) => Ok(()),
        Some(_) => Err("only an answer whose fate is uncertain can be marked as sent".into()),
    }
}

pub fn may_cancel(app: &App) -> Result<(), String> {
    match selected(app).map(|line| &line.state) {
        None => Err(nothing_selected(app)),
        Some(DeliveryState::Sent { .. }) => Err("it was sent and cannot be called back".into()),
        Some(DeliveryState::Cancelled) => Err("it is cancelled already".into()),
        Some(DeliveryState::Sending | DeliveryState::Dot) => {
            Err("it is with the server at this moment; look again in a few seconds".into())
        }
        Some(_) => Ok(()),
    }
}

/// Does what was decided about the selected answer.
pub fn send(app: &mut App, request: OutboxRequest) -> Vec<Effect> {
    if let Some(Layer::Outbox(screen)) = app.layers.last_mut() {
        screen.about = screen.on;
    }
    let mut effects = vec![app.ask(Purpose::Quiet, Request::Outbox(request))];
    effects.extend(look(app));
    effects
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
                &format!("Not sent yet: {words}"),
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
