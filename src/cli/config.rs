//! `ticketty config …`: the configuration file. These commands work with a broken file, because they are for mending it.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Outcome, Output};
use crate::app::keymap::Keymap;
use crate::config::paths::{Paths, make_private_directory};
use crate::config::settings::{self, Settings};
use crate::config::themes;
use crate::domain::trouble::Trouble;

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Write a commented configuration file
    Init(InitArgs),
    /// Print the settings in force
    Show,
    /// Print where configuration, store, secrets and log are
    Path,
    /// Look for mistakes in the configuration and the theme
    Check,
}

#[derive(Debug, Args)]
pub struct InitArgs {
    /// Print it instead of writing it
    #[arg(long)]
    print: bool,
}

/// # Errors
/// The mistakes of the file, or why it cannot be read or written.
pub fn run(command: ConfigCommand, paths: &Paths, out: &mut Output) -> Outcome {
    match command {
        ConfigCommand::Init(arguments) => init(&arguments, paths, out),
        ConfigCommand::Show => show(paths, out),
        ConfigCommand::Path => {
            let settings = settings::load(paths).unwrap_or_default();
            let places = [
                ("config", paths.config_file.clone()),
                ("themes", paths.themes_dir()),
                ("database", settings.database(paths)),
                ("secrets", paths.secrets_file()),
                ("log", paths.log_file()),
            ];
            let value: serde_json::Map<_, _> = places
                .iter()
                .map(|(name, path)| ((*name).to_owned(), json!(path)))
                .collect();
            out.answer(&value, || {
                places
                    .iter()
                    .map(|(name, path)| format!("{name:<9} {}\n", path.display()))
                    .collect()
            })
        }
        ConfigCommand::Check => check(paths, out),
    }
}

fn init(arguments: &InitArgs, paths: &Paths, out: &mut Output) -> Outcome {
    if arguments.print {
        return out.raw(settings::example().as_bytes());
    }
    let file = &paths.config_file;
    let failed = |cause: std::io::Error| {
        let trouble = Trouble::operator(format!(
            "the configuration {} cannot be written",
            file.display()
        ));
        if cause.kind() == std::io::ErrorKind::AlreadyExists {
            return trouble
                .because("it exists already")
                .hint("look at a fresh one with `ticketty config init --print`");
        }
        trouble.because(cause)
    };
    if let Some(directory) = file.parent().filter(|directory| !directory.exists()) {
        make_private_directory(directory)?;
    }
    let mut written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(failed)?;
    written
        .write_all(settings::example().as_bytes())
        .map_err(failed)?;
    out.answer(&json!({"config": file}), || {
        format!("Wrote {}.\n", file.display())
    })
}

fn show(paths: &Paths, out: &mut Output) -> Outcome {
    let settings = settings::load(paths)?;
    let text = settings::shown(&settings);
    let value: toml::Table = text.parse().map_err(|cause: toml::de::Error| {
        Trouble::bug("the settings cannot be shown").because(cause.message())
    })?;
    out.answer(&value, || text)
}

fn check(paths: &Paths, out: &mut Output) -> Outcome {
    let settings: Settings = settings::load(paths)?;
    let theme = themes::find(&settings.theme, &paths.themes_dir())?;
    let complaints = Keymap::new(&settings.keys).complaints;
    if !complaints.is_empty() {
        return Err(Trouble::operator("some keys of [keys] cannot be used")
            .because(complaints.join("; "))
            .hint("the other keys work; `?` in the desk lists commands and keys"));
    }
    out.answer(
        &json!({"ok": true, "config": paths.config_file, "theme": theme.name}),
        || {
            if paths.config_file.exists() {
                format!(
                    "{} has no mistakes; the theme is {}.\n",
                    paths.config_file.display(),
                    theme.name
                )
            } else {
                format!(
                    "{} does not exist; everything is at its default.\n",
                    paths.config_file.display()
                )
            }
        },
    )
}
