//! The checks of a mailbox, one line each, as they pass or fail; and a test mail.

use clap::Args;
use serde_json::{Value, json};

use super::super::{Client, Outcome, Output};
use crate::bridge::{
    CheckLine, CheckState, CheckStep, ConnectReport, ConnectRequest, Link, MailboxRequest, Report,
    Request, Secret,
};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Mailbox, MailboxSettings};
use crate::domain::trouble::Trouble;

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Name or address of the mailbox
    name: String,
    /// Send a mail from the mailbox to itself, see it arrive, and put a copy into the Sent folder; both are removed
    #[arg(long)]
    round_trip: bool,
    /// Print what was said on the lines, without passwords and without mail
    #[arg(long)]
    protocol: bool,
}

#[derive(Debug, Args)]
pub struct TestArgs {
    /// Name or address of the mailbox
    name: String,
    /// Where the mail goes [default: to the mailbox itself, with all checks]
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Print what was said on the lines, without passwords and without mail
    #[arg(long, conflicts_with = "to")]
    protocol: bool,
}

/// All lines of one check, and what was said on the way.
pub struct Checked {
    lines: Vec<CheckLine>,
    log: Vec<Clean>,
}

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// No mail is sent.
    Servers,
    /// A mail to oneself and a copy in the Sent folder, too.
    RoundTrip,
}

impl Checked {
    /// The first failure.
    pub fn failure(&self) -> Option<Trouble> {
        self.lines.iter().find_map(|line| match &line.state {
            CheckState::Failed(trouble) => Some(trouble.clone()),
            _ => None,
        })
    }

    pub fn lines(&self) -> Vec<Value> {
        self.lines.iter().map(shape).collect()
    }
}

/// Runs the checks of the servers and prints each line when it is decided. A check that failed is a line, not an
/// error.
///
/// # Errors
/// The checks could not be run.
pub async fn run(
    id: Option<MailboxId>,
    settings: &MailboxSettings,
    secret: Option<Secret>,
    client: &mut Client,
    out: &mut Output,
) -> Result<Checked, Trouble> {
    run_to(Depth::Servers, id, settings, secret, client, out).await
}

async fn run_to(
    depth: Depth,
    id: Option<MailboxId>,
    settings: &MailboxSettings,
    secret: Option<Secret>,
    client: &mut Client,
    out: &mut Output,
) -> Result<Checked, Trouble> {
    let request = ConnectRequest::Check {
        id,
        settings: Box::new(settings.clone()),
        secret,
        with_round_trip: depth == Depth::RoundTrip,
    };
    let mut lines: Vec<CheckLine> = Vec::new();
    let mut log = Vec::new();
    let ended = client
        .call_long(Request::Connect(request), &mut |report| {
            match report {
                Report::Connect(ConnectReport::Check(line))
                    if line.state != CheckState::Running =>
                {
                    out.progress(&text(&line))?;
                    lines.push(line);
                }
                Report::Connect(ConnectReport::Log(told)) => log = told,
                _ => {}
            }
            Ok(())
        })
        .await;
    let checked = Checked { lines, log };
    match ended {
        // The engine ends with the trouble of the first line that failed.
        Err(trouble) if checked.failure().is_none() => Err(trouble),
        _ => Ok(checked),
    }
}

/// `ticketty mailbox check`.
pub async fn check(arguments: CheckArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let mailbox = client.mailbox(&arguments.name).await?.mailbox;
    let depth = match arguments.round_trip {
        true => Depth::RoundTrip,
        false => Depth::Servers,
    };
    alone(mailbox, depth, arguments.protocol, client, out).await
}

/// `ticketty mailbox test`: a mail to anybody, or to oneself and back.
pub async fn test(arguments: TestArgs, client: &mut Client, out: &mut Output) -> Outcome {
    let mailbox = client.mailbox(&arguments.name).await?.mailbox;
    let Some(to) = arguments.to else {
        return alone(mailbox, Depth::RoundTrip, arguments.protocol, client, out).await;
    };
    let request = MailboxRequest::SendTest {
        id: mailbox.id,
        to: to.clone(),
    };
    client
        .call_long(Request::Mailbox(request), &mut |_| Ok(()))
        .await?;
    out.answer(&json!({"sent_to": to}), || {
        format!(
            "The server took a test mail from {} for {}.\n",
            Clean::line(&mailbox.settings.name),
            Clean::line(&to)
        )
    })
}

