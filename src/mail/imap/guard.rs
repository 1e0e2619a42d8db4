//! Stands between the wire and everything that reads IMAP.
//!
//! Everything the server sends is cut into bounded frames here (`frame`). After sign-in the session takes the
//! frames themselves. Before that, async-imap reads from the guard as from any stream, and gets only what it is
//! known to digest: one status line at a time, its tag and its OK, NO, BAD or BYE as they were, its sentence
//! replaced. That keeps away everything that makes imap-proto close the connection (answers it does not know,
//! bare LF, NUL, 8-bit) or panic (`INTERNALDATE NIL`, a response code followed by a multi-byte character). The
//! server's own words are kept here, for async-imap reports them only inside debug output.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, timeout};

use super::answer::{self, Answer, Condition, Word};
use super::failure::ImapFailure;
use super::frame::{Frame, FrameFault, Framer};
use crate::mail::link::{Link, WireLog};

const CHUNK_BYTES: usize = 64 * 1024;

/// What went over a connection, for benches and the settings screen. Bytes are those of IMAP, within TLS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WireCounts {
    pub bytes_in: u64,
    pub bytes_out: u64,
    /// How often we had to wait for the server with nothing else on its way: flights, not commands.
    pub round_trips: u64,
}

/// The guarded connection.
pub struct Guard {
    link: Link,
    framer: Framer,
    chunk: Box<[u8]>,
    /// What async-imap may read next, already made safe.
    handed: Vec<u8>,
    handed_at: usize,
    /// The last status line, in the server's words.
    pub(super) heard: Option<Condition>,
    /// The last list of capabilities, however it came.
    pub(super) capability: Option<Vec<String>>,
    pub(super) counts: WireCounts,
    log: Option<WireLog>,
    /// Whether the first line was seen, which must be a greeting.
    greeted: bool,
    /// A broken bound, told only after the whole frames before it were taken.
    fault: Option<FrameFault>,
}

/// What is kept when TLS is put around a guarded link.
pub(super) struct Carried {
    pub counts: WireCounts,
    pub log: Option<WireLog>,
    /// Behind STARTTLS there is no second greeting.
    pub greeted: bool,
}

impl Guard {
    pub(super) fn new(
        link: Link,
        longest_line: usize,
        longest_literal: u64,
        carried: Carried,
    ) -> Self {
        Self {
            link,
            framer: Framer::new(longest_line, longest_literal),
            chunk: vec![0; CHUNK_BYTES].into_boxed_slice(),
            handed: Vec::new(),
            handed_at: 0,
            heard: None,
            capability: None,
            counts: carried.counts,
            log: carried.log,
            greeted: carried.greeted,
            fault: None,
        }
    }

    /// Gives the bare link back, for TLS. Everything heard on it is forgotten (RFC 9051 §6.2.1).
    pub(super) fn into_link(self) -> (Link, Carried) {
        let carried = Carried {
            counts: self.counts,
            log: self.log,
            greeted: true,
        };
        (self.link, carried)
    }

    pub(super) fn log_sent(&self, line: &str) {
        if let Some(log) = &self.log {
            log.sent(line);
        }
    }

    /// Whether even one byte waits that nobody has read. Does not wait for one.
    pub(super) async fn has_waiting_byte(&mut self) -> bool {
        if self.handed_at < self.handed.len() || !self.framer.is_empty() {
            return true;
        }
        let filled = std::future::poll_fn(|cx| Poll::Ready(self.poll_fill(cx))).await;
        matches!(filled, Poll::Ready(Ok(count)) if count > 0)
    }

    /// The next whole frame. `silence` bounds the wait for any byte, `until` the wait for the whole.
    ///
    /// # Errors
    /// The end of the stream, a broken bound, silence.
    pub(super) async fn next_frame(
        &mut self,
        silence: Duration,
        until: Instant,
    ) -> Result<Frame, ImapFailure> {
        loop {
            if let Some(frame) = self.pop() {
                return Ok(frame);
            }
            let left = until.saturating_duration_since(Instant::now());
            let filling = std::future::poll_fn(|cx| self.poll_fill(cx));
            let filled = timeout(silence.min(left), filling).await.map_err(|_| {
                ImapFailure::lost(format!(
                    "the mail server did not answer within {} s",
                    silence.min(left).as_secs().max(1)
                ))
            })?;
            if filled? == 0 {
                return Err(ImapFailure::lost("the mail server closed the connection"));
            }
        }
    }

