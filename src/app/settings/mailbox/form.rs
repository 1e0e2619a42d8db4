//! Connecting and changing a mailbox: from the address over the checks to saving.

use super::checking;
use super::value::{MailboxValue, Step};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::prompt;
use crate::app::settings::checks::Verdict;
use crate::app::settings::finding::Finding;
use crate::app::settings::form::Face;
use crate::app::settings::{AboutForm, After, Open, Saving, Settings, Then, ask, rows, state};
use crate::bridge::{ConnectRequest, MailboxRequest, ProviderLine, Request, SignInRequest};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;

/// What goes on when the servers are confirmed.
const CHECK: &str = "check";
const SAVE: &str = "save";

fn value(app: &App) -> Option<&MailboxValue> {
    match state(app)?.open.as_ref()? {
        Open::Mailbox(form) => Some(&form.value),
        _ => None,
    }
}

/// Asks the engine about the address and goes on at once, so that a password can be typed ahead.
pub fn detect(app: &mut App) -> Vec<Effect> {
    let twice = connected_already(app);
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
    let address = form.value.settings.address.clone();
    if let Some(words) = twice {
        form.refuse("address", &words);
        form.edit(true);
        return Vec::new();
    }
    form.tried = false;
    let mut value = form.value.clone();
    if value.is_forwarded() {
        value.fill();
        form.replace(value);
        settings.focus_and_edit("name");
        if let Some(open) = &mut settings.open {
            open.face_mut().edit(false);
        }
        return Vec::new();
    }
    value.look();
    form.replace(value);
    settings.finding = Some(Finding::begun());
    settings.focus_and_edit("password");
    let request = Request::Connect(ConnectRequest::Detect { address });
    ask(app, request, After::Form(AboutForm::Detect))
}

/// Where the address is in use, if it is; asking for its servers would lead nowhere.
fn connected_already(app: &App) -> Option<String> {
    let address = &value(app)?.settings.address;
    let line = rows::mailboxes(app)
        .find(|line| line.mailbox.settings.address.eq_ignore_ascii_case(address))?;
    let name = &line.mailbox.settings.name;
    Some(format!(
        "{address} is connected already, as the mailbox {name}; change the settings of {name} instead"
    ))
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
    if !form.value.unconfirmed().is_empty() {
        return confirm_first(app, CHECK);
    }
    checking::check_form(app)
}

/// Nobody vouches for the servers, so the password goes to none of them before a person has seen their names.
fn confirm_first(app: &mut App, then: &str) -> Vec<Effect> {
    let Some(value) = value(app) else {
        return Vec::new();
    };
    let who = value.found.because.clone().unwrap_or_default();
    let question = format!(
        "Sign in at {}? The password goes there. Nobody vouches for it: {who}.",
        value.unconfirmed().join(" and ")
    );
    prompt::ask_first(app, Clean::line(&question), "settings-trust-servers", then)
}

/// The providers that can be chosen have come.
pub fn take_providers(app: &mut App, lines: Vec<ProviderLine>) {
    if let Some(Open::Mailbox(form)) = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut())
    {
        form.value.found.all = lines;
    }
}

/// The servers are right: goes on with what was asked for.
pub fn trust_servers(app: &mut App, then: &str) -> Vec<Effect> {
    if let Some(Open::Mailbox(form)) = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut())
    {
        form.value.found.unvouched.clear();
    }
    match then {
        SAVE => save(app),
        _ => check(app),
    }
}

/// Whether the mailbox that was just saved is a new one that works, begun on the desk: there its tickets come now.
pub fn goes_to_desk(app: &App) -> bool {
    value(app).is_some_and(|value| value.returns_to_desk && value.is_new())
        && checking::verdict(app) == Some(Verdict::Passed)
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
    if !form.value.unconfirmed().is_empty() {
        return confirm_first(app, SAVE);
    }
    let words = saved_words(app);
    let Some(value) = value(app) else {
        return Vec::new();
    };
    let request = MailboxRequest::Put {
        id: value.id,
        settings: Box::new(value.settings.clone()),
        secret: value.secret(),
    };
    ask(
        app,
        Request::Mailbox(request),
        After::Save(Saving::Mailbox(words)),
    )
}

/// The password that only sends is kept beside the settings that were just saved, where one was typed.
pub fn keep_for_sending(app: &mut App, id: MailboxId, words: &Clean) -> Option<Vec<Effect>> {
    let secret = value(app)?.sending_secret()?;
    let request = SignInRequest::KeepForSending { id, secret };
    let request = Request::Connect(ConnectRequest::SignIn(request));
    Some(ask(
        app,
        request,
        After::Save(Saving::Sending(id, words.clone())),
    ))
}

/// What is said after saving; that a check failed is not passed over.
fn saved_words(app: &App) -> Clean {
    let Some(value) = value(app) else {
        return Clean::default();
    };
    let name = &value.settings.name;
    let words = match (checking::verdict(app), value.is_new()) {
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
