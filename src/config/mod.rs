//! What belongs to this person and this machine: directories, config.toml, themes, secrets, the log.
//!
//! Nothing here knows of tickets. A mistake in a file is told with its line, its column and the nearest right
//! word, because the person who reads it has an editor open. Secrets are never part of an error.

pub mod defects;
pub mod logging;
pub mod origin;
pub mod paths;
pub mod person;
pub mod secrets;
pub mod settings;
pub mod themes;
