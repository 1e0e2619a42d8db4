//! Keys and mouse as the desk knows them, whatever terminal they come from.
//!
//! A key is spelled the same everywhere: in the tables of commands, in config.toml, in help and in the README.
//! Nothing here knows a terminal library, so that keys can be told to the desk by a test or by a script.

use std::fmt;

/// One press of a key. For a character the shift is in the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: KeyCode,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyCode {
    Char(char),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    F(u8),
    Move(Motion),
}

/// Keys that go somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Motion {
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

/// What the mouse did, and on which cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    pub x: u16,
    pub y: u16,
    pub what: MouseAction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseAction {
    Click,
    WheelUp,
    WheelDown,
}

/// The names of keys that are not characters.
const NAMES: [(&str, KeyCode); 16] = [
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("space", KeyCode::Char(' ')),
    ("up", KeyCode::Move(Motion::Up)),
    ("down", KeyCode::Move(Motion::Down)),
    ("left", KeyCode::Move(Motion::Left)),
    ("right", KeyCode::Move(Motion::Right)),
    ("home", KeyCode::Move(Motion::Home)),
    ("end", KeyCode::Move(Motion::End)),
    ("page-up", KeyCode::Move(Motion::PageUp)),
    ("page-down", KeyCode::Move(Motion::PageDown)),
    ("pgup", KeyCode::Move(Motion::PageUp)),
    ("pgdn", KeyCode::Move(Motion::PageDown)),
];

impl Key {
    pub fn new(code: KeyCode) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    pub fn char(c: char) -> Self {
        Self::new(KeyCode::Char(c))
    }

    pub fn ctrl(c: char) -> Self {
        Self {
            ctrl: true,
            ..Self::char(c)
        }
    }

    /// The character that this key types into a field.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// The key at the same place of a Latin keyboard, for a key of a Ukrainian or Russian one.
    pub fn on_latin_layout(self) -> Option<Self> {
        match self.code {
            KeyCode::Char(c) => latin(c).map(|latin| Self {
                code: KeyCode::Char(latin),
                ..self
            }),
            _ => None,
        }
    }

    /// Reads one key, such as `ctrl-d`, `shift-tab`, `g` or `?`.
    ///
    /// # Errors
    /// A sentence that names what was not understood.
    pub fn parse(spelled: &str) -> Result<Self, String> {
        let mut key = Self::new(KeyCode::Esc);
        let mut rest = spelled;
        while rest.chars().count() > 1 {
            if let Some(after) = rest.strip_prefix("ctrl-") {
                key.ctrl = true;
                rest = after;
            } else if let Some(after) = rest.strip_prefix("alt-") {
                key.alt = true;
                rest = after;
            } else if let Some(after) = rest.strip_prefix("shift-") {
                key.shift = true;
                rest = after;
            } else {
                break;
            }
        }
        key.code = code(rest).ok_or_else(|| {
            format!("“{spelled}” is not a key; write a character, ctrl-x, alt-x, f1 or a name such as page-up")
        })?;
        if let (KeyCode::Char(c), true) = (key.code, key.shift) {
            key.code = KeyCode::Char(c.to_uppercase().next().unwrap_or(c));
            key.shift = false;
        }
        Ok(key)
    }

    /// Reads keys that are pressed one after the other, such as `g g`.
    ///
    /// # Errors
    /// As [`Key::parse`].
    pub fn parse_sequence(spelled: &str) -> Result<Vec<Self>, String> {
        let keys = spelled
            .split_whitespace()
            .map(Self::parse)
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err("a key is missing between the quotes; write for example \"g g\"".into());
        }
        Ok(keys)
    }
}

fn code(name: &str) -> Option<KeyCode> {
    let mut characters = name.chars();
    if let (Some(c), None) = (characters.next(), characters.next()) {
        return Some(KeyCode::Char(c));
    }
    if let Some(number) = name.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()) {
        return (1..=24).contains(&number).then_some(KeyCode::F(number));
    }
    NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, code)| *code)
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        if self.shift {
            f.write_str("shift-")?;
        }
        if let Some((name, _)) = NAMES.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(number) => write!(f, "f{number}"),
            _ => Ok(()),
        }
    }
}

/// Keys in order, as one writes them: `g g`.
pub fn spell(keys: &[Key]) -> String {
    let spelled: Vec<String> = keys.iter().map(Key::to_string).collect();
    spelled.join(" ")
}

/// ЙЦУКЕН to QWERTY by the place on the keyboard; Ukrainian and Russian variants.
const LAYOUT: [(&str, &str); 2] = [
    (
        "йцукенгшщзхїъфівыапролджєэячсмитьбюґ",
        "qwertyuiop[]]asdsfghjkl;''zxcvbnm,.\\",
    ),
    (
        "ЙЦУКЕНГШЩЗХЇЪФІВЫАПРОЛДЖЄЭЯЧСМИТЬБЮҐ",
        "QWERTYUIOP{}}ASDSFGHJKL:\"\"ZXCVBNM<>|",
    ),
];

fn latin(c: char) -> Option<char> {
    LAYOUT.iter().find_map(|(cyrillic, latin)| {
        let place = cyrillic.chars().position(|known| known == c)?;
        latin.chars().nth(place)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_printed() {
        for spelled in [
            "j",
            "G",
            "?",
            "/",
            "ctrl-d",
            "alt-x",
            "shift-tab",
            "enter",
            "space",
            "page-up",
            "f12",
            "-",
            "ctrl--",
            "g g",
        ] {
            let keys = Key::parse_sequence(spelled).unwrap();
            assert_eq!(spell(&keys), spelled);
        }
    }

    #[test]
    fn what_is_not_a_key_is_named() {
        for wrong in ["hyper-x", "f99", "entr", ""] {
            let words = Key::parse_sequence(wrong).unwrap_err();
            assert!(words.contains("key"), "{wrong}: {words}");
        }
    }

    #[test]
    fn a_ukrainian_keyboard_reaches_the_same_places() {
        for (cyrillic, expected) in [
            ('о', 'j'),
            ('л', 'k'),
            ('к', 'r'),
            ('у', 'e'),
            ('Ж', ':'),
            ('і', 's'),
            ('ы', 's'),
            ('ї', ']'),
            ('Я', 'Z'),
            ('П', 'G'),
            ('т', 'n'),
            ('ь', 'm'),
            ('ґ', '\\'),
        ] {
            assert_eq!(
                Key::char(cyrillic).on_latin_layout(),
                Some(Key::char(expected))
            );
        }
        assert_eq!(Key::char('j').on_latin_layout(), None);
    }
}
