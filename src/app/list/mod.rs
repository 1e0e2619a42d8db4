//! The list of tickets: a window on any number of rows.
//!
//! Only rows that are or will soon be seen are asked for and kept. The cursor is a ticket, not a position: it
//! survives every refresh, and new tickets above move neither it nor its row on the screen.

pub mod faces;
mod paging;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::App;
use super::event::Effect;
use super::layout::{Area, Screen};
use crate::bridge::{AskId, TicketLine};
use crate::domain::clean::Clean;
use crate::domain::ids::TicketNumber;
use crate::domain::trouble::Trouble;

pub use paging::{answer, failed, refresh_after_answer, refresh_now, refresh_soon, settle};

/// Where the cursor is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// `None` while the row under the cursor has not come.
    pub selected: Option<TicketNumber>,
    /// The row of the cursor, from the top of the list.
    pub cursor: u32,
    /// The first row on the screen.
    pub top: u32,
}

/// A list that one can go back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub title: Clean,
    pub query: String,
    pub place: Place,
}

/// Where nothing matches: the nearest query that has results.
#[derive(Debug, Default)]
pub enum Nearest {
    #[default]
    Unknown,
    Asked(AskId),
    /// The query, and how many tickets it finds.
    Found(String, u32),
}

#[derive(Debug, Default)]
pub struct ListPane {
    pub title: Clean,
    pub query: String,
    /// `None` until the first answer.
    pub total: Option<u32>,
    pub rows: BTreeMap<u32, TicketLine>,
    pub place: Place,
    pub marks: BTreeSet<TicketNumber>,
    /// Where a range of marks began.
    pub range: Option<u32>,
    /// The window that is under way. There is never more than one, so typing ahead asks for the last place only.
    asked: Option<AskId>,
    /// Something changed; the list is looked at again then.
    pub refresh_at: Option<Timestamp>,
    pub trouble: Option<Trouble>,
    /// The cursor rests then, and the thread follows.
    pub rests_at: Option<Timestamp>,
    pub nearest: Nearest,
    /// Where Esc goes from a search.
    pub back: Option<Origin>,
    /// The next refresh keeps the rows above the cursor where they are.
    keep_top: bool,
    /// How many tickets came in above since the cursor moved.
    pub newer: u32,
}

/// How long the cursor must rest before the thread follows it.
const REST: SignedDuration = SignedDuration::from_millis(120);
/// From this width on a ticket takes one row instead of two.
const ONE_ROW: u16 = 64;

impl ListPane {
    pub fn selected_line(&self) -> Option<&TicketLine> {
        self.rows
            .get(&self.place.cursor)
            .filter(|line| Some(line.ticket.number) == self.place.selected)
    }

    pub fn line_of(&self, number: TicketNumber) -> Option<&TicketLine> {
        self.rows.values().find(|line| line.ticket.number == number)
    }

    pub fn is_empty(&self) -> bool {
        self.total == Some(0)
    }

    /// A list to search in: it shows what is shown now until the first results come.
    pub(super) fn copy_for_search(&self) -> Self {
        Self {
            title: self.title.clone(),
            query: self.query.clone(),
            total: self.total,
            rows: self.rows.clone(),
            place: self.place,
            ..Self::default()
        }
    }

    pub(super) fn into_origin(self) -> Origin {
        self.back.unwrap_or(Origin {
            title: self.title,
            query: self.query,
            place: self.place,
        })
    }

    fn select_at(&mut self, index: u32) {
        self.place.cursor = index;
        self.place.selected = self.rows.get(&index).map(|line| line.ticket.number);
    }

    /// Scrolls so that the cursor is seen among `capacity` rows.
    fn show_cursor(&mut self, capacity: u32) {
        let capacity = capacity.max(1);
        let cursor = self.place.cursor;
        if cursor < self.place.top {
            self.place.top = cursor;
        } else if cursor >= self.place.top.saturating_add(capacity) {
            self.place.top = cursor + 1 - capacity;
        }
    }
}

/// The rows of tickets within the pane's area: below the header, where there is one.
pub fn rows_area(screen: &Screen) -> Option<Area> {
    let area = screen.list?;
    Some(if screen.panes() > 1 {
        area.split_top(1).1
    } else {
        area
    })
}

/// How many screen rows a ticket takes.
pub fn row_height(area: Area) -> u16 {
    if area.width >= ONE_ROW { 1 } else { 2 }
}

/// How many tickets are seen.
pub fn capacity(app: &App) -> u32 {
    rows_area(&app.screen()).map_or(1, |area| u32::from((area.height / row_height(area)).max(1)))
}

