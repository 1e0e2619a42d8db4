//! Which rows are asked for, and how an answer fits under the cursor.

use jiff::SignedDuration;

use super::{ListPane, Nearest, REST, capacity, faces};
use crate::app::App;
use crate::app::asks::Purpose;
use crate::app::event::Effect;
use crate::bridge::{AskId, ListWindow, Look, Request, TicketList};
use crate::domain::query::{Query, parse};
use crate::domain::trouble::Trouble;

/// How many rows above and below the visible ones are kept ready.
const MARGIN: u32 = 40;
/// Rows further away than this are let go.
const KEPT: u32 = 1_000;
/// Changes that come in quick succession are looked at once.
const GATHER: SignedDuration = SignedDuration::from_millis(150);

/// Looks again, soon.
pub fn refresh_soon(app: &mut App) {
    if app.list.refresh_at.is_none() {
        app.list.refresh_at = app.now.checked_add(GATHER).ok();
    }
}

/// As [`refresh_now`], once the rows that are asked for are there: where changes come faster than answers, an answer
/// that every change makes worthless would never be shown.
pub fn refresh_after_answer(app: &mut App) -> Vec<Effect> {
    if app.list.asked.is_some_and(|id| app.asks.is_open(id)) {
        app.list.refresh_at = app.now.checked_add(GATHER).ok();
        return Vec::new();
    }
    refresh_now(app)
}

/// Looks again at the rows around the cursor. What is on the screen stays until the answer is there.
pub fn refresh_now(app: &mut App) -> Vec<Effect> {
    app.list.refresh_at = None;
    let capacity = capacity(app);
    let place = app.list.place;
    let limit = capacity + 2 * MARGIN;
    let window = match place.selected {
        Some(ticket) => ListWindow::Around {
            ticket,
            before: place.cursor.saturating_sub(place.top) + MARGIN,
            limit,
        },
        None => ListWindow::Offset {
            offset: place.top.saturating_sub(MARGIN),
            limit,
        },
    };
    vec![ask(app, window, true)]
}

fn ask(app: &mut App, window: ListWindow, anew: bool) -> Effect {
    let effect = app.ask(
        Purpose::List { anew },
        Request::Look(Look::Folded {
            query: app.list.query.clone(),
            window,
        }),
    );
    app.list.asked = Some(app.asks.latest());
    effect
}

/// Asks for the rows that are seen and not there, if nothing is under way.
pub fn settle(app: &mut App) -> Vec<Effect> {
    let capacity = capacity(app);
    let asks = &app.asks;
    if app.list.asked.is_some_and(|id| !asks.is_open(id)) {
        app.list.asked = None;
    }
    let list = &mut app.list;
    let Some(total) = list.total else {
        return Vec::new();
    };
    list.place.top = list.place.top.min(total.saturating_sub(1));
    list.show_cursor(capacity);
    if list.asked.is_some() || list.trouble.is_some() {
        return Vec::new();
    }
    let top = list.place.top;
    let seen_end = (top + capacity).min(total);
    let Some(first) = (top..seen_end).find(|index| !list.rows.contains_key(index)) else {
        return Vec::new();
    };
    let offset = if first == top {
        top.saturating_sub(MARGIN)
    } else {
        first
    };
    let window = ListWindow::Offset {
        offset,
        limit: capacity + 2 * MARGIN,
    };
    vec![ask(app, window, false)]
}

