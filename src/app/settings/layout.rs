//! Where things stand: the list, the page, the rows of a form, and how far it is scrolled.

use super::checks::Verdict;
use super::form::{Face, Input};
use super::grammar::Kind;
use super::rows::{self, Item, Row};
use super::{Open, audit, checks, domains, finding, mailbox, preview, redirect, state};
use crate::app::App;
use crate::app::layout::Area;
use crate::app::text::{DIM, Line, STRONG, TEXT, wrap};
use crate::domain::clean::Clean;
use crate::domain::theme::{Ink, Role, Signal};

/// From this width on the list and the page stand side by side.
const WIDE: u16 = 70;
const LIST_WIDTH: u16 = 24;
/// Cells before the value of a field: mark and label.
pub const LABEL_WIDTH: u16 = 18;
/// Cells before the words under a field.
const NOTE_INDENT: usize = 4;
/// Lines of a long text that are seen while nobody writes in it.
const FOLDED_LINES: usize = 6;

pub fn is_wide(width: u16) -> bool {
    width >= WIDE
}

/// Whether the page has the whole width even where there is room for the list: records are long.
pub fn is_alone(app: &App) -> bool {
    checks::is_page(app) || has_long_page(app)
}

fn has_long_page(app: &App) -> bool {
    state(app).is_some_and(|settings| {
        settings.on_page && settings.open.is_none() && matches!(settings.item, Item::Domain(_))
    })
}

#[derive(Debug, Clone, Copy)]
pub struct Places {
    pub title: Area,
    pub rule: Area,
    pub list: Option<Area>,
    pub page: Option<Area>,
    /// One line about the field in focus.
    pub help: Area,
}

pub fn places(app: &App) -> Places {
    let body = app.screen().body;
    let (title, rest) = body.split_top(1);
    let (rule, rest) = rest.split_top(1);
    let (content, help) = rest.split_top(rest.height.saturating_sub(1));
    let in_log = audit::screen(app).is_some();
    let shows_page = checks::is_page(app)
        || state(app).is_some_and(|settings| settings.open.is_some() || settings.on_page);
    let (list, page) = if in_log {
        (None, Some(content))
    } else if redirect::is_open(app) {
        (None, Some(content.inset(1)))
    } else if is_wide(body.width) && !is_alone(app) {
        let (list, page) = content.split_left(LIST_WIDTH);
        (Some(list), Some(page.split_left(1).1.inset(1)))
    } else if shows_page {
        (None, Some(content.inset(1)))
    } else {
        (Some(content), None)
    };
    let help = help.inset(1);
    Places {
        title,
        rule,
        list,
        page,
        help,
    }
}

/// Where one is: the way from the settings on, and the step of connecting.
pub fn title(app: &App) -> (Line, Line) {
    let title = Role::Ink(Ink::Title);
    let mut way = Line::words("Settings", title);
    let Some(settings) = state(app) else {
        return (way, Line::new());
    };
    let section = match settings.item {
        Item::Mailbox(_) | Item::NewMailbox | Item::NewRedirect => "Mailboxes",
        Item::Signature(_) | Item::NewSignature => "Signatures",
        Item::View(_) | Item::NewView => "Views",
        Item::Audit => "Audit",
        Item::Domain(_) => "Domains",
    };
    way = way.say(" › ", DIM).say(section, title);
    let name = match settings.item {
        Item::Mailbox(id) => {
            rows::mailbox(app, id).map(|line| Clean::name(&line.mailbox.settings.name))
        }
        Item::Signature(id) => rows::signatures(app)
            .find(|signature| signature.id == id)
            .map(|signature| Clean::name(&signature.name)),
        Item::View(id) => rows::views(app)
            .find(|(known, _)| *known == id)
            .map(|(_, line)| line.name.clone()),
        Item::Domain(key) => app.known.domains.get(key).map(|line| line.domain.clone()),
        _ => settings.open.is_some().then(|| Clean::from_static("new")),
    };
    if let Some(name) = name {
        way = way.say(" › ", DIM).clean(name, title);
    }
    if let Some(screen) = audit::screen(app) {
        return (way, audit::title(screen));
    }
    let step = match (&settings.open, &settings.checks) {
        _ if settings.redirect.is_some() => "",
        _ if settings.is_waiting() => "one moment …",
        _ if settings.on_checks && settings.open.is_none() => "checks",
        (Some(Open::Mailbox(form)), _) if !form.value.is_new() => match settings.on_checks {
            true => "checks",
            false => "",
        },
        (Some(Open::Mailbox(form)), _) if !form.value.is_filled() => "step 1 of 3: the address",
        (Some(Open::Mailbox(_)), Some(_)) if settings.on_checks => "step 3 of 3: checks",
        (Some(Open::Mailbox(_)), _) => "step 2 of 3: servers and password",
        _ => "",
    };
    let place = settings.redirect.as_ref().map(redirect::Redirect::place);
    (way, Line::words(place.as_deref().unwrap_or(step), DIM))
}