/// The ticket that a click on this cell means.
pub fn hit(app: &App, x: u16, y: u16) -> Option<u32> {
    let area = rows_area(&app.screen()).filter(|area| area.contains(x, y))?;
    let index = app.list.place.top + u32::from((y - area.y) / row_height(area));
    (index < app.list.total.unwrap_or(0)).then_some(index)
}

/// Shows another list from its top.
pub fn open(app: &mut App, title: Clean, query: &str) -> Vec<Effect> {
    open_at(app, title, query, Place::default())
}

fn open_at(app: &mut App, title: Clean, query: &str, place: Place) -> Vec<Effect> {
    app.list = ListPane {
        title,
        query: query.to_owned(),
        place,
        ..ListPane::default()
    };
    refresh_now(app)
}

/// From a search back to the view.
pub fn go_back(app: &mut App) -> Vec<Effect> {
    match app.list.back.take() {
        Some(origin) => open_at(app, origin.title, &origin.query, origin.place),
        None => Vec::new(),
    }
}

/// Puts the cursor on a row; beyond the end is the last one.
pub fn go_to(app: &mut App, index: u32) -> Vec<Effect> {
    let Some(last) = app.list.total.and_then(|total| total.checked_sub(1)) else {
        return Vec::new();
    };
    let index = index.min(last);
    let capacity = capacity(app);
    if index != app.list.place.cursor || app.list.place.selected.is_none() {
        app.list.select_at(index);
        app.list.rests_at = app.now.checked_add(REST).ok();
        if index == 0 {
            app.list.newer = 0;
        }
    }
    app.list.show_cursor(capacity);
    Vec::new()
}

/// Moves the cursor by rows.
pub fn step(app: &mut App, by: i64) -> Vec<Effect> {
    let target = i64::from(app.list.place.cursor).saturating_add(by).max(0);
    go_to(app, u32::try_from(target).unwrap_or(u32::MAX))
}

/// Scrolls the window; the cursor goes along where it would leave it.
pub fn scroll(app: &mut App, by: i64) -> Vec<Effect> {
    let capacity = capacity(app);
    let total = app.list.total.unwrap_or(0);
    let last_top = total.saturating_sub(capacity);
    let top = (i64::from(app.list.place.top) + by).clamp(0, i64::from(last_top));
    let top = u32::try_from(top).unwrap_or(0);
    app.list.place.top = top;
    let cursor = app
        .list
        .place
        .cursor
        .clamp(top, top.saturating_add(capacity - 1));
    go_to(app, cursor)
}

/// Marks or unmarks the ticket under the cursor, or everything from the range's begin, and goes on.
pub fn toggle_mark(app: &mut App) -> Vec<Effect> {
    let list = &mut app.list;
    if let Some(from) = list.range.take() {
        let (from, to) = (from.min(list.place.cursor), from.max(list.place.cursor));
        let numbers: Vec<TicketNumber> = list
            .rows
            .range(from..=to)
            .map(|(_, line)| line.ticket.number)
            .collect();
        let missing = (to - from + 1) as usize - numbers.len();
        list.marks.extend(numbers);
        if missing > 0 {
            app.status.refuse(&format!(
                "{missing} tickets of the range are not loaded and stay unmarked"
            ));
        }
        return Vec::new();
    }
    if let Some(number) = list.place.selected
        && !list.marks.remove(&number)
    {
        list.marks.insert(number);
    }
    step(app, 1)
}

/// Our own action took or changed these tickets: the cursor goes to the next one that is not among them.
pub fn leave(app: &mut App, done: &[TicketNumber]) {
    let list = &mut app.list;
    list.keep_top = true;
    list.marks.retain(|number| !done.contains(number));
    if !list
        .place
        .selected
        .is_some_and(|selected| done.contains(&selected))
    {
        return;
    }
    let free = |(_, line): &(&u32, &TicketLine)| !done.contains(&line.ticket.number);
    let next = list
        .rows
        .range(list.place.cursor..)
        .find(free)
        .or_else(|| list.rows.range(..list.place.cursor).rfind(free))
        .map(|(index, _)| *index);
    if let Some(next) = next {
        list.select_at(next);
        let capacity = capacity(app);
        app.list.show_cursor(capacity);
        app.list.rests_at = Some(app.now);
    }
}

/// Tickets as they are now, from an answer to an action.
pub fn patch(app: &mut App, lines: &[TicketLine]) {
    for line in lines {
        let held = app
            .list
            .rows
            .values_mut()
            .find(|row| row.ticket.number == line.ticket.number);
        if let Some(row) = held {
            *row = line.clone();
        }
    }
}

/// A list as a place to come back to.
pub fn origin_of(list: ListPane) -> Origin {
    list.into_origin()
}
