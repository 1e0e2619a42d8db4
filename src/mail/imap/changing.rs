//! What changes mail on the server where an admin asked for it: marks are added, and mails that are stored here are
//! moved away or removed, each by its UID.
//!
//! A folder is opened for changing only here and in `trial`, and never closed with CLOSE nor expunged as a whole
//! (RFC 4315 §2.1), for both would remove what other programs have marked.

use super::answer::{Answer, Condition};
use super::failure::ImapFailure;
use super::open::{FlagsChange, Selected};
use super::session::{ImapSession, quoted_folder};
use super::uid_set;
use crate::crash_point;

/// How many UIDs one command names.
const BATCH_UIDS: usize = 500;

/// Whether what is no mail of ours to remove can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Away<'f> {
    /// UID MOVE (RFC 6851) into a folder.
    Into(&'f str),
    /// UID EXPUNGE (RFC 4315).
    Removed,
}

impl ImapSession {
    /// Opens a folder so that mails in it can be changed.
    ///
    /// # Errors
    /// As opening it for reading; another UIDVALIDITY than `uidvalidity` is a failure, and nothing is touched then.
    pub async fn select(
        &mut self,
        wire_name: &str,
        uidvalidity: u32,
    ) -> Result<Selected, ImapFailure> {
        let folder = quoted_folder(wire_name)?;
        let command = if self.can.condstore {
            format!("SELECT {folder} (CONDSTORE)")
        } else {
            format!("SELECT {folder}")
        };
        let selected = self.opened_by(&command).await?;
        if selected.uidvalidity == uidvalidity {
            Ok(selected)
        } else {
            Err(ImapFailure::protocol("the folder was made anew meanwhile"))
        }
    }

    /// The flags of these mails, of those that are there.
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_flags(&mut self, uids: &[u32]) -> Result<Vec<FlagsChange>, ImapFailure> {
        let mut found: Vec<FlagsChange> = Vec::new();
        for uids in in_order(uids).chunks(BATCH_UIDS) {
            let command = format!("UID FETCH {} (UID FLAGS)", uid_set::write(uids));
            self.run(&command, |answer| {
                if let Answer::Fetch(fetched) = answer
                    && let Some(flags) = FlagsChange::from_fetched(fetched)
                    && uids.binary_search(&flags.uid).is_ok()
                {
                    found.retain(|known| known.uid != flags.uid);
                    found.push(flags);
                }
            })
            .await?;
        }
        Ok(found)
    }

    /// Adds flags to these mails, but to none that was changed after `unchanged_since` (RFC 7162 §3.1.3): those are
    /// given back.
    ///
    /// # Errors
    /// As every command.
    pub async fn add_flags(
        &mut self,
        uids: &[u32],
        flags: &[&str],
        unchanged_since: Option<u64>,
    ) -> Result<Vec<u32>, ImapFailure> {
        let flags = flags.join(" ");
        let condition = unchanged_since
            .map(|modseq| format!("(UNCHANGEDSINCE {modseq}) "))
            .unwrap_or_default();
        let mut left = Vec::new();
        for uids in in_order(uids).chunks(BATCH_UIDS) {
            let set = uid_set::write(uids);
            let command = format!("UID STORE {set} {condition}+FLAGS.SILENT ({flags})");
            crash_point::pass("before marks are stored");
            match self.run(&command, |_| {}).await {
                Ok(done) => left.extend(modified(&done, uids)),
                Err(failure) if failure.code.as_deref() == Some("MODIFIED") => left.extend(uids),
                Err(failure) => return Err(failure),
            }
            crash_point::pass("after marks were stored");
        }
        Ok(left)
    }

    /// Takes exactly these mails out of the open folder.
    ///
    /// # Errors
    /// As every command; a server that cannot name single mails for it is refused before anything is asked.
    pub async fn put_away(&mut self, uids: &[u32], away: Away<'_>) -> Result<(), ImapFailure> {
        for uids in in_order(uids).chunks(BATCH_UIDS) {
            let set = uid_set::write(uids);
            match away {
                Away::Into(folder) if self.can.move_ => {
                    let folder = quoted_folder(folder)?;
                    crash_point::pass("before mails are moved");
                    self.run(&format!("UID MOVE {set} {folder}"), |_| {})
                        .await?;
                    crash_point::pass("after mails were moved");
                }
                Away::Removed if self.can.uidplus => {
                    crash_point::pass("before mails are marked as deleted");
                    let mark = format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)");
                    self.run(&mark, |_| {}).await?;
                    crash_point::pass("before mails are removed");
                    self.run(&format!("UID EXPUNGE {set}"), |_| {}).await?;
                    crash_point::pass("after mails were removed");
                }
                Away::Into(_) | Away::Removed => {
                    return Err(ImapFailure::unfit(
                        "the mail server cannot take single mails out of a folder",
                        "leave the mails where they are",
                    ));
                }
            }
        }
        Ok(())
    }
}

fn in_order(uids: &[u32]) -> Vec<u32> {
    let mut uids = uids.to_vec();
    uids.sort_unstable();
    uids.dedup();
    uids
}

/// `[MODIFIED 7,9]` in a completion that is OK otherwise. A set that cannot be read means all.
fn modified(done: &Condition, asked: &[u32]) -> Vec<u32> {
    let Some(code) = done.code.as_ref().filter(|code| code.name == "MODIFIED") else {
        return Vec::new();
    };
    let Some(ranges) = uid_set::read(code.arguments.trim()) else {
        return asked.to_vec();
    };
    let is_named = |uid: &u32| ranges.iter().any(|range| range.contains(uid));
    asked.iter().copied().filter(is_named).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::answer::{Code, Word};
    use super::*;

    #[test]
    fn what_another_program_changed_meanwhile_is_told_apart() {
        let done = |code: Option<&str>| Condition {
            word: Word::Ok,
            code: code.map(|arguments| Code {
                name: "MODIFIED".into(),
                arguments: arguments.into(),
            }),
            text: String::new(),
        };
        for (code, left) in [
            (None, vec![]),
            (Some("7,9:11"), vec![7, 9]),
            (Some("1:3"), vec![]),
            (Some("nonsense"), vec![5, 7, 9]),
        ] {
            assert_eq!(modified(&done(code), &[5, 7, 9]), left, "{code:?}");
        }
    }
}
