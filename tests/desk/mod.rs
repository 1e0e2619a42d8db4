//! The desk: keys in, text out.

mod acting;
mod bytes;
mod finding;
mod moving;
mod reading;
mod screens;
