//! What is remembered about a mailbox between two runs: when it last worked, since when it is what it is, what came
//! after the last change, how the last self-test ended, and which alarm was given.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Alarm, Condition, Health};
use crate::domain::clock::Doubt;
use crate::domain::trouble::Trouble;

/// Left in the store by whoever watches the mailbox, and read by every process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// The last look that ended well, whether it found anything or not.
    pub last_fetch: Option<Timestamp>,
    /// When a server last took a mail from this mailbox.
    pub last_send: Option<Timestamp>,
    /// The status, and since when.
    pub status: Option<(Condition, Timestamp)>,
    /// Something changed, and what came meanwhile is still being fetched.
    pub gap: Option<Gap>,
    pub caught_up: Option<CaughtUp>,
    pub self_test: Option<SelfTested>,
    /// When a self-test was begun last, whatever came of it.
    pub test_begun: Option<Timestamp>,
    /// Mail to the address does not arrive, although the connection works.
    pub unheard: Option<Unheard>,
    pub alarm: Alarm,
    /// Folders that are chosen and that the server does not have.
    pub missing_folders: Vec<String>,
    /// Folders that the server did not let us read at the last look.
    pub refused_folders: Vec<RefusedFolder>,
    /// Chosen folders that have another name on the server now, with it.
    pub renamed: BTreeMap<String, String>,
    /// Why marks cannot be kept on the server, where that is so.
    pub marks_refused: Option<Trouble>,
    /// Why fetched mail stays on the server although it was to be taken away.
    pub put_away_refused: Option<Trouble>,
    /// That this machine's clock and the server's differ.
    pub clock: Option<Doubt>,
}

/// A folder that is there and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedFolder {
    pub name: String,
    /// What the server said, or why it was not asked.
    pub words: String,
}

/// What made a mailbox stop for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    Connected,
    /// It had been removed.
    ConnectedAgain,
    SwitchedOn,
    Edited,
    NewPassword,
    /// The line was broken, or the server away.
    Mended,
}

impl Why {
    /// How a sentence about it begins: "after it was switched on again".
    pub fn words(self) -> &'static str {
        match self {
            Self::Connected => "after it was connected",
            Self::ConnectedAgain => "after it was connected again",
            Self::SwitchedOn => "after it was switched on again",
            Self::Edited => "after its settings were changed",
            Self::NewPassword => "after it got its password",
            Self::Mended => "after the interruption",
        }
    }
}

/// A time without fetching that is being made up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub why: Why,
    /// When fetching stopped, as far as that is known.
    pub since: Timestamp,
    /// What has come so far.
    pub mails: u64,
    pub tickets: u64,
}

impl Gap {
    pub fn new(why: Why, since: Timestamp) -> Self {
        Self {
            why,
            since,
            mails: 0,
            tickets: 0,
        }
    }

    /// One change after another before the first has been made up for: the earlier beginning and what had come are
    /// kept, the later reason counts.
    #[must_use]
    pub fn after(self, earlier: Option<Self>) -> Self {
        earlier.map_or(self, |earlier| Self {
            why: if earlier.why == Why::Connected {
                Why::Connected
            } else {
                self.why
            },
            since: self.since.min(earlier.since),
            mails: self.mails + earlier.mails,
            tickets: self.tickets + earlier.tickets,
        })
    }

    /// Everything is here.
    pub fn closed(self, at: Timestamp) -> CaughtUp {
        CaughtUp {
            why: self.why,
            since: self.since,
            at,
            mails: self.mails,
            tickets: self.tickets,
        }
    }
}

/// What came after a time without fetching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaughtUp {
    pub why: Why,
    pub since: Timestamp,
    /// When the last of it was here.
    pub at: Timestamp,
    /// Mails that were new, without those of the Sent folder.
    pub mails: u64,
    /// Tickets that they opened.
    pub tickets: u64,
}

