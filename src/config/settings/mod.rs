//! config.toml: what one person likes. Mailboxes, signatures and views are not here; they are in the store.
//!
//! [`SETTINGS`] is the one table of keys. Reading, the messages about mistakes, `ticketty config show`, and
//! config.example.toml are all made from it, so that none of them can forget a key.

mod example;
mod oauth;
mod place;
mod read;
mod table;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::domain::oauth::Providers;
use crate::domain::preferences::{ClockFormat, Preferences};
use crate::domain::trouble::Trouble;

use super::paths::Paths;
use super::themes;

pub use example::{example, shown};
pub use place::{Mistake, nearest, place};
pub use read::{check, parse};
pub use table::{Kind, SETTINGS, Setting};

/// What config.toml says, with defaults for what it leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// A built-in theme, one from the themes directory, or the path of a file.
    pub theme: String,
    /// What colleagues and customers read; empty is the name the system knows.
    pub name: String,
    pub clock: ClockFormat,
    /// IANA name; `system` is the machine's own.
    pub zone: String,
    pub mouse: bool,
    pub bell: bool,
    pub editor: Vec<String>,
    pub plain_emoji: bool,
    /// `None` is ticketty.db in the data directory.
    pub database: Option<PathBuf>,
    /// PEM file with authorities that web servers may have besides the machine's own.
    pub web_ca_file: Option<PathBuf>,
    /// Who signs people in with OAuth2.
    pub oauth: Providers,
    pub log_level: String,
    /// `None` asks the name servers of the system.
    pub dns_server: Option<SocketAddr>,
    pub keys: Vec<(String, Vec<String>)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: "dark".into(),
            name: String::new(),
            clock: ClockFormat::Hours24,
            zone: "system".into(),
            mouse: true,
            bell: false,
            editor: Vec::new(),
            plain_emoji: false,
            database: None,
            web_ca_file: None,
            oauth: Providers::default(),
            log_level: "info".into(),
            dns_server: None,
            keys: Vec::new(),
        }
    }
}

/// No configuration that somebody wrote is larger.
const LARGEST_CONFIGURATION_BYTES: u64 = 1024 * 1024;

/// Reads the file of `paths`. A missing file is all defaults, unless the person named it.
///
/// # Errors
/// Every mistake of the file, each with line and column and the nearest right word.
pub fn load(paths: &Paths) -> Result<Settings, Trouble> {
    let file = &paths.config_file;
    match read_start(file) {
        Ok(text) => parse(&text, file),
        Err(cause)
            if cause.kind() == std::io::ErrorKind::NotFound && !paths.config_file_was_named =>
        {
            Ok(Settings::default())
        }
        Err(cause) => Err(unreadable(file, &cause)),
    }
}

/// The file, which is small; one without end, such as a device, must not fill the memory.
fn read_start(file: &Path) -> std::io::Result<String> {
    use std::io::Read;
    let mut text = String::new();
    std::fs::File::open(file)?
        .take(LARGEST_CONFIGURATION_BYTES + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST_CONFIGURATION_BYTES {
        return Err(std::io::Error::other(format!(
            "it has more than {LARGEST_CONFIGURATION_BYTES} bytes"
        )));
    }
    Ok(text)
}

fn unreadable(file: &Path, cause: &std::io::Error) -> Trouble {
    let trouble = Trouble::operator(format!(
        "the configuration {} cannot be read",
        file.display()
    ))
    .because(cause);
    if cause.kind() == std::io::ErrorKind::NotFound {
        trouble.hint("make it with `ticketty config init`")
    } else {
        trouble
    }
}

impl Settings {
    /// What the desk is given. `no_color` is whether the environment asks for no colours.
    ///
    /// # Errors
    /// When the theme cannot be found or read, or the machine's time zone is not known.
    pub fn preferences(&self, paths: &Paths, no_color: bool) -> Result<Preferences, Trouble> {
        let theme = if no_color { "plain" } else { &self.theme };
        Ok(Preferences {
            theme: themes::find(theme, &paths.themes_dir())?,
            zone: self.zone_name(),
            clock: self.clock,
            mouse: self.mouse,
            bell: self.bell,
            editor: self.editor.clone(),
            keys: self.keys.clone(),
            plain_emoji: self.plain_emoji,
        })
    }

    /// The IANA name of the zone, `UTC` where the machine does not say.
    pub fn zone_name(&self) -> String {
        if self.zone != "system" {
            return self.zone.clone();
        }
        let system = jiff::tz::TimeZone::system();
        system.iana_name().unwrap_or("UTC").to_owned()
    }

    pub fn database(&self, paths: &Paths) -> PathBuf {
        self.database.clone().unwrap_or_else(|| paths.database())
    }
}

/// Whether the environment asks for no colours: `NO_COLOR` with any value but the empty one.
pub fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}
