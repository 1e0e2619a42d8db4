//! Reads config.toml against the table of settings.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::trouble::Trouble;

use super::Settings;
use super::place::{Mistake, nearest};
use super::table::{Kind, SETTINGS, Setting};

/// A value of the file.
pub type Value<'i> = DeValue<'i>;

/// Reads the text of a file.
///
/// # Errors
/// All mistakes at once, each with its place.
pub fn parse(text: &str, file: &Path) -> Result<Settings, Trouble> {
    let (settings, mistakes) = check(text);
    if mistakes.is_empty() {
        return Ok(settings);
    }
    let places: Vec<String> = mistakes
        .iter()
        .map(|mistake| mistake.render(text, file))
        .collect();
    Err(
        Trouble::operator("the configuration has mistakes and is not used")
            .because(places.join("\n"))
            .hint("mend the file, or look at a right one with `ticketty config init --print`"),
    )
}

/// Reads as much as can be read, and lists what cannot.
pub fn check(text: &str) -> (Settings, Vec<Mistake>) {
    let mut settings = Settings::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut mistakes: Vec<Mistake> = errors
        .into_iter()
        .map(|error| {
            Mistake::new(
                error.span().unwrap_or(0..0),
                format!("this is not TOML: {}", error.message()),
            )
        })
        .collect();
    if !mistakes.is_empty() {
        return (settings, mistakes);
    }
    for (key, value) in table.get_ref() {
        let name = key.get_ref().as_ref();
        match SETTINGS.iter().find(|setting| setting.key == name) {
            Some(setting) => mistakes.extend(take(&mut settings, setting, value).err()),
            None => mistakes.push(unknown(key)),
        }
    }
    mistakes.sort_by_key(|mistake| mistake.span.start);
    (settings, mistakes)
}

fn unknown(key: &Spanned<toml::de::DeString<'_>>) -> Mistake {
    let name = key.get_ref().as_ref();
    let hint = nearest(name, SETTINGS.iter().map(|setting| setting.key)).map_or_else(
        || {
            let all: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
            format!("settings are: {}", all.join(", "))
        },
        |near| format!("did you mean `{near}`?"),
    );
    Mistake::new(key.span(), format!("unknown setting `{name}`")).hint(Some(hint))
}

fn take(
    settings: &mut Settings,
    setting: &Setting,
    value: &Spanned<DeValue<'_>>,
) -> Result<(), Mistake> {
    (setting.set)(settings, value.get_ref()).map_err(|what| {
        let near = match (setting.kind, value.get_ref().as_str()) {
            (Kind::Choice(words), Some(word)) => nearest(word, words.iter().copied()),
            _ => None,
        };
        let hint = near.map_or_else(
            || format!("must be {}", setting.kind.allowed()),
            |near| {
                format!(
                    "did you mean \"{near}\"? It must be {}",
                    setting.kind.allowed()
                )
            },
        );
        Mistake::new(value.span(), format!("`{}`: {what}", setting.key)).hint(Some(hint))
    })
}

fn wrong_type(value: &Value<'_>) -> String {
    format!("a value of type {} does not fit", value.type_str())
}

pub(super) fn text<'a>(value: &'a Value<'_>) -> Result<&'a str, String> {
    value.as_str().ok_or_else(|| wrong_type(value))
}

pub(super) fn flag(value: &Value<'_>) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| wrong_type(value))
}

pub(super) fn choice(
    value: &Value<'_>,
    words: &'static [&'static str],
) -> Result<&'static str, String> {
    let word = text(value)?;
    words
        .iter()
        .copied()
        .find(|known| *known == word)
        .ok_or_else(|| format!("\"{}\" is not known", word.escape_debug()))
}

pub(super) fn words(value: &Value<'_>) -> Result<Vec<String>, String> {
    if let Some(text) = value.as_str() {
        return shell_words::split(text).map_err(|cause| cause.to_string());
    }
    strings(value)
}

fn strings(value: &Value<'_>) -> Result<Vec<String>, String> {
    let list = value.as_array().ok_or_else(|| wrong_type(value))?;
    list.iter()
        .map(|item| {
            item.get_ref()
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| wrong_type(item.get_ref()))
        })
        .collect()
}

pub(super) fn keys(settings: &mut Settings, value: &Value<'_>) -> Result<(), String> {
    let table = value.as_table().ok_or_else(|| wrong_type(value))?;
    let mut bindings = Vec::new();
    for (command, keys) in table {
        let command = command.get_ref().as_ref();
        let keys = match keys.get_ref().as_str() {
            Some(key) => vec![key.to_owned()],
            None => strings(keys.get_ref()).map_err(|_| {
                format!("the keys of `{command}` are a key in quotes, or a list of keys")
            })?,
        };
        bindings.push((command.to_owned(), keys));
    }
    settings.keys = bindings;
    Ok(())
}
