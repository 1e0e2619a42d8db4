//! Our own SMTP session (RFC 5321), because the promise "never sent twice" hangs on knowing where a send ended.
//!
//! Before the final dot nothing was sent; after it only the server's own answer counts. So every phase waits for
//! exactly its code, every wait has a deadline, every answer a bound, and nothing the server says before it is
//! asked is taken for an answer. The password never goes over an unencrypted line unless the settings say
//! [`Security::None`], and is never logged.

mod address;
mod auth;
mod check;
mod content;
pub mod fuzz;
mod prepare;
mod reply;
mod send;
mod session;
mod wire;

use std::time::Duration;

use secrecy::SecretString;

use crate::domain::mailbox::{Endpoint, Security, Trust};
use crate::mail::Means;
use crate::mail::link::WireLog;

pub use check::{CheckStep, Fact, StepKind, check, unprotected_warning};
pub use content::MAX_CONTENT_LINE_BYTES;
pub use reply::Capabilities;
pub use session::Session;

/// What a session needs to know about the server and us. The password does not show in `Debug`.
#[derive(Debug, Clone)]
pub struct SmtpAccount {
    pub endpoint: Endpoint,
    pub trust: Trust,
    pub sign_in: Option<SignIn>,
    /// How we introduce ourselves. The default tells nothing about this machine.
    pub hello_name: String,
    pub timings: Timings,
    /// Where the dialogue is written to, without secrets and without the mail.
    pub log: Option<WireLog>,
}

/// Login and password, or login and token.
#[derive(Debug, Clone)]
pub struct SignIn {
    pub login: String,
    /// A password, or a token, as `means` says.
    pub password: SecretString,
    pub means: Means,
}

impl SmtpAccount {
    pub fn new(endpoint: Endpoint, trust: Trust, sign_in: Option<SignIn>) -> Self {
        Self {
            endpoint,
            trust,
            sign_in,
            hello_name: "[127.0.0.1]".to_owned(),
            timings: Timings::default(),
            log: None,
        }
    }

    /// Whether what we say is protected by TLS once the session is open.
    pub fn is_protected(&self) -> bool {
        self.endpoint.security != Security::None
    }
}

/// How long each step may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timings {
    pub connect: Duration,
    pub greeting: Duration,
    pub command: Duration,
    /// For the 354.
    pub data: Duration,
    /// For each block of content.
    pub block: Duration,
    /// For the caller's own commit between content and dot.
    pub barrier: Duration,
    /// After the dot: long, because giving up early makes duplicates.
    pub dot: Duration,
}

impl Default for Timings {
    /// RFC 5321 §4.5.3.2; connecting and our own commit are not named there.
    fn default() -> Self {
        let minutes = |count: u64| Duration::from_secs(count * 60);
        Self {
            connect: Duration::from_secs(30),
            greeting: minutes(5),
            command: minutes(5),
            data: minutes(2),
            block: minutes(3),
            barrier: minutes(1),
            dot: minutes(10),
        }
    }
}

impl Timings {
    /// No step takes longer than this: for checks that a person watches.
    pub fn at_most(limit: Duration) -> Self {
        let usual = Self::default();
        Self {
            connect: usual.connect.min(limit),
            greeting: usual.greeting.min(limit),
            command: usual.command.min(limit),
            data: usual.data.min(limit),
            block: usual.block.min(limit),
            barrier: usual.barrier.min(limit),
            dot: usual.dot.min(limit),
        }
    }
}
