//! Paints what lies above the desk.

use super::canvas::Canvas;
use super::{composer, desk, settings};
use crate::app::App;
use crate::app::attachments::Attachments;
use crate::app::layers::Layer;
use crate::app::layout::{Area, Screen};
use crate::app::outbox::{self, OutboxScreen};
use crate::app::palette::Palette;
use crate::app::picker::{Choice, Picker};
use crate::app::prompt::{Prompt, Question};
use crate::app::search::Search;
use crate::app::sheet::{self, Sheet};
use crate::app::text::{DIM, Line, STRONG, TEXT, wrap};
use crate::app::thread::words;
use crate::app::when;
use crate::bridge::{DeliveryView, OutboxLine};
use crate::domain::clean::Clean;
use crate::domain::theme::{Ink, Role, Surface};

/// How many choices are seen at most.
const CHOICES: usize = 12;

pub fn paint(canvas: &mut Canvas<'_>, app: &App, screen: &Screen) {
    let top = app.layers.len().saturating_sub(1);
    for (place, layer) in app.layers.iter().enumerate() {
        let is_top = place == top;
        if !is_top {
            canvas.cursor = None;
        }
        match layer {
            Layer::Palette(palette) => self::palette(canvas, app, screen, palette),
            Layer::Prompt(prompt) => self::prompt(canvas, app, screen, prompt),
            Layer::Search(search) => self::search(canvas, screen, search),
            Layer::Sheet(sheet) => self::sheet(canvas, screen, sheet),
            Layer::Attachments(list) => attachments(canvas, app, screen, list),
            Layer::Outbox(outbox) => self::outbox(canvas, app, screen.body, outbox),
            Layer::Question(question) => self::question(canvas, screen, question),
            Layer::Composer(state) => {
                if let Some(area) = screen.composer {
                    composer::paint(canvas, app, state, area);
                }
            }
            Layer::Settings(state) => settings::paint(canvas, app, state, screen.body),
        }
    }
}

/// A panel of rows above the status line; its rule carries what happened.
fn panel(canvas: &mut Canvas<'_>, app: &App, screen: &Screen, rows: usize) -> Area {
    let most = screen.body.height.saturating_sub(1);
    let rows = u16::try_from(rows).unwrap_or(u16::MAX).clamp(1, most);
    let area = Area {
        y: screen.status.y.saturating_sub(rows),
        height: rows,
        ..screen.body
    };
    let rule = Area {
        y: area.y.saturating_sub(1),
        height: 1,
        ..area
    };
    canvas.fill(rule, Surface::Ground);
    desk::status(canvas, app, rule);
    canvas.fill(area, Surface::Overlay);
    canvas.fill(screen.status, Surface::Overlay);
    area
}

/// The line of input at the place of the status line.
fn input(canvas: &mut Canvas<'_>, at: Area, ask: &Clean, picker: &crate::app::field::Field) {
    let inner = at.inset(1);
    let used = canvas.text(inner, ask, Role::Ink(Ink::Key));
    canvas.field(inner.split_left(used + 1).1, picker, true);
}

fn palette(canvas: &mut Canvas<'_>, app: &App, screen: &Screen, palette: &Palette) {
    let shown = palette.picker.shown().len().clamp(1, CHOICES);
    let area = panel(canvas, app, screen, shown);
    choices(canvas, area, &palette.picker, 24);
    input(
        canvas,
        screen.status,
        &Clean::from_static(":"),
        &palette.picker.field,
    );
}

fn prompt(canvas: &mut Canvas<'_>, app: &App, screen: &Screen, prompt: &Prompt) {
    let shown = prompt.picker.shown().len().min(CHOICES);
    let area = panel(canvas, app, screen, shown.max(1));
    if shown > 0 {
        choices(canvas, area, &prompt.picker, 16);
    } else {
        canvas.text(area.inset(1), &Clean::line(prompt.command.doc), DIM);
    }
    input(canvas, screen.status, &prompt.ask, &prompt.picker.field);
}

