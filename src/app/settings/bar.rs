//! What the command bar says in the settings: only what can be done in this place, by the word that it has here.

use super::allowed::form_of;
use super::grammar::Kind;
use super::mailbox::checking;
use super::mailbox::fetching::FOLDER_LIST;
use super::{Item, Open, audit, checks, domains, folder_picker, layout, places, redirect, state};
use crate::app::App;
use crate::app::layers::Layer;
use crate::app::registry::Command;

/// The word of a command in the bar where one is; `None` where it has no place there.
pub fn word(app: &App, command: &Command, word: &'static str) -> Option<&'static str> {
    if !is_on_top(app) {
        return Some(word);
    }
    if folder_picker::is_open(app) {
        return in_folders(command, word);
    }
    if places::on_checks(app) {
        return on_checks(app, command, word);
    }
    match command.name {
        "settings-open" => enter(app, word),
        "settings-toggle" | "settings-with-subfolders" | "settings-round-trip" => None,
        "settings-log" if places::has_log(app).is_err() => None,
        "settings-new" => has_another(app).then_some(word),
        "settings-save" | "settings-check" if asks_address(app) => None,
        "settings-check" if domains::is_on_domain(app) => Some("verify"),
        "settings-advanced" if shows_servers(app) => Some("standard"),
        _ => Some(word),
    }
}

/// Whether the settings have the keys. What would be refused there is left out of the bar.
pub fn is_on_top(app: &App) -> bool {
    matches!(app.layers.last(), Some(Layer::Settings(_)))
}

fn in_folders(command: &Command, word: &'static str) -> Option<&'static str> {
    match command.name {
        "settings-open" => Some("take"),
        "settings-toggle" => Some("choose"),
        "settings-with-subfolders" => Some(word),
        "settings-back" => Some("leave"),
        "help" | "palette" => Some(word),
        _ => None,
    }
}

fn on_checks(app: &App, command: &Command, word: &'static str) -> Option<&'static str> {
    let verdict = state(app)
        .and_then(|settings| settings.checks.as_ref())
        .map(checks::Checks::verdict);
    let failed = verdict == Some(checks::Verdict::Failed);
    match command.name {
        "settings-open" if checking::enter_saves(app) => Some("save"),
        "settings-open" if verdict == Some(checks::Verdict::Running) => None,
        "settings-open" => Some("check again"),
        "settings-save" if checking::enter_saves(app) => None,
        "settings-save" if failed => Some("save anyway"),
        "settings-password" if !failed => None,
        "settings-save"
        | "settings-password"
        | "settings-log"
        | "settings-round-trip"
        | "settings-back"
        | "help"
        | "palette" => Some(word),
        _ => None,
    }
}

/// What Enter does.
fn enter(app: &App, word: &'static str) -> Option<&'static str> {
    if audit::screen(app).is_some() {
        return Some(word);
    }
    if redirect::is_open(app) {
        return Some("go on");
    }
    let settings = state(app)?;
    if settings.finding.as_ref().is_some_and(|found| found.is_page) {
        return None;
    }
    if let Some(open) = &settings.open {
        return Some(in_form(open));
    }
    let is_wide = layout::is_wide(app.screen().body.width);
    match settings.item {
        Item::Domain(_) => (!settings.on_page).then_some(word),
        Item::Mailbox(_) if !is_wide && !settings.on_page => Some(word),
        Item::Mailbox(_) | Item::Signature(_) | Item::View(_) => Some("edit"),
        Item::NewMailbox => Some("connect"),
        Item::NewRedirect => Some("forward"),
        Item::NewSignature => Some("write"),
        Item::NewView => Some("make"),
        Item::Audit => Some(word),
    }
}

fn in_form(open: &Open) -> &'static str {
    let face = open.face();
    let (index, name) = (face.focus(), face.name(face.focus()));
    let kind = face.kind(index);
    if face.is_editing() {
        return match open {
            _ if kind == Kind::Lines => "new line",
            Open::Mailbox(form) if !form.value.is_filled() && !form.value.is_forwarded() => {
                "find servers"
            }
            Open::Mailbox(form) if name == "password" && form.value.is_new() => "check",
            Open::Mailbox(_) if name == "oauth-answer" => "send",
            Open::Password(_) => "save",
            _ => "next",
        };
    }
    let is_heading = || face.options(index).iter().any(|(_, label)| label == "▾");
    match kind {
        _ if name == FOLDER_LIST => "folders",
        Kind::Toggle if is_heading() && face.text(index) == "yes" => "less",
        Kind::Toggle if is_heading() => "more",
        Kind::Toggle => "change",
        Kind::Choice => "choose",
        _ => "edit",
    }
}

/// Whether `n` begins another of what is under the cursor; on the rows for new ones Enter does.
fn has_another(app: &App) -> bool {
    state(app).is_some_and(|settings| {
        matches!(
            settings.item,
            Item::Mailbox(_) | Item::Signature(_) | Item::View(_)
        )
    })
}

/// Whether a new mailbox is asked for its address; nothing can be checked or saved before it.
fn asks_address(app: &App) -> bool {
    matches!(form_of(app), Some(Open::Mailbox(form)) if !form.value.is_filled())
}

fn shows_servers(app: &App) -> bool {
    matches!(form_of(app), Some(Open::Mailbox(form)) if form.value.shows_servers())
}
