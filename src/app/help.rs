//! Help: the keys of this place, and of all places, out of the registry.

use super::App;
use super::event::Effect;
use super::layers::{self, Layer};
use super::registry::{self, Command, Group, Scope};
use super::sheet::{HelpOf, Sheet};
use super::text::{DIM, Line, TEXT};
use crate::domain::clean::Clean;
use crate::domain::theme::{Ink, Role};

/// Cells of the column of keys, and of the titles.
const KEYS: usize = 21;
const TITLES: usize = 24;

/// Opens help for this place; on help itself, shows all places.
pub fn open(app: &mut App) -> Vec<Effect> {
    if let Some(Layer::Sheet(sheet)) = app.layers.last()
        && sheet.help.is_some()
    {
        let of = match sheet.help {
            Some(HelpOf::ThisPlace) => HelpOf::AllPlaces,
            _ => HelpOf::ThisPlace,
        };
        app.layers.pop();
        let sheet = page(app, of);
        app.layers.push(Layer::Sheet(sheet));
        return Vec::new();
    }
    let sheet = page(app, HelpOf::ThisPlace);
    app.layers.push(Layer::Sheet(sheet));
    Vec::new()
}

fn page(app: &App, of: HelpOf) -> Sheet {
    let scopes = layers::scopes(app);
    let (title, lines) = match of {
        HelpOf::ThisPlace => {
            let place = scopes.first().map_or("desk", |scope| scope.title());
            (
                format!("Keys of this place ({place}) · ? all places · / find · Esc back"),
                by_group(app, |command| {
                    scopes.iter().any(|scope| command.is_in(*scope))
                }),
            )
        }
        HelpOf::AllPlaces => {
            let mut lines = Vec::new();
            for scope in Scope::ALL {
                lines.push(heading(&format!("— {} —", scope.title())));
                lines.extend(by_group(app, |command| command.is_in(scope)));
                lines.push(Line::new());
            }
            (
                "All keys · ? this place · / find · Esc back".to_owned(),
                lines,
            )
        }
    };
    let mut sheet = Sheet::new(Clean::line(&title), lines);
    sheet.help = Some(of);
    sheet
}

fn heading(words: &str) -> Line {
    Line::words(words, Role::Ink(Ink::Title))
}

fn by_group(app: &App, wanted: impl Fn(&Command) -> bool) -> Vec<Line> {
    let mut commands: Vec<&'static Command> = registry::commands()
        .filter(|command| wanted(command))
        .collect();
    commands.sort_by_key(|command| command.group);
    let mut lines = Vec::new();
    let mut group: Option<Group> = None;
    for command in commands {
        if group != Some(command.group) {
            if group.is_some() {
                lines.push(Line::new());
            }
            group = Some(command.group);
            lines.push(heading(command.group.title()));
        }
        lines.push(row(app, command));
    }
    lines
}

fn row(app: &App, command: &Command) -> Line {
    let keys = app.keys.keymap.keys_of(command).join(" · ");
    let keys = if keys.is_empty() {
        format!(":{}", command.name)
    } else {
        keys
    };
    Line::words(&padded(&keys, KEYS), Role::Ink(Ink::Key))
        .say(&padded(command.title, TITLES), TEXT)
        .say(command.doc, DIM)
}

/// The words and spaces up to `width`, at least two.
fn padded(words: &str, width: usize) -> String {
    let cells = crate::domain::clean::cells(words);
    format!("{words}{}", " ".repeat(width.saturating_sub(cells).max(2)))
}
