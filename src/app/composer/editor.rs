//! The text being written: the library's editor, with one key for what a person calls one character.
//!
//! `ratatui-textarea` keeps the lines, the cursor and the history; it is the one named exception to "no ratatui in
//! `app`", and nothing of it is ever drawn. It counts code points, so moving and deleting are done here by grapheme;
//! it wraps only while it paints, so rows of the screen are computed here ([`super::wrap`]).

mod history;
mod screen;

use ratatui_textarea::{CursorMove, DataCursor, TextArea};
use unicode_segmentation::UnicodeSegmentation;

use super::pasted::readable;
use super::wrap::Row;
use crate::app::input::{Key, KeyCode, Motion};

/// How many steps can be undone; a typed character is a step until undo takes a word of them together.
const HISTORY: usize = 20_000;

#[derive(Debug)]
pub struct Editor {
    text: TextArea<'static>,
    /// The text as rows of the screen.
    rows: Vec<Row>,
    /// The first row that is seen.
    pub top: usize,
    width: usize,
    height: usize,
    plain_emoji: bool,
    /// The column that moving up and down wants to keep.
    goal: Option<usize>,
    /// The rows are older than the text.
    stale: bool,
}

/// What a key did to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    Changed,
    Moved,
    /// The cursor was in the first row and was to go up.
    AtTop,
    Nothing,
}

impl Editor {
    pub fn new(body: &str) -> Self {
        let lines = readable(body).split('\n').map(str::to_owned).collect();
        let mut text = TextArea::new(lines);
        text.set_max_histories(HISTORY);
        Self {
            text,
            rows: Vec::new(),
            top: 0,
            width: 0,
            height: 1,
            plain_emoji: false,
            goal: None,
            stale: true,
        }
    }

    pub fn body(&self) -> String {
        self.text.lines().join("\n")
    }

    /// Puts the cursor behind what was written before this byte, where the quoted original begins.
    pub fn go_before(&mut self, byte: usize) {
        let body = self.body();
        let own = body.get(..byte).unwrap_or(&body).trim_end();
        let row = own.matches('\n').count();
        let column = own.rsplit('\n').next().unwrap_or_default().chars().count();
        self.jump(row, column);
    }

    /// Another text, as one step that can be undone.
    pub fn replace(&mut self, body: &str) {
        let text = readable(body);
        self.text.select_all();
        self.text.insert_str(text);
        self.jump(0, 0);
        self.changed();
    }

    pub fn insert(&mut self, raw: &str) {
        self.text.insert_str(readable(raw));
        self.changed();
    }

    fn changed(&mut self) -> Did {
        self.goal = None;
        self.stale = true;
        Did::Changed
    }

    fn moved(&mut self) -> Did {
        self.goal = None;
        Did::Moved
    }

    fn cursor(&self) -> (usize, usize) {
        let DataCursor(row, column) = self.text.cursor();
        (row, column)
    }

    fn line(&self, row: usize) -> &str {
        self.text.lines().get(row).map_or("", String::as_str)
    }

    /// The cursor's line, and the byte of it at which the cursor stands.
    fn place(&self) -> (usize, usize) {
        let (row, column) = self.cursor();
        (row, byte_of(self.line(row), column))
    }

    /// The library takes 16 bits; beyond that the cursor stays at the nearest place that it can name.
    fn jump(&mut self, row: usize, column: usize) {
        let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.text
            .move_cursor(CursorMove::Jump(short(row), short(column)));
    }

    fn jump_to_byte(&mut self, row: usize, byte: usize) {
        let column = self
            .line(row)
            .get(..byte)
            .map_or(0, |before| before.chars().count());
        self.jump(row, column);
    }

    /// A key that is text input: a character, or one that moves or deletes.
    pub fn key(&mut self, key: Key) -> Did {
        if let Some(c) = key.typed() {
            if c.is_control() {
                return Did::Nothing;
            }
            // A character may be a part of the one before it, so it is not looked at by itself.
            self.text.insert_char(c);
            return self.changed();
        }
        match (key.code, key.ctrl || key.alt) {
            (KeyCode::Enter, _) => {
                self.text.insert_newline();
                self.changed()
            }
            (KeyCode::Backspace, false) => self.delete_before(),
            (KeyCode::Backspace, true) => self.edit(TextArea::delete_word),
            (KeyCode::Delete, false) => self.delete_after(),
            (KeyCode::Delete, true) => self.edit(TextArea::delete_next_word),
            (KeyCode::Char(c), true) => self.shell_key(c, key.ctrl),
            (KeyCode::Move(motion), far) => self.motion(motion, far),
            _ => Did::Nothing,
        }
    }

