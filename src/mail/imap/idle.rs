//! Waiting for mail without asking (RFC 2177).
//!
//! async-imap's own IDLE reports a closed connection as an interruption and waits for ever when IDLE is refused;
//! both would make a dead mailbox look quiet.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::Instant;

use super::answer::Answer;
use super::failure::ImapFailure;
use super::news::News;
use super::session::{Heard, ImapSession, Tag, done};

/// Why waiting ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Idle {
    /// The folder changed.
    News(News),
    /// The time is over and the connection is alive.
    Quiet,
    /// The caller wants the connection for something else. News that came at the same time are kept for the next look.
    Nudged,
}

impl ImapSession {
    /// Waits until the open folder changes, `at_most` is over, or `nudge` is done. Servers end an IDLE of 29 minutes,
    /// some earlier: stay well below. The session is ready for the next command afterwards.
    ///
    /// # Errors
    /// NO or BAD is `Refused`: poll instead. The server's goodbye or silence is a lost connection.
    pub async fn idle(
        &mut self,
        at_most: Duration,
        nudge: impl Future<Output = ()>,
    ) -> Result<Idle, ImapFailure> {
        self.must_be_quiet()?;
        if !self.news.is_empty() {
            return Ok(Idle::News(self.take_news()));
        }
        let tag = self.send("IDLE").await?;
        let answer_by = Instant::now() + self.limits.answer;
        loop {
            match self.next(tag, answer_by).await? {
                Heard::Answer(Answer::GoAhead) => break,
                Heard::Answer(other) => self.news.note(other),
                Heard::Done(condition) => {
                    done("IDLE", condition)?;
                    return Err(ImapFailure::protocol("IDLE ended before it began"));
                }
            }
        }
        let nudged = self.wait_for_news(tag, at_most, nudge).await?;
        self.guard.counts.round_trips += 1;
        self.guard.log_sent("DONE");
        self.write(b"DONE\r\n").await?;
        let mut besides = News::default();
        self.finish(tag, "IDLE", |answer| besides.note(answer))
            .await?;
        self.news.changed.append(&mut besides.changed);
        self.news.overflowed |= besides.overflowed;
        Ok(match (nudged, self.news.is_empty()) {
            (true, _) => Idle::Nudged,
            (false, false) => Idle::News(self.take_news()),
            (false, true) => Idle::Quiet,
        })
    }

    /// Whether the wait ended by the nudge.
    async fn wait_for_news(
        &mut self,
        tag: Tag,
        at_most: Duration,
        nudge: impl Future<Output = ()>,
    ) -> Result<bool, ImapFailure> {
        let until = Instant::now() + at_most;
        let later = at_most + Duration::from_secs(1);
        let mut nudge = pin!(nudge);
        while self.news.is_empty() {
            tokio::select! {
                biased;
                frame = self.guard.next_frame(later, Instant::now() + later) => {
                    match self.heard(super::answer::read(frame?))? {
                        Answer::Status { tag: Some(_), .. } => {
                            self.forget(tag);
                            return Err(ImapFailure::lost("the mail server ended IDLE by itself"));
                        }
                        other => self.news.note(other),
                    }
                }
                () = &mut nudge => return Ok(true),
                () = tokio::time::sleep_until(until) => return Ok(false),
            }
        }
        Ok(false)
    }
}
