//! The tables of commands, one file per group. A new command is a new row; a new file is a new line here.

mod channel;
pub mod flood;
mod layers;
mod moving;
mod program;
mod reading;
mod ticket;
mod views;
mod whole;
mod writing;

use super::registry::Command;
use super::{composer, settings};

/// Every table. The order is the order of help within a group.
pub const TABLES: &[&[Command]] = &[
    moving::TABLE,
    views::TABLE,
    flood::TABLE,
    ticket::TABLE,
    writing::TABLE,
    reading::TABLE,
    whole::TABLE,
    channel::TABLE,
    layers::TABLE,
    composer::COMMANDS,
    settings::COMMANDS,
    settings::sign_in::COMMANDS,
    settings::finding::COMMANDS,
    settings::places::COMMANDS,
    settings::WATCHING,
    settings::audit::commands::COMMANDS,
    settings::domains::COMMANDS,
    settings::own_editor::COMMANDS,
    program::TABLE,
];
