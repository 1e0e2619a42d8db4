//! Several lines of input, each a [`Field`]: the text of a signature.

use crate::app::field::{Edited, Field};
use crate::app::input::{Key, KeyCode, Motion};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    lines: Vec<Field>,
    row: usize,
}

impl Lines {
    pub fn new(text: &str) -> Self {
        let mut lines: Vec<Field> = text.split('\n').map(Field::new).collect();
        if let Some(first) = lines.first_mut() {
            first.key(Key::new(KeyCode::Move(Motion::Home)));
        }
        Self { lines, row: 0 }
    }

    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(Field::text).collect();
        lines.join("\n")
    }

    /// All lines, and which one has the cursor.
    pub fn shown(&self) -> (&[Field], usize) {
        (&self.lines, self.row)
    }

    fn line(&mut self) -> Option<&mut Field> {
        self.lines.get_mut(self.row)
    }

    /// Breaks the line at the cursor.
    pub fn break_line(&mut self) {
        let Some(line) = self.line() else { return };
        let before = line.before().to_owned();
        let after = line
            .text()
            .get(before.len()..)
            .unwrap_or_default()
            .to_owned();
        line.set(&before);
        self.row += 1;
        self.lines.insert(self.row, at_start(&after));
    }

    /// Text with its line breaks, at the cursor.
    pub fn insert(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.break_line();
            }
            if let Some(line) = self.line() {
                line.insert(part);
            }
        }
    }

    /// Moves by lines; the cursor keeps its column as far as the line goes.
    pub fn step(&mut self, by: isize) {
        let column = self.line().map_or(0, |line| line.before().chars().count());
        let last = self.lines.len().saturating_sub(1);
        self.row = self.row.saturating_add_signed(by).min(last);
        if let Some(line) = self.line() {
            let text = line.text().to_owned();
            let before: String = text.chars().take(column).collect();
            let after: String = text.chars().skip(column).collect();
            line.set(&before);
            let end = line.before().len();
            *line = at(&format!("{before}{after}"), end);
        }
    }

    pub fn key(&mut self, key: Key) -> Edited {
        let before = self.line().map_or(0, |line| line.before().len());
        let length = self.line().map_or(0, |line| line.text().len());
        match key.code {
            KeyCode::Enter => {
                self.break_line();
                Edited::Changed
            }
            KeyCode::Move(Motion::Up) => self.moved(-1),
            KeyCode::Move(Motion::Down) => self.moved(1),
            KeyCode::Backspace if before == 0 && self.row > 0 => {
                self.row -= 1;
                self.join();
                Edited::Changed
            }
            KeyCode::Delete if before == length && self.row + 1 < self.lines.len() => {
                self.join();
                Edited::Changed
            }
            _ => self.line().map_or(Edited::Ignored, |line| line.key(key)),
        }
    }

    fn moved(&mut self, by: isize) -> Edited {
        self.step(by);
        Edited::Moved
    }

    /// Puts the next line behind this one; the cursor stands between them.
    fn join(&mut self) {
        if self.row + 1 >= self.lines.len() {
            return;
        }
        let next = self.lines.remove(self.row + 1);
        if let Some(line) = self.line() {
            let end = line.text().len();
            *line = at(&format!("{}{}", line.text(), next.text()), end);
        }
    }
}

fn at_start(text: &str) -> Field {
    at(text, 0)
}

/// A field whose cursor stands behind the first `bytes` of its text.
fn at(text: &str, bytes: usize) -> Field {
    let mut field = Field::new(text);
    field.key(Key::new(KeyCode::Move(Motion::Home)));
    while field.before().len() < bytes {
        if field.key(Key::new(KeyCode::Move(Motion::Right))) == Edited::Ignored
            || field.before().len() >= text.len()
        {
            break;
        }
    }
    field
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn press(lines: &mut Lines, keys: &str) {
        for key in keys.split(' ') {
            lines.key(Key::parse(key).unwrap());
        }
    }

    #[test]
    fn lines_break_and_join() {
        let mut lines = Lines::new("Best regards,\nAnna");
        press(&mut lines, "end enter X backspace");
        assert_eq!(lines.text(), "Best regards,\n\nAnna");
        press(&mut lines, "backspace");
        assert_eq!(lines.text(), "Best regards,\nAnna");
        press(&mut lines, "delete !");
        assert_eq!(lines.text(), "Best regards,!Anna");
    }

    #[test]
    fn the_cursor_keeps_its_column_in_any_script() {
        let mut lines = Lines::new("發票問題\nab\n李小龍");
        press(&mut lines, "right right right down x down y");
        assert_eq!(lines.text(), "發票問題\nabx\n李小龍y");
    }

    #[test]
    fn pasted_text_keeps_its_lines() {
        let mut lines = Lines::new("");
        lines.insert("one\r\ntwo\rthree");
        assert_eq!(lines.text(), "one\ntwo\nthree");
        assert_eq!(lines.shown().1, 2);
    }
}
