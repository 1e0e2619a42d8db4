//! A mail as data, after parsing: what classification and placement look at, and what is stored and shown.

pub use super::headers::parsed::*;
