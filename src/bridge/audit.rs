//! Looking through the log of settings.

use serde::{Deserialize, Serialize};

use crate::domain::audit::ChangeLine;
use crate::domain::ids::ChangeId;

/// A part of the log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// In the words of [`Filter`](crate::domain::audit::Filter).
    pub filter: String,
    /// Only what is older than this change: the last one of the page before.
    pub before: Option<ChangeId>,
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub lines: Vec<ChangeLine>,
    /// Where the next page begins; `None` where the log ends.
    pub next: Option<ChangeId>,
}
