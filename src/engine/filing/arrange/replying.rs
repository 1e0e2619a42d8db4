//! What a mail brings about by itself: an auto-reply, a refusal, or a halt where programs answer each other.

use jiff::{SignedDuration, Timestamp};

use super::Filing;
use crate::domain::automatic::{
    LetterKind, Occasion, is_reopened_too_often, letter_for, past_cap, recipient,
};
use crate::domain::event::{Actor, Happening};
use crate::domain::folder::FolderRole;
use crate::domain::headers::address::Address;
use crate::domain::ids::TicketNumber;
use crate::domain::message::{MailClass, MessageKind};
use crate::domain::place::Placed;
use crate::domain::ticket::{Mark, Status, Ticket};
use crate::engine::automatic::{self, Matter, Writer};
use crate::mail::compose::Thread;
use crate::store::tickets::NewEvent;
use crate::store::{Read, StoreResult, Write};

/// What is to be done once the mail is in its ticket.
#[derive(Debug, Default)]
pub(super) struct Reply {
    letter: Option<(LetterKind, Address)>,
    /// What a note of ours says in the ticket.
    note: Option<String>,
}

impl Filing<'_> {
    /// Decides what follows from the mail. Where a cap is reached the ticket is marked, and not brought back.
    pub(super) fn reply(
        &self,
        store: &dyn Read,
        placed: &mut Placed,
        number: TicketNumber,
        ticket: Option<&Ticket>,
        at: Timestamp,
    ) -> StoreResult<Reply> {
        let mut reply = Reply::default();
        let is_marked = ticket.is_some_and(|one| one.marks.contains(&Mark::LoopSuspected));
        if let (Placed::ToTicket(to), Some(ticket)) = (&mut *placed, ticket)
            && to.reopen
            && ticket.status == Status::Closed
            && is_reopened_too_often(&store.events(number)?, self.desk.now)
        {
            to.reopen = false;
            to.marks.push(Mark::LoopSuspected);
            reply.note = (!is_marked).then(|| {
                "Loop suspected: mail has brought this ticket back too often within a day, so it stays closed. \
                 Open it by hand if a person writes."
                    .to_owned()
            });
            return Ok(reply);
        }
        let policy = &self.mailbox.settings.policy;
        let Some(kind) =
            letter_for(placed, policy).filter(|_| self.arrival.kind() == MessageKind::Incoming)
        else {
            return Ok(reply);
        };
        match recipient(&self.occasion(at)) {
            Ok(to) => {
                let counts = automatic::counts(store, &to, number, self.desk.now)?;
                match past_cap(counts) {
                    None if !is_marked => {
                        reply.note = (kind == LetterKind::AutoReply).then(|| {
                            let to = &to.address;
                            format!(
                                "{to} gets an auto-reply. What became of it stands at the mail."
                            )
                        });
                        reply.letter = Some((kind, to));
                    }
                    None => {}
                    Some(why) => {
                        suspect(placed);
                        reply.note = (!is_marked).then(|| {
                            format!("Loop suspected: {why}. No {} was sent.", kind.noun())
                        });
                    }
                }
            }
            Err(why) if kind == LetterKind::Refusal && self.arrival.class == MailClass::Person => {
                reply.note = Some(format!(
                    "This mailbox refuses replies to closed tickets. The customer was not told: {why}."
                ));
            }
            Err(_) => {}
        }
        Ok(reply)
    }

    fn occasion(&self, at: Timestamp) -> Occasion<'_> {
        let arrived = &self.mail.arrived;
        let is_inbox = !matches!(
            arrived.role,
            FolderRole::Sent | FolderRole::Drafts | FolderRole::Junk | FolderRole::Trash
        );
        Occasion {
            mail: self.parsed,
            class: self.arrival.class,
            own_addresses: &self.desk.own_addresses,
            mailbox: self.mailbox,
            is_fetched_from_inbox: !arrived.is_imported && is_inbox,
            arrived: at,
            now: self.desk.now,
        }
    }

    /// Does it, after the mail's own events. Returns whether there is something new to be sent.
    pub(super) fn carry_out(
        &self,
        store: &mut dyn Write,
        reply: Reply,
        number: TicketNumber,
        placed: &Placed,
        ticket: Option<&Ticket>,
    ) -> StoreResult<bool> {
        let now = self.desk.now;
        let sends = reply.letter.is_some();
        let mut happened: Vec<Happening> = Vec::new();
        if let Some((kind, to)) = &reply.letter {
            let writer = Writer {
                key: self.desk.key,
                zone: self.desk.zone,
                now,
            };
            let subject = match (placed, ticket) {
                (Placed::NewTicket { subject, .. }, _) => subject.as_str(),
                (_, Some(ticket)) => ticket.subject.as_str(),
                (_, None) => self.parsed.subject.as_str(),
            };
            let matter = Matter {
                number,
                subject,
                contact: self.contact,
                mailbox: self.mailbox,
                written_to: self.written_to.as_ref(),
            };
            let no_wait = SignedDuration::ZERO;
            happened.push(automatic::queue(
                store,
                &writer,
                &matter,
                *kind,
                to,
                self.thread(),
                no_wait,
            )?);
        }
        if let Some(words) = &reply.note {
            happened.push(automatic::note(store, number, words, now)?);
        }
        if !happened.is_empty() {
            let events: Vec<NewEvent> = happened
                .into_iter()
                .map(|what| NewEvent {
                    ticket: number,
                    what,
                    takes_back: None,
                })
                .collect();
            store.append(Actor::System, now, &events)?;
        }
        Ok(sends)
    }

    /// In-Reply-To and References of an answer to this mail (RFC 5322 §3.6.4, RFC 3834 §3.1.3 and §3.1.4).
    fn thread(&self) -> Thread {
        let mut references = self.parsed.references.clone();
        references.extend(self.parsed.message_id.clone());
        Thread {
            message_id: String::new(),
            in_reply_to: self.parsed.message_id.clone(),
            references,
        }
    }
}

fn suspect(placed: &mut Placed) {
    match placed {
        Placed::NewTicket { marks, .. } => marks.push(Mark::LoopSuspected),
        Placed::ToTicket(to) => to.marks.push(Mark::LoopSuspected),
        Placed::SameContent(_) | Placed::OwnMailReturned(_) => {}
    }
}
