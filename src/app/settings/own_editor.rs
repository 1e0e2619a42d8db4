//! A text of several lines in the operator's own editor, instead of the field that is built in.

use super::grammar::Kind;
use super::{Open, state};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::input::{Key, KeyCode, Motion};
use crate::app::registry::{Command, Group, Scope, command};
use crate::domain::clean::Clean;

pub const COMMANDS: &[Command] = &[command(
    "settings-editor",
    "Own editor",
    "Writes a text of several lines in your own editor; in a field of one line, goes to its end.",
    |app, _| run(app),
)
.at(Group::Settings, &[Scope::Settings])
.keys(&["ctrl-e"])
.allowed(some_text)];

/// The open form, where a text of several lines is in focus.
fn text(app: &App) -> Option<&Open> {
    let settings = state(app)?;
    let open = settings.open.as_ref().filter(|_| !settings.on_checks)?;
    let face = open.face();
    (face.kind(face.focus()) == Kind::Lines).then_some(open)
}

/// Whether what an editor brings back belongs here.
pub fn is_meant(app: &App) -> bool {
    text(app).is_some()
}

fn some_text(app: &App) -> Result<(), String> {
    let is_typing = state(app).is_some_and(super::Settings::is_typing);
    if is_typing || is_meant(app) {
        Ok(())
    } else {
        Err("go to a text of several lines first, such as a signature".into())
    }
}

fn run(app: &mut App) -> Vec<Effect> {
    if let Some(open) = text(app) {
        let face = open.face();
        let text = face.text(face.focus());
        return vec![Effect::RunEditor { text }];
    }
    super::typed(app, Key::new(KeyCode::Move(Motion::End)))
}

/// The operator's editor is done.
pub fn returned(app: &mut App, result: Result<String, String>) -> Vec<Effect> {
    let open = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut());
    let (Some(open), text) = (open, result) else {
        return Vec::new();
    };
    match text {
        Ok(text) => {
            let face = open.face_mut();
            // Editors end a file with a line break that nobody wrote.
            let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
            face.put(face.focus(), &text);
            face.edit(false);
            app.status.good(Clean::from_static(
                "the text is from your editor; s saves it",
            ));
        }
        Err(reason) => app
            .status
            .refuse(&format!("{reason}; the text is as it was")),
    }
    Vec::new()
}
