//! Links of HTML mail as numbered notes, so that a person sees where each one goes before opening it.

use std::collections::HashMap;

use crate::domain::clean::Clean;

const LONGEST_LINK: usize = 2000;

/// A link that runs through the lines, until other text ends it.
#[derive(Default)]
pub(super) struct OpenLink {
    pub(super) target: String,
    pub(super) text: String,
}

/// The numbered targets. One target has one number.
#[derive(Default)]
pub(super) struct Notes {
    numbers: HashMap<String, usize>,
    lines: Vec<String>,
}

impl Notes {
    /// Writes the number behind a link's text, before the space that may follow it.
    pub(super) fn mark(&mut self, text: &mut String, link: &OpenLink) {
        let shown = link.text.trim();
        let Some(target) = safe_target(&link.target) else {
            return;
        };
        if shown.is_empty() || same_place(shown, &target) {
            return;
        }
        let next = self.lines.len() + 1;
        let number = *self.numbers.entry(target.clone()).or_insert(next);
        if number == next {
            let warning = misleading(shown, &target)
                .map(|host| format!("  ⚠ the text says {host}"))
                .unwrap_or_default();
            self.lines.push(format!("[{number}] {target}{warning}"));
        }
        let end = text.trim_end().len();
        text.insert_str(end, &format!("[{number}]"));
    }

    pub(super) fn listing(&self) -> String {
        if self.lines.is_empty() {
            String::new()
        } else {
            format!("\n{}\n", self.lines.join("\n"))
        }
    }
}

/// Only what a person can open on purpose: web, mail and telephone links, cleaned.
fn safe_target(target: &str) -> Option<String> {
    let clean =
        Clean::name(target.get(..target.floor_char_boundary(LONGEST_LINK.min(target.len())))?);
    let lower = clean.as_str().to_ascii_lowercase();
    ["http://", "https://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
        .then(|| clean.into_string())
}

fn same_place(shown: &str, target: &str) -> bool {
    let bare = |text: &str| {
        let text = text.to_lowercase();
        let text = ["https://", "http://", "mailto:", "tel:"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme).map(str::to_owned))
            .unwrap_or(text);
        text.trim_end_matches('/')
            .split_whitespace()
            .collect::<String>()
    };
    // A link without encryption is told apart from the place that its text names.
    let weaker = shown.to_lowercase().starts_with("https://")
        && target.to_lowercase().starts_with("http://");
    !weaker && bare(shown) == bare(target)
}

/// The host that a link's text names when the link goes to another one.
fn misleading(shown: &str, target: &str) -> Option<String> {
    let named = host(shown.split_whitespace().next()?)?;
    let real = host(target).unwrap_or_default();
    let site = |host: &str| host.trim_start_matches("www.").to_owned();
    (site(&named) != site(&real)).then_some(named)
}

/// The host of a text that looks like an address on the web.
fn host(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let (has_scheme, rest) = match lower.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, lower.as_str()),
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let labels: Vec<&str> = host.split('.').collect();
    let last = labels.last()?;
    let looks_like_one = labels.len() >= 2
        && labels.iter().all(|label| !label.is_empty())
        && last.chars().count() >= 2
        && last
            .chars()
            .all(|c| c.is_alphabetic() || (has_scheme && c.is_ascii_digit()) || c == '-');
    let word = !lower.contains('@') || has_scheme;
    (looks_like_one && word).then(|| host.to_owned())
}
