//! The left pane: saved queries with their counts, mailboxes below them.

use super::App;
use super::event::Effect;
use super::layout::Pane;
use super::list;
use crate::bridge::ViewLine;
use crate::domain::clean::Clean;

#[derive(Debug, Default)]
pub struct ViewsPane {
    /// `None` until the first answer.
    pub lines: Option<Vec<ViewLine>>,
    /// The view under the cursor of this pane.
    pub cursor: usize,
    /// The first row that is seen, headings counted.
    pub top: usize,
}

/// A row of the pane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Row<'a> {
    Heading(&'static str),
    View(usize, &'a ViewLine),
}

impl ViewsPane {
    fn lines(&self) -> &[ViewLine] {
        self.lines.as_deref().unwrap_or_default()
    }

    pub fn count(&self) -> usize {
        self.lines().len()
    }

    pub fn get(&self, index: usize) -> Option<&ViewLine> {
        self.lines().get(index)
    }

    /// All rows with their headings. Views of mailboxes stand below the others.
    pub fn rows(&self) -> Vec<Row<'_>> {
        let mut rows = vec![Row::Heading("Views")];
        let mut in_mailboxes = false;
        for (index, line) in self.lines().iter().enumerate() {
            if line.mailbox.is_some() && !in_mailboxes {
                in_mailboxes = true;
                rows.push(Row::Heading("Mailboxes"));
            }
            rows.push(Row::View(index, line));
        }
        rows
    }

    /// The view that the list shows.
    pub fn open_index(&self, query: &str) -> Option<usize> {
        self.lines().iter().position(|line| line.query == query)
    }

    /// How many tickets a view of this kind has, found by what its query asks for.
    pub fn count_where(&self, asks_for: &str) -> Option<u32> {
        self.lines()
            .iter()
            .find(|line| line.mailbox.is_none() && line.query.contains(asks_for))
            .map(|line| line.count)
    }
}

/// Views came. The first time, the first one with tickets that nobody has is opened, or else the first.
pub fn answer(app: &mut App, mut lines: Vec<ViewLine>) -> Vec<Effect> {
    lines.sort_by_key(|line| line.mailbox.is_some());
    let is_first = app.views.lines.is_none();
    app.views.lines = Some(lines);
    app.views.cursor = app.views.cursor.min(app.views.count().saturating_sub(1));
    if !is_first || !app.list.query.is_empty() {
        return Vec::new();
    }
    let start = app
        .views
        .lines()
        .iter()
        .position(|line| line.query.contains("assignee:none") && line.mailbox.is_none())
        .unwrap_or(0);
    open(app, start)
}

/// Shows a view in the list.
pub fn open(app: &mut App, index: usize) -> Vec<Effect> {
    let Some(line) = app.views.get(index) else {
        return Vec::new();
    };
    let (name, query) = (line.name.clone(), line.query.clone());
    app.views.cursor = index;
    list::open(app, name, &query)
}

/// Moves the cursor of the pane; the list follows.
pub fn go_to(app: &mut App, index: usize) -> Vec<Effect> {
    let index = index.min(app.views.count().saturating_sub(1));
    if index == app.views.cursor
        && app
            .views
            .get(index)
            .is_some_and(|line| line.query == app.list.query)
    {
        return Vec::new();
    }
    open(app, index)
}

/// Opens a view by its name.
pub fn open_named(app: &mut App, name: &str) -> Vec<Effect> {
    let wanted = name.to_lowercase();
    let found = app
        .views
        .lines()
        .iter()
        .position(|line| line.name.as_str().to_lowercase() == wanted);
    match found {
        Some(index) => {
            app.focus = Pane::List;
            open(app, index)
        }
        None => {
            app.status.refuse(&format!("there is no view “{name}”"));
            Vec::new()
        }
    }
}

/// The name of the list that is shown.
pub fn title(app: &App) -> Clean {
    if app.list.title.is_empty() {
        Clean::from_static("Tickets")
    } else {
        app.list.title.clone()
    }
}
