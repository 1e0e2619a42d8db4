//! Text that is safe to put on a terminal.
//!
//! [`Clean`] is the only kind of text that may be drawn, titled, copied, notified, logged or exported. It can be
//! made only by the sanitiser, so a control sequence in a stranger's mail can never reach the terminal. Two clean
//! texts joined are clean again, because none begins or ends in the middle of a character.

mod sanitise;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Sanitised text. Holds no control character but, when made by [`Clean::text`], the newline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Clean(Cow<'static, str>);

impl Clean {
    /// One line: line breaks and tabs become spaces, other controls become visible symbols.
    pub fn line(raw: &str) -> Self {
        Self(Cow::Owned(sanitise::run(raw, sanitise::Mode::Line)))
    }

    /// Many lines: `\r\n` and `\r` become `\n`, tabs become four spaces, other controls become visible symbols.
    pub fn text(raw: &str) -> Self {
        Self(Cow::Owned(sanitise::run(raw, sanitise::Mode::Text)))
    }

    /// A person's name, an address or a file name: one line without any character that cannot be seen, trimmed.
    /// Two names that look the same because of a zero-width character are the same after this.
    pub fn name(raw: &str) -> Self {
        let line = sanitise::run(raw, sanitise::Mode::Name);
        let trimmed = line.trim();
        Self(Cow::Owned(if trimmed.len() == line.len() {
            line
        } else {
            trimmed.to_owned()
        }))
    }

    /// Our own words, which cost no copy when they are plain ASCII. They are sanitised all the same when not.
    pub fn from_static(words: &'static str) -> Self {
        if sanitise::is_plain(words, sanitise::Mode::Text) {
            Self(Cow::Borrowed(words))
        } else {
            Self::text(words)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0.into_owned()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends another clean text.
    pub fn push(&mut self, more: &Self) {
        self.0.to_mut().push_str(&more.0);
    }

    /// These texts, one after the other.
    pub fn concat(parts: &[&Self]) -> Self {
        Self(Cow::Owned(parts.iter().map(|part| part.as_str()).collect()))
    }

    /// These texts with a separator between them.
    pub fn join<'a>(parts: impl IntoIterator<Item = &'a Self>, separator: &Self) -> Self {
        let mut joined = String::new();
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                joined.push_str(&separator.0);
            }
            joined.push_str(&part.0);
        }
        Self(Cow::Owned(joined))
    }

    /// How many terminal cells the text takes on one line, counted as the screen library counts it: character by
    /// character as a person sees them.
    pub fn cells(&self) -> usize {
        cells(&self.0)
    }

    /// At most `width` cells; what is cut off is marked by `…` within the width.
    #[must_use]
    pub fn truncate_cells(&self, width: usize) -> Self {
        if self.cells() <= width {
            return self.clone();
        }
        let mut kept = String::new();
        let mut used = 0;
        let room = width.saturating_sub(1);
        for grapheme in self.0.graphemes(true) {
            used += grapheme.width();
            if used > room {
                break;
            }
            kept.push_str(grapheme);
        }
        kept.truncate(kept.trim_end_matches(['\u{200c}', '\u{200d}']).len());
        if width > 0 {
            kept.push('…');
        }
        Self(Cow::Owned(kept))
    }

    /// The lines of the text, each clean. There is always at least one.
    pub fn lines(&self) -> impl Iterator<Item = Self> + '_ {
        self.0
            .split('\n')
            .map(|line| Self(Cow::Owned(line.to_owned())))
    }
}

/// Cells of any text, grapheme by grapheme: the count that [`Clean::cells`] gives.
pub fn cells(text: &str) -> usize {
    if text.is_ascii() {
        return text.bytes().filter(|byte| !byte.is_ascii_control()).count();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// Puts clean parts and our own words together: `clean_format!("{} of {}", done, total)` sanitises the whole.
#[macro_export]
macro_rules! clean_format {
    ($($argument:tt)*) => {
        $crate::domain::clean::Clean::text(&::std::format!($($argument)*))
    };
}

impl std::fmt::Display for Clean {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Clean {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromIterator<Clean> for Clean {
    fn from_iter<T: IntoIterator<Item = Self>>(parts: T) -> Self {
        Self(Cow::Owned(
            parts.into_iter().map(Self::into_string).collect(),
        ))
    }
}

/// What arrives from another process is cleaned again: the promise holds without trusting the sender.
impl<'de> Deserialize<'de> for Clean {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|raw| Self::text(&raw))
    }
}
