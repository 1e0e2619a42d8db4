//! The flood of one sender: one row of the list, which opens into all its tickets.

use crate::app::App;
use crate::app::asks::Purpose;
use crate::app::event::Effect;
use crate::app::list;
use crate::app::registry::{Command, Group, Scope, command};
use crate::bridge::{ListWindow, Look, Request, TicketLine, TicketList};
use crate::domain::clean::Clean;
use crate::domain::ticket::Mark;
use crate::domain::words;

pub const TABLE: &[Command] = &[
    command(
        "show-flood",
        "Show a flood",
        "Lists every ticket of the flood that is folded into this row.",
        |app, _| show(app),
    )
    .at(Group::Finding, &[Scope::List])
    .keys(&["F"])
    .allowed(is_flood),
    command(
        "mark-flood",
        "Mark a whole flood",
        "Marks all tickets of the flood, so that one decision takes them all.",
        |app, _| mark(app),
    )
    .at(Group::Deciding, &[Scope::List])
    .keys(&["alt-f"])
    .allowed(is_flood),
];

/// The most that one step takes.
const MOST_MARKED: u32 = 5_000;

fn part_of_a_flood(app: &App) -> Option<&TicketLine> {
    app.list
        .selected_line()
        .filter(|line| line.flood.is_some() || line.ticket.marks.contains(&Mark::Flood))
}

fn is_flood(app: &App) -> Result<(), String> {
    match part_of_a_flood(app) {
        Some(_) => Ok(()),
        None => Err("this row is no flood; a row with ▸ and a number is one".into()),
    }
}

/// All that is folded of one sender, wherever it came.
fn query(line: &TicketLine) -> String {
    format!("is:flood from:{}", line.address)
}

fn show(app: &mut App) -> Vec<Effect> {
    let Some((query, who)) = part_of_a_flood(app).map(|line| (query(line), line.address.clone()))
    else {
        return Vec::new();
    };
    let title = Clean::line(&format!("Flood of {who}"));
    let origin = std::mem::take(&mut app.list);
    let effects = list::open(app, title, &query);
    app.list.back = Some(list::origin_of(origin));
    effects
}

fn mark(app: &mut App) -> Vec<Effect> {
    let Some(query) = part_of_a_flood(app).map(query) else {
        return Vec::new();
    };
    let window = ListWindow::Offset {
        offset: 0,
        limit: MOST_MARKED,
    };
    vec![app.ask(
        Purpose::Quiet,
        Request::Look(Look::Tickets { query, window }),
    )]
}

/// The tickets of the flood came.
pub fn marked(app: &mut App, found: &TicketList) {
    let numbers = found.rows.iter().map(|line| line.ticket.number);
    app.list.marks.extend(numbers);
    let marked = words::thousands(found.rows.len() as u64);
    let words = match found.total > MOST_MARKED {
        true => format!("{marked} tickets of the flood are marked, the latest"),
        false => format!("all {marked} tickets of the flood are marked"),
    };
    app.status.good(Clean::line(&words));
}
