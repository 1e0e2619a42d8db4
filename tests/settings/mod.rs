//! The settings: keys in, text out.

mod audit;
mod connecting;
mod domains;
mod engine;
mod others;
mod pages;
mod redirects;
