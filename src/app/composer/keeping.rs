//! Nothing typed stays only on the screen: a draft is saved within two seconds of the last key.

use jiff::{SignedDuration, Timestamp};

use super::{Asked, Composer};
use crate::app::App;
use crate::app::asks::Purpose;
use crate::app::event::Effect;
use crate::app::layers::Layer;
use crate::bridge::{AskId, Request, Write};
use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;

/// The pause after a key; the answer of the engine comes well before the two seconds are over.
const PAUSE: SignedDuration = SignedDuration::from_millis(1_200);
/// Who types without a pause is saved all the same.
const AT_MOST: SignedDuration = SignedDuration::from_secs(5);
/// The pause after a save that failed.
const RETRY: SignedDuration = SignedDuration::from_secs(5);

/// What is saved and what is not.
#[derive(Debug)]
pub struct Keeping {
    /// Counts changes.
    revision: u64,
    /// The last change that the store has.
    kept: u64,
    pub kept_at: Timestamp,
    /// The latest change that is on its way to the store.
    under_way: Option<u64>,
    first_unsaved: Option<Timestamp>,
    due: Option<Timestamp>,
    /// Why the last save failed.
    pub trouble: Option<Clean>,
}

impl Keeping {
    pub fn new(kept_at: Timestamp) -> Self {
        Self {
            revision: 0,
            kept: 0,
            kept_at,
            under_way: None,
            first_unsaved: None,
            due: None,
            trouble: None,
        }
    }

    /// Something was changed now.
    pub fn touch(&mut self, now: Timestamp) {
        self.revision += 1;
        let later = |from: Timestamp, by| from.saturating_add(by).unwrap_or(now);
        let first = *self.first_unsaved.get_or_insert(now);
        if self.trouble.is_none() {
            self.due = Some(later(now, PAUSE).min(later(first, AT_MOST)));
        }
    }

    pub fn is_kept(&self) -> bool {
        self.kept == self.revision
    }

    pub fn was_touched(&self) -> bool {
        self.revision > 0
    }

    /// Which change this is; what was decided about one says nothing about the next.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub fn wake(&self) -> Option<Timestamp> {
        self.due.filter(|_| self.under_way.is_none())
    }

    fn begin(&mut self) {
        self.under_way = Some(self.revision);
        self.due = None;
        self.first_unsaved = None;
    }

    /// The store has this change.
    pub fn done(&mut self, revision: u64, at: Timestamp, now: Timestamp) {
        if self.under_way == Some(revision) {
            self.under_way = None;
        }
        self.kept = self.kept.max(revision);
        self.kept_at = at;
        self.trouble = None;
        if !self.is_kept() && self.due.is_none() {
            self.due = now.saturating_add(PAUSE).ok();
        }
    }

    /// The store has it not; it is tried again by itself.
    pub fn failed(&mut self, trouble: &Trouble, now: Timestamp) {
        self.under_way = None;
        self.trouble = Some(Clean::line(&trouble.to_string()));
        self.due = now.saturating_add(RETRY).ok();
    }
}

/// Saves what the composer holds now.
pub fn save(app: &mut App) -> Option<Effect> {
    let composer = app.composer_mut().filter(|composer| composer.is_open())?;
    let write = begin(composer);
    let revision = composer.keeping.revision;
    let effect = app.ask(Purpose::Composer, Request::Write(write));
    let id = app.asks.latest();
    if let Some(composer) = app.composer_mut() {
        composer.asked.insert(id, Asked::Save(revision));
    }
    Some(effect)
}

fn begin(composer: &mut Composer) -> Write {
    composer.keeping.begin();
    Write::Save {
        draft: composer.content(),
    }
}

/// Saves if there is something to save; also while an older save is on its way.
pub fn save_rest(app: &mut App) -> Option<Effect> {
    let unsaved = app
        .composer_mut()
        .is_some_and(|composer| !composer.keeping.is_kept());
    if unsaved { save(app) } else { None }
}

/// Saves when the pause is over.
pub fn tick(app: &mut App) -> Vec<Effect> {
    let now = app.now;
    let is_due = |composer: &Composer| composer.keeping.wake().is_some_and(|due| due <= now);
    let mut effects = Vec::new();
    if app.composer_mut().is_some_and(|composer| is_due(composer)) {
        effects.extend(save(app));
    }
    let mut leaving = std::mem::take(&mut app.known.leaving);
    for composer in leaving.iter_mut().filter(|composer| is_due(composer)) {
        let write = begin(composer);
        effects.push(app.ask(Purpose::Composer, Request::Write(write)));
        let revision = composer.keeping.revision;
        composer
            .asked
            .insert(app.asks.latest(), Asked::Save(revision));
    }
    app.known.leaving = leaving;
    effects
}

/// A composer that was put away before its last change was saved waits until it is.
pub fn leave_when_kept(app: &mut App) -> Option<Effect> {
    let effect = save_rest(app);
    let place = app
        .layers
        .iter()
        .position(|layer| matches!(layer, Layer::Composer(_)))?;
    if let Layer::Composer(composer) = app.layers.remove(place)
        && !composer.keeping.is_kept()
    {
        app.known.leaving.push(*composer);
    }
    effect
}

/// A save of a composer that was put away: it may go now.
pub fn left(app: &mut App, id: AskId) -> bool {
    let before = app.known.leaving.len();
    app.known
        .leaving
        .retain(|composer| !composer.asked.contains_key(&id));
    app.known.leaving.len() != before
}

/// Such a save failed: what was written comes back on the screen, or waits for the next attempt.
pub fn could_not_leave(app: &mut App, id: AskId, trouble: &Trouble) -> bool {
    let now = app.now;
    let Some(place) = app
        .known
        .leaving
        .iter()
        .position(|composer| composer.asked.contains_key(&id))
    else {
        return false;
    };
    let mut composer = app.known.leaving.remove(place);
    composer.asked.remove(&id);
    composer.keeping.failed(trouble, now);
    app.status.trouble(trouble);
    if app.composer_mut().is_some() {
        app.known.leaving.push(composer);
    } else {
        app.layers.push(Layer::Composer(Box::new(composer)));
    }
    true
}
