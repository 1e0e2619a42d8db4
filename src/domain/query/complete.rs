//! What could stand at the cursor of a search box.

use std::ops::Range;

use super::value::{FIELDS, fixed_values};

/// The bytes of `line` that a completion at the byte `at` replaces: the word under the cursor up to it.
pub fn token_at(line: &str, at: usize) -> Range<usize> {
    let end = (0..=at.min(line.len()))
        .rev()
        .find(|end| line.is_char_boundary(*end))
        .unwrap_or(0);
    let before = line.get(..end).unwrap_or_default();
    let start = before
        .rfind(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'))
        .map_or(0, |found| {
            found
                + before
                    .get(found..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(1, char::len_utf8)
        });
    let dashes = before
        .get(start..)
        .map_or(0, |token| token.len() - token.trim_start_matches('-').len());
    start + dashes..end
}

/// Field names, or fixed values of the field that was begun, for the bytes of [`token_at`]. The best first.
pub fn complete(line: &str, at: usize) -> Vec<String> {
    let token = line
        .get(token_at(line, at))
        .unwrap_or_default()
        .to_lowercase();
    match token.split_once(':') {
        Some((name, value)) => fixed_values(name)
            .into_iter()
            .filter(|fixed| fixed.starts_with(value) && *fixed != value)
            .map(|fixed| format!("{name}:{fixed}"))
            .collect(),
        None => FIELDS
            .into_iter()
            .filter(|field| field.starts_with(&token))
            .map(|field| format!("{field}:"))
            .collect(),
    }
}