/// Rows of choices: label, detail, key; the chosen one on its ground.
fn choices(canvas: &mut Canvas<'_>, area: Area, picker: &Picker, label_width: u16) {
    let rows = usize::from(area.height);
    let top = picker.top(rows);
    if picker.shown().len() == 0 {
        canvas.words(area.inset(2), "nothing like it", DIM);
        return;
    }
    let widest = picker
        .shown()
        .map(|choice| choice.label.cells())
        .max()
        .unwrap_or(0);
    let label_width = label_width.max(
        u16::try_from(widest + 2)
            .unwrap_or(u16::MAX)
            .min(area.width / 2),
    );
    for (row, choice) in picker.shown().enumerate().skip(top).take(rows) {
        let at = area.row(u16::try_from(row - top).unwrap_or(u16::MAX));
        choice_row(canvas, at, choice, label_width);
        if row == picker.selected {
            canvas.words(at, "▌", Role::Ink(Ink::Key));
            canvas.ground(at, Surface::Selection);
        }
    }
}

fn choice_row(canvas: &mut Canvas<'_>, at: Area, choice: &Choice, label_width: u16) {
    let inner = at.inset(2);
    let role = if choice.dimmed { DIM } else { TEXT };
    let (label, rest) = inner.split_left(label_width);
    canvas.text(
        Area {
            width: label.width.saturating_sub(1),
            ..label
        },
        &choice.label,
        role,
    );
    let (key, detail) = if choice.key.is_some() || label_width >= 24 {
        rest.split_left(9)
    } else {
        (Area::default(), rest)
    };
    if let Some(keys) = &choice.key {
        canvas.text(key, keys, Role::Ink(Ink::Key));
    }
    canvas.text(detail, &choice.detail, DIM);
}

fn search(canvas: &mut Canvas<'_>, screen: &Screen, search: &Search) {
    canvas.fill(screen.status, Surface::Overlay);
    input(
        canvas,
        screen.status,
        &Clean::from_static("/"),
        &search.field,
    );
}

fn sheet(canvas: &mut Canvas<'_>, screen: &Screen, sheet: &Sheet) {
    let page = sheet.area(screen);
    canvas.fill(page, Surface::Ground);
    let title = page.row(0).inset(1);
    let (first, rows, all) = sheet.position();
    let end = (first + rows).min(all);
    let place = if all > rows {
        format!("{}–{end} of {all}", first + 1)
    } else {
        String::new()
    };
    let start = canvas.line_right(title, &Line::words(&place, DIM));
    let room = Area {
        width: start.saturating_sub(title.x),
        ..title
    };
    canvas.text(room, &sheet.title, Role::Ink(Ink::Title));
    canvas.rule(page.row(1));
    let area = sheet::text_area(page);
    if sheet.is_waiting() {
        canvas.words(area, "Loading …", DIM);
    } else if all == 0 {
        canvas.words(area, "No line has these words; Esc shows all again.", DIM);
    }
    for (row, line) in sheet.visible().iter().enumerate() {
        canvas.line(area.row(u16::try_from(row).unwrap_or(u16::MAX)), line);
    }
    if sheet.is_typing() || !sheet.filter.is_empty() {
        canvas.fill(screen.status, Surface::Overlay);
        let inner = screen.status.inset(1);
        let used = canvas.words(inner, "find ", Role::Ink(Ink::Key));
        canvas.field(inner.split_left(used).1, &sheet.filter, sheet.is_typing());
    }
}

fn question(canvas: &mut Canvas<'_>, screen: &Screen, question: &Question) {
    let width = usize::from(screen.body.width.saturating_sub(4));
    let lines = wrap(&question.question, width);
    let rows = u16::try_from(lines.len()).unwrap_or(1);
    let area = Area {
        y: screen.status.bottom().saturating_sub(rows + 1),
        height: rows,
        ..screen.body
    };
    let rule = Area {
        y: area.y.saturating_sub(1),
        height: 1,
        ..area
    };
    canvas.fill(rule, Surface::Ground);
    canvas.rule(rule);
    canvas.fill(
        Area {
            height: rows + 1,
            ..area
        },
        Surface::Overlay,
    );
    for (row, line) in lines.iter().enumerate() {
        let at = area.row(u16::try_from(row).unwrap_or(0)).inset(2);
        canvas.text(at, line, STRONG);
    }
}

