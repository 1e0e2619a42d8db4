//! What the engine answers to the settings.

use super::form::Face;
use super::mailbox::form;
use super::rows::{self, Item};
use super::{AboutForm, After, Open, Saving, Settings, Then, audit, domains, sign_in};
use crate::app::App;
use crate::app::acts;
use crate::app::event::Effect;
use crate::app::layers::Layer;
use crate::app::watch;
use crate::bridge::{
    AskId, CareReport, ConnectReport, Detected, MailboxReport, Report, SAVED_WITHOUT_PASSWORD,
    WordsReport,
};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::trouble::Trouble;

/// An answer to a question asked under `Purpose::Settings`.
pub fn told(app: &mut App, id: AskId, report: Report) -> Vec<Effect> {
    let after = app
        .settings_mut()
        .and_then(|settings| settings.take_pending(id));
    match (after, report) {
        (_, Report::Domains(lines)) => {
            domains::told(app, id, lines);
            Vec::new()
        }
        (Some(After::SignIn), Report::Connect(ConnectReport::SignIn(report))) => {
            sign_in::answered(app, id, report);
            Vec::new()
        }
        (Some(After::Form(what)), report) => of_form(app, id, what, report),
        (Some(After::Watched | After::Tested), report) => super::watching::told(app, report),
        (Some(After::Redirect), Report::Connect(ConnectReport::Redirect(id, state))) => {
            super::redirect::told(app, id, *state);
            Vec::new()
        }
        (
            Some(After::Save(Saving::Mailbox(words))),
            Report::Mailbox(MailboxReport::Saved(mailbox)),
        ) => form::keep_for_sending(app, mailbox, &words)
            .unwrap_or_else(|| saved(app, mailbox, words)),
        (Some(After::Save(Saving::Other(words))), _) => {
            remember_new(app);
            close_form(app);
            app.status.good(words);
            acts::look_at_basics_and_views(app)
        }
        (
            _,
            Report::Mailbox(MailboxReport::Synced {
                new_messages,
                troubles,
                held_elsewhere,
            }),
        ) => {
            watch::say_synced(app, new_messages, &troubles, &held_elsewhere);
            acts::look_at_basics_and_views(app)
        }
        (Some(After::Sample), Report::Words(WordsReport::Sample(sample))) => {
            super::preview::told(app, *sample);
            Vec::new()
        }
        (Some(After::Audit { anew }), Report::Care(CareReport::Audit(page))) => {
            audit::told(app, anew, page);
            Vec::new()
        }
        (Some(After::AuditFile), Report::Care(CareReport::Audit(page))) => {
            audit::export_told(app, page)
        }
        (Some(After::Save(Saving::Sending(mailbox, words))), _) => saved(app, mailbox, words),
        (Some(After::Say(words)), _) => {
            app.status.good(words);
            acts::look_at_basics_and_views(app)
        }
        _ => Vec::new(),
    }
}

/// What a server, or one that knows of servers, said about the form.
fn of_form(app: &mut App, id: AskId, what: AboutForm, report: Report) -> Vec<Effect> {
    match (what, report) {
        (AboutForm::Checked, _) => finish_checks(app, id, None),
        (AboutForm::Detect, Report::Connect(ConnectReport::Detected(detected))) => {
            found(app, detected)
        }
        (AboutForm::Providers, Report::Connect(ConnectReport::Providers(lines))) => {
            form::take_providers(app, lines);
            Vec::new()
        }
        (AboutForm::Folders | AboutForm::Periods, Report::Connect(report)) => {
            super::mailbox::checking::counted(app, report)
        }
        _ => Vec::new(),
    }
}

/// The servers of an address; then what was pressed while they were looked for.
fn found(app: &mut App, detected: Detected) -> Vec<Effect> {
    let then = app.settings_mut().and_then(|settings| {
        fill(settings, detected);
        settings.asked.then.take()
    });
    match then {
        Some(Then::Check) => form::check(app),
        Some(Then::Save) => form::save(app),
        None => Vec::new(),
    }
}

