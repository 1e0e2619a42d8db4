//! The words around a match, cut from the stored text.

use super::words::{fold, fold_into};
use crate::domain::query::{Query, TextTerm};

/// Stands before a match and after it. Both are private characters, and taken out of the text itself.
const BEGIN: char = '\u{e000}';
const END: char = '\u{e001}';
/// How many characters a snippet has, and how many of them before the first match.
const LENGTH: usize = 160;
const BEFORE: usize = 40;
/// How much of a text is looked through; a match far below is shown without marks.
const LOOKED_THROUGH: usize = 200_000;

/// What is marked.
pub(super) struct Terms {
    folded: Vec<Vec<char>>,
}

/// A folded text and where its characters come from.
struct Folded {
    chars: Vec<char>,
    origins: Vec<usize>,
}

impl Terms {
    /// The words of `query` that can stand in a text: those that are not negated.
    pub(super) fn of(query: &Query) -> Self {
        let mut folded = Vec::new();
        collect(query, &mut folded);
        Self { folded }
    }

    /// One line around the first match, with all matches in it marked. Without a match the line begins the text.
    pub(super) fn snippet(&self, text: &str) -> String {
        let mut end = text.len().min(LOOKED_THROUGH);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or_default();
        let matches = self.matches(text);
        let first = matches.first().map_or(0, |(begin, _)| *begin);
        let begin = back(text, first, BEFORE);
        let mut out = String::new();
        if begin > 0 {
            out.push('…');
        }
        let mut marked = matches.iter().peekable();
        let mut open: Option<usize> = None;
        let mut space = true;
        let mut rest = text.get(begin..).unwrap_or_default().char_indices();
        for (at, c) in rest.by_ref().take(LENGTH) {
            let at = begin + at;
            if open.is_some_and(|end| at >= end) {
                out.push(END);
                open = None;
            }
            while let Some((_, end)) = marked.next_if(|(begin, _)| *begin <= at) {
                if open.is_none() && *end > at {
                    out.push(BEGIN);
                    open = Some(*end);
                }
            }
            if c.is_whitespace() {
                if !space {
                    out.push(' ');
                }
                space = true;
            } else if c != BEGIN && c != END {
                out.push(c);
                space = false;
            }
        }
        if open.is_some() {
            out.push(END);
        }
        if rest.next().is_some() {
            out.push('…');
        }
        out
    }

    /// Where terms stand, as byte ranges of `text`, in order and without overlap.
    fn matches(&self, text: &str) -> Vec<(usize, usize)> {
        let folded = Folded::of(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < folded.chars.len() {
            match self.match_at(&folded, at) {
                Some(length) => {
                    let end = folded.origin(at + length, text.len());
                    found.push((folded.origin(at, text.len()), end));
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    /// How many folded characters a term takes at `at`. Terms begin where a word begins.
    fn match_at(&self, folded: &Folded, at: usize) -> Option<usize> {
        let inside = at
            .checked_sub(1)
            .and_then(|before| folded.chars.get(before))
            .is_some_and(|c| c.is_alphanumeric());
        if inside {
            return None;
        }
        let rest = folded.chars.get(at..)?;
        self.folded
            .iter()
            .filter(|term| rest.starts_with(term))
            .map(Vec::len)
            .max()
    }
}

impl Folded {
    /// Runs of what is neither letter nor digit count as one space, as they do in the index.
    fn of(text: &str) -> Self {
        let mut folded = Self {
            chars: Vec::with_capacity(text.len()),
            origins: Vec::with_capacity(text.len()),
        };
        fold_into(text, &mut |at, c| {
            let c = if c.is_alphanumeric() { c } else { ' ' };
            if c != ' ' || folded.chars.last() != Some(&' ') {
                folded.chars.push(c);
                folded.origins.push(at);
            }
        });
        folded
    }

    fn origin(&self, at: usize, length: usize) -> usize {
        self.origins.get(at).copied().unwrap_or(length)
    }
}

fn collect(query: &Query, folded: &mut Vec<Vec<char>>) {
    match query {
        Query::And(parts) | Query::Or(parts) => {
            for part in parts {
                collect(part, folded);
            }
        }
        Query::Text(TextTerm::Word(text) | TextTerm::Phrase(text)) => {
            let words: Vec<String> = fold(text)
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect();
            if !words.is_empty() {
                folded.push(words.join(" ").chars().collect());
            }
        }
        Query::All | Query::Not(_) | Query::Field(_) | Query::Text(_) => {}
    }
}

/// The place `count` characters before `at`, moved on to the beginning of a word.
fn back(text: &str, at: usize, count: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let Some((far, _)) = before.char_indices().rev().nth(count) else {
        return 0;
    };
    let gap = before
        .get(far..)
        .and_then(|near| near.char_indices().find(|(_, c)| c.is_whitespace()));
    gap.map_or(far, |(space, c)| far + space + c.len_utf8())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn snippet(word: &str, text: &str) -> String {
        Terms::of(&Query::Text(TextTerm::Word(word.into())))
            .snippet(text)
            .replace(BEGIN, "[")
            .replace(END, "]")
    }

    #[test]
    fn matches_are_marked_as_the_search_finds_them() {
        for (word, text, wanted) in [
            ("print", "The Printer\n prints", "The [Print]er [print]s"),
            ("cafe", "Café au lait", "[Café] au lait"),
            ("обєкт", "Наш об’єкт", "Наш [об’єкт]"),
            ("接続", "サーバに接続できません", "サーバに[接続]できません"),
            ("print", "imprint", "imprint"),
            ("a-b", "See A B now", "See [A B] now"),
            ("x", "no match here", "no match here"),
            ("", "nothing asked", "nothing asked"),
        ] {
            assert_eq!(snippet(word, text), wanted);
        }
    }

    #[test]
    fn a_far_match_is_shown_with_a_few_words_before_it() {
        let text = format!(
            "{}the needle here {}",
            "hay ".repeat(100),
            "straw ".repeat(100)
        );
        let shown = snippet("needle", &text);
        assert!(shown.starts_with("…hay hay"), "{shown}");
        assert!(shown.contains("the [needle] here"), "{shown}");
        assert!(shown.ends_with('…'), "{shown}");
        assert!(shown.chars().count() <= LENGTH + 6);
    }

    #[test]
    fn marks_in_a_strangers_text_do_not_survive() {
        let text = format!("a {BEGIN}forged{END} mark");
        assert_eq!(snippet("none", &text), "a forged mark");
    }
}
