//! Our own mail, from an answer's words to the bytes that are sent.
//!
//! Pure: the id, the date and all randomness come in, so that the bytes are fixed when an answer is queued and every
//! retry sends the same ones. No value from anywhere can add a header or a recipient, Bcc is only in the envelope,
//! and the name of this machine is in none of it.

mod body;
mod markdown;
mod quoting;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use lettre::message::header::{self, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Mailboxes, Message, MessageBuilder};
use serde::{Deserialize, Serialize};

pub use self::markdown::to_html;
pub use self::quoting::{attribution, forward_block, quote_for_reply};
use crate::domain::headers::address::{Address, key, sendable};
pub use crate::domain::headers::signed_id as message_id;
use crate::domain::trouble::Trouble;

/// The header that carries the ticket's reference through providers that rewrite Message-IDs.
pub const REFERENCE_HEADER: &str = "X-Ticketty-Ref";

/// Ids kept in References: the first, which is the root of the thread, and the newest (RFC 5322 §3.6.4).
const MOST_REFERENCES: usize = 20;
const LONGEST_ID: usize = 300;
/// In characters. One word cannot be folded, and no line may be longer than 998 (RFC 5322 §2.1.1).
const LONGEST_VALUE: usize = 800;

/// Words of a mail that are not its Markdown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// The plain text, where it is not the Markdown as it was written.
    pub text: Option<String>,
    /// What mail programs show beside the subject; hidden in the HTML, and in nothing else. Empty is none.
    pub preheader: String,
}

/// A mail to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    pub from: Address,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    pub reply_to: Option<Address>,
    /// Content-Language (RFC 3282), as a tag such as `uk`.
    pub language: Option<String>,
    pub subject: String,
    pub markdown_body: String,
    /// What a letter says otherwise in other places.
    pub apart: Apart,
    /// Appended below a `-- ` line, if there is one.
    pub signature: Option<Words>,
    pub thread: Thread,
    /// When the answer was queued.
    pub date: Timestamp,
    pub attachments: Vec<OutgoingAttachment>,
    /// Nobody wrote it: it carries Auto-Submitted (RFC 3834 §5) and an empty envelope sender.
    pub automatic: bool,
    /// The value of [`REFERENCE_HEADER`].
    pub reference: Option<String>,
}

/// Words in both of their forms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    pub text: String,
    /// What the HTML is made of; `None` where nothing in the text is Markdown.
    pub markdown: Option<String>,
}

/// The mail's own id and those of the mails it answers, without angle brackets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    pub message_id: String,
    pub in_reply_to: Option<String>,
    /// Oldest first, as they were in the mail that is answered, and that mail's own id.
    pub references: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingAttachment {
    pub name: String,
    /// `image/png`; what is none is sent as application/octet-stream.
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// A mail as it is sent, every time it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composed {
    /// With CRLF line ends; dots are not stuffed.
    pub raw: Vec<u8>,
    /// Empty for automatic mail (RFC 3834 §3.3).
    pub envelope_from: String,
    /// To, Cc and Bcc, each once, in the ASCII form that every server takes.
    pub envelope_to: Vec<String>,
    /// Without angle brackets.
    pub message_id: String,
}

/// Writes the mail.
///
/// # Errors
/// The operator's move: there is no recipient, or an address cannot be sent to.
pub fn compose(outgoing: &Outgoing) -> Result<Composed, Trouble> {
    let envelope_to = recipients(outgoing)?;
    let message_id = safe_id(&outgoing.thread.message_id)
        .ok_or_else(|| Trouble::bug("the answer has no usable Message-ID"))?;
    let (local, domain) = sendable(&outgoing.from.address)?;
    let sender = format!("{local}@{domain}");
    let builder = addressed(outgoing)?
        .subject(one_line(&outgoing.subject))
        .date(outgoing.date.into())
        .message_id(Some(format!("<{message_id}>")));
    let builder = automatic(referenced(builder, outgoing), outgoing).envelope(envelope(&sender)?);
    let message = body::attach(builder, outgoing, &message_id)?;
    Ok(Composed {
        raw: message.formatted(),
        envelope_from: if outgoing.automatic {
            String::new()
        } else {
            sender
        },
        envelope_to,
        message_id,
    })
}