impl CaughtUp {
    /// "14 mails came meanwhile, 12 new tickets".
    pub fn sentence(&self) -> String {
        let mails = match self.mails {
            0 => return "no mail came meanwhile".to_owned(),
            1 => "1 mail".to_owned(),
            many => format!("{many} mails"),
        };
        let tickets = match self.tickets {
            0 => "no new ticket".to_owned(),
            1 => "1 new ticket".to_owned(),
            many => format!("{many} new tickets"),
        };
        let came = if self.why == Why::Connected {
            "fetched"
        } else {
            "came meanwhile"
        };
        format!("{mails} {came}, {tickets}")
    }
}

/// How the last self-test ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfTested {
    pub at: Timestamp,
    /// How long the mail was under way.
    pub milliseconds: u64,
    /// It was taken for junk, as customers' mail may be.
    #[serde(default)]
    pub in_junk: bool,
    /// Why it did not arrive, where it did not.
    pub failure: Option<Trouble>,
}

/// Since when mail does not arrive, and why that is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unheard {
    pub since: Timestamp,
    pub trouble: Trouble,
}

impl Unheard {
    /// How a mailbox does whose connection says `health`. A connection that is broken is the greater trouble.
    pub fn over(&self, health: Health) -> Health {
        match health {
            Health::Live | Health::Syncing { .. } => Health::Failing {
                since: self.since,
                next_try: None,
                trouble: self.trouble.clone(),
            },
            other => other,
        }
    }
}

impl Standing {
    /// What is wrong besides the connection.
    pub fn troubles(&self) -> Vec<Trouble> {
        let mut troubles: Vec<Trouble> = self.folders_trouble().into_iter().collect();
        troubles.extend(self.marks_refused.clone());
        troubles.extend(self.put_away_refused.clone());
        troubles
    }

    /// What an admin should know besides, although everything works.
    pub fn notes(&self) -> Vec<Trouble> {
        let renamed = self.renamed.iter().map(|(chosen, now)| {
            Trouble::operator(format!(
                "the folder {chosen} has another name on the server now ({now}) and is fetched as before"
            ))
            .hint("choose it by its new name in the mailbox's settings")
        });
        let clock = self.clock.as_ref().and_then(Doubt::trouble);
        renamed.chain(clock).collect()
    }

    /// What is wrong with the folders that are chosen, where something is.
    pub fn folders_trouble(&self) -> Option<Trouble> {
        self.missing_trouble().or_else(|| self.refused_trouble())
    }

    /// These folders were looked at, and the server did not let us read those that are `refused`.
    pub fn note_refused(&mut self, looked_at: &[&str], refused: Vec<RefusedFolder>) {
        self.refused_folders
            .retain(|known| !looked_at.contains(&known.name.as_str()));
        self.refused_folders.extend(refused);
    }

    fn refused_trouble(&self) -> Option<Trouble> {
        let (first, others) = self.refused_folders.split_first()?;
        let mut what = format!(
            "the server does not let us read the folder {}: {}",
            first.name, first.words
        );
        if !others.is_empty() {
            what.push_str(&format!(", and {} more", others.len()));
        }
        Some(Trouble::server(what).hint(
            "it is tried again with every look; allow it on the server, or leave the folder out in the mailbox's settings",
        ))
    }

    fn missing_trouble(&self) -> Option<Trouble> {
        let (first, others) = self.missing_folders.split_first()?;
        let what = if others.is_empty() {
            format!("the folder {first} is chosen, and the server has no such folder")
        } else {
            let all = self.missing_folders.join(", ");
            format!("the folders {all} are chosen, and the server has no such folders")
        };
        Some(Trouble::operator(what).hint(
            "choose among the folders that there are, in the mailbox's settings; the other folders are fetched",
        ))
    }

