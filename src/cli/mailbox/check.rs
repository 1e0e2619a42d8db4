//! The checks of a mailbox, one line each, as they pass or fail.

use serde_json::{Value, json};

use super::super::{Client, Outcome, Output};
use crate::bridge::{
    CheckLine, CheckState, CheckStep, ConnectReport, ConnectRequest, Report, Request, Secret,
};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Mailbox, MailboxSettings};
use crate::domain::trouble::Trouble;

/// All lines of one check.
pub struct Checked(Vec<CheckLine>);

impl Checked {
    /// The first failure.
    pub fn failure(&self) -> Option<Trouble> {
        self.0.iter().find_map(|line| match &line.state {
            CheckState::Failed(trouble) => Some(trouble.clone()),
            _ => None,
        })
    }

    pub fn lines(&self) -> Vec<Value> {
        self.0.iter().map(shape).collect()
    }
}

/// Runs the checks and prints each line when it is decided. A check that failed is a line, not an error.
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
    let request = ConnectRequest::Check {
        id,
        settings: Box::new(settings.clone()),
        secret,
    };
    let mut lines: Vec<CheckLine> = Vec::new();
    let ended = client
        .call_long(Request::Connect(request), &mut |report| {
            if let Report::Connect(ConnectReport::Check(line)) = report
                && line.state != CheckState::Running
            {
                out.progress(&text(&line))?;
                lines.push(line);
            }
            Ok(())
        })
        .await;
    let checked = Checked(lines);
    match ended {
        // The engine ends with the trouble of the first line that failed.
        Err(trouble) if checked.failure().is_none() => Err(trouble),
        _ => Ok(checked),
    }
}

/// `ticketty mailbox check`.
pub async fn alone(mailbox: Mailbox, client: &mut Client, out: &mut Output) -> Outcome {
    let checked = run(Some(mailbox.id), &mailbox.settings, None, client, out).await?;
    let failure = checked.failure();
    out.answer(
        &json!({"ok": failure.is_none(), "checks": checked.lines()}),
        || match failure {
            Some(_) => String::new(),
            None => format!("Mailbox {} works.\n", Clean::line(&mailbox.settings.name)),
        },
    )?;
    failure.map_or(Ok(()), Err)
}

fn step_words(step: CheckStep) -> (&'static str, &'static str) {
    match step {
        CheckStep::IncomingConnect => ("incoming-connect", "incoming server"),
        CheckStep::IncomingTls => ("incoming-tls", "incoming protection"),
        CheckStep::IncomingSignIn => ("incoming-sign-in", "incoming sign-in"),
        CheckStep::Folders => ("folders", "folders"),
        CheckStep::OutgoingConnect => ("outgoing-connect", "outgoing server"),
        CheckStep::OutgoingTls => ("outgoing-tls", "outgoing protection"),
        CheckStep::OutgoingSignIn => ("outgoing-sign-in", "outgoing sign-in"),
        CheckStep::SenderAccepted => ("sender-accepted", "sender accepted"),
    }
}

fn state_words(state: &CheckState) -> (&'static str, &'static str, Option<String>) {
    match state {
        CheckState::Running => ("·", "running", None),
        CheckState::Passed => ("✔", "passed", None),
        CheckState::Warned(words) => ("!", "warned", Some(words.clone())),
        CheckState::Failed(trouble) => ("✘", "failed", Some(trouble.to_string())),
        CheckState::Skipped => ("·", "skipped", None),
    }
}

fn text(line: &CheckLine) -> String {
    let (sign, _, words) = state_words(&line.state);
    let (_, step) = step_words(line.step);
    let detail = words.unwrap_or_else(|| line.detail.to_string());
    let time = match line.state {
        CheckState::Skipped => String::new(),
        _ => format!("{} ms", line.milliseconds),
    };
    format!("  {sign} {step:<20} {time:>9}  {}", Clean::line(&detail))
        .trim_end()
        .to_owned()
}

fn shape(line: &CheckLine) -> Value {
    let (_, state, words) = state_words(&line.state);
    json!({
        "step": step_words(line.step).0,
        "state": state,
        "detail": Clean::line(&words.unwrap_or_else(|| line.detail.to_string())),
        "milliseconds": line.milliseconds,
    })
}
