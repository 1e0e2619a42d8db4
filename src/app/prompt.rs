//! Asking for what a command needs to know, and asking before what cannot be undone.

use super::App;
use super::event::{Effect, FileWork};
use super::field::Edited;
use super::input::Key;
use super::keys;
use super::layers::{self, Layer};
use super::picker::Picker;
use super::registry::{Command, Takes};
use crate::domain::clean::Clean;

pub use super::picker::Choice;

/// A line of input for one command.
#[derive(Debug)]
pub struct Prompt {
    pub command: &'static Command,
    pub ask: Clean,
    pub picker: Picker,
    /// What is typed counts even where it is none of the choices.
    free: bool,
    /// Choices are paths and come from outside.
    paths: bool,
}

/// A question with yes and no.
#[derive(Debug)]
pub struct Question {
    pub question: Clean,
    /// What yes does: a command and its argument.
    pub yes: (&'static str, String),
}

/// Opens the prompt of a command.
pub fn open(app: &mut App, command: &'static Command) -> Vec<Effect> {
    let (ask, choices, start, free, paths) = match command.takes {
        Takes::Nothing => return Vec::new(),
        Takes::Choice { ask, choices, free } => (ask, choices(app), String::new(), free, false),
        Takes::Text { ask, start } => (ask, Vec::new(), start(app), true, false),
        Takes::Path { ask, start } => (ask, Vec::new(), start(app), true, true),
    };
    let picker = if paths || choices.is_empty() {
        let mut picker = Picker::new(Vec::new(), &start);
        picker.offer(choices, "");
        picker
    } else {
        Picker::new(choices, &start)
    };
    app.layers.push(Layer::Prompt(Prompt {
        command,
        ask: Clean::line(ask),
        picker,
        free,
        paths,
    }));
    if paths {
        list_paths(&start)
    } else {
        Vec::new()
    }
}

fn list_paths(prefix: &str) -> Vec<Effect> {
    vec![Effect::Files(FileWork::List {
        prefix: prefix.to_owned(),
    })]
}

fn top(app: &mut App) -> Option<&mut Prompt> {
    match app.layers.last_mut() {
        Some(Layer::Prompt(prompt)) => Some(prompt),
        _ => None,
    }
}

pub fn typed(app: &mut App, key: Key) -> Vec<Effect> {
    let Some(prompt) = top(app) else {
        return Vec::new();
    };
    match prompt.picker.key(key) {
        Edited::Changed => changed(prompt),
        Edited::Moved | Edited::Ignored => Vec::new(),
    }
}

pub fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    let Some(prompt) = top(app) else {
        return Vec::new();
    };
    prompt.picker.field.insert(text.trim_end());
    changed(prompt)
}

fn changed(prompt: &mut Prompt) -> Vec<Effect> {
    let text = prompt.picker.field.text().to_owned();
    if prompt.paths {
        return list_paths(&text);
    }
    let pattern = if prompt.free {
        text.rsplit(' ').next().unwrap_or_default().to_owned()
    } else {
        text
    };
    prompt.picker.filter(pattern.trim_start_matches('-'));
    Vec::new()
}

/// Paths came for what was typed; an answer for an older text is not shown.
pub fn paths_listed(app: &mut App, prefix: &str, paths: &[String]) {
    if let Some(prompt) = top(app)
        && prompt.paths
        && prompt.picker.field.text() == prefix
    {
        let choices = paths
            .iter()
            .map(|path| Choice::new(path, path, ""))
            .collect();
        prompt.picker.offer(choices, "");
    }
}

/// Puts the chosen one into the field, as Tab does.
pub fn complete(app: &mut App) -> Vec<Effect> {
    let Some(prompt) = top(app) else {
        return Vec::new();
    };
    let Some(chosen) = prompt.picker.chosen().map(|choice| choice.value.clone()) else {
        return Vec::new();
    };
    if prompt.paths {
        prompt.picker.field.set(&chosen);
        return list_paths(&chosen);
    }
    if prompt.free {
        let text = prompt.picker.field.text();
        let kept = text.rfind(' ').map_or("", |at| &text[..=at]).to_owned();
        let minus = if text[kept.len()..].starts_with('-') {
            "-"
        } else {
            ""
        };
        prompt.picker.field.set(&format!("{kept}{minus}{chosen} "));
        prompt.picker.filter("");
    } else {
        prompt.picker.field.set(&chosen);
    }
    Vec::new()
}

/// Runs the command with what was chosen or typed.
pub fn accept(app: &mut App) -> Vec<Effect> {
    let Some(Layer::Prompt(prompt)) = app.layers.pop() else {
        return Vec::new();
    };
    let typed = prompt.picker.field.text().trim().to_owned();
    let chosen = prompt
        .picker
        .chosen()
        .map(|choice| choice.value.clone())
        .unwrap_or_default();
    let argument = match (prompt.free, typed.is_empty()) {
        (true, false) => typed,
        (true, true) if prompt.paths => String::new(),
        _ if !chosen.is_empty() => chosen,
        _ => {
            let words = format!("“{typed}” is none of these");
            app.status.refuse(if typed.is_empty() {
                "nothing was chosen"
            } else {
                &words
            });
            app.layers.push(Layer::Prompt(prompt));
            return Vec::new();
        }
    };
    if argument.is_empty() {
        app.layers.push(Layer::Prompt(prompt));
        app.status
            .refuse("nothing was written; Esc goes back without doing anything");
        return Vec::new();
    }
    let command = prompt.command;
    layers::run_from(app, Layer::Prompt(prompt), |app| {
        keys::invoke(app, command, &argument)
    })
}

/// Asks before something that cannot be undone.
pub fn ask_first(app: &mut App, question: Clean, yes: &'static str, argument: &str) -> Vec<Effect> {
    app.layers.push(Layer::Question(Question {
        question,
        yes: (yes, argument.to_owned()),
    }));
    Vec::new()
}
