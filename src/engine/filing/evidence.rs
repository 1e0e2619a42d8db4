//! Proof of delivery: what arrives may settle an answer whose fate was in doubt (design §7).

use jiff::Timestamp;

use super::ReadMail;
use crate::domain::message::MailClass;
use crate::domain::outbox::{self, DeliveryState, Evidence, Step};
use crate::domain::parsed::ParsedMail;
use crate::store::outbox::{OutboxRow, SentCopy};
use crate::store::{StoreResult, Write};

/// Looks whether this mail speaks about answers in doubt: a copy of one, a bounce of one, an answer to one.
pub fn note(
    transaction: &mut dyn Write,
    mail: &ReadMail,
    parsed: &ParsedMail,
    class: MailClass,
    now: Timestamp,
) -> StoreResult<()> {
    if class == MailClass::Own {
        let own_ids = parsed
            .message_id
            .iter()
            .chain(&parsed.signals.original_message_ids)
            .chain(&parsed.signals.own_reference);
        for id in own_ids {
            prove(transaction, id, &Evidence::SentCopy, now)?;
            note_copy(transaction, id, mail)?;
        }
        return Ok(());
    }
    if let Some(report) = &parsed.report {
        if let Some(id) = &report.original_message_id {
            for recipient in &report.recipients {
                let bounce = Evidence::Bounce {
                    recipient: recipient.address.clone(),
                };
                prove(transaction, id, &bounce, now)?;
            }
        }
        return Ok(());
    }
    if let Some(from) = parsed.people.from.first() {
        let answer = Evidence::Answer {
            from: from.address.clone(),
        };
        for id in parsed.in_reply_to.iter().chain(&parsed.references) {
            prove(transaction, id, &answer, now)?;
        }
    }
    Ok(())
}

fn prove(
    transaction: &mut dyn Write,
    message_id: &str,
    evidence: &Evidence,
    now: Timestamp,
) -> StoreResult<()> {
    let rows = transaction.outbox_rows_called(message_id)?;
    let is_sent = |row: &OutboxRow| matches!(row.state, DeliveryState::Sent { .. });
    for row in &rows {
        let other_was_sent = rows
            .iter()
            .any(|other| other.id != row.id && is_sent(other));
        if !matches!(row.state, DeliveryState::Uncertain { .. })
            || !evidence.speaks_for(&row.envelope_to, other_was_sent)
        {
            continue;
        }
        if let Ok(state) = outbox::step(&row.state, &Step::Proof(evidence.clone()), now) {
            transaction.put_outbox(&OutboxRow {
                state,
                changed_at: now,
                ..row.clone()
            })?;
        }
    }
    Ok(())
}

/// The copy that we owe the Sent folder is there already.
fn note_copy(transaction: &mut dyn Write, message_id: &str, mail: &ReadMail) -> StoreResult<()> {
    if mail.arrived.role != crate::domain::folder::FolderRole::Sent {
        return Ok(());
    }
    for row in transaction.outbox_rows_called(message_id)? {
        if row.sent_copy == SentCopy::Due {
            transaction.set_sent_copy(row.id, &SentCopy::Done)?;
        }
    }
    Ok(())
}
