//! Files that go along, and the operator's own editor.

use super::sending::ask;
use super::{Asked, Composer};
use crate::app::App;
use crate::app::event::{Effect, FileWork};
use crate::app::prompt::Choice;
use crate::app::when;
use crate::bridge::Write;
use crate::domain::clean::Clean;

/// Reads a file under the operator's own rights.
pub fn attach(_app: &mut App, path: &str) -> Vec<Effect> {
    vec![Effect::Files(FileWork::Read {
        path: path.to_owned(),
    })]
}

/// A file that was to be attached was read.
pub fn file_read(app: &mut App, name: String, bytes: Vec<u8>) -> Vec<Effect> {
    let Some(composer) = super::open_one(app) else {
        app.status
            .refuse("the draft was put away before the file was read; open it and attach again");
        return Vec::new();
    };
    let draft = composer.about.id;
    let size = when::size(bytes.len() as u64);
    app.status
        .good(Clean::line(&format!("attaching {name}, {size} …")));
    ask(app, Asked::Files, Write::Attach { draft, name, bytes })
}

/// The files of the draft, to choose one.
pub fn choices(app: &App) -> Vec<Choice> {
    let files = super::shown(app).map(|composer| composer.files.as_slice());
    files
        .unwrap_or_default()
        .iter()
        .map(|file| {
            Choice::new(
                &file.index.to_string(),
                file.name.as_str(),
                &when::size(file.size_bytes),
            )
        })
        .collect()
}

/// Takes a file away again.
pub fn detach(app: &mut App, index: &str) -> Vec<Effect> {
    let Some(draft) = super::open_one(app).map(|composer| composer.about.id) else {
        return Vec::new();
    };
    match index.parse() {
        Ok(index) => ask(app, Asked::Files, Write::Detach { draft, index }),
        Err(_) => {
            app.status.refuse("choose one of the files");
            Vec::new()
        }
    }
}

/// Gives the text to the operator's own editor.
pub fn run_editor(app: &mut App) -> Vec<Effect> {
    let Some(text) = super::open_one(app).map(|composer| composer.editor.body()) else {
        return Vec::new();
    };
    // The editor may never come back, so the store has the text before.
    let mut effects: Vec<Effect> = super::keeping::save_rest(app).into_iter().collect();
    effects.push(Effect::RunEditor { text });
    effects
}

/// The operator's editor is done.
pub fn editor_returned(app: &mut App, result: Result<String, String>) -> Vec<Effect> {
    let now = app.now;
    let Some(composer) = super::open_one(app) else {
        return Vec::new();
    };
    match result {
        Ok(text) => {
            take_over(composer, &text, now);
            app.status.good(Clean::from_static(
                "the text is from your editor; ctrl-z undoes it",
            ));
        }
        Err(reason) => {
            app.status
                .refuse(&format!("{reason}; the text is as it was"));
        }
    }
    Vec::new()
}

/// Editors end a file with a line break that nobody wrote.
fn take_over(composer: &mut Composer, text: &str, now: jiff::Timestamp) {
    let had_break = composer.editor.body().ends_with('\n');
    let text = match text.strip_suffix('\n') {
        Some(rest) if !had_break => rest,
        _ => text,
    };
    if composer.editor.body() != text {
        composer.editor.replace(text);
        composer.touch(now);
    }
}
