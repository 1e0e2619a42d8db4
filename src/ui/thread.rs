//! Paints the opened ticket.

use super::canvas::Canvas;
use crate::app::App;
use crate::app::layout::{Area, Pane};
use crate::app::text::{DIM, Line, TEXT};
use crate::app::thread::{self, FlowLine, Kind, head, words};
use crate::domain::theme::{Ink, Role, Signal, Surface};

pub fn paint(canvas: &mut Canvas<'_>, app: &App, area: Area) {
    let Some(thread) = app.thread.shown() else {
        waiting(canvas, app, area);
        return;
    };
    canvas.rule(area.row(2));
    head_row(
        canvas,
        area.row(0).inset(1),
        head::first(app, thread, area.width),
    );
    head_row(
        canvas,
        area.row(1).inset(1),
        head::second(app, thread, area.width),
    );
    let messages = thread::messages_area(area);
    let rows = usize::from(messages.height);
    let flow = &app.thread.flow;
    for (row, line) in flow
        .lines
        .iter()
        .skip(app.thread.top)
        .take(rows)
        .enumerate()
    {
        let at = messages.row(u16::try_from(row).unwrap_or(u16::MAX));
        flow_line(canvas, app, at, line);
    }
    position(canvas, area.row(2), app.thread.top, rows, flow.lines.len());
}

/// Left and right of a head's row; the right one goes where there is no room for it.
fn head_row(canvas: &mut Canvas<'_>, at: Area, (left, right): (Line, Line)) {
    let start = canvas.line_right(at, &right);
    let room = start
        .saturating_sub(at.x)
        .saturating_sub(u16::from(!right.spans.is_empty()) * 2);
    canvas.line(Area { width: room, ..at }, &left);
}

fn waiting(canvas: &mut Canvas<'_>, app: &App, area: Area) {
    let at = area.row(1).inset(2);
    if let Some(trouble) = &app.thread.trouble {
        let line = Line::words(&trouble.to_string(), Role::Signal(Signal::Trouble));
        canvas.line(at, &line);
        if let Some(hint) = &trouble.hint {
            canvas.line(area.row(2).inset(2), &Line::words(hint, DIM));
        }
    } else if let Some(number) = app.thread.wanted {
        canvas.line(at, &Line::words(&format!("Loading #{number} …"), DIM));
    } else if !app.list.is_empty() {
        canvas.words(at, "Enter opens the ticket under the cursor.", DIM);
    }
}

fn flow_line(canvas: &mut Canvas<'_>, app: &App, at: Area, line: &FlowLine) {
    if line.is_note {
        canvas.fill(at, Surface::Note);
        canvas.words(at.split_left(1).1, "┆", Role::Signal(Signal::Warning));
    }
    let indent = match (line.kind, line.is_note) {
        (Kind::Head, false) => 1,
        _ => 3,
    };
    let inner = at.split_left(indent).1;
    let inner = Area {
        width: inner.width.saturating_sub(1),
        ..inner
    };
    match line.kind {
        Kind::Head => head_line(canvas, app, at, inner, line),
        Kind::Gap => {}
        _ => {
            canvas.line(inner, &line.line);
        }
    }
    if line.is_note {
        canvas.ground(at, Surface::Note);
    }
}

fn head_line(canvas: &mut Canvas<'_>, app: &App, at: Area, inner: Area, line: &FlowLine) {
    let Some(message) = app
        .thread
        .shown()
        .and_then(|thread| thread.messages.get(line.message))
    else {
        return;
    };
    let who = words::who(message);
    let left = u16::try_from(who.cells())
        .unwrap_or(u16::MAX)
        .min(inner.width / 2);
    let right_room = inner.split_left(left + 2).1;
    let start = canvas.line_right(right_room, &words::right(app, message));
    let room = Area {
        width: start.saturating_sub(inner.x).saturating_sub(2),
        ..inner
    };
    canvas.line(room, &who);
    if app.focus == Pane::Thread && line.message == app.thread.message {
        canvas.words(at, "▌", Role::Ink(Ink::Key));
    }
}

/// How far one has read, in the rule.
fn position(canvas: &mut Canvas<'_>, rule: Area, top: usize, rows: usize, all: usize) {
    if all <= rows {
        return;
    }
    let end = (top + rows).min(all);
    let words = if end == all {
        " end ".to_owned()
    } else {
        format!(" {}% ", end * 100 / all)
    };
    let at = Area {
        width: rule.width.saturating_sub(2),
        ..rule
    };
    canvas.line_right(at, &Line::words(&words, DIM).say("", TEXT));
}
