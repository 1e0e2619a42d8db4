//! The log as a file: all changes that match, a page at a time.

use super::super::{After, ask};
use super::{screen_mut, state};
use crate::app::App;
use crate::app::event::{Effect, FileWork};
use crate::bridge::{AuditPage, AuditQuery, Care, Request};
use crate::domain::audit::ChangeLine;
use crate::domain::clean::Clean;

/// Changes asked for at once.
const PAGE: u32 = 500;

/// A file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    directory: String,
    name: String,
    is_json: bool,
    text: String,
    count: usize,
}

impl Export {
    fn new(path: &str, usual_name: &str) -> Self {
        let (directory, name) = match path.rsplit_once('/') {
            Some(("", name)) => ("/", name),
            Some((directory, name)) => (directory, name),
            None => (".", path),
        };
        let name = if name.is_empty() { usual_name } else { name };
        let is_json = name.to_lowercase().ends_with(".json");
        Self {
            directory: directory.to_owned(),
            name: name.to_owned(),
            is_json,
            text: if is_json {
                "[".to_owned()
            } else {
                ChangeLine::csv_heading()
            },
            count: 0,
        }
    }

    pub fn path(&self) -> &str {
        &self.name
    }

    fn add(&mut self, line: &ChangeLine) -> Result<(), serde_json::Error> {
        if self.is_json {
            self.text
                .push_str(if self.count == 0 { "\n" } else { ",\n" });
            self.text.push_str(&serde_json::to_string(line)?);
        } else {
            self.text.push_str(&line.csv());
        }
        self.count += 1;
        Ok(())
    }

    fn finished(self) -> FileWork {
        let end = match (self.is_json, self.count) {
            (true, 0) => "]\n",
            (true, _) => "\n]\n",
            (false, _) => "",
        };
        FileWork::Write {
            directory: self.directory,
            name: self.name,
            bytes: (self.text + end).into_bytes(),
        }
    }
}

fn usual_name(app: &App) -> String {
    let day = app.now.to_zoned(app.surroundings.zone.clone()).date();
    format!("ticketty-settings-{day}.csv")
}

/// Where the file goes if nothing else is typed.
pub fn suggested(app: &App) -> String {
    let directory = app.surroundings.download_directory.trim_end_matches('/');
    format!("{directory}/{}", usual_name(app))
}

/// Begins to gather the changes that match.
pub fn begin(app: &mut App, path: &str) -> Vec<Effect> {
    let export = Export::new(path, &usual_name(app));
    if let Some(screen) = screen_mut(app) {
        screen.export = Some(export);
    }
    next(app, None)
}

fn next(app: &mut App, before: Option<crate::domain::ids::ChangeId>) -> Vec<Effect> {
    let filter = state(app)
        .and_then(|settings| settings.audit.as_ref())
        .map_or_else(String::new, |screen| screen.filter.clone());
    let query = AuditQuery {
        filter,
        before,
        limit: PAGE,
    };
    ask(app, Request::Care(Care::Audit(query)), After::AuditFile)
}

/// A page for the file came; after the last one it is written.
pub fn told(app: &mut App, page: AuditPage) -> Vec<Effect> {
    let Some(export) = screen_mut(app).and_then(|screen| screen.export.as_mut()) else {
        return Vec::new();
    };
    let added = page.lines.iter().try_for_each(|line| export.add(line));
    if added.is_ok() && page.next.is_some() {
        return next(app, page.next);
    }
    let export = screen_mut(app).and_then(|screen| screen.export.take());
    if added.is_err() {
        app.status
            .refuse("a change cannot be written as JSON; a file for a spreadsheet can be");
        return Vec::new();
    }
    let Some(export) = export else {
        return Vec::new();
    };
    app.status
        .good(Clean::line(&format!("writing {} …", export.name)));
    vec![Effect::Files(export.finished())]
}
