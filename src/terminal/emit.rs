//! Cells to bytes, as few as possible: over a slow line every byte is felt.
//!
//! Only what changes between two neighbouring cells is said, and the terminal's colours are remembered from one
//! drawing to the next. After a sign on whose width terminals disagree the cursor is placed anew, so that one wrong
//! guess never shifts the rest of a line.

use std::fmt::Write;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use crate::domain::clean::cells;

/// How the next character would look, as far as the terminal was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Default for Pen {
    fn default() -> Self {
        Self {
            fg: Color::Reset,
            bg: Color::Reset,
            modifier: Modifier::empty(),
        }
    }
}

const MODIFIERS: [(Modifier, &str); 6] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::REVERSED, "7"),
    (Modifier::CROSSED_OUT, "9"),
];

/// The bytes that bring these cells to the screen.
pub fn emit(pen: &mut Pen, changes: &[(u16, u16, &Cell)]) -> String {
    let mut out = String::new();
    let mut at: Option<(u16, u16)> = None;
    for (x, y, cell) in changes {
        go(&mut out, at, (*x, *y));
        dip(&mut out, pen, cell);
        out.push_str(cell.symbol());
        at = has_one_cell(cell.symbol()).then(|| (x.saturating_add(1), *y));
    }
    out
}

/// Moves the cursor, forward by steps where that is shorter.
fn go(out: &mut String, from: Option<(u16, u16)>, to: (u16, u16)) {
    let _ = match from {
        Some(from) if from == to => Ok(()),
        Some((x, y)) if y == to.1 && x < to.0 && to.0 - x == 1 => write!(out, "\x1b[C"),
        Some((x, y)) if y == to.1 && x < to.0 => write!(out, "\x1b[{}C", to.0 - x),
        _ => write!(out, "\x1b[{};{}H", to.1 + 1, to.0 + 1),
    };
}

/// Says what is different about the next character.
fn dip(out: &mut String, pen: &mut Pen, cell: &Cell) {
    let mut next = Pen {
        fg: cell.fg,
        bg: cell.bg,
        modifier: cell.modifier,
    };
    let is_blank = cell.symbol() == " ";
    let seen_on_blank = Modifier::UNDERLINED | Modifier::REVERSED | Modifier::CROSSED_OUT;
    if is_blank && !(next.modifier | pen.modifier).intersects(seen_on_blank) {
        // A space has no ink, so the ink may stay as it is.
        next.fg = pen.fg;
        next.modifier = pen.modifier;
    }
    if next == *pen {
        return;
    }
    let mut said: Vec<String> = Vec::new();
    let weight = Modifier::BOLD | Modifier::DIM;
    let mut left = pen.modifier;
    let removed = pen.modifier.difference(next.modifier);
    if removed.intersects(weight) {
        // Bold and faint are switched off together.
        said.push("22".to_owned());
        left.remove(weight);
    }
    for (modifier, code) in [
        (Modifier::ITALIC, "23"),
        (Modifier::UNDERLINED, "24"),
        (Modifier::REVERSED, "27"),
        (Modifier::CROSSED_OUT, "29"),
    ] {
        if removed.contains(modifier) {
            said.push(code.to_owned());
            left.remove(modifier);
        }
    }
    for (modifier, code) in MODIFIERS {
        if next.modifier.difference(left).contains(modifier) {
            said.push(code.to_owned());
        }
    }
    if next.fg != pen.fg {
        said.push(color(next.fg, 30));
    }
    if next.bg != pen.bg {
        said.push(color(next.bg, 40));
    }
    let _ = write!(out, "\x1b[{}m", said.join(";"));
    *pen = next;
}

/// The code of a colour; `base` is 30 for ink and 40 for ground.
fn color(color: Color, base: u8) -> String {
    let named = |index: u8| (base + index).to_string();
    let bright = |index: u8| (base + 60 + index).to_string();
    match color {
        Color::Reset => named(9),
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(index) => format!("{};5;{index}", base + 8),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", base + 8),
    }
}

/// Whether every terminal takes one cell for it.
fn has_one_cell(symbol: &str) -> bool {
    let mut characters = symbol.chars();
    let (Some(first), None) = (characters.next(), characters.next()) else {
        return false;
    };
    let is_disputed = matches!(
        u32::from(first),
        0x200b..=0x200f | 0x2300..=0x23ff | 0x2600..=0x27bf | 0xe000..=0xf8ff | 0x1_f000..
    );
    !is_disputed && cells(symbol) == 1
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    fn drawn(buffer: &Buffer) -> String {
        let empty = Buffer::empty(buffer.area);
        emit(&mut Pen::default(), &empty.diff(buffer))
    }

    #[test]
    fn what_a_terminal_makes_of_it_is_what_was_painted() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 30, 4));
        let red = Style::default().fg(Color::Rgb(200, 0, 0));
        let bold = Style::default()
            .add_modifier(Modifier::BOLD)
            .bg(Color::Indexed(24));
        buffer.set_string(2, 0, "plain 發票 and on", Style::default());
        buffer.set_string(0, 1, "red", red);
        buffer.set_string(5, 1, "bold ⏱ 12m", bold);
        buffer.set_string(20, 3, "end", Style::default());
        let mut terminal = vt100::Parser::new(4, 30, 0);
        terminal.process(drawn(&buffer).as_bytes());
        let screen = terminal.screen();
        assert_eq!(
            screen.contents(),
            "  plain 發票 and on\nred  bold ⏱ 12m\n\n                    end"
        );
        let bold_cell = screen.cell(1, 5).unwrap();
        assert!(bold_cell.bold());
        assert_eq!(bold_cell.bgcolor(), vt100::Color::Idx(24));
        assert_eq!(
            screen.cell(1, 0).unwrap().fgcolor(),
            vt100::Color::Rgb(200, 0, 0)
        );
        assert!(!screen.cell(3, 20).unwrap().bold());
    }
}
