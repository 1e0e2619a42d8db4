//! A form that is being filled in: what was typed, what is wrong with it, and where the cursor is.

use super::grammar::{Kind, Options, Spec};
use super::lines::Lines;
use crate::app::field::{Edited, Field};
use crate::app::input::Key;
use crate::domain::pasted;

/// What is typed into a field.
#[derive(Clone)]
pub enum Input {
    Line(Field),
    Lines(Lines),
}

impl Input {
    fn new(kind: Kind, text: &str) -> Self {
        if kind == Kind::Lines {
            Self::Lines(Lines::new(text))
        } else {
            Self::Line(Field::new(text))
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Line(field) => field.text().to_owned(),
            Self::Lines(lines) => lines.text(),
        }
    }
}

/// A field as it stands. It has no `Debug`: it may hold a password.
#[derive(Clone)]
pub struct Entry {
    pub input: Input,
    original: String,
    touched: bool,
    mistake: Option<String>,
    /// The engine's words, until the field is changed.
    refused: Option<String>,
    /// The text with pasted HTML as it was, until something else is written.
    unconverted: Option<String>,
}

/// A form about a `T`, with the last value that was right.
pub struct Form<T: 'static> {
    specs: &'static [Spec<T>],
    pub value: T,
    entries: Vec<Entry>,
    focus: usize,
    editing: bool,
    /// Saving was tried, so every mistake is shown.
    pub tried: bool,
}

impl<T> std::fmt::Debug for Form<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Form({} fields)", self.entries.len())
    }
}

/// What the keys and the screen need of a form, whatever it is about.
pub trait Face {
    fn count(&self) -> usize;
    fn is_visible(&self, index: usize) -> bool;
    fn name(&self, index: usize) -> &'static str;
    fn label(&self, index: usize) -> &'static str;
    fn help(&self, index: usize) -> &'static str;
    fn kind(&self, index: usize) -> Kind;
    fn note(&self, index: usize) -> Option<String>;
    fn options(&self, index: usize) -> Options;
    fn input(&self, index: usize) -> Option<&Input>;
    /// The sentence under a field.
    fn mistake(&self, index: usize) -> Option<&str>;
    fn is_changed(&self, index: usize) -> bool;
    fn focus(&self) -> usize;
    fn is_editing(&self) -> bool;
    /// Moves the focus by visible fields. Returns whether it could.
    fn step(&mut self, by: isize) -> bool;
    fn go_to(&mut self, index: usize);
    fn edit(&mut self, editing: bool);
    fn key(&mut self, key: Key);
    /// HTML becomes Markdown in a field of several lines.
    fn paste(&mut self, text: &str);
    /// Whether what was pasted last was changed so, and can be had as it was.
    fn was_converted(&self) -> bool;
    /// Brings it as it was. Returns whether there was something.
    fn put_unconverted(&mut self) -> bool;
    fn put(&mut self, index: usize, text: &str);
    /// As it was when the form was opened.
    fn put_back(&mut self);
    /// Puts the engine's words under a field.
    fn refuse(&mut self, name: &str, words: &str);
    /// Shows all mistakes and goes to the first. Returns how many there are.
    fn show_mistakes(&mut self) -> usize;

    /// Whether leaving would lose something.
    fn has_changes(&self) -> bool {
        (0..self.count()).any(|index| self.is_changed(index))
    }

    /// The option whose turn is next, in a circle.
    fn cycle(&mut self, by: isize) {
        let index = self.focus();
        let options = self.options(index);
        let count = isize::try_from(options.len()).unwrap_or(0);
        if count == 0 {
            return;
        }
        let text = self.text(index);
        let here = options.iter().position(|(value, _)| *value == text);
        let next = match here {
            Some(here) => (isize::try_from(here).unwrap_or(0) + by).rem_euclid(count),
            None => 0,
        };
        if let Some((value, _)) = options.get(usize::try_from(next).unwrap_or(0)) {
            self.put(index, value);
        }
    }

