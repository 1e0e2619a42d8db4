//! The program itself: palette, help, settings, and the way out.

use crate::app::App;
use crate::app::asks::Purpose;
use crate::app::event::Effect;
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::{composer, help, outbox, palette, settings};
use crate::bridge::{MailboxRequest, Request};
use crate::domain::clean::Clean;

const ANYWHERE: &[Scope] = &[Scope::Anywhere];

pub const TABLE: &[Command] = &[
    command(
        "palette",
        "Commands",
        "Finds any command of this place by a part of its name.",
        |app, _| palette::open(app),
    )
    .at(Group::Program, ANYWHERE)
    .keys(&[":", "ctrl-p"])
    .bar("commands", 80),
    command(
        "help",
        "Help",
        "Explains the keys of this place, and of all places when pressed again.",
        |app, _| help::open(app),
    )
    .at(Group::Program, ANYWHERE)
    .keys(&["?", "f1"])
    .bar("help", 81),
    command(
        "settings",
        "Settings",
        "Connects and checks mailboxes, edits signatures and looks.",
        |app, _| settings::open(app),
    )
    .at(Group::Settings, &[Scope::Desk])
    .keys(&[","]),
    command(
        "outbox",
        "Outbox",
        "Shows answers on their way, and what to do about those that are stuck.",
        |app, _| outbox::open(app, None),
    )
    .at(Group::Outbox, &[Scope::Desk])
    .keys(&["O"]),
    command(
        "sync-now",
        "Fetch now",
        "Looks for mail in every mailbox now.",
        |app, _| {
            app.status.good(Clean::from_static("looking for mail …"));
            vec![app.ask(
                Purpose::Quiet,
                Request::Mailbox(MailboxRequest::SyncNow(None)),
            )]
        },
    )
    .at(Group::Program, &[Scope::Desk])
    .keys(&["ctrl-r"]),
    command(
        "redraw",
        "Draw anew",
        "Draws the whole screen anew.",
        |_, _| vec![Effect::Redraw],
    )
    .at(Group::Program, ANYWHERE)
    .keys(&["ctrl-l"]),
    command(
        "suspend",
        "To the shell",
        "Goes to the shell until fg brings Ticketty back.",
        |_, _| vec![Effect::Suspend],
    )
    .at(Group::Program, ANYWHERE)
    .keys(&["ctrl-z"]),
    command(
        "quit",
        "Quit",
        "Ends Ticketty; what you were writing is kept as a draft.",
        |app, _| quit(app),
    )
    .at(Group::Program, &[Scope::Views, Scope::List])
    .keys(&["q"]),
    command(
        "quit-now",
        "Quit from anywhere",
        "Ends Ticketty from any place and keeps what you were writing.",
        |app, _| quit(app),
    )
    .at(Group::Program, ANYWHERE)
    .keys(&["ctrl-q"]),
];

fn quit(app: &mut App) -> Vec<Effect> {
    let mut effects = composer::save_now(app);
    effects.push(Effect::Quit);
    effects
}
