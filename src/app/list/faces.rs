//! What the list says: the words of a row, and the face of a list that has no rows.

use std::borrow::Cow;

use super::Nearest;
use crate::app::App;
use crate::app::search;
use crate::app::text::{DIM, Line, STRONG, TEXT, wrap};
use crate::app::when;
use crate::bridge::TicketLine;
use crate::domain::clean::{self, Clean};
use crate::domain::mailbox::Health;
use crate::domain::message::MailClass;
use crate::domain::query::QueryMistake;
use crate::domain::theme::{Ink, Role, Signal};
use crate::domain::ticket::{Priority, Status};
use crate::domain::words;

/// How long ago something last happened.
pub fn age(app: &App, line: &TicketLine) -> String {
    when::age(line.ticket.updated_at, app.now, &app.surroundings.zone)
}

/// The customer, and how many messages there are beside the first, within `width` cells.
pub fn who(line: &TicketLine, width: usize) -> Line {
    let name = if line.ticket.unread {
        Role::Ink(Ink::Unread)
    } else {
        Role::Ink(Ink::Name)
    };
    let count = match line.ticket.tally.messages {
        0 | 1 => String::new(),
        more => format!(" {more}"),
    };
    let who = if line.who.is_empty() {
        &line.address
    } else {
        &line.who
    };
    let room = width.saturating_sub(count.len());
    if let Some(tickets) = line.flood {
        let tickets = format!("▸ {} ", words::thousands(tickets.into()));
        let room = width.saturating_sub(clean::cells(&tickets));
        return Line::words(&tickets, Role::Signal(Signal::Warning))
            .clean(who.truncate_cells(room), name);
    }
    Line::new()
        .clean(who.truncate_cells(room), name)
        .say(&count, DIM)
}

/// The subject; of a flood the latest, and the key that shows all of it.
pub fn subject(line: &TicketLine) -> Cow<'_, Clean> {
    match line.flood {
        None => Cow::Borrowed(&line.subject),
        Some(_) => Cow::Owned(Clean::line(&format!("flood (F): {}", line.subject))),
    }
}

/// Priority and attachments.
pub fn flags(line: &TicketLine) -> Line {
    let mut flags = match line.ticket.priority {
        Priority::Urgent => Line::words("‼", Role::Signal(Signal::Urgent)),
        Priority::High => Line::words("!", Role::Signal(Signal::Urgent)),
        Priority::Normal => Line::new(),
        Priority::Low => Line::words("↓", DIM),
    };
    if line.ticket.tally.with_attachments > 0 {
        if !flags.spans.is_empty() {
            flags = flags.say(" ", TEXT);
        }
        flags = flags.say("📎", DIM);
    }
    flags
}

/// What runs: the time to the first reply, a snooze, or the word for a state in which nothing runs.
pub fn clock(app: &App, line: &TicketLine) -> Line {
    let ticket = &line.ticket;
    let now = app.now.as_second();
    if ticket.status == Status::Closed {
        return Line::words("closed", DIM);
    }
    if let Some(until) = ticket.clocks.snoozed_until.filter(|until| *until > app.now) {
        let left = when::short_span(until.as_second() - now);
        return Line::words(&format!("☾ {left}"), DIM);
    }
    if let (Some(due), None) = (
        ticket.clocks.first_reply_due,
        ticket.clocks.first_replied_at,
    ) {
        let left = due.as_second() - now;
        return if left <= 0 {
            let late = when::short_span(-left);
            Line::words(&format!("⏱ −{late}"), Role::Signal(Signal::Overdue))
        } else {
            let role = if left < 1_800 {
                Role::Signal(Signal::Warning)
            } else {
                DIM
            };
            Line::words(&format!("⏱ {}", when::short_span(left)), role)
        };
    }
    let class = match ticket.tally.last_class {
        Some(MailClass::Bounce) => "bounce",
        Some(MailClass::AutoReply) => "auto",
        Some(MailClass::Report) => "report",
        Some(MailClass::List) => "list",
        Some(MailClass::Unreadable) => "unread.",
        _ if ticket.status == Status::Pending => "waits",
        _ => "",
    };
    Line::words(class, DIM)
}

/// What stands instead of rows: loading, nothing, no results, an error. `None` while there are rows.
pub fn face(app: &App, width: usize) -> Option<Vec<Line>> {
    let face = unwrapped(app)?;
    let mut lines = Vec::new();
    for line in face {
        match line.spans.as_slice() {
            [one] => lines.extend(
                wrap(&one.text, width)
                    .into_iter()
                    .map(|part| Line::new().clean(part, one.role)),
            ),
            _ => lines.push(line),
        }
    }
    Some(lines)
}

fn unwrapped(app: &App) -> Option<Vec<Line>> {
    let list = &app.list;
    if let Some(mistake) = search::mistake(app) {
        return Some(mistaken(&mistake));
    }
    if let Some(trouble) = &list.trouble
        && (list.rows.is_empty() || app.list.back.is_some() || is_searching(app))
    {
        let mut lines = vec![Line::words(
            &capital(&trouble.what),
            Role::Signal(Signal::Trouble),
        )];
        if let Some(cause) = &trouble.cause {
            lines.push(Line::words(cause, TEXT));
        }
        if let Some(hint) = &trouble.hint {
            lines.push(Line::words(hint, DIM));
        }
        return Some(lines);
    }
    match list.total {
        None => Some(vec![Line::words("Loading …", DIM)]),
        Some(0) => Some(empty(app)),
        Some(_) => None,
    }
}

