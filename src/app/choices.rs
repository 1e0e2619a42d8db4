//! What prompts offer: operators, tags, states, moments, views, links.

use jiff::civil::{Time, Weekday};
use jiff::{Timestamp, ToSpan, Zoned};

use super::App;
use super::acts;
use super::picker::Choice;
use super::thread::words::{priority_word, status_word};
use super::when;
use crate::domain::ticket::{Priority, Status};

/// Me, nobody, and everybody else.
pub fn operators(app: &App) -> Vec<Choice> {
    let Some(basics) = &app.known.basics else {
        return Vec::new();
    };
    let mut choices = vec![Choice::new(
        "me",
        "me",
        &format!("{} ({})", basics.me.display_name, basics.me.login),
    )];
    choices.extend(
        basics
            .operators
            .iter()
            .filter(|operator| operator.id != basics.me.id)
            .map(|operator| Choice::new(&operator.login, &operator.login, &operator.display_name)),
    );
    choices.push(Choice::new(
        "nobody",
        "nobody",
        "takes it away from whoever has it",
    ));
    choices
}

pub const STATUSES: [Status; 4] = [Status::New, Status::Open, Status::Pending, Status::Closed];
pub const PRIORITIES: [Priority; 4] = [
    Priority::Urgent,
    Priority::High,
    Priority::Normal,
    Priority::Low,
];

pub fn statuses(app: &App) -> Vec<Choice> {
    let details = [
        "nobody has acted on it yet",
        "somebody works on it",
        "waiting for the customer",
        "the matter is done",
    ];
    let current = current(app).map(|ticket| ticket.status);
    STATUSES
        .iter()
        .zip(details)
        .map(|(status, detail)| {
            let mut choice = Choice::new(status_word(*status), status_word(*status), detail);
            choice.dimmed = current == Some(*status);
            choice
        })
        .collect()
}

pub fn priorities(app: &App) -> Vec<Choice> {
    let current = current(app).map(|ticket| ticket.priority);
    PRIORITIES
        .iter()
        .map(|priority| {
            let is_now = current == Some(*priority);
            let detail = if is_now { "as it is now" } else { "" };
            let word = priority_word(*priority);
            let mut choice = Choice::new(word, word, detail);
            choice.dimmed = is_now;
            choice
        })
        .collect()
}

fn current(app: &App) -> Option<&crate::domain::ticket::Ticket> {
    match acts::targets(app).as_slice() {
        [one] => acts::ticket(app, *one),
        _ => None,
    }
}

/// Tags in use, those on the ticket first with a minus, to take them away.
pub fn tags(app: &App) -> Vec<Choice> {
    let on: Vec<String> = current(app).map_or_else(Vec::new, |ticket| ticket.tags.clone());
    let mut choices: Vec<Choice> = on
        .iter()
        .map(|tag| Choice::new(&format!("-{tag}"), &format!("-{tag}"), "takes it away"))
        .collect();
    if let Some(basics) = &app.known.basics {
        choices.extend(
            basics
                .tags
                .iter()
                .filter(|tag| !on.iter().any(|has| has == tag.as_str()))
                .map(|tag| Choice::new(tag.as_str(), tag.as_str(), "")),
        );
    }
    choices
}

pub fn views(app: &App) -> Vec<Choice> {
    app.views
        .lines
        .iter()
        .flatten()
        .map(|line| {
            let count = when::count(line.count as usize, "ticket", "tickets");
            Choice::new(line.name.as_str(), line.name.as_str(), &count)
        })
        .collect()
}

/// Saved views, which can be deleted.
pub fn own_views(app: &App) -> Vec<Choice> {
    app.views
        .lines
        .iter()
        .flatten()
        .filter(|line| line.id.is_some())
        .map(|line| Choice::new(line.name.as_str(), line.name.as_str(), &line.query))
        .collect()
}

/// Links of the message under the cursor first, then those of the others.
pub fn links(app: &App) -> Vec<Choice> {
    let mut links: Vec<(usize, &(usize, crate::domain::clean::Clean))> =
        app.thread.flow.links.iter().enumerate().collect();
    links.sort_by_key(|(_, (message, _))| *message != app.thread.message);
    links
        .into_iter()
        .map(|(number, (_, address))| {
            Choice::new(
                address.as_str(),
                address.as_str(),
                &format!("‹{}›", number + 1),
            )
        })
        .collect()
}

