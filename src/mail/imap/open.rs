//! Opening a folder for reading, and learning in the same round trip what happened while we were away.
//!
//! Folders are opened with EXAMINE: reading must not change a mailbox. Only what stores marks or takes mails away
//! opens them with SELECT (`changing`). Where QRESYNC is offered
//! (RFC 7162 §3.2.5) the answer brings the expunged UIDs and the changed flags with it, so nothing new costs one
//! flight and some 350 bytes however large the folder is.

use std::ops::RangeInclusive;

use super::answer::{Answer, Condition};
use super::failure::ImapFailure;
use super::fetched::Fetched;
use super::session::{ImapSession, quoted_folder};

/// What we know of a folder from last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resync {
    pub uidvalidity: u32,
    pub highestmodseq: u64,
}

/// The flags of one mail, as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagsChange {
    pub uid: u32,
    pub flags: Vec<String>,
    pub modseq: Option<u64>,
}

impl FlagsChange {
    pub(super) fn from_fetched(fetched: Fetched) -> Option<Self> {
        Some(Self {
            uid: fetched.uid?,
            flags: fetched.flags?,
            modseq: fetched.modseq,
        })
    }
}

/// An opened folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// The generation of UIDs: another number than last time means that no known UID counts any more.
    pub uidvalidity: u32,
    /// A prediction, never proof of anything: listing decides.
    pub uidnext: u32,
    pub exists: u32,
    /// `None` where the server numbers no changes in this folder.
    pub highestmodseq: Option<u64>,
    /// Whether nothing can be changed in it, by this command or for this sign-in.
    pub is_read_only: bool,
    /// What the server calls it whatever its name is (RFC 8474 §4.1), where the server says so.
    pub mailbox_id: Option<String>,
    /// Whether `vanished` and `changed` are the whole difference to what was known.
    pub resynced: bool,
    /// UIDs that are gone since last time; they need not have been known.
    pub vanished: Vec<RangeInclusive<u32>>,
    /// Mails whose flags changed since last time, new mails among them.
    pub changed: Vec<FlagsChange>,
}

/// What an EXAMINE has told so far.
#[derive(Default)]
struct Told {
    uidvalidity: Option<u32>,
    uidnext: Option<u32>,
    exists: Option<u32>,
    highestmodseq: Option<u64>,
    mailbox_id: Option<String>,
    vanished: Vec<RangeInclusive<u32>>,
    changed: Vec<FlagsChange>,
    unreadable: bool,
}

impl ImapSession {
    /// Opens a folder for reading. With `known`, and where the server has QRESYNC, what changed since comes along.
    ///
    /// # Errors
    /// NO or BAD is `Refused` and no folder is open then. A folder without UIDVALIDITY, UIDNEXT or EXISTS cannot be
    /// followed and is a `Protocol` failure, never zero.
    pub async fn examine(
        &mut self,
        wire_name: &str,
        known: Option<Resync>,
    ) -> Result<Selected, ImapFailure> {
        self.must_be_quiet()?;
        let folder = quoted_folder(wire_name)?;
        if self.can.qresync && !self.qresync_on {
            return self.examine_enabling(&folder, known).await;
        }
        let command = self.examine_command(&folder, known);
        let tag = self.send(&command).await?;
        self.opened(tag, &command, known).await
    }

    /// The first time: QRESYNC is switched on in the same flight. A server that does not confirm it loses it.
    async fn examine_enabling(
        &mut self,
        folder: &str,
        known: Option<Resync>,
    ) -> Result<Selected, ImapFailure> {
        let enable = self.send("ENABLE QRESYNC").await?;
        self.qresync_on = true;
        let command = self.examine_command(folder, known);
        let tag = self.send(&command).await?;
        let mut confirmed = false;
        let enabled = self
            .finish(enable, "ENABLE", |answer| {
                if let Answer::Abilities {
                    enabled: true,
                    words,
                } = answer
                {
                    confirmed |= words
                        .iter()
                        .any(|word| word.eq_ignore_ascii_case("QRESYNC"));
                }
            })
            .await;
        match enabled {
            Err(failure) if !failure.connection_is_good() => return Err(failure),
            Ok(_) if confirmed => return self.opened(tag, &command, known).await,
            _ => {}
        }
        self.can.qresync = false;
        self.qresync_on = false;
        match self.opened(tag, &command, known).await {
            Err(failure) if !failure.connection_is_good() => return Err(failure),
            opened if !is_resync(&command) => return opened,
            _ => {}
        }
        let command = self.examine_command(folder, None);
        let tag = self.send(&command).await?;
        self.opened(tag, &command, None).await
    }

