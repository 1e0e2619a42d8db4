//! What may be changed on the mail server, without the screen.

use clap::{Args, ValueEnum};

use crate::domain::mailbox::{AfterFetching, MailboxSettings, Marks};

/// Nothing on the server is changed unless it is asked for.
#[derive(Debug, Args)]
#[command(
    next_help_heading = "On the mail server (nothing is changed there unless one of these is given)"
)]
pub struct OnServerArgs {
    /// Mark there what is answered here, or what is read or answered; colleagues who read the mailbox elsewhere see it.
    /// Marks are only ever added
    #[arg(
        long,
        value_enum,
        value_name = "nothing|answered|read",
        hide_possible_values = true
    )]
    marks: Option<MarksArg>,
    /// What becomes there of mail that comes from now on, once it is stored here. With delete it is gone from the
    /// server for good: this store is then the only place that has it
    #[arg(long, value_name = "leave|delete|move:FOLDER", value_parser = after_fetching)]
    after_fetching: Option<AfterFetching>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MarksArg {
    Nothing,
    Answered,
    Read,
}

fn after_fetching(typed: &str) -> Result<AfterFetching, String> {
    match (typed, typed.strip_prefix("move:").map(str::trim)) {
        ("leave", _) => Ok(AfterFetching::Leave),
        ("delete", _) => Ok(AfterFetching::Delete),
        (_, Some(folder)) if !folder.is_empty() => Ok(AfterFetching::MoveTo(folder.to_owned())),
        _ => Err("must be leave, delete, or move: with the name of a folder".into()),
    }
}

impl OnServerArgs {
    pub fn apply(&self, settings: &mut MailboxSettings) {
        if let Some(after) = &self.after_fetching {
            settings.watch.on_server.after_fetching = after.clone();
        }
        if let Some(marks) = self.marks {
            settings.watch.on_server.marks = match marks {
                MarksArg::Nothing => Marks::Nothing,
                MarksArg::Answered => Marks::Answered,
                MarksArg::Read => Marks::ReadAndAnswered,
            };
        }
    }
}