/// Moments to be reminded at, as civil times in the operator's zone.
pub fn snoozes(app: &App) -> Vec<Choice> {
    let now = app.now.to_zoned(app.surroundings.zone.clone());
    let clock = app.preferences.clock;
    let mut choices: Vec<Choice> = moments(&now)
        .into_iter()
        .map(|(word, moment)| {
            let exact = when::moment(moment.timestamp(), app.now, moment.time_zone(), clock);
            Choice::new(word, word, &exact)
        })
        .collect();
    if current(app).is_some_and(|ticket| ticket.is_snoozed(app.now)) {
        choices.insert(0, Choice::new("wake", "wake", "it comes back now"));
    }
    choices
}

fn moments(now: &Zoned) -> Vec<(&'static str, Zoned)> {
    let at = |day: Option<Zoned>, hour: i8| {
        let day = day?;
        let time = Time::new(hour, 0, 0, 0).ok()?;
        day.date()
            .to_datetime(time)
            .to_zoned(day.time_zone().clone())
            .ok()
    };
    let tomorrow = now.tomorrow().ok();
    let monday = now.nth_weekday(1, Weekday::Monday).ok();
    let mut found = vec![
        ("1h", now.checked_add(1.hour()).ok()),
        ("3h", now.checked_add(3.hours()).ok()),
    ];
    if now.hour() < 16 {
        found.push(("this evening", at(Some(now.clone()), 18)));
    }
    found.push(("tomorrow", at(tomorrow, 9)));
    found.push(("in 2 days", at(now.checked_add(2.days()).ok(), 9)));
    found.push(("monday", at(monday, 9)));
    found.push(("in a week", at(now.checked_add(1.week()).ok(), 9)));
    found.push(("in a month", at(now.checked_add(1.month()).ok(), 9)));
    found
        .into_iter()
        .filter_map(|(word, moment)| moment.map(|moment| (word, moment)))
        .collect()
}

/// What an operator typed for a snooze: one of the words, `90m`, `4h`, `3d`, `2w`, a date, or a date and an hour.
///
/// # Errors
/// A sentence with what can be written.
pub fn snooze_until(app: &App, typed: &str) -> Result<Option<Timestamp>, String> {
    let now = app.now.to_zoned(app.surroundings.zone.clone());
    if typed == "wake" {
        return Ok(None);
    }
    if let Some((_, moment)) = moments(&now).into_iter().find(|(word, _)| *word == typed) {
        return Ok(Some(moment.timestamp()));
    }
    let unclear =
        || format!("“{typed}” is not a time; write 4h, 3d, 2026-12-24 or 2026-12-24 14:30");
    let until = if let Some(moment) = ahead(&now, typed) {
        moment
    } else if let Ok(moment) = typed.replace(' ', "T").parse::<jiff::civil::DateTime>() {
        moment
            .to_zoned(now.time_zone().clone())
            .map_err(|_| unclear())?
    } else if let Ok(date) = typed.parse::<jiff::civil::Date>() {
        date.at(9, 0, 0, 0)
            .to_zoned(now.time_zone().clone())
            .map_err(|_| unclear())?
    } else {
        return Err(unclear());
    };
    if until.timestamp() <= app.now {
        return Err(format!("{typed} is over already; write a time to come"));
    }
    Ok(Some(until.timestamp()))
}

fn ahead(now: &Zoned, typed: &str) -> Option<Zoned> {
    let unit = typed.chars().next_back()?;
    let number: i64 = typed.strip_suffix(unit)?.trim().parse().ok()?;
    let span = match unit {
        'm' => jiff::Span::new().try_minutes(number),
        'h' => jiff::Span::new().try_hours(number),
        'd' => jiff::Span::new().try_days(number),
        'w' => jiff::Span::new().try_weeks(number),
        _ => return None,
    };
    now.checked_add(span.ok()?).ok()
}
