//! Putting a mail into a folder: the copy of an answer in Sent, and the check of the settings screen.
//!
//! APPEND is the only command that writes mail. When the connection breaks after the bytes were sent nobody knows
//! whether the mail is there: the failure is `Lost`, and the caller looks for the Message-ID before trying again.

use crate::crash_point;
use jiff::Timestamp;
use tokio::time::Instant;

use super::answer::{Answer, Condition};
use super::failure::ImapFailure;
use super::session::{Heard, ImapSession, Tag, done, quoted_folder};
use super::uid_set;

impl ImapSession {
    /// Appends `raw` to a folder, and gives (UIDVALIDITY, UID) where the server tells them (UIDPLUS, RFC 4315).
    ///
    /// # Errors
    /// `Refused` carries the server's words and code: OVERQUOTA when the mailbox is full, TRYCREATE when the folder
    /// does not exist. `Lost` leaves open whether the mail is there.
    pub async fn append(
        &mut self,
        wire_name: &str,
        raw: &[u8],
        flags: &[&str],
        date: Option<Timestamp>,
    ) -> Result<Option<(u32, u32)>, ImapFailure> {
        self.must_be_quiet()?;
        let mut before = format!("APPEND {} ", quoted_folder(wire_name)?);
        let flags: Vec<&str> = flags.iter().copied().filter(|flag| is_flag(flag)).collect();
        if !flags.is_empty() {
            before.push_str(&format!("({}) ", flags.join(" ")));
        }
        if let Some(date) = date {
            before.push_str(&date.strftime("\"%d-%b-%Y %H:%M:%S +0000\" ").to_string());
        }
        let (tag, heard) = self.send_literal(&before, raw).await?;
        let condition = match heard {
            Heard::Done(condition) => done("APPEND", condition)?,
            Heard::Answer(_) => self.finish(tag, "APPEND", |_| {}).await?,
        };
        Ok(appended(&condition))
    }

    /// Sends `before`, then `literal` and the line's end. When the server refuses before the go-ahead, the literal
    /// is not sent and the completion is given; otherwise the completion is still owed.
    pub(super) async fn send_literal(
        &mut self,
        before: &str,
        literal: &[u8],
    ) -> Result<(Tag, Heard), ImapFailure> {
        let (announced, must_wait) = self.can.literal(literal.len());
        let tag = self.send(&format!("{before}{announced}")).await?;
        if must_wait {
            let until = Instant::now() + self.limits.answer;
            loop {
                match self.next(tag, until).await? {
                    Heard::Answer(Answer::GoAhead) => break,
                    Heard::Answer(other) => self.news.note(other),
                    done @ Heard::Done(_) => return Ok((tag, done)),
                }
            }
            self.guard.counts.round_trips += 1;
        }
        let mut bytes = Vec::with_capacity(literal.len() + 2);
        bytes.extend_from_slice(literal);
        bytes.extend_from_slice(b"\r\n");
        crash_point::pass("before an APPEND is written");
        self.write(&bytes).await?;
        crash_point::pass("after an APPEND was written");
        Ok((tag, Heard::Answer(Answer::GoAhead)))
    }
}

/// System flags and keywords only: what is written here becomes part of a command.
fn is_flag(flag: &str) -> bool {
    let name = flag.strip_prefix('\\').unwrap_or(flag);
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"$_-.".contains(&byte))
}

/// `[APPENDUID uidvalidity uid]`.
fn appended(condition: &Condition) -> Option<(u32, u32)> {
    let code = condition
        .code
        .as_ref()
        .filter(|code| code.name == "APPENDUID")?;
    let (uidvalidity, uids) = code.arguments.split_once(' ')?;
    let uid = *uid_set::read(uids.trim())?.first()?.start();
    Some((uidvalidity.parse().ok()?, uid))
}
