//! What the operator sees and may do: state, update, commands, keymap, layout.
//!
//! Pure: [`update`] takes an [`Event`] and returns [`Effect`]s. Nothing here waits, reads a clock, touches a file or
//! can fail; time comes in as [`Event::Tick`] before whatever happens at that time. Everything that came from a
//! stranger is `Clean` before it is here.
//!
//! Where a new thing goes:
//! * **A command**: a row in a table of `commands/*.rs` (or `composer`, `settings`) with name, title, sentence, group,
//!   scopes, keys, `allowed`, `run`. Keymap, palette, help, bar and README follow from the row by themselves.
//! * **A layer** (something above the desk that takes the keys): a variant of [`layers::Layer`] with its own file; the
//!   `match`es in `layers.rs` (scope, typing, typed, paste) say what it needs; a `paint` in `ui/` draws it; a
//!   variant of [`registry::Scope`] if it has keys of its own.
//! * **A pane**: a field of [`App`], an area in [`layout::Screen`], a `paint` in `ui/`, a variant of [`layout::Pane`].
//! * **A question to the engine**: [`App::ask`] with a [`asks::Purpose`]; the answer arrives in `told.rs` under that
//!   purpose. An answer to a question that is no longer the latest is dropped there.
//! * **Something that needs time** (debounce, countdown): a moment in the state, which `tick.rs` acts on and names in
//!   [`App::next_wake`].

pub mod acts;
pub mod asks;
pub mod attachments;
pub mod bar;
pub mod choices;
pub mod commands;
pub mod composer;
pub mod event;
pub mod field;
pub mod files;
pub mod help;
pub mod input;
pub mod keymap;
pub mod keys;
pub mod layers;
pub mod layout;
pub mod list;
pub mod outbox;
pub mod palette;
pub mod picker;
pub mod pointer;
pub mod prompt;
pub mod registry;
pub mod search;
pub mod settings;
pub mod sheet;
pub mod status;
pub mod text;
pub mod thread;
mod tick;
mod told;
pub mod topline;
pub mod views;
pub mod watch;
pub mod when;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::bridge::{Basics, Look, OutboxLine, Request};
use crate::domain::clean::Clean;
use crate::domain::ids::OperatorId;
use crate::domain::preferences::Preferences;

pub use event::{Effect, Event, FileWork, FilesReport};
use layers::Layer;
use layout::Pane;

/// How large the terminal is, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub width: u16,
    pub height: u16,
}

/// What the desk stands in.
#[derive(Debug, Clone)]
pub struct Surroundings {
    pub size: Size,
    pub zone: TimeZone,
    /// Programs that are opened would open on the other side of the line.
    pub over_ssh: bool,
    /// Where attachments are saved unless one says otherwise.
    pub download_directory: String,
}

/// What the engine said about the world.
#[derive(Debug, Default)]
pub struct Known {
    pub basics: Option<Basics>,
    /// The latest first.
    pub outbox: Vec<OutboxLine>,
    /// The errors of mailboxes that were told, each by when it began.
    pub alarms: std::collections::BTreeMap<crate::domain::ids::MailboxId, Timestamp>,
    pub domains: settings::domains::Domains,
    /// When the engine stopped answering.
    pub silent_since: Option<Timestamp>,
    /// Drafts that were put away, as they were offered last.
    pub drafts: Vec<crate::bridge::DraftView>,
    /// Composers that were put away and are not yet saved.
    pub leaving: Vec<composer::Composer>,
}

impl Known {
    pub fn me(&self) -> Option<OperatorId> {
        self.basics.as_ref().map(|basics| basics.me.id)
    }

    /// The store is damaged, so everything can be looked at and nothing changed.
    pub fn is_only_read(&self) -> bool {
        let basics = self.basics.as_ref();
        basics.is_some_and(|basics| basics.damage.is_some())
    }
}

/// Everything the operator sees.
#[derive(Debug)]
pub struct App {
    pub preferences: Preferences,
    pub surroundings: Surroundings,
    /// The time of the latest tick.
    pub now: Timestamp,
    pub keys: keys::Keys,
    pub asks: asks::Asks,
    pub known: Known,
    pub views: views::ViewsPane,
    pub list: list::ListPane,
    pub thread: thread::ThreadPane,
    pub focus: Pane,
    /// What lies above the desk, the lowest first.
    pub layers: Vec<Layer>,
    pub status: status::Status,
    /// Steps that `u` takes back, the latest last.
    pub undo: Vec<acts::UndoStep>,
    /// Names of commands run from the palette, the latest first.
    pub recent: Vec<&'static str>,
    title: Clean,
}

