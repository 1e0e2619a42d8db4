//! The log of settings.

use rusqlite::{Row, params};

use super::fault::{Fault, Sql};
use super::ledger::wrong_type;
use super::log;
use super::session::{Session, from_json, from_word, json, micros, micros_opt, moment, word_of};
use crate::domain::audit::{SettingChange, Subject};
use crate::domain::ids::ChangeId;
use crate::domain::trouble::Trouble;
use crate::store::StoreResult;
use crate::store::audit::{AuditRead, AuditWindow, AuditWrite};

impl AuditRead for Session<'_> {
    fn setting_changes(
        &self,
        window: AuditWindow,
        wanted: &mut dyn FnMut(&SettingChange) -> bool,
    ) -> StoreResult<Vec<(ChangeId, SettingChange)>> {
        self.run(|session| select(session, window, wanted))
    }
}

impl AuditWrite for Session<'_> {
    fn record_setting(&mut self, change: &SettingChange) -> StoreResult<ChangeId> {
        self.run(|session| insert(session, change))
    }
}

fn select(
    session: &Session<'_>,
    window: AuditWindow,
    wanted: &mut dyn FnMut(&SettingChange) -> bool,
) -> Sql<Vec<(ChangeId, SettingChange)>> {
    let mut statement = session.prepare(
        "SELECT id, at, actor, actor_id, origin, kind, subject, subject_name, field, old, new
         FROM setting_change WHERE id < $1 AND at >= $2 AND at < $3 ORDER BY id DESC",
    )?;
    let mut rows = statement.query(params![
        window.before.map_or(i64::MAX, |id| id.0),
        micros_opt(window.since).unwrap_or(i64::MIN),
        micros_opt(window.until).unwrap_or(i64::MAX),
    ])?;
    let mut found = Vec::new();
    while found.len() < window.limit
        && let Some(row) = rows.next()?
    {
        let change = change(row)?;
        if wanted(&change) {
            found.push((ChangeId(row.get(0)?), change));
        }
    }
    Ok(found)
}

fn change(row: &Row<'_>) -> Sql<SettingChange> {
    Ok(SettingChange {
        at: moment(row.get(1)?)?,
        actor: log::actor(row.get(2)?, row.get(3)?)?,
        origin: from_json(row.get_ref(4)?.as_str().map_err(wrong_type)?)?,
        about: Subject {
            kind: from_word(row.get_ref(5)?.as_str().map_err(wrong_type)?)?,
            id: row.get(6)?,
            name: row.get(7)?,
        },
        field: row.get(8)?,
        old: row.get(9)?,
        new: row.get(10)?,
    })
}

fn insert(session: &Session<'_>, change: &SettingChange) -> Sql<ChangeId> {
    let (actor, actor_id) = log::actor_columns(change.actor);
    let id = session.one(
        "INSERT INTO setting_change
             (at, actor, actor_id, origin, kind, subject, subject_name, field, old, new)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
        params![
            micros(change.at),
            actor,
            actor_id,
            json(&change.origin)?,
            word_of(&change.about.kind)?,
            change.about.id,
            change.about.name,
            change.field,
            change.old,
            change.new
        ],
        |row| Ok(ChangeId(row.get(0)?)),
    )?;
    id.ok_or_else(|| Fault::Told(Trouble::bug("a change of a setting got no id")))
}
