//! Paragraphs that a mail program broke into short lines, put together again for a narrower pane.
//!
//! Only what is shown changes, never what is stored, and only where the breaks are plainly a machine's: a line ends
//! where the next word had no more room. Lists, tables, code, logs, addresses, poems, quotes and scripts without
//! spaces stay line by line as they were written.

use std::borrow::Cow;

use crate::domain::clean::cells;

/// Mail programs break somewhere in here; who breaks earlier means it.
const BROKEN_AT: std::ops::RangeInclusive<usize> = 45..=80;

/// Lines to show for a stretch of a mail's text in a pane of so many cells. Where every line has room, each stays.
pub fn lines(text: &str, width: usize) -> Vec<Cow<'_, str>> {
    let lines: Vec<&str> = text.split('\n').map(str::trim_end).collect();
    let longest = longest(lines.iter().copied().filter(|line| is_prose(line)));
    let mut shown = Vec::with_capacity(lines.len());
    if longest <= width {
        shown.extend(lines.into_iter().map(Cow::Borrowed));
        return shown;
    }
    for (index, paragraph) in lines.split(|line| line.is_empty()).enumerate() {
        if index > 0 {
            shown.push(Cow::Borrowed(""));
        }
        let Some((before, broken, after)) = broken(paragraph, longest) else {
            shown.extend(paragraph.iter().copied().map(Cow::Borrowed));
            continue;
        };
        shown.extend(before.iter().copied().map(Cow::Borrowed));
        shown.push(Cow::Owned(broken.join(" ")));
        shown.extend(after.iter().copied().map(Cow::Borrowed));
    }
    shown
}

fn longest<'a>(lines: impl Iterator<Item = &'a str>) -> usize {
    lines
        .map(cells)
        .filter(|cells| BROKEN_AT.contains(cells))
        .max()
        .unwrap_or(0)
}

/// A greeting, the lines that belong together, and the short lines of a farewell.
type Parted<'a, 'b> = (&'b [&'a str], &'b [&'a str], &'b [&'a str]);

fn broken<'a, 'b>(paragraph: &'b [&'a str], longest_of_all: usize) -> Option<Parted<'a, 'b>> {
    let is_full = |line: &&str| BROKEN_AT.contains(&cells(line));
    let greeting = paragraph
        .first()
        .is_some_and(|line| line.ends_with([',', '!', ':']) && cells(line) < *BROKEN_AT.start());
    let (before, rest) = paragraph.split_at(usize::from(greeting));
    let full = rest.iter().take_while(|line| is_full(line)).count();
    let (broken, after) = rest.split_at((full + 1).min(rest.len()));
    let reads_on = broken.len() > 1
        && broken.iter().all(|line| is_prose(line))
        && broken
            .last()
            .is_some_and(|line| cells(line) <= *BROKEN_AT.end())
        && after.iter().all(|line| cells(line) < *BROKEN_AT.start())
        && !are_entries(broken);
    // Two lines alone prove little; the longest of the whole text shows where its lines end.
    let edge = if broken.len() > 2 {
        longest(broken.iter().copied())
    } else {
        longest_of_all
    };
    let had_no_room = broken.windows(2).all(|pair| {
        let [line, next] = pair else { return false };
        let word = next.split(' ').next().unwrap_or_default();
        cells(line) + 1 + cells(word) > edge
    });
    (reads_on && had_no_room).then_some((before, broken, after))
}

/// Whether a line could stand in the middle of a sentence.
fn is_prose(line: &str) -> bool {
    let first_word = line.split(' ').next().unwrap_or_default();
    let is_item = matches!(
        first_word,
        "-" | "*" | "+" | "•" | "–" | "—" | "·" | "‣" | "▪" | "o" | "$" | "#"
    ) || first_word
        .strip_suffix(['.', ')', ':'])
        .is_some_and(|mark| {
            !mark.is_empty() && mark.len() < 4 && mark.bytes().all(|byte| byte.is_ascii_digit())
        });
    let is_marked = line.starts_with([
        ' ', '\u{a0}', '>', '|', '<', '[', '{', '}', '/', '#', '@', '\\', '`', '~', '=',
    ]) || is_dated(first_word);
    let is_code = line.ends_with([';', '{', '}', '\\', '|', '=', '-']) || line.contains('`');
    !(line.is_empty()
        || is_item
        || is_marked
        || is_code
        || has_columns(line)
        || line.chars().any(is_unspaced))
}

/// "2026-11-20" or "14:03:11" begins a line of a log.
fn is_dated(word: &str) -> bool {
    word.len() >= 5
        && word.starts_with(|c: char| c.is_ascii_digit())
        && word.contains(['-', ':', '/'])
}

/// Gaps inside a line, but for the two spaces that some put behind a sentence.
fn has_columns(line: &str) -> bool {
    line.match_indices("  ").any(|(at, _)| {
        !line
            .get(..at)
            .is_some_and(|before| before.ends_with(['.', '!', '?', ':', '…', '"', ')']))
    })
}

/// Two lines and more of "Name: value".
fn are_entries(lines: &[&str]) -> bool {
    let is_entry = |line: &&&str| {
        line.split(' ')
            .next()
            .is_some_and(|word| word.ends_with(':') && word.chars().count() > 1)
    };
    lines.iter().filter(is_entry).count() > 1
}