    /// Known UIDs are written `1:4294967295`: with `*` some servers answer BAD and open nothing.
    fn examine_command(&self, folder: &str, known: Option<Resync>) -> String {
        match known {
            Some(known) if self.qresync_on && known.highestmodseq > 0 => format!(
                "EXAMINE {folder} (QRESYNC ({} {} 1:4294967295))",
                known.uidvalidity, known.highestmodseq
            ),
            _ if self.can.condstore => format!("EXAMINE {folder} (CONDSTORE)"),
            _ => format!("EXAMINE {folder}"),
        }
    }

    /// Opens a folder by this command, without asking what changed.
    pub(super) async fn opened_by(&mut self, command: &str) -> Result<Selected, ImapFailure> {
        self.must_be_quiet()?;
        let tag = self.send(command).await?;
        self.opened(tag, command, None).await
    }

    async fn opened(
        &mut self,
        tag: u32,
        command: &str,
        known: Option<Resync>,
    ) -> Result<Selected, ImapFailure> {
        self.news = super::News::default();
        let mut told = Told::default();
        let done = self
            .finish(tag, command, |answer| told.note(answer))
            .await?;
        if told.unreadable {
            return Err(ImapFailure::protocol("the folder's numbers do not fit"));
        }
        let news = self.take_news();
        told.exists = told.exists.or(news.exists);
        told.vanished.extend(news.vanished);
        let missing = |what: &str| ImapFailure::protocol(format!("the folder has no {what}"));
        let uidvalidity = told.uidvalidity.ok_or_else(|| missing("UIDVALIDITY"))?;
        let selected = Selected {
            uidvalidity,
            uidnext: told.uidnext.ok_or_else(|| missing("UIDNEXT"))?,
            exists: told.exists.ok_or_else(|| missing("EXISTS"))?,
            highestmodseq: told.highestmodseq,
            is_read_only: done.code.is_some_and(|code| code.name == "READ-ONLY"),
            mailbox_id: told.mailbox_id,
            resynced: is_resync(command)
                && known.is_some_and(|known| known.uidvalidity == uidvalidity)
                && told.highestmodseq.is_some(),
            vanished: told.vanished,
            changed: told.changed,
        };
        self.exists = selected.exists;
        self.uidnext = selected.uidnext;
        Ok(selected)
    }
}

fn is_resync(command: &str) -> bool {
    command.ends_with("1:4294967295))")
}

/// `(F2212ea87-6097-4256-9d51-71338625)`: letters, digits, `_` and `-`, 255 at most (RFC 8474 §7).
fn object_id(arguments: &str) -> Option<String> {
    let id = arguments.trim().strip_prefix('(')?.strip_suffix(')')?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (!id.is_empty() && id.len() <= 255 && id.bytes().all(fits)).then(|| id.to_owned())
}

impl Told {
    fn note(&mut self, answer: Answer) {
        match answer {
            Answer::Vanished { uids, .. } => self.vanished.extend(uids),
            Answer::Fetch(fetched) => self.changed.extend(FlagsChange::from_fetched(fetched)),
            Answer::Status {
                tag: None,
                condition,
            } => self.note_code(&condition),
            _ => {}
        }
    }

    fn note_code(&mut self, condition: &Condition) {
        let Some(code) = &condition.code else {
            return;
        };
        match code.name.as_str() {
            "UIDVALIDITY" => self.uidvalidity = self.number(&code.arguments),
            "UIDNEXT" => self.uidnext = self.number(&code.arguments),
            "HIGHESTMODSEQ" => {
                let modseq: Option<u64> = self.number(&code.arguments);
                self.highestmodseq = modseq.filter(|modseq| *modseq > 0);
            }
            "MAILBOXID" => self.mailbox_id = object_id(&code.arguments),
            "CLOSED" => *self = Self::default(),
            _ => {}
        }
    }

    fn number<N: std::str::FromStr>(&mut self, text: &str) -> Option<N> {
        let number = text.trim().parse().ok();
        self.unreadable |= number.is_none();
        number
    }
}
