//! Stories of finding servers for an address: against a name server and a web of our own.

mod finding;
mod names;
mod providers;
mod web;
