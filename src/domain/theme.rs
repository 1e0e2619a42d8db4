//! Colours by meaning. A theme says how each role looks; panes ask for roles, never for colours.
//!
//! Colour never carries meaning alone: a mark or a word always stands beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a piece of screen means. The groups are tables of a theme file, the variants its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    Surface(Surface),
    Ink(Ink),
    Signal(Signal),
}

/// Grounds that text lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Surface {
    /// The whole screen.
    Ground,
    /// The row under the cursor, in the pane that has the keys.
    Selection,
    /// The same in a pane that has not.
    SelectionIdle,
    /// Top line, status line and command bar.
    Bar,
    /// An internal note; must be unmistakable.
    Note,
    /// An input field.
    Field,
    /// The input field that has the keys.
    FieldFocus,
    /// A window above the panes.
    Overlay,
}

/// Kinds of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ink {
    Text,
    /// Ages, counts, explanations.
    Dim,
    Strong,
    Unread,
    Link,
    Quote,
    /// The key in "r reply".
    Key,
    Title,
    /// The rules between panes.
    Rule,
    /// A name of a person or a mailbox.
    Name,
}

/// States that want attention, or do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    Good,
    Busy,
    Warning,
    Trouble,
    Overdue,
    Urgent,
    /// A marked row.
    Mark,
    /// The part of a text that a search matched.
    Match,
}

/// How a role looks. A colour is `#rrggbb`, a number of the 256-colour palette, or one of the 16 names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Paint {
    pub fg: Option<String>,
    pub bg: Option<String>,
    pub bold: bool,
    pub dim: bool,
    pub italic: bool,
    pub underline: bool,
    pub reverse: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    pub name: String,
    /// Whether it is made for a dark terminal.
    pub dark: bool,
    pub surface: BTreeMap<Surface, Paint>,
    pub ink: BTreeMap<Ink, Paint>,
    pub signal: BTreeMap<Signal, Paint>,
}

impl Theme {
    /// The paint of a role; plain where the theme does not say.
    pub fn paint(&self, role: Role) -> Paint {
        match role {
            Role::Surface(surface) => self.surface.get(&surface),
            Role::Ink(ink) => self.ink.get(&ink),
            Role::Signal(signal) => self.signal.get(&signal),
        }
        .cloned()
        .unwrap_or_default()
    }
}
