//! How a parse can fail, and whose move it then is.

use crate::domain::trouble::Trouble;

/// Why a mail was not parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseDeath {
    pub how: Death,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Death {
    /// The child could not be started: nothing is wrong with the mail.
    NotStarted(String),
    /// It took longer than the deadline.
    TimedOut,
    /// The child ended: "signal 11", "exit code 1".
    Died(String),
    /// The child answered something that is no answer.
    BrokenAnswer,
    /// The child lives and says what is wrong.
    Refused(Trouble),
}

impl ParseDeath {
    /// Whether the mail is to blame, so that trying again cannot help before Ticketty is changed.
    pub fn blames_the_mail(&self) -> bool {
        !matches!(self.how, Death::NotStarted(_))
    }
}

impl From<ParseDeath> for Trouble {
    fn from(death: ParseDeath) -> Self {
        let unread = || {
            Self::bug("the mail could not be read").hint("its raw source is kept and can be shown")
        };
        match death.how {
            Death::NotStarted(cause) => Self::operator("the mail parser could not be started")
                .because(cause)
                .hint("check that the program file can be executed and that memory is free"),
            Death::TimedOut => unread().because("the parser took too long"),
            Death::Died(cause) => unread().because(format!("the parser died ({cause})")),
            Death::BrokenAnswer => unread().because("the parser gave no proper answer"),
            Death::Refused(trouble) => trouble,
        }
    }
}

impl std::fmt::Display for ParseDeath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Trouble::from(self.clone()).fmt(f)
    }
}

impl std::error::Error for ParseDeath {}
