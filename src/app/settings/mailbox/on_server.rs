//! What may be changed on the mail server. Nothing is, unless it is chosen here.

use super::sections::Section;
use super::value::MailboxValue;
use crate::app::settings::grammar::{Spec, field, pair};
use crate::domain::mailbox::{Incoming, Marks};

type Value = MailboxValue;

fn is_open(value: &Value) -> bool {
    value.shows(Section::Fetching) && matches!(value.settings.incoming, Incoming::Imap(_))
}

pub(super) const ON_SERVER: &[Spec<MailboxValue>] = &[field(
    "marks",
    "Mark on server",
    "Nothing: what others have not read stays unread for them. Marks are only added.",
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
.when(is_open)];

fn mark_word(marks: Marks) -> &'static str {
    match marks {
        Marks::Nothing => "nothing",
        Marks::Answered => "answered",
        Marks::ReadAndAnswered => "read",
    }
}
