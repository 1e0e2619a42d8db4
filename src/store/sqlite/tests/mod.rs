//! Stories about a store in a directory that vanishes.

mod backups;
mod damage;
mod disk;
mod floods;
mod ledgers;
mod listing;
mod log_and_rows;
mod opening;
mod people_and_outbox;
mod searching;
mod settings_log;

use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;
use sha2::Digest;

use super::*;
use crate::domain::event::{Actor, Happening, MessageMove};
use crate::domain::headers::address::Address;
use crate::domain::ids::{ContentHash, MailboxId, MessageId, OperatorId, TicketNumber};
use crate::domain::mailbox::{
    Endpoint, Incoming, MailboxSettings, Outgoing, SecretSource, Security,
};
use crate::domain::message::{Envelope, MailClass, Message, MessageKind, Placement, PlacementRule};
use crate::domain::query::Asker;
use crate::store::tickets::NewEvent;
use crate::store::{read, write};

pub(super) struct Desk {
    pub(super) home: tempfile::TempDir,
    pub(super) store: SqliteStore,
    pub(super) mailbox: MailboxId,
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

pub(super) fn asker(second: i64) -> Asker {
    Asker {
        now: at(second),
        operator: OperatorId(1),
        zone: "Europe/Kyiv".into(),
    }
}

pub(super) fn settings(name: &str) -> MailboxSettings {
    MailboxSettings {
        login: format!("{name}@acme.test"),
        ..MailboxSettings::new(
            format!("{name}@Acme.test"),
            Incoming::Imap(Endpoint {
                host: "mail.acme.test".into(),
                port: 993,
                security: Security::Tls,
            }),
            Outgoing::Off,
            SecretSource::Ask,
        )
    }
}

pub(super) fn private_home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    home
}

/// What the store's reader does for a statement, line by line.
pub(super) fn plan(desk: &Desk, sql: &str) -> String {
    let conn = rusqlite::Connection::open(desk.home.path().join("ticketty.db")).unwrap();
    let sql = format!("EXPLAIN QUERY PLAN {}", sql.replace('$', "?"));
    let mut statement = conn.prepare(&sql).unwrap();
    let wanted = statement.parameter_count();
    let values = vec!["[]"; wanted];
    let lines: Vec<String> = statement
        .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    lines.join("\n")
}

pub(super) fn hash(raw: &[u8]) -> ContentHash {
    ContentHash(sha2::Sha256::digest(raw).into())
}

impl Desk {
    pub(super) fn new() -> Self {
        let home = private_home();
        let store =
            SqliteStore::open(home.path().join("ticketty.db"), OpenOptions::default()).unwrap();
        let mailbox = write(&store, |tx| {
            tx.meet_operator("anna", "Anna")?;
            tx.put_mailbox(None, &settings("support"), at(0))
        })
        .unwrap();
        Self {
            home,
            store,
            mailbox,
        }
    }

    /// A customer's mail that opens a ticket.
    pub(super) fn mail(
        &self,
        second: i64,
        from: &str,
        subject: &str,
        text: &str,
    ) -> (TicketNumber, MessageId) {
        write(&self.store, |tx| {
            let contact = tx.meet_contact(from, "Olena", "Kovalenko")?;
            let number = tx.next_ticket_number()?;
            let message = incoming(
                MessageId(tx.fresh_id()?),
                number,
                second,
                from,
                subject,
                text,
            );
            tx.append(
                Actor::Customer(contact),
                at(second),
                &[
                    NewEvent {
                        ticket: number,
                        what: Happening::Opened {
                            subject: subject.into(),
                            mailbox: self.mailbox,
                            contact: Some(contact),
                            first_reply_due: Some(at(second + 3600)),
                        },
                        takes_back: None,
                    },
                    NewEvent {
                        ticket: number,
                        what: joined(&message),
                        takes_back: None,
                    },
                ],
            )?;
            tx.put_message(&message)?;
            Ok((number, message.id))
        })
        .unwrap()
    }

    pub(super) fn happen(&self, second: i64, ticket: TicketNumber, what: Happening) {
        write(&self.store, |tx| {
            let new = NewEvent {
                ticket,
                what: what.clone(),
                takes_back: None,
            };
            tx.append(Actor::Operator(OperatorId(1)), at(second), &[new])
        })
        .unwrap();
    }
}

pub(super) fn joined(message: &Message) -> Happening {
    Happening::MessageJoined(MessageMove {
        message: message.id,
        kind: message.kind,
        class: message.class,
        has_attachments: !message.attachments.is_empty(),
        other_ticket: None,
        first_reply: false,
    })
}

pub(super) fn incoming(
    id: MessageId,
    ticket: TicketNumber,
    second: i64,
    from: &str,
    subject: &str,
    text: &str,
) -> Message {
    Message {
        id,
        ticket,
        kind: MessageKind::Incoming,
        class: MailClass::Person,
        at: at(second),
        author: None,
        envelope: Envelope {
            message_id: Some(format!("{id}@customer.test")),
            from: Some(Address {
                name: "Olena Kovalenko".into(),
                address: from.into(),
            }),
            to: vec![Address {
                name: String::new(),
                address: "Support@acme.test".into(),
            }],
            ..Envelope::default()
        },
        subject: subject.into(),
        text: text.into(),
        preview: text.chars().take(200).collect(),
        attachments: Vec::new(),
        placement: Placement {
            rule: PlacementRule::NewTicket,
            value: String::new(),
        },
        content: None,
        notes: Vec::new(),
    }
}
