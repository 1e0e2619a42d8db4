//! What became of work on the operator's own files.

use super::App;
use super::composer;
use super::event::{Effect, FilesReport};
use super::layers::Layer;
use super::prompt;
use super::sheet::Sheet;
use super::text::{Line, TEXT};
use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;

pub fn report(app: &mut App, report: FilesReport) -> Vec<Effect> {
    match report {
        FilesReport::Read { name, bytes } => return composer::file_read(app, name, bytes),
        FilesReport::Written { path } => {
            app.status.good(Clean::line(&format!("saved as {path}")));
        }
        FilesReport::Opened { what } => {
            app.status.good(Clean::line(&format!("opened {what}")));
        }
        FilesReport::Listed { prefix, paths } => prompt::paths_listed(app, &prefix, &paths),
        FilesReport::Piped { command, output } => {
            if output.trim().is_empty() {
                app.status
                    .good(Clean::line(&format!("{command} is done and said nothing")));
            } else {
                let lines = Clean::text(&output)
                    .lines()
                    .map(|line| Line::new().clean(line, TEXT))
                    .collect();
                let sheet = Sheet::new(Clean::line(&format!("What {command} said")), lines);
                app.layers.push(Layer::Sheet(sheet));
            }
        }
        FilesReport::Failed { what, hint } => {
            let mut trouble = Trouble::operator(what);
            trouble.hint = hint;
            app.status.trouble(&trouble);
        }
    }
    Vec::new()
}