impl App {
    pub fn new(preferences: Preferences, surroundings: Surroundings, now: Timestamp) -> Self {
        let keys = keys::Keys::new(&preferences.keys);
        let mut status = status::Status::default();
        if let Some(complaint) = keys.keymap.complaints.first() {
            let more = keys.keymap.complaints.len() - 1;
            let and = if more > 0 {
                format!(" (and {more} more)")
            } else {
                String::new()
            };
            status.refuse(&format!("config.toml, keys: {complaint}{and}"));
        }
        Self {
            preferences,
            surroundings,
            now,
            keys,
            asks: asks::Asks::default(),
            known: Known::default(),
            views: views::ViewsPane::default(),
            list: list::ListPane::default(),
            thread: thread::ThreadPane::default(),
            focus: Pane::List,
            layers: Vec::new(),
            status,
            undo: Vec::new(),
            recent: Vec::new(),
            title: Clean::default(),
        }
    }

    /// What the desk wants before the first event: who am I, which views, and to be told of changes.
    pub fn start(&mut self) -> Vec<Effect> {
        let mut effects = vec![
            self.ask(asks::Purpose::Quiet, Request::Look(Look::Follow)),
            self.ask(asks::Purpose::Basics, Request::Look(Look::Basics)),
            self.ask(asks::Purpose::Views, Request::Look(Look::Views)),
        ];
        effects.extend(outbox::look(self));
        effects
    }

    /// Sends a request whose answer will be handled under `purpose`.
    pub fn ask(&mut self, purpose: asks::Purpose, request: Request) -> Effect {
        let id = self.asks.open(purpose, self.now);
        Effect::Ask(crate::bridge::Ask { id, request })
    }

    /// As [`Self::ask`] for what is looked at again and again: one question for it is under way at a time, and what
    /// changes meanwhile is asked for once when it is answered. However fast mail comes, the engine never has more to
    /// answer than it can, and what it answers is always used.
    pub fn look(&mut self, purpose: asks::Purpose, request: Request) -> Option<Effect> {
        if self.asks.is_under_way(&purpose) {
            self.asks.postpone(purpose, request);
            return None;
        }
        Some(self.ask(purpose, request))
    }

    /// The question for this was answered or given up.
    pub fn look_again(&mut self, purpose: &asks::Purpose) -> Option<Effect> {
        let request = self.asks.postponed(purpose)?;
        Some(self.ask(purpose.clone(), request))
    }

    /// When a tick is needed next; `None` while nothing moves.
    pub fn next_wake(&self) -> Option<Timestamp> {
        tick::next_wake(self)
    }

    pub fn screen(&self) -> layout::Screen {
        layout::screen(self)
    }

    pub fn composer_mut(&mut self) -> Option<&mut composer::Composer> {
        self.layers.iter_mut().find_map(|layer| match layer {
            Layer::Composer(composer) => Some(&mut **composer),
            _ => None,
        })
    }

    pub fn settings_mut(&mut self) -> Option<&mut settings::Settings> {
        self.layers.iter_mut().find_map(|layer| match layer {
            Layer::Settings(settings) => Some(&mut **settings),
            _ => None,
        })
    }
}

/// Lets one thing happen.
pub fn update(app: &mut App, event: Event) -> Vec<Effect> {
    let mut effects = match event {
        Event::Tick(now) => {
            app.now = now;
            tick::run(app)
        }
        Event::Key(key) => keys::press(app, key),
        Event::Mouse(mouse) => pointer::mouse(app, mouse),
        Event::Paste(text) => layers::paste(app, &text),
        Event::Resize { width, height } => {
            app.surroundings.size = Size { width, height };
            Vec::new()
        }
        Event::Focus(_) => Vec::new(),
        Event::Told(told) => told::told(app, told),
        Event::EditorReturned(result) if settings::own_editor::is_meant(app) => {
            settings::own_editor::returned(app, result)
        }
        Event::EditorReturned(result) => composer::editor_returned(app, result),
        Event::Files(report) => files::report(app, report),
        Event::Terminate => {
            let mut effects = composer::save_now(app);
            effects.push(Effect::Quit);
            effects
        }
    };
    effects.extend(settle(app));
    effects
}

/// Makes the state fit the screen again, and asks for what is visible and not there.
fn settle(app: &mut App) -> Vec<Effect> {
    let mut effects = list::settle(app);
    thread::settle(app);
    layers::settle(app);
    let title = topline::window_title(app);
    if title != app.title {
        app.title = title.clone();
        effects.push(Effect::Title(title));
    }
    effects
}
