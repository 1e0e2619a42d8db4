//! What the headers of a mail say: addresses, names, subjects, ids, and the signals that tell people from programs.
//!
//! Pure words and rules. Values are a stranger's claims: they are bounded, but shown only as `Clean` text.

pub mod address;
pub mod name;
pub mod parsed;
pub mod signed_id;
pub mod subject;
pub mod suspicion;
