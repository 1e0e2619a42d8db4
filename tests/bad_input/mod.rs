//! Stories of everything that can be wrong: the real program names whose move it is, and loses nothing.

mod desk;
mod files;
mod servers;
mod store;
