//! All that a front end and the engine can say to each other, as plain data.
//!
//! A front end sends [`Ask`]s and receives [`Told`]s. Nothing else crosses: no handles, no closures, no shared
//! memory, so that the engine may just as well live in another process. Whatever a stranger wrote crosses as
//! [`Clean`](crate::domain::clean::Clean) text.

mod audit;
mod checks;
mod connect;
mod detect;
mod domains;
mod redirect;
mod report;
mod request;
mod sign_in;
mod watching;
mod words;

use serde::{Deserialize, Serialize};

pub use audit::*;
pub use checks::*;
pub use connect::*;
pub use detect::*;
pub use domains::*;
pub use redirect::*;
pub use report::*;
pub use request::*;
pub use sign_in::*;
pub use watching::*;
pub use words::*;

/// Chosen by the front end; comes back with the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AskId(pub u64);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    pub id: AskId,
    pub request: Request,
}

/// A report. `answers` is set on the one answer that every request gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub answers: Option<AskId>,
    pub report: Report,
}
