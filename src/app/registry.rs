//! The one registry of commands.
//!
//! Whatever an operator can do is a [`Command`] in a table: keymap, palette, help, command bar, README and man page
//! are all made from these tables, so none of them can tell a different story. A command does nothing itself that
//! could wait: it changes the desk and returns effects.

use super::App;
use super::commands;
use super::event::Effect;
use super::prompt::Choice;

/// Where a command is at home. Its keys are looked up from the innermost place outwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Everywhere, the composer and forms included.
    Anywhere,
    /// Any pane of the desk.
    Desk,
    Views,
    List,
    Thread,
    /// Search line, palette and prompts: a line of input above everything.
    Line,
    /// A page of text: raw mail, history, help.
    Sheet,
    Attachments,
    Outbox,
    /// A question with yes and no.
    Question,
    Composer,
    Settings,
}

impl Scope {
    pub const ALL: [Self; 12] = [
        Self::Anywhere,
        Self::Desk,
        Self::Views,
        Self::List,
        Self::Thread,
        Self::Line,
        Self::Sheet,
        Self::Attachments,
        Self::Outbox,
        Self::Question,
        Self::Composer,
        Self::Settings,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Desk => "desk",
            Self::Views => "views",
            Self::List => "list",
            Self::Thread => "thread",
            Self::Line => "input line",
            Self::Sheet => "page",
            Self::Attachments => "attachments",
            Self::Outbox => "outbox",
            Self::Question => "question",
            Self::Composer => "composer",
            Self::Settings => "settings",
        }
    }
}

/// What a command is about; the headings of help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    Moving,
    Reading,
    Deciding,
    Writing,
    Finding,
    Files,
    Input,
    Outbox,
    Settings,
    Program,
}

impl Group {
    pub fn title(self) -> &'static str {
        match self {
            Self::Moving => "Moving",
            Self::Reading => "Reading",
            Self::Deciding => "Deciding",
            Self::Writing => "Writing",
            Self::Finding => "Finding",
            Self::Files => "Files",
            Self::Input => "Input",
            Self::Outbox => "Outbox",
            Self::Settings => "Settings",
            Self::Program => "Program",
        }
    }
}

/// What stands in the command bar for a command: a short word, the lowest rank first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarEntry {
    pub word: &'static str,
    pub rank: u8,
}

/// What a command needs to know before it runs. Where it is not given, it is asked for.
#[derive(Clone, Copy)]
pub enum Takes {
    Nothing,
    /// One of these; with `free` anything else too.
    Choice {
        ask: &'static str,
        choices: fn(&App) -> Vec<Choice>,
        free: bool,
    },
    /// Any text. `start` is what stands in the field at first.
    Text {
        ask: &'static str,
        start: fn(&App) -> String,
    },
    /// A path, completed as it is typed.
    Path {
        ask: &'static str,
        start: fn(&App) -> String,
    },
}

/// Something an operator can do.
#[derive(Clone, Copy)]
pub struct Command {
    /// Kebab-case; what one types in the palette and writes in config.toml.
    pub name: &'static str,
    pub title: &'static str,
    /// One sentence.
    pub doc: &'static str,
    pub group: Group,
    pub scopes: &'static [Scope],
    /// Sequences such as `g g`.
    pub keys: &'static [&'static str],
    pub bar: Option<BarEntry>,
    pub takes: Takes,
    /// Why not now, as a sentence.
    pub allowed: fn(&App) -> Result<(), String>,
    pub run: fn(&mut App, &str) -> Vec<Effect>,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Command({})", self.name)
    }
}

impl PartialEq for Command {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// The beginning of a table row; the methods below say the rest.
pub const fn command(
    name: &'static str,
    title: &'static str,
    doc: &'static str,
    run: fn(&mut App, &str) -> Vec<Effect>,
) -> Command {
    Command {
        name,
        title,
        doc,
        group: Group::Program,
        scopes: &[Scope::Desk],
        keys: &[],
        bar: None,
        takes: Takes::Nothing,
        allowed: always,
        run,
    }
}

fn always(_: &App) -> Result<(), String> {
    Ok(())
}

impl Command {
    #[must_use]
    pub const fn at(mut self, group: Group, scopes: &'static [Scope]) -> Self {
        self.group = group;
        self.scopes = scopes;
        self
    }

    #[must_use]
    pub const fn keys(mut self, keys: &'static [&'static str]) -> Self {
        self.keys = keys;
        self
    }

    #[must_use]
    pub const fn bar(mut self, word: &'static str, rank: u8) -> Self {
        self.bar = Some(BarEntry { word, rank });
        self
    }

    #[must_use]
    pub const fn choosing(
        mut self,
        ask: &'static str,
        choices: fn(&App) -> Vec<Choice>,
        free: bool,
    ) -> Self {
        self.takes = Takes::Choice { ask, choices, free };
        self
    }

    #[must_use]
    pub const fn asking(mut self, ask: &'static str, start: fn(&App) -> String) -> Self {
        self.takes = Takes::Text { ask, start };
        self
    }

    #[must_use]
    pub const fn asking_path(mut self, ask: &'static str, start: fn(&App) -> String) -> Self {
        self.takes = Takes::Path { ask, start };
        self
    }

    #[must_use]
    pub const fn allowed(mut self, allowed: fn(&App) -> Result<(), String>) -> Self {
        self.allowed = allowed;
        self
    }

    pub fn is_in(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// Every command there is, table after table.
pub fn commands() -> impl Iterator<Item = &'static Command> {
    commands::TABLES.iter().flat_map(|table| table.iter())
}

pub fn find(name: &str) -> Option<&'static Command> {
    commands().find(|command| command.name == name)
}

/// The name of a command that is most like this one.
pub fn nearest(name: &str) -> Option<&'static str> {
    commands()
        .map(|command| (strsim::damerau_levenshtein(command.name, name), command))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 4)
        .map(|(_, command)| command.name)
}
