//! What a new store begins with: its key and the usual views.

use std::path::Path;

use rusqlite::{Connection, params};

use super::fault::{Fault, Sql};
use super::session::Session;
use crate::domain::trouble::Trouble;

/// The fact that holds the key of our signed Message-IDs.
pub const MESSAGE_ID_KEY: &str = "message-id-key";

/// The views of a new store. A snoozed ticket is out of sight until it wakes, so only its own view shows it.
const VIEWS: [(&str, &str); 7] = [
    ("Mine", "assignee:me is:open -is:snoozed"),
    ("Unassigned", "assignee:none is:open -is:snoozed"),
    ("All open", "is:open -is:snoozed"),
    ("Waiting", "status:pending -is:snoozed"),
    ("Overdue", "is:overdue -is:snoozed"),
    ("Snoozed", "is:snoozed"),
    ("Closed", "status:closed"),
];
/// Room between views, so that one can be put between two without moving the others.
const VIEW_SPACING: i64 = 1000;

pub(super) fn fill(conn: &Connection, path: &Path) -> Sql<()> {
    let mut key = [0_u8; 32];
    getrandom::fill(&mut key).map_err(|error| {
        Fault::Told(Trouble::operator("this machine gives no random numbers").because(error))
    })?;
    let session = Session::new(conn, path);
    session.exec(
        "INSERT INTO fact (name, value) VALUES ($1, $2)",
        params![MESSAGE_ID_KEY, key.as_slice()],
    )?;
    for ((name, query), place) in VIEWS.iter().zip(1_i64..) {
        session.exec(
            "INSERT INTO view (name, query, position) VALUES ($1, $2, $3)",
            params![name, query, place * VIEW_SPACING],
        )?;
    }
    Ok(())
}
