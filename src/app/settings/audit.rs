//! The log of settings on the screen: newest first, two rows a change, a filter, the whole of a change on Enter, and
//! a file for a spreadsheet or a program.
//!
//! A page of the log is asked for when the cursor comes near the end of what is here; nothing is ever taken back from
//! here, because undoing a setting is a new change of it.

pub mod commands;
mod detail;
mod file;

use super::{After, Item, ask, layout, state};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::layout::Area;
use crate::app::prompt::Choice;
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::app::when;
use crate::bridge::{AuditPage, AuditQuery, Care, Request};
use crate::domain::audit::{ChangeLine, Filter, suggestions};
use crate::domain::ids::ChangeId;
use crate::domain::theme::{Ink, Role};

pub use file::{Export, begin as export, told as export_told};

/// Changes asked for at once.
const PAGE: u32 = 100;
/// So many changes before the last one here the next page is asked for.
const AHEAD: usize = 20;
const ROWS_EACH: usize = 2;

/// The log as it lies open.
#[derive(Debug, Default)]
pub struct AuditScreen {
    pub filter: String,
    pub lines: Vec<ChangeLine>,
    /// Where the next page begins.
    next: Option<ChangeId>,
    is_waiting: bool,
    selected: usize,
    /// A file that is being made.
    export: Option<Export>,
}

/// The log, where it is open.
pub fn screen(app: &App) -> Option<&AuditScreen> {
    state(app).and_then(|settings| settings.audit.as_ref())
}

fn screen_mut(app: &mut App) -> Option<&mut AuditScreen> {
    app.settings_mut()
        .and_then(|settings| settings.audit.as_mut())
}

/// Opens the log, from the desk or from the list of settings.
pub fn open(app: &mut App) -> Vec<Effect> {
    if app.settings_mut().is_none() {
        super::open(app);
    }
    if let Some(settings) = app.settings_mut() {
        settings.item = Item::Audit;
        settings.audit = Some(AuditScreen::default());
    }
    look(app, true)
}

/// Asks for the first page, or for the next one.
fn look(app: &mut App, anew: bool) -> Vec<Effect> {
    let Some(screen) = screen_mut(app) else {
        return Vec::new();
    };
    screen.is_waiting = true;
    let query = AuditQuery {
        filter: screen.filter.clone(),
        before: if anew { None } else { screen.next },
        limit: PAGE,
    };
    ask(
        app,
        Request::Care(Care::Audit(query)),
        After::Audit { anew },
    )
}

/// A page came.
pub fn told(app: &mut App, anew: bool, page: AuditPage) {
    let Some(screen) = screen_mut(app) else {
        return;
    };
    if anew {
        screen.lines.clear();
        screen.selected = 0;
    }
    screen.lines.extend(page.lines);
    screen.next = page.next;
    screen.is_waiting = false;
}

/// A page did not come; why stands in the status line.
pub fn failed(app: &mut App) {
    if let Some(screen) = screen_mut(app) {
        screen.is_waiting = false;
        screen.export = None;
    }
}

/// Takes another filter, if it can be understood.
pub fn filter(app: &mut App, text: &str) -> Vec<Effect> {
    if let Err(mistake) = Filter::parse(text) {
        app.status.refuse(&mistake.to_string());
        return Vec::new();
    }
    if let Some(screen) = screen_mut(app) {
        text.trim().clone_into(&mut screen.filter);
    }
    look(app, true)
}

/// What a filter may be made of: fields, and the people and things that are in the log.
pub fn choices(app: &App) -> Vec<Choice> {
    let mut words = suggestions();
    let lines = screen(app).map_or(&[][..], |screen| &screen.lines);
    for line in lines {
        let name = line.login.as_ref().map(|login| format!("who:{login}"));
        let subject = line.subject.as_str();
        let about = (!subject.contains([' ', '"'])).then(|| format!("about:{subject}"));
        for word in [name, about].into_iter().flatten() {
            if !words.contains(&word) {
                words.push(word);
            }
        }
    }
    words
        .iter()
        .map(|word| Choice::new(word, word, ""))
        .collect()
}

/// Up or down by so many changes.
pub fn step(app: &mut App, by: isize) -> Vec<Effect> {
    let Some(screen) = screen_mut(app) else {
        return Vec::new();
    };
    let last = screen.lines.len().saturating_sub(1);
    screen.selected = screen.selected.saturating_add_signed(by).min(last);
    if screen.next.is_some() && !screen.is_waiting && screen.selected + AHEAD > last {
        return look(app, false);
    }
    Vec::new()
}

