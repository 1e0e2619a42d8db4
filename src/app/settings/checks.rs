//! The checks of a mailbox as a live list: what was tried, what came of it, what to do.

use crate::app::text::{DIM, Line, STRONG, TEXT};
use crate::bridge::{AskId, CheckLine, CheckState, CheckStep};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Incoming, MailboxSettings, Outgoing};
use crate::domain::theme::{Role, Signal};
use crate::domain::trouble::{Trouble, Whose};

/// All steps in the order in which they run.
const STEPS: [CheckStep; 8] = [
    CheckStep::IncomingConnect,
    CheckStep::IncomingTls,
    CheckStep::IncomingSignIn,
    CheckStep::Folders,
    CheckStep::OutgoingConnect,
    CheckStep::OutgoingTls,
    CheckStep::OutgoingSignIn,
    CheckStep::SenderAccepted,
];

/// One run of the checks.
#[derive(Debug)]
pub struct Checks {
    pub ask: AskId,
    /// The mailbox whose page shows them; `None` for a form.
    pub page_of: Option<MailboxId>,
    /// What was checked.
    pub settings: MailboxSettings,
    lines: Vec<CheckLine>,
    finished: bool,
    /// Why the run as a whole ended.
    trouble: Option<Trouble>,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Running,
    Passed,
    Failed,
}

impl Checks {
    pub fn new(ask: AskId, page_of: Option<MailboxId>, settings: MailboxSettings) -> Self {
        Self {
            ask,
            page_of,
            settings,
            lines: Vec::new(),
            finished: false,
            trouble: None,
        }
    }

    /// A step began, passed or failed; the latest word about a step counts.
    pub fn add(&mut self, line: CheckLine) {
        if self.finished {
            return;
        }
        match self.lines.iter_mut().find(|known| known.step == line.step) {
            Some(known) => *known = line,
            None => self.lines.push(line),
        }
    }

    pub fn finish(&mut self, trouble: Option<Trouble>) {
        self.finished = true;
        let said = |line: &CheckLine| match &line.state {
            CheckState::Failed(known) => Some(known) == trouble.as_ref(),
            _ => false,
        };
        if !self.lines.iter().any(said) {
            self.trouble = trouble;
        }
    }

    pub fn verdict(&self) -> Verdict {
        let failed = |line: &CheckLine| matches!(line.state, CheckState::Failed(_));
        if !self.finished {
            Verdict::Running
        } else if self.trouble.is_some() || self.lines.iter().any(failed) {
            Verdict::Failed
        } else {
            Verdict::Passed
        }
    }

    /// The steps that these settings have.
    fn steps(&self) -> impl Iterator<Item = CheckStep> + '_ {
        let is_imap = matches!(self.settings.incoming, Incoming::Imap(_));
        let is_collected = matches!(self.settings.incoming, Incoming::Forwarded(_));
        let is_smtp = matches!(
            self.settings.outgoing,
            Outgoing::Smtp(_) | Outgoing::Through(_)
        );
        STEPS.into_iter().filter(move |step| {
            let is_expected = match step {
                CheckStep::IncomingConnect | CheckStep::IncomingTls | CheckStep::IncomingSignIn => {
                    is_imap
                }
                CheckStep::Folders => !is_collected,
                _ => is_smtp,
            };
            is_expected || self.lines.iter().any(|line| line.step == *step)
        })
    }

    /// The list as it is drawn.
    pub fn rows(&self) -> Vec<Line> {
        let mut rows = Vec::new();
        for step in self.steps() {
            match self.lines.iter().find(|line| line.step == step) {
                Some(line) => rows.extend(said(line)),
                None if self.finished => rows.push(row("·", word(step), "not tried", DIM, DIM)),
                None => rows.push(row("·", word(step), "", DIM, DIM)),
            }
        }
        if let Some(trouble) = &self.trouble {
            rows.extend(troubles(trouble));
        }
        rows
    }
}

fn word(step: CheckStep) -> &'static str {
    match step {
        CheckStep::IncomingConnect => "reaching the incoming server",
        CheckStep::IncomingTls => "its protection",
        CheckStep::IncomingSignIn => "signing in",
        CheckStep::Folders => "folders",
        CheckStep::OutgoingConnect => "reaching the outgoing server",
        CheckStep::OutgoingTls => "its protection",
        CheckStep::OutgoingSignIn => "signing in to send",
        CheckStep::SenderAccepted => "the sender is accepted",
    }
}

fn row(mark: &str, what: &str, detail: &str, mark_role: Role, role: Role) -> Line {
    let mut line = Line::words(&format!("{mark} "), mark_role).say(what, role);
    if !detail.is_empty() {
        line = line.say("  ", DIM).say(detail, DIM);
    }
    line
}

fn said(line: &CheckLine) -> Vec<Line> {
    let what = word(line.step);
    let took = format!("  {} ms", line.milliseconds);
    let good = Role::Signal(Signal::Good);
    match &line.state {
        CheckState::Running => vec![row("…", what, "", Role::Signal(Signal::Busy), TEXT)],
        CheckState::Passed => {
            vec![row("✔", what, line.detail.as_str(), good, TEXT).say(&took, DIM)]
        }
        CheckState::Warned(words) => vec![
            row(
                "!",
                what,
                line.detail.as_str(),
                Role::Signal(Signal::Warning),
                TEXT,
            )
            .say(&took, DIM),
            Line::words("  ", TEXT).say(words, Role::Signal(Signal::Warning)),
        ],
        CheckState::Skipped => vec![row("·", what, "not reached", DIM, DIM)],
        CheckState::Failed(trouble) => {
            let mark = Role::Signal(Signal::Trouble);
            let mut rows = vec![row("✘", what, "", mark, STRONG).say(&took, DIM)];
            rows.extend(troubles(trouble));
            rows
        }
    }
}

/// A failure as lines: what, in whose words, whose move, what to do.
pub fn troubles(trouble: &Trouble) -> Vec<Line> {
    let mut rows = vec![Line::words("  ", TEXT).say(&trouble.what, Role::Signal(Signal::Trouble))];
    if let Some(cause) = &trouble.cause {
        rows.push(Line::words("  ", TEXT).clean(Clean::line(cause), TEXT));
    }
    let whose = match trouble.whose {
        Whose::Operator => None,
        Whose::Server => Some("The server's administrator has to act."),
        Whose::Network => Some("The network may come back by itself."),
        Whose::Bug => Some("This is a defect in Ticketty."),
    };
    if let Some(hint) = &trouble.hint {
        rows.push(Line::words("  → ", DIM).clean(Clean::line(hint), STRONG));
    } else if let Some(whose) = whose {
        rows.push(Line::words("  → ", DIM).say(whose, DIM));
    }
    rows
}
