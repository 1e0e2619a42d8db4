//! Traffic, backlog and counts of a mailbox.

use jiff::Timestamp;
use rusqlite::params;

use super::session::{Session, micros, moment_opt, narrow};
use crate::domain::ids::MailboxId;
use crate::store::StoreResult;
use crate::store::watching::WatchingRead;

const MICROS_AN_HOUR: i64 = 3_600_000_000;

impl WatchingRead for Session<'_> {
    fn arrivals(&self, mailbox: MailboxId, since: Timestamp) -> StoreResult<Vec<(i64, u32)>> {
        let begin = micros(since).div_euclid(MICROS_AN_HOUR) * MICROS_AN_HOUR;
        self.run(|session| {
            session.all(
                "SELECT m.at / $3, count(*) FROM message m JOIN ticket t ON t.number = m.ticket
                 WHERE m.kind = 'incoming' AND m.at >= $2 AND t.mailbox = $1
                 GROUP BY m.at / $3 ORDER BY m.at / $3",
                params![mailbox.0, begin, MICROS_AN_HOUR],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
        })
    }

    fn last_arrival(&self, mailbox: MailboxId) -> StoreResult<Option<Timestamp>> {
        self.run(|session| {
            let latest = session.one(
                "SELECT m.at FROM message m JOIN ticket t ON t.number = m.ticket
                 WHERE m.kind = 'incoming' AND t.mailbox = $1 ORDER BY m.at DESC LIMIT 1",
                [mailbox.0],
                |row| moment_opt(row.get(0)?),
            )?;
            Ok(latest.flatten())
        })
    }

    fn backlog(&self, mailbox: MailboxId) -> StoreResult<Vec<(String, u64)>> {
        self.run(|session| {
            session.all(
                "SELECT f.name, count(*) FROM folder f JOIN hole h ON h.folder = f.id
                 WHERE f.mailbox = $1 AND f.current <> 0 GROUP BY f.id ORDER BY f.id",
                [mailbox.0],
                |row| Ok((row.get(0)?, narrow(row.get(1)?)?)),
            )
        })
    }

    fn unreadable(&self, mailbox: MailboxId) -> StoreResult<Vec<(String, u64)>> {
        self.run(|session| {
            session.all(
                "SELECT COALESCE(words, ''), count(*) FROM ledger
                 WHERE folder IN (SELECT id FROM folder WHERE mailbox = $1 AND current <> 0)
                     AND outcome = 'unreadable-on-server'
                 GROUP BY words ORDER BY count(*) DESC LIMIT 5",
                [mailbox.0],
                |row| Ok((row.get(0)?, narrow(row.get(1)?)?)),
            )
        })
    }

    fn ticket_counts(&self, mailbox: MailboxId) -> StoreResult<(u64, u64)> {
        self.run(|session| {
            let counts = session.one(
                "SELECT count(*), COALESCE(sum(status <> 3), 0) FROM ticket WHERE mailbox = $1",
                [mailbox.0],
                |row| Ok((narrow(row.get(0)?)?, narrow(row.get(1)?)?)),
            )?;
            Ok(counts.unwrap_or_default())
        })
    }
}
