//! Moving, opening and leaving: what the plain keys do in the list, in a form, and at the checks.

use super::grammar::Kind;
use super::layout::{self, FormRow};
use super::mailbox::checking;
use super::mailbox::fetching::FOLDER_LIST;
use super::mailbox::form as mailbox_form;
use super::{
    Item, Open, Settings, acts, audit, checks, commands, domains, finding, folder_picker, preview,
    redirect, rows, sign_in, state,
};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::input::{Key, KeyCode, Motion};
use crate::app::layers::close_top;
use crate::app::prompt;
use crate::bridge::SignInWay;
use crate::domain::clean::Clean;

/// Whether several lines are being edited, which have up, down and Enter for themselves.
fn in_lines(settings: &Settings) -> bool {
    settings.open.as_ref().is_some_and(|open| {
        let face = open.face();
        face.is_editing() && face.kind(face.focus()) == Kind::Lines
    })
}

fn key_to_lines(app: &mut App, key: Key) -> bool {
    match app.settings_mut() {
        Some(settings) if in_lines(settings) => {
            if let Some(open) = &mut settings.open {
                open.face_mut().key(key);
            }
            true
        }
        _ => false,
    }
}

/// Down or up.
pub fn vertical(app: &mut App, by: isize) -> Vec<Effect> {
    let motion = if by > 0 { Motion::Down } else { Motion::Up };
    if key_to_lines(app, Key::new(KeyCode::Move(motion))) {
        return Vec::new();
    }
    if redirect::is_open(app) {
        scroll(app, by);
        return Vec::new();
    }
    step(app, by)
}

/// Scrolls a page that has the screen for itself. Returns whether there is one.
fn scroll(app: &mut App, by: isize) -> bool {
    let places = layout::places(app);
    let Some(page) = places.page.filter(|_| places.list.is_none()) else {
        return false;
    };
    let lines = layout::page(app, page.width).len();
    let longest = lines.saturating_sub(usize::from(page.height));
    if let Some(settings) = app.settings_mut() {
        let top = settings.page_top.saturating_add_signed(by);
        settings.page_top = top.min(longest);
    }
    true
}

/// Goes a page down or up in what is read; beside a list, its cursor stays where it is.
pub(super) fn page(app: &mut App, by: isize) -> Vec<Effect> {
    if audit::screen(app).is_some() {
        let lines = audit::page(app);
        return audit::step(app, by * lines);
    }
    let Some(page) = layout::places(app).page else {
        return Vec::new();
    };
    let step = isize::try_from(page.height.saturating_sub(1).max(1)).unwrap_or(1);
    if checks::is_page(app) {
        for _ in 0..step {
            scroll_checks(app, by);
        }
        return Vec::new();
    }
    let lines = layout::page(app, page.width).len();
    let longest = lines.saturating_sub(usize::from(page.height));
    if let Some(settings) = app.settings_mut() {
        let top = settings
            .page_top
            .min(longest)
            .saturating_add_signed(by * step);
        settings.page_top = top.min(longest);
    }
    Vec::new()
}

/// To the next field or row. Whoever is typing goes on typing there.
pub fn step(app: &mut App, by: isize) -> Vec<Effect> {
    if folder_picker::is_open(app) {
        folder_picker::step(app, by);
        return Vec::new();
    }
    if audit::screen(app).is_some() {
        return audit::step(app, by);
    }
    if redirect::is_open(app) {
        return redirect::go(app, by);
    }
    if checks::is_page(app) {
        scroll_checks(app, by);
        return Vec::new();
    }
    let has_form = state(app).is_some_and(|settings| settings.open.is_some());
    if !has_form && scroll(app, by) {
        return Vec::new();
    }
    let items = rows::items(app);
    let Some(settings) = app.settings_mut() else {
        return Vec::new();
    };
    let Some(open) = &mut settings.open else {
        let here = items
            .iter()
            .position(|item| *item == settings.item)
            .unwrap_or(0);
        let last = items.len().saturating_sub(1);
        let next = here.saturating_add_signed(by).min(last);
        settings.item = items.get(next).copied().unwrap_or_default();
        settings.on_page = false;
        settings.page_top = 0;
        return Vec::new();
    };
    if settings
        .finding
        .as_ref()
        .is_some_and(|finding| finding.is_page)
    {
        settings.page_top = settings.page_top.saturating_add_signed(by);
        return Vec::new();
    }
    let has_checks = matches!(open, Open::Mailbox(_)) && settings.checks.is_some();
    let face = open.face_mut();
    let typing = face.is_editing();
    face.edit(false);
    if face.step(by) {
        face.edit(typing && face.kind(face.focus()) != Kind::Lines);
    } else if by > 0 && has_checks {
        settings.on_checks = true;
    }
    Vec::new()
}

/// Scrolls the checks; up from their first row is back to the form.
fn scroll_checks(app: &mut App, by: isize) {
    let has_moved = checks::scroll(app, by);
    if by < 0
        && !has_moved
        && let Some(settings) = app.settings_mut()
    {
        settings.on_checks = settings.open.is_none();
    }
}

