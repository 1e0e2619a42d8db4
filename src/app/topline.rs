//! The first line: where one is, how the mailboxes do, what waits, who one is.

use super::App;
use super::layout::Pane;
use super::text::{DIM, Line, TEXT};
use super::views;
use super::when;
use crate::bridge::MailboxLine;
use crate::domain::clean::Clean;
use crate::domain::mailbox::{Health, SecretSource};
use crate::domain::theme::{Ink, Role, Signal};

/// The title of the terminal's window: only counts and our own words, no stranger's.
pub fn window_title(app: &App) -> Clean {
    match app.views.count_where("assignee:none") {
        Some(waiting) if waiting > 0 => Clean::line(&format!("Ticketty ({waiting})")),
        _ => Clean::from_static("Ticketty"),
    }
}

/// The left end: the program's name, or the list's where it has no header of its own.
pub fn left(app: &App) -> Line {
    let title = Role::Ink(Ink::Title);
    if app.screen().panes() > 1 {
        return Line::words("Ticketty", title);
    }
    match app.focus {
        Pane::Views => Line::words("Views", title),
        Pane::List | Pane::Thread => list_title(app),
    }
}

/// Name and count of the list.
pub fn list_title(app: &App) -> Line {
    let mut line = Line::new().clean(views::title(app), Role::Ink(Ink::Title));
    if let Some(total) = app.list.total {
        line = line.say(&format!(" {total}"), DIM);
    }
    if !app.list.marks.is_empty() {
        let marked = format!("  {} marked", app.list.marks.len());
        line = line.say(&marked, Role::Signal(Signal::Mark));
    }
    if app.list.range.is_some() {
        line = line.say("  range: go to its end, then x", Role::Signal(Signal::Mark));
    }
    if app.list.newer > 0 {
        let newer = format!("  ↑ {} new", app.list.newer);
        line = line.say(&newer, Role::Signal(Signal::Busy));
    }
    line
}

/// One mailbox's health: a mark, its name, and a word where it is not well.
pub fn health(app: &App, line: &MailboxLine) -> Line {
    let clock = |at| when::clock(at, &app.surroundings.zone, app.preferences.clock);
    let (mark, word, role) = match &line.health {
        Health::Starting => ("◌", String::new(), DIM),
        Health::Live => ("●", String::new(), Role::Signal(Signal::Good)),
        Health::Syncing { done, total } => {
            let percent = if *total == 0 {
                0
            } else {
                (done * 100 / total).min(100)
            };
            ("◐", format!(" {percent}%"), Role::Signal(Signal::Busy))
        }
        Health::Interrupted { since, .. } => (
            "◌",
            format!(" interrupted {}", clock(*since)),
            Role::Signal(Signal::Warning),
        ),
        Health::Failing { .. } => ("✗", " Error".into(), Role::Signal(Signal::Trouble)),
        Health::NeedsPassword { .. } => {
            let word = match &line.mailbox.settings.secret {
                SecretSource::Oauth(_) => " sign in again",
                SecretSource::TokenCommand(_) => " needs token",
                _ => " needs password",
            };
            ("✗", word.into(), Role::Signal(Signal::Trouble))
        }
        Health::SyncedElsewhere => ("●", " elsewhere".into(), DIM),
        Health::Disabled => ("○", " off".into(), DIM),
    };
    let shown = Line::words(mark, role)
        .say(" ", TEXT)
        .clean(Clean::name(&line.mailbox.settings.name), TEXT)
        .say(&word, role);
    match &line.clock_off {
        Some(off) => shown
            .say(" clock ", Role::Signal(Signal::Warning))
            .clean(Clean::line(off), Role::Signal(Signal::Warning)),
        None => shown,
    }
}

