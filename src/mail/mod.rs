//! Adapters to the mail world: IMAP in, SMTP out, MIME to text and back.
//!
//! Everything here turns bytes from strangers into bounded, typed data, or typed data into bytes. It never
//! touches the store and never decides what a mail means for a ticket: the engine and the domain do.

pub mod advice;
pub mod autoconfig;
pub mod compose;
pub mod dns;
pub mod folder_transport;
pub mod http;
pub mod imap;
pub mod link;
pub mod maildir;
pub mod mime;
pub mod providers;
pub mod sendmail;
pub mod smtp;
pub mod transport;

/// What the secret of a sign-in is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Means {
    #[default]
    Password,
    /// An OAuth2 access token.
    Token,
}
