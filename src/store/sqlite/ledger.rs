//! The ledger: what became of every UID, and who may sync a mailbox.

use jiff::Timestamp;
use rusqlite::params;

use super::fault::{Fault, Sql};
use super::ledger_row::{outcome_words, rows};
use super::session::{Session, micros, micros_opt, moment, moment_opt, narrow, wide};
use super::{mailboxes, raw};
use crate::domain::ids::{ContentHash, FolderId, MailboxId};
use crate::domain::mailbox::{Mailbox, MailboxSettings};
use crate::domain::trouble::Trouble;
use crate::store::StoreResult;
use crate::store::ledger::{
    Folder, FolderSight, Lease, LedgerAccount, LedgerRead, LedgerRow, LedgerWrite, Outcome, Stamp,
};
use crate::store::packed::PackedRaw;

impl LedgerRead for Session<'_> {
    fn mailboxes(&self) -> StoreResult<Vec<Mailbox>> {
        self.run(mailboxes::all)
    }

    fn folders(&self, mailbox: MailboxId) -> StoreResult<Vec<Folder>> {
        self.run(|session| mailboxes::folders(session, mailbox))
    }

    fn known_uids(&self, folder: FolderId, above: u32) -> StoreResult<Vec<u32>> {
        self.run(|session| {
            session.all(
                "SELECT uid FROM ledger WHERE folder = $1 AND uid > $2 ORDER BY uid",
                params![folder.0, above],
                |row| Ok(row.get(0)?),
            )
        })
    }

    fn holes(&self, folder: FolderId) -> StoreResult<Vec<u32>> {
        self.run(|session| {
            session.all(
                "SELECT uid FROM hole WHERE folder = $1 ORDER BY uid DESC",
                [folder.0],
                |row| Ok(row.get(0)?),
            )
        })
    }

    fn ledger_account(&self, mailbox: MailboxId) -> StoreResult<LedgerAccount> {
        self.run(|session| account(session, mailbox))
    }

    fn ledger_row(&self, folder: FolderId, uid: u32) -> StoreResult<Option<LedgerRow>> {
        self.run(|session| {
            let found = rows(session, "folder = $1 AND uid = $2", params![folder.0, uid])?;
            Ok(found.into_iter().next())
        })
    }

    fn ledger_rows_of(&self, content: &ContentHash) -> StoreResult<Vec<LedgerRow>> {
        let content = &content.0[..];
        self.run(|session| rows(session, "content = $1 ORDER BY recorded_at DESC", [content]))
    }

    fn ledger_rows_with(&self, outcome: &Outcome) -> StoreResult<Vec<LedgerRow>> {
        let (word, _) = outcome_words(outcome);
        self.run(|session| rows(session, "outcome = $1", [word]))
    }

    fn stamps(&self, folder: FolderId) -> StoreResult<Vec<Stamp>> {
        self.run(|session| {
            session.all(
                "SELECT uid, size_bytes, internal_date FROM ledger
                 WHERE folder = $1 AND content IS NOT NULL AND outcome <> 'stub' ORDER BY uid",
                [folder.0],
                |row| {
                    Ok(Stamp {
                        uid: row.get(0)?,
                        size_bytes: narrow(row.get(1)?)?,
                        internal_date: moment_opt(row.get(2)?)?,
                    })
                },
            )
        })
    }

    fn has_content(&self, content: &ContentHash) -> StoreResult<bool> {
        self.run(|session| raw::has(session, content))
    }

    fn raw(&self, content: &ContentHash) -> StoreResult<Option<Vec<u8>>> {
        self.run(|session| raw::get(session, content))
    }

    fn lease(&self, mailbox: MailboxId) -> StoreResult<Option<Lease>> {
        self.run(|session| {
            session.one(
                "SELECT holder, epoch, until FROM lease WHERE mailbox = $1 AND holder IS NOT NULL",
                [mailbox.0],
                |row| {
                    Ok(Lease {
                        holder: row.get(0)?,
                        epoch: row.get(1)?,
                        until: moment(row.get(2)?)?,
                    })
                },
            )
        })
    }
}

