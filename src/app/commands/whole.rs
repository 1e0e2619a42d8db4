//! The whole of a mail of which only the header was taken.

use crate::app::App;
use crate::app::asks::Purpose;
use crate::app::event::Effect;
use crate::app::registry::{Command, Group, Scope, command};
use crate::bridge::{MailboxRequest, MessageView, Request};
use crate::domain::clean::Clean;

pub const TABLE: &[Command] = &[command(
    "download-whole",
    "Download the whole mail",
    "Fetches the rest of a mail that was too large, with its text and files.",
    |app, _| download(app),
)
.at(Group::Reading, &[Scope::Thread])
.keys(&["L"])
.allowed(is_header_only)];

fn header_only(app: &App) -> Option<&MessageView> {
    app.thread
        .current()
        .filter(|message| message.is_header_only)
}

fn is_header_only(app: &App) -> Result<(), String> {
    match (app.thread.current(), header_only(app)) {
        (None, _) => Err("the ticket is still loading".into()),
        (Some(_), None) => Err("the whole of this message is here".into()),
        (Some(_), Some(_)) => Ok(()),
    }
}

fn download(app: &mut App) -> Vec<Effect> {
    let Some(message) = header_only(app).map(|message| message.id) else {
        return Vec::new();
    };
    let asking = "asking the server for the whole mail";
    app.status.good(Clean::from_static(asking));
    let request = MailboxRequest::FetchWhole(message);
    vec![app.ask(Purpose::Quiet, Request::Mailbox(request))]
}
