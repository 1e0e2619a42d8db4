//! The search line: the list follows what is typed; Enter keeps it, Esc goes back to where one was.

use jiff::{SignedDuration, Timestamp};

use super::App;
use super::event::Effect;
use super::field::{Edited, Field};
use super::input::Key;
use super::layers::Layer;
use super::layout::Pane;
use super::list::{self, ListPane};
use crate::domain::clean::Clean;
use crate::domain::query::{QueryMistake, parse};

/// How long typing must rest before the list follows.
const DEBOUNCE: SignedDuration = SignedDuration::from_millis(100);

#[derive(Debug)]
pub struct Search {
    pub field: Field,
    /// The list as it was, for Esc.
    before: Box<ListPane>,
    before_focus: Pane,
    due: Option<Timestamp>,
}

pub fn open(app: &mut App, start: &str) -> Vec<Effect> {
    let before = Box::new(std::mem::take(&mut app.list));
    app.list = before.copy_for_search();
    let before_focus = std::mem::replace(&mut app.focus, Pane::List);
    app.layers.push(Layer::Search(Search {
        field: Field::new(start),
        before,
        before_focus,
        due: None,
    }));
    Vec::new()
}

fn top(app: &mut App) -> Option<&mut Search> {
    match app.layers.last_mut() {
        Some(Layer::Search(search)) => Some(search),
        _ => None,
    }
}

pub fn typed(app: &mut App, key: Key) -> Vec<Effect> {
    let now = app.now;
    if let Some(search) = top(app)
        && search.field.key(key) == Edited::Changed
    {
        search.due = now.saturating_add(DEBOUNCE).ok();
    }
    Vec::new()
}

pub fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    let now = app.now;
    if let Some(search) = top(app) {
        search.field.insert(text.trim_end());
        search.due = Some(now);
    }
    Vec::new()
}

pub fn wake(app: &App) -> Option<Timestamp> {
    match app.layers.last() {
        Some(Layer::Search(search)) => search.due,
        _ => None,
    }
}

/// Typing has rested: the list follows.
pub fn tick(app: &mut App) -> Vec<Effect> {
    let now = app.now;
    let Some(search) = top(app) else {
        return Vec::new();
    };
    if search.due.is_none_or(|due| due > now) {
        return Vec::new();
    }
    search.due = None;
    let query = search.field.text().trim().to_owned();
    run(app, &query)
}

fn run(app: &mut App, query: &str) -> Vec<Effect> {
    let is_readable = parse(query).is_ok();
    if query.is_empty() || query == app.list.query || !is_readable {
        return Vec::new();
    }
    list::open(app, Clean::from_static("Search"), query)
}

/// What cannot be read in the query that is being typed, once typing rests.
pub fn mistake(app: &App) -> Option<(String, QueryMistake)> {
    let Some(Layer::Search(search)) = app
        .layers
        .iter()
        .rev()
        .find(|layer| matches!(layer, Layer::Search(_)))
    else {
        return None;
    };
    let query = search.field.text().trim();
    let mistake = parse(query).err().filter(|_| search.due.is_none())?;
    Some((query.to_owned(), mistake))
}

/// Keeps the results and gives them the keys.
pub fn accept(app: &mut App) -> Vec<Effect> {
    if let Some((_, mistake)) = mistake(app) {
        app.status.refuse(&mistake.to_string());
        return Vec::new();
    }
    let Some(Layer::Search(search)) = app.layers.pop() else {
        return Vec::new();
    };
    let query = search.field.text().trim().to_owned();
    if query.is_empty() {
        app.list = *search.before;
        app.focus = search.before_focus;
        return Vec::new();
    }
    let effects = run(app, &query);
    app.list.back = Some(search.before.into_origin());
    effects
}

/// Goes back to the view as it was.
pub fn cancel(app: &mut App) -> Vec<Effect> {
    if let Some(Layer::Search(search)) = app.layers.pop() {
        app.list = *search.before;
        app.focus = search.before_focus;
        return list::refresh_now(app);
    }
    Vec::new()
}
