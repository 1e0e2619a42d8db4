//! A ticket as a row, in both directions.

use rusqlite::{Row, params};

use super::fault::{Fault, Sql};
use super::session::{
    Session, from_json, from_word, json, micros, micros_opt, moment, moment_opt, narrow,
    stored_moment, word_of,
};
use crate::domain::ids::{ContactId, MailboxId, OperatorId, TicketNumber};
use crate::domain::ticket::{Clocks, Priority, Status, Tally, Ticket};

/// The columns that [`read`] reads, of the table named `t`.
pub(super) const COLUMNS: &str =
    "t.number, t.subject, t.status, t.priority, t.mailbox, t.contact, t.assignee, t.tags,
    t.created_at, t.updated_at, t.messages, t.with_attachments, t.last_class, t.unread,
    t.first_reply_due, t.first_replied_at, t.snoozed_until, t.closed_at, t.merged_into, t.marks";
pub(super) const COLUMN_COUNT: usize = 20;

/// The code of "closed", which the index over open tickets is made for.
pub(super) const CLOSED: i64 = 3;

pub(super) fn status_code(status: Status) -> i64 {
    match status {
        Status::New => 0,
        Status::Open => 1,
        Status::Pending => 2,
        Status::Closed => CLOSED,
    }
}

pub(super) fn priority_code(priority: Priority) -> i64 {
    match priority {
        Priority::Low => 0,
        Priority::Normal => 1,
        Priority::High => 2,
        Priority::Urgent => 3,
    }
}

fn status(code: i64) -> Sql<Status> {
    [Status::New, Status::Open, Status::Pending, Status::Closed]
        .into_iter()
        .find(|status| status_code(*status) == code)
        .ok_or_else(|| {
            unknown(
                "a ticket has a status that this program does not know",
                code,
            )
        })
}

fn priority(code: i64) -> Sql<Priority> {
    [
        Priority::Low,
        Priority::Normal,
        Priority::High,
        Priority::Urgent,
    ]
    .into_iter()
    .find(|priority| priority_code(*priority) == code)
    .ok_or_else(|| {
        unknown(
            "a ticket has a priority that this program does not know",
            code,
        )
    })
}

fn unknown(what: &'static str, code: i64) -> Fault {
    Fault::Unreadable {
        what,
        cause: code.to_string(),
    }
}

pub(super) fn read(row: &Row<'_>) -> Sql<Ticket> {
    Ok(Ticket {
        number: TicketNumber(row.get(0)?),
        subject: row.get(1)?,
        status: status(row.get(2)?)?,
        priority: priority(row.get(3)?)?,
        mailbox: MailboxId(row.get(4)?),
        contact: row.get::<_, Option<i64>>(5)?.map(ContactId),
        assignee: row.get::<_, Option<i64>>(6)?.map(OperatorId),
        tags: list(row, 7)?,
        created_at: moment(row.get(8)?)?,
        updated_at: moment(row.get(9)?)?,
        tally: Tally {
            messages: narrow(row.get(10)?)?,
            with_attachments: narrow(row.get(11)?)?,
            last_class: row
                .get::<_, Option<String>>(12)?
                .map(|word| from_word(&word))
                .transpose()?,
        },
        unread: row.get(13)?,
        clocks: Clocks {
            first_reply_due: moment_opt(row.get(14)?)?,
            first_replied_at: moment_opt(row.get(15)?)?,
            snoozed_until: moment_opt(row.get(16)?)?,
            closed_at: moment_opt(row.get(17)?)?,
        },
        merged_into: row.get::<_, Option<i64>>(18)?.map(TicketNumber),
        marks: list(row, 19)?,
    })
}

/// Most tickets have no tag and no mark, and need no JSON read for it.
fn list<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> Sql<Vec<T>> {
    match row
        .get_ref(column)?
        .as_str()
        .map_err(rusqlite::Error::from)?
    {
        "[]" => Ok(Vec::new()),
        text => from_json(text),
    }
}

pub(super) fn write(session: &Session<'_>, ticket: &Ticket) -> Sql<()> {
    session.exec(
        "INSERT INTO ticket (number, subject, status, priority, mailbox, contact, assignee, tags,
             created_at, updated_at, messages, with_attachments, last_class, unread,
             first_reply_due, first_replied_at, snoozed_until, closed_at, merged_into, marks, flood)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
             $21)
         ON CONFLICT (number) DO UPDATE SET
             subject = excluded.subject, status = excluded.status, priority = excluded.priority,
             mailbox = excluded.mailbox, contact = excluded.contact, assignee = excluded.assignee,
             tags = excluded.tags, created_at = excluded.created_at, updated_at = excluded.updated_at,
             messages = excluded.messages, with_attachments = excluded.with_attachments,
             last_class = excluded.last_class, unread = excluded.unread,
             first_reply_due = excluded.first_reply_due, first_replied_at = excluded.first_replied_at,
             snoozed_until = excluded.snoozed_until, closed_at = excluded.closed_at,
             merged_into = excluded.merged_into, marks = excluded.marks, flood = excluded.flood",
        params![
            ticket.number.0,
            ticket.subject,
            status_code(ticket.status),
            priority_code(ticket.priority),
            ticket.mailbox.0,
            ticket.contact.map(|contact| contact.0),
            ticket.assignee.map(|operator| operator.0),
            json(&ticket.tags)?,
            micros(ticket.created_at),
            micros(ticket.updated_at),
            ticket.tally.messages,
            ticket.tally.with_attachments,
            ticket
                .tally
                .last_class
                .map(|class| word_of(&class))
                .transpose()?,
            ticket.unread,
            micros_opt(ticket.clocks.first_reply_due),
            micros_opt(ticket.clocks.first_replied_at),
            micros_opt(ticket.clocks.snoozed_until),
            micros_opt(ticket.clocks.closed_at),
            ticket.merged_into.map(|number| number.0),
            json(&ticket.marks)?,
            ticket
                .contact
                .filter(|_| ticket.is_folded())
                .map(|contact| contact.0)
        ],
    )?;
    Ok(())
}

/// Cuts the times of a ticket to what a row keeps.
pub(super) fn as_stored(ticket: &mut Ticket) {
    ticket.created_at = stored_moment(ticket.created_at);
    ticket.updated_at = stored_moment(ticket.updated_at);
    let clocks = &mut ticket.clocks;
    for clock in [
        &mut clocks.first_reply_due,
        &mut clocks.first_replied_at,
        &mut clocks.snoozed_until,
        &mut clocks.closed_at,
    ] {
        *clock = clock.map(stored_moment);
    }
}

/// The ticket as it is now; from what the transaction knows, if it knows it.
pub(super) fn find(session: &Session<'_>, number: TicketNumber) -> Sql<Option<Ticket>> {
    if let Some(ticket) = session.known_ticket(number) {
        return Ok(Some(ticket));
    }
    session.one(
        &format!("SELECT {COLUMNS} FROM ticket t WHERE t.number = $1"),
        [number.0],
        read,
    )
}
