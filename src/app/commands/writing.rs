//! Beginning to write. The composer opens when the draft has come.

use super::channel::may_answer;
use crate::app::App;
use crate::app::acts::some_ticket;
use crate::app::asks::Purpose;
use crate::app::composer;
use crate::app::event::Effect;
use crate::app::layout::Pane;
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::thread;
use crate::bridge::{Begin, Request, Write};
use crate::domain::ids::{MessageId, TicketNumber};

const TICKET: &[Scope] = &[Scope::List, Scope::Thread];

pub const TABLE: &[Command] = &[
    command(
        "reply",
        "Reply",
        "Answers the customer's last mail, or the message under the cursor.",
        |app, _| {
            begin(app, |ticket, message| Begin::Reply {
                ticket,
                message,
                all: false,
            })
        },
    )
    .at(Group::Writing, TICKET)
    .keys(&["r"])
    .bar("reply", 10)
    .allowed(may_answer),
    command(
        "reply-all",
        "Reply to all",
        "Answers everybody who took part in the mail.",
        |app, _| {
            begin(app, |ticket, message| Begin::Reply {
                ticket,
                message,
                all: true,
            })
        },
    )
    .at(Group::Writing, TICKET)
    .keys(&["alt-r"])
    .allowed(may_answer),
    command(
        "note",
        "Internal note",
        "Writes a note that only operators see.",
        |app, _| begin(app, |ticket, _| Begin::Note { ticket }),
    )
    .at(Group::Writing, TICKET)
    .keys(&["i"])
    .bar("note", 15)
    .allowed(some_ticket),
    command(
        "forward",
        "Forward",
        "Sends the message on to somebody else.",
        |app, _| begin(app, |ticket, message| Begin::Forward { ticket, message }),
    )
    .at(Group::Writing, TICKET)
    .keys(&["f"])
    .bar("forward", 55)
    .allowed(may_answer),
    command(
        "compose",
        "New mail",
        "Writes to somebody and begins a ticket with it.",
        |app, _| {
            let what = Begin::NewMail { mailbox: None };
            let effect = app.ask(Purpose::Composer, Request::Write(Write::Begin { what }));
            composer::opening(app, app.asks.latest());
            vec![effect]
        },
    )
    .at(Group::Writing, &[Scope::Desk])
    .keys(&["c"])
    .bar("new mail", 58),
    command(
        "drafts",
        "Drafts",
        "Shows what you began to write and put away.",
        |app, _| vec![app.ask(Purpose::Composer, Request::Write(Write::Drafts))],
    )
    .at(Group::Writing, &[Scope::Desk])
    .keys(&["d"]),
];

/// Opens the ticket and asks for a draft. In the thread, the message under the cursor is meant.
fn begin(
    app: &mut App,
    what: impl FnOnce(TicketNumber, Option<MessageId>) -> Begin,
) -> Vec<Effect> {
    let in_thread = app.focus == Pane::Thread;
    let ticket = if in_thread {
        app.thread.wanted
    } else {
        app.list.place.selected
    };
    let Some(ticket) = ticket else {
        return Vec::new();
    };
    let message = app
        .thread
        .current()
        .filter(|_| in_thread)
        .map(|message| message.id);
    let mut effects = thread::enter(app, ticket);
    let what = what(ticket, message);
    effects.push(app.ask(Purpose::Composer, Request::Write(Write::Begin { what })));
    composer::opening(app, app.asks.latest());
    effects
}
