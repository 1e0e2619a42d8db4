//! The original below an answer, and inside a forwarded mail.
//!
//! What is quoted was written by a stranger: it enters the draft as clean text, so nothing in it can reach the
//! terminal through the editor.

use jiff::tz::TimeZone;

use crate::domain::clean::Clean;
use crate::domain::headers::address::Address;
use crate::domain::message::Message;
use crate::mail::compose::{attribution, forward_block, quote_for_reply};

/// More of an original than this helps nobody; it is still in the ticket.
const QUOTED_LINES: usize = 1_000;
const QUOTED_BYTES: usize = 100_000;

/// Room to write in, who wrote when, and the original behind `> `. Empty where there is nothing to quote.
pub(super) fn answer_body(message: &Message, zone: &TimeZone) -> String {
    let text = own_text(message);
    if text.trim().is_empty() {
        return String::new();
    }
    let somebody = Address::new("somebody", "");
    let author = shown(message.envelope.from.as_ref().unwrap_or(&somebody));
    let said = attribution(&moment(message, zone), &author);
    format!("\n\n{}", quote_for_reply(&text, &said))
}

/// Room to write in, the headers that a reader needs, and the original as it is.
pub(super) fn forwarded_body(message: &Message, zone: &TimeZone) -> String {
    let all = |list: &[Address]| list.iter().map(shown).collect::<Vec<_>>();
    let from: Vec<Address> = message.envelope.from.iter().map(shown).collect();
    let block = forward_block(
        &from,
        &all(&message.envelope.to),
        &moment(message, zone),
        Clean::line(&message.subject).as_str(),
        &own_text(message),
    );
    format!("\n\n{block}")
}

/// When the mail was written, in the writer's own zone of the answer.
fn moment(message: &Message, zone: &TimeZone) -> String {
    message
        .envelope
        .date
        .unwrap_or(message.at)
        .to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

/// An address from a stranger's header, as it may stand in an editor.
pub(super) fn shown(address: &Address) -> Address {
    Address {
        name: Clean::name(&address.name).into_string(),
        address: Clean::name(&address.address).into_string(),
    }
}

/// The text of the original, clean and cut at a sensible length.
fn own_text(message: &Message) -> String {
    let clean = Clean::text(&message.text);
    let mut kept = String::new();
    for (count, line) in clean.as_str().trim_end().lines().enumerate() {
        if count >= QUOTED_LINES || kept.len() + line.len() > QUOTED_BYTES {
            kept.push_str("[…]\n");
            break;
        }
        kept.push_str(line.trim_end());
        kept.push('\n');
    }
    kept
}
