//! Sending by a `sendmail` program: recipients as arguments, the mail on stdin.
//!
//! The program is started only after the barrier has passed, because a program that has once been started may send
//! whatever it has read when it is killed. Its exit code is the answer (sysexits.h); what is not one of the known
//! codes leaves it open whether the mail was taken.

use std::future::Future;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::domain::clean::Clean;
use crate::domain::delivery::{Delivery, Envelope, Phase, Verdict, all_with};
use crate::domain::trouble::Trouble;

/// How much of the program's complaint is kept.
const MAX_WORDS_BYTES: u64 = 4096;
/// As long as a server gets after the dot (RFC 5321 §4.5.3.2.6).
const DEADLINE: Duration = Duration::from_secs(600);

/// A `sendmail` program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sendmail {
    program: PathBuf,
    deadline: Duration,
}

/// What an exit means for the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Taken,
    Later,
    Never,
    Unknown,
}

impl Sendmail {
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            deadline: DEADLINE,
        }
    }

    /// With another deadline for the whole run than ten minutes.
    #[must_use]
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Hands one mail to the program. The barrier runs before the program is started.
    pub async fn send(
        &self,
        envelope: &Envelope,
        raw: &[u8],
        barrier: impl Future<Output = Result<(), Trouble>> + Send,
    ) -> Delivery {
        if let Some(why) = unfit(envelope) {
            return Delivery::unsendable(envelope, &why);
        }
        if let Err(trouble) = runnable(&self.program) {
            return Delivery::not_sent(Phase::Connect, trouble);
        }
        if let Err(trouble) = barrier.await {
            return Delivery::not_sent(Phase::Barrier, trouble);
        }
        let child = match self.start(envelope) {
            Ok(child) => child,
            Err(error) => {
                let trouble = cannot_start(&self.program).because(error);
                return Delivery::not_sent(Phase::Connect, trouble);
            }
        };
        self.feed(child, envelope, raw).await
    }

    fn start(&self, envelope: &Envelope) -> std::io::Result<Child> {
        Command::new(&self.program)
            .args(["-i", "-f", envelope.from.as_deref().unwrap_or(""), "--"])
            .args(&envelope.to)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
    }

    async fn feed(&self, mut child: Child, envelope: &Envelope, raw: &[u8]) -> Delivery {
        let mail = unix_lines(raw);
        let input = child.stdin.take();
        let complaint = child.stderr.take();
        let whole_run = async {
            let writing = async {
                let Some(mut input) = input else {
                    return false;
                };
                input.write_all(&mail).await.is_ok() && input.shutdown().await.is_ok()
            };
            let (read_it_all, words) = tokio::join!(writing, listen(complaint));
            (read_it_all, words, child.wait().await)
        };
        match tokio::time::timeout(self.deadline, whole_run).await {
            Ok((read_it_all, words, Ok(status))) => {
                self.judge(envelope, status, read_it_all, &words)
            }
            Ok((_, _, Err(error))) => in_doubt(
                envelope,
                format!("the end of the program was missed ({error})"),
            ),
            Err(_) => {
                stop(&mut child).await;
                let seconds = self.deadline.as_secs();
                in_doubt(
                    envelope,
                    format!("the program did not end within {seconds} s"),
                )
            }
        }
    }

    fn judge(
        &self,
        envelope: &Envelope,
        status: ExitStatus,
        read_it_all: bool,
        words: &str,
    ) -> Delivery {
        let exit = match (status.code(), status.signal()) {
            (Some(code), _) => format!("exit code {code}"),
            (None, Some(signal)) => format!("signal {signal}"),
            (None, None) => "no exit code".to_owned(),
        };
        let said = if words.is_empty() {
            exit
        } else {
            format!("{words} ({exit})")
        };
        match status.code().map_or(Meaning::Unknown, meaning) {
            Meaning::Taken if read_it_all => {
                let line = format!("taken by {}", self.program.display());
                Delivery::Accepted {
                    recipients: all_with(envelope, Verdict::Accepted, &line),
                    line,
                }
            }
            Meaning::Taken => in_doubt(
                envelope,
                "the program ended well without reading all of the mail".to_owned(),
            ),
            Meaning::Later => Delivery::Deferred {
                phase: Phase::AfterDot,
                recipients: all_with(envelope, Verdict::Deferred, &said),
                words: said,
            },
            Meaning::Never => Delivery::Refused {
                phase: Phase::AfterDot,
                recipients: all_with(envelope, Verdict::Refused, &said),
                words: said,
            },
            Meaning::Unknown => in_doubt(envelope, format!("the program ended with: {said}")),
        }
    }
}

/// sysexits.h. Codes outside it (1, a shell's 126 and 127, signals) do not say whether the mail was taken.
fn meaning(code: i32) -> Meaning {
    match code {
        0 => Meaning::Taken,
        // OSERR, IOERR, TEMPFAIL.
        71 | 74 | 75 => Meaning::Later,
        // USAGE to SOFTWARE, OSFILE, CANTCREAT, PROTOCOL, NOPERM, CONFIG.
        64..=70 | 72 | 73 | 76..=78 => Meaning::Never,
        _ => Meaning::Unknown,
    }
}

fn in_doubt(envelope: &Envelope, known: String) -> Delivery {
    Delivery::Uncertain {
        recipients: all_with(envelope, Verdict::Uncertain, &known),
        known,
    }
}

/// Addresses become arguments: none may be empty or hold a control character. `--` keeps them from being options.
fn unfit(envelope: &Envelope) -> Option<String> {
    if envelope.to.is_empty() {
        return Some("the mail has no recipient".to_owned());
    }
    envelope
        .to
        .iter()
        .chain(&envelope.from)
        .find(|address| !address.contains('@') || address.chars().any(char::is_control))
        .map(|address| format!("“{}” is no mail address", Clean::line(address)))
}

fn runnable(program: &Path) -> Result<(), Trouble> {
    let about = std::fs::metadata(program).map_err(|error| cannot_start(program).because(error))?;
    if about.is_file() && about.permissions().mode() & 0o111 != 0 {
        Ok(())
    } else {
        Err(cannot_start(program).because("it is not an executable file"))
    }
}

fn cannot_start(program: &Path) -> Trouble {
    Trouble::operator(format!("{} cannot be started", program.display()))
        .hint("set the path of the sendmail program in the mailbox's settings")
}

/// A `sendmail` reads lines that end as Unix lines do; bare CR and CRLF become LF.
fn unix_lines(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'\r' {
            out.push(b'\n');
            bytes.next_if_eq(&b'\n');
        } else {
            out.push(byte);
        }
    }
    out
}

/// The first words of what the program complains about; the rest is read and forgotten, so that it never waits.
async fn listen(complaint: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut complaint) = complaint else {
        return String::new();
    };
    let mut kept = Vec::new();
    let mut start = (&mut complaint).take(MAX_WORDS_BYTES);
    if start.read_to_end(&mut kept).await.is_ok() {
        let _rest = tokio::io::copy(&mut complaint, &mut tokio::io::sink()).await;
    }
    let text = String::from_utf8_lossy(&kept);
    Clean::line(text.trim()).as_str().to_owned()
}

/// Ends the program and what it has started.
async fn stop(child: &mut Child) {
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(rustix::process::Pid::from_raw);
    if let Some(group) = group {
        let _gone = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ended = tokio::time::timeout(Duration::from_secs(5), child.kill()).await;
}

#[cfg(test)]
mod tests;
