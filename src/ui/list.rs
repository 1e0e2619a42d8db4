//! Paints the list of tickets: one row a ticket where there is room, else two.

use super::canvas::Canvas;
use crate::app::App;
use crate::app::layout::{Area, Pane};
use crate::app::list::{self as pane, faces};
use crate::app::text::{DIM, Line, TEXT};
use crate::app::topline;
use crate::bridge::TicketLine;
use crate::domain::clean::Clean;
use crate::domain::theme::{Ink, Role, Signal, Surface};

/// The columns of a one-row ticket, in cells.
const AGE: u16 = 6;
const FLAGS: u16 = 5;
const CLOCK: u16 = 7;
const NUMBER: u16 = 7;

pub fn paint(canvas: &mut Canvas<'_>, app: &App, area: Area) {
    let screen = app.screen();
    let Some(rows) = pane::rows_area(&screen) else {
        return;
    };
    if rows.y > area.y {
        canvas.line(area.row(0).inset(1), &topline::list_title(app));
    }
    if let Some(face) = faces::face(app, usize::from(rows.width.saturating_sub(4))) {
        for (index, line) in face.iter().enumerate() {
            let row = u16::try_from(index + 1).unwrap_or(u16::MAX);
            canvas.line(rows.row(row).inset(2), line);
        }
        return;
    }
    let height = pane::row_height(rows);
    let total = app.list.total.unwrap_or(0);
    for slot in 0..rows.height / height {
        let index = app.list.place.top + u32::from(slot);
        if index >= total {
            break;
        }
        let at = Area {
            y: rows.y + slot * height,
            height,
            ..rows
        };
        match app.list.rows.get(&index) {
            Some(line) => ticket(canvas, app, at, index, line),
            None => {
                canvas.words(at.inset(3), "…", DIM);
            }
        }
    }
}

/// Paints one ticket.
fn ticket(canvas: &mut Canvas<'_>, app: &App, at: Area, index: u32, line: &TicketLine) {
    let is_selected = index == app.list.place.cursor;
    let first = at.row(0);
    let marked = app.list.marks.contains(&line.ticket.number);
    let inner = Area {
        x: at.x + 1,
        width: at.width.saturating_sub(1),
        ..first
    };
    let (mark, role) = if marked {
        ("✓", Role::Signal(Signal::Mark))
    } else if line.ticket.unread {
        ("●", Role::Ink(Ink::Unread))
    } else {
        (" ", TEXT)
    };
    canvas.text(inner, &Clean::line(mark), role);
    let (age, rest) = inner.split_left(2).1.split_left(AGE);
    canvas.text(age, &Clean::line(&faces::age(app, line)), DIM);
    let rest = rest.split_left(1).1;
    let lit = if at.height == 1 {
        one_row(canvas, app, rest, line);
        at.right()
    } else {
        two_rows(canvas, app, at, rest, line)
    };
    if is_selected {
        let lit = first.split_left(lit.saturating_sub(at.x)).0;
        select(canvas, app, lit);
    }
}

/// Marks the row under the cursor: no more of it than a slow line carries in an instant.
fn select(canvas: &mut Canvas<'_>, app: &App, at: Area) {
    let has_keys = app.focus == Pane::List;
    let ground = if has_keys {
        Surface::Selection
    } else {
        Surface::SelectionIdle
    };
    canvas.words(
        at.row(0),
        if has_keys { "▌" } else { "▏" },
        Role::Ink(Ink::Key),
    );
    canvas.ground(at.row(0), ground);
}

fn subject_role(line: &TicketLine) -> Role {
    if line.ticket.unread {
        Role::Ink(Ink::Unread)
    } else {
        TEXT
    }
}

fn one_row(canvas: &mut Canvas<'_>, app: &App, at: Area, line: &TicketLine) {
    let assignee = if at.width >= 90 { 11 } else { 0 };
    let who_width = (at.width / 4).clamp(14, 28);
    let (who, rest) = at.split_left(who_width);
    let fixed = FLAGS + CLOCK + NUMBER + assignee + 1;
    let (subject, rest) = rest
        .split_left(1)
        .1
        .split_left(rest.width.saturating_sub(1 + fixed));
    canvas.line(
        Area {
            width: who.width.saturating_sub(1),
            ..who
        },
        &faces::who(line, usize::from(who.width.saturating_sub(1))),
    );
    canvas.text(subject, &faces::subject(line), subject_role(line));
    let (flags, rest) = rest.split_left(1).1.split_left(FLAGS);
    canvas.line(flags, &faces::flags(line));
    let (owner, rest) = rest.split_left(assignee);
    if let Some(login) = &line.assignee {
        canvas.line(owner, &Line::words("@", DIM).clean(login.clone(), DIM));
    }
    let (clock, number) = rest.split_left(CLOCK);
    canvas.line(clock, &faces::clock(app, line));
    let number = Area {
        width: number.width.saturating_sub(1),
        ..number
    };
    canvas.line_right(
        number,
        &Line::words(&format!("#{}", line.ticket.number), DIM),
    );
}

/// Paints both rows; returns the first column of what runs at the right.
fn two_rows(canvas: &mut Canvas<'_>, app: &App, at: Area, first: Area, line: &TicketLine) -> u16 {
    let first = Area {
        x: first.x,
        width: first.width.saturating_sub(1),
        ..first
    };
    let mut right = faces::flags(line);
    let clock = faces::clock(app, line);
    if !right.spans.is_empty() && !clock.spans.is_empty() {
        right = right.say(" ", TEXT);
    }
    right.spans.extend(clock.spans);
    let clock_at = canvas.line_right(first, &right);
    let who = Area {
        width: clock_at.saturating_sub(first.x).saturating_sub(1),
        ..first
    };
    canvas.line(who, &faces::who(line, usize::from(who.width)));
    let second = Area {
        x: first.x,
        width: first.width,
        ..at.row(1)
    };
    let owner = match &line.assignee {
        Some(login) => Line::words("@", DIM).clean(login.clone(), DIM),
        None => Line::new(),
    };
    let start = canvas.line_right(second, &owner);
    let subject = Area {
        width: start
            .saturating_sub(second.x)
            .saturating_sub(u16::from(line.assignee.is_some())),
        ..second
    };
    canvas.text(subject, &faces::subject(line), subject_role(line));
    clock_at
}
