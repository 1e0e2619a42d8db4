//! What SQLite reports, told so that a person knows whose move it is.

use std::path::Path;

use rusqlite::ErrorCode;

use super::place;
use crate::domain::trouble::Trouble;

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

    pub(super) fn told(self, path: &Path) -> Trouble {
        match self {
            Self::Told(trouble) => trouble,
            Self::Unreadable { what, cause } => Trouble::bug(what)
                .because(cause)
                .hint("run `ticketty doctor`; a backup made before may read better"),
            Self::Sql(error) => told_sql(&error, path),
        }
    }
}

fn told_sql(error: &rusqlite::Error, path: &Path) -> Trouble {
    let shown = path.display();
    let Some(code) = error.sqlite_error_code() else {
        return Trouble::bug("the store was asked wrongly").because(error);
    };
    let trouble = match code {
        ErrorCode::DiskFull => {
            let free = place::free_bytes(path).map_or_else(
                || "an unknown number of".to_owned(),
                |free| (free / 1024).to_string(),
            );
            Trouble::operator(format!("the disk with {shown} is full")).hint(format!(
                "{free} KiB are free there; make room, nothing stored is lost and reading goes on"
            ))
        }
        ErrorCode::NotADatabase => Trouble::operator(format!(
            "{shown} is not a Ticketty database, or its beginning is damaged"
        ))
        .hint("choose another --data-dir, or bring back a backup with `ticketty restore`"),
        ErrorCode::DatabaseCorrupt => {
            Trouble::operator(format!("the store {shown} is damaged")).hint(
                "stop every ticketty that uses it, keep a copy of the files, and bring back the last backup with `ticketty restore`",
            )
        }
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
