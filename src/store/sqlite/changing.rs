//! What has to be known before mail on the server is changed.

use std::collections::BTreeSet;

use rusqlite::params;

use super::ledger::wrong_type;
use super::session::{Session, hash_of, json, moment_opt, narrow};
use crate::domain::ids::{ContentHash, EventId, FolderId, MailboxId, TicketNumber};
use crate::store::StoreResult;
use crate::store::changing::{ChangingRead, Spot};
use crate::store::ledger::Stamp;

impl ChangingRead for Session<'_> {
    fn worked_on_since(&self, event: EventId) -> StoreResult<Vec<TicketNumber>> {
        self.run(|session| {
            session.all(
                "SELECT DISTINCT ticket FROM event WHERE id > $1 AND actor = 'operator'
                 ORDER BY ticket",
                [event.0],
                |row| Ok(TicketNumber(row.get(0)?)),
            )
        })
    }

    /// The ledger is walked once however many mails are looked for: it has no order by content, and operators read
    /// far less often than mail comes.
    fn spots_of(
        &self,
        mailbox: MailboxId,
        contents: &BTreeSet<ContentHash>,
    ) -> StoreResult<Vec<Spot>> {
        if contents.is_empty() {
            return Ok(Vec::new());
        }
        self.run(|session| {
            let wanted: Vec<String> = contents.iter().map(ToString::to_string).collect();
            session.all(
                "SELECT folder, uid, content FROM ledger
                 WHERE folder IN (SELECT id FROM folder WHERE mailbox = $1 AND current <> 0)
                     AND content IN (SELECT unhex(value) FROM json_each($2))
                 ORDER BY folder, uid",
                params![mailbox.0, json(&wanted)?],
                |row| {
                    Ok(Spot {
                        folder: FolderId(row.get(0)?),
                        uid: row.get(1)?,
                        content: hash_of(row.get_ref(2)?.as_blob().map_err(wrong_type)?)?,
                    })
                },
            )
        })
    }

    fn stored_above(&self, folder: FolderId, uid: u32) -> StoreResult<Vec<Stamp>> {
        self.run(|session| {
            session.all(
                "SELECT uid, size_bytes, internal_date FROM ledger
                 WHERE folder = $1 AND uid > $2
                     AND outcome IN ('stored', 'stored-unparsed', 'same-content')
                     AND EXISTS (SELECT 1 FROM raw WHERE raw.content = ledger.content)
                 ORDER BY uid",
                params![folder.0, uid],
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
}