    /// What stands in a field. Not for a secret.
    fn text(&self, index: usize) -> String {
        match self.kind(index) {
            Kind::Secret => String::new(),
            _ => self.input(index).map(Input::text).unwrap_or_default(),
        }
    }

    /// Only how long a secret is.
    fn secret_length(&self, index: usize) -> usize {
        self.input(index)
            .map_or(0, |input| input.text().chars().count())
    }

    fn index_of(&self, name: &str) -> Option<usize> {
        (0..self.count()).find(|index| self.name(*index) == name)
    }
}

impl<T: Clone> Form<T> {
    pub fn new(specs: &'static [Spec<T>], value: T) -> Self {
        let entries = specs
            .iter()
            .map(|spec| {
                let original = (spec.read)(&value);
                Entry {
                    input: Input::new(spec.kind, &original),
                    original,
                    touched: false,
                    mistake: None,
                    refused: None,
                    unconverted: None,
                }
            })
            .collect();
        let mut form = Self {
            specs,
            value,
            entries,
            focus: 0,
            editing: false,
            tried: false,
        };
        form.recheck();
        form
    }

    /// Another value, as detection proposes it: what differs from the old one counts as changed.
    pub fn replace(&mut self, value: T) {
        self.value = value;
        self.reread(usize::MAX);
        self.recheck();
    }

    /// As [`Self::replace`], by the engine: where nobody has typed, putting back leads to what it found.
    pub fn propose(&mut self, value: T) {
        self.replace(value);
        for entry in self.entries.iter_mut().filter(|entry| !entry.touched) {
            entry.original = entry.input.text();
        }
    }

    fn spec(&self, index: usize) -> Option<&'static Spec<T>> {
        self.specs.get(index)
    }

    /// What was typed goes into the value; whatever follows from it is shown in the other fields.
    fn apply(&mut self, index: usize) {
        let (Some(spec), Some(entry)) = (self.specs.get(index), self.entries.get_mut(index)) else {
            return;
        };
        entry.touched = true;
        entry.refused = None;
        entry.unconverted = None;
        if (spec.write)(&mut self.value, &entry.input.text()).is_ok() {
            self.reread(index);
        }
        self.recheck();
    }

    fn reread(&mut self, except: usize) {
        for (index, (spec, entry)) in self.specs.iter().zip(&mut self.entries).enumerate() {
            let is_kept = index == except || (entry.mistake.is_some() && entry.touched);
            let text = (spec.read)(&self.value);
            if !is_kept && text != entry.input.text() {
                entry.input = Input::new(spec.kind, &text);
            }
        }
    }

    /// Asks every field for its mistake, on a copy, so that asking changes nothing.
    fn recheck(&mut self) {
        for (spec, entry) in self.specs.iter().zip(&mut self.entries) {
            let mut copy = self.value.clone();
            entry.mistake = (spec.write)(&mut copy, &entry.input.text()).err();
        }
    }
}

impl<T: Clone> Face for Form<T> {
    fn count(&self) -> usize {
        self.specs.len()
    }

    fn is_visible(&self, index: usize) -> bool {
        self.spec(index)
            .is_some_and(|spec| (spec.visible)(&self.value))
    }

