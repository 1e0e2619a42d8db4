//! The desk: keys in, text out.

mod acting;
mod bytes;
mod finding;
mod large_and_many;
mod moving;
mod reading;
mod screens;
