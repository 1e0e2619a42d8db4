//! How the servers of an address were found: who was asked, who said what, and what is worth knowing about the
//! provider. Under the form while the engine looks, and as a page of its own on a key.

use super::form::Face;
use super::mailbox::form;
use super::{Open, Settings, state};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::bridge::{TriedLine, TriedOutcome};
use crate::domain::clean::Clean;
use crate::domain::theme::{Role, Signal};

/// Cells of the first column: who was asked.
const WHO: usize = 18;

/// The keys that are about servers and how they were found.
pub const COMMANDS: &[Command] = &[
    command(
        "settings-who-said",
        "Who said what",
        "Lists who was asked for the servers, and what each answered.",
        |app, _| toggle(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["v"])
    .bar("who said what", 9)
    .allowed(has_lines),
    command(
        "settings-advanced",
        "Standard or advanced",
        "Shows or hides the servers of the form, their protection, and which certificates are trusted.",
        |app, _| advanced(app),
    )
    .at(Group::Settings, HERE)
    .keys(&["a"])
    .bar("advanced", 9)
    .allowed(has_servers),
    command(
        "settings-trust-servers",
        "These servers are right",
        "Lets the password go to servers that nobody vouches for, and goes on.",
        form::trust_servers,
    )
    .at(Group::Settings, HERE)
    .allowed(has_servers),
];

const HERE: &[Scope] = &[Scope::Settings];

/// Cells that a page has beside the list on the narrowest screen that shows both.
const BESIDE_FORM: usize = 53;

/// One search.
#[derive(Debug, Default)]
pub struct Finding {
    lines: Vec<TriedLine>,
    is_looking: bool,
    /// Nobody was sure, so the list stays under the form.
    is_open: bool,
    /// The list has the page for itself.
    pub is_page: bool,
}

impl Finding {
    pub fn begun() -> Self {
        Self {
            is_looking: true,
            ..Self::default()
        }
    }

    /// The latest word about a question counts.
    pub fn add(&mut self, line: TriedLine) {
        let is_same =
            |known: &&mut TriedLine| known.source == line.source && known.target == line.target;
        match self.lines.iter_mut().find(is_same) {
            Some(known) => *known = line,
            None => self.lines.push(line),
        }
    }

    pub fn finish(&mut self, lines: Vec<TriedLine>, is_certain: bool) {
        self.lines = lines;
        self.is_looking = false;
        self.is_open = !is_certain;
    }

    /// Whether the list stands under the form.
    pub fn is_below(&self) -> bool {
        self.is_looking || self.is_open
    }

    pub fn rows(&self) -> Vec<Line> {
        self.lines.iter().flat_map(row).collect()
    }

    /// What stands under the form: who was asked, and what to do where nobody is sure.
    pub fn below(&self) -> Vec<Line> {
        let mut lines = vec![Line::new()];
        lines.extend(self.rows());
        if !self.is_looking {
            let words = "Choose a provider above, or correct the servers; the next mailbox of this domain gets \
                         the same.";
            lines.push(Line::words(words, Role::Signal(Signal::Warning)));
        }
        lines
    }
}

/// One line, or two where the answer would be cut off beside a form.
fn row(line: &TriedLine) -> Vec<Line> {
    let signal = Role::Signal;
    let (mark, mark_role, words, role) = match &line.outcome {
        TriedOutcome::Running => ("…", signal(Signal::Busy), Clean::default(), DIM),
        TriedOutcome::Found(words) => ("✔", signal(Signal::Good), words.clone(), TEXT),
        TriedOutcome::Nothing(words) => ("·", DIM, words.clone(), DIM),
        TriedOutcome::Failed(words) => ("!", signal(Signal::Warning), words.clone(), DIM),
        TriedOutcome::NotNeeded => ("·", DIM, Clean::from_static("not needed any more"), DIM),
    };
    // A file is told by its host; the rest of its address is always the same.
    let target = line.target.as_str().split('/').next().unwrap_or_default();
    let row = Line::words(&format!("{mark} "), mark_role)
        .say(&format!("{:<WHO$}", line.source.words()), TEXT)
        .say(target, DIM);
    if words.as_str().is_empty() {
        vec![row]
    } else if row.cells() + 2 + words.cells() <= BESIDE_FORM {
        vec![row.say("  ", DIM).clean(words, role)]
    } else {
        vec![row, Line::words("    ", DIM).clean(words, role)]
    }
}

/// The list as a page, with what is worth knowing about the provider.
pub fn page(settings: &Settings) -> Option<Vec<Line>> {
    let finding = settings
        .finding
        .as_ref()
        .filter(|finding| finding.is_page)?;
    let Some(Open::Mailbox(form)) = &settings.open else {
        return None;
    };
    let mut lines = vec![Line::words("Who said what", STRONG), Line::new()];
    lines.extend(finding.rows());
    if !form.value.found.quirks.is_empty() {
        lines.extend([Line::new(), Line::words("Good to know", STRONG)]);
        let quirks = form.value.found.quirks.iter();
        lines.extend(quirks.map(|quirk| Line::words("· ", DIM).clean(Clean::line(quirk), TEXT)));
    }
    lines.extend([
        Line::new(),
        Line::words("v or Esc goes back to the form.", DIM),
    ]);
    Some(lines)
}

/// One source that was asked, while the engine looks.
pub fn tried(app: &mut App, line: TriedLine) -> Vec<Effect> {
    if let Some(finding) = app
        .settings_mut()
        .and_then(|settings| settings.finding.as_mut())
        .filter(|finding| finding.is_looking)
    {
        finding.add(line);
    }
    Vec::new()
}

fn toggle(app: &mut App) -> Vec<Effect> {
    if let Some(settings) = app.settings_mut() {
        settings.page_top = 0;
        if let Some(finding) = &mut settings.finding {
            finding.is_page = !finding.is_page;
        }
    }
    Vec::new()
}

/// Closes the page. Returns whether it was open.
pub(super) fn close(app: &mut App) -> bool {
    let finding = app
        .settings_mut()
        .and_then(|settings| settings.finding.as_mut());
    finding.is_some_and(|finding| std::mem::take(&mut finding.is_page))
}

/// The other face of the form, with the cursor on what it shows.
fn advanced(app: &mut App) -> Vec<Effect> {
    if let Some(Open::Mailbox(form)) = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut())
    {
        let face: &mut dyn Face = &mut **form;
        if let Some(index) = face.index_of("servers") {
            face.edit(false);
            face.go_to(index);
            face.cycle(1);
        }
    }
    Vec::new()
}

fn has_servers(app: &App) -> Result<(), String> {
    match state(app).and_then(|settings| settings.open.as_ref()) {
        Some(Open::Mailbox(form)) if form.value.is_filled() => Ok(()),
        Some(Open::Mailbox(_)) => Err("type the address first; Enter finds its servers".into()),
        _ => Err("no mailbox's form is open; Enter on a mailbox opens it".into()),
    }
}

fn has_lines(app: &App) -> Result<(), String> {
    let settings = state(app).filter(|settings| settings.open.is_some());
    match settings.and_then(|settings| settings.finding.as_ref()) {
        Some(_) => Ok(()),
        None => Err("no servers were looked for here; M connects a mailbox".into()),
    }
}
