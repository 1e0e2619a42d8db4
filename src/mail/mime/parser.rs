//! The parent's side: children that parse, watched by the clock, replaced when they die.
//!
//! A mail that kills its child must cost neither the mails beside it nor the program: the rest of a batch goes on
//! one by one in new children, and the mail itself is tried once more without HTML layout.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::death::{Death, ParseDeath};
use super::wire::{self, ANSWER_HEADER, AnswerKind, Ask, HELLO};
use crate::domain::headers::parsed::ParsedMail;

const DEADLINE: Duration = Duration::from_secs(5);
/// Large mails get another second for so many bytes.
const BYTES_A_SECOND: usize = 4 << 20;
const START_DEADLINE: Duration = Duration::from_secs(10);
const MOST_CHILDREN: usize = 2;
/// No honest answer is longer: the limits of a parse sum up to less, and an attachment is part of its mail.
const LONGEST_ANSWER: u64 = 256 << 20;
/// What a program may print before it says that it is the parser.
const MOST_BANNER: usize = 4 << 10;

/// Parses mail in child processes of this program. Cheap to share; at most two children live at a time.
#[derive(Debug)]
pub struct Parser {
    program: PathBuf,
    arguments: Vec<OsString>,
    deadline: Duration,
    permits: Semaphore,
    idle: Mutex<Vec<Running>>,
}

