//! Moving about: rows, pages, panes, messages.

use crate::app::App;
use crate::app::event::Effect;
use crate::app::layers::Layer;
use crate::app::layout::Pane;
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::{attachments, list, outbox, thread, views};

const ROWS: &[Scope] = &[
    Scope::Views,
    Scope::List,
    Scope::Thread,
    Scope::Sheet,
    Scope::Attachments,
    Scope::Outbox,
];
const PAGES: &[Scope] = &[Scope::List, Scope::Thread, Scope::Sheet];

pub const TABLE: &[Command] = &[
    command("cursor-down", "Down", "Goes one row down.", |app, _| {
        step(app, 1)
    })
    .at(Group::Moving, ROWS)
    .keys(&["j", "down"]),
    command("cursor-up", "Up", "Goes one row up.", |app, _| {
        step(app, -1)
    })
    .at(Group::Moving, ROWS)
    .keys(&["k", "up"]),
    command("page-down", "Page down", "Goes one page down.", |app, _| {
        page(app, 2)
    })
    .at(Group::Moving, PAGES)
    .keys(&["page-down", "ctrl-f"]),
    command("page-up", "Page up", "Goes one page up.", |app, _| {
        page(app, -2)
    })
    .at(Group::Moving, PAGES)
    .keys(&["page-up", "ctrl-b"]),
    command(
        "half-page-down",
        "Half a page down",
        "Goes half a page down.",
        |app, _| page(app, 1),
    )
    .at(Group::Moving, PAGES)
    .keys(&["ctrl-d"]),
    command(
        "half-page-up",
        "Half a page up",
        "Goes half a page up.",
        |app, _| page(app, -1),
    )
    .at(Group::Moving, PAGES)
    .keys(&["ctrl-u"]),
    command("first", "First", "Goes to the first row.", |app, _| {
        to_end(app, false)
    })
    .at(Group::Moving, PAGES)
    .keys(&["g g", "home"]),
    command("last", "Last", "Goes to the last row.", |app, _| {
        to_end(app, true)
    })
    .at(Group::Moving, PAGES)
    .keys(&["G", "end"]),
    command(
        "read-on",
        "Read on",
        "Scrolls the thread one page without leaving the list.",
        |app, _| {
            let page = isize::try_from(thread::page(app)).unwrap_or(1);
            thread::scroll(app, page)
        },
    )
    .at(Group::Moving, &[Scope::List, Scope::Thread])
    .keys(&["space"]),
    command(
        "next-message",
        "Next message",
        "Goes to the next message of the ticket.",
        |app, _| thread::step_message(app, 1),
    )
    .at(Group::Moving, &[Scope::Thread])
    .keys(&["n"]),
    command(
        "previous-message",
        "Previous message",
        "Goes to the message before.",
        |app, _| thread::step_message(app, -1),
    )
    .at(Group::Moving, &[Scope::Thread])
    .keys(&["N"]),
    command(
        "next-ticket",
        "Next ticket",
        "Opens the next ticket of the list.",
        |app, _| other_ticket(app, 1),
    )
    .at(Group::Moving, &[Scope::Thread])
    .keys(&["J"])
    .bar("next", 60),
    command(
        "previous-ticket",
        "Previous ticket",
        "Opens the ticket before in the list.",
        |app, _| other_ticket(app, -1),
    )
    .at(Group::Moving, &[Scope::Thread])
    .keys(&["K"]),
    command(
        "open",
        "Open",
        "Opens what is under the cursor.",
        |app, _| open(app),
    )
    .at(Group::Moving, &[Scope::Views, Scope::List])
    .keys(&["enter", "right"])
    .bar("open", 1),
    command(
        "next-pane",
        "Next pane",
        "Gives the keys to the next pane.",
        |app, _| pane(app, 1),
    )
    .at(Group::Moving, &[Scope::Desk])
    .keys(&["tab"]),
    command(
        "previous-pane",
        "Previous pane",
        "Gives the keys to the pane before.",
        |app, _| pane(app, -1),
    )
    .at(Group::Moving, &[Scope::Desk])
    .keys(&["shift-tab"]),
    command(
        "back",
        "Back",
        "Leaves the thread, the search, the marks, the range: one step back.",
        |app, _| back(app),
    )
    .at(Group::Moving, &[Scope::Views, Scope::List, Scope::Thread])
    .keys(&["esc"]),
    command(
        "leave-thread",
        "Back to the list",
        "Goes from the thread back to the list.",
        |app, _| back(app),
    )
    .at(Group::Moving, &[Scope::Thread])
    .keys(&["q", "left"])
    .bar("list", 70),
    command("to-views", "Views", "Goes to the views.", |app, _| {
        app.focus = Pane::Views;
        Vec::new()
    })
    .at(Group::Moving, &[Scope::List])
    .keys(&["left", "h"]),
];

