//! From a key to a command, or to the field that is being typed in.

use super::App;
use super::event::Effect;
use super::input::{Key, KeyCode, spell};
use super::keymap::{Keymap, Lookup};
use super::layers;
use super::prompt;
use super::registry::{Command, Scope, Takes};

/// The keymap, and keys that begin something.
#[derive(Debug)]
pub struct Keys {
    pub keymap: Keymap,
    /// Keys of a sequence that is not complete.
    pub pending: Vec<Key>,
    /// The last letter was a Cyrillic one, so that `.` is the key of `/`.
    cyrillic: bool,
}

impl Keys {
    pub fn new(changes: &[(String, Vec<String>)]) -> Self {
        Self {
            keymap: Keymap::new(changes),
            pending: Vec::new(),
            cyrillic: false,
        }
    }

    /// The key at the same place of a Latin keyboard, with the layout remembered from the last letter.
    fn latin(&mut self, key: Key) -> Key {
        if let Some(latin) = key.on_latin_layout() {
            self.cyrillic = true;
            return latin;
        }
        match key.code {
            KeyCode::Char('.') if self.cyrillic => Key {
                code: KeyCode::Char('/'),
                ..key
            },
            KeyCode::Char(',') if self.cyrillic => Key {
                code: KeyCode::Char('?'),
                ..key
            },
            KeyCode::Char(c) if c.is_ascii_alphabetic() => {
                self.cyrillic = false;
                key
            }
            _ => key,
        }
    }
}

pub fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let scopes = layers::scopes(app);
    let typing = layers::is_typing(app);
    if typing && app.keys.pending.is_empty() && key.typed().is_some() {
        return layers::typed(app, key);
    }
    app.status.clear();
    if key.code == KeyCode::Esc && !app.keys.pending.is_empty() {
        app.keys.pending.clear();
        return Vec::new();
    }
    let latin = app.keys.latin(key);
    app.keys.pending.push(key);
    let mut found = app.keys.keymap.lookup(&scopes, &app.keys.pending);
    if found == Lookup::Nothing && latin != key {
        app.keys.pending.pop();
        app.keys.pending.push(latin);
        found = app.keys.keymap.lookup(&scopes, &app.keys.pending);
    }
    match found {
        Lookup::Command(command) => {
            app.keys.pending.clear();
            invoke(app, command, "")
        }
        Lookup::Prefix => Vec::new(),
        Lookup::Nothing => {
            let pressed = std::mem::take(&mut app.keys.pending);
            if typing && pressed.len() == 1 {
                return layers::typed(app, key);
            }
            if layers::takes_every_key(app) {
                return Vec::new();
            }
            let help = if scopes.contains(&Scope::Question) {
                "answer y or n"
            } else {
                "? shows what does"
            };
            app.status
                .refuse(&format!("{} does nothing here; {help}", spell(&pressed)));
            Vec::new()
        }
    }
}

/// Runs a command, or says why not, or asks for what it needs to know.
pub fn invoke(app: &mut App, command: &'static Command, argument: &str) -> Vec<Effect> {
    if let Err(reason) = (command.allowed)(app) {
        app.status.refuse(&reason);
        return Vec::new();
    }
    if argument.trim().is_empty() && !matches!(command.takes, Takes::Nothing) {
        return prompt::open(app, command);
    }
    (command.run)(app, argument.trim())
}

/// Runs a command by its name, from the palette or the mouse.
pub fn invoke_named(app: &mut App, name: &str, argument: &str) -> Vec<Effect> {
    match super::registry::find(name) {
        Some(command) => invoke(app, command, argument),
        None => {
            let near = super::registry::nearest(name)
                .map_or_else(String::new, |near| format!("; did you mean “{near}”?"));
            app.status
                .refuse(&format!("there is no command “{name}”{near}"));
            Vec::new()
        }
    }
}
