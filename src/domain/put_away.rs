//! When mail may be taken off the server after it was fetched, and which mail. It is never done in a way that could
//! touch a mail that is not stored here.

use jiff::Timestamp;

use super::folder::FolderRole;
use super::mailbox::AfterFetching;
use super::trouble::Trouble;

/// What the server offers for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offers {
    /// MOVE (RFC 6851).
    pub moves: bool,
    /// UID EXPUNGE (UIDPLUS, RFC 4315).
    pub removes_single: bool,
    /// Where a deletion only takes a label away.
    pub is_gmail: bool,
    /// The folder that mail is to be moved to is there.
    pub has_target: bool,
}

/// Why it is not done, where it cannot be done safely.
#[must_use]
pub fn refusal(after: &AfterFetching, offers: Offers) -> Option<Trouble> {
    match after {
        AfterFetching::Leave => None,
        AfterFetching::MoveTo(_) if !offers.moves => Some(
            Trouble::server(
                "mail cannot be moved away after it was fetched: the server has no MOVE",
            )
            .because("copying and deleting in two steps could lose or double it")
            .hint("choose to leave mail on the server"),
        ),
        AfterFetching::MoveTo(folder) if !offers.has_target => Some(
            Trouble::operator(format!(
                "mail cannot be moved to {folder} after it was fetched: there is no such folder"
            ))
            .hint("make the folder on the server, or choose another one in the mailbox's settings"),
        ),
        AfterFetching::Delete if !offers.removes_single => Some(
            Trouble::server(
                "mail cannot be deleted after it was fetched: the server has no UIDPLUS",
            )
            .because("without it, what other programs have marked would be removed, too")
            .hint("choose to leave mail on the server"),
        ),
        AfterFetching::Delete if offers.is_gmail => Some(
            Trouble::server("Gmail archives what is deleted in a folder, and deletes nothing")
                .hint("move it to [Gmail]/Trash instead"),
        ),
        AfterFetching::MoveTo(_) | AfterFetching::Delete => None,
    }
}

/// Whether mail is taken out of such a folder at all. What lies in the others was put there for a reason.
#[must_use]
pub fn empties(role: FolderRole) -> bool {
    match role {
        FolderRole::Inbox | FolderRole::Archive | FolderRole::Junk | FolderRole::Other => true,
        FolderRole::Sent | FolderRole::Drafts | FolderRole::Trash | FolderRole::All => false,
    }
}

/// What a mail was like when it was stored, or is like now by the server's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    pub size_bytes: u64,
    pub internal_date: Option<Timestamp>,
}

/// Whether a UID still means the mail that was stored: a server that hands out UIDs again without saying so must not
/// make us take away another mail. For deleting, size and date must both agree; moving can be taken back, and servers
/// that state one of the two wrongly are let through.
#[must_use]
pub fn is_the_stored_one(stored: Face, now: Face, after: &AfterFetching) -> bool {
    let same_size = stored.size_bytes == now.size_bytes;
    let same_date = match (stored.internal_date, now.internal_date) {
        (Some(then), Some(now)) => Some(then.as_second() == now.as_second()),
        _ => None,
    };
    match after {
        AfterFetching::Leave => false,
        AfterFetching::MoveTo(_) => same_date.unwrap_or(same_size),
        AfterFetching::Delete => same_size && same_date == Some(true),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_cannot_do_for_single_mails_is_refused_with_the_reason() {
        let all = Offers {
            moves: true,
            removes_single: true,
            is_gmail: false,
            has_target: true,
        };
        let to = || AfterFetching::MoveTo("Done".into());
        let without = |change: fn(&mut Offers)| {
            let mut offers = all;
            change(&mut offers);
            offers
        };
        for (after, offers, word) in [
            (AfterFetching::Leave, Offers::default(), None),
            (to(), all, None),
            (AfterFetching::Delete, all, None),
            (to(), without(|o| o.moves = false), Some("no MOVE")),
            (
                to(),
                without(|o| o.has_target = false),
                Some("no such folder"),
            ),
            (to(), without(|o| o.removes_single = false), None),
            (
                AfterFetching::Delete,
                without(|o| o.removes_single = false),
                Some("no UIDPLUS"),
            ),
            (
                AfterFetching::Delete,
                without(|o| o.is_gmail = true),
                Some("Gmail"),
            ),
        ] {
            let refused = refusal(&after, offers);
            assert_eq!(refused.is_some(), word.is_some(), "{after:?} {offers:?}");
            if let (Some(refused), Some(word)) = (refused, word) {
                assert!(refused.what.contains(word), "{refused}");
                assert!(refused.hint.is_some());
            }
        }
    }

    #[test]
    fn only_what_still_is_the_stored_mail_is_taken_away() {
        let face = |size_bytes, second: Option<i64>| Face {
            size_bytes,
            internal_date: second.map(|second| Timestamp::from_second(second).unwrap()),
        };
        let stored = face(900, Some(5));
        for (now, moved, deleted) in [
            (face(900, Some(5)), true, true),
            (face(901, Some(5)), true, false),
            (face(900, Some(6)), false, false),
            (face(900, None), true, false),
            (face(901, None), false, false),
        ] {
            let to = AfterFetching::MoveTo("Done".into());
            assert_eq!(is_the_stored_one(stored, now, &to), moved, "{now:?}");
            let delete = AfterFetching::Delete;
            assert_eq!(is_the_stored_one(stored, now, &delete), deleted, "{now:?}");
            assert!(!is_the_stored_one(stored, now, &AfterFetching::Leave));
        }
    }
}
