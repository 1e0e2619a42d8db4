//! One line of input with a cursor: the search line, prompts, and every field of a form.
//!
//! The cursor stands between characters as people see them, so that Backspace takes a whole emoji or a letter with
//! its accents. What is typed or pasted is kept as it is but for controls, which become spaces.

use unicode_segmentation::UnicodeSegmentation;

use super::input::{Key, KeyCode, Motion};
use crate::domain::clean::{Clean, cells};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    text: String,
    /// In bytes, always at a character boundary.
    cursor: usize,
}

/// What a key did to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    Changed,
    Moved,
    /// The key means nothing to a field.
    Ignored,
}

impl Field {
    pub fn new(text: &str) -> Self {
        let mut field = Self::default();
        field.insert(text);
        field
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn set(&mut self, text: &str) {
        *self = Self::new(text);
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text before the cursor.
    pub fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    fn after(&self) -> &str {
        self.text.get(self.cursor..).unwrap_or_default()
    }

    /// What to draw in `width` cells, and on which of them the cursor stands. Scrolls so that it is always seen.
    pub fn shown(&self, width: usize) -> (Clean, usize) {
        let width = width.max(1);
        let mut start = 0;
        for (at, _) in self.before().grapheme_indices(true) {
            start = at;
            if cells(self.before().get(at..).unwrap_or_default()) < width {
                break;
            }
        }
        if cells(self.before()) < width {
            start = 0;
        } else if cells(self.before().get(start..).unwrap_or_default()) >= width {
            start = self.cursor;
        }
        let visible = Clean::line(self.text.get(start..).unwrap_or_default());
        let column = cells(self.before().get(start..).unwrap_or_default());
        let room = if visible.cells() > width {
            visible.truncate_cells(width)
        } else {
            visible
        };
        (room, column)
    }

    pub fn insert(&mut self, text: &str) {
        let safe: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        self.text.insert_str(self.cursor, &safe);
        self.cursor += safe.len();
    }

    /// Moves, deletes or inserts; with the keys that a shell's line has.
    pub fn key(&mut self, key: Key) -> Edited {
        if let Some(c) = key.typed() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return Edited::Changed;
        }
        match (key.code, key.ctrl, key.alt) {
            (KeyCode::Backspace, false, false) | (KeyCode::Char('h'), true, false) => {
                self.delete_to(self.previous())
            }
            (KeyCode::Backspace, _, _) | (KeyCode::Char('w'), true, false) => {
                self.delete_to(self.word_before())
            }
            (KeyCode::Delete, _, _) => self.delete_to(self.next()),
            (KeyCode::Char('u'), true, false) => self.delete_to(0),
            (KeyCode::Char('k'), true, false) => self.delete_to(self.text.len()),
            (KeyCode::Move(Motion::Left), false, false) => self.go(self.previous()),
            (KeyCode::Move(Motion::Right), false, false) => self.go(self.next()),
            (KeyCode::Move(Motion::Left), _, _) | (KeyCode::Char('b'), false, true) => {
                self.go(self.word_before())
            }
            (KeyCode::Move(Motion::Right), _, _) | (KeyCode::Char('f'), false, true) => {
                self.go(self.word_after())
            }
            (KeyCode::Move(Motion::Home), _, _) | (KeyCode::Char('a'), true, false) => self.go(0),
            (KeyCode::Move(Motion::End), _, _) | (KeyCode::Char('e'), true, false) => {
                self.go(self.text.len())
            }
            _ => Edited::Ignored,
        }
    }

    fn go(&mut self, to: usize) -> Edited {
        self.cursor = to;
        Edited::Moved
    }

    fn delete_to(&mut self, to: usize) -> Edited {
        let (from, until) = (to.min(self.cursor), to.max(self.cursor));
        if from == until {
            return Edited::Moved;
        }
        self.text.replace_range(from..until, "");
        self.cursor = from;
        Edited::Changed
    }

    fn previous(&self) -> usize {
        self.before()
            .grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn next(&self) -> usize {
        self.after()
            .graphemes(true)
            .next()
            .map_or(self.cursor, |next| self.cursor + next.len())
    }

    fn word_before(&self) -> usize {
        self.before()
            .split_word_bound_indices()
            .rfind(|(_, word)| !word.trim().is_empty())
            .map_or(0, |(at, _)| at)
    }

    fn word_after(&self) -> usize {
        self.after()
            .split_word_bound_indices()
            .find(|(_, word)| !word.trim().is_empty())
            .map_or(self.text.len(), |(at, word)| self.cursor + at + word.len())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn type_keys(field: &mut Field, keys: &str) {
        for key in keys.split(' ') {
            field.key(Key::parse(key).unwrap());
        }
    }

    #[test]
    fn backspace_takes_what_a_person_calls_one_character() {
        let mut field = Field::new("a👨‍👩‍👧‍👦");
        type_keys(&mut field, "backspace");
        assert_eq!(field.text(), "a");
    }

    #[test]
    fn words_are_jumped_and_deleted() {
        let mut field = Field::new("status:open from anna");
        type_keys(&mut field, "ctrl-w");
        assert_eq!(field.text(), "status:open from ");
        type_keys(&mut field, "home ctrl-right x");
        assert!(field.text().contains('x'));
        type_keys(&mut field, "ctrl-u");
        assert!(field.before().is_empty());
    }

    #[test]
    fn pasted_controls_do_not_survive() {
        assert_eq!(Field::new("a\u{1b}[31m\nb").text(), "a [31m b");
    }

    #[test]
    fn a_long_text_scrolls_so_that_the_cursor_is_seen() {
        let field = Field::new(&"發票".repeat(40));
        let (shown, column) = field.shown(11);
        assert!(shown.cells() <= 11);
        assert!(column < 11, "{column}");
    }
}