impl Parser {
    /// `program` started with these arguments must call `child::serve`.
    pub fn new(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            deadline: DEADLINE,
            permits: Semaphore::new(MOST_CHILDREN),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// With another time limit for each mail than 5 s.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Parses mails; the results are in their order, one each.
    pub async fn parse_batch<B: AsRef<[u8]> + Sync>(
        &self,
        mails: &[B],
    ) -> Vec<Result<ParsedMail, ParseDeath>> {
        let mails: Vec<&[u8]> = mails.iter().map(AsRef::as_ref).collect();
        let mut results = Vec::with_capacity(mails.len());
        let mut together = mails.len() > 1;
        while let Some(rest) = mails.get(results.len()..).filter(|rest| !rest.is_empty()) {
            if together {
                let (answers, death) = self.exchange(Ask::Parse, rest).await;
                results.extend(answers.into_iter().map(value));
                if let Some(Death::NotStarted(cause)) = death {
                    let how = Death::NotStarted(cause);
                    results.resize_with(mails.len(), || Err(ParseDeath { how: how.clone() }));
                }
                together = false;
            } else if let Some(mail) = rest.first() {
                results.push(self.parse_alone(mail).await);
            }
        }
        results
    }

    /// Parses one mail.
    ///
    /// # Errors
    /// How its child died, twice.
    pub async fn parse(&self, mail: &[u8]) -> Result<ParsedMail, ParseDeath> {
        self.parse_alone(mail).await
    }

    /// The HTML of a mail as text for a width in columns; `None` if it has no HTML.
    ///
    /// # Errors
    /// How the child died.
    pub async fn render_html(
        &self,
        mail: &[u8],
        width: usize,
    ) -> Result<Option<String>, ParseDeath> {
        let width = u32::try_from(width).unwrap_or(u32::MAX);
        self.ask(Ask::RenderHtml(width), mail)
            .await
            .and_then(|answer| value(Ok(answer)))
    }

    /// The decoded bytes of an attachment.
    ///
    /// # Errors
    /// How the child died, or that there is no such attachment.
    pub async fn extract(&self, mail: &[u8], index: u32) -> Result<Vec<u8>, ParseDeath> {
        self.ask(Ask::Extract(index), mail).await
    }

    /// The HTML of a mail as it was sent.
    ///
    /// # Errors
    /// How the child died.
    pub async fn html_source(&self, mail: &[u8]) -> Result<Option<String>, ParseDeath> {
        self.ask(Ask::HtmlSource, mail)
            .await
            .and_then(|answer| value(Ok(answer)))
    }

    async fn parse_alone(&self, mail: &[u8]) -> Result<ParsedMail, ParseDeath> {
        match self.ask(Ask::Parse, mail).await {
            Ok(answer) => value(Ok(answer)),
            Err(death) if matches!(death.how, Death::NotStarted(_) | Death::Refused(_)) => {
                Err(death)
            }
            Err(_) => value(self.ask(Ask::ParseSimply, mail).await),
        }
    }

    async fn ask(&self, ask: Ask, mail: &[u8]) -> Result<Vec<u8>, ParseDeath> {
        let (mut answers, death) = self.exchange(ask, &[mail]).await;
        match (answers.pop(), death) {
            (Some(answer), _) => answer,
            (None, Some(how)) => Err(ParseDeath { how }),
            (None, None) => Err(ParseDeath {
                how: Death::BrokenAnswer,
            }),
        }
    }

    /// Asks the same about several mails, pipelined. Gives the answers that came, and how the child died if fewer
    /// came than were asked for.
    async fn exchange(
        &self,
        ask: Ask,
        mails: &[&[u8]],
    ) -> (Vec<Result<Vec<u8>, ParseDeath>>, Option<Death>) {
        // The semaphore is never closed.
        let Ok(_permit) = self.permits.acquire().await else {
            return (
                Vec::new(),
                Some(Death::NotStarted("shutting down".to_owned())),
            );
        };
        let mut running = match self.child().await {
            Ok(running) => running,
            Err(how) => return (Vec::new(), Some(how)),
        };
        let mut answers = Vec::with_capacity(mails.len());
        let outcome = running
            .converse(ask, mails, self.deadline, &mut answers)
            .await;
        match outcome {
            Ok(()) => {
                self.idle
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(running);
                (answers, None)
            }
            Err(how) => (answers, Some(running.end(how).await)),
        }
    }

    /// An idle child that still lives, or a new one.
    async fn child(&self) -> Result<Running, Death> {
        loop {
            let idle = self
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop();
            match idle {
                Some(mut running) => {
                    if running.is_alive() {
                        return Ok(running);
                    }
                }
                None => return Running::start(&self.program, &self.arguments).await,
            }
        }
    }
}

fn value<T: DeserializeOwned>(answer: Result<Vec<u8>, ParseDeath>) -> Result<T, ParseDeath> {
    wire::decode(&answer?).ok_or(ParseDeath {
        how: Death::BrokenAnswer,
    })
}

/// A living child. Dropped, it is killed and reaped by the runtime.
#[derive(Debug)]
struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Running {
    async fn start(program: &PathBuf, arguments: &[OsString]) -> Result<Self, Death> {
        let not_started = |cause: &dyn std::fmt::Display| Death::NotStarted(cause.to_string());
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C at the terminal is for the desk, not for its parser.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| not_started(&error))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(not_started(&"it has no pipes"));
        };
        let mut running = Self {
            child,
            input,
            output: BufReader::with_capacity(64 << 10, output),
        };
        match timeout(START_DEADLINE, running.hello()).await {
            Ok(Ok(())) => Ok(running),
            Ok(Err(error)) => Err(not_started(&error)),
            Err(_) => Err(not_started(&"it did not answer in 10 s")),
        }
    }

    async fn hello(&mut self) -> io::Result<()> {
        let mut heard = Vec::new();
        while !heard.ends_with(HELLO) {
            if heard.len() > MOST_BANNER {
                return Err(io::Error::other("it is not the mail parser"));
            }
            heard.push(self.output.read_u8().await?);
        }
        Ok(())
    }

    fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Writes all requests while it reads the answers, so that neither side waits for the other.
    async fn converse(
        &mut self,
        ask: Ask,
        mails: &[&[u8]],
        deadline: Duration,
        answers: &mut Vec<Result<Vec<u8>, ParseDeath>>,
    ) -> Result<(), Death> {
        let Self { input, output, .. } = self;
        let write = async {
            for mail in mails {
                input.write_all(&ask.header(mail.len())).await?;
                input.write_all(mail).await?;
            }
            input.flush().await
        };
        let read = async {
            for mail in mails {
                let more = u32::try_from(mail.len() / BYTES_A_SECOND).unwrap_or(u32::MAX);
                let deadline = deadline.saturating_add(Duration::from_secs(more.into()));
                match timeout(deadline, read_answer(output)).await {
                    Ok(Ok(answer)) => answers.push(answer),
                    Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
                        return Err(Death::BrokenAnswer);
                    }
                    Ok(Err(error)) => return Err(Death::Died(error.to_string())),
                    Err(_) => return Err(Death::TimedOut),
                }
            }
            Ok(())
        };
        tokio::pin!(write, read);
        let mut writing = true;
        loop {
            tokio::select! {
                // A failed write means a dying child: the reader learns how far it came.
                _ = &mut write, if writing => writing = false,
                outcome = &mut read => {
                    // Answers to what was not yet asked: this child must not be used again.
                    if outcome.is_ok() && writing && timeout(deadline, write).await.is_err() {
                        return Err(Death::BrokenAnswer);
                    }
                    return outcome;
                }
            }
        }
    }

    /// Kills the child if it still lives, reaps it, and says how it ended.
    async fn end(mut self, how: Death) -> Death {
        let Death::Died(cause) = how else {
            // Killing fails only if it has ended by itself, and both ways it is reaped.
            let _ = timeout(START_DEADLINE, self.child.kill()).await;
            return how;
        };
        drop(self.input);
        match timeout(Duration::from_secs(1), self.child.wait()).await {
            Ok(Ok(status)) => Death::Died(described(status)),
            _ => {
                let _ = timeout(START_DEADLINE, self.child.kill()).await;
                Death::Died(cause)
            }
        }
    }
}

async fn read_answer(
    output: &mut BufReader<ChildStdout>,
) -> io::Result<Result<Vec<u8>, ParseDeath>> {
    let mut header = [0; ANSWER_HEADER];
    output.read_exact(&mut header).await?;
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    let (kind, length) = wire::read_answer_header(header).ok_or_else(broken)?;
    if length > LONGEST_ANSWER {
        return Err(broken());
    }
    let mut bytes = Vec::new();
    let received = output.take(length).read_to_end(&mut bytes).await?;
    if received as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(match kind {
        AnswerKind::Done => Ok(bytes),
        AnswerKind::Trouble => Err(ParseDeath {
            how: wire::decode(&bytes).map_or(Death::BrokenAnswer, Death::Refused),
        }),
    })
}

fn described(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("signal {signal}"),
        (None, Some(code)) => format!("exit code {code}"),
        (None, None) => "unknown reason".to_owned(),
    }
}
