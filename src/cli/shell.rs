//! Completions and the manual page, from the same definition that reads the command line.

use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Outcome, Output};
use crate::domain::trouble::Trouble;

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell to complete for
    #[arg(value_enum)]
    shell: Shell,
}

/// The whole command line without what is hidden.
pub fn definition() -> Command {
    let mut command = Cli::command();
    command.build();
    command
}

/// # Errors
/// When stdout cannot be written.
pub fn completions(arguments: &CompletionsArgs, out: &mut Output) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Cli::command(),
        "ticketty",
        &mut script,
    );
    out.raw(&script)
}

/// One page with every command.
///
/// # Errors
/// When stdout cannot be written.
pub fn man(out: &mut Output) -> Outcome {
    let failed =
        |cause: std::io::Error| Trouble::bug("the manual page cannot be made").because(cause);
    let mut page = Vec::new();
    let main = definition();
    clap_mangen::Man::new(main.clone())
        .render(&mut page)
        .map_err(failed)?;
    let mut text = String::from_utf8(page)
        .map_err(|cause| Trouble::bug("the manual page is not text").because(cause))?;
    text.push_str(".SH COMMANDS\n");
    for (path, command) in leaves(&main) {
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").replace('\n', " ");
        let about = command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        text.push_str(&format!(
            ".TP\n\\fB{}\\fR\n{}\n.br\n{}\n",
            roff(&path),
            roff(&about),
            roff(&usage)
        ));
        for argument in command
            .get_arguments()
            .filter(|argument| !argument.is_global_set() && !argument.is_hide_set())
        {
            if let (Some(long), Some(help)) = (argument.get_long(), argument.get_help())
                && !matches!(long, "help" | "version")
            {
                text.push_str(&format!(
                    ".br\n\\fB\\-\\-{}\\fR: {}\n",
                    roff(long),
                    roff(&help.to_string())
                ));
            }
        }
    }
    out.raw(text.as_bytes())
}

/// Every command that does something, with its full name, hidden ones left out.
pub fn leaves(command: &Command) -> Vec<(String, &Command)> {
    let mut found = Vec::new();
    collect("", command, &mut found);
    found
}

fn collect<'a>(prefix: &str, command: &'a Command, found: &mut Vec<(String, &'a Command)>) {
    for child in command
        .get_subcommands()
        .filter(|child| !child.is_hide_set() && child.get_name() != "help")
    {
        let path = format!("{prefix}{}", child.get_name());
        if child.has_subcommands() {
            collect(&format!("{path} "), child, found);
        } else {
            found.push((path, child));
        }
    }
}

/// The table of commands for the README, as Markdown.
pub fn markdown_table() -> String {
    let main = definition();
    let mut text = String::from("| command | does |\n|---|---|\n");
    for (path, command) in leaves(&main) {
        let positionals: String = command
            .get_positionals()
            .map(|argument| format!(" {argument}"))
            .collect();
        let about = command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        text.push_str(&format!(
            "| `{path}{positionals}` | {} |\n",
            about.replace('|', "\\|")
        ));
    }
    text
}

/// Text that roff takes as it is.
fn roff(text: &str) -> String {
    text.replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\(aq")
        .replace("\n.", "\n\\&.")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_does_and_the_hidden_one_stays_hidden() {
        let main = definition();
        for (path, command) in leaves(&main) {
            assert!(command.get_about().is_some(), "{path} has no sentence");
            assert!(!path.contains("parse-mail"));
        }
    }
}