/// A mailbox is saved. One that was begun on the desk and works leads back there, where its tickets come.
fn saved(app: &mut App, mailbox: MailboxId, words: Clean) -> Vec<Effect> {
    let goes_to_desk = form::goes_to_desk(app);
    if let Some(settings) = app.settings_mut() {
        settings.item = Item::Mailbox(mailbox);
        settings.checks = None;
    }
    close_form(app);
    if goes_to_desk {
        app.layers
            .retain(|layer| !matches!(layer, Layer::Settings(_)));
    }
    app.status.greet(words);
    acts::look_at_basics_and_views(app)
}

/// What was made anew has no place in the list yet: the cursor goes to it when it comes.
fn remember_new(app: &mut App) {
    if let Some(settings) = app.settings_mut() {
        settings.made = match &settings.open {
            Some(Open::Signature(form)) if form.value.id.is_none() => Some((
                Item::NewSignature,
                form.value.signature.name.trim().to_owned(),
            )),
            Some(Open::View(form)) if form.value.id.is_none() => {
                Some((Item::NewView, form.value.name.trim().to_owned()))
            }
            _ => None,
        };
    }
}

/// The list has changed: the cursor goes to what was made here, and the form of a mailbox that was saved without its
/// password goes on about that mailbox.
pub fn catch_up(app: &mut App) {
    let Some(settings) = super::state(app) else {
        return;
    };
    if let Some((from, name)) = &settings.made {
        let signature = || {
            let mut all = rows::signatures(app);
            all.find(|signature| signature.name == *name)
                .map(|signature| Item::Signature(signature.id))
        };
        let view = || {
            let mut all = rows::views(app);
            all.find(|(_, line)| line.name.as_str() == name)
                .map(|(id, _)| Item::View(id))
        };
        let found = match from {
            Item::NewSignature => signature(),
            _ => view(),
        };
        let from = *from;
        if let (Some(item), Some(settings)) = (found, app.settings_mut()) {
            settings.made = None;
            if settings.item == from {
                settings.item = item;
            }
        }
    }
    continue_as_edit(app);
}

fn continue_as_edit(app: &mut App) {
    let address = match super::state(app) {
        Some(settings) if settings.saved_in_part => match &settings.open {
            Some(Open::Mailbox(form)) => form.value.settings.address.clone(),
            _ => String::new(),
        },
        _ => return,
    };
    let saved = rows::mailboxes(app)
        .find(|line| line.mailbox.settings.address.eq_ignore_ascii_case(&address))
        .map(|line| line.mailbox.id);
    let Some(settings) = app.settings_mut() else {
        return;
    };
    if let (Some(id), Some(Open::Mailbox(form))) = (saved, &mut settings.open) {
        form.value.id = Some(id);
        settings.item = Item::Mailbox(id);
        settings.saved_in_part = false;
    }
}

fn close_form(app: &mut App) {
    if let Some(settings) = app.settings_mut() {
        settings.open = None;
        settings.on_checks = false;
        settings.on_page = true;
    }
}

/// What was typed while the engine looked stays: only what it knows is filled in.
fn fill(settings: &mut Settings, detected: Detected) {
    let Some(Open::Mailbox(form)) = &mut settings.open else {
        return;
    };
    let is_for_this = detected
        .settings
        .address
        .eq_ignore_ascii_case(&form.value.settings.address);
    if form.value.is_new() && is_for_this {
        if let Some(finding) = &mut settings.finding {
            finding.finish(detected.tried.clone(), detected.is_certain);
        }
        let mut value = form.value.clone();
        value.detected(detected);
        let leaves_password = value.signs_in() && form.name(form.focus()) == "password";
        form.propose(value);
        // The field of the password is gone with it: the cursor goes where one signs in instead.
        if leaves_password && let Some(index) = form.index_of("oauth-provider") {
            form.edit(false);
            form.go_to(index);
        }
    }
}

