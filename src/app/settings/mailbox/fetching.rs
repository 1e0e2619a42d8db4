//! What is fetched: by itself or by hand, from which folders, how often, and how far back the first time.

use super::sections::{Section, heading};
use super::value::MailboxValue;
use crate::app::settings::grammar::{Kind, Options, Spec, field, number, pair};
use crate::domain::mailbox::{ChosenFolder, Download, FirstSync, FolderChoice};
use crate::domain::words;

/// The field that opens the list of the server's folders.
pub const FOLDER_LIST: &str = "folder-list";

const DAY_SECONDS: u32 = 86_400;

type Value = MailboxValue;

pub(super) const FETCHING: &[Spec<MailboxValue>] = &[
    heading!(
        Section::Fetching,
        "fetching",
        "Fetching",
        "Whether mail comes by itself, which folders are read, and how often."
    ),
    field(
        "download",
        "Download",
        "By itself, or only when you ask for it with f; answers leave either way.",
        |v: &Value| match v.settings.watch.download {
            Download::Automatic => "automatic".to_owned(),
            Download::ByHand => "by-hand".to_owned(),
        },
        |v, typed| {
            v.settings.watch.download = match typed {
                "by-hand" => Download::ByHand,
                _ => Download::Automatic,
            };
            Ok(())
        },
    )
    .choosing(|_| vec![pair("automatic", "automatic"), pair("by-hand", "by hand")])
    .when(|v| v.shows(Section::Fetching)),
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
        FOLDER_LIST,
        "  these",
        "Enter lists the server's folders; a name with /** means its subfolders, too.",
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
    .when(|v| v.shows(Section::Fetching) && v.settings.watch.download == Download::Automatic),
];

/// The word of a period in a field.
fn period_word(period: FirstSync) -> &'static str {
    match period {
        FirstSync::Day => "day",
        FirstSync::Week => "week",
        FirstSync::Month => "month",
        FirstSync::ThreeMonths => "three-months",
        FirstSync::Year => "year",
        FirstSync::All => "all",
    }
}

/// The lengths of a first sync, with the number of mails where the server has told it.
pub(super) fn first_options(value: &Value) -> Options {
    FirstSync::ALL
        .into_iter()
        .map(|period| {
            let words = match period {
                FirstSync::Day => "of the last day",
                FirstSync::Week => "of the last week",
                FirstSync::Month => "of the last month",
                FirstSync::ThreeMonths => "of the last 3 months",
                FirstSync::Year => "of the last year",
                FirstSync::All => "all there is",
            };
            let counted = value.counts.iter().find(|count| count.period == period);
            let label = match counted.map(|count| count.mails) {
                None => words.to_owned(),
                Some(1) => format!("{words} · 1 mail"),
                Some(mails) => format!("{words} · {} mails", words::thousands(mails)),
            };
            (period_word(period).to_owned(), label)
        })
        .collect()
}

pub(super) fn read_first(value: &Value) -> String {
    period_word(value.settings.first_sync).to_owned()
}

pub(super) fn set_first(value: &mut Value, typed: &str) -> Result<(), String> {
    value.settings.first_sync = FirstSync::ALL
        .into_iter()
        .find(|period| period_word(*period) == typed)
        .unwrap_or(FirstSync::Month);
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
        // What was counted was in other folders.
        value.counts.clear();
        value.settings.folders = match typed {
            "all" => FolderChoice::All,
            "chosen" => FolderChoice::Chosen(vec![ChosenFolder::alone("INBOX")]),
            _ => FolderChoice::Usual,
        };
    }
    Ok(())
}

fn read_folder_list(value: &Value) -> String {
    match &value.settings.folders {
        FolderChoice::Chosen(chosen) => {
            let names: Vec<String> = chosen.iter().map(ToString::to_string).collect();
            names.join(", ")
        }
        _ => String::new(),
    }
}

fn set_folder_list(value: &mut Value, typed: &str) -> Result<(), String> {
    let chosen: Vec<ChosenFolder> = typed
        .split(',')
        .map(ChosenFolder::read)
        .filter(|folder| !folder.name.is_empty())
        .collect();
    if chosen.is_empty() {
        return Err("choose at least one folder, such as INBOX".into());
    }
    if let FolderChoice::Chosen(kept) = &mut value.settings.folders {
        *kept = chosen;
    }
    Ok(())
}
