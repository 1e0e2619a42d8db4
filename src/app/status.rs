//! The line that says what just happened.

use jiff::{SignedDuration, Timestamp};

use crate::domain::clean::Clean;
use crate::domain::trouble::{Trouble, Whose};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// Why a key did nothing.
    Refused,
    /// Something failed.
    Trouble,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub tone: Tone,
    pub text: Clean,
    /// What to do about it.
    pub hint: Option<Clean>,
}

/// What is said now. It goes after a while, trouble only on a key.
#[derive(Debug, Default)]
pub struct Status {
    pub said: Option<Said>,
    until: Option<Timestamp>,
    fresh: bool,
}

const READING_TIME: SignedDuration = SignedDuration::from_secs(8);

impl Status {
    pub fn good(&mut self, text: Clean) {
        self.say(Tone::Good, text, None);
    }

    /// As [`Self::good`], but never over trouble that nobody has read yet.
    pub fn greet(&mut self, text: Clean) {
        let is_trouble = |said: &Said| said.tone == Tone::Trouble;
        if !self.said.as_ref().is_some_and(is_trouble) {
            self.good(text);
        }
    }

    /// Says why a key did nothing.
    pub fn refuse(&mut self, reason: &str) {
        self.say(Tone::Refused, Clean::line(reason), None);
    }

    /// The key that was pressed last was refused: every key clears what was said before it.
    pub fn is_refusal(&self) -> bool {
        let is_refusal = |said: &Said| said.tone == Tone::Refused;
        self.said.as_ref().is_some_and(is_refusal)
    }

    pub fn trouble(&mut self, trouble: &Trouble) {
        let whose = match trouble.whose {
            Whose::Operator | Whose::Network => "",
            Whose::Server => "the server's administrator must act: ",
            Whose::Bug => "a defect in Ticketty: ",
        };
        self.say(
            Tone::Trouble,
            Clean::line(&format!("{whose}{trouble}")),
            trouble.hint.as_deref().map(Clean::line),
        );
    }

    pub fn say(&mut self, tone: Tone, text: Clean, hint: Option<Clean>) {
        self.said = Some(Said { tone, text, hint });
        self.until = None;
        self.fresh = true;
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Starts the reading time of what is new, and takes away what has been read.
    pub fn tick(&mut self, now: Timestamp) {
        let Some(said) = &self.said else { return };
        if self.fresh {
            self.fresh = false;
            if said.tone != Tone::Trouble {
                self.until = now.saturating_add(READING_TIME).ok();
            }
        } else if self.until.is_some_and(|until| until <= now) {
            self.clear();
        }
    }

    pub fn wake(&self, now: Timestamp) -> Option<Timestamp> {
        if self.fresh { Some(now) } else { self.until }
    }
}
