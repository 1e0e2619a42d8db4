//! People whose address begins like what is typed, offered below the line.

use jiff::{SignedDuration, Timestamp};

use super::header::{Focus, Header, entries};
use super::{Asked, Composer};
use crate::app::App;
use crate::app::asks::Purpose;
use crate::app::event::Effect;
use crate::bridge::{AskId, ContactLine, Look, Request};
use crate::domain::headers::address::Address;

/// The time between the last key and the question.
const PAUSE: SignedDuration = SignedDuration::from_millis(120);
/// How many are offered.
pub const OFFERED: usize = 6;

#[derive(Debug, Default)]
pub struct Completion {
    /// When to ask.
    due: Option<Timestamp>,
    /// The question that counts; older answers do not.
    asked: Option<AskId>,
    pub found: Vec<ContactLine>,
    pub selected: usize,
    /// Tab came before the answer: the best one is taken when it is there.
    take_best: bool,
}

impl Completion {
    pub fn is_open(&self) -> bool {
        !self.found.is_empty()
    }

    pub fn close(&mut self) {
        *self = Self::default();
    }

    pub fn wake(&self) -> Option<Timestamp> {
        self.due
    }

    /// Tab: whether the best one will be taken as soon as it is known, because typing was faster than the answer.
    pub fn hurry(&mut self, now: Timestamp) -> bool {
        let is_pending = (self.due.is_some() || self.asked.is_some()) && !self.take_best;
        if is_pending {
            self.take_best = true;
            if self.asked.is_none() {
                self.due = Some(now);
            }
        }
        is_pending
    }

    pub fn step(&mut self, by: isize) {
        let count = self.found.len().max(1);
        self.selected = self
            .selected
            .checked_add_signed(by)
            .map_or(count - 1, |next| next % count);
    }

    /// The text of an address line has changed.
    pub fn typed(&mut self, header: &Header, place: Focus, now: Timestamp) {
        self.asked = None;
        self.take_best = false;
        if wanted(header, place).is_some() {
            self.due = now.saturating_add(PAUSE).ok();
        } else {
            self.close();
        }
    }
}

/// The entry under the cursor of an address line, if there is something to complete.
fn wanted(header: &Header, place: Focus) -> Option<String> {
    if !place.is_address() {
        return None;
    }
    let before = header.field(place)?.before();
    let entry = before.get(entries(before).pop()?)?.trim();
    let is_whole = entry.ends_with('>');
    (!entry.is_empty() && !is_whole).then(|| entry.trim_start_matches('"').to_owned())
}

/// Asks when the pause is over.
pub fn tick(app: &mut App) -> Option<Effect> {
    let now = app.now;
    let composer = app.composer_mut()?;
    composer.completion.due.filter(|due| *due <= now)?;
    composer.completion.due = None;
    let prefix = wanted(&composer.header, composer.focus)?;
    let effect = app.ask(Purpose::Composer, Request::Look(Look::Contacts { prefix }));
    let id = app.asks.latest();
    let composer = app.composer_mut()?;
    composer.completion.asked = Some(id);
    composer.asked.insert(id, Asked::Contacts);
    Some(effect)
}

/// The answer; one that was overtaken by typing is dropped.
pub fn arrived(composer: &mut Composer, id: AskId, found: Vec<ContactLine>, now: Timestamp) {
    if composer.completion.asked != Some(id) {
        return;
    }
    let place = composer.focus;
    let taken: Vec<String> = composer
        .header
        .addresses(place)
        .iter()
        .map(Address::key)
        .collect();
    let is_new =
        |line: &ContactLine| !taken.contains(&Address::new("", line.address.as_str()).key());
    composer.completion.asked = None;
    composer.completion.selected = 0;
    composer.completion.found = found.into_iter().filter(is_new).take(OFFERED).collect();
    if std::mem::take(&mut composer.completion.take_best) && take(composer) {
        composer.touch(now);
    }
}

/// Puts the chosen person in the place of what was typed.
pub fn take(composer: &mut Composer) -> bool {
    let place = composer.focus;
    let Some(chosen) = composer
        .completion
        .found
        .get(composer.completion.selected)
        .map(|line| Address::new(line.name.as_str(), line.address.as_str()))
    else {
        return false;
    };
    let Some(field) = composer.header.field_mut(place) else {
        return false;
    };
    let before = field.before().to_owned();
    let after = field.text().get(before.len()..).unwrap_or_default();
    let start = entries(&before).pop().map_or(0, |entry| entry.start);
    let kept = before.get(..start).unwrap_or_default();
    let space = if kept.is_empty() { "" } else { " " };
    let rest = after.trim_start_matches([',', ';', ' ']);
    let name = if chosen.name == chosen.address {
        Address::new("", chosen.address.clone())
    } else {
        chosen
    };
    field.set(&format!("{kept}{space}{name}, {rest}"));
    composer.completion.close();
    true
}
