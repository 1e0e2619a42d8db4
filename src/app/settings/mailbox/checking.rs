//! Checking a form or a connected mailbox: how far it goes, and what comes after it.

use super::form;
use super::value::MailboxValue;
use crate::app::App;
use crate::app::event::Effect;
use crate::app::settings::checks::{Checks, Verdict};
use crate::app::settings::{AboutForm, After, Item, Open, ask, folder_picker, rows, state};
use crate::bridge::{ConnectReport, ConnectRequest, Request};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::MailboxSettings;

/// How much a check tries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Depth {
    /// Nothing is sent.
    #[default]
    Servers,
    /// A mail to oneself and a copy in the Sent folder, too.
    RoundTrip,
}

fn value(app: &App) -> Option<&MailboxValue> {
    match state(app)?.open.as_ref()? {
        Open::Mailbox(form) => Some(&form.value),
        _ => None,
    }
}

/// How the checks went of what stands in the form, or of what is saved.
pub fn verdict(app: &App) -> Option<Verdict> {
    let checks = state(app)?.checks.as_ref()?;
    let is_same = value(app).is_none_or(|value| value.settings == checks.settings);
    is_same.then(|| checks.verdict())
}

/// Whether Enter on the checks saves: all is well with what stands in the form.
pub fn enter_saves(app: &App) -> bool {
    value(app).is_some() && verdict(app) == Some(Verdict::Passed)
}

/// Enter on the checks: saves a form that has passed, and checks again what has not, as far as it went the last time.
pub fn enter_checks(app: &mut App) -> Vec<Effect> {
    let last = state(app).and_then(|settings| settings.checks.as_ref());
    if last.is_some_and(|checks| checks.verdict() == Verdict::Running) {
        app.status
            .refuse("the checks are not through yet; s saves without waiting for them");
        return Vec::new();
    }
    if enter_saves(app) {
        return form::save(app);
    }
    let depth = match last.is_some_and(|checks| checks.with_round_trip) {
        true => Depth::RoundTrip,
        false => Depth::Servers,
    };
    check_to(app, depth)
}

/// Checks what stands in the form, or else the mailbox under the cursor.
pub fn check_to(app: &mut App, depth: Depth) -> Vec<Effect> {
    let Some(settings) = app.settings_mut() else {
        return Vec::new();
    };
    match (&mut settings.open, settings.item) {
        (Some(Open::Mailbox(form)), _) => {
            form.value.depth = depth;
            form::check(app)
        }
        (None, Item::Mailbox(id)) => check_saved(app, id, depth),
        _ => Vec::new(),
    }
}

/// Checks a connected mailbox as it is saved.
fn check_saved(app: &mut App, id: MailboxId, depth: Depth) -> Vec<Effect> {
    let Some(settings) = rows::mailbox(app, id).map(|line| line.mailbox.settings.clone()) else {
        return Vec::new();
    };
    let request = ConnectRequest::Check {
        id: Some(id),
        settings: Box::new(settings.clone()),
        secret: None,
        with_round_trip: depth == Depth::RoundTrip,
    };
    begin(app, request, Some(id), settings, depth)
}

/// Checks the form, which was looked through before.
pub(super) fn check_form(app: &mut App) -> Vec<Effect> {
    let Some(value) = value(app) else {
        return Vec::new();
    };
    let (settings, depth) = (value.settings.clone(), value.depth);
    let request = ConnectRequest::Check {
        id: value.id,
        settings: Box::new(settings.clone()),
        secret: value.secret(),
        with_round_trip: depth == Depth::RoundTrip,
    };
    begin(app, request, None, settings, depth)
}

/// Asks, and shows the list from its beginning.
fn begin(
    app: &mut App,
    request: ConnectRequest,
    page_of: Option<MailboxId>,
    checked: MailboxSettings,
    depth: Depth,
) -> Vec<Effect> {
    let effects = ask(
        app,
        Request::Connect(request),
        After::Form(AboutForm::Checked),
    );
    let asked = app.asks.latest();
    let with_round_trip = depth == Depth::RoundTrip;
    if let Some(settings) = app.settings_mut() {
        settings.checks = Some(Checks::new(asked, page_of, checked, with_round_trip));
        settings.on_checks = true;
    }
    effects
}

/// Asks how many mails a first sync would fetch, where the checks have shown that the server can be asked.
pub fn count_periods(app: &mut App) -> Vec<Effect> {
    let reads_well = state(app)
        .and_then(|settings| settings.checks.as_ref())
        .is_some_and(Checks::reads_well);
    let Some(value) = value(app).filter(|value| reads_well && value.is_new() && value.has_imap())
    else {
        return Vec::new();
    };
    let request = ConnectRequest::CountPeriods {
        id: value.id,
        settings: Box::new(value.settings.clone()),
        secret: value.secret(),
    };
    ask(
        app,
        Request::Connect(request),
        After::Form(AboutForm::Periods),
    )
}

/// The server has told which folders there are, or how many mails.
pub fn counted(app: &mut App, report: ConnectReport) -> Vec<Effect> {
    let open = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut());
    match (report, open) {
        (ConnectReport::Folders(folders), _) => return folder_picker::fill(app, folders),
        (ConnectReport::Periods(counts), Some(Open::Mailbox(form))) => form.value.counts = counts,
        _ => {}
    }
    Vec::new()
}
