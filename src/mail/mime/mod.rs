//! MIME: a stranger's bytes become a bounded [`ParsedMail`].
//!
//! The functions here read hostile input and may be slow, hungry or, through the crates they stand on, fatal. The
//! engine therefore never calls them in its own process: it asks a [`Parser`], which calls them in a child
//! ([`child::serve`]) that has nothing to lose. Nothing is ever fetched, opened or run.

mod attachments;
mod calendar;
pub mod child;
mod death;
mod headers;
mod html;
mod limits;
mod links;
mod parse;
mod parser;
mod report;
#[cfg(test)]
mod tests;
mod text;
mod wire;

pub use self::death::{Death, ParseDeath};
pub use self::limits::Limits;
pub use self::parse::{attachment, header_block, html_part, parse, render_html};
pub use self::parser::Parser;
pub use crate::domain::headers::parsed::*;

/// The version of all this: the program's, and behind it a number to raise when the parser changes between two of
/// those. Mails that another version could not read are read again.
pub const READER_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "/1");