/// As many changes as the screen has room for.
pub fn page(app: &App) -> isize {
    let height = layout::places(app).page.map_or(2, |page| page.height);
    isize::try_from(usize::from(height) / ROWS_EACH)
        .unwrap_or(1)
        .max(1)
}

/// Shows all of the change under the cursor.
pub fn enter(app: &mut App) -> Vec<Effect> {
    let sheet = screen(app)
        .and_then(|screen| screen.lines.get(screen.selected))
        .map(|line| detail::sheet(app, line));
    match sheet {
        Some(sheet) => app.layers.push(crate::app::layers::Layer::Sheet(sheet)),
        None => app.status.refuse("there is no change here to be shown"),
    }
    Vec::new()
}

/// One step back: without the filter first, then out of the log.
pub fn back(app: &mut App) -> Vec<Effect> {
    if screen(app).is_some_and(|screen| !screen.filter.is_empty()) {
        return filter(app, "");
    }
    if let Some(settings) = app.settings_mut() {
        settings.audit = None;
    }
    Vec::new()
}

/// A click selects a change; a click on the selected one shows all of it.
pub fn click(app: &mut App, area: Area, y: u16) -> Vec<Effect> {
    let Some(screen) = screen_mut(app) else {
        return Vec::new();
    };
    let row = usize::from(y.saturating_sub(area.y)) / ROWS_EACH;
    let at = top(screen, usize::from(area.height)) + row;
    if at == screen.selected {
        return enter(app);
    }
    if at < screen.lines.len() {
        screen.selected = at;
    }
    Vec::new()
}

/// The first change that is seen.
fn top(screen: &AuditScreen, height: usize) -> usize {
    let room = (height / ROWS_EACH).max(1);
    (screen.selected + 1).saturating_sub(room)
}

/// What is said beside the title: the filter, and how many are here.
pub fn title(screen: &AuditScreen) -> Line {
    let count = screen.lines.len();
    let more = if screen.next.is_some() { "+" } else { "" };
    let words = when::count(count, "change", "changes").replacen(' ', &format!("{more} "), 1);
    let line = match screen.filter.as_str() {
        "" => Line::new(),
        filter => Line::words(filter, Role::Ink(Ink::Key)).say(" · ", DIM),
    };
    match (&screen.export, screen.is_waiting) {
        (Some(export), _) => line.say(&format!("writing {} …", export.path()), DIM),
        (None, true) => line.say("one moment …", DIM),
        (None, false) => line.say(&words, DIM),
    }
}

/// One line about what can be done here.
pub fn help() -> &'static str {
    "/ filters · Enter shows all of it · w writes a file"
}

/// The rows that are seen, and whether the cursor is on them.
pub fn rows(app: &App, screen: &AuditScreen, area: Area) -> Vec<(Line, bool)> {
    if screen.lines.is_empty() {
        return empty(screen)
            .into_iter()
            .flat_map(|line| layout::fitted(line, area.inset(1).width))
            .map(|line| (line, false))
            .collect();
    }
    let width = usize::from(area.inset(1).width);
    let height = usize::from(area.height);
    screen
        .lines
        .iter()
        .enumerate()
        .skip(top(screen, height))
        .take(height.div_ceil(ROWS_EACH))
        .flat_map(|(at, line)| {
            let is_selected = at == screen.selected;
            [head(app, line), body(line, width)].map(|row| (row, is_selected))
        })
        .take(height)
        .collect()
}

fn empty(screen: &AuditScreen) -> Vec<Line> {
    if screen.is_waiting {
        return Vec::new();
    }
    if screen.filter.is_empty() {
        return vec![
            Line::words("No setting was changed yet.", TEXT),
            Line::words(
                "From now on every change of a mailbox, a signature, a view or a name stands here.",
                DIM,
            ),
        ];
    }
    vec![
        Line::words("No change matches.", TEXT),
        Line::words("Esc takes the filter away.", DIM),
    ]
}

fn head(app: &App, line: &ChangeLine) -> Line {
    let at = when::moment(
        line.at,
        app.now,
        &app.surroundings.zone,
        app.preferences.clock,
    );
    Line::words(&at, DIM)
        .say("  ", DIM)
        .clean(line.who.clone(), STRONG)
        .say("  ", DIM)
        .clean(line.from.words.clone(), DIM)
}

fn body(line: &ChangeLine, width: usize) -> Line {
    let what = line.what();
    let row = Line::words("  ", TEXT).clean(what.clone(), TEXT);
    if !line.has_values() {
        return row;
    }
    // What is long is cut here; Enter shows all of it.
    let room = width.saturating_sub(what.cells() + 4);
    let values = line.values();
    row.say("  ", TEXT).clean(values.truncate_cells(room), DIM)
}
