//! Where mail comes from and goes to, in a cell of the table.

use super::args::security_word;
use crate::bridge::MailboxLine;
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Incoming, Outgoing};

pub fn incoming(incoming: &Incoming, all: &[MailboxLine]) -> String {
    match incoming {
        Incoming::Imap(at) => Clean::line(&format!(
            "{}:{} {}",
            at.host,
            at.port,
            security_word(at.security)
        ))
        .to_string(),
        Incoming::Maildir(path) => Clean::line(&path.display().to_string()).to_string(),
        Incoming::Forwarded(id) => format!("redirected to {}", named(*id, all)),
    }
}

pub fn outgoing(outgoing: &Outgoing, all: &[MailboxLine]) -> String {
    match outgoing {
        Outgoing::Smtp(at) => Clean::line(&format!(
            "{}:{} {}",
            at.host,
            at.port,
            security_word(at.security)
        ))
        .to_string(),
        Outgoing::Sendmail(path) | Outgoing::Folder(path) => {
            Clean::line(&path.display().to_string()).to_string()
        }
        Outgoing::Through(id) => format!("through {}", named(*id, all)),
        Outgoing::Off => "off".into(),
    }
}

/// The name of another mailbox, which may have been removed.
fn named(id: MailboxId, all: &[MailboxLine]) -> String {
    all.iter().find(|line| line.mailbox.id == id).map_or_else(
        || format!("mailbox {id}, which was removed"),
        |line| Clean::line(&line.mailbox.settings.name).to_string(),
    )
}