/// The first row of the list that is seen.
pub fn list_top(app: &App, height: u16) -> usize {
    let item = state(app).map(|settings| settings.item);
    let at = rows::all(app)
        .iter()
        .position(|row| matches!(row, Row::Item(known, _) if Some(*known) == item))
        .unwrap_or(0);
    let height = usize::from(height);
    if at < height { 0 } else { at + 1 - height }
}

/// A row of the page.
#[derive(Debug, Clone)]
pub enum FormRow {
    Field(usize),
    /// A line of a field that has several.
    Part(usize, usize),
    Words(Line),
}

/// All rows of the open form, and the first that is seen.
pub fn form_rows(app: &App, page: Area) -> (Vec<FormRow>, usize) {
    let Some((settings, open)) = state(app).and_then(|s| s.open.as_ref().map(|open| (s, open)))
    else {
        return (Vec::new(), 0);
    };
    if let Some(lines) = finding::page(settings) {
        let rows: Vec<FormRow> = lines
            .into_iter()
            .flat_map(|line| fitted(line, page.width))
            .map(FormRow::Words)
            .collect();
        let last = rows.len().saturating_sub(usize::from(page.height));
        return (rows, settings.page_top.min(last));
    }
    if let Some(picker) = &settings.picker {
        let (lines, at) = picker.rows();
        let top = (at + 1).saturating_sub(usize::from(page.height));
        return (lines.into_iter().map(FormRow::Words).collect(), top);
    }
    let face = open.face();
    let width = usize::from(page.width);
    let mut rows = Vec::new();
    let (mut from, mut until) = (0, 0);
    for index in (0..face.count()).filter(|index| face.is_visible(*index)) {
        let start = rows.len();
        field_rows(face, index, width, &mut rows);
        if index == face.focus() {
            rows.extend(
                preview::letter(app, open, face.name(index))
                    .into_iter()
                    .flat_map(|line| fitted(line, page.width))
                    .map(FormRow::Words),
            );
            (from, until) = (start, rows.len());
            if let Some(Input::Lines(lines)) = face.input(index).filter(|_| face.is_editing()) {
                from = start + 1 + lines.shown().1;
                until = from + 1;
            }
        }
    }
    rows.extend(
        below(app, open)
            .into_iter()
            .flat_map(|line| fitted(line, page.width))
            .map(FormRow::Words),
    );
    let height = usize::from(page.height);
    let last = rows.len().saturating_sub(height);
    let top = until.saturating_sub(height);
    (rows, top.min(from).min(last))
}

fn field_rows(face: &dyn Face, index: usize, width: usize, rows: &mut Vec<FormRow>) {
    rows.push(FormRow::Field(index));
    if let (Kind::Lines, Some(Input::Lines(lines))) = (face.kind(index), face.input(index)) {
        let all = lines.shown().0.len();
        let is_open = face.is_editing() && index == face.focus();
        let shown = if is_open || all <= FOLDED_LINES + 1 {
            all
        } else {
            FOLDED_LINES
        };
        rows.extend((0..shown).map(|line| FormRow::Part(index, line)));
        if shown < all {
            let more = format!("{}… {} more lines", " ".repeat(NOTE_INDENT), all - shown);
            rows.push(FormRow::Words(Line::words(&more, DIM)));
        }
    }
    if let Some(mistake) = face.mistake(index) {
        under(
            rows,
            NOTE_INDENT,
            width,
            "✗ ",
            mistake,
            Role::Signal(Signal::Trouble),
        );
    }
    if let Some(note) = face
        .note(index)
        .filter(|_| is_long(face.kind(index), face, index))
    {
        let role = if matches!(face.name(index), "provider" | "servers") {
            DIM
        } else {
            Role::Signal(Signal::Warning)
        };
        under(rows, NOTE_INDENT, width, "", &note, role);
    }
}

/// Words below a field, over as many rows as they take.
fn under(
    rows: &mut Vec<FormRow>,
    indent: usize,
    width: usize,
    mark: &str,
    words: &str,
    role: Role,
) {
    let room = width.saturating_sub(indent + mark.chars().count());
    for (index, part) in wrap(&Clean::line(words), room).into_iter().enumerate() {
        let mark = if index == 0 {
            mark.to_owned()
        } else {
            " ".repeat(mark.chars().count())
        };
        let line = Line::words(&" ".repeat(indent), TEXT)
            .say(&mark, role)
            .clean(part, role);
        rows.push(FormRow::Words(line));
    }
}

