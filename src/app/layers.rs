//! What lies above the desk and takes the keys: a stack, of which the top one is asked first.
//!
//! A layer is a variant here and a file of its own. The functions below are the whole boundary between the desk and
//! a layer: which places its keys are looked up in, whether plain characters are text, and where that text goes.

use super::App;
use super::attachments::Attachments;
use super::composer::{self, Composer};
use super::event::Effect;
use super::input::Key;
use super::layout::Pane;
use super::outbox::OutboxScreen;
use super::palette::{self, Palette};
use super::prompt::{self, Prompt, Question};
use super::registry::Scope;
use super::search::{self, Search};
use super::settings::{self, Settings};
use super::sheet::{self, Sheet};

#[derive(Debug)]
pub enum Layer {
    Palette(Palette),
    Prompt(Prompt),
    Search(Search),
    Sheet(Sheet),
    Attachments(Attachments),
    Outbox(OutboxScreen),
    Question(Question),
    Composer(Box<Composer>),
    Settings(Box<Settings>),
}

/// The places whose keys count now, the innermost first.
pub fn scopes(app: &App) -> Vec<Scope> {
    let layer = match app.layers.last() {
        Some(Layer::Palette(_) | Layer::Prompt(_) | Layer::Search(_)) => Scope::Line,
        Some(Layer::Sheet(sheet)) if sheet.is_typing() => Scope::Line,
        Some(Layer::Sheet(_)) => Scope::Sheet,
        Some(Layer::Attachments(_)) => Scope::Attachments,
        Some(Layer::Outbox(_)) => Scope::Outbox,
        Some(Layer::Question(_)) => return vec![Scope::Question],
        Some(Layer::Composer(_)) => Scope::Composer,
        Some(Layer::Settings(_)) => Scope::Settings,
        None => {
            let pane = match app.focus {
                Pane::Views => Scope::Views,
                Pane::List => Scope::List,
                Pane::Thread => Scope::Thread,
            };
            return vec![pane, Scope::Desk, Scope::Anywhere];
        }
    };
    vec![layer, Scope::Anywhere]
}

/// Whether plain characters are text for a field.
pub fn is_typing(app: &App) -> bool {
    match app.layers.last() {
        Some(Layer::Palette(_) | Layer::Prompt(_) | Layer::Search(_)) => true,
        Some(Layer::Sheet(sheet)) => sheet.is_typing(),
        Some(Layer::Composer(composer)) => composer.is_typing(),
        Some(Layer::Settings(settings)) => settings.is_typing(),
        _ => false,
    }
}

/// Whether a key without a meaning is passed over in silence.
pub fn takes_every_key(app: &App) -> bool {
    is_typing(app)
}

/// Runs what a line of input was closed for. What is refused stays on its line, to be put right.
pub fn run_from(
    app: &mut App,
    line: Layer,
    run: impl FnOnce(&mut App) -> Vec<Effect>,
) -> Vec<Effect> {
    let below = app.layers.len();
    let effects = run(app);
    if effects.is_empty() && app.layers.len() == below && app.status.is_refusal() {
        app.layers.push(line);
    }
    effects
}

/// A key for the field of the top layer: a character, or one that moves or deletes and is no command.
pub fn typed(app: &mut App, key: Key) -> Vec<Effect> {
    match app.layers.last_mut() {
        Some(Layer::Palette(_)) => palette::typed(app, key),
        Some(Layer::Prompt(_)) => prompt::typed(app, key),
        Some(Layer::Search(_)) => search::typed(app, key),
        Some(Layer::Sheet(sheet)) => {
            sheet.typed(key);
            Vec::new()
        }
        Some(Layer::Composer(_)) => composer::typed(app, key),
        Some(Layer::Settings(_)) => settings::typed(app, key),
        _ => Vec::new(),
    }
}

/// Pasted text goes to the field as if typed; on the desk it is refused, because it would be a hail of commands.
pub fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    match app.layers.last_mut() {
        Some(Layer::Palette(_)) => palette::paste(app, text),
        Some(Layer::Prompt(_)) => prompt::paste(app, text),
        Some(Layer::Search(_)) => search::paste(app, text),
        Some(Layer::Sheet(sheet)) if sheet.is_typing() => {
            sheet.paste(text);
            Vec::new()
        }
        Some(Layer::Composer(_)) => composer::paste(app, text),
        Some(Layer::Settings(_)) => settings::paste(app, text),
        _ => {
            app.status
                .refuse("there is no field here to paste into; / searches, r replies");
            Vec::new()
        }
    }
}

/// Makes layers fit the screen.
pub fn settle(app: &mut App) {
    let screen = app.screen();
    for layer in &mut app.layers {
        match layer {
            Layer::Sheet(sheet) => sheet::settle(sheet, &screen),
            Layer::Outbox(outbox) => outbox.settle(&app.known.outbox),
            _ => {}
        }
    }
    composer::settle(app);
}

/// Takes the top layer away.
pub fn close_top(app: &mut App) {
    app.layers.pop();
}
