//! Where the desk is painted: cells that take clean text and roles, and nothing else.
//!
//! Every text passes through here as `Clean`, and nothing may be written outside the area it was given, so that a
//! wide or endless text never bleeds into its neighbours.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::skin::Skin;
use crate::app::layout::Area;
use crate::app::text::Line;
use crate::domain::clean::{Clean, cells};
use crate::domain::theme::{Ink, Role, Surface};

pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    pub skin: &'a Skin,
    /// Where the text cursor stands, if a field has the keys.
    pub cursor: Option<(u16, u16)>,
    /// Emoji and what is joined to them are drawn as one sign.
    pub plain_emoji: bool,
}

impl<'a> Canvas<'a> {
    pub fn new(buffer: &'a mut Buffer, skin: &'a Skin, plain_emoji: bool) -> Self {
        Self {
            buffer,
            skin,
            cursor: None,
            plain_emoji,
        }
    }

    /// Empties an area and gives it a ground.
    pub fn fill(&mut self, area: Area, ground: Surface) {
        let style = self.skin.style(Role::Surface(ground));
        let text = self.skin.style(Role::Ink(Ink::Text)).patch(style);
        for y in area.y..area.bottom() {
            for x in area.x..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(text);
                }
            }
        }
    }

    /// Lays a ground under what is painted already.
    pub fn ground(&mut self, area: Area, ground: Surface) {
        let style = self.skin.style(Role::Surface(ground));
        self.buffer.set_style(
            Rect::new(area.x, area.y, area.width, area.height).intersection(self.buffer.area),
            style,
        );
    }

    /// Writes clean text into the first row of the area, cut with `…` where it does not fit. Returns the cells used.
    pub fn text(&mut self, area: Area, text: &Clean, role: Role) -> u16 {
        if area.width == 0 || area.height == 0 || text.is_empty() {
            return 0;
        }
        let style = self.skin.style(role);
        let width = usize::from(area.width);
        let fitted;
        let shown = if text.cells() > width {
            fitted = text.truncate_cells(width);
            &fitted
        } else {
            text
        };
        self.write(area, shown.as_str(), style)
    }

    fn write(&mut self, area: Area, text: &str, style: Style) -> u16 {
        let mut x = area.x;
        for grapheme in text.graphemes(true) {
            let plain = self.plain_emoji && is_joined(grapheme);
            let symbol = if plain { "▪" } else { grapheme };
            let wide = u16::try_from(cells(symbol)).unwrap_or(0);
            if wide == 0 {
                continue;
            }
            if x + wide > area.right() {
                break;
            }
            if let Some(cell) = self.buffer.cell_mut((x, area.y)) {
                cell.set_symbol(symbol);
                cell.set_style(style);
            }
            for covered in 1..wide {
                if let Some(cell) = self.buffer.cell_mut((x + covered, area.y)) {
                    cell.set_symbol(" ");
                    cell.set_style(style);
                }
            }
            x += wide;
        }
        x - area.x
    }

    /// Our own words.
    pub fn words(&mut self, area: Area, words: &'static str, role: Role) -> u16 {
        self.text(area, &Clean::from_static(words), role)
    }

    /// A line of several meanings. Returns the cells used.
    pub fn line(&mut self, area: Area, line: &Line) -> u16 {
        let mut left = area;
        for span in &line.spans {
            if left.width == 0 {
                break;
            }
            let used = self.text(left, &span.text, span.role);
            left = left.split_left(used).1;
        }
        area.width - left.width
    }

    /// The same at the right end of the area. Returns the first column used.
    pub fn line_right(&mut self, area: Area, line: &Line) -> u16 {
        let width = u16::try_from(line.cells())
            .unwrap_or(u16::MAX)
            .min(area.width);
        let right = area.split_left(area.width - width).1;
        self.line(right, line);
        right.x
    }

    /// A rule across the first row of the area.
    pub fn rule(&mut self, area: Area) {
        let style = self.skin.style(Role::Ink(Ink::Rule));
        for x in area.x..area.right() {
            if let Some(cell) = self.buffer.cell_mut((x, area.y)) {
                cell.set_symbol("─");
                cell.set_style(style);
            }
        }
    }

    /// A rule down the column left of the area.
    pub fn rule_left_of(&mut self, area: Area) {
        let Some(x) = area.x.checked_sub(1) else {
            return;
        };
        let style = self.skin.style(Role::Ink(Ink::Rule));
        for y in area.y..area.bottom() {
            if let Some(cell) = self.buffer.cell_mut((x, y)) {
                cell.set_symbol("│");
                cell.set_style(style);
            }
        }
    }

    /// A field with its cursor, on its own ground.
    pub fn field(&mut self, area: Area, field: &crate::app::field::Field, has_keys: bool) {
        let ground = if has_keys {
            Surface::FieldFocus
        } else {
            Surface::Field
        };
        self.ground(Area { height: 1, ..area }, ground);
        let (shown, column) = field.shown(usize::from(area.width));
        self.text(area, &shown, Role::Ink(Ink::Text));
        self.ground(Area { height: 1, ..area }, ground);
        if has_keys {
            let column = u16::try_from(column).unwrap_or(0);
            let last = area.width.saturating_sub(1);
            self.cursor = Some((area.x + column.min(last), area.y));
        }
    }
}

/// Emoji made of several signs, on whose width terminals disagree.
fn is_joined(grapheme: &str) -> bool {
    grapheme.contains('\u{200d}') || grapheme.contains('\u{fe0f}')
}
