//! A mistake in a file, said so that an editor's user finds it.

use std::ops::Range;
use std::path::Path;

use crate::domain::clean::Clean;

/// What is wrong, and where in the text (bytes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub span: Range<usize>,
    pub what: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Mistake {
    pub fn new(span: Range<usize>, what: impl Into<String>) -> Self {
        Self {
            span,
            what: what.into(),
            hint: None,
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    /// `file:line:column: what`, the line, and a caret under the place.
    pub fn render(&self, text: &str, file: &Path) -> String {
        let (line, column) = place(text, self.span.start);
        let source = text.lines().nth(line - 1).unwrap_or_default();
        let marked = text.get(self.span.clone()).map_or(1, |marked| {
            marked.lines().next().unwrap_or_default().chars().count()
        });
        let room = source.chars().count().saturating_sub(column - 1);
        let carets = "^".repeat(marked.clamp(1, room.max(1)));
        let margin = " ".repeat(line.to_string().len());
        // As wide as what stands before the place when it is shown: a tab is one space then, some letters are two wide.
        let before: String = source.chars().take(column - 1).collect();
        let indent = " ".repeat(Clean::line(&before).cells());
        let hint = self
            .hint
            .as_ref()
            .map(|hint| format!(" {hint}"))
            .unwrap_or_default();
        let source = Clean::line(source);
        format!(
            "{}:{line}:{column}: {}\n {margin} |\n {line} | {source}\n {margin} | {indent}{carets}{hint}",
            file.display(),
            self.what
        )
    }
}

/// Line and column of a byte, both counted from 1, columns in characters.
pub fn place(text: &str, byte: usize) -> (usize, usize) {
    let mut end = byte.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}

/// The word of `candidates` that was probably meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&word, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= candidate.len().max(word.len()).div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
