//! The palette: every command of this place, found by typing a part of it, with its argument.

use super::App;
use super::event::Effect;
use super::field::Edited;
use super::input::Key;
use super::keys;
use super::layers::{self, Layer};
use super::picker::{Choice, Picker};
use super::registry::{self, Command, Scope, Takes};
use crate::domain::clean::Clean;

#[derive(Debug)]
pub struct Palette {
    pub picker: Picker,
    /// The command whose argument is being typed.
    pub arguments_of: Option<&'static Command>,
    /// The places whose commands are offered.
    scopes: Vec<Scope>,
}

/// How many recent commands stand first.
const RECENT: usize = 8;

pub fn open(app: &mut App) -> Vec<Effect> {
    let scopes = layers::scopes(app);
    let picker = Picker::new(offers(app, &scopes), "");
    app.layers.push(Layer::Palette(Palette {
        picker,
        arguments_of: None,
        scopes,
    }));
    Vec::new()
}

/// Commands of the place, the recent ones first, then in the order of the bar.
fn offers(app: &App, scopes: &[Scope]) -> Vec<Choice> {
    let mut found: Vec<&'static Command> = registry::commands()
        .filter(|command| scopes.iter().any(|scope| command.is_in(*scope)))
        .filter(|command| command.name != "palette")
        .collect();
    found.sort_by_key(|command| {
        let recent = app.recent.iter().position(|name| *name == command.name);
        let rank = command.bar.map_or(u8::MAX, |entry| entry.rank);
        (recent.unwrap_or(RECENT), rank)
    });
    found
        .into_iter()
        .map(|command| Choice {
            value: command.name.to_owned(),
            label: Clean::line(command.title),
            detail: Clean::line(command.doc),
            key: app
                .keys
                .keymap
                .key_of(command)
                .map(|keys| Clean::line(&keys)),
            dimmed: (command.allowed)(app).is_err(),
        })
        .collect()
}

/// The command whose name stands before the first space, if it takes an argument.
fn spoken(text: &str, scopes: &[Scope]) -> Option<&'static Command> {
    let (name, _) = text.split_once(' ')?;
    registry::find(name).filter(|command| {
        !matches!(command.takes, Takes::Nothing) && scopes.iter().any(|scope| command.is_in(*scope))
    })
}

fn top(app: &App) -> Option<&Palette> {
    match app.layers.last() {
        Some(Layer::Palette(palette)) => Some(palette),
        _ => None,
    }
}

fn top_mut(app: &mut App) -> Option<&mut Palette> {
    match app.layers.last_mut() {
        Some(Layer::Palette(palette)) => Some(palette),
        _ => None,
    }
}

pub fn typed(app: &mut App, key: Key) -> Vec<Effect> {
    if let Some(palette) = top_mut(app)
        && palette.picker.key(key) == Edited::Changed
    {
        changed(app);
    }
    Vec::new()
}

pub fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    if let Some(palette) = top_mut(app) {
        palette.picker.field.insert(text.trim_end());
        changed(app);
    }
    Vec::new()
}

fn changed(app: &mut App) {
    let Some(palette) = top(app) else { return };
    let text = palette.picker.field.text().to_owned();
    let scopes = palette.scopes.clone();
    let speaking = spoken(&text, &scopes);
    let was = palette.arguments_of;
    let choices = match (speaking, was) {
        (Some(command), _) => Some(match command.takes {
            Takes::Choice { choices, .. } => choices(app),
            _ => Vec::new(),
        }),
        (None, Some(_)) => Some(offers(app, &scopes)),
        (None, None) => None,
    };
    let pattern = match speaking {
        Some(_) => text
            .split_once(' ')
            .map_or("", |(_, argument)| argument)
            .to_owned(),
        None => text,
    };
    if let Some(palette) = top_mut(app) {
        palette.arguments_of = speaking;
        match choices {
            Some(choices) => palette.picker.offer(choices, &pattern),
            None => palette.picker.filter(&pattern),
        }
    }
}

/// Completes the command's name, or its argument.
pub fn complete(app: &mut App) -> Vec<Effect> {
    let Some(palette) = top_mut(app) else {
        return Vec::new();
    };
    let Some(chosen) = palette.picker.chosen().map(|choice| choice.value.clone()) else {
        return Vec::new();
    };
    let text = match palette.arguments_of {
        Some(command) => format!("{} {chosen}", command.name),
        None => format!("{chosen} "),
    };
    palette.picker.field.set(&text);
    changed(app);
    Vec::new()
}

pub fn accept(app: &mut App) -> Vec<Effect> {
    let Some(Layer::Palette(palette)) = app.layers.pop() else {
        return Vec::new();
    };
    let text = palette.picker.field.text().to_owned();
    let chosen = palette.picker.chosen().map(|choice| choice.value.clone());
    let (name, argument) = match palette.arguments_of {
        Some(command) => {
            let typed = text.split_once(' ').map_or("", |(_, typed)| typed).trim();
            let free = !matches!(command.takes, Takes::Choice { free: false, .. });
            let argument = match chosen {
                Some(chosen) if !free || typed.is_empty() => chosen,
                _ => typed.to_owned(),
            };
            (command.name.to_owned(), argument)
        }
        None => (chosen.unwrap_or(text), String::new()),
    };
    if let Some(command) = registry::find(&name) {
        app.recent.retain(|recent| *recent != command.name);
        app.recent.insert(0, command.name);
        app.recent.truncate(RECENT);
    }
    if name.trim().is_empty() {
        return Vec::new();
    }
    layers::run_from(app, Layer::Palette(palette), |app| {
        keys::invoke_named(app, name.trim(), &argument)
    })
}
