//! The list on the left: mailboxes with their health, signatures, views.

use super::domains::{self, DomainKey};
use crate::app::App;
use crate::app::text::{DIM, Line, TEXT};
use crate::app::topline;
use crate::bridge::{MailboxLine, ViewLine};
use crate::domain::clean::Clean;
use crate::domain::contact::Signature;
use crate::domain::ids::{MailboxId, SignatureId, ViewId};

/// Something in the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Item {
    Mailbox(MailboxId),
    #[default]
    NewMailbox,
    /// An address whose mail a connected mailbox collects.
    NewRedirect,
    Signature(SignatureId),
    NewSignature,
    View(ViewId),
    NewView,
    /// The log of settings.
    Audit,
    Domain(DomainKey),
}

#[derive(Debug, Clone)]
pub enum Row {
    Heading(&'static str),
    Item(Item, Line),
}

/// Connected mailboxes.
pub fn mailboxes(app: &App) -> impl Iterator<Item = &MailboxLine> {
    app.known
        .basics
        .iter()
        .flat_map(|basics| &basics.mailboxes)
        .filter(|line| !line.mailbox.removed)
}

pub fn mailbox(app: &App, id: MailboxId) -> Option<&MailboxLine> {
    mailboxes(app).find(|line| line.mailbox.id == id)
}

pub fn signatures(app: &App) -> impl Iterator<Item = &Signature> {
    app.known
        .basics
        .iter()
        .flat_map(|basics| &basics.signatures)
}

/// Saved views, with their ids.
pub fn views(app: &App) -> impl Iterator<Item = (ViewId, &ViewLine)> {
    app.views
        .lines
        .iter()
        .flatten()
        .filter_map(|line| line.id.map(|id| (id, line)))
}

pub fn all(app: &App) -> Vec<Row> {
    let new = |words: &str| Line::words("+ ", DIM).say(words, DIM);
    let mut rows = vec![Row::Heading("Mailboxes")];
    rows.extend(
        mailboxes(app)
            .map(|line| Row::Item(Item::Mailbox(line.mailbox.id), mailbox_row(app, line))),
    );
    rows.push(Row::Item(Item::NewMailbox, new("connect a mailbox")));
    if mailboxes(app).next().is_some() {
        rows.push(Row::Item(Item::NewRedirect, new("forward an address")));
    }
    let known = &app.known.domains.lines;
    if !known.is_empty() {
        rows.push(Row::Heading("Domains"));
        rows.extend(known.iter().map(|line| {
            let key = DomainKey::of(&line.domain);
            Row::Item(Item::Domain(key), domains::row(line))
        }));
    }
    rows.push(Row::Heading("Signatures"));
    rows.extend(signatures(app).map(|signature| {
        let name = Clean::name(&signature.name);
        Row::Item(Item::Signature(signature.id), Line::new().clean(name, TEXT))
    }));
    rows.push(Row::Item(Item::NewSignature, new("write a signature")));
    rows.push(Row::Heading("Views"));
    rows.extend(
        views(app).map(|(id, line)| {
            Row::Item(Item::View(id), Line::new().clean(line.name.clone(), TEXT))
        }),
    );
    rows.push(Row::Item(Item::NewView, new("make a view")));
    rows.push(Row::Heading("Audit"));
    let log = Line::words("who changed what", TEXT);
    rows.push(Row::Item(Item::Audit, log));
    rows
}

/// How it does, and whether new mail begins there.
fn mailbox_row(app: &App, line: &MailboxLine) -> Line {
    let row = topline::health(app, line);
    if line.is_default {
        row.say(" default", DIM)
    } else {
        row
    }
}

pub fn items(app: &App) -> Vec<Item> {
    all(app)
        .into_iter()
        .filter_map(|row| match row {
            Row::Item(item, _) => Some(item),
            Row::Heading(_) => None,
        })
        .collect()
}
