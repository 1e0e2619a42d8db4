//! From roles to colours that this terminal has.

use std::collections::HashMap;

use ratatui::style::{Color, Modifier, Style};

use crate::domain::theme::{Ink, Paint, Role, Signal, Surface, Theme};

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// `NO_COLOR`, or a terminal without any: meanings are told by bold, reverse and underline.
    None,
    Sixteen,
    Palette,
    True,
}

impl Depth {
    /// What the environment says: `NO_COLOR`, `COLORTERM`, `TERM`. The terminal itself is never asked.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let term = var("TERM").unwrap_or_default();
        if var("NO_COLOR").is_some_and(|value| !value.is_empty()) || term == "dumb" {
            return Self::None;
        }
        let color = var("COLORTERM").unwrap_or_default();
        if color == "truecolor" || color == "24bit" || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256color") {
            Self::Palette
        } else if term == "vt100" || term == "vt220" {
            Self::None
        } else {
            Self::Sixteen
        }
    }
}

/// Every role as a style, made once.
#[derive(Debug, Clone)]
pub struct Skin {
    styles: HashMap<Role, Style>,
}

impl Skin {
    pub fn new(theme: &Theme, depth: Depth) -> Self {
        let styles = roles()
            .into_iter()
            .map(|role| {
                let style = if depth == Depth::None {
                    colourless(role)
                } else {
                    style(&theme.paint(role), depth)
                };
                (role, style)
            })
            .collect();
        Self { styles }
    }

    pub fn style(&self, role: Role) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }
}

fn roles() -> Vec<Role> {
    use Ink::{Dim, Key, Link, Name, Quote, Rule, Strong, Text, Title, Unread};
    use Signal::{Busy, Good, Mark, Match, Overdue, Trouble, Urgent, Warning};
    use Surface::{Bar, Field, FieldFocus, Ground, Note, Overlay, Selection, SelectionIdle};
    let surfaces = [
        Ground,
        Selection,
        SelectionIdle,
        Bar,
        Note,
        Field,
        FieldFocus,
        Overlay,
    ];
    let inks = [
        Text, Dim, Strong, Unread, Link, Quote, Key, Title, Rule, Name,
    ];
    let signals = [Good, Busy, Warning, Trouble, Overdue, Urgent, Mark, Match];
    surfaces
        .into_iter()
        .map(Role::Surface)
        .chain(inks.into_iter().map(Role::Ink))
        .chain(signals.into_iter().map(Role::Signal))
        .collect()
}

/// Meanings without colours.
fn colourless(role: Role) -> Style {
    let plain = Style::default();
    match role {
        Role::Surface(Surface::Selection) => plain.add_modifier(Modifier::REVERSED),
        Role::Surface(Surface::FieldFocus | Surface::Field) => {
            plain.add_modifier(Modifier::UNDERLINED)
        }
        Role::Ink(Ink::Dim | Ink::Quote | Ink::Rule) => plain.add_modifier(Modifier::DIM),
        Role::Ink(Ink::Strong | Ink::Unread | Ink::Title | Ink::Key | Ink::Name) => {
            plain.add_modifier(Modifier::BOLD)
        }
        Role::Ink(Ink::Link) => plain.add_modifier(Modifier::UNDERLINED),
        Role::Signal(Signal::Trouble | Signal::Overdue | Signal::Urgent | Signal::Mark) => {
            plain.add_modifier(Modifier::BOLD)
        }
        Role::Signal(Signal::Match) => plain.add_modifier(Modifier::REVERSED),
        _ => plain,
    }
}

fn style(paint: &Paint, depth: Depth) -> Style {
    let mut style = Style::default();
    if let Some(color) = paint.fg.as_deref().and_then(|color| parse(color, depth)) {
        style = style.fg(color);
    }
    if let Some(color) = paint.bg.as_deref().and_then(|color| parse(color, depth)) {
        style = style.bg(color);
    }
    for (is_set, modifier) in [
        (paint.bold, Modifier::BOLD),
        (paint.dim, Modifier::DIM),
        (paint.italic, Modifier::ITALIC),
        (paint.underline, Modifier::UNDERLINED),
        (paint.reverse, Modifier::REVERSED),
    ] {
        if is_set {
            style = style.add_modifier(modifier);
        }
    }
    style
}

