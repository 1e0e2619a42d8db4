//! A mail in pieces, for one that is too large to be taken at once (RFC 9051 §6.4.5, partial FETCH).

use super::answer::Answer;
use super::failure::ImapFailure;
use super::session::ImapSession;

/// A piece of a mail, as one answer gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// RFC822.SIZE as the server claims it, in bytes. A hint.
    pub size: Option<u64>,
    /// Empty where the mail ends before the piece begins.
    pub bytes: Vec<u8>,
}

impl ImapSession {
    /// Up to `length` bytes of one mail of the open folder, from `offset` on; `None` if the server gives no content.
    ///
    /// # Errors
    /// As every command. A piece that was not asked for, or is longer, is a `Protocol` failure.
    pub async fn fetch_part(
        &mut self,
        uid: u32,
        offset: u64,
        length: u32,
    ) -> Result<Option<Part>, ImapFailure> {
        let command = format!("UID FETCH {uid} (UID RFC822.SIZE BODY.PEEK[]<{offset}.{length}>)");
        let mut part = None;
        self.run(&command, |answer| {
            if let Answer::Fetch(fetched) = answer
                && fetched.uid == Some(uid)
                && let Some((from, bytes)) = fetched.part
            {
                let size = fetched.size;
                part = Some((from, Part { size, bytes }));
            }
        })
        .await?;
        match part {
            None => Ok(None),
            Some((from, part)) if from == offset && part.bytes.len() <= length as usize => {
                Ok(Some(part))
            }
            Some(_) => Err(ImapFailure::protocol(
                "another piece of a mail came than was asked for",
            )),
        }
    }
}
