//! The rows of the checks: a mark, what was tried, what came of it, and how long it took.

use super::{Checks, Verdict};
use crate::app::text::{DIM, Line, STRONG, TEXT, wrap};
use crate::bridge::{CheckLine, CheckState, CheckStep, Link};
use crate::domain::clean::Clean;
use crate::domain::theme::{Role, Signal};
use crate::domain::trouble::{Trouble, Whose};

/// Cells of the mark and of what was tried.
const HEAD: usize = 25;
/// Cells of the time, at the right edge.
const TIME: usize = 10;
/// A page narrower than this has each detail below what was tried.
const NARROW: usize = 56;
/// Cells before the words of a failure.
const INDENT: &str = "    ";

impl Checks {
    /// All rows for a page of this width, and the first and last of those that matter most now: the first failure, or
    /// the latest word. What an earlier failure kept from being tried takes one row for all.
    pub(super) fn all_rows(&self, width: usize) -> (Vec<Line>, (usize, usize)) {
        let mut rows = Vec::new();
        let (mut latest, mut failure) = (0, None);
        let (mut not_reached, mut not_wanted) = (Vec::new(), Vec::new());
        for step in self.steps() {
            match self.lines.iter().find(|line| line.step == step) {
                Some(line) if line.state == CheckState::Skipped && line.detail.is_empty() => {
                    not_reached.push(step);
                }
                Some(line) if line.state == CheckState::Skipped && !self.with_round_trip => {
                    not_wanted.push(step);
                }
                Some(line) => {
                    let start = rows.len();
                    rows.extend(said(line, width));
                    latest = rows.len() - 1;
                    if matches!(line.state, CheckState::Failed(_)) {
                        failure.get_or_insert((start, latest));
                    }
                }
                None if self.finished => not_reached.push(step),
                None => rows.push(row("·", word(step), DIM, DIM)),
            }
        }
        for (words, steps) in [
            ("· not reached: ", not_reached),
            ("· not tried: ", not_wanted),
        ] {
            if !steps.is_empty() {
                rows.extend(wrapped(
                    Line::words(words, DIM),
                    &listed(&steps),
                    DIM,
                    width,
                ));
            }
        }
        if let Some(trouble) = &self.trouble {
            rows.extend(fitted(troubles(trouble), width));
            latest = rows.len().saturating_sub(1);
        } else if self.finished {
            latest = rows.len().saturating_sub(1);
        }
        (rows, failure.unwrap_or((latest, latest)))
    }

    /// What came of them in a few lines, for where they do not have the page.
    pub fn rows(&self) -> Vec<Line> {
        let passed = self.count(|state| matches!(state, CheckState::Passed));
        let warned = self.count(|state| matches!(state, CheckState::Warned(_)));
        let (mark, role, words) = match self.verdict() {
            Verdict::Running => ("… ", Role::Signal(Signal::Busy), "checking"),
            Verdict::Passed => ("✔ ", Role::Signal(Signal::Good), "checked"),
            Verdict::Failed => ("✘ ", Role::Signal(Signal::Trouble), "a check failed"),
        };
        let mut summary = format!("{words}: {passed} passed");
        if warned > 0 {
            summary.push_str(&format!(", {warned} with a warning"));
        }
        let mut rows = vec![Line::words(mark, role).say(&summary, TEXT)];
        for line in &self.lines {
            match &line.state {
                CheckState::Failed(trouble) => {
                    rows.push(row("✘", word(line.step), role, STRONG));
                    rows.extend(troubles(trouble));
                }
                CheckState::Warned(words) => {
                    let warning = Role::Signal(Signal::Warning);
                    let row = row("!", word(line.step), warning, TEXT).say("  ", DIM);
                    rows.push(row.clean(Clean::line(words), warning));
                }
                _ => {}
            }
        }
        rows.extend(self.trouble.iter().flat_map(troubles));
        rows
    }

    fn count(&self, is_so: impl Fn(&CheckState) -> bool) -> usize {
        let states = self.lines.iter().map(|line| &line.state);
        states.filter(|state| is_so(state)).count()
    }
}

fn word(step: CheckStep) -> &'static str {
    match step {
        CheckStep::Incoming(Link::Name) => "incoming server",
        CheckStep::Incoming(Link::Tcp) | CheckStep::Outgoing(Link::Tcp) => "reaching it",
        CheckStep::Incoming(Link::Tls) | CheckStep::Outgoing(Link::Tls) => "its protection",
        CheckStep::Incoming(Link::Greeting) | CheckStep::Outgoing(Link::Greeting) => "its greeting",
        CheckStep::Incoming(Link::SignIn) => "signing in",
        CheckStep::Abilities => "what it can do",
        CheckStep::Folders => "folders",
        CheckStep::Outgoing(Link::Name) => "outgoing server",
        CheckStep::Outgoing(Link::SignIn) => "signing in to send",
        CheckStep::SenderAccepted => "the sender is accepted",
        CheckStep::RoundTrip => "a mail to oneself",
        CheckStep::SentCopy => "a copy in Sent",
    }
}