/// The checks are through; where they reached the server, it is asked how much there is to fetch.
fn finish_checks(app: &mut App, id: AskId, trouble: Option<Trouble>) -> Vec<Effect> {
    if let Some(checks) = app
        .settings_mut()
        .and_then(|settings| settings.checks.as_mut())
        .filter(|checks| checks.ask == id)
    {
        checks.finish(trouble);
    }
    super::mailbox::checking::count_periods(app)
}

/// Such a question failed.
pub fn failed(app: &mut App, id: AskId, trouble: Trouble) -> Vec<Effect> {
    domains::forget(app, id);
    let after = app
        .settings_mut()
        .and_then(|settings| settings.take_pending(id));
    match after {
        Some(After::Form(AboutForm::Checked)) => return finish_checks(app, id, Some(trouble)),
        // How many mails there are is good to know, and a preview without a ticket still shows the text.
        Some(After::Form(AboutForm::Periods) | After::Sample) => return Vec::new(),
        Some(After::Form(AboutForm::Folders)) => super::folder_picker::give_up(app),
        Some(After::Redirect) => {
            super::redirect::failed(app, trouble);
            return Vec::new();
        }
        Some(After::Form(AboutForm::Detect)) => {
            if let Some(settings) = app.settings_mut() {
                settings.asked.then = None;
                settings.finding = None;
                form::ask_address_again(settings);
            }
            at_field(app, &trouble);
        }
        Some(After::Save(Saving::Mailbox(_)))
            if trouble.what.starts_with(SAVED_WITHOUT_PASSWORD) =>
        {
            // Nothing is wrong with what was typed: the same may be saved again.
            app.status.trouble(&trouble);
            if let Some(settings) = app.settings_mut() {
                settings.on_checks = false;
                settings.saved_in_part = true;
            }
            return acts::look_at_basics_and_views(app);
        }
        Some(After::Save(Saving::Sending(..))) => {
            app.status.trouble(&trouble);
            if let Some(settings) = app.settings_mut() {
                settings.saved_in_part = true;
            }
            return acts::look_at_basics_and_views(app);
        }
        Some(After::Save(Saving::Mailbox(_))) => at_field(app, &trouble),
        Some(After::Save(Saving::Other(_))) => at_field(app, &trouble),
        Some(After::SignIn) => sign_in::ended(app, id),
        // The page shows what it knew, and asks again.
        Some(After::Watched) => return Vec::new(),
        Some(After::Audit { .. } | After::AuditFile) => audit::failed(app),
        Some(After::Say(_) | After::Form(AboutForm::Providers) | After::Tested) | None => {}
    }
    app.status.trouble(&trouble);
    Vec::new()
}

/// The engine's words stand under the field whose value they name.
fn at_field(app: &mut App, trouble: &Trouble) {
    let Some(settings) = app.settings_mut() else {
        return;
    };
    settings.on_checks = false;
    let Some(open) = &mut settings.open else {
        return;
    };
    let names = |text: &str| !text.is_empty() && trouble.what.contains(text);
    let field = match open {
        Open::Mailbox(form) if names("password") => {
            if form.value.wants_password() {
                "password"
            } else {
                "password-from"
            }
        }
        Open::Mailbox(form) if names(&form.value.settings.address) && !names("called") => "address",
        Open::Mailbox(form) if form.value.is_filled() && names(&form.value.settings.name) => "name",
        Open::Mailbox(_) => "address",
        Open::Password(_) => "password",
        Open::Signature(_) if names("read") => "text",
        Open::Signature(_) => "name",
        Open::View(_) if names("query") => "query",
        Open::View(_) => "name",
    };
    let hint = trouble
        .hint
        .as_ref()
        .map_or_else(String::new, |hint| format!("; {hint}"));
    open.face_mut().refuse(field, &format!("{trouble}{hint}"));
}
