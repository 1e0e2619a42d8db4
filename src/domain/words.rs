//! Times, durations, sizes and counts in the few words that a screen has room for.
//!
//! Lists say roughly when, in a column of at most nine characters; the thread says exactly. Civil days and hours
//! are those of the reader's time zone, so that a day with 23 or 25 hours is still one day.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

/// How hours are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HourFormat {
    #[default]
    TwentyFour,
    Twelve,
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// For lists: `now`, `3m`, `2h`, `Tue`, `14 Oct`, and with the year where it is another one: `14 Oct 25`.
pub fn age(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let seconds = now.as_second() - at.as_second();
    if (-MINUTE..DAY).contains(&seconds) {
        return match seconds {
            ..MINUTE => "now".to_owned(),
            _ => duration(seconds),
        };
    }
    let (then, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let pattern = match days_between(&then, &today) {
        1..=6 => "%a",
        _ if then.year() == today.year() => "%-d %b",
        _ => "%-d %b %y",
    };
    then.strftime(pattern).to_string()
}

/// For the thread: `today 14:01 · 3 min ago`, `yesterday 09:30`, `Tue 10 Nov 14:01`, `14 Oct 2025 14:01`.
pub fn exact(at: Timestamp, now: Timestamp, zone: &TimeZone, format: HourFormat) -> String {
    let moment = moment(at, now, zone, format);
    match now.as_second() - at.as_second() {
        0..MINUTE => format!("{moment} · just now"),
        seconds @ MINUTE..HOUR => format!("{moment} · {} min ago", seconds / MINUTE),
        seconds @ HOUR..DAY => format!("{moment} · {} h ago", seconds / HOUR),
        _ => moment,
    }
}

/// A day and an hour, past or to come: `today 14:01`, `tomorrow 09:00`, `Tue 10 Nov 09:00`.
pub fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone, format: HourFormat) -> String {
    let (then, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let day = match days_between(&then, &today) {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        -1 => "tomorrow".to_owned(),
        -180..=180 => then.strftime("%a %-d %b").to_string(),
        _ => then.strftime("%-d %b %Y").to_string(),
    };
    format!("{day} {}", hour(&then, format))
}

fn hour(at: &Zoned, format: HourFormat) -> String {
    match format {
        HourFormat::TwentyFour => at.strftime("%H:%M").to_string(),
        HourFormat::Twelve => at.strftime("%-I:%M %P").to_string(),
    }
}

/// Whole civil days from `then` to `today`, negative for the future.
fn days_between(then: &Zoned, today: &Zoned) -> i32 {
    today
        .date()
        .since(then.date())
        .map_or(0, |span| span.get_days())
}

/// A stretch of time in its largest unit, rounded down: `40s`, `12m`, `3h`, `5d`.
pub fn duration(seconds: i64) -> String {
    match seconds.max(0) {
        short @ ..MINUTE => format!("{short}s"),
        minutes @ ..HOUR => format!("{}m", minutes / MINUTE),
        hours @ ..DAY => format!("{}h", hours / HOUR),
        days => format!("{}d", days / DAY),
    }
}

/// What is left until something is due: `12m`, or `12m late`.
pub fn due(due: Timestamp, now: Timestamp) -> String {
    match due.as_second() - now.as_second() {
        left @ 1.. => duration(left),
        late => format!("{} late", duration(late.saturating_neg())),
    }
}

/// A size in decimal units: `812 B`, `212 kB`, `1.4 MB`.
pub fn bytes(size: u64) -> String {
    const UNITS: [(&str, u128); 5] = [
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("PB", 1_000_000_000_000_000),
    ];
    if size < 1_000 {
        return format!("{size} B");
    }
    // Rounded in whole numbers, so that 999 950 is not shown as 1000 kB.
    let rounded = |scale: u128| (u128::from(size) + scale / 2) / scale;
    let unit = UNITS.into_iter().find(|(_, scale)| rounded(*scale) < 1_000);
    let (name, scale) = unit.unwrap_or(("PB", 1_000_000_000_000_000));
    match rounded(scale / 10) {
        tenths @ ..100 => format!("{}.{} {name}", tenths / 10, tenths % 10),
        _ => format!("{} {name}", rounded(scale)),
    }
}

/// A number with its noun: `1 message`, `24 messages`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}

/// A number in at most four characters: `999`, `1.2k`, `48k`, `3.1M`. Rounded down, so that it never says too much.
pub fn short_count(number: u64) -> String {
    let (unit, suffix) = match number {
        0..1_000 => return number.to_string(),
        1_000..1_000_000 => (1_000, "k"),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        1_000_000_000.. => (1_000_000_000, "G"),
    };
    match number / unit {
        whole @ ..10 => format!("{whole}.{}{suffix}", number % unit * 10 / unit),
        whole => format!("{whole}{suffix}"),
    }
}

/// A count with its thousands parted: `1,204`.
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut parted = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    parted
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn kyiv() -> TimeZone {
        TimeZone::get("Europe/Kyiv").unwrap()
    }

    #[test]
    fn lists_say_when_in_one_short_word() {
        let now = at("2026-11-20T12:00:00Z");
        let table = [
            ("2026-11-20T12:00:30Z", "now"),
            ("2026-11-20T11:59:30Z", "now"),
            ("2026-11-20T11:57:00Z", "3m"),
            ("2026-11-20T10:00:00Z", "2h"),
            ("2026-11-19T12:00:01Z", "23h"),
            ("2026-11-19T11:00:00Z", "Thu"),
            ("2026-11-14T12:00:00Z", "Sat"),
            ("2026-11-13T12:00:00Z", "13 Nov"),
            ("2026-10-14T12:00:00Z", "14 Oct"),
            ("2025-10-14T12:00:00Z", "14 Oct 25"),
            ("2027-01-02T12:00:00Z", "2 Jan 27"),
        ];
        for (then, word) in table {
            assert_eq!(age(at(then), now, &kyiv()), word, "{then}");
        }
    }

    #[test]
    fn the_thread_says_when_exactly() {
        let now = at("2026-11-20T12:04:00Z");
        let table = [
            (
                "2026-11-20T12:03:50Z",
                "today 14:03 · just now",
                "today 2:03 pm · just now",
            ),
            (
                "2026-11-20T12:01:00Z",
                "today 14:01 · 3 min ago",
                "today 2:01 pm · 3 min ago",
            ),
            (
                "2026-11-19T22:30:00Z",
                "today 00:30 · 13 h ago",
                "today 12:30 am · 13 h ago",
            ),
            (
                "2026-11-19T21:30:00Z",
                "yesterday 23:30 · 14 h ago",
                "yesterday 11:30 pm · 14 h ago",
            ),
            (
                "2026-11-10T12:01:00Z",
                "Tue 10 Nov 14:01",
                "Tue 10 Nov 2:01 pm",
            ),
            (
                "2025-10-14T11:01:00Z",
                "14 Oct 2025 14:01",
                "14 Oct 2025 2:01 pm",
            ),
            ("2026-11-21T07:00:00Z", "tomorrow 09:00", "tomorrow 9:00 am"),
            (
                "2026-11-24T07:00:00Z",
                "Tue 24 Nov 09:00",
                "Tue 24 Nov 9:00 am",
            ),
        ];
        for (then, long, twelve) in table {
            assert_eq!(exact(at(then), now, &kyiv(), HourFormat::TwentyFour), long);
            assert_eq!(exact(at(then), now, &kyiv(), HourFormat::Twelve), twelve);
        }
    }

    #[test]
    fn days_of_23_and_25_hours_are_still_one_day() {
        // In Kyiv the clocks go back on 25 October 2026 and forward on 29 March 2026.
        let table = [
            (
                "2026-10-24T21:30:00Z",
                "2026-10-25T22:15:00Z",
                "yesterday 00:30",
            ),
            (
                "2026-10-25T00:30:00Z",
                "2026-10-25T12:00:00Z",
                "today 03:30 · 11 h ago",
            ),
            (
                "2026-10-25T01:30:00Z",
                "2026-10-25T12:00:00Z",
                "today 03:30 · 10 h ago",
            ),
            (
                "2026-03-28T22:30:00Z",
                "2026-03-29T20:45:00Z",
                "today 00:30 · 22 h ago",
            ),
            (
                "2026-03-28T21:30:00Z",
                "2026-03-29T21:15:00Z",
                "Sat 28 Mar 23:30 · 23 h ago",
            ),
        ];
        for (then, now, words) in table {
            let said = exact(at(then), at(now), &kyiv(), HourFormat::TwentyFour);
            assert_eq!(said, words, "{then}");
        }
    }

    #[test]
    fn clocks_sizes_and_counts_are_short() {
        let now = at("2026-11-20T12:00:00Z");
        let table = [
            ("2026-11-20T12:12:00Z", "12m"),
            ("2026-11-20T12:48:59Z", "48m"),
            ("2026-11-20T15:30:00Z", "3h"),
            ("2026-11-25T12:00:00Z", "5d"),
            ("2026-11-20T12:00:00Z", "0s late"),
            ("2026-11-20T11:18:00Z", "42m late"),
        ];
        for (then, word) in table {
            assert_eq!(due(at(then), now), word);
        }
        let sizes = [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (212_400, "212 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (1_440_000, "1.4 MB"),
            (9_960_000, "10 MB"),
            (u64::MAX, "18447 PB"),
        ];
        for (size, word) in sizes {
            assert_eq!(bytes(size), word);
        }
        let counts = [
            (7, "7"),
            (1_299, "1.2k"),
            (48_000, "48k"),
            (999_999, "999k"),
            (3_150_000, "3.1M"),
        ];
        for (number, word) in counts {
            assert_eq!(short_count(number), word);
        }
        assert_eq!(count(1, "message", "messages"), "1 message");
        assert_eq!(count(0, "message", "messages"), "0 messages");
    }
}
