//! Settings: mailboxes and their checks, signatures, views.
//!
//! A list on the left, and on the right the page of what is under the cursor, or a form. Forms share one grammar
//! ([`grammar`]); every key is a command ([`commands`]). A password goes from its field to the engine and nowhere else.

mod acts;
mod allowed;
pub mod audit;
pub mod bar;
pub mod checks;
mod commands;
pub mod domains;
pub mod finding;
pub mod folder_picker;
pub mod form;
pub mod grammar;
pub mod layout;
pub mod lines;
pub mod mailbox;
mod moves;
mod open;
pub mod own_editor;
pub mod places;
mod preview;
pub mod redirect;
pub mod rows;
pub mod sign_in;
mod signature;
mod told;
mod view;
mod watching;

use jiff::Timestamp;

use super::App;
use super::asks::Purpose;
use super::event::Effect;
use super::input::{Key, Mouse, MouseAction};
use super::layers::Layer;
use crate::bridge::{AskId, CheckLine, ConnectRequest, Request, Sample};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;

pub use commands::COMMANDS;
pub use finding::tried;
pub use form::Face;
pub use open::Open;
pub use rows::{Item, Row};
pub use told::{failed, told};
pub use watching::{COMMANDS as WATCHING, Watched};

use audit::AuditScreen;
use checks::Checks;
use finding::Finding;
use folder_picker::FolderPicker;

/// What an answer is for.
#[derive(Debug, Clone, PartialEq)]
enum After {
    Form(AboutForm),
    /// About the redirect of a channel.
    Redirect,
    Save(Saving),
    /// What to say when it is done.
    Say(Clean),
    /// What the page of a mailbox shows.
    Watched,
    /// A self-test has ended.
    Tested,
    /// A real ticket to try a text on.
    Sample,
    /// Somebody signs in with OAuth2, in the form.
    SignIn,
    /// A page of the log of settings, the first or a further one.
    Audit {
        anew: bool,
    },
    /// A page of the log that goes into a file.
    AuditFile,
}

/// What the form of a mailbox asks about servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AboutForm {
    Detect,
    /// The providers that can be chosen.
    Providers,
    Checked,
    Folders,
    Periods,
}

/// What is being saved, with what to say then.
#[derive(Debug, Clone, PartialEq)]
enum Saving {
    Mailbox(Clean),
    /// The mailbox is saved, and the password of its sign-in for sending is being kept.
    Sending(MailboxId, Clean),
    /// Something else; the form that asked for it is closed then.
    Other(Clean),
}

/// What was asked here and is not answered yet.
#[derive(Debug, Default)]
struct Asked {
    pending: Vec<(AskId, After)>,
    /// What was pressed before the servers were found: it is done when they are.
    then: Option<Then>,
}

#[derive(Debug, Default)]
pub struct Settings {
    /// What is under the cursor of the list.
    pub item: Item,
    /// Where there is no room for both, the page is shown instead of the list.
    pub on_page: bool,
    pub open: Option<Open>,
    /// The log of settings, while it is open.
    pub audit: Option<AuditScreen>,
    pub checks: Option<Checks>,
    /// How the servers of the form were found.
    pub finding: Option<Finding>,
    /// The checks have the focus, not a field.
    pub on_checks: bool,
    /// The folders of the server are being chosen; they lie over the form.
    pub picker: Option<FolderPicker>,
    /// How far a page is scrolled that has the screen for itself.
    pub page_top: usize,
    /// What texts are tried on.
    sample: Option<Sample>,
    /// The wizard of a forwarded address, which has the page while it is open.
    pub redirect: Option<redirect::Redirect>,
    asked: Asked,
    /// What was made, from which place of the list, until it is in the list.
    made: Option<(Item, String)>,
    /// A new mailbox was saved, but its password was not; the form is still about a new one.
    saved_in_part: bool,
    pub watched: Watched,
}

/// A step that waits for detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Check,
    Save,
}

impl Settings {
    /// Whether plain characters are text for a field.
    pub fn is_typing(&self) -> bool {
        self.open
            .as_ref()
            .is_some_and(|open| open.face().is_editing())
    }

    fn take_pending(&mut self, id: AskId) -> Option<After> {
        let at = self
            .asked
            .pending
            .iter()
            .position(|(asked, _)| *asked == id)?;
        Some(self.asked.pending.remove(at).1)
    }

    /// Keeps a step for later while the servers are being looked for.
    fn puts_off(&mut self, then: Then) -> bool {
        let is_looking = self
            .asked
            .pending
            .iter()
            .any(|(_, after)| *after == After::Form(AboutForm::Detect));
        if is_looking {
            self.asked.then = Some(then);
        }
        is_looking
    }

    /// Whether the engine works on something that was asked here.
    pub fn is_waiting(&self) -> bool {
        self.asked.pending.iter().any(|(_, after)| {
            !matches!(
                after,
                After::Form(AboutForm::Checked)
                    | After::Sample
                    | After::Form(AboutForm::Periods)
                    | After::Watched
                    | After::Tested
                    | After::SignIn
                    | After::Redirect
                    | After::Audit { .. }
            )
        })
    }