/// Enter.
pub fn enter(app: &mut App) -> Vec<Effect> {
    if folder_picker::is_open(app) {
        return folder_picker::take(app);
    }
    if key_to_lines(app, Key::new(KeyCode::Enter)) {
        return Vec::new();
    }
    if audit::screen(app).is_some() {
        return audit::enter(app);
    }
    if finding::close(app) {
        return Vec::new();
    }
    if redirect::is_open(app) {
        return redirect::enter(app);
    }
    if checks::is_page(app) {
        return checking::enter_checks(app);
    }
    let width = app.screen().body.width;
    let Some(settings) = app.settings_mut() else {
        return Vec::new();
    };
    let Some(open) = &mut settings.open else {
        if matches!(settings.item, Item::Domain(_)) {
            return domains::open_page(app);
        }
        let shows_page = matches!(settings.item, Item::Mailbox(_));
        if !layout::is_wide(width) && shows_page && !settings.on_page {
            settings.on_page = true;
            settings.page_top = 0;
            return Vec::new();
        }
        return open_form(app);
    };
    let face = open.face_mut();
    let kind = face.kind(face.focus());
    match (kind, face.is_editing()) {
        (_, true) => accept(app),
        _ if face.name(face.focus()) == FOLDER_LIST => folder_picker::open(app),
        (Kind::Toggle, _) => {
            face.cycle(1);
            Vec::new()
        }
        (Kind::Choice, _) => commands::choose(app),
        _ => {
            face.edit(true);
            Vec::new()
        }
    }
}

/// Enter while typing: the next thing that has to be done.
fn accept(app: &mut App) -> Vec<Effect> {
    let Some(open) = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut())
    else {
        return Vec::new();
    };
    let name = open.face().name(open.face().focus());
    match open {
        Open::Mailbox(form) if !form.value.is_filled() => return mailbox_form::detect(app),
        Open::Mailbox(form) if name == "password" && form.value.is_new() => {
            return mailbox_form::check(app);
        }
        Open::Mailbox(_) if name == "oauth-answer" => {
            open.face_mut().edit(false);
            return sign_in::act(app, SignInWay::Browser);
        }
        Open::Password(_) => return acts::save(app),
        _ => {}
    }
    let face = open.face_mut();
    face.edit(false);
    face.step(1);
    Vec::new()
}

/// Opens the form of what is under the cursor.
pub fn open_form(app: &mut App) -> Vec<Effect> {
    let Some(item) = state(app).map(|settings| settings.item) else {
        return Vec::new();
    };
    match item {
        Item::NewMailbox => return super::connect_mailbox(app),
        Item::Audit => return audit::open(app),
        _ => {}
    }
    let open = Open::of(app, item);
    if let Some(settings) = app.settings_mut() {
        settings.open = open;
        settings.checks = None;
        settings.on_checks = false;
        match item {
            Item::NewSignature | Item::NewView => settings.focus_and_edit("name"),
            Item::NewRedirect => settings.focus_and_edit("address"),
            _ => {}
        }
    }
    preview::ask_for_sample(app)
}

/// Esc: one step back. Asks only if something would be lost.
pub fn back(app: &mut App) -> Vec<Effect> {
    if folder_picker::is_open(app) {
        folder_picker::close(app);
        return Vec::new();
    }
    if audit::screen(app).is_some() {
        return audit::back(app);
    }
    if finding::close(app) {
        return Vec::new();
    }
    let Some(settings) = app.settings_mut() else {
        return Vec::new();
    };
    if settings.on_checks {
        settings.on_checks = false;
        return Vec::new();
    }
    let on_page = settings.on_page;
    if settings.redirect.is_some() {
        redirect::leave(settings);
        return Vec::new();
    }
    let Some(open) = &mut settings.open else {
        if layout::is_alone(app) || (on_page && !layout::is_wide(app.screen().body.width)) {
            if let Some(settings) = app.settings_mut() {
                settings.on_page = false;
            }
        } else {
            close_top(app);
        }
        return Vec::new();
    };
    let loses = open.face().has_changes();
    if open.face().is_editing() && loses {
        open.face_mut().edit(false);
        return Vec::new();
    }
    if loses {
        let question = Clean::from_static(
            "Leave this form? What you changed in it is not saved and would be lost.",
        );
        return prompt::ask_first(app, question, "settings-leave-now", "");
    }
    leave(app)
}

/// Closes the form without saving. A sign-in under way ends with it.
pub fn leave(app: &mut App) -> Vec<Effect> {
    let effects = sign_in::cancel(app);
    if let Some(settings) = app.settings_mut() {
        settings.open = None;
        settings.on_checks = false;
        settings.checks = None;
        settings.finding = None;
        settings.picker = None;
    }
    effects
}

/// A click selects; a click on what is selected opens it.
pub fn click(app: &mut App, x: u16, y: u16) -> Vec<Effect> {
    let places = layout::places(app);
    if let Some(list) = places.list.filter(|list| list.contains(x, y)) {
        if state(app).is_some_and(|settings| settings.open.is_some()) {
            return Vec::new();
        }
        let all = rows::all(app);
        let top = layout::list_top(app, list.height);
        if let Some(rows::Row::Item(item, _)) = all.get(top + usize::from(y - list.y)) {
            let is_again = state(app).is_some_and(|settings| settings.item == *item);
            if is_again {
                return enter(app);
            }
            if let Some(settings) = app.settings_mut() {
                settings.item = *item;
                settings.on_page = false;
                settings.page_top = 0;
            }
        }
        return Vec::new();
    }
    let Some(page) = places.page.filter(|page| page.contains(x, y)) else {
        return Vec::new();
    };
    if audit::screen(app).is_some() {
        return audit::click(app, page, y);
    }
    if checks::is_page(app) {
        return Vec::new();
    }
    let (all, top) = layout::form_rows(app, page);
    let Some(FormRow::Field(index)) = all.get(top + usize::from(y - page.y)) else {
        return Vec::new();
    };
    let (index, mut is_again) = (*index, false);
    if let Some(settings) = app.settings_mut() {
        settings.on_checks = false;
        if let Some(open) = &mut settings.open {
            is_again = open.face().focus() == index && !open.face().is_editing();
            open.face_mut().go_to(index);
        }
    }
    if is_again { enter(app) } else { Vec::new() }
}