/// Mailboxes, those in trouble first, as many as fit; what does not fit is counted.
pub fn mailboxes(app: &App, width: usize) -> Line {
    let Some(basics) = &app.known.basics else {
        return Line::words("connecting to the engine …", DIM);
    };
    if app.known.is_only_read() {
        return damage(width);
    }
    if basics.mailboxes.is_empty() {
        return Line::words("no mailbox yet", DIM);
    }
    let mut lines: Vec<&MailboxLine> = basics
        .mailboxes
        .iter()
        .filter(|line| !line.mailbox.removed)
        .collect();
    let pieces: usize = lines.iter().map(|line| health(app, line).cells() + 2).sum();
    // Their order is their own, so that nothing jumps; only where they do not all fit, trouble comes first.
    if pieces > width {
        lines.sort_by_key(|line| urgency(&line.health));
    }
    let count = lines.len();
    let mut shown = Line::new();
    for (index, mailbox) in lines.into_iter().enumerate() {
        let piece = health(app, mailbox);
        let more = format!("+{}", count - index);
        if shown.cells() + piece.cells() + 2 + more.len() > width {
            return shown.say(&more, DIM);
        }
        shown.spans.extend(piece.spans);
        shown = shown.say("  ", TEXT);
    }
    shown
}

/// In the place of the mailboxes, because none of them is synced: the longest of these that fits.
fn damage(width: usize) -> Line {
    let said = [
        "✗ the store is damaged: read only, nothing is fetched or sent · quit, then: ticketty restore FILE",
        "✗ damaged store, read only · quit, then: ticketty restore FILE",
        "✗ damaged: ticketty restore FILE",
        "✗ damaged",
    ];
    let role = Role::Signal(Signal::Trouble);
    let mut fitting = said.iter().map(|words| Line::words(words, role));
    fitting
        .find(|line| line.cells() <= width)
        .unwrap_or_default()
}

fn urgency(health: &Health) -> u8 {
    match health {
        Health::Failing { .. } | Health::NeedsPassword { .. } => 0,
        Health::Interrupted { .. } => 1,
        Health::Syncing { .. } => 2,
        Health::Disabled => 4,
        _ => 3,
    }
}

/// The right end: what waits, who one is, whether the engine answers.
pub fn right(app: &App, width: usize) -> Line {
    let mut line = Line::new();
    if width >= 110 {
        let overdue = app.views.count_where("is:overdue").unwrap_or(0);
        if overdue > 0 {
            line = line
                .say(&format!("{overdue} overdue"), Role::Signal(Signal::Overdue))
                .say(" · ", DIM);
        }
        if let Some(waiting) = app.views.count_where("assignee:none") {
            line = line
                .say(&format!("{waiting} unassigned"), TEXT)
                .say("    ", TEXT);
        }
    }
    let uncertain = super::outbox::trouble_count(app);
    if uncertain > 0 {
        line = line.say(
            &format!("{uncertain} unsent (O)  "),
            Role::Signal(Signal::Trouble),
        );
    }
    if let Some(basics) = &app.known.basics {
        line = line.clean(Clean::name(&basics.me.login), Role::Ink(Ink::Name));
        line = line.say(" ", TEXT);
        line = connection(app, line, width);
    }
    line
}

fn connection(app: &App, line: Line, width: usize) -> Line {
    if let Some(since) = app.known.silent_since {
        let clock = when::clock(since, &app.surroundings.zone, app.preferences.clock);
        return line.say(
            &format!("✗ engine silent since {clock}"),
            Role::Signal(Signal::Trouble),
        );
    }
    if app.known.is_only_read() {
        return line.say("✗ read only", Role::Signal(Signal::Trouble));
    }
    let offline = app
        .known
        .basics
        .iter()
        .flat_map(|basics| &basics.mailboxes)
        .all(|line| {
            matches!(
                line.health,
                Health::Interrupted { .. } | Health::Failing { .. } | Health::NeedsPassword { .. }
            )
        })
        && app
            .known
            .basics
            .as_ref()
            .is_some_and(|basics| !basics.mailboxes.is_empty());
    let (mark, word, role) = if offline {
        ("◌", " offline", Role::Signal(Signal::Warning))
    } else {
        ("●", " online", Role::Signal(Signal::Good))
    };
    let line = line.say(mark, role);
    if width >= 60 {
        line.say(word, DIM)
    } else {
        line
    }
}