/// Scripts that are written without spaces, where joining would put one into the middle of a word.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1100..=0x11ff | 0x1780..=0x17ff | 0x2e80..=0x9fff
        | 0xac00..=0xd7af | 0xf900..=0xfaff | 0xff00..=0xffef | 0x2_0000..=0x3_ffff)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::lines;

    const NARROW: usize = 40;

    fn assert_stays(what: &str, text: &str) {
        assert_eq!(lines(text, NARROW).join("\n"), text, "{what}");
    }

    #[test]
    fn what_a_mail_program_broke_reads_as_one_paragraph() {
        let table = [
            (
                "a paragraph",
                "Since this morning I get a session expired message whenever I try\n\
                 to open the second page of the report, although I have signed in\n\
                 again twice.",
                vec![
                    "Since this morning I get a session expired message whenever I try to open the second page of \
                     the report, although I have signed in again twice.",
                ],
            ),
            (
                "a greeting and a farewell without empty lines",
                "Hello Anna,\n\
                 since this morning I get a session expired message whenever I try\n\
                 to open the second page of the report, although I have signed in\n\
                 again twice.\n\
                 Thanks,\n\
                 Olena",
                vec![
                    "Hello Anna,",
                    "since this morning I get a session expired message whenever I try to open the second page of \
                     the report, although I have signed in again twice.",
                    "Thanks,",
                    "Olena",
                ],
            ),
            (
                "two paragraphs, the second of two lines, in Ukrainian",
                "Після оновлення програма більше не запускається, а на екрані з'являється\n\
                 повідомлення про помилку, якого я раніше ніколи не бачила у цій програмі.\n\
                 Що робити?\n\
                 \n\
                 Комп'ютер я вже перезавантажувала двічі, але це, на жаль, нічого не\n\
                 змінило.",
                vec![
                    "Після оновлення програма більше не запускається, а на екрані з'являється повідомлення про \
                     помилку, якого я раніше ніколи не бачила у цій програмі. Що робити?",
                    "",
                    "Комп'ютер я вже перезавантажувала двічі, але це, на жаль, нічого не змінило.",
                ],
            ),
        ];
        for (what, text, expected) in table {
            assert_eq!(lines(text, NARROW), expected, "{what}");
        }
    }

    #[test]
    fn what_people_broke_themselves_stays() {
        let table = [
            (
                "a list",
                "- the first thing that has to be done before we can begin\n- the second thing, which is a little longer than the first",
            ),
            (
                "a numbered list",
                "1. the first thing that has to be done before we can begin it\n2. the second thing, which is a little longer than the first",
            ),
            (
                "an address",
                "Olena Kovalenko\nHead of Accounting and Controlling, Example GmbH\nKhreshchatyk 1\n01001 Kyiv",
            ),
            (
                "a poem",
                "Tell me, O muse, of that ingenious hero who travelled\nfar and wide after he had sacked\nthe famous town of Troy, and many cities did he visit,\nmany were the nations with whose manners he was acquainted",
            ),
            (
                "sentences on lines of their own",
                "We have moved to a new office near the river last week.\nPlease send your letters there.\nThe telephone number stays what it was for many years.",
            ),
            (
                "code",
                "let answer = question.iter().map(think).collect::<Vec<_>>();\nlet reason = answer.iter().find(|one| one.is_right());",
            ),
            (
                "indented code",
                "    if the_first_condition_holds and the_second_one_too:\n        do_what_is_to_be_done_in_that_case_and_return()",
            ),
            (
                "a quote",
                "> Since this morning I get a session expired message whenever I\n> try to open the second page of the report",
            ),
            (
                "a table",
                "Invoice    Date          Amount       Paid by whom and when\n2231       2026-11-02    120.00 EUR   not yet, to be paid soon",
            ),
            (
                "a log",
                "2026-11-20 14:03:11 ERROR the session has expired for user 12\n2026-11-20 14:03:12 ERROR the session has expired for user 13",
            ),
            (
                "entries",
                "Subject: Your invoice 2231 of the second of November 2026\nAddressee: Olena Kovalenko, Accounting and Controlling",
            ),
            (
                "Chinese",
                "您好，自從更新後我無法登入系統，每次輸入密碼都會顯示工作階段\n已過期的訊息，請問應該如何處理這個問題？謝謝您的協助。",
            ),
            (
                "Thai",
                "สวัสดีครับ ตั้งแต่อัปเดตเมื่อเช้านี้ผมไม่สามารถเข้าสู่ระบบได้เลยครับผมรบกวน\nช่วยตรวจสอบด้วยครับ",
            ),
            (
                "one long line",
                "Since this morning I get a session expired message whenever I try to open the second page of the report",
            ),
            (
                "a rule below words",
                "What we have agreed upon in the meeting of last Monday\n------------------------------------------------------",
            ),
        ];
        for (what, text) in table {
            assert_stays(what, text);
        }
    }

    #[test]
    fn a_pane_with_room_shows_the_lines_as_they_came() {
        let text = "Since this morning I get a session expired message whenever I try\n\
                    to open the second page of the report, although I have signed in\n\
                    again twice.";
        assert_eq!(lines(text, 80).join("\n"), text);
    }
}