    /// The keys of a shell's line.
    fn shell_key(&mut self, c: char, ctrl: bool) -> Did {
        match (c, ctrl) {
            ('h', true) => self.delete_before(),
            ('w', true) => self.edit(TextArea::delete_word),
            ('u', true) => self.edit(TextArea::delete_line_by_head),
            ('k', true) => self.edit(TextArea::delete_line_by_end),
            ('a', true) => self.walk(CursorMove::Head),
            ('b', false) => self.walk(CursorMove::WordBack),
            ('f', false) => self.walk(CursorMove::WordForward),
            _ => Did::Nothing,
        }
    }

    fn motion(&mut self, motion: Motion, far: bool) -> Did {
        match (motion, far) {
            (Motion::Left, true) => self.walk(CursorMove::WordBack),
            (Motion::Right, true) => self.walk(CursorMove::WordForward),
            (Motion::Left, false) => self.step_back(),
            (Motion::Right, false) => self.step_on(),
            (Motion::Home, true) => self.walk_to_end(CursorMove::Top, CursorMove::Head),
            (Motion::End, true) => self.walk_to_end(CursorMove::Bottom, CursorMove::End),
            (Motion::Home, false) => self.walk(CursorMove::Head),
            (Motion::End, false) => self.walk(CursorMove::End),
            (Motion::Up, _) => self.climb(-1),
            (Motion::Down, _) => self.climb(1),
            (Motion::PageUp, _) => self.climb(-self.page()),
            (Motion::PageDown, _) => self.climb(self.page()),
        }
    }

    fn page(&self) -> isize {
        isize::try_from(self.height.max(2) - 1).unwrap_or(1)
    }

    fn edit(&mut self, how: fn(&mut TextArea<'static>) -> bool) -> Did {
        if how(&mut self.text) {
            self.changed()
        } else {
            Did::Moved
        }
    }

    fn walk(&mut self, to: CursorMove) -> Did {
        self.text.move_cursor(to);
        self.snap();
        self.moved()
    }

    fn walk_to_end(&mut self, row: CursorMove, column: CursorMove) -> Did {
        self.text.move_cursor(row);
        self.walk(column)
    }

    /// The cursor never stands within what a person calls one character.
    fn snap(&mut self) {
        let (row, byte) = self.place();
        let line = self.line(row);
        let boundary = line
            .grapheme_indices(true)
            .map(|(at, _)| at)
            .chain([line.len()])
            .take_while(|at| *at <= byte)
            .last()
            .unwrap_or(0);
        if boundary != byte {
            self.jump_to_byte(row, boundary);
        }
    }

    fn step_back(&mut self) -> Did {
        let (row, byte) = self.place();
        match before(self.line(row), byte) {
            Some(grapheme) => {
                let start = byte - grapheme.len();
                self.jump_to_byte(row, start);
            }
            None if row > 0 => {
                let end = self.line(row - 1).chars().count();
                self.jump(row - 1, end);
            }
            None => {}
        }
        self.moved()
    }

    fn step_on(&mut self) -> Did {
        let (row, byte) = self.place();
        let line = self.line(row);
        match line
            .get(byte..)
            .and_then(|rest| rest.graphemes(true).next())
        {
            Some(grapheme) => {
                let end = byte + grapheme.len();
                self.jump_to_byte(row, end);
            }
            None if row + 1 < self.text.lines().len() => self.jump(row + 1, 0),
            None => {}
        }
        self.moved()
    }

    fn delete_before(&mut self) -> Did {
        let (row, byte) = self.place();
        let Some(characters) =
            before(self.line(row), byte).map(|grapheme| grapheme.chars().count())
        else {
            return self.edit(TextArea::delete_newline);
        };
        let (_, column) = self.cursor();
        self.jump(row, column.saturating_sub(characters));
        self.text.delete_str(characters);
        self.changed()
    }

    fn delete_after(&mut self) -> Did {
        let (row, byte) = self.place();
        let characters = self
            .line(row)
            .get(byte..)
            .and_then(|rest| rest.graphemes(true).next())
            .map_or(1, |grapheme| grapheme.chars().count());
        if self.text.delete_str(characters) {
            self.changed()
        } else {
            Did::Moved
        }
    }
}

fn byte_of(line: &str, column: usize) -> usize {
    line.char_indices()
        .nth(column)
        .map_or(line.len(), |(at, _)| at)
}

/// What a person calls the character before this byte.
fn before(line: &str, byte: usize) -> Option<&str> {
    line.get(..byte)?.graphemes(true).next_back()
}

#[cfg(test)]
mod tests;
