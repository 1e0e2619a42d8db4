//! The one place where a connection to a mail server is made and protected.
//!
//! A [`Link`] is a stream of bytes to a named host, with or without TLS around it. IMAP and SMTP both start
//! here, and so do the checks of the settings screen, so that what was tested is what is used. Nothing here ever
//! falls back to less protection than was asked for, sends a byte of a protocol, or waits without a deadline.

mod blank;
mod certificate;
mod tcp;
mod tls;
mod verify;
mod wire;

pub use blank::Blank;
pub use certificate::TlsFacts;
pub use tcp::{open_tcp, resolve};
pub use tls::start_tls;
pub(super) use verify::authorities;
pub use wire::WireLog;

use tokio::io::{AsyncRead, AsyncWrite};

/// What a connection must be able to do, whatever protects it.
pub trait Io: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Io for T {}

/// A connection, plain or within TLS.
pub type Link = Box<dyn Io>;
