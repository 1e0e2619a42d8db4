//! Paints the rows of a form. A secret is only ever painted as dots.

use crate::app::App;
use crate::app::field::Field;
use crate::app::layout::Area;
use crate::app::settings::form::Input;
use crate::app::settings::grammar::Kind;
use crate::app::settings::layout::{self, FormRow, LABEL_WIDTH};
use crate::app::settings::{Face, Open};
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::domain::clean::Clean;
use crate::domain::theme::{Ink, Role, Signal, Surface};
use crate::ui::canvas::Canvas;

/// A value wider than this is hard to read.
const VALUE_WIDTH: u16 = 44;

pub fn paint(canvas: &mut Canvas<'_>, app: &App, open: &Open, area: Area) {
    let face = open.face();
    let (rows, top) = layout::form_rows(app, area);
    for (row, entry) in rows
        .iter()
        .skip(top)
        .take(usize::from(area.height))
        .enumerate()
    {
        let at = area.row(u16::try_from(row).unwrap_or(u16::MAX));
        match entry {
            FormRow::Words(line) => {
                canvas.line(at, line);
            }
            FormRow::Field(index) => {
                let in_focus = *index == face.focus();
                let changed = face.is_changed(*index) && !open.is_new();
                label(canvas, face.label(*index), in_focus, changed, at);
                field(canvas, face, *index, in_focus, at);
            }
            FormRow::Part(index, line) => part(canvas, face, *index, *line, at),
        }
    }
}

/// The label's part of a row, and the value's.
fn halves(at: Area) -> (Area, Area) {
    at.split_left(LABEL_WIDTH.min(at.width / 2))
}

fn label(canvas: &mut Canvas<'_>, words: &'static str, in_focus: bool, changed: bool, at: Area) {
    let head = halves(at).0;
    let mark = if in_focus { "▌" } else { " " };
    let changed = if changed { "•" } else { " " };
    let role = if in_focus { STRONG } else { DIM };
    let label = Line::words(mark, Role::Ink(Ink::Key))
        .say(changed, Role::Signal(Signal::Mark))
        .say(words, role);
    canvas.line(
        Area {
            width: head.width.saturating_sub(1),
            ..head
        },
        &label,
    );
}

fn field(canvas: &mut Canvas<'_>, face: &dyn Face, index: usize, in_focus: bool, at: Area) {
    let rest = halves(at).1;
    let value = Area {
        width: rest.width.min(VALUE_WIDTH),
        ..rest
    };
    let typing = in_focus && face.is_editing();
    let used = match (face.kind(index), face.input(index)) {
        (Kind::Choice | Kind::Toggle, _) => choice(canvas, face, index, in_focus, value),
        (Kind::Secret, _) => secret(canvas, face.secret_length(index), typing, value),
        (Kind::Lines, _) => canvas.words(
            value,
            if typing { "" } else { "Enter or ctrl-e edits" },
            DIM,
        ),
        (kind, Some(Input::Line(text))) => {
            let short = if kind == Kind::Number { 9 } else { value.width };
            let value = Area {
                width: short.min(value.width),
                ..value
            };
            line(canvas, text, typing, value);
            value.width
        }
        _ => 0,
    };
    if let Some(note) = face
        .note(index)
        .filter(|_| !layout::is_long(face.kind(index), face, index))
    {
        let beside = rest.split_left(used + 2).1;
        canvas.line(beside, &Line::words(&note, DIM));
    }
}

fn choice(canvas: &mut Canvas<'_>, face: &dyn Face, index: usize, in_focus: bool, at: Area) -> u16 {
    let text = face.text(index);
    let label = face
        .options(index)
        .into_iter()
        .find(|(value, _)| *value == text)
        .map_or(text, |(_, label)| label);
    let line = if in_focus {
        Line::words("‹ ", Role::Ink(Ink::Key))
            .say(&label, STRONG)
            .say(" ›", Role::Ink(Ink::Key))
    } else {
        Line::words(&label, TEXT)
    };
    canvas.line(at, &line)
}

fn secret(canvas: &mut Canvas<'_>, length: usize, typing: bool, at: Area) -> u16 {
    let room = usize::from(at.width.saturating_sub(1));
    let dots = Field::new(&"•".repeat(length.min(room)));
    canvas.field(at, &dots, typing);
    if length == 0 && !typing {
        canvas.words(at, "not typed", DIM);
    }
    at.width
}

fn part(canvas: &mut Canvas<'_>, face: &dyn Face, index: usize, line: usize, at: Area) {
    let Some(Input::Lines(lines)) = face.input(index) else {
        return;
    };
    let (all, row) = lines.shown();
    if let Some(text) = all.get(line) {
        let inner = at.inset(2);
        let typing = face.is_editing() && index == face.focus() && line == row;
        self::line(canvas, text, typing, inner);
    }
}

/// A line of text: with its cursor while it is typed, from its beginning otherwise.
fn line(canvas: &mut Canvas<'_>, text: &Field, typing: bool, at: Area) {
    if typing {
        canvas.field(at, text, true);
        return;
    }
    canvas.text(at, &Clean::line(text.text()), TEXT);
    canvas.ground(Area { height: 1, ..at }, Surface::Field);
}