async fn alone(
    mailbox: Mailbox,
    depth: Depth,
    with_log: bool,
    client: &mut Client,
    out: &mut Output,
) -> Outcome {
    let id = Some(mailbox.id);
    let checked = run_to(depth, id, &mailbox.settings, None, client, out).await?;
    let failure = checked.failure();
    let mut answer = json!({"ok": failure.is_none(), "checks": checked.lines()});
    if with_log && let Some(answer) = answer.as_object_mut() {
        answer.insert("protocol".to_owned(), json!(checked.log));
    }
    out.answer(&answer, || {
        let mut text = String::new();
        if with_log {
            for line in &checked.log {
                text.push_str(&format!("{line}\n"));
            }
        }
        if failure.is_none() {
            let name = Clean::line(&mailbox.settings.name);
            text.push_str(&format!("Mailbox {name} works.\n"));
        }
        text
    })?;
    failure.map_or(Ok(()), Err)
}

fn step_words(step: CheckStep) -> (&'static str, &'static str) {
    match step {
        CheckStep::Incoming(Link::Name) => ("incoming-name", "incoming name"),
        CheckStep::Incoming(Link::Tcp) => ("incoming-tcp", "incoming server"),
        CheckStep::Incoming(Link::Tls) => ("incoming-tls", "incoming protection"),
        CheckStep::Incoming(Link::Greeting) => ("incoming-greeting", "incoming greeting"),
        CheckStep::Incoming(Link::SignIn) => ("incoming-sign-in", "incoming sign-in"),
        CheckStep::Abilities => ("abilities", "abilities"),
        CheckStep::Folders => ("folders", "folders"),
        CheckStep::Outgoing(Link::Name) => ("outgoing-name", "outgoing name"),
        CheckStep::Outgoing(Link::Tcp) => ("outgoing-tcp", "outgoing server"),
        CheckStep::Outgoing(Link::Tls) => ("outgoing-tls", "outgoing protection"),
        CheckStep::Outgoing(Link::Greeting) => ("outgoing-greeting", "outgoing greeting"),
        CheckStep::Outgoing(Link::SignIn) => ("outgoing-sign-in", "outgoing sign-in"),
        CheckStep::SenderAccepted => ("sender-accepted", "sender accepted"),
        CheckStep::RoundTrip => ("round-trip", "round trip"),
        CheckStep::SentCopy => ("sent-copy", "copy in Sent"),
    }
}

fn state_words(state: &CheckState) -> (&'static str, &'static str) {
    match state {
        CheckState::Running => ("·", "running"),
        CheckState::Passed => ("✔", "passed"),
        CheckState::Warned(_) => ("!", "warned"),
        CheckState::Failed(_) => ("✘", "failed"),
        CheckState::Skipped => ("·", "skipped"),
    }
}

/// What came of it: for a failure what failed, for all others the detail.
fn outcome(line: &CheckLine) -> Clean {
    match &line.state {
        CheckState::Failed(trouble) => Clean::line(&trouble.to_string()),
        _ => line.detail.clone(),
    }
}

fn text(line: &CheckLine) -> String {
    let (sign, _) = state_words(&line.state);
    let (_, step) = step_words(line.step);
    let time = match line.state {
        CheckState::Skipped => String::new(),
        _ => format!("{} ms", line.milliseconds),
    };
    let text = format!("  {sign} {step:<20} {time:>9}  {}", outcome(line));
    let more = match &line.state {
        CheckState::Warned(words) => Some(format!("! {words}")),
        CheckState::Failed(trouble) => trouble.hint.as_ref().map(|hint| format!("→ {hint}")),
        _ => None,
    };
    let more = more.map_or_else(String::new, |more| {
        format!("\n      {}", Clean::line(&more))
    });
    format!("{}{more}", text.trim_end())
}

fn shape(line: &CheckLine) -> Value {
    let (_, state) = state_words(&line.state);
    let (mut warning, mut cause, mut next_step) = (None, None, None);
    match &line.state {
        CheckState::Warned(words) => warning = Some(Clean::line(words)),
        CheckState::Failed(trouble) => {
            cause = trouble.cause.as_deref().map(Clean::line);
            next_step = trouble.hint.as_deref().map(Clean::line);
        }
        _ => {}
    }
    json!({
        "step": step_words(line.step).0,
        "state": state,
        "detail": outcome(line),
        "warning": warning,
        "cause": cause,
        "next_step": next_step,
        "milliseconds": line.milliseconds,
    })
}
