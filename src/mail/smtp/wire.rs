//! Whole replies in, whole commands out, each within a deadline and a bound.
//!
//! The read buffer is ours, so that we know what waits in it: bytes that the server sent before it was asked are
//! never taken for an answer. After any error the line must be dropped.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;

use super::reply::{MAX_LINE_BYTES, MAX_LINES, Reply, parse_line};
use crate::crash_point;
use crate::domain::trouble::Trouble;
use crate::mail::link::Link;

/// How much is written between two looks at the clock.
const BLOCK_BYTES: usize = 64 * 1024;

/// Why the line is of no use any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Broken {
    /// Closed or reset.
    Lost(String),
    /// Nothing, or not enough, within this time.
    Silent(Duration),
    /// Not SMTP, out of step, or without bounds.
    Nonsense(String),
}

impl Broken {
    /// What happened, to follow "the server" or "the line".
    pub fn words(&self) -> String {
        match self {
            Self::Lost(cause) => format!("the line broke ({cause})"),
            Self::Silent(waited) => format!("the server was silent for {} s", waited.as_secs()),
            Self::Nonsense(what) => format!("the server's answer made no sense ({what})"),
        }
    }

    pub fn trouble(&self, doing: &str) -> Trouble {
        match self {
            Self::Lost(cause) => {
                Trouble::network(format!("the mail server hung up while {doing}")).because(cause)
            }
            Self::Silent(waited) => Trouble::network(format!(
                "the mail server was silent for {} s while {doing}",
                waited.as_secs()
            )),
            Self::Nonsense(what) => Trouble::server(format!(
                "the mail server's answer made no sense while {doing}"
            ))
            .because(what)
            .hint("check host, port and security; something other than an SMTP server may answer there"),
        }
    }
}

/// A link with the bytes that were read from it and not yet understood.
#[derive(Debug)]
pub(super) struct Wire {
    link: Link,
    unread: Vec<u8>,
}

impl Wire {
    pub fn new(link: Link) -> Self {
        Self {
            link,
            unread: Vec::new(),
        }
    }

    /// The bare link, for TLS; the caller has made sure that nothing waits.
    pub fn into_link(self) -> Link {
        self.link
    }

    /// Closes the connection without another byte.
    pub fn cut(&mut self) {
        self.link = Box::new(tokio::io::empty());
        self.unread.clear();
    }

    /// Fails if the server has sent anything that nobody asked for, or has hung up.
    pub async fn expect_quiet(&mut self) -> Result<(), Broken> {
        self.take_what_waits().await?;
        match self.unread.len() {
            0 => Ok(()),
            waiting => Err(Broken::Nonsense(format!(
                "{waiting} bytes came before they were asked for"
            ))),
        }
    }

    /// Whether the server has begun to say something.
    pub async fn something_waits(&mut self) -> Result<bool, Broken> {
        self.take_what_waits().await?;
        Ok(!self.unread.is_empty())
    }

    async fn take_what_waits(&mut self) -> Result<(), Broken> {
        // One turn of the scheduler lets the runtime notice bytes that have already arrived.
        tokio::task::yield_now().await;
        let mut space = [0_u8; 512];
        let mut buffer = ReadBuf::new(&mut space);
        let link = &mut self.link;
        let looked =
            poll_fn(|context| Poll::Ready(Pin::new(&mut *link).poll_read(context, &mut buffer)))
                .await;
        match looked {
            Poll::Pending => Ok(()),
            Poll::Ready(Err(error)) => Err(Broken::Lost(error.to_string())),
            Poll::Ready(Ok(())) if buffer.filled().is_empty() && self.unread.is_empty() => {
                Err(Broken::Lost("closed by the server".to_owned()))
            }
            Poll::Ready(Ok(())) => {
                self.unread.extend_from_slice(buffer.filled());
                Ok(())
            }
        }
    }

    /// Writes all of it; each block has the deadline.
    pub async fn write(&mut self, bytes: &[u8], per_block: Duration) -> Result<(), Broken> {
        crash_point::pass("before a write to an SMTP server");
        for block in bytes.chunks(BLOCK_BYTES) {
            let written = timeout(per_block, self.link.write_all(block)).await;
            done(written, per_block)?;
        }
        let flushed = timeout(per_block, self.link.flush()).await;
        crash_point::pass("after a write to an SMTP server");
        done(flushed, per_block)
    }

    /// One whole reply within the deadline, however slowly its bytes drip.
    pub async fn reply(&mut self, deadline: Duration) -> Result<Reply, Broken> {
        timeout(deadline, self.read_reply())
            .await
            .unwrap_or(Err(Broken::Silent(deadline)))
    }

    async fn read_reply(&mut self) -> Result<Reply, Broken> {
        let mut lines = Vec::new();
        let mut code = None;
        loop {
            let line = self.read_line().await?;
            let Some(parsed) = parse_line(&line) else {
                let start = line.get(..line.len().min(60)).unwrap_or_default();
                let shown = String::from_utf8_lossy(start).escape_debug().to_string();
                return Err(Broken::Nonsense(format!("“{shown}” is not an SMTP reply")));
            };
            if *code.get_or_insert(parsed.code) != parsed.code {
                return Err(Broken::Nonsense("one reply with two codes".to_owned()));
            }
            lines.push(parsed.text);
            if parsed.last {
                return Ok(Reply {
                    code: parsed.code,
                    lines,
                });
            }
            if lines.len() >= MAX_LINES {
                return Err(Broken::Nonsense(format!(
                    "a reply of more than {MAX_LINES} lines"
                )));
            }
        }
    }

    /// A line without its end. Bounded: what is longer is refused, not kept.
    async fn read_line(&mut self) -> Result<Vec<u8>, Broken> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.unread.drain(..=end).collect();
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return if line.len() <= MAX_LINE_BYTES {
                    Ok(line)
                } else {
                    Err(too_long())
                };
            }
            if self.unread.len() > MAX_LINE_BYTES + 1 {
                return Err(too_long());
            }
            let mut space = [0_u8; 1024];
            match self.link.read(&mut space).await {
                Ok(0) => return Err(Broken::Lost("closed by the server".to_owned())),
                Ok(count) => self
                    .unread
                    .extend_from_slice(space.get(..count).unwrap_or_default()),
                Err(error) => return Err(Broken::Lost(error.to_string())),
            }
        }
    }
}

fn too_long() -> Broken {
    Broken::Nonsense(format!("a reply line of more than {MAX_LINE_BYTES} bytes"))
}

fn done(
    outcome: Result<std::io::Result<()>, tokio::time::error::Elapsed>,
    waited: Duration,
) -> Result<(), Broken> {
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Broken::Lost(error.to_string())),
        Err(_) => Err(Broken::Silent(waited)),
    }
}
