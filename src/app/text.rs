//! Lines of marked text, as the desk gives them to be painted.
//!
//! A piece of a line is clean text and what it means. Nothing else is ever painted.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::clean::{Clean, cells};
use crate::domain::theme::{Ink, Role};

/// Some text with one meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    pub text: Clean,
    pub role: Role,
}

/// One line on the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    pub spans: Vec<Span>,
}

impl Line {
    pub fn new() -> Self {
        Self::default()
    }

    /// Our own words.
    pub fn words(words: &str, role: Role) -> Self {
        Self::new().say(words, role)
    }

    /// Appends our own words.
    #[must_use]
    pub fn say(self, words: &str, role: Role) -> Self {
        self.clean(Clean::line(words), role)
    }

    /// Appends clean text.
    #[must_use]
    pub fn clean(mut self, text: Clean, role: Role) -> Self {
        if !text.is_empty() {
            self.spans.push(Span { text, role });
        }
        self
    }

    pub fn cells(&self) -> usize {
        self.spans.iter().map(|span| span.text.cells()).sum()
    }

    /// The line without its meanings.
    pub fn plain(&self) -> String {
        self.spans
            .iter()
            .map(|span| span.text.as_str())
            .collect::<String>()
    }
}

/// A plain role for ordinary text.
pub const TEXT: Role = Role::Ink(Ink::Text);
pub const DIM: Role = Role::Ink(Ink::Dim);
pub const STRONG: Role = Role::Ink(Ink::Strong);

/// Breaks one line at spaces so that no part is wider than `width` cells. Words that are wider are broken between
/// characters. Spaces at the break are dropped; a line has at least one part.
pub fn wrap(line: &Clean, width: usize) -> Vec<Clean> {
    let width = width.max(2);
    let text = line.as_str();
    if cells(text) <= width {
        return vec![line.clone()];
    }
    let mut parts = Vec::new();
    let mut current = String::new();
    let mut used = 0;
    for word in text.split_inclusive(' ') {
        let bare = cells(word.trim_end_matches(' '));
        if used > 0 && used + bare > width {
            parts.push(Clean::line(current.trim_end_matches(' ')));
            current.clear();
            used = 0;
        }
        if bare <= width {
            current.push_str(word);
            used += cells(word);
            continue;
        }
        for grapheme in word.graphemes(true) {
            let wide = cells(grapheme);
            if used + wide > width {
                parts.push(Clean::line(&current));
                current.clear();
                used = 0;
            }
            current.push_str(grapheme);
            used += wide;
        }
    }
    if !current.trim_end_matches(' ').is_empty() || parts.is_empty() {
        parts.push(Clean::line(current.trim_end_matches(' ')));
    }
    parts
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn no_part_is_wider_than_asked_and_no_word_is_lost() {
        let long = "x".repeat(25);
        let text = format!("one two three {long} 發票問題 four");
        for width in [2, 5, 8, 13, 80] {
            let parts = wrap(&Clean::line(&text), width);
            assert!(parts.iter().all(|part| part.cells() <= width), "{width}");
            let joined: String = parts.iter().map(Clean::as_str).collect();
            assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
        }
        assert_eq!(wrap(&Clean::default(), 10).len(), 1);
    }
}