/// A query that cannot be read: the place, what is wrong with it, and the nearest right word.
fn mistaken((query, mistake): &(String, QueryMistake)) -> Vec<Line> {
    let part = |range: std::ops::Range<usize>| query.get(range).unwrap_or_default().to_owned();
    let (start, end) = (mistake.at.start, mistake.at.end.min(query.len()));
    let wrong = Role::Signal(Signal::Trouble);
    let column = crate::domain::clean::cells(&part(0..start));
    let under = crate::domain::clean::cells(&part(start..end)).max(1);
    let mut lines = vec![
        Line::words(&part(0..start), TEXT)
            .say(&part(start..end), wrong)
            .say(&part(end..query.len()), TEXT)
            .say(" ", TEXT),
        Line::words(&" ".repeat(column), TEXT).say(&"^".repeat(under), wrong),
        Line::words(&capital(&mistake.message), TEXT),
    ];
    if let Some(word) = &mistake.suggestion {
        lines.push(Line::words(&format!("Did you mean {word}?"), STRONG));
    }
    lines
}

fn is_searching(app: &App) -> bool {
    app.layers
        .iter()
        .any(|layer| matches!(layer, crate::app::layers::Layer::Search(_)))
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// Whether the list shows what was searched for.
pub fn is_search(app: &App) -> bool {
    is_searching(app) || app.list.back.is_some()
}

fn no_results(app: &App) -> Vec<Line> {
    let mut lines = vec![Line::words("Nothing matches ", TEXT).say(&app.list.query, STRONG)];
    if let Nearest::Found(query, count) = &app.list.nearest {
        let key = if is_searching(app) {
            "ctrl-w takes a word back."
        } else {
            "\\ changes the search."
        };
        let tickets = when::count(
            usize::try_from(*count).unwrap_or(usize::MAX),
            "ticket",
            "tickets",
        );
        lines.push(Line::words("The nearest with results:", TEXT));
        lines.push(Line::words(query, STRONG).say(&format!(", {tickets}"), TEXT));
        lines.push(Line::words(key, DIM));
    }
    lines.push(Line::words(
        "Fewer words find more: status: tag: from: assignee: narrow, Esc goes back.",
        DIM,
    ));
    lines
}

fn empty(app: &App) -> Vec<Line> {
    if is_search(app) {
        return no_results(app);
    }
    let Some(basics) = &app.known.basics else {
        return vec![Line::words("Nothing here.", TEXT)];
    };
    if basics.mailboxes.iter().all(|line| line.mailbox.removed) {
        return vec![
            Line::words("No mailbox yet.", STRONG),
            Line::words(
                "Press M to connect one: an address and a password are enough.",
                TEXT,
            ),
            Line::words(
                "Or q, and run ticketty demo to look around on sample mail.",
                DIM,
            ),
        ];
    }
    let mut lines = vec![Line::words("Nothing here.", STRONG)];
    for mailbox in &basics.mailboxes {
        if let Health::Syncing { done, total } = mailbox.health {
            lines.push(progress(done, total));
            lines.push(Line::words(
                "The first mail is being fetched, the newest first; work can begin at once.",
                DIM,
            ));
            return lines;
        }
    }
    let troubled = basics.mailboxes.iter().filter(|line| !line.mailbox.removed);
    let troubled = troubled.filter_map(|line| Some((line, line.health.trouble()?)));
    for (line, trouble) in troubled {
        let name = &line.mailbox.settings.name;
        lines.push(Line::words(
            &format!("✗ {name} brings no mail: {}.", trouble.what),
            Role::Signal(Signal::Trouble),
        ));
    }
    if lines.len() > 1 {
        lines.push(Line::words(
            "Press , for the settings, where each says what to do.",
            TEXT,
        ));
        return lines;
    }
    let unassigned = app.views.lines.iter().flatten().position(|line| {
        line.query.contains("assignee:none") && line.query != app.list.query && line.count > 0
    });
    lines.push(match unassigned {
        Some(index) => Line::words(
            &format!("New mail lands in Unassigned; press {}.", index + 1),
            DIM,
        ),
        None => Line::words("New mail appears here by itself.", DIM),
    });
    lines
}

/// How far a first sync is, as a bar and in numbers.
fn progress(done: u64, total: u64) -> Line {
    let cells = 20;
    let full =
        usize::try_from((done * cells).checked_div(total).unwrap_or(0).min(cells)).unwrap_or(0);
    let rest = usize::try_from(cells).unwrap_or(0) - full;
    Line::words(&"█".repeat(full), Role::Signal(Signal::Busy))
        .say(&"░".repeat(rest), DIM)
        .say(&format!("  {done} of {total} messages"), TEXT)
}