    /// Notes the status, and since when it is this one.
    pub fn note_status(&mut self, health: &Health, now: Timestamp) {
        let status = match health.status() {
            // A start is no news about the mailbox, and fetching is what an active one does.
            Condition::Connecting => return,
            Condition::Fetching => Condition::Active,
            status => status,
        };
        if self.status.is_none_or(|(known, _)| known != status) {
            self.status = Some((status, health.since().unwrap_or(now)));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_came_is_said_in_a_sentence() {
        for (why, mails, tickets, sentence) in [
            (Why::SwitchedOn, 0, 0, "no mail came meanwhile"),
            (
                Why::SwitchedOn,
                1,
                0,
                "1 mail came meanwhile, no new ticket",
            ),
            (
                Why::Mended,
                14,
                12,
                "14 mails came meanwhile, 12 new tickets",
            ),
            (Why::Connected, 2, 1, "2 mails fetched, 1 new ticket"),
        ] {
            let gap = Gap {
                mails,
                tickets,
                ..Gap::new(why, at(0))
            };
            assert_eq!(gap.closed(at(9)).sentence(), sentence);
        }
    }

    #[test]
    fn two_changes_in_a_row_are_made_up_for_together() {
        let switched = Gap {
            mails: 3,
            ..Gap::new(Why::SwitchedOn, at(5))
        };
        let both = Gap::new(Why::Edited, at(7)).after(Some(switched));
        assert_eq!((both.why, both.since, both.mails), (Why::Edited, at(5), 3));
        assert_eq!(Gap::new(Why::Edited, at(7)).after(None).since, at(7));
    }

    #[test]
    fn since_when_stays_while_the_status_stays() {
        let mut standing = Standing::default();
        standing.note_status(&Health::Starting, at(1));
        assert_eq!(standing.status, None);
        standing.note_status(&Health::Syncing { done: 1, total: 2 }, at(2));
        standing.note_status(&Health::Live, at(3));
        assert_eq!(standing.status, Some((Condition::Active, at(2))));
        let broken = Health::Interrupted {
            since: at(4),
            next_try: at(8),
            trouble: Trouble::network("away"),
        };
        standing.note_status(&broken, at(6));
        standing.note_status(&Health::Starting, at(7));
        assert_eq!(standing.status, Some((Condition::Interrupted, at(4))));
        standing.note_status(&Health::Live, at(9));
        assert_eq!(standing.status, Some((Condition::Active, at(9))));
    }

    #[test]
    fn folders_that_are_not_there_are_named() {
        let missing = |names: &[&str]| Standing {
            missing_folders: names.iter().map(ToString::to_string).collect(),
            ..Standing::default()
        };
        assert_eq!(missing(&[]).folders_trouble(), None);
        let one = missing(&["Old"]).folders_trouble().unwrap();
        assert!(one.what.starts_with("the folder Old is"), "{one}");
        let two = missing(&["Old", "Older"]).folders_trouble().unwrap();
        assert!(two.what.starts_with("the folders Old, Older are"), "{two}");
    }

    #[test]
    fn a_folder_that_is_refused_is_told_until_it_can_be_read() {
        let refused = |name: &str| RefusedFolder {
            name: name.into(),
            words: "NO not yours".into(),
        };
        let mut standing = Standing::default();
        standing.note_refused(
            &["INBOX", "Old", "Older"],
            vec![refused("Old"), refused("Older")],
        );
        let told = standing.folders_trouble().unwrap().what;
        assert!(
            told.ends_with("the folder Old: NO not yours, and 1 more"),
            "{told}"
        );
        standing.note_refused(&["INBOX"], Vec::new());
        assert_eq!(
            standing.refused_folders.len(),
            2,
            "only what was looked at is known anew"
        );
        standing.note_refused(&["INBOX", "Old", "Older"], vec![refused("Older")]);
        assert_eq!(standing.refused_folders, [refused("Older")]);
        standing.note_refused(&["Older"], Vec::new());
        assert_eq!(standing.folders_trouble(), None);
    }

    #[test]
    fn unheard_shows_only_where_the_connection_works() {
        let unheard = Unheard {
            since: at(3),
            trouble: Trouble::server("mail does not arrive"),
        };
        assert_eq!(unheard.over(Health::Live).status(), Condition::Error);
        assert_eq!(unheard.over(Health::Disabled), Health::Disabled);
        let left: Standing = serde_json::from_str("{}").unwrap();
        assert_eq!(left, Standing::default());
    }
}
