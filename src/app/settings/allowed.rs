//! Where a command of the settings may run, and the words for where it may not.

use super::grammar::Kind;
use super::{Item, Open, domains, folder_picker, places, redirect, rows, state};
use crate::app::App;
use crate::bridge::MailboxLine;
use crate::domain::mailbox::SecretSource;

pub(super) fn with_form(app: &mut App, change: impl FnOnce(&mut Open)) {
    if let Some(open) = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut())
    {
        change(open);
    }
}

/// The mailbox under the cursor of the list.
pub(super) fn selected(app: &App) -> Option<&MailboxLine> {
    match state(app)?.item {
        Item::Mailbox(id) => rows::mailbox(app, id),
        _ => None,
    }
}

pub(super) fn form_of(app: &App) -> Option<&Open> {
    state(app).and_then(|settings| settings.open.as_ref())
}

pub(super) fn no_form(app: &App) -> Result<(), String> {
    if super::audit::screen(app).is_some() {
        return Err("the log of settings is open; Esc closes it".into());
    }
    match form_of(app) {
        Some(_) => Err("a form is open; s saves it, Esc leaves it".into()),
        None if redirect::is_open(app) => Err("the wizard is open; Esc leaves it".into()),
        None => Ok(()),
    }
}

pub(super) fn some_form(app: &App) -> Result<(), String> {
    match form_of(app) {
        Some(_) => Ok(()),
        None => Err("no form is open; Enter opens what is under the cursor".into()),
    }
}

pub(super) fn was_converted(app: &App) -> Result<(), String> {
    match form_of(app) {
        Some(open) if open.face().was_converted() => Ok(()),
        _ => Err("nothing was pasted here as Markdown".into()),
    }
}

pub(super) fn on_choice(app: &App) -> Result<(), String> {
    if folder_picker::is_open(app) {
        return Ok(());
    }
    let is_choice = form_of(app).is_some_and(|open| {
        let face = open.face();
        matches!(face.kind(face.focus()), Kind::Choice | Kind::Toggle)
    });
    if is_choice && !state(app).is_some_and(|settings| settings.on_checks) {
        Ok(())
    } else {
        Err("this is no choice; Enter edits it".into())
    }
}

pub(super) fn on_mailbox(app: &App) -> Result<(), String> {
    no_form(app)?;
    selected(app)
        .map(|_| ())
        .ok_or_else(|| "go to a mailbox first".into())
}

pub(super) fn can_check(app: &App) -> Result<(), String> {
    match form_of(app) {
        Some(Open::Mailbox(_)) => Ok(()),
        Some(_) => Err("there is nothing to check here; s saves".into()),
        None if domains::is_on_domain(app) => domains::on_domain(app),
        None => on_mailbox(app),
    }
}

pub(super) fn takes_password(app: &App) -> Result<(), String> {
    if places::on_checks(app) && form_of(app).is_some() {
        let has_field = match form_of(app) {
            Some(Open::Mailbox(form)) => form.value.wants_password(),
            _ => false,
        };
        return match has_field {
            true => Ok(()),
            false => Err("this mailbox is not given a password here".into()),
        };
    }
    on_mailbox(app)?;
    match selected(app).map(|line| &line.mailbox.settings.secret) {
        Some(SecretSource::Command(_)) => {
            Err("its password comes from a command; Enter edits the command".into())
        }
        Some(SecretSource::TokenCommand(_)) => {
            Err("its token comes from a command; Enter edits the command".into())
        }
        Some(SecretSource::Oauth(_)) => Err("it signs in with OAuth2; i signs in again".into()),
        Some(SecretSource::None) => Err("this mailbox needs no password".into()),
        _ => Ok(()),
    }
}

pub(super) fn on_removable(app: &App) -> Result<(), String> {
    no_form(app)?;
    match state(app).map(|settings| settings.item) {
        Some(Item::Mailbox(_) | Item::Signature(_) | Item::View(_)) => Ok(()),
        _ => Err("go to a mailbox, a signature or a view first".into()),
    }
}
