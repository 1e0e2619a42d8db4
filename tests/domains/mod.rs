//! The domains of our senders, on a name server of the stories' own.

mod bench;
mod engine;
mod program;
