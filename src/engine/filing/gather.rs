//! The answers to what placement asks, from the transaction.

use crate::domain::headers::signed_id;
use crate::domain::ids::{ContactId, MailboxId, TicketNumber};
use crate::domain::place::{Arrival, Evidence, Questions, TicketSight, questions};
use crate::store::{StoreResult, Write};

/// How often merged tickets are followed.
const MOST_ROUNDS: usize = 20;

/// The ticket that a Message-ID or plus-address of ours was signed for.
pub fn verify(key: &[u8], value: &str) -> Option<TicketNumber> {
    signed_id::verify(key, value).or_else(|| signed_id::verify_plus(key, value))
}

/// Everything the store knows that matters for this mail.
pub fn gather(
    transaction: &dyn Write,
    arrival: &Arrival<'_>,
    key: &[u8],
    mailbox: MailboxId,
    sender: Option<ContactId>,
) -> StoreResult<Evidence> {
    let asked = questions(arrival, &|value| verify(key, value));
    let own_id = arrival.mail.message_id.as_deref();
    let mut evidence = Evidence::default();
    for id in &asked.message_ids {
        let mut known = transaction.messages_called(id)?;
        // A mail whose parent is missing belongs where its siblings are.
        if known.is_empty() && own_id != Some(id.as_str()) {
            known = transaction.messages_referring_to(id)?;
        }
        if !known.is_empty() {
            evidence.messages.insert(id.clone(), known);
        }
    }
    if let Some(id) = own_id {
        evidence.answered_by = transaction.messages_referring_to(id)?;
    }
    if let Some(contact) = sender {
        evidence.last_of_customer = transaction.last_ticket_of(contact, mailbox)?;
    }
    add_tickets(transaction, &mut evidence, &asked)?;
    Ok(evidence)
}

fn add_tickets(
    transaction: &dyn Write,
    evidence: &mut Evidence,
    asked: &Questions,
) -> StoreResult<()> {
    for _ in 0..MOST_ROUNDS {
        let missing = evidence.missing_tickets(asked);
        if missing.is_empty() {
            return Ok(());
        }
        for number in missing {
            let sight = match transaction.ticket(number)? {
                Some(ticket) => Some(TicketSight {
                    participants: transaction.participants(number)?,
                    subjects: transaction.subjects(number)?,
                    ticket,
                }),
                None => None,
            };
            evidence.tickets.insert(number, sight);
        }
    }
    Ok(())
}
