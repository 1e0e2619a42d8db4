//! The readable text of a mail: which parts make it, flowed lines joined, everything bounded.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::html;
use super::limits::Limits;
use crate::domain::headers::parsed::ParseNote;

/// What was read, and where it came from.
pub(super) struct Readable {
    pub(super) text: String,
    pub(super) from_html: bool,
    pub(super) notes: Vec<ParseNote>,
}

/// The text of one mail, without the mails in it: text/plain if it says anything, else its HTML.
pub(super) fn read(message: &Message<'_>, limits: &Limits, simply: bool) -> Readable {
    let mut readable = Readable {
        text: plain(message, limits),
        from_html: false,
        notes: Vec::new(),
    };
    if let Some(source) = html_source(message)
        && says_nothing(&readable.text, source)
    {
        let rendered = html::to_text(source, limits.html_width, limits, simply);
        if rendered.simplified {
            readable.notes.push(ParseNote::HtmlSimplified);
        }
        readable.text = rendered.text;
        readable.from_html = true;
    }
    if readable.text.contains('\u{fffd}') {
        readable.notes.push(ParseNote::CharsetReplaced);
    }
    readable
}

/// Whether the plain text is empty, or only sends its reader to the HTML.
fn says_nothing(plain: &str, html: &str) -> bool {
    let plain = plain.trim();
    plain.is_empty()
        || (plain.len() < 300
            && html.len() > plain.len() * 4
            && plain.to_ascii_lowercase().contains("html"))
}

/// The first HTML part that is not an attachment.
pub(super) fn html_source<'a>(message: &'a Message<'_>) -> Option<&'a str> {
    message
        .html_body
        .iter()
        .chain(&message.text_body)
        .filter_map(|id| message.part(*id))
        .find_map(|part| match &part.body {
            PartType::Html(source) => Some(source.as_ref()),
            _ => None,
        })
}

fn plain(message: &Message<'_>, limits: &Limits) -> String {
    let mut text = String::new();
    for part in message.text_body.iter().filter_map(|id| message.part(*id)) {
        let PartType::Text(source) = &part.body else {
            continue;
        };
        if text.len() > limits.text_bytes {
            break;
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&plain_part(part, source));
    }
    text
}

fn plain_part(part: &MessagePart<'_>, source: &str) -> String {
    let unix = unix_lines(source);
    let parameter = |name: &str| part.content_type().and_then(|kind| kind.attribute(name));
    if parameter("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")) {
        let delete_space = parameter("delsp").is_some_and(|yes| yes.eq_ignore_ascii_case("yes"));
        unflow(&unix, delete_space)
    } else {
        unix
    }
}

pub(super) fn unix_lines(source: &str) -> String {
    if source.contains('\r') {
        source.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        source.to_owned()
    }
}

/// Joins the lines that a mail program broke softly (RFC 3676 §4).
fn unflow(text: &str, delete_space: bool) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let line = line.trim_end_matches('\n');
        let unquoted = line.trim_start_matches('>');
        let depth = line.len() - unquoted.len();
        let content = unquoted.strip_prefix(' ').unwrap_or(unquoted);
        let is_signature = content == "-- ";
        if open.is_some_and(|open_depth| open_depth != depth || is_signature) {
            whole.push('\n');
            open = None;
        }
        if open.is_none() && depth > 0 {
            whole.extend(std::iter::repeat_n('>', depth));
            whole.push(' ');
        }
        let flows = content.ends_with(' ') && !is_signature;
        let kept = if flows && delete_space {
            content.strip_suffix(' ').unwrap_or(content)
        } else {
            content
        };
        whole.push_str(kept);
        if flows {
            open = Some(depth);
        } else {
            whole.push('\n');
            open = None;
        }
    }
    if open.is_some() {
        whole.push('\n');
    }
    whole
}

/// At most this many bytes of a text, cut between characters, NULs replaced; and whether something was cut off.
pub(super) fn bounded(text: &str, most: usize) -> (String, bool) {
    let end = text.floor_char_boundary(most.min(text.len()));
    let kept = text.get(..end).unwrap_or_default();
    let safe = if kept.contains('\0') {
        kept.replace('\0', "\u{fffd}")
    } else {
        kept.to_owned()
    };
    (safe, end < text.len())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn softly_broken_lines_are_joined() {
        let table = [
            ("one \ntwo\nthree\n", false, "one two\nthree\n"),
            ("> one \n> two\nthree\n", false, "> one two\nthree\n"),
            (
                "> one \n>> two \nthree\n",
                false,
                "> one \n>> two \nthree\n",
            ),
            ("hello \n-- \nAnn\n", false, "hello \n-- \nAnn\n"),
            (" >not a quote\n", false, ">not a quote\n"),
            ("漢 \n字\n", true, "漢字\n"),
            ("open end ", false, "open end \n"),
        ];
        for (flowed, delete_space, expected) in table {
            assert_eq!(unflow(flowed, delete_space), expected, "{flowed:?}");
        }
    }

    #[test]
    fn a_cut_is_between_characters() {
        assert_eq!(bounded("їжак", 3), ("ї".to_owned(), true));
        assert_eq!(bounded("a\0b", 9), ("a\u{fffd}b".to_owned(), false));
    }
}
