//! Stories of finding servers for an address: against a name server and a web of our own.

mod names;
