//! What operators should know about the channel of a ticket: procedures, opening hours.

use crate::app::App;
use crate::app::acts;
use crate::app::event::Effect;
use crate::app::layers::Layer;
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::sheet::Sheet;
use crate::app::text::{DIM, Line, TEXT};
use crate::bridge::MailboxLine;
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;

pub const TABLE: &[Command] = &[command(
    "channel-information",
    "Channel information",
    "Shows what operators should know about the ticket's mailbox: procedures, opening hours.",
    |app, _| show(app),
)
.at(Group::Reading, &[Scope::List, Scope::Thread])
.keys(&["I"])
.allowed(acts::some_ticket)];

/// The mailbox of the ticket that is meant.
fn mailbox(app: &App) -> Option<&MailboxLine> {
    let number = *acts::targets(app).first()?;
    known(app, acts::ticket(app, number)?.mailbox)
}

fn known(app: &App, id: MailboxId) -> Option<&MailboxLine> {
    let mailboxes = &app.known.basics.as_ref()?.mailboxes;
    mailboxes.iter().find(|line| line.mailbox.id == id)
}

fn show(app: &mut App) -> Vec<Effect> {
    let Some(line) = mailbox(app) else {
        app.status
            .refuse("the ticket's mailbox was removed, and what stood about it with it");
        return Vec::new();
    };
    let settings = &line.mailbox.settings;
    let title = Clean::line(&format!("About {}", settings.name));
    let information = Clean::text(&settings.identity.information);
    let mut lines: Vec<Line> = vec![Line::new().clean(Clean::name(&settings.address), DIM)];
    lines.push(Line::new());
    if information.is_empty() {
        lines.push(Line::words(
            "Nothing is written about this mailbox yet. The settings have room for it (, then Enter): Identity, \
             Information.",
            DIM,
        ));
    }
    lines.extend(
        information
            .lines()
            .map(|line| Line::new().clean(line, TEXT)),
    );
    app.layers
        .push(Layer::Sheet(Sheet::new(title, lines).beside()));
    Vec::new()
}

/// Whether an answer may leave from the ticket's mailbox.
///
/// # Errors
/// Why not, as a sentence.
pub(super) fn may_answer(app: &App) -> Result<(), String> {
    acts::some_ticket(app)?;
    let settings = mailbox(app).map(|line| &line.mailbox.settings);
    match settings {
        Some(settings) if !settings.identity.is_sending => Err(format!(
            "sending is switched off for the mailbox {}",
            settings.name
        )),
        _ => Ok(()),
    }
}
