//! What the engine says: answers, each under the purpose it was asked for, and pushes.

use super::App;
use super::acts;
use super::asks::Purpose;
use super::attachments;
use super::commands;
use super::composer;
use super::event::Effect;
use super::layers::Layer;
use super::list;
use super::outbox;
use super::settings;
use super::sheet::Sheet;
use super::text::{Line, TEXT};
use super::thread;
use super::views;
use super::watch;
use crate::bridge::{AskId, ConnectReport, MailboxReport, Pushed, Report, Seen, Told};
use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;

pub fn told(app: &mut App, told: Told) -> Vec<Effect> {
    app.known.silent_since = None;
    let Some(id) = told.answers else {
        return match told.report {
            Report::Pushed(pushed) => self::pushed(app, pushed),
            Report::Connect(ConnectReport::Check(line)) => settings::checked(app, line),
            Report::Connect(ConnectReport::SignIn(report)) => settings::sign_in::heard(app, report),
            Report::Connect(ConnectReport::Tried(line)) => settings::tried(app, line),
            Report::Connect(ConnectReport::Log(lines)) => settings::logged(app, lines),
            Report::Mailbox(MailboxReport::Fetching {
                bytes, of_bytes, ..
            }) => {
                watch::say_fetching(app, bytes, of_bytes);
                Vec::new()
            }
            Report::Failed(trouble) => {
                app.status.trouble(&trouble);
                Vec::new()
            }
            _ => Vec::new(),
        };
    };
    let Some(purpose) = app.asks.close(id) else {
        return Vec::new();
    };
    let mut effects = match told.report {
        Report::Failed(trouble) => failed(app, id, &purpose, trouble),
        report => answered(app, id, purpose.clone(), report),
    };
    effects.extend(app.look_again(&purpose));
    effects
}

fn answered(app: &mut App, id: AskId, purpose: Purpose, report: Report) -> Vec<Effect> {
    match (purpose, report) {
        (Purpose::List { anew }, Report::Look(Seen::Tickets(found))) => {
            list::answer(app, id, found, anew)
        }
        (Purpose::Thread(_), Report::Look(Seen::Thread(found))) => {
            thread::answer(app, found);
            Vec::new()
        }
        (Purpose::Views, Report::Look(Seen::Views(lines))) => {
            let effects = views::answer(app, lines);
            settings::views_changed(app);
            effects
        }
        (Purpose::Basics, Report::Look(Seen::Basics(basics))) => {
            let is_first = app.known.basics.replace(*basics).is_none();
            let mut effects = if is_first {
                watch::begin(app);
                Vec::new()
            } else {
                watch::alarms(app)
            };
            effects.extend(settings::basics_changed(app));
            effects
        }
        (Purpose::Outbox, Report::Outbox(lines)) => {
            app.known.outbox = lines;
            Vec::new()
        }
        (Purpose::Act(act), Report::Change(changed)) => acts::answered(app, act, changed),
        (Purpose::Undo, Report::Change(changed)) => acts::undone(app, changed),
        (Purpose::Sheet, Report::Look(Seen::Raw { text, .. } | Seen::Html { text, .. })) => {
            fill_sheet(app, &text);
            Vec::new()
        }
        (Purpose::Attachment(wanted), Report::Look(Seen::Attachment { name, bytes, .. })) => {
            attachments::arrived(app, wanted, &name, bytes)
        }
        (Purpose::Composer, report) => composer::told(app, id, report),
        (Purpose::Settings, report) => settings::told(app, id, report),
        (Purpose::Quiet, report) => quiet(app, report),
        _ => Vec::new(),
    }
}

/// Answers to what was only set going.
fn quiet(app: &mut App, report: Report) -> Vec<Effect> {
    match report {
        Report::Mailbox(MailboxReport::Synced {
            new_messages,
            troubles,
            held_elsewhere,
        }) => watch::say_synced(app, new_messages, &troubles, &held_elsewhere),
        Report::Look(Seen::Tickets(found)) => commands::flood::marked(app, &found),
        Report::Mailbox(MailboxReport::Whole { ticket, bytes, .. }) => {
            watch::say_whole(app, ticket, bytes);
            return thread::reload(app);
        }
        _ => {}
    }
    Vec::new()
}

fn failed(app: &mut App, id: AskId, purpose: &Purpose, trouble: Trouble) -> Vec<Effect> {
    match purpose {
        Purpose::List { .. } => list::failed(app, id, trouble),
        Purpose::Thread(ticket) => thread::failed(app, *ticket, trouble),
        Purpose::Sheet => {
            if matches!(app.layers.last(), Some(Layer::Sheet(sheet)) if sheet.is_waiting()) {
                app.layers.pop();
            }
            app.status.trouble(&trouble);
        }
        Purpose::Composer => return composer::failed(app, id, trouble),
        Purpose::Settings => return settings::failed(app, id, trouble),
        _ => app.status.trouble(&trouble),
    }
    Vec::new()
}

/// A question that was not answered in time.
pub fn given_up(app: &mut App, id: AskId, purpose: &Purpose) -> Vec<Effect> {
    if app.known.silent_since.is_none() {
        app.known.silent_since = Some(app.now);
    }
    let trouble = Trouble::bug("the engine has not answered for 30 seconds")
        .hint("your keys still work; ctrl-q quits, and nothing that was saved is lost");
    failed(app, id, purpose, trouble)
}

fn fill_sheet(app: &mut App, text: &Clean) {
    if let Some(Layer::Sheet(sheet)) = app
        .layers
        .iter_mut()
        .rev()
        .find(|layer| matches!(layer, Layer::Sheet(sheet) if Sheet::is_waiting(sheet)))
    {
        sheet.fill(
            text.lines()
                .map(|line| Line::new().clean(line, TEXT))
                .collect(),
        );
    }
}

fn pushed(app: &mut App, pushed: Pushed) -> Vec<Effect> {
    match pushed {
        Pushed::Tickets(numbers) => {
            list::refresh_soon(app);
            let open = app.thread.wanted;
            let mut effects: Vec<Effect> = acts::look_at_views(app).into_iter().collect();
            if numbers.is_empty() || open.is_some_and(|open| numbers.contains(&open)) {
                effects.extend(thread::reload(app));
            }
            effects
        }
        Pushed::Health { mailbox, health } => {
            if let Some(line) = app.known.basics.as_mut().and_then(|basics| {
                basics
                    .mailboxes
                    .iter_mut()
                    .find(|line| line.mailbox.id == mailbox)
            }) {
                line.health = health;
            }
            let mut effects = watch::alarms(app);
            effects.extend(settings::basics_changed(app));
            effects
        }
        Pushed::CaughtUp { mailbox, caught_up } => {
            watch::caught_up(app, mailbox, &caught_up);
            Vec::new()
        }
        Pushed::Basics => acts::look_at_basics_and_views(app),
        Pushed::Outbox => outbox::look(app)
            .into_iter()
            .chain(thread::reload(app))
            .collect(),
        Pushed::Domains => vec![settings::domains::look(app)],
        Pushed::Notice(trouble) => {
            app.status.trouble(&trouble);
            Vec::new()
        }
        Pushed::NewMail { tickets } => {
            list::refresh_soon(app);
            if app.preferences.bell && !tickets.is_empty() {
                vec![Effect::Bell]
            } else {
                Vec::new()
            }
        }
    }
}