fn attachments(canvas: &mut Canvas<'_>, app: &App, screen: &Screen, list: &Attachments) {
    let area = panel(canvas, app, screen, list.items.len().min(CHOICES));
    let rows = usize::from(area.height);
    let top = list.selected.saturating_sub(rows.saturating_sub(1));
    for (index, item) in list.items.iter().enumerate().skip(top).take(rows) {
        let at = area.row(u16::try_from(index - top).unwrap_or(0));
        let size = Line::words(&when::size(item.attachment.size_bytes), TEXT)
            .say("  ", DIM)
            .clean(item.attachment.media_type.clone(), DIM)
            .say("  from ", DIM)
            .clean(item.from.clone(), DIM);
        let inner = at.inset(2);
        let name = canvas.text(
            inner.split_left(inner.width / 2).0,
            &item.attachment.name,
            TEXT,
        );
        canvas.line(inner.split_left(name.max(24) + 2).1, &size);
        if index == list.selected {
            canvas.words(at, "▌", Role::Ink(Ink::Key));
            canvas.ground(at, Surface::Selection);
        }
    }
    canvas.words(
        screen.status.inset(1),
        "Files are saved under a free name, never over another file.",
        DIM,
    );
}

fn outbox(canvas: &mut Canvas<'_>, app: &App, body: Area, state: &OutboxScreen) {
    canvas.fill(body, Surface::Ground);
    canvas.words(body.row(0).inset(1), "Outbox", Role::Ink(Ink::Title));
    if outbox::has_older(app) {
        let hint = Line::words("older ones: D in their tickets", DIM);
        canvas.line_right(body.row(0).inset(1), &hint);
    }
    canvas.rule(body.row(1));
    let rest = body.split_top(2).1;
    let lines = &app.known.outbox;
    if lines.is_empty() {
        canvas.words(
            rest.row(1).inset(2),
            "Nothing is on its way. Answers pass through here when they are sent.",
            DIM,
        );
        return;
    }
    let (list, below) = rest.split_top(rest.height.saturating_sub(9).max(3));
    let rows = usize::from(list.height);
    let top = state.selected.saturating_sub(rows.saturating_sub(1));
    let selected = outbox::selected(app);
    for (place, line) in lines.iter().skip(top).take(rows).enumerate() {
        let at = list.row(u16::try_from(place).unwrap_or(0));
        outbox_row(canvas, app, at, line);
        if selected.is_some_and(|selected| selected.id == line.id) {
            canvas.words(at, "▌", Role::Ink(Ink::Key));
            canvas.ground(at, Surface::Selection);
        }
    }
    canvas.rule(below.row(0));
    let Some(selected) = selected else { return };
    let area = below.split_top(1).1.inset(2);
    let mut row = 0;
    for line in outbox::explanation(app, selected) {
        let parts = match line.spans.as_slice() {
            [one] => wrap(&one.text, usize::from(area.width))
                .into_iter()
                .map(|part| Line::new().clean(part, one.role))
                .collect(),
            _ => vec![line],
        };
        for part in parts {
            canvas.line(area.row(row), &part);
            row += 1;
        }
    }
}

fn outbox_row(canvas: &mut Canvas<'_>, app: &App, at: Area, line: &OutboxLine) {
    let inner = at.inset(2);
    let view = DeliveryView {
        outbox: line.id,
        state: line.state.clone(),
        copy_trouble: None,
    };
    let (state, role) = words::delivery_words(app, &view);
    let (left, right) = inner.split_left(inner.width * 11 / 20);
    let to = line.to.first().cloned().unwrap_or_default();
    let (who, subject) = left.split_left(left.width * 2 / 5);
    let number = format!("#{} ", line.ticket);
    canvas.line(
        Area {
            width: who.width.saturating_sub(1),
            ..who
        },
        &Line::words(&number, DIM).clean(to, TEXT),
    );
    canvas.text(
        Area {
            width: subject.width.saturating_sub(1),
            ..subject
        },
        &line.subject,
        TEXT,
    );
    canvas.line(right, &Line::words(&state, role));
}
