//! The lines around the panes: top line, status, command bar.

use super::canvas::Canvas;
use crate::app::App;
use crate::app::bar;
use crate::app::layout::Area;
use crate::app::status::Tone;
use crate::app::text::{DIM, Line, TEXT};
use crate::app::topline;
use crate::domain::theme::{Ink, Role, Signal, Surface};

pub fn top(canvas: &mut Canvas<'_>, app: &App, area: Area) {
    canvas.fill(area, Surface::Bar);
    let inner = area.inset(1);
    let right = topline::right(app, usize::from(area.width));
    let left = topline::left(app);
    let width = usize::from(inner.width);
    let used = canvas.line(inner, &left);
    let start = canvas.line_right(inner, &right);
    let between = inner.split_left(used + 3).1;
    let room = usize::from(start.saturating_sub(between.x).saturating_sub(2));
    if room >= 8 && width > 50 {
        let health = topline::mailboxes(app, room);
        canvas.line(
            Area {
                width: u16::try_from(room).unwrap_or(0),
                ..between
            },
            &health,
        );
    }
    canvas.ground(area, Surface::Bar);
}

/// The rule above the bar, with what just happened in it.
pub fn status(canvas: &mut Canvas<'_>, app: &App, area: Area) {
    canvas.rule(area);
    let mut line = Line::new();
    if !app.keys.pending.is_empty() {
        let keys = crate::app::input::spell(&app.keys.pending);
        line = line.say(&format!(" {keys} … "), Role::Ink(Ink::Key));
    } else if let Some(said) = &app.status.said {
        let (mark, role) = match said.tone {
            Tone::Good => (" ✓ ", Role::Signal(Signal::Good)),
            Tone::Refused => (" · ", Role::Signal(Signal::Warning)),
            Tone::Trouble => (" ✗ ", Role::Signal(Signal::Trouble)),
        };
        line = line.say(mark, role).clean(said.text.clone(), TEXT);
        if let Some(hint) = &said.hint {
            line = line.say(" — ", DIM).clean(hint.clone(), DIM);
        }
        line = line.say(" ", TEXT);
    }
    canvas.line(area.inset(1), &line);
}

pub fn bar(canvas: &mut Canvas<'_>, app: &App, area: Area) {
    canvas.fill(area, Surface::Bar);
    for entry in bar::entries(app) {
        let place = Area {
            x: area.x + entry.x,
            width: area.width.saturating_sub(entry.x),
            ..area
        };
        let (key, word) = if entry.greyed {
            (DIM, DIM)
        } else {
            (Role::Ink(Ink::Key), TEXT)
        };
        let line = Line::new()
            .clean(entry.key.clone(), key)
            .say(" ", TEXT)
            .clean(entry.word.clone(), word);
        canvas.line(place, &line);
    }
    canvas.ground(area, Surface::Bar);
}
