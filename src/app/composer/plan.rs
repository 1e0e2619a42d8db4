//! Where the parts of the composer are within its area: title, header, text, files, signature, warnings.

use super::header::Focus;
use super::{Composer, shown, signature_text};
use crate::app::App;
use crate::app::layout::Area;
use crate::app::text::wrap;
use crate::domain::clean::Clean;

/// The text keeps at least so many rows before anything else gets more than one.
const ROOMY_TEXT: u16 = 5;
/// From this height on there is room for a row that is mostly empty.
const ROOMY_COMPOSER: u16 = 12;
/// The rows of a signature that are seen.
const SIGNATURE_ROWS: u16 = 3;

/// A row of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderRow {
    /// All of it in one line.
    Folded,
    From,
    Line(Focus),
    /// What is wrong with the line above.
    Fault(Clean),
}

#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub title: Area,
    pub header: Vec<(HeaderRow, Area)>,
    pub text: Area,
    pub files: Area,
    /// The rule and the signature below it.
    pub signature: Area,
    pub warnings: Area,
    /// The warnings, wrapped, and whether a line is the first of its warning.
    pub warning_lines: Vec<(Clean, bool)>,
}

impl Plan {
    /// The line of the header at a cell.
    pub fn place_at(&self, x: u16, y: u16) -> Option<Focus> {
        let (row, _) = self.header.iter().find(|(_, area)| area.contains(x, y))?;
        match row {
            HeaderRow::Line(place) => Some(*place),
            HeaderRow::Folded | HeaderRow::From => Some(Focus::To),
            HeaderRow::Fault(_) => None,
        }
    }

    /// The row of a line of the header.
    pub fn row_of(&self, place: Focus) -> Option<Area> {
        self.header
            .iter()
            .find(|(row, _)| *row == HeaderRow::Line(place))
            .map(|(_, area)| *area)
    }
}

/// The composer's parts as they are on the screen now.
pub fn of(app: &App) -> Option<Plan> {
    let composer = shown(app)?;
    let area = app.screen().composer?;
    Some(divide(app, composer, area))
}

fn divide(app: &App, composer: &Composer, area: Area) -> Plan {
    let (title, mut rest) = area.split_top(1);
    let mut plan = Plan {
        title,
        ..Plan::default()
    };
    for row in header_rows(composer, area.height) {
        let (at, below) = rest.split_top(1);
        if below.height == 0 {
            break;
        }
        plan.header.push((row, at));
        rest = below;
    }
    if rest.height > ROOMY_TEXT + 3 {
        rest = rest.split_top(1).1;
    }
    let width = usize::from(area.width.saturating_sub(6));
    plan.warning_lines = composer
        .sending
        .warnings
        .iter()
        .flat_map(|warning| {
            let lines = wrap(warning, width).into_iter().enumerate();
            lines.map(|(index, line)| (line, index == 0))
        })
        .collect();
    let warnings = match plan.warning_lines.len() {
        0 => 0,
        lines => u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(1),
    };
    plan.warnings = take_bottom(&mut rest, warnings, 2);
    plan.files = take_bottom(&mut rest, u16::from(!composer.files.is_empty()), 2);
    let signature = match signature_text(app, composer) {
        text if composer.is_note() || text.is_empty() => 0,
        text => u16::try_from(text.lines().count())
            .unwrap_or(u16::MAX)
            .min(SIGNATURE_ROWS)
            .saturating_add(1),
    };
    plan.signature = take_bottom(&mut rest, signature, ROOMY_TEXT);
    let inner = rest.split_left(2).1;
    plan.text = Area {
        width: inner.width.saturating_sub(1),
        ..inner
    };
    plan
}

/// Cuts rows from the end, as far as `kept` rows stay; nothing is cut where less than two would be seen of more.
fn take_bottom(rest: &mut Area, rows: u16, kept: u16) -> Area {
    let rows = match rows.min(rest.height.saturating_sub(kept)) {
        1 if rows > 1 => 0,
        rows => rows,
    };
    let (above, below) = rest.split_top(rest.height - rows);
    *rest = above;
    below
}

fn header_rows(composer: &Composer, height: u16) -> Vec<HeaderRow> {
    if composer.is_note() || !composer.is_open() {
        return Vec::new();
    }
    if composer.focus == Focus::Body && composer.header.first_fault().is_none() {
        return vec![HeaderRow::Folded];
    }
    let mut rows = vec![HeaderRow::From];
    for place in Focus::ORDER {
        if place == Focus::Body {
            continue;
        }
        rows.push(HeaderRow::Line(place));
        let fault = composer.header.fault(place);
        // The row below the line that is typed in is always there, so that nothing jumps with each letter.
        let is_kept_free =
            place == composer.focus && place.is_address() && height >= ROOMY_COMPOSER;
        if fault.is_some() || is_kept_free {
            let words = fault.unwrap_or_default();
            rows.push(HeaderRow::Fault(Clean::line(&words)));
        }
    }
    rows
}
