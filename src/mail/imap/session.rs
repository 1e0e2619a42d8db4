//! A signed-in connection: sends commands, reads answers, and believes only a command's own tagged OK.
//!
//! A session belongs to one task. Between commands nothing may be on its way: when a future of the session is
//! dropped half-way, the next command fails and the caller connects anew, because whose answer comes next could
//! not be told. What the server says besides is collected as [`News`].

use std::collections::HashMap;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout};

use super::access::{Access, Limits, Watching, unwatched};
use super::answer::{self, Answer, Condition, Word};
use super::can::Can;
use super::failure::ImapFailure;
use super::folder::{self, FolderInfo};
use super::guard::{Guard, WireCounts};
use super::news::News;
use super::{quote, sign_in, utf7};
use crate::mail::link::{TlsFacts, WireLog};

pub(super) type Tag = u32;

/// A signed-in IMAP connection.
#[derive(Debug)]
pub struct ImapSession {
    pub(super) guard: Guard,
    pub(super) limits: Limits,
    pub(super) can: Can,
    pub(super) news: News,
    pub(super) qresync_on: bool,
    /// How many mails the open folder has.
    pub(super) exists: u32,
    /// Where the open folder's UIDs end, as the server predicted when it was opened.
    pub(super) uidnext: u32,
    tls: Option<TlsFacts>,
    last_tag: Tag,
    /// Commands whose completion is owed.
    owed: Vec<Tag>,
    /// Completions that came while another was waited for.
    early: HashMap<Tag, Condition>,
    /// Set while bytes are written; stays set when that was cut off.
    writing: bool,
}

impl ImapSession {
    /// Connects and signs in. `log` gets the protocol, without secrets and without mail.
    ///
    /// # Errors
    /// Every [`super::FailureKind`] but `Refused`.
    pub async fn connect(
        access: &Access,
        limits: Limits,
        log: Option<WireLog>,
    ) -> Result<Self, ImapFailure> {
        Self::connect_watched(access, limits, log, &unwatched).await
    }

