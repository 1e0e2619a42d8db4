//! Views and search: which list is shown.

use crate::app::App;
use crate::app::acts;
use crate::app::asks::Purpose;
use crate::app::choices;
use crate::app::event::Effect;
use crate::app::keys;
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::{list, search, views};
use crate::bridge::{PeopleRequest, Request};
use crate::domain::clean::Clean;

const DESK: &[Scope] = &[Scope::Desk];

/// Digits open views by their place.
macro_rules! digit {
    ($name:literal, $key:literal, $index:literal) => {
        command(
            $name,
            concat!("View ", $key),
            concat!("Opens view number ", $key, " of the left pane."),
            |app, _| numbered(app, $index),
        )
        .at(Group::Finding, DESK)
        .keys(&[$key])
    };
}

pub const TABLE: &[Command] = &[
    command(
        "search",
        "Search",
        "Finds tickets by words and fields as you type.",
        |app, _| search::open(app, ""),
    )
    .at(Group::Finding, DESK)
    .keys(&["/"])
    .bar("search", 40),
    command(
        "edit-search",
        "Change the search",
        "Opens the search line with the query of this list.",
        |app, _| {
            let query = app.list.query.clone();
            search::open(app, &query)
        },
    )
    .at(Group::Finding, DESK)
    .keys(&["\\"]),
    command(
        "view",
        "Go to a view",
        "Shows another view in the list.",
        views::open_named,
    )
    .at(Group::Finding, DESK)
    .keys(&["b"])
    .choosing("Which view?", choices::views, false),
    command(
        "save-view",
        "Save as a view",
        "Keeps the query of this list as a view in the left pane.",
        save,
    )
    .at(Group::Finding, &[Scope::List])
    .keys(&["S"])
    .allowed(has_query)
    .asking("The view's name", |_| String::new()),
    command(
        "delete-view",
        "Delete a view",
        "Takes a saved view out of the left pane, the tickets stay.",
        delete,
    )
    .at(Group::Finding, DESK)
    .allowed(has_own_view)
    .choosing("Delete which view?", choices::own_views, false),
    command(
        "customer-tickets",
        "The customer's tickets",
        "Lists all tickets of the customer of this one.",
        |app, _| of_customer(app),
    )
    .at(Group::Finding, &[Scope::List, Scope::Thread])
    .keys(&["C"])
    .allowed(crate::app::acts::some_ticket),
    digit!("view-1", "1", 0),
    digit!("view-2", "2", 1),
    digit!("view-3", "3", 2),
    digit!("view-4", "4", 3),
    digit!("view-5", "5", 4),
    digit!("view-6", "6", 5),
    digit!("view-7", "7", 6),
    digit!("view-8", "8", 7),
    digit!("view-9", "9", 8),
];

fn numbered(app: &mut App, index: usize) -> Vec<Effect> {
    if index >= app.views.count() {
        app.status
            .refuse(&format!("there are {} views", app.views.count()));
        return Vec::new();
    }
    app.focus = crate::app::layout::Pane::List;
    views::open(app, index)
}

fn has_query(app: &App) -> Result<(), String> {
    if app.views.open_index(&app.list.query).is_some() {
        Err("this list is a view already; / searches for something else".into())
    } else {
        Ok(())
    }
}

fn has_own_view(app: &App) -> Result<(), String> {
    if choices::own_views(app).is_empty() {
        Err("no view was saved here; S saves the query of a search".into())
    } else {
        Ok(())
    }
}

fn save(app: &mut App, name: &str) -> Vec<Effect> {
    let taken = app
        .views
        .lines
        .iter()
        .flatten()
        .any(|line| line.name.as_str().eq_ignore_ascii_case(name));
    if taken {
        app.status
            .refuse(&format!("there is a view “{name}” already"));
        return Vec::new();
    }
    let request = Request::People(PeopleRequest::PutView {
        id: None,
        name: name.to_owned(),
        query: app.list.query.clone(),
    });
    let saved = Clean::line(&format!("view “{name}” saved"));
    app.list.title = Clean::line(name);
    app.status.good(saved);
    let mut effects = vec![app.ask(Purpose::Quiet, request)];
    effects.extend(acts::look_at_views(app));
    effects
}

fn delete(app: &mut App, name: &str) -> Vec<Effect> {
    let found = app
        .views
        .lines
        .iter()
        .flatten()
        .find(|line| line.name.as_str() == name)
        .and_then(|line| line.id);
    match found {
        Some(id) => {
            app.status.good(Clean::line(&format!(
                "view “{name}” deleted; its tickets stay"
            )));
            let request = Request::People(PeopleRequest::DeleteView(id));
            let mut effects = vec![app.ask(Purpose::Quiet, request)];
            effects.extend(acts::look_at_views(app));
            effects
        }
        None => keys::invoke_named(app, "delete-view", ""),
    }
}

fn of_customer(app: &mut App) -> Vec<Effect> {
    let line = match app.focus {
        crate::app::layout::Pane::Thread => app.thread.shown().map(|thread| &thread.line),
        _ => app.list.selected_line(),
    };
    let Some(address) = line.map(|line| line.address.clone()) else {
        return Vec::new();
    };
    let query = format!("from:{address}");
    app.focus = crate::app::layout::Pane::List;
    let origin = std::mem::take(&mut app.list);
    let effects = list::open(app, address, &query);
    app.list.back = Some(list::origin_of(origin));
    effects
}