/// A note that needs a line of its own; shorter ones stand beside the value.
pub fn is_long(kind: Kind, face: &dyn Face, index: usize) -> bool {
    kind == Kind::Secret
        || face
            .note(index)
            .is_some_and(|note| note.chars().count() > 24)
}

/// What stands under the fields: checks, or how a signature will look.
fn below(app: &App, open: &Open) -> Vec<Line> {
    match open {
        Open::Mailbox(form) => {
            let settings = state(app);
            let Some(checks) = settings.and_then(|settings| settings.checks.as_ref()) else {
                let finding = settings.and_then(|settings| settings.finding.as_ref());
                return finding
                    .filter(|finding| finding.is_below() && form.value.is_filled())
                    .map(finding::Finding::below)
                    .unwrap_or_default();
            };
            let mut lines = vec![Line::new()];
            lines.extend(checks.rows());
            let is_same = checks.settings == form.value.settings;
            lines.push(match checks.verdict() {
                Verdict::Running => Line::words("checking …", Role::Signal(Signal::Busy)),
                _ if !is_same => Line::words("The form has changed since; c checks again.", DIM),
                Verdict::Passed => Line::words("All is well: s saves.", Role::Signal(Signal::Good)),
                Verdict::Failed => {
                    Line::words("c checks again, s saves anyway.", Role::Ink(Ink::Strong))
                }
            });
            lines
        }
        Open::Signature(form) => preview::signature(app, &form.value.signature),
        Open::Password(_) | Open::View(_) => Vec::new(),
    }
}

/// The page of what is under the cursor, while no form is open.
pub fn page(app: &App, width: u16) -> Vec<Line> {
    let Some(settings) = state(app) else {
        return Vec::new();
    };
    let lines = match settings.item {
        _ if settings.redirect.is_some() => settings
            .redirect
            .as_ref()
            .map_or_else(Vec::new, |wizard| redirect::lines(app, wizard)),
        Item::Mailbox(id) => rows::mailbox(app, id).map_or_else(Vec::new, |line| {
            mailbox::page::lines(app, line, settings.checks.as_ref())
        }),
        Item::NewMailbox => mailbox::page::new_mailbox(app),
        Item::Domain(key) => app
            .known
            .domains
            .get(key)
            .map_or_else(Vec::new, |line| domains::page::lines(app, line)),
        Item::NewRedirect => mailbox::page::new_redirect(),
        Item::Signature(id) => rows::signatures(app)
            .find(|known| known.id == id)
            .map_or_else(Vec::new, |known| preview::signature(app, known)),
        Item::NewSignature => vec![
            Line::words(
                "Words under every answer, for one mailbox or for all.",
                TEXT,
            ),
            Line::words("Enter writes one.", DIM),
        ],
        Item::View(id) => rows::views(app)
            .find(|(known, _)| *known == id)
            .map_or_else(Vec::new, |(_, line)| {
                vec![
                    Line::new().clean(line.name.clone(), STRONG),
                    Line::words("shows ", DIM).say(&line.query, TEXT),
                    Line::words(&format!("{} tickets now", line.count), DIM),
                ]
            }),
        Item::Audit => vec![
            Line::words(
                "Every change of a mailbox, a signature, a view, a name or a setting: who, when, from where, and what \
                 it was before. Passwords are never in it.",
                TEXT,
            ),
            Line::words("Enter opens it.", DIM),
        ],
        Item::NewView => vec![
            Line::words("A query with a name, in the left pane.", TEXT),
            Line::words(
                "Enter makes one; on the desk, S keeps a search as a view.",
                DIM,
            ),
        ],
    };
    lines
        .into_iter()
        .flat_map(|line| fitted(line, width))
        .collect()
}

/// A line of one or two meanings whose last one is too long goes on in the next row.
pub(super) fn fitted(line: Line, width: u16) -> Vec<Line> {
    let width = usize::from(width);
    if line.cells() <= width {
        return vec![line];
    }
    let Some((last, before)) = line.spans.split_last() else {
        return vec![line];
    };
    let used: usize = before.iter().map(|span| span.text.cells()).sum();
    if used + 10 > width {
        return vec![line.clone()];
    }
    let mut lines = Vec::new();
    for (index, part) in wrap(&last.text, width - used).into_iter().enumerate() {
        let start = if index == 0 {
            Line {
                spans: before.to_vec(),
            }
        } else {
            Line::words(&" ".repeat(used), TEXT)
        };
        lines.push(start.clean(part, last.role));
    }
    lines
}
