//! Fetching mails: in batches, the next asked for before the last is drained, each answer checked.
//!
//! A mail counts as fetched only if an answer carried the UID that was asked for and a whole, non-empty body; the
//! length of its literal is the size that counts. Whatever else happens ends up in the report, so that the caller's
//! ledger has a hole there and not an empty mail. `BODY.PEEK[]` leaves `\Seen` alone.

use std::collections::VecDeque;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::answer::Answer;
use super::failure::{FailureKind, ImapFailure};
use super::fetched::Fetched;
use super::open::FlagsChange;
use super::session::{Heard, ImapSession, Tag, done};
use super::uid_set;

/// How many UIDs one command asks for.
const BATCH_UIDS: usize = 500;
/// Commands on their way at once: enough that a server at the far end of a slow line never waits for the next.
const BATCHES_AHEAD: usize = 4;
/// Answers that nobody asked for, in one command, before the server is taken for broken.
const MOST_STRAYS: usize = 1_000_000;

/// A mail as it came from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedMail {
    pub uid: u32,
    /// RFC822.SIZE as the server claims it, in bytes. A hint: the length of `raw` is what came.
    pub size: Option<u64>,
    /// When it arrived at the server.
    pub internal_date: Option<Timestamp>,
    pub flags: Vec<String>,
    /// All bytes; only the header where just that was asked for.
    pub raw: Vec<u8>,
}

/// What the server says about a mail without giving it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedStamp {
    pub uid: u32,
    /// RFC822.SIZE in bytes; a hint.
    pub size: u64,
    pub internal_date: Option<Timestamp>,
}

/// What became of a fetch. Every UID asked for was given to the sink, or is in one of the lists, or was not decided
/// because of `failure` (and then it is in none).
#[derive(Debug, Default)]
#[must_use]
pub struct FetchReport {
    /// How many mails went to the sink.
    pub delivered: usize,
    /// The server said OK and gave no content for these: expunged meanwhile, or NIL, or empty.
    pub without_content: Vec<u32>,
    /// The command that asked for these ended with NO or BAD before they came.
    pub refused: Vec<u32>,
    /// The first thing that went wrong.
    pub failure: Option<ImapFailure>,
    /// Where the connection broke: the UID that was due next. Some servers hang up at a mail that they cannot read;
    /// if it happens twice at the same one, fetch the others without it, and it by itself.
    pub stuck_at: Option<u32>,
}

/// A command under way, with the UIDs that have not come yet, rising.
struct Batch {
    tag: Tag,
    waiting: Vec<u32>,
    /// The UID that came last; servers answer in rising order.
    last: u32,
}

impl ImapSession {
    /// Fetches whole mails and gives each to `sink` as soon as it is there, in the order of `uids` by batches of 500
    /// (within a batch, in the server's order). A full sink slows the wire, not the memory. When the sink is closed
    /// the rest is not fetched and the connection must be dropped.
    pub async fn fetch_bodies(
        &mut self,
        uids: &[u32],
        sink: &mpsc::Sender<FetchedMail>,
    ) -> FetchReport {
        let mut report = FetchReport::default();
        if let Err(failure) = self.fetch_into(uids, sink, &mut report).await {
            report.failure = Some(failure);
        }
        report
    }

    async fn fetch_into(
        &mut self,
        uids: &[u32],
        sink: &mpsc::Sender<FetchedMail>,
        report: &mut FetchReport,
    ) -> Result<(), ImapFailure> {
        self.must_be_quiet()?;
        let mut waiting = uids.chunks(BATCH_UIDS);
        let mut sent: VecDeque<Batch> = VecDeque::new();
        loop {
            while sent.len() < BATCHES_AHEAD
                && let Some(uids) = waiting.next()
            {
                sent.push_back(self.send_fetch(uids).await?);
            }
            let Some(tag) = sent.front().map(|batch| batch.tag) else {
                return Ok(());
            };
            let drained = self.drain(tag, &mut sent, sink, report).await;
            if drained.is_err() {
                report.stuck_at = sent.front().and_then(Batch::due);
            }
            let ended = drained?;
            let Some(batch) = sent.pop_front() else {
                return Ok(());
            };
            match done("UID FETCH", ended) {
                Ok(_) => report.without_content.extend(batch.waiting),
                Err(failure) => {
                    report.refused.extend(batch.waiting);
                    let throttled = failure.kind == FailureKind::Unavailable;
                    report.failure.get_or_insert(failure);
                    if throttled {
                        waiting = [].chunks(BATCH_UIDS);
                    }
                }
            }
        }
    }

