//! What the commands of the settings do to mailboxes, signatures and views.

use super::allowed::{form_of, selected, with_form};
use super::mailbox::checking::{self, Depth};
use super::mailbox::form as mailbox_form;
use super::{After, Item, Open, Saving, Settings, ask, domains, moves, rows, state};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::prompt;
use crate::bridge::{MailboxLine, MailboxRequest, PeopleRequest, Request, Secret};
use crate::domain::clean::Clean;
use crate::domain::mailbox::{Health, SecretSource};

pub(super) fn check(app: &mut App) -> Vec<Effect> {
    if form_of(app).is_none() && domains::is_on_domain(app) {
        return domains::verify(app);
    }
    checking::check_to(app, Depth::Servers)
}

/// Asks before a mail is sent, and then checks all there is to check.
pub(super) fn round_trip(app: &mut App) -> Vec<Effect> {
    let Some(checks) = state(app).and_then(|settings| settings.checks.as_ref()) else {
        return Vec::new();
    };
    let address = &checks.settings.address;
    let question = format!(
        "Send a mail from {address} to itself? It is removed again when it has come, as is a copy in the Sent folder."
    );
    prompt::ask_first(app, Clean::line(&question), "settings-round-trip-now", "")
}

pub(super) fn new(app: &mut App) -> Vec<Effect> {
    let item = match state(app).map(|settings| settings.item) {
        Some(Item::Signature(_) | Item::NewSignature) => Item::NewSignature,
        Some(Item::View(_) | Item::NewView) => Item::NewView,
        Some(Item::NewRedirect) => Item::NewRedirect,
        _ => Item::NewMailbox,
    };
    if let Some(settings) = app.settings_mut() {
        settings.item = item;
    }
    moves::open_form(app)
}

pub(super) fn with_mailbox(
    app: &mut App,
    request: impl FnOnce(&MailboxLine) -> MailboxRequest,
    words: &str,
) -> Vec<Effect> {
    match selected(app).map(request) {
        Some(request) => {
            let said = After::Say(Clean::line(words));
            ask(app, Request::Mailbox(request), said)
        }
        None => Vec::new(),
    }
}

pub(super) fn send_test(app: &mut App, to: &str) -> Vec<Effect> {
    app.status
        .good(Clean::line(&format!("sending a test mail to {to} …")));
    let request = |line: &MailboxLine| MailboxRequest::SendTest {
        id: line.mailbox.id,
        to: to.to_owned(),
    };
    with_mailbox(
        app,
        request,
        &format!("the server took a test mail for {to}"),
    )
}

pub(super) fn switch(app: &mut App) -> Vec<Effect> {
    let Some(line) = selected(app) else {
        return Vec::new();
    };
    let name = line.mailbox.settings.name.clone();
    let is_off = matches!(line.health, Health::Disabled) || !line.mailbox.enabled;
    let words = if is_off {
        format!("{name} fetches and sends again")
    } else {
        format!("{name} is off; d switches it on, and it fetches what came meanwhile")
    };
    let request = |line: &MailboxLine| {
        if is_off {
            MailboxRequest::Enable(line.mailbox.id)
        } else {
            MailboxRequest::Disable(line.mailbox.id)
        }
    };
    let effects = with_mailbox(app, request, &words);
    if let Some(settings) = app.settings_mut() {
        // What was checked before says nothing about what is now.
        settings.checks = None;
    }
    effects
}

pub(super) fn password(app: &mut App) -> Vec<Effect> {
    let Some(id) = selected(app).map(|line| line.mailbox.id) else {
        return Vec::new();
    };
    if let Some(settings) = app.settings_mut() {
        settings.open = Some(Open::password(id));
        settings.checks = None;
        settings.focus_and_edit("password");
    }
    Vec::new()
}

