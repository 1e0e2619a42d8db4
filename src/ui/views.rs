//! Paints the left pane.

use super::canvas::Canvas;
use crate::app::App;
use crate::app::layout::{Area, Pane};
use crate::app::text::{DIM, Line, TEXT};
use crate::app::views::Row;
use crate::bridge::ViewLine;
use crate::domain::clean::Clean;
use crate::domain::theme::{Ink, Role, Signal, Surface};

pub fn paint(canvas: &mut Canvas<'_>, app: &App, area: Area) {
    let rows = app.views.rows();
    if app.views.lines.is_none() {
        canvas.words(area.inset(1), "loading views …", DIM);
        return;
    }
    let open = app.views.open_index(&app.list.query);
    for (place, row) in rows
        .iter()
        .skip(app.views.top)
        .take(usize::from(area.height))
        .enumerate()
    {
        let at = area.row(u16::try_from(place).unwrap_or(u16::MAX));
        match row {
            Row::Heading(words) => {
                canvas.words(at.inset(1), words, Role::Ink(Ink::Title));
            }
            Row::View(index, line) => view(canvas, app, at, *index, line, open == Some(*index)),
        }
    }
}

fn view(
    canvas: &mut Canvas<'_>,
    app: &App,
    at: Area,
    index: usize,
    line: &ViewLine,
    is_open: bool,
) {
    let has_keys = app.focus == Pane::Views && app.layers.is_empty();
    if is_open {
        let mark = if has_keys { "▌" } else { "▸" };
        canvas.words(at, mark, Role::Ink(Ink::Key));
    }
    let name = if line.unread > 0 {
        Role::Ink(Ink::Unread)
    } else {
        TEXT
    };
    let digit = match index {
        0..=8 => format!("{} ", index + 1),
        _ => "  ".to_owned(),
    };
    let count = Clean::line(&line.count.to_string());
    let counted = if line.count == 0 {
        DIM
    } else if line.query.contains("is:overdue") {
        Role::Signal(Signal::Overdue)
    } else {
        TEXT
    };
    let inner = Area {
        x: at.x + 1,
        width: at.width.saturating_sub(2),
        ..at
    };
    let start = canvas.line_right(inner, &Line::new().clean(count, counted));
    let room = Area {
        width: start.saturating_sub(inner.x).saturating_sub(1),
        ..inner
    };
    canvas.line(
        room,
        &Line::words(&digit, DIM).clean(Clean::line(line.name.as_str()), name),
    );
    if is_open {
        let ground = if has_keys {
            Surface::Selection
        } else {
            Surface::SelectionIdle
        };
        canvas.ground(at, ground);
    }
}
