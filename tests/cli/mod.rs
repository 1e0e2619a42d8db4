//! Stories of the command line: the real program, without servers.

mod configuration;
mod demo;
mod shell;