fn step(app: &mut App, by: isize) -> Vec<Effect> {
    match app.layers.last_mut() {
        Some(Layer::Sheet(sheet)) => {
            sheet.scroll(by);
            Vec::new()
        }
        Some(Layer::Attachments(_)) => attachments::step(app, by),
        Some(Layer::Outbox(_)) => outbox::step(app, by),
        _ => match app.focus {
            Pane::Views => {
                let target = app.views.cursor.saturating_add_signed(by);
                views::go_to(app, target)
            }
            Pane::List => list::step(app, i64::try_from(by).unwrap_or(0)),
            Pane::Thread => thread::scroll(app, by),
        },
    }
}

/// Moves by half pages.
fn page(app: &mut App, halves: isize) -> Vec<Effect> {
    if let Some(Layer::Sheet(sheet)) = app.layers.last_mut() {
        let page = isize::try_from(sheet.page()).unwrap_or(1);
        sheet.scroll(page * halves / 2);
        return Vec::new();
    }
    if app.focus == Pane::Thread {
        let page = isize::try_from(thread::page(app)).unwrap_or(1);
        return thread::scroll(app, page * halves / 2);
    }
    let page = i64::from(list::capacity(app).saturating_sub(1).max(1));
    let by = page * i64::try_from(halves).unwrap_or(0) / 2;
    let before = app.list.place;
    list::scroll(app, by);
    let row = i64::from(before.cursor) - i64::from(before.top);
    let target = if app.list.place.top == before.top {
        i64::from(before.cursor) + by
    } else {
        i64::from(app.list.place.top) + row
    };
    list::go_to(app, u32::try_from(target.max(0)).unwrap_or(0))
}

fn to_end(app: &mut App, last: bool) -> Vec<Effect> {
    if let Some(Layer::Sheet(sheet)) = app.layers.last_mut() {
        if last {
            sheet.to_end();
        } else {
            sheet.to_start();
        }
        return Vec::new();
    }
    match (app.focus, last) {
        (Pane::Thread, true) => thread::scroll(app, isize::MAX / 2),
        (Pane::Thread, false) => thread::scroll(app, isize::MIN / 2),
        (_, true) => list::go_to(app, u32::MAX),
        (_, false) => list::go_to(app, 0),
    }
}

fn other_ticket(app: &mut App, by: i64) -> Vec<Effect> {
    let before = app.list.place.cursor;
    let mut effects = list::step(app, by);
    if app.list.place.cursor == before {
        app.status.refuse(if by > 0 {
            "this is the last ticket of the list"
        } else {
            "this is the first ticket of the list"
        });
        return effects;
    }
    match app.list.place.selected {
        Some(number) => effects.extend(thread::enter(app, number)),
        None => app.focus = Pane::List,
    }
    effects
}

fn open(app: &mut App) -> Vec<Effect> {
    if app.focus == Pane::Views {
        app.focus = Pane::List;
        return Vec::new();
    }
    match app.list.place.selected {
        Some(number) => thread::enter(app, number),
        None => {
            app.status.refuse(if app.list.is_empty() {
                "there is nothing to open here"
            } else {
                "this row is still loading"
            });
            Vec::new()
        }
    }
}

fn pane(app: &mut App, by: i8) -> Vec<Effect> {
    let next = match (app.focus, by > 0) {
        (Pane::Views, true) | (Pane::Thread, false) => Pane::List,
        (Pane::List, true) | (Pane::Views, false) => Pane::Thread,
        (Pane::Thread, true) | (Pane::List, false) => Pane::Views,
    };
    match (next, app.list.place.selected) {
        (Pane::Thread, Some(number)) => thread::enter(app, number),
        (Pane::Thread, None) => {
            app.focus = if by > 0 { Pane::Views } else { Pane::List };
            Vec::new()
        }
        _ => {
            app.focus = next;
            Vec::new()
        }
    }
}

fn back(app: &mut App) -> Vec<Effect> {
    match app.focus {
        Pane::Thread => {
            app.focus = Pane::List;
            Vec::new()
        }
        Pane::Views => {
            app.focus = Pane::List;
            Vec::new()
        }
        Pane::List if app.list.range.take().is_some() => Vec::new(),
        Pane::List if !app.list.marks.is_empty() => {
            app.list.marks.clear();
            Vec::new()
        }
        Pane::List if app.list.back.is_some() => list::go_back(app),
        Pane::List => {
            app.status
                .refuse("this is the desk; q quits, ? shows the keys");
            Vec::new()
        }
    }
}
