//! Whose mail it is, where one mailbox collects for several channels.

use super::ReadMail;
use super::arrange::Desk;
use super::gather::verify;
use crate::domain::channel::{WrittenTo, channels_of, doors, written_to};
use crate::domain::folder::FolderRole;
use crate::domain::mailbox::Mailbox;
use crate::domain::parsed::ParsedMail;
use crate::store::{StoreResult, Write};

/// The mailbox that the mail belongs to, and the address that it was written to where a header names one. A mail
/// whose headers name none (a blind copy, a redirect without marks) stays with the channel of the ticket that it
/// answers, where our own signature says which; any other stays with the mailbox that collected it.
pub fn of<'a>(
    transaction: &dyn Write,
    desk: &Desk<'a>,
    collecting: &'a Mailbox,
    mail: &ReadMail,
    parsed: &ParsedMail,
) -> StoreResult<(&'a Mailbox, Option<WrittenTo>)> {
    let doors = doors(collecting, desk.mailboxes);
    let from_sent_folder = mail.arrived.role == FolderRole::Sent;
    if let Some(to) = written_to(parsed, &doors, from_sent_folder) {
        let mailbox = desk.mailbox(to.mailbox)?;
        return Ok((mailbox, (!from_sent_folder).then_some(to)));
    }
    let references = parsed.in_reply_to.iter().chain(&parsed.references);
    for number in references.filter_map(|id| verify(desk.key, id)) {
        let Some(ticket) = transaction.ticket(number)? else {
            continue;
        };
        let channel =
            channels_of(collecting.id, desk.mailboxes).find(|one| one.id == ticket.mailbox);
        if let Some(channel) = channel {
            return Ok((channel, None));
        }
    }
    Ok((collecting, None))
}
