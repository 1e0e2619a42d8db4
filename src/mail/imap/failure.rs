//! What can go wrong with a mail server, sorted by what the caller does about it.

use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;

use super::answer::Condition;
use super::frame::FrameFault;

/// The sort of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The server was not reached, or TLS could not be had.
    Unreachable,
    /// The name or password is wrong. Trying again with the same ones can lock the account.
    SignInRefused,
    /// The server is overloaded, throttles us, or has a temporary fault: wait, then try again.
    Unavailable,
    /// The server cannot be used safely as configured: no STARTTLS, LOGINDISABLED, PREAUTH on a plain link.
    Unfit,
    /// A command got NO or BAD. The connection is still good.
    Refused,
    /// The server said something that IMAP does not allow, or that crosses a bound. The connection is closed.
    Protocol,
    /// The connection ended or fell silent. The connection is closed.
    Lost,
}

/// A failure of an IMAP connection or command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImapFailure {
    pub kind: FailureKind,
    /// The server's response code, such as OVERQUOTA or TRYCREATE (RFC 5530), in capitals.
    pub code: Option<String>,
    /// The same, for people, with the server's words as its cause.
    pub trouble: Trouble,
}

impl ImapFailure {
    pub(super) fn new(kind: FailureKind, trouble: Trouble) -> Self {
        Self {
            kind,
            code: None,
            trouble,
        }
    }

    pub(super) fn unreachable(trouble: Trouble) -> Self {
        Self::new(FailureKind::Unreachable, trouble)
    }

    pub(super) fn unfit(what: &str, hint: &str) -> Self {
        Self::new(FailureKind::Unfit, Trouble::server(what).hint(hint))
    }

    pub(super) fn protocol(what: impl std::fmt::Display) -> Self {
        Self::new(
            FailureKind::Protocol,
            Trouble::server("the mail server sent something that cannot be followed").because(what),
        )
    }

    pub fn lost(why: impl std::fmt::Display) -> Self {
        Self::new(
            FailureKind::Lost,
            Trouble::network("the connection to the mail server was lost").because(why),
        )
    }

    /// A command that ended with NO or BAD.
    pub(super) fn refused(what: &str, condition: &Condition) -> Self {
        let kind = match condition.looks_temporary() {
            true => FailureKind::Unavailable,
            false => FailureKind::Refused,
        };
        let trouble = match kind {
            FailureKind::Unavailable => Trouble::network(format!("{what} must wait")),
            _ => Trouble::server(format!("the mail server refused {what}")),
        };
        Self::new(kind, trouble.because(condition.words())).with_code(condition)
    }

    /// A sign-in that ended with NO or BAD.
    pub(super) fn sign_in(condition: &Condition) -> Self {
        let is_fault = matches!(&condition.code, Some(code) if code.name == "SERVERBUG");
        if condition.looks_temporary() || is_fault {
            let trouble = Trouble::network("the mail server lets nobody sign in at the moment");
            return Self::new(FailureKind::Unavailable, trouble.because(condition.words()))
                .with_code(condition);
        }
        let trouble = Trouble::operator("the mail server refused the login or the password")
            .because(condition.words())
            .hint("enter the password again; with two-factor sign-in an app password is needed");
        Self::new(FailureKind::SignInRefused, trouble).with_code(condition)
    }

    /// The server said BYE.
    pub(super) fn bye(condition: &Condition) -> Self {
        let kind = match condition.looks_temporary() {
            true => FailureKind::Unavailable,
            false => FailureKind::Lost,
        };
        let trouble = Trouble::network("the mail server ended the connection");
        Self::new(kind, trouble.because(condition.words())).with_code(condition)
    }

    fn with_code(mut self, condition: &Condition) -> Self {
        self.code = condition.code.as_ref().map(|code| code.name.clone());
        self
    }

    /// Whether the session can still be used after this.
    pub fn connection_is_good(&self) -> bool {
        self.kind == FailureKind::Refused
    }
}

impl From<FrameFault> for ImapFailure {
    fn from(fault: FrameFault) -> Self {
        Self::protocol(fault)
    }
}

impl From<std::io::Error> for ImapFailure {
    fn from(error: std::io::Error) -> Self {
        Self::from(&error)
    }
}

/// A broken bound travels through async-imap inside an IO error.
impl From<&std::io::Error> for ImapFailure {
    fn from(error: &std::io::Error) -> Self {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        if let Some(fault) = inner {
            let fault: &FrameFault = fault;
            return Self::protocol(fault);
        }
        Self::lost(Clean::line(&error.to_string()))
    }
}

impl std::fmt::Display for ImapFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.trouble.fmt(f)
    }
}

impl std::error::Error for ImapFailure {}
