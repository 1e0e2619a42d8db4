//! What may be changed on the mail server. Nothing is, unless it is chosen here.

use super::sections::Section;
use super::value::MailboxValue;
use crate::app::settings::grammar::{Spec, field, pair};
use crate::domain::mailbox::{AfterFetching, Incoming, Marks};

type Value = MailboxValue;

fn is_open(value: &Value) -> bool {
    value.shows(Section::Fetching) && matches!(value.settings.incoming, Incoming::Imap(_))
}

pub(super) const ON_SERVER: &[Spec<MailboxValue>] = &[
    field(
        "marks",
        "Mark on server",
        "With nothing, colleagues' unread mail stays unread. Marks are only added.",
        |v: &Value| mark_word(v.settings.watch.on_server.marks).to_owned(),
        |v, typed| {
            v.settings.watch.on_server.marks = match typed {
                "answered" => Marks::Answered,
                "read" => Marks::ReadAndAnswered,
                _ => Marks::Nothing,
            };
            Ok(())
        },
    )
    .choosing(|_| {
        vec![
            pair("nothing", "nothing"),
            pair("answered", "what is answered here"),
            pair("read", "what is read or answered here"),
        ]
    })
    .when(is_open),
    field(
        "after-fetching",
        "After fetching",
        "For new mail, once stored. Delete is for good: then only this store has it.",
        |v: &Value| {
            match v.settings.watch.on_server.after_fetching {
                AfterFetching::Leave => "leave",
                AfterFetching::MoveTo(_) => "move",
                AfterFetching::Delete => "delete",
            }
            .to_owned()
        },
        set_after_fetching,
    )
    .choosing(|_| {
        vec![
            pair("leave", "leave it on the server"),
            pair("move", "move it to a folder"),
            pair("delete", "delete it on the server"),
        ]
    })
    .when(is_open),
    field(
        "after-fetching-folder",
        "  to",
        "The folder's name on the server, such as Done; it must be there.",
        |v: &Value| match &v.settings.watch.on_server.after_fetching {
            AfterFetching::MoveTo(folder) => folder.clone(),
            AfterFetching::Leave | AfterFetching::Delete => String::new(),
        },
        set_folder,
    )
    .when(|v| {
        let after = &v.settings.watch.on_server.after_fetching;
        is_open(v) && matches!(after, AfterFetching::MoveTo(_))
    }),
];

fn set_after_fetching(value: &mut Value, typed: &str) -> Result<(), String> {
    let after = &mut value.settings.watch.on_server.after_fetching;
    match (typed, &*after) {
        ("move", AfterFetching::MoveTo(_)) => {}
        ("move", _) => *after = AfterFetching::MoveTo(String::new()),
        ("delete", _) => *after = AfterFetching::Delete,
        _ => *after = AfterFetching::Leave,
    }
    Ok(())
}

fn set_folder(value: &mut Value, typed: &str) -> Result<(), String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err("a folder is missing, such as Done".into());
    }
    let after = &mut value.settings.watch.on_server.after_fetching;
    if let AfterFetching::MoveTo(folder) = after {
        typed.clone_into(folder);
    }
    Ok(())
}

fn mark_word(marks: Marks) -> &'static str {
    match marks {
        Marks::Nothing => "nothing",
        Marks::Answered => "answered",
        Marks::ReadAndAnswered => "read",
    }
}
