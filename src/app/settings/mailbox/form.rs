//! Connecting and changing a mailbox: from the address over the checks to saving.

use super::presets;
use super::value::{MailboxValue, Step};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::settings::checks::{Checks, Verdict};
use crate::app::settings::form::Face;
use crate::app::settings::{After, Open, Settings, Then, ask, rows, state};
use crate::bridge::{ConnectRequest, MailboxRequest, Request};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::LONGEST_MAILBOX_NAME;

fn value(app: &App) -> Option<&MailboxValue> {
    match state(app)?.open.as_ref()? {
        Open::Mailbox(form) => Some(&form.value),
        _ => None,
    }
}

/// Asks the engine about the address and goes on at once, so that a password can be typed ahead.
pub fn detect(app: &mut App) -> Vec<Effect> {
    let Some(settings) = app.settings_mut() else {
        return Vec::new();
    };
    let Some(Open::Mailbox(form)) = &mut settings.open else {
        return Vec::new();
    };
    if form.show_mistakes() > 0 {
        form.edit(true);
        return Vec::new();
    }
    form.tried = false;
    let address = form.value.settings.address.clone();
    let mut value = form.value.clone();
    if value.is_forwarded() {
        value.step = Step::Fill;
        value.settings.login.clone_from(&address);
        value.settings.name = name_of(&address);
        form.replace(value);
        settings.focus_and_edit("name");
        if let Some(open) = &mut settings.open {
            open.face_mut().edit(false);
        }
        return Vec::new();
    }
    let (imap, smtp) = presets::servers(presets::OTHER, &address);
    value.step = Step::Fill;
    value.settings.login.clone_from(&address);
    value.settings.name = name_of(&address);
    value.set_imap(imap);
    value.set_smtp(smtp);
    value.because = Some("looking …".into());
    form.replace(value);
    settings.focus_and_edit("password");
    let request = Request::Connect(ConnectRequest::Detect { address });
    ask(app, request, After::Detect)
}

/// The name that an address proposes.
fn name_of(address: &str) -> String {
    let local = address.split('@').next().unwrap_or_default();
    local.chars().take(LONGEST_MAILBOX_NAME).collect()
}

/// The engine did not know what to do with the address: back to it.
pub fn ask_address_again(settings: &mut Settings) {
    if let Some(Open::Mailbox(form)) = &mut settings.open {
        let mut value = form.value.clone();
        value.step = Step::Address;
        form.replace(value);
    }
    settings.focus_and_edit("address");
}

/// Checks what stands in the form.
pub fn check(app: &mut App) -> Vec<Effect> {
    if app
        .settings_mut()
        .is_some_and(|settings| settings.puts_off(Then::Check))
    {
        end_typing(app);
        return Vec::new();
    }
    let Some(Open::Mailbox(form)) = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut())
    else {
        return Vec::new();
    };
    if !form.value.is_filled() {
        return detect(app);
    }
    let wrong = form.show_mistakes();
    if wrong > 0 {
        refuse_mistakes(app, wrong, "checked");
        return Vec::new();
    }
    form.edit(false);
    let (id, settings, secret) = (
        form.value.id,
        form.value.settings.clone(),
        form.value.secret(),
    );
    let request = ConnectRequest::Check {
        id,
        settings: Box::new(settings.clone()),
        secret,
    };
    let effects = ask(app, Request::Connect(request), After::Checked);
    let asked = app.asks.latest();
    if let Some(settings_of_app) = app.settings_mut() {
        settings_of_app.checks = Some(Checks::new(asked, None, settings));
        settings_of_app.on_checks = true;
    }
    effects
}

/// Checks a connected mailbox as it is saved, on its page.
pub fn check_saved(app: &mut App, id: MailboxId) -> Vec<Effect> {
    let Some(settings) = rows::mailbox(app, id).map(|line| line.mailbox.settings.clone()) else {
        return Vec::new();
    };
    let request = ConnectRequest::Check {
        id: Some(id),
        settings: Box::new(settings.clone()),
        secret: None,
    };
    let effects = ask(app, Request::Connect(request), After::Checked);
    let asked = app.asks.latest();
    if let Some(state) = app.settings_mut() {
        state.checks = Some(Checks::new(asked, Some(id), settings));
        state.on_page = true;
    }
    effects
}

pub fn save(app: &mut App) -> Vec<Effect> {
    if app
        .settings_mut()
        .is_some_and(|settings| settings.puts_off(Then::Save))
    {
        end_typing(app);
        return Vec::new();
    }
    if state(app).is_some_and(Settings::is_waiting) {
        app.status
            .refuse("it is being saved; the engine has not answered yet");
        return Vec::new();
    }
    let Some(Open::Mailbox(form)) = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut())
    else {
        return Vec::new();
    };
    if !form.value.is_filled() {
        return detect(app);
    }
    let wrong = form.show_mistakes();
    if wrong > 0 {
        refuse_mistakes(app, wrong, "saved");
        return Vec::new();
    }
    form.edit(false);
    let words = saved_words(app);
    let Some(value) = value(app) else {
        return Vec::new();
    };
    let request = MailboxRequest::Put {
        id: value.id,
        settings: Box::new(value.settings.clone()),
        secret: value.secret(),
    };
    ask(app, Request::Mailbox(request), After::Mailbox(words))
}

/// What is said after saving; that a check failed is not passed over.
fn saved_words(app: &App) -> Clean {
    let Some(value) = value(app) else {
        return Clean::default();
    };
    let name = &value.settings.name;
    let verdict = state(app)
        .and_then(|settings| settings.checks.as_ref())
        .filter(|checks| checks.settings == value.settings)
        .map(Checks::verdict);
    let words = match (verdict, value.is_new()) {
        (Some(Verdict::Failed), _) => {
            format!("{name} is saved although a check failed; c checks again")
        }
        (Some(Verdict::Passed), true) => {
            format!("{name} is connected; its mail comes in now")
        }
        (_, true) if value.is_forwarded() => {
            format!("{name} is saved; r tells how its mail is redirected here")
        }
        (_, true) => format!("{name} is saved without checks; c checks it"),
        (_, false) => format!("{name} is saved"),
    };
    Clean::line(&words)
}

fn refuse_mistakes(app: &mut App, wrong: usize, what: &str) {
    if let Some(settings) = app.settings_mut() {
        settings.on_checks = false;
    }
    let fields = if wrong == 1 {
        "one field is not right".to_owned()
    } else {
        format!("{wrong} fields are not right")
    };
    app.status
        .refuse(&format!("not {what}: {fields}; see below it"));
}

fn end_typing(app: &mut App) {
    if let Some(open) = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut())
    {
        open.face_mut().edit(false);
    }
}
