//! What SQLite reports, told so that a person knows whose move it is.

use std::path::Path;

use rusqlite::ErrorCode;

use super::{place, reserve};
use crate::domain::trouble::Trouble;

/// With less than this, not even the index of the log can grow.
const NO_ROOM: u64 = 64 * 1024;

/// A failure on its way out of this backend. It becomes a [`Trouble`] where the path of the store is known.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    /// A stored value that does not read as what it should be.
    Unreadable {
        what: &'static str,
        cause: String,
    },
    Told(Trouble),
    /// The file is not as SQLite left it; in SQLite's words.
    Damaged(String),
}

pub(super) type Sql<T> = Result<T, Fault>;

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Self {
        Self::Told(trouble)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable {
            what: "a stored value does not read as it was written",
            cause: error.to_string(),
        }
    }
}

impl Fault {
    /// Whether the connection that reported it must not be used again.
    pub(super) fn breaks_connection(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        matches!(
            error.sqlite_error_code(),
            Some(
                ErrorCode::DatabaseCorrupt
                    | ErrorCode::NotADatabase
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::CannotOpen
                    | ErrorCode::InternalMalfunction
            )
        )
    }

    /// What was met, in the words of SQLite.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Sql(error) => error.to_string(),
            Self::Unreadable { cause, .. } => cause.clone(),
            Self::Told(trouble) => trouble.to_string(),
            Self::Damaged(words) => words.clone(),
        }
    }

    /// Whether a disk without room is the cause. The log and its index say it in other words than the file itself.
    pub(super) fn ran_out_of_room(&self, path: &Path) -> bool {
        let Self::Sql(error) = self else { return false };
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => true,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
                place::free_bytes(path).is_some_and(|free| free < NO_ROOM)
            }
            _ => false,
        }
    }

    /// Whether the file itself is damaged, so that nothing more may be written to it.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            Self::Sql(error) => error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt),
            Self::Unreadable { .. } | Self::Told(_) => false,
        }
    }

    pub(super) fn told(self, path: &Path) -> Trouble {
        match self {
            Self::Told(trouble) => trouble,
            Self::Damaged(words) => damaged(path).because(words),
            Self::Unreadable { what, cause } => Trouble::bug(what)
                .because(cause)
                .hint("run `ticketty doctor`; a backup made before may read better"),
            Self::Sql(error) => told_sql(&error, path),
        }
    }
}

/// What is said of a full disk, with the room that is needed.
pub(super) fn full(path: &Path) -> Trouble {
    let free = place::free_bytes(path).map_or_else(
        || "an unknown number of".to_owned(),
        |free| (free / 1024).to_string(),
    );
    let wanted = reserve::room_wanted(path) / 1024;
    Trouble::operator(format!("the disk with {} is full", path.display())).hint(format!(
        "{free} KiB are free there and {wanted} KiB are wanted; make room, nothing stored is lost and reading goes on"
    ))
}

/// What is said of a damaged store, whoever found it out.
pub(super) fn damaged(path: &Path) -> Trouble {
    Trouble::operator(format!(
        "the store {} is damaged and is only read; nothing is fetched or sent",
        path.display()
    ))
    .hint(
        "end every ticketty that uses it and bring back the last backup: `ticketty restore FILE`; what is there is kept beside it",
    )
}

fn told_sql(error: &rusqlite::Error, path: &Path) -> Trouble {
    let shown = path.display();
    let Some(code) = error.sqlite_error_code() else {
        return Trouble::bug("the store was asked wrongly").because(error);
    };
    let trouble = match code {
        ErrorCode::DiskFull => full(path),
        ErrorCode::NotADatabase => Trouble::operator(format!(
            "{shown} is not a Ticketty database, or its beginning is damaged"
        ))
        .hint("choose another --data-dir, or bring back a backup with `ticketty restore`"),
        ErrorCode::DatabaseCorrupt => damaged(path),
        ErrorCode::SystemIoFailure => Trouble::operator(format!("the disk under {shown} does not read or write"))
            .hint("look at the system log for errors of the disk; the store is opened anew with the next try"),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            Trouble::operator(format!("another program holds {shown} for too long"))
                .hint("find it with `fuser` and end it; nothing was changed")
        }
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly => {
            Trouble::operator(format!("the store {shown} cannot be opened for writing"))
                .hint("it must belong to you, in a directory that belongs to you")
        }
        ErrorCode::OutOfMemory => Trouble::operator("there is not enough memory for the store"),
        ErrorCode::OperationInterrupted => Trouble::network("the question was interrupted"),
        _ => Trouble::bug("the store refused what it was asked"),
    };
    trouble.because(error)
}
