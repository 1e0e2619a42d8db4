//! The sections of a mailbox's form. What everybody needs stands first and is always shown; the rest folds away under
//! one heading each, so that the form of a new mailbox stays short and nothing is out of reach.
//!
//! A new section is a variant here, a heading in its own table, and its place in
//! [`SETTINGS`](super::SETTINGS).

use super::value::MailboxValue;
use crate::app::settings::grammar::{Options, Spec, field, pair};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Identity,
    Fetching,
    Rules,
    Watching,
    Automatic,
    Servers,
}

type Read = fn(&MailboxValue) -> String;
type Write = fn(&mut MailboxValue, &str) -> Result<(), String>;

/// The row that opens and closes a section. `read` and `write` come from [`heading!`](heading).
pub(super) const fn heading_row(
    name: &'static str,
    label: &'static str,
    help: &'static str,
    read: Read,
    write: Write,
) -> Spec<MailboxValue> {
    let mut row = field(name, label, help, read, write).toggling();
    row.options = folded;
    row
}

fn folded(_: &MailboxValue) -> Options {
    vec![pair("no", "▸ more"), pair("yes", "▾")]
}

/// The heading of a [`Section`]: `heading!(Section::Rules, "rules", "Rules", "What …")`.
macro_rules! heading {
    ($section:expr, $name:literal, $label:literal, $help:literal) => {
        $crate::app::settings::mailbox::sections::heading_row(
            $name,
            $label,
            $help,
            |value| $crate::app::settings::mailbox::sections::is_open(value, $section),
            |value, typed| {
                value.unfold($section, typed == "yes");
                Ok(())
            },
        )
        .when(|value| value.offers($section))
    };
}

pub(super) use heading;

pub(super) fn is_open(value: &MailboxValue, section: Section) -> String {
    if value.shows(section) { "yes" } else { "no" }.to_owned()
}
