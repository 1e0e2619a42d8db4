//! Addresses of the web in a text: found, numbered, shown.
//!
//! Only `http`, `https` and `mailto` count. What is shown is what is opened: the address itself stands in the text.

use crate::app::text::Line;
use crate::domain::clean::Clean;
use crate::domain::theme::{Ink, Role};

const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// Where the first address begins and ends, in bytes.
fn first(text: &str) -> Option<(usize, usize)> {
    let start = SCHEMES
        .iter()
        .filter_map(|scheme| text.find(scheme))
        .min()?;
    let rest = text.get(start..)?;
    let length = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '«' | '»' | '“' | '”'))
        .unwrap_or(rest.len());
    let address = rest.get(..length)?;
    let mut trimmed = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '…']);
    if trimmed.ends_with(')') && !trimmed.contains('(') {
        trimmed = trimmed.trim_end_matches(')');
    }
    if trimmed.ends_with(']') && !trimmed.contains('[') {
        trimmed = trimmed.trim_end_matches(']');
    }
    Some((start, start + trimmed.len()))
}

/// The text with `‹n›` behind each address; `number_of` says which number an address has.
pub fn number(text: &Clean, mut number_of: impl FnMut(&str) -> usize) -> Clean {
    if first(text.as_str()).is_none() {
        return text.clone();
    }
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((start, end)) = first(rest) {
        let (before, after) = rest.split_at(end);
        let address = before.get(start..).unwrap_or_default();
        out.push_str(before);
        if !SCHEMES.contains(&address) {
            out.push_str(&format!("‹{}›", number_of(address)));
        }
        rest = after;
    }
    out.push_str(rest);
    Clean::line(&out)
}

/// The line with its addresses marked as such.
pub fn marked(text: &Clean, role: Role) -> Line {
    let mut line = Line::new();
    let mut rest = text.as_str();
    while let Some((start, end)) = first(rest) {
        let tail = rest.get(end..).unwrap_or_default();
        let number = if tail.starts_with('‹') {
            tail.find('›').map_or(0, |at| at + '›'.len_utf8())
        } else {
            0
        };
        line = line.say(rest.get(..start).unwrap_or_default(), role).say(
            rest.get(start..end + number).unwrap_or_default(),
            Role::Ink(Ink::Link),
        );
        rest = rest.get(end + number..).unwrap_or_default();
        if end + number == 0 {
            break;
        }
    }
    line.say(rest, role)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_where_a_person_would_end_them() {
        for (text, expected) in [
            ("see https://a.example/x.", "https://a.example/x"),
            ("(http://a.example)", "http://a.example"),
            ("https://a.example/w_(x)", "https://a.example/w_(x)"),
            ("<https://a.example>", "https://a.example"),
            ("mailto:a@b.example, please", "mailto:a@b.example"),
        ] {
            let mut found = Vec::new();
            number(&Clean::line(text), |address| {
                found.push(address.to_owned());
                1
            });
            assert_eq!(found, [expected]);
        }
    }

    #[test]
    fn nothing_but_the_web_is_a_link() {
        for text in ["file:///etc/passwd", "javascript:x", "data:text/html,x"] {
            assert_eq!(number(&Clean::line(text), |_| 1).as_str(), text);
        }
    }
}
