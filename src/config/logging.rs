//! The log: a file in the state directory, never the terminal.
//!
//! The targets of the IMAP crates are held at `info`: at `trace` they write every line of a session, sign-in and
//! mail included.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::domain::trouble::Trouble;

/// The environment variable that overrides the configured level, in the syntax of `tracing`.
pub const VARIABLE: &str = "TICKETTY_LOG";

/// A log that has grown past this is set aside when the program starts; one older one is kept.
const LARGEST_LOG_BYTES: u64 = 8 * 1024 * 1024;

/// Targets whose finer levels would write secrets.
const CAPPED: [&str; 6] = [
    "async_imap",
    "imap_proto",
    "rustls",
    "lettre",
    "ureq",
    "hickory",
];

/// Starts the log. A second start in one process keeps the first.
///
/// # Errors
/// When the file cannot be opened, or the level is not understood.
pub fn start(file: &Path, level: &str) -> Result<(), Trouble> {
    let wanted = std::env::var(VARIABLE).unwrap_or_else(|_| level.to_owned());
    let filter = filter(&wanted)?;
    let file = open(file)?;
    // The error says that a log is already running, which is what was asked for.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        // A log that cannot be written, as on a full disk, must not write into the desk's screen instead.
        .log_internal_errors(false)
        .with_writer(Arc::new(file))
        .try_init();
    Ok(())
}

fn filter(wanted: &str) -> Result<EnvFilter, Trouble> {
    // A directive for a module inside a capped target would win over the cap, so none is taken over.
    let harmless: Vec<&str> = wanted
        .split(',')
        .filter(|part| !CAPPED.iter().any(|target| part.trim().starts_with(target)))
        .collect();
    let mut filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse(harmless.join(","))
        .map_err(|cause| {
            Trouble::operator(format!("the log level `{wanted}` is not understood"))
                .because(cause)
                .hint("use off, error, warn, info, debug or trace")
        })?;
    if LevelFilter::INFO < filter.max_level_hint().unwrap_or(LevelFilter::TRACE) {
        for target in CAPPED {
            let directive = format!("{target}=info")
                .parse()
                .map_err(|cause| Trouble::bug("a log directive of ours is wrong").because(cause))?;
            filter = filter.add_directive(directive);
        }
    }
    Ok(filter)
}

fn open(path: &Path) -> Result<File, Trouble> {
    let failed = |cause: std::io::Error| {
        Trouble::operator(format!("the log {} cannot be opened", path.display())).because(cause)
    };
    if let Some(directory) = path.parent() {
        super::paths::make_private_directory(directory)?;
    }
    if fs::metadata(path).is_ok_and(|found| found.len() > LARGEST_LOG_BYTES) {
        fs::rename(path, path.with_extension("log.old")).map_err(failed)?;
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn no_level_lets_the_imap_crates_write_what_they_send() {
        for wanted in [
            "trace",
            "debug",
            "async_imap=trace",
            "async_imap::client=trace",
            "trace,imap_proto=debug",
        ] {
            let filter = filter(wanted).unwrap();
            let subscriber = tracing_subscriber::fmt()
                .with_env_filter(filter)
                .with_writer(std::io::sink)
                .finish();
            tracing::subscriber::with_default(subscriber, || {
                assert!(
                    !tracing::enabled!(target: "async_imap", tracing::Level::TRACE),
                    "{wanted}"
                );
                assert!(
                    !tracing::enabled!(target: "async_imap::client", tracing::Level::TRACE),
                    "{wanted}"
                );
                assert!(
                    !tracing::enabled!(target: "imap_proto", tracing::Level::DEBUG),
                    "{wanted}"
                );
            });
        }
    }

    #[test]
    fn a_level_that_does_not_exist_is_refused() {
        assert!(filter("a=b=c").unwrap_err().hint.is_some());
    }

    #[test]
    fn a_large_log_is_set_aside_once() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state/ticketty.log");
        drop(open(&path).unwrap());
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(LARGEST_LOG_BYTES + 1)
            .unwrap();
        drop(open(&path).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
        assert!(path.with_extension("log.old").exists());
    }
}
