//! The words that a mail has in its ticket, also where it could not be read or is not kept whole.

use super::ReadMail;
use crate::domain::parsed::{CutPart, ParseNote, ParsedMail};
use crate::domain::words;

/// What the reader found; for a mail that it could not read, words that say so.
pub(super) fn readable(mail: &ReadMail) -> ParsedMail {
    match &mail.parsed {
        Ok(parsed) => match mail.arrived.stub_of_bytes {
            Some(bytes) => {
                let mut stub = ParsedMail {
                    text: format!(
                        "This mail has {}, more than the limit. Only its header is kept here; the mail is on the server.",
                        words::bytes(bytes)
                    ),
                    ..parsed.clone()
                };
                // The header announces parts that are not here.
                stub.attachments.clear();
                stub.notes.push(ParseNote::Cut(CutPart::AllButHeader));
                stub
            }
            None => parsed.clone(),
        },
        Err(trouble) => ParsedMail {
            subject: "(a mail that could not be read)".to_owned(),
            text: format!(
                "This mail could not be read: {trouble}. Its raw source is kept whole, one key away."
            ),
            preview: "This mail could not be read. Its raw source is kept.".to_owned(),
            ..ParsedMail::default()
        },
    }
}
