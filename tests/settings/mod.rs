//! The settings: keys in, text out.

mod audit;
mod bar;
mod checks;
mod connecting;
mod domains;
mod engine;
mod fetching;
mod found;
mod others;
mod pages;
mod redirects;
mod servers;
mod watching;
mod words;
