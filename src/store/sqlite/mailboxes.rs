//! Mailboxes and the generations of their folders.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::fault::{Fault, Sql};
use super::ledger::{must_exist, wrong_type};
use super::session::{
    Session, from_json, from_word, json, micros, micros_opt, moment, moment_opt, narrow, word_of,
};
use crate::domain::ids::{FolderId, MailboxId};
use crate::domain::mailbox::{Incoming, Mailbox, MailboxSettings};
use crate::domain::trouble::Trouble;
use crate::store::ledger::{Folder, FolderSight};

const FOLDER: &str = "id, mailbox, name, wire_name, role, uid_validity, cursor, highest_mod_seq, wanted_since, current";

pub(super) fn all(session: &Session<'_>) -> Sql<Vec<Mailbox>> {
    session.all(
        "SELECT id, settings, enabled, removed, connected_at FROM mailbox ORDER BY id",
        [],
        |row| {
            Ok(Mailbox {
                id: MailboxId(row.get(0)?),
                settings: from_json(row.get_ref(1)?.as_str().map_err(wrong_type)?)?,
                enabled: row.get(2)?,
                removed: row.get(3)?,
                connected_at: moment(row.get(4)?)?,
            })
        },
    )
}

pub(super) fn folders(session: &Session<'_>, mailbox: MailboxId) -> Sql<Vec<Folder>> {
    session.all(
        &format!("SELECT {FOLDER} FROM folder WHERE mailbox = $1 ORDER BY id"),
        [mailbox.0],
        folder,
    )
}

/// What makes two connections the same account: where the mail lies, and by which name it is reached.
fn account_key(settings: &MailboxSettings) -> Sql<String> {
    match &settings.incoming {
        Incoming::Imap(endpoint) => json(&(
            "imap",
            endpoint.host.to_lowercase(),
            settings.login.to_lowercase(),
        )),
        Incoming::Maildir(path) => json(&("maildir", path)),
        Incoming::Forwarded(_) => json(&("forwarded", settings.address.to_lowercase())),
    }
}

pub(super) fn put(
    session: &Session<'_>,
    id: Option<MailboxId>,
    settings: &MailboxSettings,
    now: Timestamp,
) -> Sql<MailboxId> {
    let account = account_key(settings)?;
    let id = match id {
        Some(id) => Some(id),
        None => session.one(
            "SELECT id FROM mailbox WHERE account = $1 AND removed <> 0 ORDER BY id LIMIT 1",
            [&account],
            |row| Ok(MailboxId(row.get(0)?)),
        )?,
    };
    let keys = (
        settings.name.to_lowercase(),
        settings.address.to_lowercase(),
    );
    let settings_json = json(settings)?;
    let Some(id) = id else {
        let made = session.one(
            "INSERT INTO mailbox (account, name_key, address_key, name, settings, enabled, removed, connected_at)
             VALUES ($1, $2, $3, $4, $5, 1, 0, $6) RETURNING id",
            params![account, keys.0, keys.1, settings.name, settings_json, micros(now)],
            |row| Ok(MailboxId(row.get(0)?)),
        )?;
        return made.ok_or_else(|| Fault::Told(Trouble::bug("a new mailbox got no id")));
    };
    let changed = session.exec(
        "UPDATE mailbox SET account = $2, name_key = $3, address_key = $4, name = $5, settings = $6,
             enabled = CASE WHEN removed <> 0 THEN 1 ELSE enabled END, removed = 0
         WHERE id = $1",
        params![id.0, account, keys.0, keys.1, settings.name, settings_json],
    )?;
    must_exist(changed, "mailbox", id)?;
    Ok(id)
}

fn folder(row: &Row<'_>) -> Sql<Folder> {
    Ok(Folder {
        id: FolderId(row.get(0)?),
        mailbox: MailboxId(row.get(1)?),
        name: row.get(2)?,
        wire_name: row.get(3)?,
        role: from_word(row.get_ref(4)?.as_str().map_err(wrong_type)?)?,
        uid_validity: row.get(5)?,
        cursor: row.get(6)?,
        highest_mod_seq: narrow(row.get(7)?)?,
        wanted_since: moment_opt(row.get(8)?)?,
        current: row.get(9)?,
    })
}

/// The beginning of `wanted_since` is kept from the first sight: what was not wanted then has its outcome already.
pub(super) fn open_folder(session: &Session<'_>, sight: &FolderSight) -> Sql<Folder> {
    session.exec(
        "UPDATE folder SET current = 0 WHERE mailbox = $1 AND wire_name = $2 AND uid_validity <> $3",
        params![sight.mailbox.0, sight.wire_name, sight.uid_validity],
    )?;
    let opened = session.one(
        &format!(
            "INSERT INTO folder (mailbox, name, wire_name, role, uid_validity, cursor, highest_mod_seq, wanted_since, current)
             VALUES ($1, $2, $3, $4, $5, 0, 0, $6, 1)
             ON CONFLICT (mailbox, wire_name, uid_validity)
             DO UPDATE SET name = excluded.name, role = excluded.role, current = 1
             RETURNING {FOLDER}"
        ),
        params![
            sight.mailbox.0,
            sight.name,
            sight.wire_name,
            word_of(&sight.role)?,
            sight.uid_validity,
            micros_opt(sight.wanted_since)
        ],
        folder,
    )?;
    opened.ok_or_else(|| Fault::Told(Trouble::bug("a folder that was opened got no row")))
}

/// Whatever had the name until now is followed no more.
pub(super) fn rename_folder(
    session: &Session<'_>,
    id: FolderId,
    sight: &FolderSight,
) -> Sql<Option<Folder>> {
    let renamed = session.one(
        &format!(
            "UPDATE folder SET name = $2, wire_name = $3, role = $4, current = 1
             WHERE id = $1 AND NOT EXISTS (
                 SELECT 1 FROM folder WHERE mailbox = $5 AND wire_name = $3 AND uid_validity = $6)
             RETURNING {FOLDER}"
        ),
        params![
            id.0,
            sight.name,
            sight.wire_name,
            word_of(&sight.role)?,
            sight.mailbox.0,
            sight.uid_validity
        ],
        folder,
    )?;
    if renamed.is_some() {
        session.exec(
            "UPDATE folder SET current = 0 WHERE mailbox = $1 AND wire_name = $2 AND id <> $3",
            params![sight.mailbox.0, sight.wire_name, id.0],
        )?;
    }
    Ok(renamed)
}
