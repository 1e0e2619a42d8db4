//! Our own Markdown as it reads without its marks.
//!
//! Only for showing: what is stored and sent keeps every character. A mark goes only where it has a partner in the
//! same line and both stand at the edges of words, so that `2 * 3`, `snake_case` and addresses stay what they are.

/// The text without the marks of bold, italic and code; a link is its words with the address behind. Quoted lines
/// and fenced code stay as they are.
pub fn without_marks(markdown: &str) -> String {
    let mut fenced = false;
    let lines: Vec<String> = markdown
        .split('\n')
        .map(|line| {
            let is_fence = line.trim_start().starts_with("```");
            fenced ^= is_fence;
            if fenced || is_fence || line.starts_with('>') || line.starts_with("    ") {
                return line.to_owned();
            }
            let mut shown = String::with_capacity(line.len());
            unmark(line, &mut shown);
            shown
        })
        .collect();
    lines.join("\n")
}

fn unmark(text: &str, shown: &mut String) {
    let mut rest = text;
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '*' | '_' | '`' if !before.is_some_and(char::is_alphanumeric) => paired(rest, c, shown),
            '[' if before != Some('!') => link(rest, shown),
            '\\' => escaped(rest, shown),
            'h' | 'm' => address(rest, shown),
            _ => None,
        };
        let taken = taken.unwrap_or_else(|| {
            // A run of marks without a partner stays whole.
            let run = if matches!(c, '*' | '_' | '`') {
                run_of(rest, c)
            } else {
                c.len_utf8()
            };
            shown.push_str(rest.get(..run).unwrap_or_default());
            run
        });
        let (done, next) = rest.split_at(taken.min(rest.len()));
        before = done.chars().next_back();
        rest = next;
    }
}

/// Bytes of the run of one mark at the beginning.
fn run_of(text: &str, mark: char) -> usize {
    text.len() - text.trim_start_matches(mark).len()
}

/// Words between two equal runs of a mark. Gives how many bytes they take with their marks.
fn paired(text: &str, mark: char, shown: &mut String) -> Option<usize> {
    let run = run_of(text, mark);
    let inside = text.get(run..)?;
    if run > 3 || inside.starts_with(char::is_whitespace) {
        return None;
    }
    let mut from = 0;
    while let Some(found) = inside.get(from..)?.find(mark) {
        let at = from + found;
        let length = run_of(inside.get(at..)?, mark);
        let (words, after) = (inside.get(..at)?, inside.get(at + length..)?);
        let closes = length == run
            && !words.is_empty()
            && !words.ends_with(char::is_whitespace)
            && !after.starts_with(char::is_alphanumeric);
        if closes {
            if mark == '`' {
                shown.push_str(words);
            } else {
                unmark(words, shown);
            }
            return Some(run + at + length);
        }
        from = at + length;
    }
    None
}

/// `[words](address)`.
fn link(text: &str, shown: &mut String) -> Option<usize> {
    let (words, tail) = text.get(1..)?.split_once("](")?;
    let (target, _) = tail.split_once(')')?;
    let is_link =
        is_address(target) && !target.contains(char::is_whitespace) && !words.contains('[');
    if !is_link || words.is_empty() {
        return None;
    }
    if words == target {
        shown.push_str(target);
    } else {
        unmark(words, shown);
        shown.push_str(&format!(" ({target})"));
    }
    Some(1 + words.len() + 2 + target.len() + 1)
}

fn escaped(text: &str, shown: &mut String) -> Option<usize> {
    let mark = text
        .chars()
        .nth(1)
        .filter(|c| matches!(c, '*' | '_' | '`' | '[' | ']'))?;
    shown.push(mark);
    Some(2)
}

/// An address keeps every character up to its end.
fn address(text: &str, shown: &mut String) -> Option<usize> {
    if !is_address(text) {
        return None;
    }
    let end = text
        .find(|c: char| c.is_whitespace() || c == '>')
        .unwrap_or(text.len());
    shown.push_str(text.get(..end)?);
    Some(end)
}

fn is_address(text: &str) -> bool {
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::without_marks;

    #[test]
    fn marks_go_where_they_mark_something() {
        let table = [
            ("**Acme Support**", "Acme Support"),
            ("Unplug *it*, please.", "Unplug it, please."),
            ("_really_ ***very*** __sure__", "really very sure"),
            ("**bold with *italic* inside**", "bold with italic inside"),
            ("run `rm *x*` now", "run rm *x* now"),
            ("(**yes**)", "(yes)"),
            ("**Дуже** важливо", "Дуже важливо"),
            (
                "[the guide](https://a.test/x)",
                "the guide (https://a.test/x)",
            ),
            ("[https://a.test](https://a.test)", "https://a.test"),
            ("\\*not italic\\*", "*not italic*"),
            ("one **two\nthree** four", "one **two\nthree** four"),
        ];
        for (markdown, expected) in table {
            assert_eq!(without_marks(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_stays() {
        for text in [
            "2 * 3 * 4 and 2*3*4",
            "snake_case_name and *.rs or *.txt",
            "* an item\n* another",
            "> **quoted** by us",
            "```\n**code**\n```",
            "    **code**",
            "https://a.test/_x_/*y*",
            "[not a link](nowhere)",
            "[x](javascript:alert)",
            "****",
            "**",
            "_ _",
            "C:\\new",
            "",
        ] {
            assert_eq!(without_marks(text), text);
        }
    }
}