    /// Puts the focus on a field, typing if it is typed into.
    fn focus_and_edit(&mut self, name: &str) {
        if let Some(open) = &mut self.open {
            let face = open.face_mut();
            if let Some(index) = face.index_of(name).filter(|index| face.is_visible(*index)) {
                face.go_to(index);
                face.edit(true);
                self.on_checks = false;
            }
        }
    }
}

/// The settings on the desk, wherever they lie among the layers.
fn state(app: &App) -> Option<&Settings> {
    app.layers.iter().find_map(|layer| match layer {
        Layer::Settings(settings) => Some(&**settings),
        _ => None,
    })
}

/// Asks the engine on behalf of the settings.
fn ask(app: &mut App, request: Request, after: After) -> Vec<Effect> {
    let effect = app.ask(Purpose::Settings, request);
    let id = app.asks.latest();
    if let Some(settings) = app.settings_mut() {
        settings.asked.pending.push((id, after));
    }
    vec![effect]
}

/// Opens the settings; without any mailbox, on the place where one is connected.
pub fn open(app: &mut App) -> Vec<Effect> {
    let item = rows::items(app).first().copied().unwrap_or_default();
    app.layers.push(Layer::Settings(Box::new(Settings {
        item,
        ..Settings::default()
    })));
    vec![domains::look(app)]
}

/// Opens the form of a new mailbox, from the desk or from the list.
pub fn connect_mailbox(app: &mut App) -> Vec<Effect> {
    let from_desk = app.settings_mut().is_none();
    let mut effects = if from_desk { open(app) } else { Vec::new() };
    if let Some(settings) = app.settings_mut() {
        settings.item = Item::NewMailbox;
        settings.audit = None;
        settings.checks = None;
        settings.finding = None;
        settings.open = Some(Open::new_mailbox(from_desk));
        settings.focus_and_edit("address");
    }
    let request = Request::Connect(ConnectRequest::Providers);
    effects.extend(ask(app, request, After::Form(AboutForm::Providers)));
    effects
}

pub fn typed(app: &mut App, key: Key) -> Vec<Effect> {
    if let Some(open) = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut())
    {
        open.face_mut().key(key);
    }
    Vec::new()
}

pub fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    let open = app
        .settings_mut()
        .and_then(|settings| settings.open.as_mut());
    match open {
        Some(open) if open.face().is_editing() => {
            open.face_mut().paste(text);
            if open.face().was_converted() {
                app.status.good(Clean::from_static(
                    "HTML was pasted as Markdown; ctrl-z brings it as it was",
                ));
            }
        }
        _ => app
            .status
            .refuse("there is no field here to paste into; Enter on a field edits it"),
    }
    Vec::new()
}

pub fn mouse(app: &mut App, mouse: Mouse) -> Vec<Effect> {
    match mouse.what {
        MouseAction::WheelUp if redirect::is_open(app) => moves::vertical(app, -1),
        MouseAction::WheelDown if redirect::is_open(app) => moves::vertical(app, 1),
        MouseAction::WheelUp => moves::step(app, -1),
        MouseAction::WheelDown => moves::step(app, 1),
        MouseAction::Click => moves::click(app, mouse.x, mouse.y),
    }
}

/// What was said on the lines of a check, before its answer.
pub fn logged(app: &mut App, lines: Vec<Clean>) -> Vec<Effect> {
    if let Some(checks) = app
        .settings_mut()
        .and_then(|settings| settings.checks.as_mut())
    {
        checks.log = lines;
    }
    Vec::new()
}

/// One line of a check, before its answer.
pub fn checked(app: &mut App, line: CheckLine) -> Vec<Effect> {
    if let Some(checks) = app
        .settings_mut()
        .and_then(|settings| settings.checks.as_mut())
    {
        checks.add(line);
    }
    Vec::new()
}

/// `app.known.basics` changed: mailboxes, their health, signatures, operators.
pub fn basics_changed(app: &mut App) -> Vec<Effect> {
    told::catch_up(app);
    let items = rows::items(app);
    if let Some(settings) = app.settings_mut() {
        settings.watched.grows_stale();
    }
    if let Some(settings) = app.settings_mut()
        && !items.contains(&settings.item)
        && settings.open.is_none()
    {
        settings.item = items.first().copied().unwrap_or_default();
    }
    redirect::look_again(app)
}

/// Saved views came.
pub fn views_changed(app: &mut App) {
    told::catch_up(app);
}

pub fn tick(app: &mut App) -> Vec<Effect> {
    watching::tick(app)
}

/// Nothing here moves by itself but the page of a mailbox, which is asked for again while it is seen.
pub fn wake(app: &App) -> Option<Timestamp> {
    watching::wake(app)
}
