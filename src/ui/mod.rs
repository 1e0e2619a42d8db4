//! Paints an [`App`] with a skin into cells, and does nothing else.
//!
//! Where things are is asked of `app::layout`; what is said is asked of `app`. Nothing here changes the app, waits,
//! or knows what a key is. A new layer is one line in [`layers`] and a file with a `paint`.

pub mod canvas;
mod composer;
mod desk;
mod layers;
mod list;
mod settings;
pub mod skin;
mod thread;
mod views;

use ratatui::buffer::Buffer;

use crate::app::App;
use crate::app::layout::{self, Area};
use crate::app::text::STRONG;
use crate::domain::theme::Surface;
use canvas::Canvas;
use skin::Skin;

/// Paints everything. Returns where the text cursor stands, if it is to be seen.
pub fn paint(app: &App, buffer: &mut Buffer, skin: &Skin) -> Option<(u16, u16)> {
    let size = app.surroundings.size;
    let whole = Area::new(0, 0, size.width, size.height);
    let mut canvas = Canvas::new(buffer, skin, app.preferences.plain_emoji);
    canvas.fill(whole, Surface::Ground);
    if layout::too_small(size.width, size.height) {
        too_small(&mut canvas, whole);
        return None;
    }
    let screen = app.screen();
    desk::top(&mut canvas, app, screen.top);
    if let Some(area) = screen.views {
        views::paint(&mut canvas, app, area);
    }
    if let Some(area) = screen.list {
        if screen.views.is_some() {
            canvas.rule_left_of(area);
        }
        list::paint(&mut canvas, app, area);
    }
    if let Some(area) = screen.thread {
        if screen.list.is_some() {
            canvas.rule_left_of(area);
        }
        thread::paint(&mut canvas, app, area);
    }
    desk::status(&mut canvas, app, screen.status);
    desk::bar(&mut canvas, app, screen.bar);
    layers::paint(&mut canvas, app, &screen);
    canvas.cursor
}

fn too_small(canvas: &mut Canvas<'_>, whole: Area) {
    let middle = whole.row(whole.height / 2);
    if whole.width >= 46 {
        canvas.words(
            middle,
            "this terminal is too small: 40×12 is the least",
            STRONG,
        );
        return;
    }
    canvas.words(middle, "this terminal is too small:", STRONG);
    canvas.words(
        whole.row(whole.height / 2 + 1),
        "40×12 is the least",
        STRONG,
    );
}
