//! The places within the settings that give commands another meaning: the checks of a form, and the list of folders;
//! and the commands that only these places have.

use super::allowed::form_of;
use super::mailbox::checking::{self, Depth};
use super::{acts, checks, folder_picker, state};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::layers::Layer;
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::sheet::Sheet;
use crate::app::text::{Line, TEXT};
use crate::domain::clean::Clean;

const HERE: &[Scope] = &[Scope::Settings];

/// Commands of the checks and of the list of folders.
pub const COMMANDS: &[Command] = &[
    command(
        "settings-log",
        "Protocol log",
        "Shows what was said on the lines of the last check; passwords are left out.",
        |app, _| show_log(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["l"])
    .bar("protocol", 3)
    .allowed(has_log),
    command(
        "settings-round-trip",
        "Mail to oneself",
        "Checks with a mail to oneself and back and a copy in the Sent folder; asks first, and removes both.",
        |app, _| acts::round_trip(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["m"])
    .bar("mail to oneself", 4)
    .allowed(may_go_round),
    command(
        "settings-round-trip-now",
        "Mail to oneself now",
        "Checks with a mail to oneself and back without asking.",
        |app, _| checking::check_to(app, Depth::RoundTrip),
    )
    .at(Group::Settings, HERE)
    .allowed(may_go_round),
    command(
        "settings-with-subfolders",
        "With subfolders",
        "Chooses the folder under the cursor with all that lies below it, now and later.",
        |app, _| {
            folder_picker::toggle(app, true);
            Vec::new()
        },
    )
    .at(Group::Settings, HERE)
    .keys(&["+"])
    .bar("with subfolders", 2)
    .allowed(in_folders),
];

/// Whether the checks have the page.
pub fn on_checks(app: &App) -> bool {
    checks::is_page(app)
}

fn may_go_round(app: &App) -> Result<(), String> {
    let checks = state(app)
        .filter(|settings| settings.on_checks)
        .and_then(|settings| settings.checks.as_ref());
    match checks {
        None => Err("check the mailbox first, with c".into()),
        Some(checks) if checks.verdict() == checks::Verdict::Running => {
            Err("the checks are still running".into())
        }
        Some(checks) if !checks.can_go_round() => {
            Err("only a mailbox with IMAP and SMTP can send itself a mail and see it again".into())
        }
        Some(_) => Ok(()),
    }
}

pub(super) fn has_log(app: &App) -> Result<(), String> {
    let checks = state(app).and_then(|settings| settings.checks.as_ref());
    match checks {
        Some(checks) if !checks.log.is_empty() => Ok(()),
        Some(checks) if checks.verdict() == checks::Verdict::Running => {
            Err("the checks are still running".into())
        }
        _ => Err("nothing was checked yet; c checks".into()),
    }
}

fn in_folders(app: &App) -> Result<(), String> {
    match folder_picker::is_open(app) {
        true => Ok(()),
        false => Err("this is no list of folders".into()),
    }
}

fn show_log(app: &mut App) -> Vec<Effect> {
    let Some(checks) = state(app).and_then(|settings| settings.checks.as_ref()) else {
        return Vec::new();
    };
    let lines = checks
        .log
        .iter()
        .map(|line| Line::new().clean(line.clone(), TEXT))
        .collect();
    let title = Clean::from_static("Protocol of the last check");
    app.layers.push(Layer::Sheet(Sheet::new(title, lines)));
    Vec::new()
}

/// The password of the form whose checks have the focus.
pub(super) fn password_of_form(app: &mut App) -> bool {
    if !on_checks(app) || form_of(app).is_none() {
        return false;
    }
    if let Some(settings) = app.settings_mut() {
        settings.focus_and_edit("password");
    }
    true
}
