//! Choosing folders from the server's own list: a tree with the number of mails in each, over the form of a mailbox.
//!
//! A parent with its subfolders is a choice of its own and never follows from choosing the parent.

use super::mailbox::fetching::FOLDER_LIST;
use super::{AboutForm, After, Open, ask, state};
use crate::app::App;
use crate::app::event::Effect;
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::bridge::{ConnectRequest, FolderLine, Request};
use crate::domain::clean::Clean;
use crate::domain::folder::FolderRole;
use crate::domain::mailbox::{ChosenFolder, FolderChoice};
use crate::domain::theme::{Ink, Role, Signal};
use crate::domain::words;

/// Cells of a name and its mark, before the count.
const NAME_WIDTH: usize = 24;

/// What the keys do here.
pub const HELP: &str = "Space chooses a folder, + with all that lies below it; Enter takes them.";

/// The list of folders, and what is chosen in it so far.
#[derive(Debug, Default)]
pub struct FolderPicker {
    /// `None` until the server has told.
    folders: Option<Vec<FolderLine>>,
    selected: usize,
    chosen: Vec<ChosenFolder>,
    /// What was pressed before the server had told; it is done then, in its order.
    ahead: Vec<Ahead>,
}

/// A key pressed over a list that is still to come.
#[derive(Debug, Clone, Copy)]
enum Ahead {
    Step(isize),
    Toggle(bool),
    Take,
}

/// Opens the list for the form that is open, and asks the server.
pub fn open(app: &mut App) -> Vec<Effect> {
    let Some(Open::Mailbox(form)) = state(app).and_then(|settings| settings.open.as_ref()) else {
        return Vec::new();
    };
    let value = &form.value;
    let chosen = match &value.settings.folders {
        FolderChoice::Chosen(chosen) => chosen.clone(),
        _ => Vec::new(),
    };
    let request = ConnectRequest::Folders {
        id: value.id,
        settings: Box::new(value.settings.clone()),
        secret: value.secret(),
    };
    let effects = ask(
        app,
        Request::Connect(request),
        After::Form(AboutForm::Folders),
    );
    if let Some(settings) = app.settings_mut() {
        settings.picker = Some(FolderPicker {
            chosen,
            ..FolderPicker::default()
        });
    }
    effects
}

/// The server's folders have come, and what was pressed meanwhile is done.
pub fn fill(app: &mut App, folders: Vec<FolderLine>) -> Vec<Effect> {
    list(app, folders);
    let ahead = picker(app).map(|picker| std::mem::take(&mut picker.ahead));
    let mut effects = Vec::new();
    for key in ahead.unwrap_or_default() {
        match key {
            Ahead::Step(by) => step(app, by),
            Ahead::Toggle(with_subfolders) => toggle(app, with_subfolders),
            Ahead::Take => effects.extend(take(app)),
        }
    }
    effects
}

fn list(app: &mut App, mut folders: Vec<FolderLine>) {
    folders.sort_by_key(|folder| (folder.role != FolderRole::Inbox, folder.name.to_lowercase()));
    if let Some(picker) = picker(app) {
        // A chosen folder that is gone stays in the list, so that it can be taken out.
        let missing = picker.chosen.iter().filter(|one| {
            let mut known = folders.iter();
            !known.any(|folder| folder.name == one.name)
        });
        let missing: Vec<FolderLine> = missing.map(|one| gone(&one.name)).collect();
        folders.splice(0..0, missing);
        picker.folders = Some(folders);
    }
}

fn gone(name: &str) -> FolderLine {
    FolderLine {
        name: name.to_owned(),
        delimiter: None,
        role: FolderRole::Other,
        selectable: false,
        mails: None,
    }
}

/// The server does not tell: the names are typed instead.
pub fn give_up(app: &mut App) {
    if let Some(settings) = app.settings_mut() {
        settings.picker = None;
        settings.focus_and_edit(FOLDER_LIST);
    }
}

/// Moves the cursor.
pub fn step(app: &mut App, by: isize) {
    if let Some(picker) =
        picker(app).and_then(|picker| (!picker.waits_with(Ahead::Step(by))).then_some(picker))
    {
        let last = picker.count().saturating_sub(1);
        picker.selected = picker.selected.saturating_add_signed(by).min(last);
    }
}

/// Chooses the folder under the cursor or takes it out; with its subfolders, or alone.
pub fn toggle(app: &mut App, with_subfolders: bool) {
    let ahead = Ahead::Toggle(with_subfolders);
    let Some(picker) = picker(app).and_then(|picker| (!picker.waits_with(ahead)).then_some(picker))
    else {
        return;
    };
    let Some(name) = picker.here().map(|folder| folder.name.clone()) else {
        return;
    };
    let now = picker.chosen.iter().position(|one| one.name == name);
    let was = now.map(|at| picker.chosen.remove(at));
    if was.is_none_or(|was| was.with_subfolders != with_subfolders) {
        picker.chosen.push(ChosenFolder {
            name,
            with_subfolders,
        });
    }
}

