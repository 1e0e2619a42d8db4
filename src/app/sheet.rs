//! A page of text over the desk: raw mail, headers, history, why a mail is here, help.
//!
//! Long lines are wrapped once a width; a page may have any number of lines.

use super::field::{Edited, Field};
use super::input::Key;
use super::layout::{Area, Screen};
use super::text::{Line, wrap};
use crate::domain::clean::Clean;

#[derive(Debug, Default)]
pub struct Sheet {
    pub title: Clean,
    /// `None` until the text has come.
    text: Option<Vec<Line>>,
    wrapped: Vec<Line>,
    wrapped_for: u16,
    /// How many rows of text are seen.
    rows: usize,
    top: usize,
    /// What lines must contain; being typed while `typing`.
    pub filter: Field,
    typing: bool,
    /// The page is help, and shows all places.
    pub help: Option<HelpOf>,
    /// It is read beside the thread, where there is room for both.
    is_beside: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpOf {
    ThisPlace,
    AllPlaces,
}

impl Sheet {
    /// A page whose text is still to come.
    pub fn waiting(title: Clean) -> Self {
        Self {
            title,
            ..Self::default()
        }
    }

    pub fn new(title: Clean, text: Vec<Line>) -> Self {
        Self {
            title,
            text: Some(text),
            ..Self::default()
        }
    }

    /// The same page beside the thread that it is about.
    #[must_use]
    pub fn beside(self) -> Self {
        Self {
            is_beside: true,
            ..self
        }
    }

    /// Where it lies: over the whole desk, or over what is left of the thread.
    pub fn area(&self, screen: &Screen) -> Area {
        let body = screen.body;
        let thread = screen.thread.filter(|thread| thread.x > body.x);
        match thread.filter(|_| self.is_beside) {
            Some(thread) => Area {
                width: thread.x - body.x - 1,
                ..body
            },
            None => body,
        }
    }

    pub fn fill(&mut self, text: Vec<Line>) {
        self.text = Some(text);
        self.wrapped_for = 0;
    }

    /// All of the text, for copying.
    pub fn plain(&self) -> Option<String> {
        let lines: Vec<String> = self.text.as_ref()?.iter().map(Line::plain).collect();
        Some(lines.join("\n"))
    }

    pub fn is_waiting(&self) -> bool {
        self.text.is_none()
    }

    pub fn is_typing(&self) -> bool {
        self.typing
    }

    pub fn start_filter(&mut self) {
        self.typing = true;
    }

    /// Ends typing; the filter stays if `keep`.
    pub fn end_filter(&mut self, keep: bool) {
        self.typing = false;
        if !keep {
            self.filter.set("");
            self.refilter();
        }
    }

    pub fn typed(&mut self, key: Key) {
        if self.filter.key(key) == Edited::Changed {
            self.refilter();
        }
    }

    pub fn paste(&mut self, text: &str) {
        self.filter.insert(text.trim_end());
        self.refilter();
    }

    fn refilter(&mut self) {
        self.wrapped_for = 0;
        self.top = 0;
    }

    /// Scrolls by rows.
    pub fn scroll(&mut self, by: isize) {
        self.top = self.top.saturating_add_signed(by).min(self.last_top());
    }

    pub fn page(&self) -> usize {
        self.rows.max(2) - 1
    }

    pub fn to_end(&mut self) {
        self.top = self.last_top();
    }

    pub fn to_start(&mut self) {
        self.top = 0;
    }

    fn last_top(&self) -> usize {
        self.wrapped.len().saturating_sub(self.rows)
    }

    /// The rows that are seen.
    pub fn visible(&self) -> &[Line] {
        let end = (self.top + self.rows).min(self.wrapped.len());
        self.wrapped.get(self.top..end).unwrap_or_default()
    }

    /// First row seen, rows seen, all rows.
    pub fn position(&self) -> (usize, usize, usize) {
        (self.top, self.rows, self.wrapped.len())
    }
}

/// The text's area within the page: a title and a rule stand above it.
pub fn text_area(page: Area) -> Area {
    page.split_top(2).1.inset(1)
}

/// Wraps the text for the width, where it changed.
pub fn settle(sheet: &mut Sheet, screen: &Screen) {
    let area = text_area(sheet.area(screen));
    sheet.rows = usize::from(area.height);
    if sheet.wrapped_for != area.width
        && let Some(text) = &sheet.text
    {
        let wanted = sheet.filter.text().to_lowercase();
        let matches = |line: &&Line| {
            wanted.is_empty() || line.plain().to_lowercase().contains(wanted.as_str())
        };
        let kept = text.iter().filter(matches);
        sheet.wrapped = kept.flat_map(|line| broken(line, area.width)).collect();
        sheet.wrapped_for = area.width;
    }
    sheet.top = sheet.top.min(sheet.last_top());
}

/// A line of one meaning is wrapped; a line of several is a row of columns, whose last one is wrapped under itself.
fn broken(line: &Line, width: u16) -> Vec<Line> {
    let width = usize::from(width);
    let Some((last, before)) = line.spans.split_last() else {
        return vec![Line::new()];
    };
    let used: usize = before.iter().map(|span| span.text.cells()).sum();
    if used + 12 > width || line.cells() <= width {
        return vec![line.clone()];
    }
    let mut rows = Vec::new();
    for (index, part) in wrap(&last.text, width - used).into_iter().enumerate() {
        let mut row = Line::new();
        if index == 0 {
            row.spans.extend(before.iter().cloned());
        } else {
            row = row.say(&" ".repeat(used), last.role);
        }
        rows.push(row.clean(part, last.role));
    }
    rows
}
