//! config.example.toml and `ticketty config show`, rendered from the table of settings.

use std::fmt::Write;

use super::Settings;
use super::table::{Kind, SETTINGS};

/// The commented example. Every line is commented out, so that a copy of it changes nothing.
pub fn example() -> String {
    let defaults = Settings::default();
    let mut out = String::from(
        "# Ticketty: what you like. Copy to the place that `ticketty config path` names, or run `ticketty config init`.\n\
         # Every setting is shown with its default. Mailboxes, signatures and views are not here: they are set in the\n\
         # desk or with `ticketty mailbox`, and kept in the database.\n",
    );
    for setting in SETTINGS {
        out.push('\n');
        for line in setting.doc.lines() {
            let _ = writeln!(out, "# {line}");
        }
        let _ = match setting.kind {
            Kind::Keys => writeln!(
                out,
                "# [keys]\n# close = \"E\"\n# assign = [\"a\", \"ctrl-a\"]"
            ),
            Kind::Providers => write!(out, "{}", super::oauth::EXAMPLE),
            _ => writeln!(out, "# {} = {}", setting.key, (setting.show)(&defaults)),
        };
    }
    out
}

/// The settings in force, as TOML that could be a config file.
pub fn shown(settings: &Settings) -> String {
    let mut out = String::new();
    for setting in SETTINGS {
        let value = (setting.show)(settings);
        let _ = match setting.kind {
            Kind::Providers => write!(out, "{value}"),
            Kind::Keys if value.is_empty() => Ok(()),
            Kind::Keys => write!(out, "\n[{}]\n{value}", setting.key),
            _ => writeln!(out, "{} = {value}", setting.key),
        };
    }
    out
}
