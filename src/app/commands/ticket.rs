//! Deciding: who, what state, how urgent, when.

use crate::app::App;
use crate::app::acts::{act, act_on, may, may_undo, some_ticket, targets, undo};
use crate::app::choices::{self, PRIORITIES, STATUSES};
use crate::app::event::Effect;
use crate::app::list;
use crate::app::registry::{Command, Group, Scope, command};
use crate::app::thread::words::{priority_word, status_word};
use crate::domain::decide::Action;
use crate::domain::ids::TicketNumber;
use crate::domain::ticket::Status;

const TICKET: &[Scope] = &[Scope::List, Scope::Thread];

pub const TABLE: &[Command] = &[
    command(
        "assign",
        "Assign",
        "Gives the ticket to an operator, or to nobody.",
        assign,
    )
    .at(Group::Deciding, TICKET)
    .keys(&["a"])
    .bar("assign", 20)
    .allowed(some_ticket)
    .choosing("Assign to", choices::operators, false),
    command("take", "Take", "Assigns the ticket to you.", |app, _| {
        assign(app, "me")
    })
    .at(Group::Deciding, TICKET)
    .keys(&["A"])
    .allowed(some_ticket),
    command(
        "close",
        "Close",
        "Closes the ticket and goes to the next one.",
        |app, _| act(app, Action::SetStatus(Status::Closed)),
    )
    .at(Group::Deciding, TICKET)
    .keys(&["e"])
    .bar("close", 22)
    .allowed(|app| may(app, &Action::SetStatus(Status::Closed))),
    command(
        "status",
        "Status",
        "Sets the ticket to new, open, pending or closed.",
        status,
    )
    .at(Group::Deciding, TICKET)
    .keys(&["s"])
    .bar("status", 45)
    .allowed(some_ticket)
    .choosing("Status", choices::statuses, false),
    command(
        "priority",
        "Priority",
        "Says how urgent the ticket is.",
        priority,
    )
    .at(Group::Deciding, TICKET)
    .keys(&["p"])
    .allowed(some_ticket)
    .choosing("Priority", choices::priorities, false),
    command(
        "snooze",
        "Snooze",
        "Puts the ticket out of sight until a moment, or wakes it.",
        snooze,
    )
    .at(Group::Deciding, TICKET)
    .keys(&["z"])
    .bar("snooze", 24)
    .allowed(some_ticket)
    .choosing("Until when? (1h, 3d, a date …)", choices::snoozes, true),
    command(
        "tag",
        "Tag",
        "Adds tags, and takes away those written with a minus.",
        tag,
    )
    .at(Group::Deciding, TICKET)
    .keys(&["t"])
    .bar("tag", 30)
    .allowed(some_ticket)
    .choosing("Tags (-tag takes away)", choices::tags, true),
    command(
        "merge",
        "Merge",
        "Moves all messages into another ticket and closes this one.",
        merge,
    )
    .at(Group::Deciding, TICKET)
    .keys(&["m"])
    .bar("merge", 48)
    .allowed(some_ticket)
    .asking("Merge into ticket number", |_| String::new()),
    command(
        "rename",
        "Rename",
        "Gives the ticket another subject.",
        |app, subject| act(app, Action::Rename(subject.to_owned())),
    )
    .at(Group::Deciding, TICKET)
    .allowed(one_ticket)
    .asking("New subject", |app| {
        targets(app)
            .first()
            .and_then(|number| crate::app::acts::ticket(app, *number))
            .map_or_else(String::new, |ticket| ticket.subject.clone())
    }),
    command(
        "unread",
        "Mark unread",
        "Makes the ticket unread again.",
        |app, _| act(app, Action::SetUnread(true)),
    )
    .at(Group::Deciding, TICKET)
    .keys(&["U"])
    .allowed(|app| may(app, &Action::SetUnread(true))),
    command(
        "move-message",
        "Move this message",
        "Moves the message under the cursor into another ticket.",
        move_message,
    )
    .at(Group::Deciding, &[Scope::Thread])
    .allowed(has_message)
    .asking("Into ticket number", |_| String::new()),
    command(
        "detach-message",
        "Detach this message",
        "Makes a new ticket of the message under the cursor.",
        |app, _| detach(app),
    )
    .at(Group::Deciding, &[Scope::Thread])
    .allowed(has_message),
    command(
        "mark",
        "Mark",
        "Marks the ticket, or ends a range of marks.",
        |app, _| list::toggle_mark(app),
    )
    .at(Group::Deciding, &[Scope::List])
    .keys(&["x"])
    .bar("mark", 50),
    command(
        "mark-range",
        "Mark a range",
        "Begins a range of marks that the next x ends.",
        |app, _| {
            app.list.range = Some(app.list.place.cursor);
            Vec::new()
        },
    )
    .at(Group::Deciding, &[Scope::List])
    .keys(&["X"]),
    command(
        "unmark-all",
        "Unmark all",
        "Takes all marks away.",
        |app, _| {
            app.list.marks.clear();
            Vec::new()
        },
    )
    .at(Group::Deciding, &[Scope::List])
    .keys(&["alt-x"]),
    command(
        "undo",
        "Take back",
        "Takes back the last step, or an answer that is still held.",
        |app, _| undo(app),
    )
    .at(Group::Deciding, &[Scope::Desk])
    .keys(&["u"])
    .allowed(may_undo)
    .bar("take back", 65),
];

