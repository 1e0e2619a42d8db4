//! Subjects: what two of them have in common, which ticket one names, and what an answer's subject is.

/// Words that mail programs put before the subject of an answer or a forwarded mail, in lower case.
const PREFIXES: [&str; 45] = [
    "re",
    "fwd",
    "fw",
    "aw",
    "antw",
    "antwort",
    "wg",
    "sv",
    "vs",
    "vb",
    "vl",
    "ref",
    "res",
    "rif",
    "r",
    "rv",
    "enc",
    "tr",
    "i",
    "fs",
    "odp",
    "pd",
    "ynt",
    "ilt",
    "atb",
    "ha",
    "hl",
    "bls",
    "trs",
    "doorst",
    "απ",
    "πρθ",
    "отв",
    "ответ",
    "пересл",
    "пер",
    "на",
    "відп",
    "відповідь",
    "回复",
    "回覆",
    "答复",
    "转发",
    "轉寄",
    "答覆",
];

const LONGEST_NORMALISED: usize = 500;

/// The subject without answer and forward prefixes, list tags and ticket tokens, in lower case with single spaces:
/// two mails of one conversation have the same. Empty if nothing is left.
pub fn normalise(subject: &str) -> String {
    let flat = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower: String = flat
        .to_lowercase()
        .chars()
        .take(LONGEST_NORMALISED)
        .collect();
    let mut rest = lower.as_str();
    loop {
        let shorter = without_prefix(without_tag(rest));
        if shorter.len() == rest.len() {
            break;
        }
        rest = shorter;
    }
    rest.trim().to_owned()
}

/// The ticket that a token such as `[#1042]` names. The first one counts.
pub fn ticket_token(subject: &str) -> Option<i64> {
    subject
        .match_indices("[#")
        .find_map(|(at, opening)| {
            let rest = subject.get(at + opening.len()..)?;
            let (digits, _) = rest.split_once(']')?;
            let number_like =
                (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            number_like.then(|| digits.parse().ok()).flatten()
        })
        .filter(|number| *number > 0)
}

/// The subject of an answer: `Re: ` once, in front of what there was.
pub fn reply(subject: &str) -> String {
    format!("Re: {}", bare(subject)).trim_end().to_owned()
}

/// The subject of a forwarded mail: `Fwd: ` once, in front of what there was.
pub fn forward(subject: &str) -> String {
    format!("Fwd: {}", bare(subject)).trim_end().to_owned()
}

/// The subject on one line without its answer prefixes; tags and the writer's own words stay.
fn bare(subject: &str) -> String {
    let flat = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = flat.as_str();
    loop {
        let shorter = without_prefix(rest);
        if shorter.len() == rest.len() {
            return rest.to_owned();
        }
        rest = shorter;
    }
}

/// Takes off one `Re:`, `Re[2]:`, `AW (3):` or `回复：`.
fn without_prefix(subject: &str) -> &str {
    let trimmed = subject.trim_start();
    let Some(colon) = trimmed.find([':', '：']) else {
        return trimmed;
    };
    let (head, tail) = trimmed.split_at(colon);
    if head.chars().count() > 20 {
        return trimmed;
    }
    let word = head
        .trim_end_matches(|c: char| c.is_ascii_digit() || "[]()^* .".contains(c))
        .to_lowercase();
    if !PREFIXES.contains(&word.as_str()) {
        return trimmed;
    }
    tail.trim_start_matches([':', '：']).trim_start()
}

/// Takes off one `[list]` or `[#1042]` at the start, unless it is all there is.
fn without_tag(subject: &str) -> &str {
    let trimmed = subject.trim_start();
    let Some(rest) = trimmed.strip_prefix('[') else {
        return trimmed;
    };
    match rest.split_once(']') {
        Some((tag, after)) if tag.chars().count() <= 60 && !after.trim().is_empty() => {
            after.trim_start()
        }
        _ => trimmed,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn mails_of_one_conversation_have_one_subject() {
        let table = [
            ("Cannot log in", "cannot log in"),
            ("Re: Cannot log in", "cannot log in"),
            ("RE: re:  Fwd: AW: Cannot   log in", "cannot log in"),
            ("Re[2]: Cannot log in", "cannot log in"),
            ("SV: VS: Cannot log in", "cannot log in"),
            ("[helpdesk] Re: [#1042] Cannot log in", "cannot log in"),
            ("Відп: Пересл: Рахунок 12", "рахунок 12"),
            ("НА: Отв: Счёт", "счёт"),
            ("回复：转发: 账单", "账单"),
            ("Re: ", ""),
            ("", ""),
            ("[urgent]", "[urgent]"),
            ("Report: all is well", "report: all is well"),
            ("Re: 3:1 for us", "3:1 for us"),
            ("R: preventivo", "preventivo"),
            ("Invoice [2231] is wrong", "invoice [2231] is wrong"),
        ];
        for (subject, expected) in table {
            assert_eq!(normalise(subject), expected, "{subject:?}");
            assert_eq!(normalise(&normalise(subject)), expected, "{subject:?}");
        }
    }

    #[test]
    fn a_token_names_its_ticket() {
        let table = [
            ("Re: [#1042] Cannot log in", Some(1042)),
            ("see [# 12] and [#7]", Some(7)),
            ("#1042", None),
            ("[#]", None),
            ("[#0]", None),
            ("[#12x]", None),
            ("[#99999999999999999999]", None),
            ("[#５]", None),
        ];
        for (subject, expected) in table {
            assert_eq!(ticket_token(subject), expected, "{subject:?}");
        }
    }

    #[test]
    fn an_answer_carries_its_prefix_once() {
        assert_eq!(reply("Cannot log in"), "Re: Cannot log in");
        assert_eq!(reply("RE: AW: Cannot\r\n log in"), "Re: Cannot log in");
        assert_eq!(reply("Re: [list] Hello"), "Re: [list] Hello");
        assert_eq!(reply(""), "Re:");
        assert_eq!(forward("Re: Rechnung"), "Fwd: Rechnung");
    }
}
