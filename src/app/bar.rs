//! The command bar: what can be done here, the most likely first, as much as fits.

use super::App;
use super::composer;
use super::input::Key;
use super::layers;
use super::layout::Pane;
use super::registry::{self, Command};
use super::settings;
use crate::domain::clean::Clean;

/// One entry and where it stands.
#[derive(Debug, Clone)]
pub struct Entry {
    pub command: &'static Command,
    pub key: Clean,
    pub word: Clean,
    pub x: u16,
    /// It would be refused now.
    pub greyed: bool,
}

impl Entry {
    pub fn width(&self) -> u16 {
        u16::try_from(self.key.cells() + 1 + self.word.cells()).unwrap_or(u16::MAX)
    }
}

/// Cells between two entries.
const SPACE: u16 = 2;
/// Entries of this rank and above are always there.
const LASTING: u8 = 80;

/// The entries that fit, from the left.
pub fn entries(app: &App) -> Vec<Entry> {
    let scopes = layers::scopes(app);
    let depth = |command: &Command| {
        scopes
            .iter()
            .position(|scope| command.is_in(*scope))
            .unwrap_or(usize::MAX)
    };
    let mut offered: Vec<(u8, &'static Command)> = registry::commands()
        .filter(|command| depth(command) < scopes.len())
        .filter_map(|command| command.bar.map(|entry| (entry.rank, command)))
        .collect();
    offered.sort_by_key(|(rank, command)| (*rank, depth(command)));
    let mut entries: Vec<Entry> = offered
        .into_iter()
        .filter_map(|(_, command)| entry(app, command))
        .filter(|entry| leads_on(app, entry))
        .collect();
    place(&mut entries, app.screen().bar.width);
    entries
}

fn entry(app: &App, command: &'static Command) -> Option<Entry> {
    let word = composer::bar_word(app, command, command.bar?.word)?;
    let word = settings::bar::word(app, command, word)?;
    Some(Entry {
        command,
        key: Clean::line(&key_here(app, command)?),
        word: Clean::line(word),
        x: 0,
        greyed: (command.allowed)(app).is_err(),
    })
}

/// Over an empty list there is nothing to do but to go somewhere: what would be refused is left out. Connecting is
/// offered as long as there is no mailbox.
fn leads_on(app: &App, entry: &Entry) -> bool {
    if entry.command.name == "connect-mailbox" {
        let mut known = app.known.basics.iter().flat_map(|basics| &basics.mailboxes);
        return app.layers.is_empty()
            && app.known.basics.is_some()
            && known.all(|line| line.mailbox.removed);
    }
    // The settings have many places with few keys each: what has none here only hides what has.
    if settings::bar::is_on_top(app) && entry.greyed {
        return false;
    }
    let is_empty = app.layers.is_empty() && app.focus == Pane::List && app.list.is_empty();
    let needs_a_row = entry.greyed || matches!(entry.command.name, "open" | "mark");
    !(is_empty && needs_a_row)
}

/// The first key of a command that works in this place: where one types, a plain character is text.
fn key_here(app: &App, command: &Command) -> Option<String> {
    let typing = layers::is_typing(app);
    let works = |spelled: &String| {
        let first = Key::parse_sequence(spelled).ok()?.first().copied()?;
        (!typing || first.typed().is_none()).then_some(())
    };
    let mut keys = app.keys.keymap.keys_of(command).into_iter();
    keys.find(|spelled| works(spelled).is_some())
}

/// Gives places from the left. What leads to everything else (commands, help) always has one; of the others as many
/// as fit before them.
fn place(entries: &mut Vec<Entry>, width: u16) {
    let is_lasting = |entry: &Entry| entry.command.bar.is_some_and(|bar| bar.rank >= LASTING);
    let kept: u16 = entries
        .iter()
        .filter(|entry| is_lasting(entry))
        .map(|entry| entry.width() + SPACE)
        .sum();
    let mut room = width.saturating_sub(1).saturating_sub(kept);
    let mut full = false;
    entries.retain(|entry| {
        if is_lasting(entry) {
            return true;
        }
        let wanted = entry.width() + SPACE;
        full |= wanted > room;
        if !full {
            room -= wanted;
        }
        !full
    });
    let mut x = 1;
    for entry in entries {
        entry.x = x;
        x += entry.width() + SPACE;
    }
}

/// The command whose entry a click on this column means.
pub fn hit(app: &App, x: u16) -> Option<&'static Command> {
    entries(app)
        .into_iter()
        .find(|entry| x >= entry.x && x < entry.x + entry.width())
        .map(|entry| entry.command)
}
