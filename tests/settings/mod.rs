//! The settings: keys in, text out.

mod connecting;
mod engine;
mod others;
mod pages;
