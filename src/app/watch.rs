//! What a mailbox that stops working, or works again, says to the operator: on the status line, by the bell, and
//! outside of the terminal's window. Each error once, however often it is tried again.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::App;
use super::event::Effect;
use crate::bridge::MailboxLine;
use crate::domain::clean::Clean;
use crate::domain::ids::{MailboxId, TicketNumber};
use crate::domain::mailbox::{CaughtUp, Why};
use crate::domain::trouble::Trouble;
use crate::domain::words;

/// Errors that are there when the desk opens stand in the top line; nobody is startled by them.
pub fn begin(app: &mut App) {
    app.known.alarms = troubled(app);
}

fn lines(app: &App) -> impl Iterator<Item = &MailboxLine> {
    let known = app.known.basics.iter().flat_map(|basics| &basics.mailboxes);
    known.filter(|line| !line.mailbox.removed)
}

/// The mailboxes with an error, each with the moment at which it began.
fn troubled(app: &App) -> BTreeMap<MailboxId, Timestamp> {
    lines(app)
        .filter(|line| line.health.trouble().is_some())
        .filter_map(|line| Some((line.mailbox.id, line.health.since()?)))
        .collect()
}

/// Tells the errors that are new.
pub fn alarms(app: &mut App) -> Vec<Effect> {
    let now = troubled(app);
    let new: Vec<(Clean, Trouble, bool)> = lines(app)
        .filter(|line| {
            let id = line.mailbox.id;
            now.contains_key(&id) && now.get(&id) != app.known.alarms.get(&id)
        })
        .filter_map(|line| {
            let settings = &line.mailbox.settings;
            let trouble = line.health.trouble()?.clone();
            Some((
                Clean::name(&settings.name),
                trouble,
                settings.watch.notifies_desktop,
            ))
        })
        .collect();
    app.known.alarms = now;
    let mut effects = Vec::new();
    for (name, trouble, notifies_desktop) in new {
        let said = Trouble {
            what: format!("{name}: {}", trouble.what),
            ..trouble.clone()
        };
        app.status.trouble(&said);
        if notifies_desktop {
            effects.push(Effect::Notify {
                title: Clean::line(&format!("Ticketty: {name}")),
                body: Clean::line(&trouble.to_string()),
            });
        }
        if app.preferences.bell && !effects.contains(&Effect::Bell) {
            effects.push(Effect::Bell);
        }
    }
    effects
}

/// What came while the mailbox did not fetch is here.
pub fn caught_up(app: &mut App, mailbox: MailboxId, caught_up: &CaughtUp) {
    let Some(line) = lines(app).find(|line| line.mailbox.id == mailbox) else {
        return;
    };
    let came = caught_up.sentence();
    let name = Clean::name(&line.mailbox.settings.name);
    let words = match caught_up.why {
        // A line that was gone for a moment is no news.
        Why::Mended if caught_up.mails == 0 => return,
        Why::Connected => format!("{name} is connected: {came}"),
        Why::ConnectedAgain | Why::SwitchedOn | Why::Mended => {
            format!("{name} is connected again: {came}")
        }
        Why::Edited => format!("{name} works with its new settings: {came}"),
        Why::NewPassword => format!("{name} works with its new password: {came}"),
    };
    if is_alarming(app) {
        // What somebody has to act on is not talked over.
        app.status.greet(Clean::line(&words));
    } else {
        app.status.good(Clean::line(&words));
    }
}

fn is_alarming(app: &App) -> bool {
    lines(app).any(|line| line.health.trouble().is_some())
}

/// How far the download of a large mail is.
pub fn say_fetching(app: &mut App, bytes: u64, of_bytes: u64) {
    let so_far = words::bytes(bytes.min(of_bytes));
    let words = format!("{so_far} of {} are here", words::bytes(of_bytes));
    app.status.good(Clean::line(&words));
}

/// The rest of a large mail has come.
pub fn say_whole(app: &mut App, ticket: TicketNumber, bytes: u64) {
    let size = words::bytes(bytes);
    let words = format!("the whole mail is in #{ticket}, {size}");
    app.status.good(Clean::line(&words));
}

/// How looking for mail by hand went.
pub fn say_synced(
    app: &mut App,
    new_messages: u64,
    troubles: &[(MailboxId, Trouble)],
    held_elsewhere: &[(MailboxId, String)],
) {
    if let Some((_, trouble)) = troubles.first() {
        app.status.trouble(trouble);
        return;
    }
    let words = match (new_messages, held_elsewhere.first()) {
        (0, Some((id, holder))) => {
            let name = lines(app)
                .find(|line| line.mailbox.id == *id)
                .map_or_else(String::new, |line| line.mailbox.settings.name.clone());
            format!("{holder} looks for the mail of {name}; what comes is shown here")
        }
        (0, None) => "all mail is here; nothing new".to_owned(),
        (1, _) => "1 new message".to_owned(),
        (more, _) => format!("{more} new messages"),
    };
    app.status.good(Clean::line(&words));
}
