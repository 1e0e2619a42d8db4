//! The mouse: a click selects or runs, the wheel scrolls. Never needed, and never surprising.

use super::App;
use super::bar;
use super::event::Effect;
use super::input::{Mouse, MouseAction};
use super::keys;
use super::layers::Layer;
use super::layout::{Area, Pane};
use super::list;
use super::thread;
use super::views;

/// Rows that one notch of the wheel moves.
const NOTCH: i64 = 3;

pub fn mouse(app: &mut App, mouse: Mouse) -> Vec<Effect> {
    let screen = app.screen();
    let by = match mouse.what {
        MouseAction::Click => 0,
        MouseAction::WheelUp => -NOTCH,
        MouseAction::WheelDown => NOTCH,
    };
    if by == 0 && screen.bar.contains(mouse.x, mouse.y) {
        return match bar::hit(app, mouse.x) {
            Some(command) => keys::invoke(app, command, ""),
            None => Vec::new(),
        };
    }
    match app.layers.last_mut() {
        Some(Layer::Sheet(sheet)) => {
            sheet.scroll(isize::try_from(by).unwrap_or(0));
            return Vec::new();
        }
        Some(Layer::Search(_)) | None => {}
        Some(Layer::Composer(_)) => {
            return match screen.thread {
                Some(area) if area.contains(mouse.x, mouse.y) && by != 0 => {
                    thread::scroll(app, isize::try_from(by).unwrap_or(0))
                }
                _ => super::composer::mouse(app, mouse),
            };
        }
        Some(Layer::Settings(_)) => return super::settings::mouse(app, mouse),
        Some(_) => return Vec::new(),
    }
    let inside = |area: Option<Area>| area.filter(|area| area.contains(mouse.x, mouse.y));
    if inside(screen.list).is_some() {
        return in_list(app, mouse, by);
    }
    if let Some(area) = inside(screen.thread) {
        return in_thread(app, area, mouse, by);
    }
    if let Some(area) = inside(screen.views) {
        return in_views(app, area, mouse, by);
    }
    Vec::new()
}

fn in_list(app: &mut App, mouse: Mouse, by: i64) -> Vec<Effect> {
    if by != 0 {
        return list::scroll(app, by);
    }
    app.focus = Pane::List;
    match list::hit(app, mouse.x, mouse.y) {
        Some(index) if index == app.list.place.cursor => match app.list.place.selected {
            Some(number) => thread::enter(app, number),
            None => Vec::new(),
        },
        Some(index) => list::go_to(app, index),
        None => Vec::new(),
    }
}

fn in_thread(app: &mut App, area: Area, mouse: Mouse, by: i64) -> Vec<Effect> {
    if by != 0 {
        return thread::scroll(app, isize::try_from(by).unwrap_or(0));
    }
    app.focus = Pane::Thread;
    let messages = thread::messages_area(area);
    if messages.contains(mouse.x, mouse.y) {
        thread::click(app, usize::from(mouse.y - messages.y))
    } else {
        Vec::new()
    }
}

fn in_views(app: &mut App, area: Area, mouse: Mouse, by: i64) -> Vec<Effect> {
    if by != 0 {
        let step = if by > 0 { 1 } else { -1 };
        let target = app.views.cursor.saturating_add_signed(step);
        return views::go_to(app, target);
    }
    let row = app.views.top + usize::from(mouse.y - area.y);
    let clicked = match app.views.rows().get(row) {
        Some(views::Row::View(index, _)) => Some(*index),
        _ => None,
    };
    match clicked {
        Some(index) => {
            app.focus = Pane::List;
            views::open(app, index)
        }
        None => Vec::new(),
    }
}