/// Steps in a row of words; the stations of a server that was never asked go without saying.
fn listed(steps: &[CheckStep]) -> String {
    let is_unasked = |server: fn(Link) -> CheckStep| steps.contains(&server(Link::Name));
    let goes_without = |step: &CheckStep| match step {
        CheckStep::Incoming(Link::Tcp | Link::Tls | Link::Greeting) => {
            is_unasked(CheckStep::Incoming)
        }
        CheckStep::Outgoing(Link::Tcp | Link::Tls | Link::Greeting) => {
            is_unasked(CheckStep::Outgoing)
        }
        _ => false,
    };
    let words: Vec<&str> = steps
        .iter()
        .filter(|step| !goes_without(step))
        .map(|step| word(*step))
        .collect();
    words.join(", ")
}

fn row(mark: &str, what: &str, mark_role: Role, role: Role) -> Line {
    Line::words(&format!("{mark} "), mark_role).say(what, role)
}

fn said(line: &CheckLine, width: usize) -> Vec<Line> {
    let time = match line.state {
        CheckState::Running | CheckState::Skipped => String::new(),
        _ => format!("{} ms", line.milliseconds),
    };
    let (mark, role, what_role) = match &line.state {
        CheckState::Running => ("…", Role::Signal(Signal::Busy), TEXT),
        CheckState::Passed => ("✔", Role::Signal(Signal::Good), TEXT),
        CheckState::Warned(_) => ("!", Role::Signal(Signal::Warning), TEXT),
        CheckState::Skipped => ("·", DIM, DIM),
        CheckState::Failed(_) => ("✘", Role::Signal(Signal::Trouble), STRONG),
    };
    let head = row(mark, word(line.step), role, what_role);
    let mut rows = columns(head, &line.detail, &time, width);
    match &line.state {
        CheckState::Warned(words) => {
            let start = Line::words(INDENT, TEXT);
            rows.extend(wrapped(start, words, Role::Signal(Signal::Warning), width));
        }
        CheckState::Failed(trouble) => rows.extend(fitted(troubles(trouble), width)),
        _ => {}
    }
    rows
}

/// What was tried at the left, what came of it beside it over as many rows as it takes, the time at the right edge.
fn columns(head: Line, detail: &Clean, time: &str, width: usize) -> Vec<Line> {
    if width < NARROW {
        let head = head.say("  ", DIM).say(time, DIM);
        let mut rows = vec![head];
        if !detail.is_empty() {
            rows.extend(wrapped(
                Line::words(INDENT, DIM),
                detail.as_str(),
                DIM,
                width,
            ));
        }
        return rows;
    }
    let room = width - HEAD - TIME;
    let mut parts = wrap(detail, room).into_iter();
    let first = parts.next().unwrap_or_default();
    let gap = HEAD.saturating_sub(head.cells()).max(1);
    let before_time = room.saturating_sub(first.cells());
    let mut rows = vec![
        head.say(&" ".repeat(gap), DIM)
            .clean(first, DIM)
            .say(&format!("{}{time:>TIME$}", " ".repeat(before_time)), DIM),
    ];
    rows.extend(parts.map(|part| Line::words(&" ".repeat(HEAD), DIM).clean(part, DIM)));
    rows
}

/// Words after `start` that go on below themselves.
fn wrapped(start: Line, words: &str, role: Role, width: usize) -> Vec<Line> {
    let indent = start.cells();
    let mut start = Some(start);
    let room = width.saturating_sub(indent).max(1);
    wrap(&Clean::line(words), room)
        .into_iter()
        .map(|part| {
            let before = start.take();
            before
                .unwrap_or_else(|| Line::words(&" ".repeat(indent), DIM))
                .clean(part, role)
        })
        .collect()
}

fn fitted(lines: Vec<Line>, width: usize) -> impl Iterator<Item = Line> {
    let width = u16::try_from(width).unwrap_or(u16::MAX);
    lines
        .into_iter()
        .flat_map(move |line| super::super::layout::fitted(line, width))
}

/// A failure as lines: what, in whose words, whose move, what to do.
pub fn troubles(trouble: &Trouble) -> Vec<Line> {
    let mut rows = vec![Line::words("  ", TEXT).say(&trouble.what, Role::Signal(Signal::Trouble))];
    if let Some(cause) = &trouble.cause {
        rows.push(Line::words("  ", TEXT).clean(Clean::line(cause), TEXT));
    }
    let whose = match trouble.whose {
        Whose::Operator => None,
        Whose::Server => Some("The server's administrator has to act."),
        Whose::Network => Some("The network may come back by itself."),
        Whose::Bug => Some("This is a defect in Ticketty."),
    };
    if let Some(hint) = &trouble.hint {
        rows.push(Line::words("  → ", DIM).clean(Clean::line(hint), STRONG));
    } else if let Some(whose) = whose {
        rows.push(Line::words("  → ", DIM).say(whose, DIM));
    }
    rows
}
