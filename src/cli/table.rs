//! Columns for people: aligned by cells, so that Chinese and emoji line up as well.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// Rows under a heading, two spaces between columns. The last column is not padded.
pub fn table(columns: &[(&str, Align)], rows: &[Vec<String>]) -> String {
    let heading: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let width_of = |at: usize| {
        std::iter::once(&heading)
            .chain(rows)
            .filter_map(|row| row.get(at))
            .map(|cell| cell.width())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns.len()).map(width_of).collect();
    let mut out = String::new();
    for row in std::iter::once(&heading).chain(rows) {
        let mut line = String::new();
        for ((cell, (_, align)), width) in row.iter().zip(columns).zip(&widths) {
            let gap = " ".repeat(width.saturating_sub(cell.width()));
            if !line.is_empty() {
                line.push_str("  ");
            }
            match align {
                Align::Left => line.extend([cell.as_str(), gap.as_str()]),
                Align::Right => line.extend([gap.as_str(), cell.as_str()]),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// At most `cells` wide, with `…` where something was left out.
pub fn shorten(text: &str, cells: usize) -> String {
    use unicode_segmentation::UnicodeSegmentation;
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut out = String::new();
    for grapheme in text.graphemes(true) {
        if out.width() + grapheme.width() + 1 > cells {
            break;
        }
        out.push_str(grapheme);
    }
    out.push('…');
    out
}

/// A time for people: theirs, to the minute.
pub fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_cells() {
        let rows = vec![
            vec!["7".into(), "發票問題".into(), "open".into()],
            vec!["1042".into(), "Hello".into(), "closed".into()],
        ];
        let shown = table(
            &[
                ("NR", Align::Right),
                ("SUBJECT", Align::Left),
                ("STATUS", Align::Left),
            ],
            &rows,
        );
        assert_eq!(
            shown,
            "  NR  SUBJECT   STATUS\n   7  發票問題  open\n1042  Hello     closed\n"
        );
    }

    #[test]
    fn long_text_ends_in_an_ellipsis() {
        assert_eq!(shorten("發票問題", 6), "發票…");
        assert_eq!(shorten("short", 5), "short");
        assert_eq!(shorten("longer", 5), "long…");
    }
}