    /// The same, telling how far it has come.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn connect_watched(
        access: &Access,
        limits: Limits,
        log: Option<WireLog>,
        watching: Watching<'_>,
    ) -> Result<Self, ImapFailure> {
        let signed_in = sign_in::sign_in(access, &limits, log, watching).await?;
        let host = access.endpoint.host.to_lowercase();
        let mut session = Self {
            guard: signed_in.guard,
            limits,
            can: Can::default(),
            news: News::default(),
            qresync_on: false,
            exists: 0,
            uidnext: 0,
            tls: signed_in.tls,
            last_tag: 0,
            owed: Vec::new(),
            early: HashMap::new(),
            writing: false,
        };
        let words = match signed_in.capability {
            Some(words) => words,
            None => session.ask_capability().await?,
        };
        session.can = Can::from_words(&words, &host);
        Ok(session)
    }

    async fn ask_capability(&mut self) -> Result<Vec<String>, ImapFailure> {
        let mut found = None;
        self.run("CAPABILITY", |answer| {
            if let Answer::Abilities {
                enabled: false,
                words,
            } = answer
            {
                found = Some(words)
            }
        })
        .await?;
        found.ok_or_else(|| ImapFailure::protocol("no capabilities were listed"))
    }

    /// What the server can do.
    pub fn can(&self) -> Can {
        self.can
    }

    /// The facts of TLS; `None` on a plain link.
    pub fn tls(&self) -> Option<&TlsFacts> {
        self.tls.as_ref()
    }

    pub fn counts(&self) -> WireCounts {
        self.guard.counts
    }

    /// What came unasked since the last time. Opening a folder empties it too.
    pub fn take_news(&mut self) -> News {
        std::mem::take(&mut self.news)
    }

    /// All folders, with what each is for.
    ///
    /// # Errors
    /// As every command: NO and BAD as `Refused`, else the connection is gone.
    pub async fn list_folders(&mut self) -> Result<Vec<FolderInfo>, ImapFailure> {
        const MOST_FOLDERS: usize = 20_000;
        let command = if self.can.special_use && self.can.list_extended {
            "LIST \"\" \"*\" RETURN (SPECIAL-USE)"
        } else {
            "LIST \"\" \"*\""
        };
        let mut listed = Vec::new();
        self.run(command, |answer| {
            if let Answer::Listed(folder) = answer
                && listed.len() < MOST_FOLDERS
            {
                listed.push(folder);
            }
        })
        .await?;
        Ok(folder::with_roles(listed))
    }

    /// Makes a folder, named as people write it, and gives its wire name. That it exists already is no failure.
    ///
    /// # Errors
    /// As every command.
    pub async fn create_folder(&mut self, name: &str) -> Result<String, ImapFailure> {
        let wire_name = utf7::encode(name);
        let quoted = quoted_folder(&wire_name)?;
        match self.run(&format!("CREATE {quoted}"), |_| {}).await {
            Err(failure) if failure.code.as_deref() == Some("ALREADYEXISTS") => Ok(wire_name),
            other => other.map(|_| wire_name),
        }
    }

    /// Asks whether there is anything new, and keeps the connection from being closed as idle.
    ///
    /// # Errors
    /// As every command.
    pub async fn noop(&mut self) -> Result<News, ImapFailure> {
        self.run("NOOP", |_| {}).await?;
        Ok(self.take_news())
    }

    /// Says goodbye. Whatever the server answers, the connection is over.
    pub async fn logout(mut self) {
        if self.send("LOGOUT").await.is_ok() {
            let until = Instant::now() + self.limits.answer.min(Duration::from_secs(5));
            while let Ok(frame) = self.guard.next_frame(self.limits.answer, until).await {
                if matches!(answer::read(frame), Answer::Status { tag: Some(_), .. }) {
                    break;
                }
            }
        }
    }

    /// Sends one command and waits for its tagged OK; every untagged answer goes to `each`, or to the news.
    pub(super) async fn run(
        &mut self,
        command: &str,
        each: impl FnMut(Answer),
    ) -> Result<Condition, ImapFailure> {
        self.must_be_quiet()?;
        let tag = self.send(command).await?;
        self.finish(tag, command, each).await
    }

    /// Sends a command without waiting. More than one may be on its way.
    pub(super) async fn send(&mut self, command: &str) -> Result<Tag, ImapFailure> {
        let tag = self.begin()?;
        self.guard.log_sent(&format!("T{tag} {command}"));
        self.write(format!("T{tag} {command}\r\n").as_bytes())
            .await?;
        Ok(tag)
    }

    /// Gives out a tag. Fails when a future was dropped half-way, for the wire is then out of step.
    pub(super) fn begin(&mut self) -> Result<Tag, ImapFailure> {
        if self.writing {
            return Err(ImapFailure::lost("an earlier command was cut off half-way"));
        }
        if self.owed.is_empty() {
            self.guard.counts.round_trips += 1;
        }
        self.last_tag += 1;
        self.owed.push(self.last_tag);
        Ok(self.last_tag)
    }

    /// For commands that stand alone: nothing else may be on its way.
    pub(super) fn must_be_quiet(&self) -> Result<(), ImapFailure> {
        match self.owed.is_empty() {
            true => Ok(()),
            false => Err(ImapFailure::lost("an earlier command was cut off half-way")),
        }
    }

    /// The completion of `tag` came in an unusual way.
    pub(super) fn forget(&mut self, tag: Tag) {
        self.owed.retain(|other| *other != tag);
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), ImapFailure> {
        self.writing = true;
        let writing = async {
            self.guard.write_all(bytes).await?;
            self.guard.flush().await
        };
        timeout(self.limits.whole_answer, writing)
            .await
            .map_err(|_| ImapFailure::lost("the mail server took no more bytes"))??;
        self.writing = false;
        Ok(())
    }

    /// Waits for the completion of `tag`. `command` names it in a failure.
    pub(super) async fn finish(
        &mut self,
        tag: Tag,
        command: &str,
        mut each: impl FnMut(Answer),
    ) -> Result<Condition, ImapFailure> {
        let until = Instant::now() + self.limits.whole_answer;
        loop {
            match self.next(tag, until).await? {
                Heard::Done(condition) => return done(command, condition),
                Heard::Answer(Answer::Unreadable(what)) => {
                    return Err(ImapFailure::protocol(format!(
                        "a {what} answer that is none"
                    )));
                }
                Heard::Answer(answer @ (Answer::Exists(_) | Answer::Expunged)) => {
                    self.news.note(answer);
                }
                Heard::Answer(Answer::Vanished {
                    earlier: false,
                    uids,
                }) => self.news.note(Answer::Vanished {
                    earlier: false,
                    uids,
                }),
                Heard::Answer(answer) => each(answer),
            }
        }
    }

    /// The next thing heard while `tag` is waited for, until `until` at the latest.
    pub(super) async fn next(&mut self, tag: Tag, until: Instant) -> Result<Heard, ImapFailure> {
        if let Some(condition) = self.early.remove(&tag) {
            return Ok(Heard::Done(condition));
        }
        loop {
            let answer = self.next_answer(self.limits.answer, until).await?;
            let Answer::Status {
                tag: Some(told),
                condition,
            } = answer
            else {
                return Ok(Heard::Answer(answer));
            };
            let told: Option<Tag> = told.strip_prefix('T').and_then(|told| told.parse().ok());
            let Some(owed) = told.filter(|told| self.owed.contains(told)) else {
                return Err(ImapFailure::protocol("a completion of no command of ours"));
            };
            self.owed.retain(|other| *other != owed);
            if owed == tag {
                return Ok(Heard::Done(condition));
            }
            self.early.insert(owed, condition);
        }
    }

    /// The next answer of any kind. BYE ends the connection with the server's words.
    pub(super) async fn next_answer(
        &mut self,
        silence: Duration,
        until: Instant,
    ) -> Result<Answer, ImapFailure> {
        let frame = self.guard.next_frame(silence, until).await?;
        self.heard(answer::read(frame))
    }

    /// What every answer is looked at for, whoever waits for it.
    pub(super) fn heard(&mut self, answer: Answer) -> Result<Answer, ImapFailure> {
        match &answer {
            Answer::Status {
                tag: None,
                condition,
            } if condition.word == Word::Bye => Err(ImapFailure::bye(condition)),
            Answer::Exists(count) => {
                self.exists = *count;
                Ok(answer)
            }
            _ => Ok(answer),
        }
    }
}

/// What is heard while a command is under way.
pub(super) enum Heard {
    Answer(Answer),
    Done(Condition),
}

/// Only OK is done.
pub(super) fn done(command: &str, condition: Condition) -> Result<Condition, ImapFailure> {
    if condition.word == Word::Ok {
        return Ok(condition);
    }
    let name: Vec<&str> = command.split(' ').take(2).collect();
    let name = match name.as_slice() {
        ["UID", verb] => (*verb).to_owned(),
        [verb, ..] => (*verb).to_owned(),
        [] => String::new(),
    };
    Err(ImapFailure::refused(&name, &condition))
}

/// A folder's wire name as an argument.
pub(super) fn quoted_folder(wire_name: &str) -> Result<String, ImapFailure> {
    quote::quoted_as_given(wire_name).ok_or_else(|| {
        ImapFailure::new(
            super::FailureKind::Refused,
            crate::domain::trouble::Trouble::server("a folder's name cannot be sent to the server")
                .hint("rename the folder on the server"),
        )
    })
}