/// Every recipient once, whatever the letters' case.
fn recipients(outgoing: &Outgoing) -> Result<Vec<String>, Trouble> {
    let mut seen: Vec<String> = Vec::new();
    let mut envelope = Vec::new();
    for address in outgoing.to.iter().chain(&outgoing.cc).chain(&outgoing.bcc) {
        let (local, domain) = sendable(&address.address)?;
        let identity = key(&address.address);
        if !seen.contains(&identity) {
            seen.push(identity);
            envelope.push(format!("{local}@{domain}"));
        }
    }
    if envelope.is_empty() {
        return Err(Trouble::operator("the mail has no recipient").hint("add an address to To"));
    }
    Ok(envelope)
}

/// The builder wants one and would leave out Bcc from it; ours is made by [`recipients`].
fn envelope(sender: &str) -> Result<lettre::address::Envelope, Trouble> {
    let parsed = sender
        .rsplit_once('@')
        .map(|(local, domain)| lettre::Address::new_dangerous(local, domain));
    let address = parsed.ok_or_else(|| Trouble::bug("the sender has no @"))?;
    lettre::address::Envelope::new(Some(address.clone()), vec![address])
        .map_err(|error| Trouble::bug("the mail could not be written").because(error))
}

fn addressed(outgoing: &Outgoing) -> Result<MessageBuilder, Trouble> {
    let mut builder = Message::builder().from(mailbox(&outgoing.from)?);
    if let Some(reply_to) = &outgoing.reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    if !outgoing.to.is_empty() {
        builder = builder.mailbox(header::To::from(mailboxes(&outgoing.to)?));
    }
    if !outgoing.cc.is_empty() {
        builder = builder.mailbox(header::Cc::from(mailboxes(&outgoing.cc)?));
    }
    if outgoing.to.is_empty() && outgoing.cc.is_empty() {
        builder = builder.raw_header(plain_header("To", "undisclosed-recipients:;"));
    }
    Ok(builder)
}

fn mailboxes(addresses: &[Address]) -> Result<Mailboxes, Trouble> {
    addresses
        .iter()
        .map(mailbox)
        .collect::<Result<Vec<Mailbox>, Trouble>>()
        .map(Mailboxes::from)
}

fn mailbox(address: &Address) -> Result<Mailbox, Trouble> {
    let (local, domain) = sendable(&address.address)?;
    let name = one_line(&address.name);
    Ok(Mailbox::new(
        (!name.is_empty()).then_some(name),
        lettre::Address::new_dangerous(local, domain),
    ))
}

fn referenced(mut builder: MessageBuilder, outgoing: &Outgoing) -> MessageBuilder {
    let thread = &outgoing.thread;
    if let Some(id) = thread.in_reply_to.as_deref().and_then(safe_id) {
        builder = builder.in_reply_to(format!("<{id}>"));
    }
    let mut ids: Vec<String> = Vec::new();
    for id in thread
        .references
        .iter()
        .chain(&thread.in_reply_to)
        .filter_map(|id| safe_id(id))
    {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let skipped = ids.len().saturating_sub(MOST_REFERENCES);
    let kept: Vec<String> = ids
        .iter()
        .enumerate()
        .filter(|(index, _)| *index == 0 || *index > skipped || skipped == 0)
        .map(|(_, id)| format!("<{id}>"))
        .collect();
    if kept.is_empty() {
        builder
    } else {
        builder.references(kept.join(" "))
    }
}

fn automatic(mut builder: MessageBuilder, outgoing: &Outgoing) -> MessageBuilder {
    if let Some(reference) = &outgoing.reference {
        builder = builder.raw_header(plain_header(REFERENCE_HEADER, &one_line(reference)));
    }
    if let Some(language) = &outgoing.language {
        builder = builder.raw_header(plain_header("Content-Language", &one_line(language)));
    }
    if outgoing.automatic {
        // RFC 3834 §5: only an answer to a mail is a reply.
        // RFC 3834 §5.2: an answer to one mail, or what the program sends on its own account.
        let how = match outgoing.thread.in_reply_to {
            Some(_) => "auto-replied",
            None => "auto-generated",
        };
        builder = builder
            .raw_header(plain_header("Auto-Submitted", how))
            .raw_header(plain_header("X-Auto-Response-Suppress", "All"));
    }
    builder
}

fn plain_header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// An id that can stand between angle brackets, without them; none if it cannot.
fn safe_id(id: &str) -> Option<String> {
    let plain = id.trim().trim_start_matches('<').trim_end_matches('>');
    let fits = !plain.is_empty()
        && plain.len() <= LONGEST_ID
        && plain
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"<>()\\\"".contains(&b));
    fits.then(|| plain.to_owned())
}

/// No line break, no NUL, no other control character: they become spaces.
fn one_line(value: &str) -> String {
    let flat: String = value
        .chars()
        .take(LONGEST_VALUE)
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    flat.trim().to_owned()
}
