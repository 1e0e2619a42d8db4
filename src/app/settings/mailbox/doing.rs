//! How a mailbox does, as its page says it: the status in one line, then why, what waits, what came.

use jiff::Timestamp;

use crate::app::App;
use crate::app::settings::{checks, rows};
use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::app::when;
use crate::bridge::{Backlog, MailboxLine, MailboxStatus, SelfTestLine};
use crate::domain::clean::Clean;
use crate::domain::mailbox::{
    Condition, Download, Health, Incoming, MailboxSettings, SecretSource,
};
use crate::domain::theme::{Role, Signal};

const LABELS: usize = 14;
/// Heights of the picture of the traffic, the lowest first.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// An hour without mail.
const NOTHING: char = '·';

pub fn labelled(label: &str, value: &str) -> Line {
    Line::words(&format!("{label:<LABELS$}"), DIM).say(value, TEXT)
}

/// Day, hour, and how far away that is.
pub fn moment(app: &App, at: Timestamp) -> String {
    let exact = when::exact(at, app.now, &app.surroundings.zone, app.preferences.clock);
    match at.as_second() - app.now.as_second() {
        ahead @ 1.. => format!("{exact} · in {}", when::span(ahead)),
        _ => exact,
    }
}

/// Day and hour.
fn short(app: &App, at: Timestamp) -> String {
    when::moment(at, app.now, &app.surroundings.zone, app.preferences.clock)
}

/// The lines about how it does. `status` is there once the engine has told it.
pub fn lines(app: &App, line: &MailboxLine, status: Option<&MailboxStatus>) -> Vec<Line> {
    let mut lines = vec![headline(app, line, status)];
    if let Some(trouble) = line.health.reason() {
        lines.extend(checks::troubles(trouble));
    }
    if let Some(next) = line.health.next_try() {
        lines.push(labelled("Next try", &moment(app, next)));
    }
    let last = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| short(app, at));
    let fetched = line
        .last_fetch
        .max(status.and_then(|status| status.last_fetch));
    let Some(status) = status else {
        lines.push(labelled("Last fetch", &last(fetched)));
        return lines;
    };
    let sent = last(status.last_send);
    let words = format!("{} · last send {sent}", last(fetched));
    lines.push(labelled("Last fetch", &words));
    lines.push(labelled("Backlog", &backlog(&status.backlog)));
    lines.push(traffic(status));
    let tickets = format!("{} · {} open", status.tickets.all, status.tickets.open);
    lines.push(labelled("Tickets", &tickets));
    if let Some(caught_up) = &status.caught_up {
        let words = format!(
            "{}, {}: {}",
            caught_up.why.words(),
            short(app, caught_up.at),
            caught_up.sentence()
        );
        lines.push(labelled("Came", &words));
    }
    lines.push(labelled("Self-test", &self_test(app, &status.self_test)));
    for trouble in &status.troubles {
        lines.extend(checks::troubles(trouble));
    }
    lines.extend(ledger(status));
    lines
}

fn headline(app: &App, line: &MailboxLine, status: Option<&MailboxStatus>) -> Line {
    let health = &line.health;
    let (mark, signal) = match health.status() {
        Condition::Connecting => ("◌", Signal::Busy),
        Condition::Fetching => ("◐", Signal::Busy),
        Condition::Active => ("●", Signal::Good),
        Condition::Interrupted => ("◌", Signal::Warning),
        Condition::Error | Condition::NeedsPassword => ("✗", Signal::Trouble),
        Condition::Disabled => ("○", Signal::Warning),
    };
    let known = status
        .filter(|status| status.health.status() == health.status())
        .and_then(|status| status.since);
    let since = health
        .since()
        .or(known)
        .map_or_else(String::new, |at| format!(" since {}", moment(app, at)));
    let more = match health {
        Health::Starting => "; not tried yet since the start".to_owned(),
        Health::Live => how_mail_comes(app, &line.mailbox.settings),
        Health::Syncing { done, total } => format!(": {done} of {total} mails"),
        Health::SyncedElsewhere => "; another Ticketty on this store fetches it".to_owned(),
        Health::Disabled => "; d switches it on".to_owned(),
        Health::NeedsPassword { .. } => way_in(&line.mailbox.settings.secret).to_owned(),
        Health::Interrupted { .. } | Health::Failing { .. } => String::new(),
    };
    Line::words(&format!("{mark} "), Role::Signal(signal))
        .say(health.status().word(), STRONG)
        .say(&format!("{since}{more}"), TEXT)
}

