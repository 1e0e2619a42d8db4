//! HTML mail as readable lines: links as numbered notes, tables laid out, hidden parts left out, nothing loaded.
//!
//! The renderer's cost grows with the square of the nesting and with style rules times elements (37 s were measured
//! for 500 kB of nested tags), and it has panicked on odd tables. So its input is measured first, its panics are
//! caught, and what it cannot do is done without layout.

use std::panic::{AssertUnwindSafe, catch_unwind};

use html2text::config;
use html2text::render::{RichAnnotation, TaggedLine, TaggedLineElement};

use super::limits::Limits;
use super::links::{Notes, OpenLink};
use crate::domain::clean::Clean;

pub(super) struct Rendered {
    pub(super) text: String,
    /// The layout was left out.
    pub(super) simplified: bool,
}

/// Open elements within each other; ordinary newsletters stay below 100.
const DEEPEST: usize = 500;
/// Style rules times tags: the renderer tries each rule on each element.
const MOST_STYLE_WORK: usize = 400_000;
const NARROWEST: usize = 10;

/// Elements that have no end tag, or whose end tag is left out so often that it says nothing about nesting.
const UNNESTED: [&str; 26] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "li", "td", "th", "tr", "dt", "dd", "option", "tbody", "thead", "tfoot",
    "!doctype",
];

type Lines = Vec<TaggedLine<Vec<RichAnnotation>>>;

/// Lays HTML out for a width in columns; `simply` leaves the layout out from the start.
pub(super) fn to_text(html: &str, width: usize, limits: &Limits, simply: bool) -> Rendered {
    let measure = Measure::of(html, limits.html_bytes);
    let rendered = if simply || html.len() > limits.html_bytes || measure.depth > DEEPEST {
        None
    } else {
        layout(html, width.max(NARROWEST), &measure)
    };
    match rendered {
        Some(lines) => Rendered {
            text: with_notes(&lines),
            simplified: false,
        },
        None => Rendered {
            text: without_layout(html, limits),
            simplified: true,
        },
    }
}

fn layout(html: &str, width: usize, measure: &Measure) -> Option<Lines> {
    let with_styles =
        measure.styled && measure.rules.saturating_mul(measure.tags) <= MOST_STYLE_WORK;
    let attempt = |overflow: bool| {
        catch_unwind(AssertUnwindSafe(|| {
            let mut settings = config::rich();
            if with_styles {
                settings = settings.use_doc_css();
            }
            if measure.table_depth > 1 {
                // Tables within tables place the parts of a newsletter; lines around them say nothing.
                settings = settings.no_table_borders();
            }
            if overflow {
                settings = settings.allow_width_overflow();
            }
            settings.lines_from_read(html.as_bytes(), width).ok()
        }))
        .ok()
        .flatten()
    };
    attempt(false).or_else(|| attempt(true))
}

fn without_layout(html: &str, limits: &Limits) -> String {
    let end = html.floor_char_boundary(html.len().min(limits.text_bytes.saturating_mul(2)));
    let source = html.get(..end).unwrap_or_default();
    catch_unwind(AssertUnwindSafe(|| {
        mail_parser::decoders::html::html_to_text(source)
    }))
    .unwrap_or_default()
}

/// What rendering would cost, from one pass over the tags.
#[derive(Default)]
struct Measure {
    depth: usize,
    tags: usize,
    rules: usize,
    table_depth: usize,
    /// There is a style to obey at all; most letters have none.
    styled: bool,
}

impl Measure {
    fn of(html: &str, most: usize) -> Self {
        let mut measure = Self {
            styled: ["style", "STYLE", "Style"]
                .iter()
                .any(|word| html.contains(word)),
            ..Self::default()
        };
        let (mut open, mut tables) = (0_usize, 0_usize);
        let bytes = html.as_bytes();
        let bytes = bytes.get(..most.min(bytes.len())).unwrap_or_default();
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'{' => measure.rules += 1,
                b'<' => {
                    let rest = bytes.get(at + 1..).unwrap_or_default();
                    let closes = rest.first() == Some(&b'/');
                    let Some(name) = tag_name(rest.get(usize::from(closes)..).unwrap_or_default())
                    else {
                        continue;
                    };
                    measure.tags += 1;
                    if name.eq_ignore_ascii_case(b"table") {
                        tables = if closes {
                            tables.saturating_sub(1)
                        } else {
                            tables + 1
                        };
                        measure.table_depth = measure.table_depth.max(tables);
                    }
                    if UNNESTED
                        .iter()
                        .any(|unnested| name.eq_ignore_ascii_case(unnested.as_bytes()))
                    {
                        continue;
                    }
                    open = if closes {
                        open.saturating_sub(1)
                    } else {
                        open + 1
                    };
                    measure.depth = measure.depth.max(open);
                }
                _ => {}
            }
        }
        measure
    }
}

fn tag_name(rest: &[u8]) -> Option<&[u8]> {
    let end = rest
        .iter()
        .take(12)
        .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'!')
        .unwrap_or(rest.len().min(12));
    rest.get(..end).filter(|name| !name.is_empty())
}

/// The lines as text, each link followed by its number, the targets listed below.
fn with_notes(lines: &Lines) -> String {
    let mut notes = Notes::default();
    let mut text = String::new();
    let mut link: Option<OpenLink> = None;
    for line in lines {
        for element in line.iter() {
            let TaggedLineElement::Str(tagged) = element else {
                continue;
            };
            let target = tagged.tag.iter().find_map(|tag| match tag {
                RichAnnotation::Link(target) => Some(target.as_str()),
                _ => None,
            });
            if let Some(done) = link.take_if(|open| target != Some(open.target.as_str())) {
                notes.mark(&mut text, &done);
            }
            if let Some(target) = target {
                let open = link.get_or_insert_with(|| OpenLink {
                    target: target.to_owned(),
                    text: String::new(),
                });
                open.text.push_str(&tagged.s);
            }
            text.push_str(&tagged.s);
        }
        if let Some(done) = link.take_if(|open| open.text.trim().is_empty()) {
            notes.mark(&mut text, &done);
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    if let Some(done) = link.take() {
        text.truncate(text.trim_end().len());
        notes.mark(&mut text, &done);
        text.push('\n');
    }
    let mut readable = without_empty_lines(&text);
    readable.push_str(&notes.listing());
    readable
}

/// Keeps at most one empty line in a row; a line of characters that cannot be seen is empty.
fn without_empty_lines(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut empty = 1;
    for line in text.lines() {
        let blank = line.trim().is_empty()
            || (!line.is_ascii() && Clean::line(line).as_str().trim().is_empty());
        empty = if blank { empty + 1 } else { 0 };
        if empty <= 1 {
            kept.push_str(if blank { "" } else { line });
            kept.push('\n');
        }
    }
    kept.truncate(kept.trim_end().len());
    if !kept.is_empty() {
        kept.push('\n');
    }
    kept
}
