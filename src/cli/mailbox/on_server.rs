//! What may be changed on the mail server, without the screen.

use clap::{Args, ValueEnum};

use crate::domain::mailbox::{MailboxSettings, Marks};

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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MarksArg {
    Nothing,
    Answered,
    Read,
}

impl OnServerArgs {
    pub fn apply(&self, settings: &mut MailboxSettings) {
        if let Some(marks) = self.marks {
            settings.watch.on_server.marks = match marks {
                MarksArg::Nothing => Marks::Nothing,
                MarksArg::Answered => Marks::Answered,
                MarksArg::Read => Marks::ReadAndAnswered,
            };
        }
    }
}