    fn pop(&mut self) -> Option<Frame> {
        let frame = self.framer.pop()?;
        if let Some(log) = &self.log {
            log.received(&frame.shown());
        }
        Some(frame)
    }

    /// Reads once from the link into the cutter; 0 at the end of the stream.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<usize>> {
        if let Some(fault) = self.fault.take() {
            return Poll::Ready(Err(std::io::Error::other(fault)));
        }
        let mut space = ReadBuf::new(&mut self.chunk);
        ready!(Pin::new(&mut self.link).poll_read(cx, &mut space))?;
        let filled = space.filled();
        self.counts.bytes_in += filled.len() as u64;
        self.fault = self.framer.push(filled).err();
        Poll::Ready(Ok(filled.len()))
    }

    /// Takes note of a frame during the handshake, and hands on what async-imap can digest of it.
    fn hand_on(&mut self, frame: Frame) {
        match answer::read(frame) {
            Answer::Status { tag, condition } => {
                if let Some(code) = &condition.code
                    && code.name == "CAPABILITY"
                {
                    self.capability = Some(answer::words(&code.arguments));
                }
                self.handed
                    .extend_from_slice(&safe_line(tag, condition.word));
                self.heard = Some(condition);
            }
            Answer::Abilities {
                enabled: false,
                words,
            } => self.capability = Some(words),
            Answer::GoAhead => self.handed.extend_from_slice(b"+ \r\n"),
            _ if !self.greeted => self.handed.extend_from_slice(b"* BAD heard\r\n"),
            _ => {}
        }
        self.greeted = true;
    }
}

/// A status line with the same meaning that every parser can read.
fn safe_line(tag: Option<String>, word: Word) -> Vec<u8> {
    let tag: String = tag
        .unwrap_or_else(|| "*".to_owned())
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '*')
        .take(20)
        .collect();
    let word = match word {
        Word::Ok => "OK",
        Word::No => "NO",
        Word::Bad => "BAD",
        Word::Bye => "BYE",
        Word::Preauth => "PREAUTH",
    };
    format!("{tag} {word} heard\r\n").into_bytes()
}

impl AsyncRead for Guard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = &mut *self;
        loop {
            if let Some(waiting) = this.handed.get(this.handed_at..).filter(|w| !w.is_empty()) {
                let count = waiting.len().min(space.remaining());
                let (now, _) = waiting.split_at(count);
                space.put_slice(now);
                this.handed_at += count;
                return Poll::Ready(Ok(()));
            }
            this.handed.clear();
            this.handed_at = 0;
            if let Some(frame) = this.pop() {
                this.hand_on(frame);
            } else if ready!(this.poll_fill(cx))? == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Guard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.link).poll_write(cx, bytes))?;
        self.counts.bytes_out += count as u64;
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.link).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.link).poll_shutdown(cx)
    }
}

/// Says nothing of what went through: async-imap wants the trait, and mail must not end in a log.
impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard")
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn seen_by_async_imap(wire: &'static [u8]) -> String {
        let (ours, mut theirs) = tokio::io::duplex(1024);
        let carried = Carried {
            counts: WireCounts::default(),
            log: None,
            greeted: false,
        };
        let mut guard = Guard::new(Box::new(ours), 10_000, 10_000, carried);
        tokio::spawn(async move {
            for chunk in wire.chunks(3) {
                theirs.write_all(chunk).await.unwrap();
            }
        });
        let mut seen = String::new();
        guard.read_to_string(&mut seen).await.unwrap();
        seen
    }

    #[tokio::test]
    async fn async_imap_sees_only_what_it_digests() {
        let seen = seen_by_async_imap(
            "* OK [UIDNEXT 3]ї ready\n* NAMESPACE NIL NIL NIL\r\n* 1 FETCH (INTERNALDATE NIL)\r\n\
             * 1 FETCH (BODY[] {3}\r\na\r\n)\r\n+ go ahead\r\n* STATUS x (SIZE 9)\r\nA1 NO [ALERT]é\0\r\n"
                .as_bytes(),
        )
        .await;
        assert_eq!(seen, "* OK heard\r\n+ \r\nA1 NO heard\r\n");
    }
}