/// How new mail gets here while all is well.
fn how_mail_comes(app: &App, settings: &MailboxSettings) -> String {
    match (&settings.incoming, settings.watch.download) {
        (Incoming::Forwarded(id), _) => {
            let name = rows::mailbox(app, *id).map(|line| line.mailbox.settings.name.as_str());
            format!(
                "; its mail comes with {}",
                name.unwrap_or("another mailbox")
            )
        }
        (_, Download::ByHand) => "; f fetches new mail".to_owned(),
        (_, Download::Automatic) => "; new mail comes by itself".to_owned(),
    }
}

/// What lets it in again, by where its secret comes from.
fn way_in(secret: &SecretSource) -> &'static str {
    match secret {
        SecretSource::Oauth(_) => "; i signs in again",
        SecretSource::Command(_) | SecretSource::TokenCommand(_) => {
            "; its command has to give another"
        }
        _ => "; press p",
    }
}

fn backlog(backlog: &Backlog) -> String {
    let mut parts: Vec<String> = backlog
        .folders
        .iter()
        .map(|(folder, mails)| format!("{mails} to fetch from {folder}"))
        .collect();
    if backlog.to_send > 0 {
        parts.push(format!("{} to send", backlog.to_send));
    }
    if backlog.in_doubt > 0 {
        parts.push(format!("{} wait for you (O)", backlog.in_doubt));
    }
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}

fn traffic(status: &MailboxStatus) -> Line {
    let mails: u32 = status.by_hour.iter().sum();
    let words = format!(" {}", when::count(mails as usize, "mail", "mails"));
    Line::words(&format!("{:<LABELS$}", "Last 24 hours"), DIM)
        .say(&sparkline(&status.by_hour), Role::Signal(Signal::Good))
        .say(&words, TEXT)
}

/// One sign an hour; the busiest is the highest.
fn sparkline(by_hour: &[u32]) -> String {
    let most = by_hour.iter().copied().max().unwrap_or(0).max(1);
    let sign = |mails: &u32| match *mails {
        0 => NOTHING,
        mails => {
            let steps = u64::from(mails) * HEIGHTS.len() as u64 / u64::from(most);
            let at = usize::try_from(steps).unwrap_or(HEIGHTS.len()).max(1) - 1;
            HEIGHTS.get(at).copied().unwrap_or('█')
        }
    };
    by_hour.iter().map(sign).collect()
}

fn self_test(app: &App, line: &SelfTestLine) -> String {
    let mut words = match &line.last {
        None => "none yet".to_owned(),
        Some(tested) => {
            let result = match (&tested.failure, tested.in_junk) {
                (Some(_), _) => "failed",
                (None, true) => "came, but as junk,",
                (None, false) => "passed",
            };
            format!("{result} {}", short(app, tested.at))
        }
    };
    match (&line.obstacle, line.due) {
        (Some(obstacle), _) => words.push_str(&format!("; {obstacle}")),
        (None, Some(due)) if due > app.now => {
            words.push_str(&format!(" · next {} if nothing comes", short(app, due)));
        }
        (None, Some(_)) => words.push_str(" · one is under way"),
        (None, None) => {}
    }
    words
}

/// What became of every mail that the server listed.
fn ledger(status: &MailboxStatus) -> Vec<Line> {
    let Some(words) = status.account.sentence() else {
        return Vec::new();
    };
    let mut lines = vec![labelled("On the server", &words)];
    lines.extend(status.unreadable.iter().map(|(said, mails)| {
        Line::words(&format!("{:<LABELS$}", ""), DIM)
            .say(&format!("{mails} unreadable: "), DIM)
            .clean(Clean::line(said.as_str()), TEXT)
    }));
    lines
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_hour_is_the_highest() {
        assert_eq!(sparkline(&[0, 1, 8, 4, 80]), "·▁▁▁█");
        assert_eq!(sparkline(&[0, 0]), "··");
        assert_eq!(sparkline(&[1, 2, 3, 4]), "▂▄▆█");
    }
}
