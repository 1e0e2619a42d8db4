//! Paints the composer. A note has its own ground and edge, so that nobody takes it for a mail.

use super::canvas::Canvas;
use crate::app::App;
use crate::app::composer::plan::{self, HeaderRow, Plan};
use crate::app::composer::{Composer, Focus, signature_text, words};
use crate::app::layout::Area;
use crate::app::text::{DIM, Line, TEXT};
use crate::domain::clean::Clean;
use crate::domain::theme::{Ink, Role, Signal, Surface};

const WARNING: Role = Role::Signal(Signal::Warning);
/// Columns of the labels in the header.
const LABEL: u16 = 9;

pub fn paint(canvas: &mut Canvas<'_>, app: &App, composer: &Composer, area: Area) {
    let ground = if composer.is_note() {
        Surface::Note
    } else {
        Surface::Ground
    };
    canvas.fill(area, ground);
    if area.x > 0 {
        canvas.rule_left_of(area);
    }
    let Some(plan) = plan::of(app) else { return };
    title(canvas, app, composer, plan.title);
    for (row, at) in &plan.header {
        header_row(canvas, app, composer, row, at.inset(1));
    }
    text(canvas, composer, &plan);
    signature(canvas, app, composer, plan.signature);
    if plan.files.height > 0 {
        canvas.line(plan.files.inset(2), &words::files(composer));
    }
    warnings(canvas, &plan);
    if composer.is_note() {
        edge(canvas, area);
        canvas.ground(area, Surface::Note);
    }
    completion(canvas, composer, &plan, area);
}

/// The rule between thread and composer, with what it is and whether it is saved.
fn title(canvas: &mut Canvas<'_>, app: &App, composer: &Composer, at: Area) {
    canvas.rule(at);
    let inner = at.inset(1);
    let start = canvas.line_right(inner, &words::keeping(app, composer));
    let room = Area {
        width: start.saturating_sub(inner.x).saturating_sub(1),
        ..inner
    };
    canvas.line(room, &words::title(composer));
}

/// The left edge of a note.
fn edge(canvas: &mut Canvas<'_>, area: Area) {
    for row in 1..area.height {
        canvas.words(area.row(row), "┆", WARNING);
    }
}

fn header_row(canvas: &mut Canvas<'_>, app: &App, composer: &Composer, row: &HeaderRow, at: Area) {
    match row {
        HeaderRow::Folded => {
            canvas.line(at, &words::folded(app, composer));
        }
        HeaderRow::From => {
            let (label, rest) = at.split_left(LABEL);
            canvas.words(label, "From", DIM);
            if let Some((name, address)) = words::sender(app, composer) {
                let mut line = Line::new()
                    .clean(address, TEXT)
                    .say("  ", TEXT)
                    .clean(name, Role::Ink(Ink::Name));
                line.spans.extend(words::put_on(app, composer).spans);
                canvas.line(rest, &line);
            }
        }
        HeaderRow::Line(place) => {
            let (label, rest) = at.split_left(LABEL);
            canvas.words(label, place.label(), DIM);
            if let Some(field) = composer.header.field(*place) {
                canvas.field(rest, field, composer.focus == *place);
            }
        }
        HeaderRow::Fault(fault) => {
            canvas.text(at.split_left(LABEL).1, fault, Role::Signal(Signal::Trouble));
        }
    }
}

fn text(canvas: &mut Canvas<'_>, composer: &Composer, plan: &Plan) {
    for ((line, quoted), row) in composer.editor.seen().zip(0..) {
        let role = if quoted { Role::Ink(Ink::Quote) } else { TEXT };
        canvas.text(plan.text.row(row), &line, role);
    }
    let (top, rows, all) = composer.editor.position();
    if top + rows < all {
        let last = Area {
            x: plan.text.right(),
            y: plan.text.bottom().saturating_sub(1),
            width: 1,
            height: 1,
        };
        canvas.words(last, "↓", DIM);
    }
    if top > 0 {
        let first = Area {
            x: plan.text.right(),
            y: plan.text.y,
            width: 1,
            height: 1,
        };
        canvas.words(first, "↑", DIM);
    }
    if composer.focus == Focus::Body && composer.is_open() {
        canvas.cursor = composer.editor.cursor_on_screen().map(|(row, column)| {
            let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
            (
                plan.text.x.saturating_add(short(column)),
                plan.text.y.saturating_add(short(row)),
            )
        });
    }
}

fn signature(canvas: &mut Canvas<'_>, app: &App, composer: &Composer, area: Area) {
    if area.height == 0 {
        return;
    }
    let rule = area.row(0).inset(2);
    canvas.rule(rule.split_left(12).0);
    let lines = signature_text(app, composer);
    for (line, row) in lines.lines().zip(1..area.height) {
        canvas.text(area.row(row).inset(2), &line, DIM);
    }
}

fn warnings(canvas: &mut Canvas<'_>, plan: &Plan) {
    if plan.warnings.height == 0 {
        return;
    }
    canvas.fill(plan.warnings, Surface::Overlay);
    let keys = if plan.warnings.width < 72 {
        ": again? Esc writes on"
    } else {
        " · the same key sends it as it is, Esc goes on writing"
    };
    let head = Line::words("Before it goes", WARNING).say(keys, DIM);
    canvas.line(plan.warnings.row(0).inset(2), &head);
    for ((warning, is_first), row) in plan.warning_lines.iter().zip(1..plan.warnings.height) {
        let mark = if *is_first { "! " } else { "  " };
        let line = Line::words(mark, WARNING).clean(warning.clone(), TEXT);
        canvas.line(plan.warnings.row(row).inset(2), &line);
    }
    canvas.ground(plan.warnings, Surface::Overlay);
}

/// The people offered, below the line that is typed in.
fn completion(canvas: &mut Canvas<'_>, composer: &Composer, plan: &Plan, area: Area) {
    let Some(at) = plan
        .row_of(composer.focus)
        .filter(|_| composer.completion.is_open())
    else {
        return;
    };
    let inner = at.inset(1).split_left(LABEL).1;
    let found = &composer.completion.found;
    let rows = u16::try_from(found.len()).unwrap_or(u16::MAX);
    let list = Area {
        y: at.y + 1,
        height: rows.min(area.bottom().saturating_sub(at.y + 1)),
        ..inner
    };
    canvas.fill(list, Surface::Overlay);
    let top = composer
        .completion
        .selected
        .saturating_sub(usize::from(list.height.saturating_sub(1)));
    for ((index, person), row) in found.iter().enumerate().skip(top).zip(0..list.height) {
        let row = list.row(row);
        let line = Line::new()
            .clean(person.name.clone(), TEXT)
            .clean(Clean::from_static("  "), TEXT)
            .clean(person.address.clone(), DIM);
        canvas.line(row.split_left(1).1, &line);
        let is_chosen = index == composer.completion.selected;
        let ground = if is_chosen {
            Surface::Selection
        } else {
            Surface::Overlay
        };
        canvas.ground(row, ground);
        if is_chosen {
            canvas.words(row, "▌", Role::Ink(Ink::Key));
        }
    }
}
