//! What can be said about a mail before a server is asked: its commands, or why it cannot go out.
//!
//! One recipient that cannot be written to does not hold back the others.

use super::address::WireAddress;
use super::content::WireContent;
use super::reply::Capabilities;
use crate::domain::delivery::{Delivery, Envelope, RecipientResult, Verdict, all_with};

const NEEDS_UTF8: &str =
    "the address has letters beyond ASCII before the @, and the server does not offer SMTPUTF8";

/// A mail that this server can take, so far as that can be known before asking.
pub(super) struct Prepared {
    pub mail_command: String,
    /// Place in the envelope and the command; recipients that cannot be written are missing here.
    pub recipient_commands: Vec<(usize, String)>,
    pub content: Vec<u8>,
    pub results: Vec<RecipientResult>,
}

impl Prepared {
    /// # Errors
    /// The refusal, if nothing of it can be sent to this server as it is.
    pub fn for_server(
        offers: &Capabilities,
        envelope: &Envelope,
        raw: &[u8],
    ) -> Result<Self, Delivery> {
        let unsendable = |why: &str| Delivery::unsendable(envelope, why);
        if envelope.to.is_empty() {
            return Err(unsendable("the mail has no recipient"));
        }
        let content = WireContent::prepare(raw).map_err(|trouble| unsendable(&trouble.what))?;
        if let Some(limit) = offers
            .size
            .filter(|limit| *limit > 0 && content.size() > *limit)
        {
            return Err(unsendable(&format!(
                "the mail has {} bytes and the server takes at most {limit}",
                content.size()
            )));
        }
        if content.eight_bit && !offers.eight_bit {
            return Err(unsendable(
                "the mail holds 8-bit text and the server takes only 7-bit mail",
            ));
        }
        let sender = envelope
            .from
            .as_deref()
            .map(WireAddress::prepare)
            .transpose();
        let sender = sender.map_err(|why| unsendable(&format!("the sender: {why}")))?;
        let mut utf8 = sender.as_ref().is_some_and(|address| address.needs_utf8);
        if utf8 && !offers.utf8_addresses {
            return Err(unsendable(&format!("the sender: {NEEDS_UTF8}")));
        }
        let mut results = all_with(envelope, Verdict::Withheld, "not asked");
        let mut recipient_commands = Vec::new();
        for (index, result) in results.iter_mut().enumerate() {
            match WireAddress::prepare(&result.address) {
                Ok(address) if address.needs_utf8 && !offers.utf8_addresses => {
                    decide(result, Verdict::Refused, NEEDS_UTF8);
                }
                Ok(address) => {
                    utf8 |= address.needs_utf8;
                    recipient_commands.push((index, format!("RCPT TO:<{}>", address.text)));
                }
                Err(why) => decide(result, Verdict::Refused, &why),
            }
        }
        let from = sender.map(|address| address.text).unwrap_or_default();
        let mut mail_command = format!("MAIL FROM:<{from}>");
        if offers.size.is_some() {
            mail_command.push_str(&format!(" SIZE={}", content.size()));
        }
        if content.eight_bit {
            mail_command.push_str(" BODY=8BITMIME");
        }
        if utf8 {
            mail_command.push_str(" SMTPUTF8");
        }
        Ok(Self {
            mail_command,
            recipient_commands,
            content: content.bytes,
            results,
        })
    }
}

/// Sets the verdict on one recipient.
pub(super) fn decide(result: &mut RecipientResult, verdict: Verdict, words: &str) {
    result.verdict = verdict;
    words.clone_into(&mut result.words);
}
