//! The settings of a mailbox's watching: how it is tried again, and who is told of an error.

use super::fields::yes;
use super::sections::{Section, heading};
use super::value::MailboxValue;
use crate::app::settings::grammar::{Kind, Options, Spec, field, number, pair};
use crate::domain::headers::address::Address;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::AlarmMail;

type Value = MailboxValue;

/// The option of the alarm mail that sends none.
const NOBODY: &str = "none";

fn is_open(value: &Value) -> bool {
    value.shows(Section::Watching)
}

pub(super) const WATCHING: &[Spec<MailboxValue>] = &[
    heading!(
        Section::Watching,
        "watching",
        "Watching",
        "How it is tried again, what proves that mail arrives, who is told of errors."
    ),
    field(
        "reconnect",
        "Try again every",
        "Seconds between attempts after a break, 5 to 3600; the first come sooner.",
        |v: &Value| v.settings.watch.reconnect_seconds.to_string(),
        |v, typed| {
            v.settings.watch.reconnect_seconds = number(typed, 5, 3_600, "seconds")?;
            Ok(())
        },
    )
    .kind(Kind::Number)
    .note(|_| Some("seconds".into()))
    .when(is_open),
    field(
        "attempts",
        "Error after",
        "So many attempts fail before it is an error; attempts go on slowly after that.",
        |v: &Value| v.settings.watch.attempts_before_error.to_string(),
        |v, typed| {
            v.settings.watch.attempts_before_error = number(typed, 1, 100, "attempts")?;
            Ok(())
        },
    )
    .kind(Kind::Number)
    .note(|_| Some("attempts".into()))
    .when(is_open),
    field(
        "self-test",
        "Self-test after",
        "Hours without mail until one to itself proves the way in; empty: never.",
        |v: &Value| {
            let hours = v.settings.watch.self_test_hours;
            hours.map_or_else(String::new, |hours| hours.to_string())
        },
        |v, typed| {
            v.settings.watch.self_test_hours = match typed.trim() {
                "" => None,
                typed => Some(number(typed, 1, 720, "hours")?),
            };
            Ok(())
        },
    )
    .kind(Kind::Number)
    .note(|_| Some("hours".into()))
    .when(is_open),
    field(
        "notify-desktop",
        "Desktop",
        "Errors also show on your desktop, where the terminal can do that.",
        |v: &Value| yes(v.settings.watch.notifies_desktop),
        |v, typed| {
            v.settings.watch.notifies_desktop = typed == "yes";
            Ok(())
        },
    )
    .toggling()
    .when(is_open),
    field(
        "alarm-from",
        "Alarm mail from",
        "Errors are also told by mail, from another mailbox.",
        |v: &Value| match &v.settings.watch.alarm_mail {
            Some(alarm) => alarm.from.to_string(),
            None => NOBODY.to_owned(),
        },
        set_alarm_from,
    )
    .choosing(senders)
    .when(is_open),
    field(
        "alarm-to",
        "  to",
        "An address that is not connected here, such as your own.",
        |v: &Value| {
            let alarm = v.settings.watch.alarm_mail.as_ref();
            alarm.map_or_else(String::new, |alarm| alarm.to.clone())
        },
        set_alarm_to,
    )
    .when(|v| is_open(v) && v.settings.watch.alarm_mail.is_some()),
];

fn senders(value: &Value) -> Options {
    let mut options = vec![pair(NOBODY, "nobody")];
    options.extend(
        value
            .senders
            .iter()
            .filter(|(id, _)| Some(*id) != value.id)
            .map(|(id, name)| pair(&id.to_string(), name)),
    );
    options
}

fn set_alarm_from(value: &mut Value, typed: &str) -> Result<(), String> {
    let from = typed.parse().ok().map(MailboxId);
    let to = value
        .settings
        .watch
        .alarm_mail
        .take()
        .map_or_else(String::new, |alarm| alarm.to);
    value.settings.watch.alarm_mail = from.map(|from| AlarmMail { from, to });
    Ok(())
}

fn set_alarm_to(value: &mut Value, typed: &str) -> Result<(), String> {
    let to = Address::parse(typed.trim()).map_err(|trouble| trouble.to_string())?;
    if let Some(alarm) = &mut value.settings.watch.alarm_mail {
        alarm.to = to.address;
    }
    Ok(())
}
