//! Undo and redo by words: the library keeps every typed character as a step of its own.

use super::Editor;

impl Editor {
    /// Takes back the last word typed, or the last step of another kind.
    pub fn undo(&mut self) -> bool {
        let mut taken = 0;
        loop {
            let before = self.mark();
            if !self.text.undo() {
                break;
            }
            taken += 1;
            let after = self.mark();
            match one_character(&after, &before) {
                Some(c) if !c.is_whitespace() => {}
                Some(_) => break,
                None if taken > 1 => {
                    self.text.redo();
                    break;
                }
                None => break,
            }
        }
        self.snap();
        self.changed();
        taken > 0
    }

    /// Does again what undo took back.
    pub fn redo(&mut self) -> bool {
        let mut done = 0;
        loop {
            let before = self.mark();
            if !self.text.redo() {
                break;
            }
            done += 1;
            let after = self.mark();
            match one_character(&before, &after) {
                Some(c) if !c.is_whitespace() || done == 1 => {}
                _ if done > 1 => {
                    self.text.undo();
                    break;
                }
                _ => break,
            }
        }
        self.snap();
        self.changed();
        done > 0
    }

    /// How many lines, which one the cursor is in, where, and what the line is.
    fn mark(&self) -> (usize, usize, usize, String) {
        let (row, column) = self.cursor();
        (
            self.text.lines().len(),
            row,
            column,
            self.line(row).to_owned(),
        )
    }
}

type Mark = (usize, usize, usize, String);

/// The character by which the longer text is ahead, if it was typed at the cursor.
fn one_character(shorter: &Mark, longer: &Mark) -> Option<char> {
    let same_line = shorter.0 == longer.0 && shorter.1 == longer.1;
    if !same_line || longer.2 != shorter.2 + 1 {
        return None;
    }
    let typed = longer.3.chars().nth(shorter.2)?;
    (longer.3.len() == shorter.3.len() + typed.len_utf8()).then_some(typed)
}
