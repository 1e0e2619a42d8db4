//! Stories of the command line: the real program, without servers.

mod audit;
mod configuration;
mod demo;
mod detect;
mod shell;
mod words;
