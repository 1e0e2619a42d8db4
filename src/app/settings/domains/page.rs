//! The page of a domain: each of the four checks with what is there, what it should be, and what is wrong.

use super::{DomainKey, empty, mark};
use crate::app::App;
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::app::when;
use crate::bridge::DomainLine;
use crate::domain::clean::Clean;
use crate::domain::sender_domain::{Check, Gravity, Record};
use crate::domain::theme::{Role, Signal};

const INDENT: &str = "  ";
/// Cells before the name of a record.
const LABELS: usize = 10;

pub fn lines(app: &App, line: &DomainLine) -> Vec<Line> {
    let comma = Clean::from_static(", ");
    let mut lines = vec![
        Line::new().clean(line.domain.clone(), STRONG),
        Line::words("used by ", DIM).clean(Clean::join(&line.addresses, &comma), DIM),
    ];
    if let Some(provider) = &line.kept_by {
        lines.push(Line::new());
        lines.push(
            Line::words("✔ ", Role::Signal(Signal::Good))
                .say(&format!("kept by {provider}: nothing to do"), TEXT),
        );
        return lines;
    }
    lines.push(standing(app, line));
    lines.extend(empty(line));
    if !line.checks.is_empty() {
        lines.push(Line::words(
            "c verifies again, y copies a record, K types selectors",
            DIM,
        ));
    }
    for check in &line.checks {
        lines.push(Line::new());
        lines.extend(one(check));
    }
    lines.push(Line::new());
    lines.push(selectors(line));
    lines
}

fn standing(app: &App, line: &DomainLine) -> Line {
    if app.known.domains.is_asking(DomainKey::of(&line.domain)) {
        return Line::words("… asking the name servers", Role::Signal(Signal::Busy));
    }
    let (mark, signal) = mark(line.status);
    let mut words = line.status.word().to_owned();
    if let Some(at) = line.checked_at {
        let zone = &app.surroundings.zone;
        let at = when::exact(at, app.now, zone, app.preferences.clock);
        words.push_str(&format!(" · last verified {at}"));
    }
    Line::words(mark, Role::Signal(signal)).say(&format!(" {words}"), TEXT)
}

fn selectors(line: &DomainLine) -> Line {
    if line.selectors.is_empty() {
        return Line::words(
            "DKIM selectors are found in mail of yours; K types more.",
            DIM,
        );
    }
    let space = Clean::from_static(" ");
    Line::words("Typed selectors: ", DIM).clean(Clean::join(&line.selectors, &space), TEXT)
}

fn one(check: &Check) -> Vec<Line> {
    let (sign, signal) = mark(check.status);
    let mut lines = vec![
        Line::words(sign, Role::Signal(signal))
            .say(&format!(" {:<6}", check.kind.word()), STRONG)
            .say(check.status.word(), Role::Signal(signal)),
    ];
    for remark in &check.remarks {
        let (sign, role) = match remark.gravity {
            Gravity::Wrong => ("✗", Role::Signal(Signal::Trouble)),
            Gravity::Unknown => ("…", Role::Signal(Signal::Busy)),
            Gravity::Advice => ("·", DIM),
        };
        lines
            .push(Line::words(&format!("{INDENT}{sign} "), role).clean(remark.words.clone(), TEXT));
    }
    for record in &check.found {
        lines.extend(shown("is", record, TEXT));
    }
    for record in &check.proposed {
        lines.extend(shown("should be", record, Role::Signal(Signal::Good)));
        if record.needs_parts() {
            let words =
                "longer than 255 characters: enter it in parts, as your DNS provider does it";
            lines.push(Line::words(&" ".repeat(LABELS + 2), TEXT).say(words, DIM));
        }
    }
    lines
}

/// The name, and below it the value, which may take several rows.
fn shown(label: &str, record: &Record, role: Role) -> Vec<Line> {
    vec![
        Line::words(&format!("{INDENT}{label:<LABELS$}"), DIM)
            .say(&format!("{} {}", record.name, record.kind), DIM),
        Line::words(&" ".repeat(LABELS + 2), TEXT).clean(record.value.clone(), role),
    ]
}
