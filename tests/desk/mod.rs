//! The desk: keys in, text out.

mod acting;
mod bytes;
mod finding;
mod large_and_many;
mod moving;
mod outbox;
mod reading;
mod screens;
