//! Finding and removing one mail of our own, which was put there only to try the mailbox out.
//!
//! Besides APPEND, CREATE and `changing` this is all that changes a mailbox. It removes the one UID it is given and nothing else:
//! a folder is never closed with CLOSE and never expunged as a whole (RFC 4315 §2.1), for both would remove what other
//! programs have marked.

use super::failure::ImapFailure;
use super::session::{ImapSession, quoted_folder};
use super::{FetchedMail, Search, quote};

/// What became of a mail of our own that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    Removed,
    /// It lies in the trash, where the provider keeps it for some days.
    InTrash,
    /// The server has neither UIDPLUS nor MOVE, so that one mail cannot be removed without the risk for others.
    Left,
}

impl ImapSession {
    /// The UID of the mail in the open folder whose Message-ID or [`reference`](crate::mail::compose::REFERENCE_HEADER)
    /// is `id`, from `from` on; a newer one first, where there are several.
    ///
    /// # Errors
    /// As every command.
    pub async fn find_own(&mut self, id: &str, from: u32) -> Result<Option<u32>, ImapFailure> {
        let Some(quoted) = quote::quoted(id) else {
            return Ok(None);
        };
        let header = crate::mail::compose::REFERENCE_HEADER;
        let search = Search::uids(from.max(1)..=u32::MAX).with(format!(
            "OR HEADER Message-ID {quoted} HEADER {header} {quoted}"
        ));
        let found = self.search_uids(&search).await?;
        for uid in found.into_iter().rev() {
            // Servers compare parts of a header, and some do not compare at all.
            let header = self.fetch_header(uid).await?;
            if header.is_some_and(|mail| names(&mail, id)) {
                return Ok(Some(uid));
            }
        }
        Ok(None)
    }

    /// Removes one mail: the UID `uid` of this generation of the folder. `trash` is where it may be moved to instead.
    ///
    /// # Errors
    /// As every command; another UIDVALIDITY than `uidvalidity` is a failure, and nothing is touched then.
    pub async fn remove_own(
        &mut self,
        wire_name: &str,
        uidvalidity: u32,
        uid: u32,
        trash: Option<&str>,
    ) -> Result<Removal, ImapFailure> {
        let trash = trash.filter(|_| self.can.move_);
        // Gmail takes an expunge of the inbox for "archive": only what is moved to its trash goes away.
        let moves = trash.filter(|_| self.can.gmail || !self.can.uidplus);
        if moves.is_none() && !self.can.uidplus {
            return Ok(Removal::Left);
        }
        self.select(wire_name, uidvalidity).await?;
        if let Some(trash) = moves {
            let trash = quoted_folder(trash)?;
            self.run(&format!("UID MOVE {uid} {trash}"), |_| {}).await?;
            return Ok(Removal::InTrash);
        }
        let mark = format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)");
        self.run(&mark, |_| {}).await?;
        self.run(&format!("UID EXPUNGE {uid}"), |_| {}).await?;
        Ok(Removal::Removed)
    }
}

/// Whether a header says this id, unfolded and whatever its letters' case.
fn names(mail: &FetchedMail, id: &str) -> bool {
    let text = String::from_utf8_lossy(&mail.raw).to_lowercase();
    text.contains(&id.to_lowercase())
}