    async fn send_fetch(&mut self, uids: &[u32]) -> Result<Batch, ImapFailure> {
        let mut waiting = uids.to_vec();
        waiting.sort_unstable();
        waiting.dedup();
        let set = uid_set::write(&waiting);
        let command = format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[])");
        let tag = self.send(&command).await?;
        let last = 0;
        Ok(Batch { tag, waiting, last })
    }

    /// Gives mails to the sink until the command `tag` is done.
    async fn drain(
        &mut self,
        tag: Tag,
        sent: &mut VecDeque<Batch>,
        sink: &mpsc::Sender<FetchedMail>,
        report: &mut FetchReport,
    ) -> Result<super::answer::Condition, ImapFailure> {
        let mut strays = 0usize;
        loop {
            let until = Instant::now() + self.limits.whole_answer;
            let fetched = match self.next(tag, until).await? {
                Heard::Done(condition) => return Ok(condition),
                Heard::Answer(Answer::Fetch(fetched)) => fetched,
                Heard::Answer(other) => {
                    self.news.note(other);
                    strays += 1;
                    if strays > MOST_STRAYS {
                        return Err(ImapFailure::protocol("a flood of answers nobody asked for"));
                    }
                    continue;
                }
            };
            let asked = fetched.uid.filter(|_| fetched.body.is_some());
            if let Some(uid) = asked.filter(|uid| sent.iter_mut().any(|batch| batch.take(*uid))) {
                let mail = FetchedMail::whole(uid, fetched);
                if sink.send(mail).await.is_err() {
                    return Err(ImapFailure::lost("nobody takes the mails any more"));
                }
                report.delivered += 1;
            } else {
                self.news.note(Answer::Fetch(fetched));
            }
        }
    }

    /// The sizes that the server claims and when the mails arrived, for as many of `uids` as it answers.
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_stamps(&mut self, uids: &[u32]) -> Result<Vec<ClaimedStamp>, ImapFailure> {
        let mut stamps = Vec::with_capacity(uids.len());
        for uids in uids.chunks(BATCH_UIDS) {
            let mut asked = uids.to_vec();
            asked.sort_unstable();
            asked.dedup();
            let set = uid_set::write(&asked);
            let command = format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE)");
            self.run_quietly(&command, |fetched| {
                if let (Some(uid), Some(size)) = (fetched.uid, fetched.size)
                    && asked.binary_search(&uid).is_ok()
                {
                    stamps.push(ClaimedStamp {
                        uid,
                        size,
                        internal_date: fetched.internal_date,
                    });
                }
            })
            .await?;
        }
        Ok(stamps)
    }

    /// The header of one mail, for mails that are too large to keep; `None` if the server gives no content for it.
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_header(&mut self, uid: u32) -> Result<Option<FetchedMail>, ImapFailure> {
        let command =
            format!("UID FETCH {uid} (UID RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[HEADER])");
        let mut header = None;
        self.run_quietly(&command, |mut fetched| {
            if fetched.uid == Some(uid) && fetched.header.is_some() {
                fetched.body = fetched.header.take();
                header = Some(FetchedMail::whole(uid, fetched));
            }
        })
        .await?;
        Ok(header)
    }

    /// The flags that changed since `modseq`, for servers with CONDSTORE but without QRESYNC (RFC 7162 §3.1.4.1).
    ///
    /// # Errors
    /// As every command.
    pub async fn fetch_flags_since(
        &mut self,
        modseq: u64,
    ) -> Result<Vec<FlagsChange>, ImapFailure> {
        if self.exists == 0 {
            return Ok(Vec::new());
        }
        let command = format!("UID FETCH 1:4294967295 (UID FLAGS) (CHANGEDSINCE {modseq})");
        let mut changed = Vec::new();
        self.run_quietly(&command, |fetched| {
            changed.extend(FlagsChange::from_fetched(fetched));
        })
        .await?;
        Ok(changed)
    }

    /// Runs a FETCH that must stand alone.
    async fn run_quietly(
        &mut self,
        command: &str,
        mut each: impl FnMut(Fetched),
    ) -> Result<(), ImapFailure> {
        self.run(command, |answer| {
            if let Answer::Fetch(fetched) = answer {
                each(fetched);
            }
        })
        .await
        .map(|_| ())
    }
}

impl Batch {
    /// Whether `uid` was asked for and had not come; it has now.
    fn take(&mut self, uid: u32) -> bool {
        match self.waiting.binary_search(&uid) {
            Ok(at) => {
                self.waiting.remove(at);
                self.last = uid;
                true
            }
            Err(_) => false,
        }
    }

    /// The UID that would have come next.
    fn due(&self) -> Option<u32> {
        let later = self.waiting.iter().find(|uid| **uid > self.last);
        later.or(self.waiting.first()).copied()
    }
}

impl FetchedMail {
    fn whole(uid: u32, fetched: Fetched) -> Self {
        Self {
            uid,
            size: fetched.size,
            internal_date: fetched.internal_date,
            flags: fetched.flags.unwrap_or_default(),
            raw: fetched.body.unwrap_or_default(),
        }
    }
}
