//! Paints the settings: title, list, page or form, and the line of help.

mod audit;
mod form;

use super::canvas::Canvas;
use crate::app::App;
use crate::app::layout::Area;
use crate::app::settings::audit as log;
use crate::app::settings::checks;
use crate::app::settings::folder_picker;
use crate::app::settings::rows::{self, Row};
use crate::app::settings::{Settings, layout};
use crate::app::text::{DIM, Line, STRONG};
use crate::app::when;
use crate::domain::theme::{Ink, Role, Surface};

pub fn paint(canvas: &mut Canvas<'_>, app: &App, settings: &Settings, area: Area) {
    canvas.fill(area, Surface::Ground);
    let places = layout::places(app);
    let (way, step) = layout::title(app);
    let inner = places.title.inset(1);
    let used = canvas.line(inner, &way);
    let rest = inner.split_left(used + 2).1;
    canvas.line_right(rest, &step);
    canvas.rule(places.rule);
    if let Some(at) = places.list {
        list(canvas, app, settings, at);
    }
    let Some(page) = places.page else { return };
    if let Some(list) = places.list {
        canvas.rule_left_of(Area {
            x: list.right() + 1,
            ..list
        });
    }
    if let Some(screen) = &settings.audit {
        audit::paint(canvas, app, screen, page);
        canvas.words(places.help, log::help(), DIM);
        return;
    }
    if let Some(shown) = checks::page(app, page) {
        for (row, line) in shown.rows.iter().enumerate() {
            canvas.line(page.row(u16::try_from(row).unwrap_or(u16::MAX)), line);
        }
        canvas.line(places.help, &shown.verdict);
        return;
    }
    if let Some(open) = &settings.open {
        form::paint(canvas, app, open, page);
        let face = open.face();
        let help = match settings.picker {
            Some(_) => folder_picker::HELP,
            None => face.help(face.focus()),
        };
        canvas.words(places.help, help, DIM);
        return;
    }
    let lines = layout::page(app, page.width);
    let last = lines.len().saturating_sub(usize::from(page.height));
    let top = settings.page_top.min(last);
    for (row, line) in lines.iter().skip(top).enumerate() {
        canvas.line(page.row(u16::try_from(row).unwrap_or(u16::MAX)), line);
    }
    let below = last - top;
    if below > 0 {
        let words = when::count(below, "line", "lines");
        let words = Line::words(&format!("{words} more: page-down shows them"), DIM);
        canvas.line(places.help, &words);
    } else if top > 0 {
        canvas.words(places.help, "the end; page-up goes back", DIM);
    }
}

fn list(canvas: &mut Canvas<'_>, app: &App, settings: &Settings, area: Area) {
    let top = layout::list_top(app, area.height);
    let shown = rows::all(app);
    for (row, entry) in shown
        .iter()
        .skip(top)
        .take(usize::from(area.height))
        .enumerate()
    {
        let at = area.row(u16::try_from(row).unwrap_or(u16::MAX));
        match entry {
            Row::Heading(words) => {
                canvas.words(at.inset(1), words, STRONG);
            }
            Row::Item(item, line) => {
                canvas.line(at.inset(2), line);
                if *item == settings.item {
                    canvas.words(at, "▌", Role::Ink(Ink::Key));
                    let ground = if settings.open.is_some() {
                        Surface::SelectionIdle
                    } else {
                        Surface::Selection
                    };
                    canvas.ground(at, ground);
                }
            }
        }
    }
}
