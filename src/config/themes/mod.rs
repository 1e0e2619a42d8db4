//! Themes: how each role of the screen looks.
//!
//! The built-in ones say everything. A person's own may leave roles out and then has them from the built-in theme
//! of the same darkness, so that a theme of three lines is a whole theme.

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::domain::theme::{Ink, Paint, Signal, Surface, Theme};
use crate::domain::trouble::Trouble;

use super::settings::{Mistake, nearest};

/// Name and text of the themes that are part of the program.
const BUILT_IN: [(&str, &str); 7] = [
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    (
        "high-contrast",
        include_str!("../../../themes/high-contrast.toml"),
    ),
    ("sixteen", include_str!("../../../themes/sixteen.toml")),
    ("plain", include_str!("../../../themes/plain.toml")),
    ("fjord", include_str!("../../../themes/fjord.toml")),
    ("ember", include_str!("../../../themes/ember.toml")),
];

/// The colours that every terminal knows, by the names a theme may use.
pub const NAMED_COLOURS: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "light-red",
    "light-green",
    "light-yellow",
    "light-blue",
    "light-magenta",
    "light-cyan",
    "white",
];

const LARGEST_THEME_BYTES: u64 = 256 * 1024;

/// A theme file as it is written; what it leaves out is inherited.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    name: Option<String>,
    dark: bool,
    #[serde(default)]
    surface: BTreeMap<Surface, Paint>,
    #[serde(default)]
    ink: BTreeMap<Ink, Paint>,
    #[serde(default)]
    signal: BTreeMap<Signal, Paint>,
}

/// The names of the built-in themes, the default first.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// Finds a theme: a built-in name, NAME.toml in `themes_dir`, or a path (with a slash, or ending in `.toml`). A
/// person's own file wins over a built-in theme of the same name.
///
/// # Errors
/// When there is no such theme (with the nearest name), or its file has a mistake (with line and column).
pub fn find(name: &str, themes_dir: &Path) -> Result<Theme, Trouble> {
    let file = file_of(name, themes_dir);
    if file.is_file() {
        return from_file(&file, name);
    }
    if let Some((_, text)) = BUILT_IN.iter().find(|(known, _)| *known == name) {
        return parse(text, name).map_err(|mistake| {
            Trouble::bug(format!("the built-in theme {name} is broken"))
                .because(mistake.render(text, Path::new(name)))
        });
    }
    let own = own_names(themes_dir);
    let mut all: Vec<&str> = built_in_names().collect();
    all.extend(own.iter().map(String::as_str));
    let themes = format!("themes are: {}", all.join(", "));
    let hint = match nearest(name, all) {
        Some(near) => format!("did you mean `{near}`? All {themes}"),
        None => themes,
    };
    Err(Trouble::operator(format!("there is no theme `{}`", name.escape_debug())).hint(hint))
}

fn file_of(name: &str, themes_dir: &Path) -> PathBuf {
    if name.contains('/') || name.ends_with(".toml") {
        PathBuf::from(name)
    } else {
        themes_dir.join(format!("{name}.toml"))
    }
}

fn own_names(themes_dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(themes_dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            name.strip_suffix(".toml").map(str::to_owned)
        })
        .collect();
    names.sort();
    names
}

fn from_file(file: &Path, name: &str) -> Result<Theme, Trouble> {
    let failed = |what: String| Trouble::operator(format!("the theme {} {what}", file.display()));
    let size = std::fs::metadata(file)
        .map(|found| found.len())
        .unwrap_or_default();
    if size > LARGEST_THEME_BYTES {
        return Err(failed(format!("is too large ({size} bytes)")));
    }
    let text = std::fs::read_to_string(file)
        .map_err(|cause| failed("cannot be read".into()).because(cause))?;
    let name = Path::new(name)
        .file_stem()
        .map_or_else(|| name.into(), |stem| stem.to_string_lossy());
    parse(&text, &name)
        .map_err(|mistake| failed("has a mistake".into()).because(mistake.render(&text, file)))
}

/// Reads a theme and fills what it leaves out from the built-in one of the same darkness.
fn parse(text: &str, name: &str) -> Result<Theme, Mistake> {
    let file: ThemeFile = toml::from_str(text).map_err(|error| mistake(&error))?;
    check_colours(text, &file)?;
    let mut theme = Theme {
        name: file.name.unwrap_or_else(|| name.to_owned()),
        dark: file.dark,
        surface: file.surface,
        ink: file.ink,
        signal: file.signal,
    };
    let base = if theme.dark { "dark" } else { "light" };
    let base = BUILT_IN
        .iter()
        .find(|(known, _)| *known == base)
        .map(|(_, text)| *text);
    let base: Option<ThemeFile> = base.and_then(|base| toml::from_str(base).ok());
    if let Some(base) = base {
        fill(&mut theme.surface, base.surface);
        fill(&mut theme.ink, base.ink);
        fill(&mut theme.signal, base.signal);
    }
    Ok(theme)
}

fn fill<K: Ord>(own: &mut BTreeMap<K, Paint>, base: BTreeMap<K, Paint>) {
    for (role, paint) in base {
        own.entry(role).or_insert(paint);
    }
}

/// The parser's words with the nearest right one.
fn mistake(error: &toml::de::Error) -> Mistake {
    let message = error.message();
    let mut words = message.split('`').skip(1).step_by(2);
    let wrong = words.next();
    let expected = message.contains("expected one of").then_some(words);
    let hint = wrong
        .zip(expected)
        .and_then(|(wrong, expected)| nearest(wrong, expected))
        .map(|near| format!("did you mean `{near}`?"));
    Mistake::new(error.span().unwrap_or(0..0), message).hint(hint)
}

fn check_colours(text: &str, file: &ThemeFile) -> Result<(), Mistake> {
    let paints = file
        .surface
        .values()
        .chain(file.ink.values())
        .chain(file.signal.values());
    for colour in paints.flat_map(|paint| [&paint.fg, &paint.bg]).flatten() {
        if !is_colour(colour) {
            let start = text.find(&format!("\"{colour}\"")).unwrap_or(0);
            let hint = nearest(colour, NAMED_COLOURS).map_or_else(
                || {
                    format!(
                        "a colour is #rrggbb, a number from 0 to 255, or one of: {}",
                        NAMED_COLOURS.join(", ")
                    )
                },
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Mistake::new(
                start..start + colour.len() + 2,
                format!("`{}` is not a colour", colour.escape_debug()),
            )
            .hint(Some(hint)));
        }
    }
    Ok(())
}

/// Whether a theme may say this.
pub fn is_colour(word: &str) -> bool {
    let hex = word
        .strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()));
    hex || NAMED_COLOURS.contains(&word) || (word.len() <= 3 && word.parse::<u8>().is_ok())
}
