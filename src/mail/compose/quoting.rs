//! What stands below an answer: the mail it answers, or the one it forwards.

use crate::domain::headers::address::Address;

/// The line above a quote: `On 2026-11-20 10:00, Ann Lee wrote:`. The moment is already in the reader's zone.
pub fn attribution(moment: &str, author: &Address) -> String {
    let name: String = author
        .shown()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("On {moment}, {} wrote:", name.trim())
}

/// The text marked with `>` below its attribution. What was quoted before is one level deeper.
pub fn quote_for_reply(text: &str, attribution: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + text.len() / 20 + attribution.len() + 2);
    quoted.push_str(attribution);
    quoted.push('\n');
    for line in text.trim_matches('\n').lines() {
        quoted.push('>');
        let line = line.trim_end_matches('\r');
        if !line.is_empty() && !line.starts_with('>') {
            quoted.push(' ');
        }
        quoted.push_str(line);
        quoted.push('\n');
    }
    quoted
}

/// A forwarded mail below the headers that people look for.
pub fn forward_block(
    from: &[Address],
    to: &[Address],
    moment: &str,
    subject: &str,
    text: &str,
) -> String {
    let list = |addresses: &[Address]| {
        addresses
            .iter()
            .map(|address| flat(&address.to_string()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    format!(
        "---------- Forwarded message ---------\nFrom: {}\nDate: {}\nSubject: {}\nTo: {}\n\n{}\n",
        list(from),
        flat(moment),
        flat(subject),
        list(to),
        text.trim_matches('\n'),
    )
}

fn flat(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::quote::{BlockKind, blocks};

    #[test]
    fn what_we_quote_is_recognised_as_a_quote() {
        let ann = Address::new("Ann Lee", "ann@example.test");
        let quoted = quote_for_reply("first\n\n> older\n", &attribution("2026-11-20 10:00", &ann));
        assert_eq!(
            quoted,
            "On 2026-11-20 10:00, Ann Lee wrote:\n> first\n>\n>> older\n"
        );
        let kinds: Vec<BlockKind> = blocks(&format!("Thanks!\n\n{quoted}"))
            .iter()
            .map(|block| block.kind)
            .collect();
        assert_eq!(kinds, [BlockKind::Text, BlockKind::Quote]);
    }

    #[test]
    fn what_we_forward_is_recognised_as_forwarded() {
        let ann = Address::new("Lee, Ann", "ann@example.test");
        let block = forward_block(&[ann], &[], "2026-11-20 10:00", "Hi\r\nthere", "words\n");
        assert!(
            block.contains("From: \"Lee, Ann\" <ann@example.test>\n"),
            "{block}"
        );
        assert!(block.contains("Subject: Hi there\n"), "{block}");
        let kinds: Vec<BlockKind> = blocks(&block).iter().map(|block| block.kind).collect();
        assert_eq!(kinds, [BlockKind::ForwardedHeader, BlockKind::Text]);
    }
}