fn one_ticket(app: &App) -> Result<(), String> {
    some_ticket(app)?;
    if targets(app).len() == 1 {
        Ok(())
    } else {
        Err("several tickets are marked; Esc takes the marks away".into())
    }
}

fn has_message(app: &App) -> Result<(), String> {
    app.thread
        .current()
        .map(|_| ())
        .ok_or_else(|| "there is no message under the cursor".into())
}

fn assign(app: &mut App, login: &str) -> Vec<Effect> {
    let Some(basics) = &app.known.basics else {
        app.status
            .refuse("the operators are not known yet; in a moment");
        return Vec::new();
    };
    let found = match login {
        "me" => Some(Some(basics.me.id)),
        "nobody" | "none" => Some(None),
        login => basics
            .operators
            .iter()
            .find(|operator| operator.login == login)
            .map(|operator| Some(operator.id)),
    };
    match found {
        Some(operator) => act(app, Action::Assign(operator)),
        None => {
            app.status
                .refuse(&format!("there is no operator “{login}”"));
            Vec::new()
        }
    }
}

fn status(app: &mut App, word: &str) -> Vec<Effect> {
    match STATUSES.iter().find(|status| status_word(**status) == word) {
        Some(status) => act(app, Action::SetStatus(*status)),
        None => {
            app.status.refuse(&format!(
                "“{word}” is no status; new, open, pending or closed"
            ));
            Vec::new()
        }
    }
}

fn priority(app: &mut App, word: &str) -> Vec<Effect> {
    match PRIORITIES
        .iter()
        .find(|priority| priority_word(**priority) == word)
    {
        Some(priority) => act(app, Action::SetPriority(*priority)),
        None => {
            app.status.refuse(&format!(
                "“{word}” is no priority; low, normal, high or urgent"
            ));
            Vec::new()
        }
    }
}

fn snooze(app: &mut App, typed: &str) -> Vec<Effect> {
    match choices::snooze_until(app, typed) {
        Ok(until) => act(app, Action::Snooze(until)),
        Err(sentence) => {
            app.status.refuse(&sentence);
            Vec::new()
        }
    }
}

fn tag(app: &mut App, typed: &str) -> Vec<Effect> {
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for word in typed.split([' ', ',']).filter(|word| !word.is_empty()) {
        match word.strip_prefix('-') {
            Some(word) => remove.push(word.to_lowercase()),
            None => add.push(word.trim_start_matches('#').to_lowercase()),
        }
    }
    act(app, Action::Tag { add, remove })
}

/// A ticket's number as one writes it.
fn number(app: &mut App, typed: &str) -> Option<TicketNumber> {
    let found = typed
        .trim_start_matches('#')
        .parse::<i64>()
        .ok()
        .filter(|number| *number > 0)
        .map(TicketNumber);
    if found.is_none() {
        app.status
            .refuse(&format!("“{typed}” is no ticket number; write it as #1042"));
    }
    found
}

fn merge(app: &mut App, typed: &str) -> Vec<Effect> {
    match number(app, typed) {
        Some(into) => act(app, Action::MergeInto(into)),
        None => Vec::new(),
    }
}

fn move_message(app: &mut App, typed: &str) -> Vec<Effect> {
    let Some(to) = number(app, typed) else {
        return Vec::new();
    };
    move_to(app, Some(to))
}

fn detach(app: &mut App) -> Vec<Effect> {
    move_to(app, None)
}

fn move_to(app: &mut App, to: Option<TicketNumber>) -> Vec<Effect> {
    let tickets = targets(app);
    match app.thread.current().map(|message| message.id) {
        Some(message) => act_on(app, tickets, Action::MoveMessage { message, to }),
        None => Vec::new(),
    }
}
