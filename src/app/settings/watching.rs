//! Keeping the page of a mailbox up to date, and proving by hand that mail arrives.

use jiff::{SignedDuration, Timestamp};

use super::allowed::{form_of, on_mailbox, selected};
use super::{After, Item, Settings, ask, moves, state};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::registry::{Command, Group, Scope, command};
use crate::bridge::{
    MailboxReport, MailboxRequest, MailboxStatus, Report, Request, WatchReport, WatchRequest,
};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;

/// A page that is looked at is asked for again after this.
const FRESH_FOR: SignedDuration = SignedDuration::from_secs(10);
/// News do not make it be asked for more often than this.
const AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(1);

/// What is known about the mailbox whose page is open.
#[derive(Debug, Default)]
pub struct Watched {
    pub status: Option<Box<MailboxStatus>>,
    /// For which mailbox the engine was asked last, and when.
    asked: Option<(MailboxId, Timestamp)>,
    /// The engine said that something changed.
    is_stale: bool,
}

impl Watched {
    pub fn of(&self, mailbox: MailboxId) -> Option<&MailboxStatus> {
        self.status.as_deref().filter(|status| status.id == mailbox)
    }

    pub fn grows_stale(&mut self) {
        self.is_stale = true;
    }

    /// When this mailbox shall be asked for.
    fn due(&self, mailbox: MailboxId, now: Timestamp) -> Timestamp {
        let pause = if self.is_stale {
            AT_MOST_EVERY
        } else {
            FRESH_FOR
        };
        match self.asked {
            Some((asked, at)) if asked == mailbox => at.saturating_add(pause).unwrap_or(now),
            _ => now,
        }
    }
}

pub const COMMANDS: &[Command] = &[
    command(
        "settings-self-test",
        "Test that mail arrives",
        "Sends a mail to this mailbox, waits until it has come, and removes it.",
        |app, _| self_test(app),
    )
    .at(Group::Settings, &[Scope::Settings])
    .keys(&["T"])
    .bar("self-test", 9)
    .allowed(on_mailbox),
    command(
        "settings-page-down",
        "Page down",
        "Goes one page down in the log of settings, or on the page beside the list.",
        |app, _| moves::page(app, 1),
    )
    .at(Group::Settings, &[Scope::Settings])
    .keys(&["page-down"])
    .allowed(can_page),
    command(
        "settings-page-up",
        "Page up",
        "Goes one page up in the log of settings, or on the page beside the list.",
        |app, _| moves::page(app, -1),
    )
    .at(Group::Settings, &[Scope::Settings])
    .keys(&["page-up"])
    .allowed(can_page),
];

/// A form goes on with the arrows.
fn can_page(app: &App) -> Result<(), String> {
    match form_of(app) {
        Some(_) => Err("a form is open; the arrows go through it".into()),
        None => Ok(()),
    }
}

fn self_test(app: &mut App) -> Vec<Effect> {
    let Some(id) = selected(app).map(|line| line.mailbox.id) else {
        return Vec::new();
    };
    let words = "a mail to this mailbox is on its way; what comes of it is said here";
    app.status.good(Clean::from_static(words));
    let request = Request::Mailbox(MailboxRequest::Watch(WatchRequest::SelfTest(id)));
    ask(app, request, After::Tested)
}

/// The mailbox whose page is seen.
fn seen(settings: &Settings) -> Option<MailboxId> {
    match settings.item {
        Item::Mailbox(id) if settings.open.is_none() => Some(id),
        _ => None,
    }
}

/// Asks for what the page shows, where that is due.
pub fn tick(app: &mut App) -> Vec<Effect> {
    let now = app.now;
    let Some(id) = state(app)
        .filter(|settings| {
            !settings
                .asked
                .pending
                .iter()
                .any(|(_, after)| *after == After::Watched)
        })
        .and_then(seen)
    else {
        return Vec::new();
    };
    let Some(settings) = app.settings_mut() else {
        return Vec::new();
    };
    if settings.watched.due(id, now) > now {
        return Vec::new();
    }
    settings.watched.asked = Some((id, now));
    settings.watched.is_stale = false;
    let request = Request::Mailbox(MailboxRequest::Watch(WatchRequest::Status(id)));
    ask(app, request, After::Watched)
}

pub fn wake(app: &App) -> Option<Timestamp> {
    let settings = state(app)?;
    let is_asked = settings
        .asked
        .pending
        .iter()
        .any(|(_, after)| *after == After::Watched);
    let id = seen(settings).filter(|_| !is_asked)?;
    Some(settings.watched.due(id, app.now))
}

/// The engine's answer.
pub fn told(app: &mut App, report: Report) -> Vec<Effect> {
    match report {
        Report::Mailbox(MailboxReport::Watch(WatchReport::Status(status))) => {
            if let Some(settings) = app.settings_mut() {
                settings.watched.status = Some(status);
            }
        }
        Report::Mailbox(MailboxReport::Watch(WatchReport::SelfTested(tested))) => {
            match &tested.failure {
                Some(trouble) => app.status.trouble(trouble),
                None if tested.in_junk => app.status.refuse(
                    "the self-test passed, but the mail came as junk, and customers' mail may, too",
                ),
                None => {
                    let seconds = tested.milliseconds / 1_000;
                    let words =
                        format!("the self-test passed: the mail was here after {seconds} s");
                    app.status.good(Clean::line(&words));
                }
            }
            if let Some(settings) = app.settings_mut() {
                settings.watched.grows_stale();
            }
        }
        _ => {}
    }
    Vec::new()
}
