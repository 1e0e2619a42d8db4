//! Stories of writing: keys in, text out, and what the store was told.

mod leaving;
mod looks;
mod typing;
