//! The text on the screen: which rows are seen, where the cursor stands, what a click means.

use super::{Did, Editor, before};
use crate::app::composer::wrap::{self, Row};
use crate::domain::clean::Clean;

impl Editor {
    /// Makes the rows fit again and the cursor seen.
    pub fn settle(&mut self, width: usize, height: usize, plain_emoji: bool) {
        if self.stale || self.width != width || self.plain_emoji != plain_emoji {
            (self.width, self.plain_emoji, self.stale) = (width, plain_emoji, false);
            // One column is the cursor's, behind the last character.
            self.rows = wrap::rows(self.text.lines(), width.saturating_sub(1), plain_emoji);
        }
        self.height = height.max(1);
        let (row, _) = self.seen_cursor();
        if row < self.top {
            self.top = row;
        } else if row >= self.top + self.height {
            self.top = row + 1 - self.height;
        }
        let last = self.rows.len().saturating_sub(self.height);
        self.top = self.top.min(last.max(row.saturating_sub(self.height - 1)));
    }

    /// The row and the column of the cursor, counted from the first row of the text.
    fn seen_cursor(&self) -> (usize, usize) {
        let (line, byte) = self.place();
        let row = self
            .rows
            .iter()
            .rposition(|row| row.line == line && row.bytes.start <= byte)
            .unwrap_or(0);
        let column = self.rows.get(row).map_or(0, |found| {
            let before = self.line(line).get(found.bytes.start..byte);
            wrap::width_of(before.unwrap_or_default(), self.plain_emoji)
        });
        (row, column)
    }

    /// Where the cursor stands among the rows that are seen.
    pub fn cursor_on_screen(&self) -> Option<(usize, usize)> {
        let (row, column) = self.seen_cursor();
        let row = row.checked_sub(self.top)?;
        let last = self.width.saturating_sub(1);
        (row < self.height).then_some((row, column.min(last)))
    }

    fn row_text(&self, row: &Row) -> &str {
        self.line(row.line)
            .get(row.bytes.clone())
            .unwrap_or_default()
    }

    /// The rows that are seen, and whether each is quoted.
    pub fn seen(&self) -> impl Iterator<Item = (Clean, bool)> + '_ {
        self.rows
            .iter()
            .skip(self.top)
            .take(self.height)
            .map(|row| {
                let quoted = self.line(row.line).starts_with('>');
                (Clean::line(self.row_text(row)), quoted)
            })
    }

    /// First row seen, rows that fit, all rows.
    pub fn position(&self) -> (usize, usize, usize) {
        (self.top, self.height, self.rows.len())
    }

    pub(super) fn climb(&mut self, by: isize) -> Did {
        if self.stale {
            self.settle(self.width, self.height, self.plain_emoji);
        }
        let (row, column) = self.seen_cursor();
        if by < 0 && row == 0 {
            return Did::AtTop;
        }
        let goal = self.goal.unwrap_or(column);
        let last = self.rows.len().saturating_sub(1);
        self.go_to(row.saturating_add_signed(by).min(last), goal);
        self.goal = Some(goal);
        Did::Moved
    }

    fn go_to(&mut self, row: usize, column: usize) {
        let Some(found) = self.rows.get(row) else {
            return;
        };
        let text = self.row_text(found);
        let mut within = wrap::byte_at(text, column, self.plain_emoji);
        let goes_on = self
            .rows
            .get(row + 1)
            .is_some_and(|next| next.line == found.line);
        if goes_on && within == text.len() {
            // The end of a broken row is the beginning of the next one.
            within -= before(text, within).map_or(0, str::len);
        }
        let (line, byte) = (found.line, found.bytes.start + within);
        self.jump_to_byte(line, byte);
    }

    /// A click on a cell of the text.
    pub fn click(&mut self, row: usize, column: usize) {
        let last = self.rows.len().saturating_sub(1);
        self.go_to((self.top + row).min(last), column);
        self.goal = None;
    }
}
