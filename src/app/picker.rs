//! Choosing one of many by typing a part of it: the heart of palette, prompts and completion.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::field::{Edited, Field};
use super::input::Key;
use crate::domain::clean::Clean;

/// Something to choose.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    /// What is given to the command.
    pub value: String,
    pub label: Clean,
    /// Stands dim beside the label.
    pub detail: Clean,
    /// The key that does the same.
    pub key: Option<Clean>,
    /// It is so already, or cannot be now.
    pub dimmed: bool,
}

impl Choice {
    pub fn new(value: &str, label: &str, detail: &str) -> Self {
        Self {
            value: value.to_owned(),
            label: Clean::line(label),
            detail: Clean::line(detail),
            key: None,
            dimmed: false,
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Picker {
    pub field: Field,
    choices: Vec<Choice>,
    shown: Vec<usize>,
    pub selected: usize,
}

impl Picker {
    pub fn new(choices: Vec<Choice>, start: &str) -> Self {
        let mut picker = Self {
            field: Field::new(start),
            choices,
            shown: Vec::new(),
            selected: 0,
        };
        picker.filter(start);
        picker
    }

    /// Other things to choose from.
    pub fn offer(&mut self, choices: Vec<Choice>, pattern: &str) {
        self.choices = choices;
        self.filter(pattern);
    }

    /// Those that match, the best first; without a pattern all, in their order.
    pub fn filter(&mut self, pattern: &str) {
        self.selected = 0;
        self.shown = if pattern.trim().is_empty() {
            (0..self.choices.len()).collect()
        } else {
            ranked(&self.choices, pattern)
        };
    }

    pub fn shown(&self) -> impl ExactSizeIterator<Item = &Choice> {
        static NOTHING: std::sync::LazyLock<Choice> = std::sync::LazyLock::new(Choice::default);
        self.shown
            .iter()
            .map(|index| self.choices.get(*index).unwrap_or(&NOTHING))
    }

    pub fn chosen(&self) -> Option<&Choice> {
        self.shown
            .get(self.selected)
            .and_then(|index| self.choices.get(*index))
    }

    /// Moves up or down, around the ends.
    pub fn step(&mut self, by: isize) {
        let count = self.shown.len();
        if count == 0 {
            return;
        }
        let here = isize::try_from(self.selected).unwrap_or(0);
        let count = isize::try_from(count).unwrap_or(1);
        self.selected = usize::try_from((here + by).rem_euclid(count)).unwrap_or(0);
    }

    pub fn key(&mut self, key: Key) -> Edited {
        self.field.key(key)
    }

    /// The first row to draw where `rows` fit.
    pub fn top(&self, rows: usize) -> usize {
        self.selected.saturating_sub(rows.saturating_sub(1))
    }
}

/// Values and labels match by a part of their letters, explanations only by whole words that they contain.
fn ranked(choices: &[Choice], pattern: &str) -> Vec<usize> {
    let words: Vec<String> = pattern.split_whitespace().map(str::to_lowercase).collect();
    let pattern = Pattern::parse(pattern, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, usize)> = choices
        .iter()
        .enumerate()
        .filter_map(|(index, choice)| {
            let mut score = |text: &str| {
                let haystack = Utf32Str::new(text, &mut buffer);
                pattern.score(haystack, &mut matcher)
            };
            let by_value = score(&choice.value).map(|score| score + 2);
            let by_label = score(choice.label.as_str()).map(|score| score + 2);
            let detail = choice.detail.as_str().to_lowercase();
            let by_detail = words.iter().all(|word| detail.contains(word)).then_some(1);
            by_value
                .max(by_label)
                .max(by_detail)
                .map(|score| (score, index))
        })
        .collect();
    scored.sort_by_key(|(score, index)| (std::cmp::Reverse(*score), *index));
    scored.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn picker() -> Picker {
        Picker::new(
            vec![
                Choice::new("close", "Close", "Ends the matter."),
                Choice::new("compose", "New mail", "Writes to somebody."),
                Choice::new("ганна", "Ганна Коваль", ""),
            ],
            "",
        )
    }

    #[test]
    fn a_part_in_any_script_is_enough() {
        for (typed, first) in [("cls", "close"), ("mail", "compose"), ("ганн", "ганна")] {
            let mut picker = picker();
            picker.filter(typed);
            assert_eq!(picker.chosen().unwrap().value, first, "{typed}");
        }
    }

    #[test]
    fn stepping_goes_around() {
        let mut picker = picker();
        picker.step(-1);
        assert_eq!(picker.chosen().unwrap().value, "ганна");
        picker.filter("nothing like it");
        picker.step(1);
        assert_eq!(picker.chosen(), None);
    }
}
