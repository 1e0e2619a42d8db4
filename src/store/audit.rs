//! The log of settings: appended in the transaction of the change it tells of, and never edited.

use jiff::Timestamp;

use super::StoreResult;
use crate::domain::audit::SettingChange;
use crate::domain::ids::ChangeId;

/// Which part of the log is walked, newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditWindow {
    /// Only what is older than this change.
    pub before: Option<ChangeId>,
    pub since: Option<Timestamp>,
    /// Only what happened before this moment.
    pub until: Option<Timestamp>,
    /// How many are wanted at most.
    pub limit: usize,
}

pub trait AuditRead {
    /// The newest changes that `wanted` takes. Rows are looked at one after another, so that a long log needs little
    /// memory.
    fn setting_changes(
        &self,
        window: AuditWindow,
        wanted: &mut dyn FnMut(&SettingChange) -> bool,
    ) -> StoreResult<Vec<(ChangeId, SettingChange)>>;
}

pub trait AuditWrite {
    /// Appends a change. Whoever saves a setting calls this in the same transaction.
    fn record_setting(&mut self, change: &SettingChange) -> StoreResult<ChangeId>;
}