pub(super) fn remove(app: &mut App) -> Vec<Effect> {
    let question = match state(app).map(|settings| settings.item) {
        Some(Item::Mailbox(_)) => {
            let name = selected(app).map_or("", |line| line.mailbox.settings.name.as_str());
            format!(
                "Remove {name}? Its tickets stay; its password is forgotten. Connecting the address again goes on where it stopped."
            )
        }
        Some(Item::Signature(id)) => {
            let found = rows::signatures(app).find(|signature| signature.id == id);
            let name = found.map_or("", |signature| signature.name.as_str());
            format!("Delete the signature {name}? This cannot be taken back.")
        }
        Some(Item::View(id)) => {
            let found = rows::views(app).find(|(known, _)| *known == id);
            let name = found.map_or("", |(_, line)| line.name.as_str());
            format!("Delete the view {name}? Its tickets stay.")
        }
        _ => return Vec::new(),
    };
    prompt::ask_first(app, Clean::line(&question), "settings-remove-now", "")
}

pub(super) fn remove_now(app: &mut App) -> Vec<Effect> {
    let (request, words) = match state(app).map(|settings| settings.item) {
        Some(Item::Mailbox(id)) => (
            Request::Mailbox(MailboxRequest::Remove(id)),
            "removed; its tickets stay",
        ),
        Some(Item::Signature(id)) => (
            Request::People(PeopleRequest::DeleteSignature(id)),
            "the signature is deleted",
        ),
        Some(Item::View(id)) => (
            Request::People(PeopleRequest::DeleteView(id)),
            "the view is deleted; its tickets stay",
        ),
        _ => return Vec::new(),
    };
    if let Some(settings) = app.settings_mut() {
        settings.checks = None;
        settings.on_page = false;
    }
    ask(app, request, After::Say(Clean::from_static(words)))
}

/// Saves whichever form is open.
pub(super) fn save(app: &mut App) -> Vec<Effect> {
    if matches!(form_of(app), Some(Open::Mailbox(_))) {
        return mailbox_form::save(app);
    }
    if state(app).is_some_and(Settings::is_waiting) {
        app.status
            .refuse("the answer to the last step is still to come");
        return Vec::new();
    }
    let mut wrong = 0;
    with_form(app, |open| wrong = open.face_mut().show_mistakes());
    if wrong > 0 {
        app.status
            .refuse("not saved; see what stands below the field");
        return Vec::new();
    }
    with_form(app, |open| open.face_mut().edit(false));
    let Some((request, words)) = form_of(app).and_then(|open| to_save(app, open)) else {
        return Vec::new();
    };
    ask(
        app,
        request,
        After::Save(Saving::Other(Clean::line(&words))),
    )
}

fn to_save(app: &App, open: &Open) -> Option<(Request, String)> {
    Some(match open {
        Open::Mailbox(_) => return None,
        Open::Password(form) => {
            let line = rows::mailbox(app, form.value.mailbox)?;
            let words = format!("{} tries its new password now", line.mailbox.settings.name);
            (
                Request::Mailbox(hand_over(line, form.value.password.clone())),
                words,
            )
        }
        Open::Signature(form) => (
            Request::People(PeopleRequest::PutSignature {
                id: form.value.id,
                signature: form.value.signature.clone(),
            }),
            format!("signature {} is saved", form.value.signature.name),
        ),
        Open::View(form) => (
            Request::People(PeopleRequest::PutView {
                id: form.value.id,
                name: form.value.name.clone(),
                query: form.value.query.clone(),
            }),
            format!("view {} is saved", form.value.name),
        ),
    })
}

/// A password that is asked at start counts for this run; a kept one replaces the old one.
fn hand_over(line: &MailboxLine, secret: Secret) -> MailboxRequest {
    let id = line.mailbox.id;
    if line.mailbox.settings.secret == SecretSource::Ask {
        MailboxRequest::Unlock { id, secret }
    } else {
        MailboxRequest::Put {
            id: Some(id),
            settings: Box::new(line.mailbox.settings.clone()),
            secret: Some(secret),
        }
    }
}
