//! The words and rules of a helpdesk, as data and pure functions.
//!
//! Everything that can be decided without looking at a clock, a file, a socket or a screen is decided here, so
//! that it can be tested as tables. Nothing in this module may do IO, read the time, or be async; time, ids and
//! randomness come in as arguments.

pub mod asleep;
pub mod audit;
pub mod automatic;
pub mod channel;
pub mod classify;
pub mod clean;
pub mod clock;
pub mod contact;
pub mod csv;
pub mod decide;
pub mod delivery;
pub mod detection;
pub mod draft;
pub mod emphasis;
pub mod event;
pub mod finding;
pub mod flood;
pub mod folder;
pub mod headers;
pub mod history;
pub mod ids;
pub mod mailbox;
pub mod marks;
pub mod message;
pub mod oauth;
pub mod outbox;
pub mod parsed;
pub mod pasted;
pub mod place;
pub mod preferences;
pub mod project;
pub mod put_away;
pub mod query;
pub mod quote;
pub mod redirect;
pub mod sender_domain;
pub mod signature;
pub mod sync_plan;
pub mod template;
pub mod theme;
pub mod ticket;
pub mod trouble;
pub mod undo;
pub mod words;
