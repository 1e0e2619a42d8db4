//! What may come into the text: everything a person can read, and nothing a terminal obeys.

use crate::domain::clean::Clean;

/// Pasted, edited or loaded text as the composer takes it: `\r\n` and `\r` are `\n`, tabs are four spaces, escape
/// sequences and other controls are gone, and what is left is safe to draw.
pub fn readable(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut characters = raw.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' => {
                characters.next_if_eq(&'\n');
                text.push('\n');
            }
            '\n' => text.push('\n'),
            '\t' => text.push_str("    "),
            '\u{1b}' => skip_sequence(&mut characters),
            '\u{9b}' => skip_csi(&mut characters),
            c if c.is_control() => {}
            c => text.push(c),
        }
    }
    Clean::text(&text).into_string()
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// The rest of a sequence that begins with ESC (ECMA-48 §5.3, §5.4, §8.3.89).
fn skip_sequence(characters: &mut Characters<'_>) {
    if characters.next_if_eq(&'[').is_some() {
        skip_csi(characters);
    } else if characters.next_if_eq(&']').is_some() {
        // An operating system command ends with BEL or with ESC \; a line's end is the end at the latest.
        while let Some(c) = characters.next_if(|c| *c != '\n') {
            if c == '\u{7}' {
                return;
            }
            if c == '\u{1b}' {
                characters.next_if_eq(&'\\');
                return;
            }
        }
    }
}

/// Parameters, intermediates and the final byte of a control sequence.
fn skip_csi(characters: &mut Characters<'_>) {
    while characters
        .next_if(|c| ('\u{20}'..='\u{3f}').contains(c))
        .is_some()
    {}
    characters.next_if(|c| ('\u{40}'..='\u{7e}').contains(c));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_does_not_come_in() {
        let cases = [
            ("plain", "plain"),
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]52;c;AAAA\u{1b}\\text", "text"),
            ("\u{1b}]0;no end\nnext line", "\nnext line"),
            ("\u{9b}2Jx\u{0}\u{8}y", "xy"),
            ("\tcell", "    cell"),
            ("Привіт 👨‍👩‍👧‍👦", "Привіт 👨‍👩‍👧‍👦"),
        ];
        for (raw, expected) in cases {
            assert_eq!(readable(raw), expected, "{raw:?}");
        }
    }
}