    fn name(&self, index: usize) -> &'static str {
        self.spec(index).map_or("", |spec| spec.name)
    }

    fn label(&self, index: usize) -> &'static str {
        self.spec(index).map_or("", |spec| spec.label)
    }

    fn help(&self, index: usize) -> &'static str {
        self.spec(index).map_or("", |spec| spec.help)
    }

    fn kind(&self, index: usize) -> Kind {
        self.spec(index).map_or(Kind::Text, |spec| spec.kind)
    }

    fn note(&self, index: usize) -> Option<String> {
        self.spec(index).and_then(|spec| (spec.note)(&self.value))
    }

    fn options(&self, index: usize) -> Options {
        self.spec(index)
            .map(|spec| (spec.options)(&self.value))
            .unwrap_or_default()
    }

    fn input(&self, index: usize) -> Option<&Input> {
        self.entries.get(index).map(|entry| &entry.input)
    }

    fn mistake(&self, index: usize) -> Option<&str> {
        let entry = self.entries.get(index)?;
        if entry.refused.is_some() {
            return entry.refused.as_deref();
        }
        entry
            .mistake
            .as_deref()
            .filter(|_| entry.touched || self.tried)
    }

    fn is_changed(&self, index: usize) -> bool {
        self.entries
            .get(index)
            .is_some_and(|entry| entry.input.text() != entry.original)
    }

    fn focus(&self) -> usize {
        self.focus
    }

    fn is_editing(&self) -> bool {
        self.editing
    }

    fn step(&mut self, by: isize) -> bool {
        let mut at = self.focus;
        loop {
            let Some(next) = at
                .checked_add_signed(by)
                .filter(|next| *next < self.count())
            else {
                return false;
            };
            at = next;
            if self.is_visible(at) {
                self.focus = at;
                return true;
            }
        }
    }

    fn go_to(&mut self, index: usize) {
        if self.is_visible(index) {
            self.focus = index;
            self.editing = false;
        }
    }

    fn edit(&mut self, editing: bool) {
        self.editing = editing && self.kind(self.focus).is_typed();
    }

    fn key(&mut self, key: Key) {
        let index = self.focus;
        let edited = match self.entries.get_mut(index).map(|entry| &mut entry.input) {
            Some(Input::Line(field)) => field.key(key),
            Some(Input::Lines(lines)) => lines.key(key),
            None => Edited::Ignored,
        };
        if edited == Edited::Changed {
            self.apply(index);
        }
    }

    fn paste(&mut self, text: &str) {
        let index = self.focus;
        let mut unconverted = None;
        match self.entries.get_mut(index).map(|entry| &mut entry.input) {
            Some(Input::Line(field)) => field.insert(text.trim()),
            Some(Input::Lines(lines)) => match pasted::markdown(text) {
                Some(made) => {
                    let mut raw = lines.clone();
                    raw.insert(text);
                    unconverted = Some(raw.text());
                    lines.insert(&made);
                }
                None => lines.insert(text),
            },
            None => return,
        }
        self.apply(index);
        if let Some(entry) = self.entries.get_mut(index) {
            entry.unconverted = unconverted;
        }
    }

    fn put_unconverted(&mut self) -> bool {
        let index = self.focus;
        let entry = self.entries.get_mut(index);
        let Some(text) = entry.and_then(|entry| entry.unconverted.take()) else {
            return false;
        };
        self.put(index, &text);
        true
    }

    fn was_converted(&self) -> bool {
        self.entries
            .get(self.focus)
            .is_some_and(|entry| entry.unconverted.is_some())
    }

    fn put(&mut self, index: usize, text: &str) {
        let kind = self.kind(index);
        if let Some(entry) = self.entries.get_mut(index) {
            entry.input = Input::new(kind, text);
            self.apply(index);
        }
    }

    fn put_back(&mut self) {
        let index = self.focus;
        if let Some(original) = self.entries.get(index).map(|entry| entry.original.clone()) {
            self.put(index, &original);
        }
    }

    fn refuse(&mut self, name: &str, words: &str) {
        let Some(index) = self.index_of(name) else {
            return;
        };
        if let Some(entry) = self.entries.get_mut(index) {
            entry.refused = Some(words.to_owned());
        }
        self.go_to(index);
    }

    fn show_mistakes(&mut self) -> usize {
        self.tried = true;
        let wrong: Vec<usize> = (0..self.count())
            .filter(|index| self.is_visible(*index) && self.mistake(*index).is_some())
            .collect();
        if let Some(first) = wrong.first() {
            self.go_to(*first);
        }
        wrong.len()
    }
}