impl LedgerWrite for Session<'_> {
    fn put_mailbox(
        &mut self,
        id: Option<MailboxId>,
        settings: &MailboxSettings,
        now: Timestamp,
    ) -> StoreResult<MailboxId> {
        self.run(|session| mailboxes::put(session, id, settings, now))
    }

    fn set_mailbox_state(
        &mut self,
        id: MailboxId,
        enabled: bool,
        removed: bool,
    ) -> StoreResult<()> {
        self.run(|session| {
            let changed = session.exec(
                "UPDATE mailbox SET enabled = $2, removed = $3 WHERE id = $1",
                params![id.0, enabled, removed],
            )?;
            must_exist(changed, "mailbox", id)
        })
    }

    fn open_folder(&mut self, sight: &FolderSight) -> StoreResult<Folder> {
        self.run(|session| mailboxes::open_folder(session, sight))
    }

    fn rename_folder(
        &mut self,
        folder: FolderId,
        sight: &FolderSight,
    ) -> StoreResult<Option<Folder>> {
        self.run(|session| mailboxes::rename_folder(session, folder, sight))
    }

    fn retire_folder(&mut self, folder: FolderId) -> StoreResult<()> {
        self.run(|session| {
            // No server can name a folder with a line end, so that the name is free for the next generation.
            let changed = session.exec(
                "UPDATE folder SET current = 0, wire_name = wire_name || $2 WHERE id = $1",
                params![folder.0, format!("\n{folder}")],
            )?;
            must_exist(changed, "folder", folder)?;
            session.exec("DELETE FROM hole WHERE folder = $1", [folder.0])?;
            Ok(())
        })
    }

    fn list_uids(&mut self, folder: FolderId, uids: &[u32]) -> StoreResult<()> {
        self.run(|session| {
            for uid in uids {
                session.exec(
                    "INSERT INTO hole (folder, uid)
                     SELECT $1, $2 WHERE NOT EXISTS
                         (SELECT 1 FROM ledger WHERE folder = $1 AND uid = $2)
                     ON CONFLICT DO NOTHING",
                    params![folder.0, uid],
                )?;
            }
            move_cursor(session, folder)
        })
    }

    fn record(&mut self, rows: &[LedgerRow]) -> StoreResult<()> {
        self.run(|session| {
            for row in rows {
                record(session, row)?;
            }
            let mut folders: Vec<FolderId> = rows.iter().map(|row| row.folder).collect();
            folders.sort_unstable();
            folders.dedup();
            for folder in folders {
                move_cursor(session, folder)?;
            }
            Ok(())
        })
    }

    fn correct(&mut self, row: &LedgerRow) -> StoreResult<()> {
        self.run(|session| {
            let (outcome, words) = outcome_words(&row.outcome);
            let changed = session.exec(
                "UPDATE ledger SET outcome = $3, words = $4, content = $5, size_bytes = $6
                 WHERE folder = $1 AND uid = $2",
                params![
                    row.folder.0,
                    row.uid,
                    outcome,
                    words,
                    row.content.as_ref().map(|content| &content.0[..]),
                    wide(row.size_bytes)
                ],
            )?;
            must_exist(changed, "ledger row of UID", row.uid)
        })
    }

    fn set_highest_mod_seq(&mut self, folder: FolderId, mod_seq: u64) -> StoreResult<()> {
        self.run(|session| {
            let changed = session.exec(
                "UPDATE folder SET highest_mod_seq = $2 WHERE id = $1",
                params![folder.0, wide(mod_seq)],
            )?;
            must_exist(changed, "folder", folder)
        })
    }

    fn put_raw(&mut self, content: &ContentHash, raw: &[u8]) -> StoreResult<bool> {
        self.run(|session| raw::put(session, content, raw))
    }

    fn put_packed(&mut self, raw: &PackedRaw) -> StoreResult<bool> {
        self.run(|session| raw::put_packed(session, raw))
    }

    fn take_lease(
        &mut self,
        mailbox: MailboxId,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> StoreResult<Option<Lease>> {
        self.run(|session| {
            session.one(
                "INSERT INTO lease (mailbox, holder, epoch, until) VALUES ($1, $2, 1, $4)
                 ON CONFLICT (mailbox) DO UPDATE SET
                     epoch = CASE WHEN lease.holder = excluded.holder THEN lease.epoch
                                  ELSE lease.epoch + 1 END,
                     holder = excluded.holder,
                     until = excluded.until
                 WHERE lease.holder IS NULL OR lease.holder = excluded.holder OR lease.until <= $3
                 RETURNING holder, epoch, until",
                params![mailbox.0, holder, micros(now), micros(until)],
                |row| {
                    Ok(Lease {
                        holder: row.get(0)?,
                        epoch: row.get(1)?,
                        until: moment(row.get(2)?)?,
                    })
                },
            )
        })
    }

    fn release_lease(&mut self, mailbox: MailboxId, holder: &str) -> StoreResult<()> {
        self.run(|session| {
            // The row stays: its epoch must go on growing.
            session.exec(
                "UPDATE lease SET holder = NULL WHERE mailbox = $1 AND holder = $2",
                params![mailbox.0, holder],
            )?;
            Ok(())
        })
    }
}