/// Takes what is chosen into the form.
pub fn take(app: &mut App) -> Vec<Effect> {
    let asked = picker(app).and_then(|picker| (!picker.waits_with(Ahead::Take)).then_some(picker));
    let Some(chosen) = asked.map(|picker| picker.in_order()) else {
        return Vec::new();
    };
    if chosen.is_empty() {
        app.status
            .refuse("no folder is chosen; Space chooses one, Esc leaves the list as it was");
        return Vec::new();
    }
    if let Some(settings) = app.settings_mut() {
        settings.picker = None;
        if let Some(Open::Mailbox(form)) = &mut settings.open {
            let mut value = form.value.clone();
            value.settings.folders = FolderChoice::Chosen(chosen);
            form.replace(value);
        }
    }
    super::mailbox::checking::count_periods(app)
}

/// Leaves the list without a change.
pub fn close(app: &mut App) {
    if let Some(settings) = app.settings_mut() {
        settings.picker = None;
    }
}

pub fn is_open(app: &App) -> bool {
    state(app).is_some_and(|settings| settings.picker.is_some())
}

fn picker(app: &mut App) -> Option<&mut FolderPicker> {
    app.settings_mut()?.picker.as_mut()
}

impl FolderPicker {
    /// Whether the list is still to come; then the key is kept for it.
    fn waits_with(&mut self, key: Ahead) -> bool {
        let waits = self.folders.is_none();
        if waits {
            self.ahead.push(key);
        }
        waits
    }

    fn count(&self) -> usize {
        self.folders.as_ref().map_or(0, Vec::len)
    }

    fn here(&self) -> Option<&FolderLine> {
        self.folders.as_ref()?.get(self.selected)
    }

    /// In the order of the list.
    fn in_order(&self) -> Vec<ChosenFolder> {
        let place = |one: &ChosenFolder| {
            let mut folders = self.folders.iter().flatten();
            folders.position(|folder| folder.name == one.name)
        };
        let mut chosen = self.chosen.clone();
        chosen.sort_by_key(|one| place(one).unwrap_or(usize::MAX));
        chosen
    }

    /// The list as it is drawn, and the row of the cursor.
    pub fn rows(&self) -> (Vec<Line>, usize) {
        let mut rows = vec![
            Line::words("Folders to read", STRONG),
            Line::words("The Sent folder is always read, too.", DIM),
            Line::new(),
        ];
        let Some(folders) = &self.folders else {
            let asking = Line::words("asking the server …", Role::Signal(Signal::Busy));
            rows.push(asking);
            return (rows, 0);
        };
        if folders.is_empty() {
            rows.push(Line::words("The server lists no folders.", DIM));
        }
        let first = rows.len();
        for (index, folder) in folders.iter().enumerate() {
            rows.push(self.row(folder, index == self.selected));
        }
        (rows, first + self.selected)
    }

    fn row(&self, folder: &FolderLine, is_here: bool) -> Line {
        let (mark, role, words) = self.mark(folder);
        let depth = folder
            .delimiter
            .map_or(0, |delimiter| folder.name.matches(delimiter).count());
        let last = folder
            .delimiter
            .and_then(|delimiter| folder.name.rsplit(delimiter).next())
            .unwrap_or(&folder.name);
        let name = Clean::name(last);
        let indent = "  ".repeat(depth.min(8));
        let used = indent.len() + name.cells();
        let pad = " ".repeat(NAME_WIDTH.saturating_sub(used).max(1));
        let cursor = if is_here { "▌" } else { " " };
        let count = match folder.mails {
            Some(mails) => format!("{:>9}", words::thousands(u64::from(mails))),
            None => " ".repeat(9),
        };
        let name_role = if is_here { STRONG } else { TEXT };
        Line::words(cursor, Role::Ink(Ink::Key))
            .say(mark, role)
            .say(&indent, TEXT)
            .clean(name, name_role)
            .say(&pad, TEXT)
            .say(&count, DIM)
            .say("  ", DIM)
            .say(words, DIM)
    }

    fn mark(&self, folder: &FolderLine) -> (&'static str, Role, &'static str) {
        let good = Role::Signal(Signal::Good);
        let own = self.chosen.iter().find(|one| one.name == folder.name);
        let is_gone = !folder.selectable && folder.delimiter.is_none();
        match own {
            Some(_) if is_gone => ("✔ ", Role::Signal(Signal::Warning), "does not exist"),
            Some(one) if one.with_subfolders => ("✚ ", good, "with subfolders"),
            Some(_) => ("✔ ", good, ""),
            None if self.is_below_chosen(folder) => ("· ", good, "by its parent"),
            None if folder.role == FolderRole::Sent => ("· ", good, "always read"),
            None if is_gone => ("  ", DIM, "does not exist"),
            None => ("  ", DIM, ""),
        }
    }

    fn is_below_chosen(&self, folder: &FolderLine) -> bool {
        self.chosen
            .iter()
            .any(|one| one.means(&folder.name, folder.delimiter))
    }
}