/// `#rrggbb`, a number of the 256-colour palette, or one of the 16 names; brought down to what the terminal has.
pub fn parse(color: &str, depth: Depth) -> Option<Color> {
    if let Some(hex) = color.strip_prefix('#') {
        let value = u32::from_str_radix(hex, 16)
            .ok()
            .filter(|_| hex.len() == 6)?;
        let [_, red, green, blue] = value.to_be_bytes();
        return Some(match depth {
            Depth::True => Color::Rgb(red, green, blue),
            Depth::Palette => Color::Indexed(nearest_indexed(red, green, blue)),
            Depth::Sixteen => nearest_named(red, green, blue),
            Depth::None => return None,
        });
    }
    if let Ok(index) = color.parse::<u8>() {
        return Some(match depth {
            Depth::True | Depth::Palette => Color::Indexed(index),
            Depth::Sixteen => {
                let (red, green, blue) = of_index(index);
                nearest_named(red, green, blue)
            }
            Depth::None => return None,
        });
    }
    (depth != Depth::None).then(|| named(color)).flatten()
}

const NAMED: [(&str, Color, (u8, u8, u8)); 16] = [
    ("black", Color::Black, (0, 0, 0)),
    ("red", Color::Red, (170, 0, 0)),
    ("green", Color::Green, (0, 150, 0)),
    ("yellow", Color::Yellow, (170, 110, 0)),
    ("blue", Color::Blue, (0, 0, 190)),
    ("magenta", Color::Magenta, (170, 0, 170)),
    ("cyan", Color::Cyan, (0, 150, 150)),
    ("gray", Color::Gray, (185, 185, 185)),
    ("dark-gray", Color::DarkGray, (95, 95, 95)),
    ("light-red", Color::LightRed, (255, 95, 95)),
    ("light-green", Color::LightGreen, (95, 255, 95)),
    ("light-yellow", Color::LightYellow, (255, 255, 95)),
    ("light-blue", Color::LightBlue, (100, 120, 255)),
    ("light-magenta", Color::LightMagenta, (255, 95, 255)),
    ("light-cyan", Color::LightCyan, (95, 255, 255)),
    ("white", Color::White, (255, 255, 255)),
];

fn named(name: &str) -> Option<Color> {
    let plain = |name: &str| {
        name.to_lowercase()
            .replace(['-', '_', ' '], "")
            .replace("bright", "light")
            .replace("grey", "gray")
    };
    let wanted = plain(name);
    NAMED
        .iter()
        .find(|(known, _, _)| plain(known) == wanted)
        .map(|(_, color, _)| *color)
}

fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let part = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    2 * part(a.0, b.0) + 4 * part(a.1, b.1) + 3 * part(a.2, b.2)
}

fn nearest_named(red: u8, green: u8, blue: u8) -> Color {
    NAMED
        .iter()
        .min_by_key(|(_, _, known)| distance(*known, (red, green, blue)))
        .map_or(Color::Reset, |(_, color, _)| *color)
}

/// The nearest of the colour cube and the greys; the first 16 differ from terminal to terminal.
fn nearest_indexed(red: u8, green: u8, blue: u8) -> u8 {
    (16..=255)
        .min_by_key(|index| distance(of_index(*index), (red, green, blue)))
        .unwrap_or(15)
}

fn of_index(index: u8) -> (u8, u8, u8) {
    match index {
        0..16 => NAMED
            .get(usize::from(index))
            .map_or((0, 0, 0), |(_, _, rgb)| *rgb),
        16..232 => {
            let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            let index = index - 16;
            (step(index / 36), step(index / 6 % 6), step(index % 6))
        }
        232.. => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_down_to_what_the_terminal_has() {
        assert_eq!(parse("#ff0000", Depth::True), Some(Color::Rgb(255, 0, 0)));
        assert_eq!(parse("#ff0000", Depth::Palette), Some(Color::Indexed(196)));
        assert_eq!(parse("#808080", Depth::Palette), Some(Color::Indexed(244)));
        assert_eq!(parse("#101010", Depth::Sixteen), Some(Color::Black));
        assert_eq!(parse("202", Depth::True), Some(Color::Indexed(202)));
        assert_eq!(parse("bright_blue", Depth::Sixteen), Some(Color::LightBlue));
        assert_eq!(parse("#ff0000", Depth::None), None);
        assert_eq!(parse("ultraviolet", Depth::True), None);
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        let cases: [(&[(&str, &str)], Depth); 5] = [
            (
                &[("NO_COLOR", "1"), ("COLORTERM", "truecolor")],
                Depth::None,
            ),
            (
                &[("COLORTERM", "truecolor"), ("TERM", "xterm")],
                Depth::True,
            ),
            (&[("TERM", "screen-256color")], Depth::Palette),
            (&[("TERM", "linux")], Depth::Sixteen),
            (&[("TERM", "dumb")], Depth::None),
        ];
        for (vars, expected) in cases {
            let var = |name: &str| {
                vars.iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(Depth::detect(var), expected, "{vars:?}");
        }
    }
}
