//! The table of settings.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::domain::preferences::ClockFormat;

use super::Settings;
use super::read::{Value, choice, flag, text, words};

/// What a value may be, for messages and documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Flag,
    Choice(&'static [&'static str]),
    /// The word says what text: `a theme`, `a path`.
    Text(&'static str),
    /// A command, as text that is split like a shell would, or as a list of words.
    Command,
    /// A table of command names with a key or a list of keys.
    Keys,
    /// Tables of identity providers.
    Providers,
}

impl Kind {
    /// "true or false", "one of 24h, 12h".
    pub fn allowed(self) -> String {
        match self {
            Self::Flag => "true or false".into(),
            Self::Choice(words) => format!("one of \"{}\"", words.join("\", \"")),
            Self::Text(what) => format!("{what}, in quotes"),
            Self::Command => "a command in quotes, or a list of its words".into(),
            Self::Keys => "a table such as [keys]".into(),
            Self::Providers => "tables such as [oauth.google]".into(),
        }
    }
}

/// One key of config.toml.
#[derive(Clone, Copy)]
pub struct Setting {
    pub key: &'static str,
    pub kind: Kind,
    /// What it does, as the example file explains it. Lines are kept.
    pub doc: &'static str,
    /// The value as TOML.
    pub show: fn(&Settings) -> String,
    /// Takes a value over, or says what is wrong with it.
    pub(super) set: fn(&mut Settings, &Value<'_>) -> Result<(), String>,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setting")
            .field("key", &self.key)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

const LEVELS: &[&str] = &["off", "error", "warn", "info", "debug", "trace"];
const CLOCKS: &[&str] = &["24h", "12h"];

/// Every setting, in the order of the example file.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "theme",
        kind: Kind::Text("the name of a theme"),
        doc: "How the desk looks: dark, light, high-contrast, sixteen, plain, fjord, ember,\na file NAME.toml in the directory themes/ beside this file, or a path.\nWith the environment variable NO_COLOR set it is always plain.",
        show: |settings| quoted(&settings.theme),
        set: |settings, value| {
            settings.theme = text(value)?.trim().to_owned();
            if settings.theme.is_empty() {
                Err("the name of the theme is empty".into())
            } else {
                Ok(())
            }
        },
    },
    Setting {
        key: "name",
        kind: Kind::Text("a name"),
        doc: "Your name as colleagues see it. Empty: the name the system knows you by.",
        show: |settings| quoted(&settings.name),
        set: |settings, value| {
            settings.name = text(value)?.trim().to_owned();
            if settings.name.chars().any(char::is_control) {
                Err("a name has no control characters".into())
            } else {
                Ok(())
            }
        },
    },
    Setting {
        key: "clock",
        kind: Kind::Choice(CLOCKS),
        doc: "Times of day as 14:05 (24h) or 2:05 pm (12h).",
        show: |settings| {
            quoted(match settings.clock {
                ClockFormat::Hours24 => "24h",
                ClockFormat::Hours12 => "12h",
            })
        },
        set: |settings, value| {
            settings.clock = match choice(value, CLOCKS)? {
                "12h" => ClockFormat::Hours12,
                _ => ClockFormat::Hours24,
            };
            Ok(())
        },
    },
    Setting {
        key: "zone",
        kind: Kind::Text("a time zone such as \"Europe/Kyiv\", or \"system\""),
        doc: "The time zone that times are shown in, such as \"Europe/Kyiv\". \"system\" is the machine's own.",
        show: |settings| quoted(&settings.zone),
        set: |settings, value| {
            let zone = text(value)?;
            if zone != "system" && jiff::tz::TimeZone::get(zone).is_err() {
                return Err(format!("there is no time zone `{zone}`"));
            }
            settings.zone = zone.to_owned();
            Ok(())
        },
    },
    Setting {
        key: "mouse",
        kind: Kind::Flag,
        doc: "Whether the desk takes the mouse. Off leaves selecting text to the terminal.",
        show: |settings| settings.mouse.to_string(),
        set: |settings, value| flag(value).map(|on| settings.mouse = on),
    },
    Setting {
        key: "bell",
        kind: Kind::Flag,
        doc: "Ring the terminal's bell when mail of a customer comes in.",
        show: |settings| settings.bell.to_string(),
        set: |settings, value| flag(value).map(|on| settings.bell = on),
    },
    Setting {
        key: "editor",
        kind: Kind::Command,
        doc: "The editor that the composer opens on a key, such as \"vim +startinsert\" or [\"code\", \"--wait\"].\nEmpty: $VISUAL, then $EDITOR.",
        show: |settings| list(&settings.editor),
        set: |settings, value| words(value).map(|words| settings.editor = words),
    },
    Setting {
        key: "plain_emoji",
        kind: Kind::Flag,
        doc: "Draw emoji in lists as one plain sign, for terminals that disagree about their width.",
        show: |settings| settings.plain_emoji.to_string(),
        set: |settings, value| flag(value).map(|on| settings.plain_emoji = on),
    },
    Setting {
        key: "database",
        kind: Kind::Text("a path"),
        doc: "The file that everything is kept in. Empty: ticketty.db in the data directory\n(see `ticketty config path`). It must be on a local disk.",
        show: |settings| shown_path(settings.database.as_deref()),
        set: |settings, value| absolute(value).map(|path| settings.database = path),
    },
    Setting {
        key: "web_ca_file",
        kind: Kind::Text("a path"),
        doc: "A PEM file with certificate authorities of your own, for the web servers that say where mail is\nand those that sign in with OAuth2. Empty: only those that this machine trusts.",
        show: |settings| shown_path(settings.web_ca_file.as_deref()),
        set: |settings, value| absolute(value).map(|path| settings.web_ca_file = path),
    },
    Setting {
        key: "log_level",
        kind: Kind::Choice(LEVELS),
        doc: "How much is written to the log file: off, error, warn, info, debug, trace.\nThe environment variable TICKETTY_LOG says otherwise for one run. No level writes passwords.",
        show: |settings| quoted(&settings.log_level),
        set: |settings, value| {
            choice(value, LEVELS).map(|level| settings.log_level = level.to_owned())
        },
    },
    Setting {
        key: "dns-server",
        kind: Kind::Text("an address such as \"192.0.2.53\" or \"[2001:db8::53]:5353\""),
        doc: "The name server that is asked for mail servers and for the records of a domain,\nas an address, with a port if it is not 53. Empty: those of the system.",
        show: |settings| {
            quoted(
                &settings
                    .dns_server
                    .map(|server| server.to_string())
                    .unwrap_or_default(),
            )
        },
        set: |settings, value| {
            settings.dns_server = match text(value)?.trim() {
                "" => None,
                typed => Some(name_server(typed)?),
            };
            Ok(())
        },
    },
    Setting {
        key: "oauth",
        kind: Kind::Providers,
        doc: "Who signs people in with OAuth2, one table a provider. google and microsoft need only a client_id of\nyour own; any other needs its addresses and scopes. device = true allows codes that are typed on\nanother device: leave it off where people may be talked into typing one.",
        show: super::oauth::shown,
        set: super::oauth::read,
    },
    Setting {
        key: "keys",
        kind: Kind::Keys,
        doc: "Other keys for commands: the name of the command, and the keys it has instead of its own.\n`ticketty man` and `?` in the desk list the names.",
        show: |settings| {
            settings
                .keys
                .iter()
                .map(|(command, keys)| format!("{} = {}\n", key_name(command), list(keys)))
                .collect()
        },
        set: super::read::keys,
    },
];

/// An address with or without a port. A name cannot be looked up before there is somebody to ask.
fn name_server(typed: &str) -> Result<SocketAddr, String> {
    const USUAL_PORT: u16 = 53;
    let bare = typed.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(SocketAddr::new(address, USUAL_PORT));
    }
    typed
        .parse()
        .map_err(|_| format!("\"{}\" is not an address", typed.escape_debug()))
}

pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn shown_path(path: Option<&Path>) -> String {
    quoted(
        &path
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
    )
}

/// An absolute path; none where the text is empty.
fn absolute(value: &Value<'_>) -> Result<Option<PathBuf>, String> {
    match text(value)? {
        "" => Ok(None),
        path if path.starts_with('/') => Ok(Some(path.into())),
        _ => Err("the path must be absolute".into()),
    }
}

fn list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", words.join(", "))
}

/// A bare key where TOML allows one.
fn key_name(name: &str) -> String {
    if !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    {
        name.to_owned()
    } else {
        quoted(name)
    }
}
