//! The settings: keys in, text out.

mod audit;
mod checks;
mod connecting;
mod domains;
mod engine;
mod found;
mod fetching;
mod others;
mod pages;
mod redirects;
mod servers;
