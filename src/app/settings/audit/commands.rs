//! The keys of the log of settings.

use super::{choices, export, filter, open, screen};
use crate::app::App;
use crate::app::registry::{Command, Group, Scope, command};

const HERE: &[Scope] = &[Scope::Settings];

pub const COMMANDS: &[Command] = &[
    command(
        "audit",
        "Log of settings",
        "Shows who changed which setting, when, from where, and what it was before.",
        |app, _| open(app),
    )
    .at(Group::Settings, &[Scope::Desk, Scope::Settings])
    .allowed(no_form),
    command(
        "audit-filter",
        "Filter",
        "Shows only changes that match, such as `about:mailbox who:anna since:7d login`.",
        filter,
    )
    .at(Group::Settings, HERE)
    .keys(&["/"])
    .bar("filter", 11)
    .choosing("Only changes with", choices, true)
    .allowed(in_log),
    command(
        "audit-write",
        "Write to a file",
        "Writes the changes that match to a file: JSON where its name ends in .json, else CSV.",
        export,
    )
    .at(Group::Settings, HERE)
    .keys(&["w"])
    .bar("write file", 12)
    .asking_path("Write to (.csv or .json)", super::file::suggested)
    .allowed(in_log),
];

fn in_log(app: &App) -> Result<(), String> {
    match screen(app) {
        Some(_) => Ok(()),
        None => Err("open the log of settings first; it is the last row of the list".into()),
    }
}

fn no_form(app: &App) -> Result<(), String> {
    super::super::allowed::no_form(app)
}
