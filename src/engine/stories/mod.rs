//! Stories of the engine: a real store in a directory of its own, a clock that stands still, and a front end that
//! speaks only over the line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answering;
mod at_once;
mod automatic;
mod channel_words;
mod channels;
mod clocks;
mod desk;
mod flood;
mod following;
mod keeping;
mod learning;
mod learnt_log;
mod looking;
mod manners;
mod recipients;
mod rereading;
mod settings_log;
mod signatures;
mod surroundings;
mod triage;
mod watching;
mod writing;
