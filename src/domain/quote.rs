//! Which lines of a mail are its writer's own, and which repeat an older mail or sign it.
//!
//! The answer is used to fold, never to cut: the blocks cover the whole text, in order, and a wrong guess costs
//! one key. The rules are those of the mail programs that people use, in the languages of our customers.

mod lines;
#[cfg(test)]
mod tests;

use std::ops::Range;

use lines::Line;

/// What a stretch of lines is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// The writer's own words.
    Text,
    /// Lines marked with `>`, with the line that says who wrote them, or unmarked lines below such a line.
    Quote,
    /// From `-- ` on (RFC 3676 §4.3), or "Sent from my phone".
    Signature,
    /// An older mail repeated below its headers, as Outlook does: down to the end.
    Original,
    /// The headers of a mail that is forwarded. What follows is what the writer wanted to show, so it is text.
    ForwardedHeader,
}

/// Consecutive lines of one kind. The range is in bytes of the text and ends behind the last line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    pub range: Range<usize>,
    /// How many lines it has.
    pub lines: usize,
}

impl Block {
    /// Whether it is shown as one line until somebody opens it.
    pub fn is_folded(&self) -> bool {
        matches!(
            self.kind,
            BlockKind::Quote | BlockKind::Signature | BlockKind::Original
        )
    }

    /// The lines of the block, out of the text it was made from.
    pub fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.range.clone()).unwrap_or_default()
    }
}

/// A signature longer than this is rather a text below a dividing line.
const LONGEST_SIGNATURE: usize = 40;

/// The blocks of a text with `\n` line ends. They cover it without gaps; two neighbours are never both text.
pub fn blocks(text: &str) -> Vec<Block> {
    let lines = lines::split(text);
    let mut found: Vec<Block> = Vec::new();
    let mut own_words = false;
    let mut at = 0;
    while at < lines.len() {
        let (kind, count) = classify(&lines, at, own_words);
        let count = count.max(1).min(lines.len() - at);
        own_words |= kind == BlockKind::Text && lines.get(at).is_some_and(|line| !line.is_blank());
        push(&mut found, &lines, kind, at, count);
        at += count;
    }
    found
}

/// The writer's own words, for previews: without quotes, signatures and repeated mails. Empty if all is quoted.
pub fn visible_reply(text: &str) -> String {
    let own: String = blocks(text)
        .iter()
        .filter(|block| block.kind == BlockKind::Text)
        .map(|block| block.text(text))
        .collect();
    own.trim().to_owned()
}

fn push(found: &mut Vec<Block>, lines: &[Line<'_>], kind: BlockKind, at: usize, count: usize) {
    let Some(covered) = lines.get(at..at + count) else {
        return;
    };
    let (Some(first), Some(last)) = (covered.first(), covered.last()) else {
        return;
    };
    match found.last_mut() {
        Some(block) if block.kind == kind && kind == BlockKind::Text => {
            block.range.end = last.end;
            block.lines += count;
        }
        _ => found.push(Block {
            kind,
            range: first.start..last.end,
            lines: count,
        }),
    }
}

/// What the line at `at` begins, and over how many lines it goes.
fn classify(lines: &[Line<'_>], at: usize, own_words: bool) -> (BlockKind, usize) {
    let to_the_end = lines.len() - at;
    let Some(line) = lines.get(at) else {
        return (BlockKind::Text, 1);
    };
    if line.is_blank() {
        return (BlockKind::Text, 1);
    }
    if line.is_quoted() {
        return (BlockKind::Quote, quote_length(lines, at));
    }
    if let Some(count) = lines::attribution(lines, at) {
        return match next_written(lines, at + count) {
            Some(next) if lines.get(next).is_some_and(Line::is_quoted) => {
                (BlockKind::Quote, next - at + quote_length(lines, next))
            }
            Some(_) => (BlockKind::Quote, to_the_end),
            None => (BlockKind::Text, count),
        };
    }
    if line.is_original_marker() {
        return (BlockKind::Original, to_the_end);
    }
    if line.is_forward_marker() {
        let header = next_written(lines, at + 1).unwrap_or(at + 1);
        let count = lines::header_block(lines, header).map_or(1, |count| header - at + count);
        return (BlockKind::ForwardedHeader, count);
    }
    if let Some(count) = ruled_header_block(lines, at) {
        return if own_words {
            (BlockKind::Original, to_the_end)
        } else {
            (BlockKind::ForwardedHeader, count)
        };
    }
    signature(lines, at).map_or((BlockKind::Text, 1), |count| (BlockKind::Signature, count))
}

/// Quoted lines, with blank ones between them.
fn quote_length(lines: &[Line<'_>], at: usize) -> usize {
    let mut end = at;
    let mut next = at;
    while let Some(line) = lines.get(next) {
        if line.is_quoted() {
            end = next + 1;
        } else if !line.is_blank() {
            break;
        }
        next += 1;
    }
    end - at
}

fn next_written(lines: &[Line<'_>], from: usize) -> Option<usize> {
    let rest = lines.get(from..)?;
    rest.iter()
        .position(|line| !line.is_blank())
        .map(|ahead| from + ahead)
}

/// A block of Outlook headers, with the ruled line that may stand above it.
fn ruled_header_block(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let is_rule = lines.get(at).is_some_and(Line::is_rule);
    let header = if is_rule {
        next_written(lines, at + 1)?
    } else {
        at
    };
    lines::header_block(lines, header).map(|count| header - at + count)
}

/// A signature goes to the end, or to where an older mail begins.
fn signature(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let line = lines.get(at)?;
    let by_phone = line.is_phone_signature();
    if !line.is_signature_marker() && !by_phone {
        return None;
    }
    let begins_older_mail = |index: usize| {
        lines.get(index).is_some_and(|line| {
            line.is_quoted() || line.is_original_marker() || line.is_forward_marker()
        }) || lines::attribution(lines, index).is_some()
            || ruled_header_block(lines, index).is_some()
    };
    let end = (at + 1..lines.len())
        .take(LONGEST_SIGNATURE + 1)
        .find(|index| begins_older_mail(*index))
        .unwrap_or(lines.len());
    let written = lines
        .get(at..end)?
        .iter()
        .filter(|line| !line.is_blank())
        .count();
    let longest = if by_phone { 1 } else { LONGEST_SIGNATURE };
    (written <= longest).then_some(end - at)
}
