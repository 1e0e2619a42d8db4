//! What an operator likes: read from config.toml, used by the screen.

use serde::{Deserialize, Serialize};

use super::theme::Theme;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preferences {
    pub theme: Theme,
    /// IANA name.
    pub zone: String,
    pub clock: ClockFormat,
    pub mouse: bool,
    /// Ring the terminal's bell when a customer's mail comes in.
    pub bell: bool,
    /// Command and arguments; empty is `$VISUAL`, then `$EDITOR`.
    pub editor: Vec<String>,
    /// Changes to the default keys: command name, and the keys it has instead, such as `["e", "ctrl-e", "g g"]`.
    pub keys: Vec<(String, Vec<String>)>,
    /// Emoji and variation sequences are drawn as one replacement in lists, for terminals that disagree on widths.
    pub plain_emoji: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClockFormat {
    #[serde(rename = "24h")]
    Hours24,
    #[serde(rename = "12h")]
    Hours12,
}
