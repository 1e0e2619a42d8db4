//! Times, spans and sizes as the desk's columns want them: the words of `domain::words`, fitted.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::preferences::ClockFormat;
use crate::domain::words::{self, HourFormat};

fn hours(format: ClockFormat) -> HourFormat {
    match format {
        ClockFormat::Hours24 => HourFormat::TwentyFour,
        ClockFormat::Hours12 => HourFormat::Twelve,
    }
}

/// The age of something in a list, in at most six cells: `now`, `3m`, `2h`, `Tue`, `14 Oct`, `2024`.
pub fn age(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let age = words::age(at, now, zone);
    if age.len() > 6 {
        at.to_zoned(zone.clone()).strftime("%Y").to_string()
    } else {
        age
    }
}

/// The hour of a moment: `14:01` or `2:01 pm`.
pub fn clock(at: Timestamp, zone: &TimeZone, format: ClockFormat) -> String {
    let at = at.to_zoned(zone.clone());
    match format {
        ClockFormat::Hours24 => at.strftime("%H:%M").to_string(),
        ClockFormat::Hours12 => at.strftime("%-I:%M %P").to_string(),
    }
}

/// Day and hour: `today 14:01`, `tomorrow 09:00`, `Tue 10 Nov 09:00`.
pub fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone, format: ClockFormat) -> String {
    words::moment(at, now, zone, hours(format))
}

/// Day and hour, and how long ago: `today 14:01 · 3 min ago`.
pub fn exact(at: Timestamp, now: Timestamp, zone: &TimeZone, format: ClockFormat) -> String {
    words::exact(at, now, zone, hours(format))
}

/// How long, in a sentence: `8 s`, `12 min`, `3 h`, `2 days`.
pub fn span(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ ..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// The same for columns: `12m`, `3h`, `5d`.
pub fn short_span(seconds: i64) -> String {
    words::duration(seconds)
}

/// Bytes in one unit: `212 kB`.
pub fn size(bytes: u64) -> String {
    words::bytes(bytes)
}

/// `1 ticket`, `2 tickets`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    words::count(u64::try_from(number).unwrap_or(u64::MAX), one, many)
}
