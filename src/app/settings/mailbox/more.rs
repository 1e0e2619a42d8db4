//! The rest of a mailbox's settings, which have good values already: folders, clocks, closed tickets, certificates.

use super::fields::{path, yes};
use super::sections::{Section, heading};
use super::value::MailboxValue;
use crate::app::settings::grammar::{Kind, Spec, field, number, pair};
use crate::domain::mailbox::{ClosedReply, FirstSync, FolderChoice};

const DAY_SECONDS: u32 = 86_400;
const YEAR_MINUTES: u32 = 525_600;
const USUAL_REOPEN_DAYS: u16 = 14;

type Value = MailboxValue;

pub(super) const FETCHING: &[Spec<MailboxValue>] = &[
    heading!(
        Section::Fetching,
        "fetching",
        "Fetching",
        "Which folders are read, and how often."
    ),
    field(
        "folders",
        "Folders",
        "Usual: inbox and Sent folder; all: everything but junk, drafts and trash.",
        read_folders,
        set_folders,
    )
    .choosing(|_| {
        vec![
            pair("usual", "usual"),
            pair("all", "all"),
            pair("chosen", "these only"),
        ]
    })
    .when(|v| v.shows(Section::Fetching)),
    field(
        "folder-list",
        "  these",
        "Names of folders with commas between them.",
        read_folder_list,
        set_folder_list,
    )
    .when(|v| v.shows(Section::Fetching) && matches!(v.settings.folders, FolderChoice::Chosen(_))),
    field(
        "poll-seconds",
        "Look every",
        "Seconds between looks, besides the server telling at once; 10 to 86400.",
        |v: &Value| v.settings.poll_seconds.to_string(),
        |v, typed| {
            v.settings.poll_seconds = number(typed, 10, DAY_SECONDS, "seconds")?;
            Ok(())
        },
    )
    .kind(Kind::Number)
    .note(|_| Some("seconds".into()))
    .when(|v| v.shows(Section::Fetching)),
];

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

pub(super) const SERVERS: &[Spec<MailboxValue>] = &[
    heading!(
        Section::Servers,
        "servers",
        "Servers",
        "Directories or programs instead of servers, and what is trusted."
    ),
    field(
        "incoming-kind",
        "Mail comes from",
        "A server, or a directory of this machine.",
        |v: &Value| v.incoming_kind().to_owned(),
        |v, typed| {
            v.set_incoming_kind(typed);
            Ok(())
        },
    )
    .choosing(|v| {
        let mut kinds = vec![
            pair("imap", "an IMAP server"),
            pair("maildir", "a Maildir here"),
        ];
        if !v.others.is_empty() {
            kinds.push(pair("forwarded", "another mailbox"));
        }
        kinds
    })
    .when(|v| v.shows(Section::Servers)),
    field(
        "outgoing-kind",
        "Answers go to",
        "A server, a sendmail program, files in a directory, or nowhere.",
        |v: &Value| v.outgoing_kind().to_owned(),
        |v, typed| {
            v.set_outgoing_kind(typed);
            Ok(())
        },
    )
    .choosing(|v| {
        let mut kinds = vec![
            pair("smtp", "an SMTP server"),
            pair("sendmail", "a sendmail program"),
            pair("folder", "files in a directory"),
            pair("off", "nowhere"),
        ];
        if !v.others.is_empty() {
            kinds.push(pair("through", "another mailbox's server"));
        }
        kinds
    })
    .when(|v| v.shows(Section::Servers)),
    field(
        "ca-file",
        "CA file",
        "A PEM file with authorities that are trusted besides those of this machine.",
        |v: &Value| {
            v.settings
                .trust
                .ca_file
                .as_ref()
                .map_or_else(String::new, |path| path.display().to_string())
        },
        |v, typed| {
            v.settings.trust.ca_file = match typed.trim() {
                "" => None,
                typed => Some(path(typed)?),
            };
            Ok(())
        },
    )
    .kind(Kind::Path)
    .when(|v| v.shows(Section::Servers)),
    field(
        "fingerprint",
        "Certificate",
        "SHA-256 of the one certificate to accept; empty trusts the authorities.",
        |v: &Value| v.settings.trust.fingerprint.clone().unwrap_or_default(),
        set_fingerprint,
    )
    .when(|v| v.shows(Section::Servers)),
];

pub(super) fn read_first(value: &Value) -> String {
    match value.settings.first_sync {
        FirstSync::Day => "day",
        FirstSync::Week => "week",
        FirstSync::Month => "month",
        FirstSync::ThreeMonths => "three-months",
        FirstSync::Year => "year",
        FirstSync::All => "all",
    }
    .to_owned()
}

pub(super) fn set_first(value: &mut Value, typed: &str) -> Result<(), String> {
    value.settings.first_sync = match typed {
        "day" => FirstSync::Day,
        "week" => FirstSync::Week,
        "three-months" => FirstSync::ThreeMonths,
        "year" => FirstSync::Year,
        "all" => FirstSync::All,
        _ => FirstSync::Month,
    };
    Ok(())
}

fn read_folders(value: &Value) -> String {
    match value.settings.folders {
        FolderChoice::Usual => "usual",
        FolderChoice::All => "all",
        FolderChoice::Chosen(_) => "chosen",
    }
    .to_owned()
}

fn set_folders(value: &mut Value, typed: &str) -> Result<(), String> {
    if typed != read_folders(value) {
        value.settings.folders = match typed {
            "all" => FolderChoice::All,
            "chosen" => FolderChoice::Chosen(vec!["INBOX".into()]),
            _ => FolderChoice::Usual,
        };
    }
    Ok(())
}

fn read_folder_list(value: &Value) -> String {
    match &value.settings.folders {
        FolderChoice::Chosen(names) => names.join(", "),
        _ => String::new(),
    }
}

fn set_folder_list(value: &mut Value, typed: &str) -> Result<(), String> {
    let names: Vec<String> = typed
        .split(',')
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    if names.is_empty() {
        return Err("name at least one folder, such as INBOX".into());
    }
    if let FolderChoice::Chosen(kept) = &mut value.settings.folders {
        *kept = names;
    }
    Ok(())
}

fn read_closed(value: &Value) -> String {
    match value.settings.policy.closed_reply {
        ClosedReply::Reopen => "reopen",
        ClosedReply::ReopenWithinDays(_) => "reopen-within-days",
        ClosedReply::NewLinkedTicket => "new-linked-ticket",
    }
    .to_owned()
}

fn set_closed(value: &mut Value, typed: &str) -> Result<(), String> {
    if typed != read_closed(value) {
        value.settings.policy.closed_reply = match typed {
            "reopen-within-days" => ClosedReply::ReopenWithinDays(USUAL_REOPEN_DAYS),
            "new-linked-ticket" => ClosedReply::NewLinkedTicket,
            _ => ClosedReply::Reopen,
        };
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

fn set_fingerprint(value: &mut Value, typed: &str) -> Result<(), String> {
    let hex: String = typed
        .chars()
        .filter(|c| !matches!(c, ':' | ' '))
        .collect::<String>()
        .to_lowercase();
    if hex.is_empty() {
        value.settings.trust.fingerprint = None;
        return Ok(());
    }
    if let Some(c) = hex.chars().find(|c| !c.is_ascii_hexdigit()) {
        return Err(format!("“{}” is not a hex digit", c.escape_default()));
    }
    if hex.len() != 64 {
        return Err(format!("{} of 64 hex digits", hex.len()));
    }
    value.settings.trust.fingerprint = Some(hex);
    Ok(())
}
