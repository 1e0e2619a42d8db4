//! The lines of a check: timed, told as they change, and the first failure kept.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::bridge::{CheckLine, CheckState, CheckStep, ConnectReport};
use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;
use crate::engine::workers::CheckLines;
use crate::mail::link::Blank;

pub struct Lines {
    out: CheckLines,
    blank: Blank,
    state: Mutex<State>,
}

struct State {
    begun: Instant,
    failed: Option<Trouble>,
}

impl Lines {
    pub fn new(out: CheckLines, blank: Blank) -> Self {
        Self {
            out,
            blank,
            state: Mutex::new(State {
                begun: Instant::now(),
                failed: None,
            }),
        }
    }

    /// A step is under way; said again, its words change and its time goes on.
    pub fn running(&self, step: CheckStep, detail: &str) {
        self.tell(step, CheckState::Running, detail);
    }

    /// A step has ended; the next one's time begins.
    pub fn ended(&self, step: CheckStep, state: CheckState, detail: &str) {
        self.tell(step, state, detail);
        self.lock().begun = Instant::now();
    }

    pub fn passed(&self, step: CheckStep, detail: &str) {
        self.ended(step, CheckState::Passed, detail);
    }

    /// Passed, or passed with what is not as it should be.
    pub fn passed_unless(&self, step: CheckStep, warnings: &[String], detail: &str) {
        if warnings.is_empty() {
            self.passed(step, detail);
        } else {
            self.ended(step, CheckState::Warned(warnings.join("; ")), detail);
        }
    }

    pub fn failed(&self, step: CheckStep, trouble: Trouble) {
        let trouble = Trouble {
            cause: trouble.cause.map(|cause| self.blank.out_of(&cause)),
            ..trouble
        };
        self.lock().failed.get_or_insert_with(|| trouble.clone());
        self.ended(step, CheckState::Failed(trouble), "");
    }

    pub fn skipped(&self, steps: &[CheckStep], why: &str) {
        for step in steps {
            self.ended(*step, CheckState::Skipped, why);
        }
    }

    /// The protocol of the whole check.
    pub fn log(&self, lines: Vec<Clean>) {
        (self.out)(ConnectReport::Log(lines));
    }

    /// The first failure.
    pub fn first_failure(&self) -> Option<Trouble> {
        self.lock().failed.clone()
    }

    fn tell(&self, step: CheckStep, state: CheckState, detail: &str) {
        let taken = self.lock().begun.elapsed();
        (self.out)(ConnectReport::Check(CheckLine {
            step,
            state,
            detail: Clean::line(&self.blank.out_of(detail)),
            milliseconds: u64::try_from(taken.as_millis()).unwrap_or(u64::MAX),
        }));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stations of one connection, in the order in which they come.
pub struct Way<'a> {
    lines: &'a Lines,
    steps: Vec<CheckStep>,
    at: Mutex<usize>,
}

impl<'a> Way<'a> {
    /// Begins with the first of `steps`.
    pub fn begin(lines: &'a Lines, steps: Vec<CheckStep>, detail: &str) -> Self {
        if let Some(first) = steps.first() {
            lines.running(*first, detail);
        }
        Self {
            lines,
            steps,
            at: Mutex::new(0),
        }
    }

    /// The step that is under way has passed; the next one begins.
    pub fn passed(&self, warnings: &[String], detail: &str) {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(step) = self.steps.get(*at) {
            self.lines.passed_unless(*step, warnings, detail);
        }
        *at += 1;
        if let Some(next) = self.steps.get(*at) {
            self.lines.running(*next, "");
        }
    }

    /// The step that is under way has failed, and the others are not reached.
    pub fn failed(&self, trouble: Trouble) {
        let at = *self.at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(step) = self.steps.get(at) {
            self.lines.failed(*step, trouble);
        }
        self.lines
            .skipped(self.steps.get(at + 1..).unwrap_or_default(), "");
    }

    /// Whether this step is under way.
    pub fn is_at(&self, step: CheckStep) -> bool {
        let at = *self.at.lock().unwrap_or_else(PoisonError::into_inner);
        self.steps.get(at) == Some(&step)
    }
}
