//! The house rules that a machine can read off the source: which way imports run, what the pure core must not
//! know, and how large a thing may be.

mod imports;
mod sizes;
mod source;