pub(super) fn wrong_type(error: rusqlite::types::FromSqlError) -> Fault {
    Fault::Sql(error.into())
}

pub(super) fn must_exist(changed: usize, what: &str, id: impl std::fmt::Display) -> Sql<()> {
    if changed > 0 {
        return Ok(());
    }
    Err(Fault::Told(Trouble::bug(format!(
        "there is no {what} {id} in the store"
    ))))
}

fn record(session: &Session<'_>, row: &LedgerRow) -> Sql<()> {
    let (outcome, words) = outcome_words(&row.outcome);
    session.exec(
        "INSERT INTO ledger (folder, uid, outcome, words, content, size_bytes, internal_date, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        params![
            row.folder.0,
            row.uid,
            outcome,
            words,
            row.content.as_ref().map(|content| &content.0[..]),
            wide(row.size_bytes),
            micros_opt(row.internal_date),
            micros(row.recorded_at)
        ],
    )?;
    session.exec(
        "DELETE FROM hole WHERE folder = $1 AND uid = $2",
        params![row.folder.0, row.uid],
    )?;
    Ok(())
}

/// The cursor is the last UID with an outcome below the lowest hole. A hole that was listed late moves it back.
fn move_cursor(session: &Session<'_>, folder: FolderId) -> Sql<()> {
    session.exec(
        "UPDATE folder SET cursor = COALESCE(
             (SELECT max(uid) FROM ledger WHERE folder = $1 AND uid <
                 COALESCE((SELECT min(uid) FROM hole WHERE folder = $1), 4294967296)), 0)
         WHERE id = $1",
        [folder.0],
    )?;
    Ok(())
}

fn account(session: &Session<'_>, mailbox: MailboxId) -> Sql<LedgerAccount> {
    let mut account = LedgerAccount::default();
    let counts = session.all(
        "SELECT outcome, count(*) FROM ledger
         WHERE folder IN (SELECT id FROM folder WHERE mailbox = $1 AND current <> 0)
         GROUP BY outcome",
        [mailbox.0],
        |row| Ok((row.get::<_, String>(0)?, narrow::<u64>(row.get(1)?)?)),
    )?;
    for (outcome, count) in counts {
        account.listed += count;
        let place = match outcome.as_str() {
            "stored" => &mut account.stored,
            "stored-unparsed" => &mut account.unparsed,
            "stub" => &mut account.stubs,
            "same-content" => &mut account.same_content,
            "own-copy" => &mut account.own_copies,
            "not-wanted" => &mut account.not_wanted,
            "gone-before-fetch" => &mut account.gone,
            _ => &mut account.unreadable,
        };
        *place += count;
    }
    account.holes = session
        .one(
            "SELECT count(*) FROM hole
             WHERE folder IN (SELECT id FROM folder WHERE mailbox = $1 AND current <> 0)",
            [mailbox.0],
            |row| narrow(row.get(0)?),
        )?
        .unwrap_or(0);
    account.listed += account.holes;
    Ok(account)
}
