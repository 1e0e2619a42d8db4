//! A word to the operator's desktop, through the terminal in front of it: also over SSH, where no other way leads
//! there.
//!
//! Two sequences are in use: OSC 9 (iTerm2, kitty, WezTerm, Ghostty, Windows Terminal and others) and OSC 777
//! (rxvt-unicode, foot, VTE). One of them is written, because some terminals know both and would show it twice; a
//! terminal that knows neither passes it over. tmux hands nothing through unless it is wrapped, and only where it is
//! allowed to (`allow-passthrough`).

use crate::domain::clean::Clean;

/// Longer words are cut by every desktop, and some terminals keep only this much of a sequence.
const LONGEST: usize = 240;

/// What is known about the terminal from the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// `TERM`.
    pub term: String,
    /// `VTE_VERSION` is set.
    pub is_vte: bool,
    /// `TMUX` is set.
    pub is_in_tmux: bool,
}

impl Surroundings {
    pub fn of_this_process() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self {
            term: std::env::var("TERM").unwrap_or_default(),
            is_vte: is_set("VTE_VERSION"),
            is_in_tmux: is_set("TMUX"),
        }
    }
}

/// The bytes of a notification.
pub fn notification(title: &Clean, body: &Clean, around: &Surroundings) -> String {
    let (title, body) = (plain(title), plain(body));
    let speaks_777 =
        around.is_vte || around.term.starts_with("rxvt") || around.term.starts_with("foot");
    let sequence = if speaks_777 && !around.is_in_tmux {
        // A semicolon would end the title.
        format!("\x1b]777;notify;{};{body}\x07", title.replace(';', ","))
    } else {
        format!("\x1b]9;{title}: {body}\x07")
    };
    if around.is_in_tmux {
        format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b"))
    } else {
        sequence
    }
}

/// One line without anything that could end the sequence early. `Clean` has no controls but line ends; a terminal
/// that reads 8-bit controls would also end at C1.
fn plain(words: &Clean) -> String {
    words
        .as_str()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST)
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn said(around: &Surroundings) -> String {
        notification(
            &Clean::line("Ticketty: support; x"),
            &Clean::text("away\n\u{1b}]52;c;evil\u{7}\u{9c}"),
            around,
        )
    }

    #[test]
    fn one_sequence_is_written_and_nothing_in_it_ends_it() {
        let plain = said(&Surroundings::default());
        assert!(
            plain.starts_with("\x1b]9;Ticketty: support; x: away"),
            "{plain:?}"
        );
        let foot = said(&Surroundings {
            term: "foot".into(),
            ..Surroundings::default()
        });
        assert!(
            foot.starts_with("\x1b]777;notify;Ticketty: support, x;away"),
            "{foot:?}"
        );
        for words in [plain, foot] {
            let inside = &words[2..words.len() - 1];
            assert!(words.ends_with('\x07'), "{words:?}");
            assert!(!inside.chars().any(char::is_control), "{words:?}");
        }
    }

    #[test]
    fn tmux_gets_it_wrapped() {
        let wrapped = said(&Surroundings {
            term: "foot".into(),
            is_in_tmux: true,
            ..Surroundings::default()
        });
        assert!(wrapped.starts_with("\x1bPtmux;\x1b\x1b]9;"), "{wrapped:?}");
        assert!(wrapped.ends_with("\x07\x1b\\"), "{wrapped:?}");
    }

    #[test]
    fn long_words_are_cut() {
        let long = notification(
            &Clean::line("a"),
            &Clean::line(&"x".repeat(9_000)),
            &Surroundings::default(),
        );
        assert!(long.len() < 300);
    }
}
