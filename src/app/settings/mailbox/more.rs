//! The rest of a mailbox's settings, which have good values already: clocks, closed tickets.

use super::fields::yes;
use super::sections::{Section, heading};
use super::value::MailboxValue;
use crate::app::settings::grammar::{Kind, Spec, field, number, pair};
use crate::domain::mailbox::ClosedReply;

const YEAR_MINUTES: u32 = 525_600;
const USUAL_REOPEN_DAYS: u16 = 14;

type Value = MailboxValue;

pub(super) const RULES: &[Spec<MailboxValue>] = &[
    heading!(
        Section::Rules,
        "rules",
        "Rules",
        "Clocks, undo, and what a reply to a closed ticket does."
    ),
    field(
        "undo-window",
        "Undo for",
        "Seconds in which an answer can be taken back before it leaves; 0 to 3600.",
        |v: &Value| v.settings.policy.undo_window_seconds.to_string(),
        |v, typed| {
            v.settings.policy.undo_window_seconds = number(typed, 0, 3_600, "seconds")?;
            Ok(())
        },
    )
    .kind(Kind::Number)
    .note(|_| Some("seconds".into()))
    .when(|v| v.shows(Section::Rules)),
    field(
        "first-reply",
        "First reply in",
        "Minutes until a new ticket is overdue; empty sets no clock.",
        |v: &Value| {
            v.settings
                .policy
                .first_reply_minutes
                .map_or_else(String::new, |minutes| minutes.to_string())
        },
        |v, typed| {
            v.settings.policy.first_reply_minutes = match typed.trim() {
                "" => None,
                typed => Some(number(typed, 1, YEAR_MINUTES, "minutes")?),
            };
            Ok(())
        },
    )
    .kind(Kind::Number)
    .note(|_| Some("minutes".into()))
    .when(|v| v.shows(Section::Rules)),
    field(
        "closed-reply",
        "Reply to closed",
        "What a customer's reply to a closed ticket does.",
        read_closed,
        set_closed,
    )
    .choosing(|_| {
        vec![
            pair("reopen", "reopens it"),
            pair("reopen-within-days", "reopens it for some days"),
            pair("new-linked-ticket", "makes a new, linked ticket"),
            pair("refuse", "is refused with a notice"),
        ]
    })
    .when(|v| v.shows(Section::Rules)),
    field(
        "closed-days",
        "  days",
        "Within how many days; a later reply makes a new, linked ticket.",
        read_days,
        set_days,
    )
    .kind(Kind::Number)
    .when(|v| {
        v.shows(Section::Rules)
            && matches!(
                v.settings.policy.closed_reply,
                ClosedReply::ReopenWithinDays(_)
            )
    }),
    field(
        "one-conversation",
        "One ticket each",
        "All mail of one customer goes to one ticket.",
        |v: &Value| yes(v.settings.policy.one_conversation_per_customer),
        |v, typed| {
            v.settings.policy.one_conversation_per_customer = typed == "yes";
            Ok(())
        },
    )
    .toggling()
    .when(|v| v.shows(Section::Rules)),
];

fn read_closed(value: &Value) -> String {
    match value.settings.policy.closed_reply {
        ClosedReply::Reopen => "reopen",
        ClosedReply::ReopenWithinDays(_) => "reopen-within-days",
        ClosedReply::NewLinkedTicket => "new-linked-ticket",
        ClosedReply::Refuse => "refuse",
    }
    .to_owned()
}

fn set_closed(value: &mut Value, typed: &str) -> Result<(), String> {
    if typed != read_closed(value) {
        value.settings.policy.closed_reply = match typed {
            "reopen-within-days" => ClosedReply::ReopenWithinDays(USUAL_REOPEN_DAYS),
            "new-linked-ticket" => ClosedReply::NewLinkedTicket,
            "refuse" => ClosedReply::Refuse,
            _ => ClosedReply::Reopen,
        };
        let policy = &mut value.settings.policy;
        policy.automatic.suit(policy.closed_reply);
    }
    Ok(())
}

fn read_days(value: &Value) -> String {
    match value.settings.policy.closed_reply {
        ClosedReply::ReopenWithinDays(days) => days.to_string(),
        _ => String::new(),
    }
}

fn set_days(value: &mut Value, typed: &str) -> Result<(), String> {
    let days = u16::try_from(number(typed, 1, 3_650, "days")?).unwrap_or(USUAL_REOPEN_DAYS);
    if let ClosedReply::ReopenWithinDays(kept) = &mut value.settings.policy.closed_reply {
        *kept = days;
    }
    Ok(())
}
