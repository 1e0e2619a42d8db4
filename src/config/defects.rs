//! A part of the program that broke off: its report goes to the log, and whoever is at the keyboard is told where it
//! is. Nothing is written into the desk's screen.

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::domain::clean::Clean;
use crate::domain::trouble::Trouble;

static LOG: OnceLock<PathBuf> = OnceLock::new();
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// From now on a panic is reported in this log. A second call keeps the first.
pub fn report_to(log: &Path) {
    if LOG.set(log.to_owned()).is_ok() {
        std::panic::set_hook(Box::new(report));
    }
}

fn report(info: &PanicHookInfo<'_>) {
    let words = words(info);
    let trace = Backtrace::force_capture();
    tracing::error!(%words, "a part of the program broke off\n{trace}");
    // Whoever panics while holding this lock has only set it.
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
}

/// What it said of itself, and where in the source it was.
fn words(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let said = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a word");
    let place = info
        .location()
        .map_or_else(String::new, |at| format!(" ({}:{})", at.file(), at.line()));
    Clean::line(&format!("{said}{place}")).to_string()
}

/// What is said at the keyboard of the panic that was reported last, and what to do then.
pub fn told(what: &str, then: &str) -> Trouble {
    let last = LAST.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut trouble = Trouble::bug(what);
    trouble.cause = last;
    match LOG.get() {
        Some(log) => trouble.hint(format!(
            "the report is at the end of {}; {then}",
            log.display()
        )),
        None => trouble,
    }
}
