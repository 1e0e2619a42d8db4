//! The checks of a mailbox as a live list: what was tried, what came of it, what to do.
//!
//! While they have the focus they have the page for themselves; later a few lines tell what came of them.

mod page;
mod rows;

use crate::bridge::{AskId, CheckLine, CheckState, CheckStep};
use crate::domain::clean::Clean;
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Incoming, MailboxSettings, Outgoing};
use crate::domain::trouble::Trouble;

pub use page::{is_page, page, scroll};
pub use rows::troubles;

/// One run of the checks.
#[derive(Debug)]
pub struct Checks {
    pub ask: AskId,
    /// The mailbox whose page shows them; `None` for a form.
    pub page_of: Option<MailboxId>,
    /// What was checked.
    pub settings: MailboxSettings,
    /// A mail to oneself and a copy in the Sent folder are tried, too.
    pub with_round_trip: bool,
    lines: Vec<CheckLine>,
    finished: bool,
    /// What was said on the lines, once the run is over.
    pub log: Vec<Clean>,
    /// Why the run as a whole ended.
    trouble: Option<Trouble>,
    /// The first row that is seen, once somebody has scrolled; until then the list follows what happens.
    top: Option<usize>,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Running,
    Passed,
    Failed,
}

impl Checks {
    pub fn new(
        ask: AskId,
        page_of: Option<MailboxId>,
        settings: MailboxSettings,
        with_round_trip: bool,
    ) -> Self {
        Self {
            ask,
            page_of,
            settings,
            with_round_trip,
            lines: Vec::new(),
            finished: false,
            log: Vec::new(),
            trouble: None,
            top: None,
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

    /// Whether the server was reached so that more can be asked of it.
    pub fn reads_well(&self) -> bool {
        let is_well =
            |line: &CheckLine| matches!(line.state, CheckState::Passed | CheckState::Warned(_));
        self.lines
            .iter()
            .any(|line| line.step == CheckStep::Folders && is_well(line))
    }

    /// Whether a mail to oneself can be tried: there is a server to send it by, and one to see it on.
    pub fn can_go_round(&self) -> bool {
        self.steps().any(|step| step == CheckStep::RoundTrip)
    }

    /// The steps that these settings have.
    fn steps(&self) -> impl Iterator<Item = CheckStep> + '_ {
        let is_imap = matches!(self.settings.incoming, Incoming::Imap(_));
        let is_collected = matches!(self.settings.incoming, Incoming::Forwarded(_));
        let is_smtp = matches!(
            self.settings.outgoing,
            Outgoing::Smtp(_) | Outgoing::Through(_)
        );
        CheckStep::ALL.into_iter().filter(move |step| {
            let is_expected = match step {
                CheckStep::Incoming(_) | CheckStep::Abilities => is_imap,
                CheckStep::Folders => !is_collected,
                CheckStep::Outgoing(_) | CheckStep::SenderAccepted => is_smtp,
                CheckStep::RoundTrip | CheckStep::SentCopy => is_imap && is_smtp,
            };
            is_expected || self.lines.iter().any(|line| line.step == *step)
        })
    }
}
