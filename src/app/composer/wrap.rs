//! Long lines of the composer's text as rows of the screen.
//!
//! Widths are counted by what a person sees as one character, as the screen does, so that the cursor always stands
//! where the next character will appear.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::clean::cells;

/// A part of a line that fits into the width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which line of the text.
    pub line: usize,
    /// Which bytes of it.
    pub bytes: Range<usize>,
}

/// Cells of one character; signs that terminals disagree about may be drawn as one cell.
fn wide(grapheme: &str, plain_emoji: bool) -> usize {
    let joined = grapheme.contains('\u{200d}') || grapheme.contains('\u{fe0f}');
    if plain_emoji && joined {
        1
    } else {
        cells(grapheme)
    }
}

/// Cells of a piece of text as it will be drawn.
pub fn width_of(text: &str, plain_emoji: bool) -> usize {
    if text.is_ascii() {
        return cells(text);
    }
    text.graphemes(true)
        .map(|grapheme| wide(grapheme, plain_emoji))
        .sum()
}

/// All lines as rows of at most `width` cells, broken after spaces where there are some. No byte is left out.
pub fn rows(lines: &[String], width: usize, plain_emoji: bool) -> Vec<Row> {
    let width = width.max(2);
    let mut rows = Vec::with_capacity(lines.len());
    for (line, text) in lines.iter().enumerate() {
        for bytes in parts(text, width, plain_emoji) {
            rows.push(Row { line, bytes });
        }
    }
    rows
}

fn parts(text: &str, width: usize, plain_emoji: bool) -> Vec<Range<usize>> {
    if text.len() <= width && text.is_ascii() {
        return std::iter::once(0..text.len()).collect();
    }
    let mut parts = Vec::new();
    let mut start = 0;
    let mut used = 0;
    let mut last_break = None;
    for (at, grapheme) in text.grapheme_indices(true) {
        let cells = wide(grapheme, plain_emoji);
        let is_space = grapheme == " ";
        // A space may hang over the end: it is not seen there.
        if used + cells > width && !is_space {
            let end = last_break.filter(|end| *end > start).unwrap_or(at);
            parts.push(start..end);
            used = width_of(text.get(end..at).unwrap_or_default(), plain_emoji);
            start = end;
            last_break = None;
        }
        used += cells;
        if is_space {
            last_break = Some(at + grapheme.len());
        }
    }
    parts.push(start..text.len());
    parts
}

/// The byte at which the character on this column of a row begins.
pub fn byte_at(text: &str, column: usize, plain_emoji: bool) -> usize {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += wide(grapheme, plain_emoji);
        if used > column {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_in_one_row_and_no_row_is_too_wide() {
        let family = "👨‍👩‍👧‍👦";
        let lines = vec![
            String::new(),
            "a short one".to_owned(),
            format!(
                "one two three {} 發票問題 four {family}{family}{family}",
                "x".repeat(30)
            ),
        ];
        for width in [2, 5, 8, 13, 80] {
            let rows = rows(&lines, width, false);
            for (number, line) in lines.iter().enumerate() {
                let joined: String = rows
                    .iter()
                    .filter(|row| row.line == number)
                    .map(|row| &line[row.bytes.clone()])
                    .collect();
                assert_eq!(&joined, line, "width {width}");
            }
            for row in &rows {
                let text = &lines[row.line][row.bytes.clone()];
                assert!(width_of(text.trim_end(), false) <= width, "{width}: {text}");
            }
        }
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        let lines = vec!["hello wonderful world".to_owned()];
        let parts: Vec<&str> = rows(&lines, 12, false)
            .iter()
            .map(|row| &lines[0][row.bytes.clone()])
            .collect();
        assert_eq!(parts, ["hello ", "wonderful ", "world"]);
    }
}
