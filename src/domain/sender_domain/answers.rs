//! What the name servers said, and what they have not been asked yet.

use std::collections::{BTreeMap, BTreeSet};

use super::names;

/// What kind of record is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The strings of each record joined.
    Txt,
    /// As `10 mx.acme.test`.
    Mx,
    /// IPv4 and IPv6 addresses.
    Address,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Question {
    pub kind: Kind,
    /// Lower case, in its ASCII form, without a final dot.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Records(Vec<String>),
    /// The name does not exist, or has no such record.
    Nothing,
    /// Why there is no answer.
    Unavailable(String),
}

/// No domain needs more than this; whoever makes us ask more wants us busy.
const MOST_QUESTIONS: usize = 120;

#[derive(Debug, Clone, Default)]
pub struct Answers {
    known: BTreeMap<Question, Answer>,
    missing: BTreeSet<Question>,
}

impl Answers {
    pub fn put(&mut self, question: Question, answer: Answer) {
        self.known.insert(question, answer);
    }

    /// The questions that came up since this was asked last. Nothing means that the judgement stands.
    pub fn take_missing(&mut self) -> Vec<Question> {
        std::mem::take(&mut self.missing).into_iter().collect()
    }

    /// What is known; otherwise the question is noted, and there is no answer yet.
    pub(super) fn ask(&mut self, kind: Kind, name: &str) -> Answer {
        let name = names::normal(name);
        if !names::is_name(&name) {
            return Answer::Nothing;
        }
        let question = Question { kind, name };
        if let Some(answer) = self.known.get(&question) {
            return answer.clone();
        }
        if self.known.len() + self.missing.len() >= MOST_QUESTIONS {
            return Answer::Unavailable("too many questions already".into());
        }
        self.missing.insert(question);
        Answer::Unavailable("not asked yet".into())
    }
}
