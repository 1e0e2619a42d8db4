//! One change, whole: who, when, from where, and both values, line by line where they have several.

use crate::app::App;
use crate::app::sheet::Sheet;
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::app::when;
use crate::domain::audit::{ChangeLine, SubjectKind, WHOLE};
use crate::domain::clean::Clean;
use crate::domain::theme::{Role, Signal};

const LABELS: usize = 10;
/// Texts with more lines stand one below the other: comparing them would take too long for a key.
const MOST_LINES: usize = 600;

pub fn sheet(app: &App, line: &ChangeLine) -> Sheet {
    let at = when::exact(
        line.at,
        app.now,
        &app.surroundings.zone,
        app.preferences.clock,
    );
    let who = match &line.login {
        Some(login) if login != &line.who => Clean::line(&format!("{} ({login})", line.who)),
        _ => line.who.clone(),
    };
    let mut lines = vec![
        labelled("When", Clean::line(&at)),
        labelled("Who", who),
        labelled("From", line.from.words.clone()),
        labelled("What", line.what()),
    ];
    if line.field.as_str() != WHOLE {
        lines.push(labelled("Field", line.field.clone()));
    }
    lines.push(Line::new());
    lines.extend(values(line));
    Sheet::new(line.what(), lines)
}

fn labelled(label: &str, value: Clean) -> Line {
    Line::words(&format!("{label:<LABELS$}"), DIM).clean(value, TEXT)
}

fn values(line: &ChangeLine) -> Vec<Line> {
    match (&line.old, &line.new) {
        (None, None) if line.kind == SubjectKind::Password => vec![Line::words(
            "Passwords are never in this log, neither the old nor the new one.",
            DIM,
        )],
        (None, None) => Vec::new(),
        (Some(old), Some(new)) if has_lines(old) || has_lines(new) => compared(old, new),
        (old, new) => {
            let mut lines = Vec::new();
            if line.field.as_str() != WHOLE || old.is_some() {
                lines.extend(block("Before", old.as_ref()));
            }
            if line.field.as_str() != WHOLE || new.is_some() {
                lines.extend(block("After", new.as_ref()));
            }
            lines
        }
    }
}

fn has_lines(text: &Clean) -> bool {
    text.as_str().contains('\n')
}

fn block(label: &'static str, value: Option<&Clean>) -> Vec<Line> {
    match value {
        None => vec![Line::words(label, STRONG), Line::words("  nothing", DIM)],
        Some(text) if text.is_empty() => {
            vec![Line::words(label, STRONG), Line::words("  empty", DIM)]
        }
        Some(text) => {
            let mut lines = vec![Line::words(label, STRONG)];
            lines.extend(
                text.lines()
                    .map(|line| Line::words("  ", TEXT).clean(line, TEXT)),
            );
            lines
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    Old,
    New,
}

/// Both texts as one: what went with a minus, what came with a plus.
fn compared(old: &Clean, new: &Clean) -> Vec<Line> {
    let before: Vec<Clean> = old.lines().collect();
    let after: Vec<Clean> = new.lines().collect();
    if before.len().max(after.len()) > MOST_LINES {
        let mut lines = block("Before", Some(old));
        lines.extend(block("After", Some(new)));
        return lines;
    }
    let mut lines = vec![Line::words("Before (-) and after (+)", STRONG)];
    lines.extend(difference(&before, &after).into_iter().map(|(side, text)| {
        let (mark, role) = match side {
            Side::Both => ("  ", TEXT),
            Side::Old => ("- ", Role::Signal(Signal::Trouble)),
            Side::New => ("+ ", Role::Signal(Signal::Good)),
        };
        Line::words(mark, role).clean(text, role)
    }));
    lines
}

/// The shortest way from one text to the other, by their longest common subsequence of lines.
fn difference(before: &[Clean], after: &[Clean]) -> Vec<(Side, Clean)> {
    let columns = after.len() + 1;
    let mut common = vec![0_u32; (before.len() + 1) * columns];
    let at = |row: usize, column: usize| row * columns + column;
    let get = |common: &[u32], index: usize| common.get(index).copied().unwrap_or(0);
    for (row, old) in before.iter().enumerate().rev() {
        for (column, new) in after.iter().enumerate().rev() {
            let best = if old == new {
                get(&common, at(row + 1, column + 1)) + 1
            } else {
                get(&common, at(row + 1, column)).max(get(&common, at(row, column + 1)))
            };
            if let Some(cell) = common.get_mut(at(row, column)) {
                *cell = best;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut way = Vec::new();
    loop {
        match (before.get(row), after.get(column)) {
            (Some(old), Some(new)) if old == new => {
                way.push((Side::Both, old.clone()));
                row += 1;
                column += 1;
            }
            (Some(old), new)
                if new.is_none()
                    || get(&common, at(row + 1, column)) >= get(&common, at(row, column + 1)) =>
            {
                way.push((Side::Old, old.clone()));
                row += 1;
            }
            (_, Some(new)) => {
                way.push((Side::New, new.clone()));
                column += 1;
            }
            _ => return way,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_texts_are_shown_as_one_with_marks() {
        let table = [
            ("a\nb\nc", "a\nc", " a|-b| c"),
            ("a\nc", "a\nb\nc", " a|+b| c"),
            ("a\nb", "a\nc", " a|-b|+c"),
            ("a\nb\n\nd", "x\nb\n\ne\nd", "-a|+x| b| |+e| d"),
            ("", "a\nb", "-|+a|+b"),
        ];
        for (old, new, shown) in table {
            let lines = |text: &str| -> Vec<Clean> { text.split('\n').map(Clean::line).collect() };
            let way: Vec<String> = difference(&lines(old), &lines(new))
                .into_iter()
                .map(|(side, text)| {
                    let mark = match side {
                        Side::Both => ' ',
                        Side::Old => '-',
                        Side::New => '+',
                    };
                    format!("{mark}{text}")
                })
                .collect();
            assert_eq!(way.join("|"), shown, "{old:?} {new:?}");
        }
    }
}