/// Rows came.
pub fn answer(app: &mut App, id: AskId, found: TicketList, anew: bool) -> Vec<Effect> {
    if matches!(app.list.nearest, Nearest::Asked(asked) if asked == id) {
        return nearest(app, found);
    }
    if app.list.asked != Some(id) {
        return Vec::new();
    }
    app.list.asked = None;
    app.list.trouble = None;
    if !anew {
        add(app, found);
        return Vec::new();
    }
    let capacity = capacity(app);
    let before = app.list.place;
    let at = before.selected.and_then(|wanted| {
        let place = found
            .rows
            .iter()
            .position(|line| line.ticket.number == wanted)?;
        Some(found.offset + u32::try_from(place).ok()?)
    });
    let last = found.total.saturating_sub(1);
    let target = at.unwrap_or(before.cursor.min(last));
    let end = found.offset + u32::try_from(found.rows.len()).unwrap_or(0);
    if found.total > 0 && !(found.offset..end).contains(&target) {
        app.list.place.selected = None;
        let offset = target.saturating_sub(capacity + MARGIN);
        let window = ListWindow::Offset {
            offset,
            limit: 2 * capacity + 2 * MARGIN,
        };
        return vec![ask(app, window, true)];
    }
    let fits = found.total <= capacity;
    replace(&mut app.list, found, target, at.is_some());
    if fits {
        // Where everything has a place on the screen, nothing new is kept above its edge.
        (app.list.place.top, app.list.newer) = (0, 0);
    }
    app.list.show_cursor(capacity);
    follow(app, before.selected);
    if app.list.is_empty() && faces::is_search(app) {
        let query = app.list.query.clone();
        return look_nearer(app, &query);
    }
    app.list.nearest = Nearest::Unknown;
    Vec::new()
}

/// Nothing matches the query: without its last term something may.
fn look_nearer(app: &mut App, query: &str) -> Vec<Effect> {
    let shorter = match parse(query) {
        Ok(Query::And(mut terms)) => {
            terms.pop();
            Query::And(terms).to_string()
        }
        _ => return Vec::new(),
    };
    if shorter.is_empty() {
        return Vec::new();
    }
    let window = ListWindow::Offset {
        offset: 0,
        limit: 1,
    };
    let request = Request::Look(Look::Tickets {
        query: shorter,
        window,
    });
    let effect = app.ask(Purpose::List { anew: false }, request);
    app.list.nearest = Nearest::Asked(app.asks.latest());
    vec![effect]
}

fn nearest(app: &mut App, found: TicketList) -> Vec<Effect> {
    app.list.nearest = Nearest::Unknown;
    if found.total == 0 {
        return look_nearer(app, &found.query);
    }
    app.list.nearest = Nearest::Found(found.query, found.total);
    Vec::new()
}

/// Further rows of the same list.
fn add(app: &mut App, found: TicketList) {
    let moved = app.list.total.is_some_and(|total| total != found.total);
    let list = &mut app.list;
    list.total = Some(found.total);
    for (index, line) in (found.offset..).zip(found.rows) {
        list.rows.insert(index, line);
    }
    let (top, cursor) = (list.place.top, list.place.cursor);
    list.rows
        .retain(|index, _| index.abs_diff(top) <= KEPT || *index == cursor);
    if list.place.selected.is_none() {
        list.select_at(cursor);
    }
    if moved {
        refresh_soon(app);
    }
}

/// The list as it is now, with the cursor on `target`.
fn replace(list: &mut ListPane, found: TicketList, target: u32, is_same_ticket: bool) {
    let old = list.place;
    let row = old.cursor.saturating_sub(old.top);
    let came_above = target.saturating_sub(old.cursor);
    let known = list.total.is_some();
    list.total = Some(found.total);
    list.rows = (found.offset..).zip(found.rows).collect();
    list.select_at(target);
    if !list.keep_top {
        list.place.top = target.saturating_sub(row);
        if known && is_same_ticket && list.place.top > old.top {
            list.newer += came_above;
        }
    }
    if list.place.top == 0 {
        list.newer = 0;
    }
    list.keep_top = false;
}

/// The thread follows where the cursor came to lie on another ticket.
fn follow(app: &mut App, before: Option<crate::domain::ids::TicketNumber>) {
    let selected = app.list.place.selected;
    if selected != before || app.thread.wanted.is_none() {
        app.list.rests_at = if before.is_none() {
            Some(app.now)
        } else {
            app.now.checked_add(REST).ok()
        };
    }
}

/// The list cannot be had. The rows that are there stay.
pub fn failed(app: &mut App, id: AskId, trouble: Trouble) {
    if app.list.asked == Some(id) {
        app.list.asked = None;
        app.list.trouble = Some(trouble);
    }
}
