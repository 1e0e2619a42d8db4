//! What a connection is made from: where, as whom, and within which bounds.

use std::time::Duration;

use secrecy::SecretString;

use crate::domain::mailbox::{Endpoint, Trust};
use crate::mail::Means;
use crate::mail::link::TlsFacts;

/// Where to sign in, and as whom.
#[derive(Debug, Clone)]
pub struct Access {
    pub endpoint: Endpoint,
    pub trust: Trust,
    pub login: String,
    /// A password, or a token, as `means` says.
    pub password: SecretString,
    pub means: Means,
}

/// Bounds of a connection. The defaults suit the engine; tests shorten them.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For TCP, and again for TLS.
    pub connect: Duration,
    /// The longest silence while an answer is owed.
    pub answer: Duration,
    /// The longest time for a whole command, or for one whole mail, however slowly it drips.
    pub whole_answer: Duration,
    pub line_bytes: usize,
    /// Mails above this size must not be fetched whole: ask for their header.
    pub literal_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            answer: Duration::from_secs(60),
            whole_answer: Duration::from_secs(20 * 60),
            line_bytes: 1024 * 1024,
            literal_bytes: 64 * 1024 * 1024,
        }
    }
}

/// How far a connection has come; each is told once, as it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// The port answers.
    Tcp,
    /// TLS is up, and the certificate is accepted.
    Tls(TlsFacts),
    /// The server's own words.
    Greeting(String),
}

/// Who is told. The connection is the same whether somebody watches or not.
pub type Watching<'a> = &'a (dyn Fn(Reached) + Send + Sync);

/// Nobody watches.
pub fn unwatched(_: Reached) {}
