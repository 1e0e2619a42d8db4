//! Reading a mailbox over IMAP (RFC 9051, RFC 3501), so that no mail is ever lost in silence.
//!
//! How it is put together: [`guard`] cuts the server's bytes into bounded frames; async-imap reads the greeting
//! and drives STARTTLS and sign-in over it (`sign_in`); from then on [`ImapSession`] sends commands and reads the
//! guard's frames itself. Speed is not the reason (10,000 mails of 2 kB cost either way some 40 ms of our CPU, and
//! the server sets the pace): async-imap's typed commands report a NO, a BAD and a cut connection as success; its
//! parser ends the connection on answers it does not know and panics on three others; each of its answers holds at
//! least 4 KiB; and bodies can be moved out of our frames without a copy while the next command is on its way.
//!
//! What this must never do: change anything in a mailbox but by APPEND and CREATE, by removing one mail of our own
//! that tried the mailbox out (`trial`), and by what an admin asked for (`changing`); take a command for done without
//! its own tagged OK, ask for ENVELOPE or BODYSTRUCTURE (whose nesting a stranger's mail controls), or wait without a
//! deadline. Dropping a session, or a future of one, is always safe: the connection is not used again.

mod access;
mod answer;
mod append;
mod by_token;
mod can;
mod changing;
mod failure;
mod fetch;
mod fetched;
mod folder;
mod frame;
pub mod fuzz;
pub mod guard;
mod idle;
mod news;
mod open;
mod part;
mod quote;
mod scan;
mod search;
mod session;
mod sign_in;
mod status;
mod trial;
mod uid_set;
mod utf7;

pub use crate::domain::folder::FolderRole;
pub use access::{Access, Limits, Reached, Watching};
pub use can::Can;
pub use changing::Away;
pub use failure::{FailureKind, ImapFailure};
pub use fetch::{FetchReport, FetchedMail};
pub use folder::FolderInfo;
pub use guard::WireCounts;
pub use idle::Idle;
pub use news::News;
pub use open::{FlagsChange, Resync, Selected};
pub use part::Part;
pub use search::Search;
pub use session::ImapSession;
pub use trial::Removal;
