//! One snapshot or one transaction: the connection, and what the transaction already knows.
//!
//! All SQL of this backend is prepared here. What a transaction wrote it remembers, so that taking in a thousand
//! mails does not read a thousand rows back.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, Params, Row};
use serde::Serialize;
use serde::de::{DeserializeOwned, IntoDeserializer};

use super::fault::{Fault, Sql};
use crate::domain::ids::{ContentHash, MessageId, TicketNumber};
use crate::domain::ticket::Ticket;
use crate::domain::trouble::Trouble;
use crate::store::StoreResult;

/// How many tickets or contacts a transaction remembers before it starts over.
const MEMO_LIMIT: usize = 4096;

/// How many bytes of words wait before they are put into the search.
const WORDS_LIMIT: usize = 4 * 1024 * 1024;

/// The folded words of a message on their way into the search.
pub(super) struct Words {
    pub(super) message: MessageId,
    pub(super) subject: String,
    pub(super) sender: String,
    pub(super) receivers: String,
    pub(super) body: String,
}

/// What a transaction knows without asking again.
#[derive(Default)]
pub(super) struct Memo {
    tickets: HashMap<TicketNumber, Ticket>,
    pub(super) contacts: HashMap<String, i64>,
    counters: HashMap<&'static str, i64>,
    pub(super) last_event: Option<i64>,
    words: Vec<Words>,
    words_bytes: usize,
}

/// A snapshot or a transaction on one connection.
pub(super) struct Session<'c> {
    conn: &'c Connection,
    path: &'c Path,
    broken: Cell<bool>,
    damage: RefCell<Option<Trouble>>,
    ran_out: Cell<bool>,
    pub(super) memo: RefCell<Memo>,
}

impl<'c> Session<'c> {
    pub(super) fn new(conn: &'c Connection, path: &'c Path) -> Self {
        Self {
            conn,
            path,
            broken: Cell::new(false),
            damage: RefCell::default(),
            ran_out: Cell::new(false),
            memo: RefCell::default(),
        }
    }

    /// Whether something happened after which the connection must be closed.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.get()
    }

    /// The connection itself, for what is not SQL.
    pub(super) fn connection(&self) -> &Connection {
        self.conn
    }

    /// Runs the body of a store operation and tells its failure as a sentence.
    pub(super) fn run<T>(&self, work: impl FnOnce(&Self) -> Sql<T>) -> StoreResult<T> {
        work(self).map_err(|fault| {
            if fault.breaks_connection() {
                self.broken.set(true);
            }
            self.ran_out.set(fault.ran_out_of_room(self.path));
            let is_damage = fault.is_damage();
            let trouble = fault.told(self.path);
            if is_damage {
                self.damage.replace(Some(trouble.clone()));
            }
            trouble
        })
    }

    /// Whether the disk was full.
    pub(super) fn ran_out_of_room(&self) -> bool {
        self.ran_out.get()
    }

    /// The damage of the file that was met.
    pub(super) fn damage(&self) -> Option<Trouble> {
        self.damage.borrow().clone()
    }

    pub(super) fn prepare(&self, sql: &str) -> Sql<CachedStatement<'_>> {
        Ok(self.conn.prepare_cached(&numbered(sql))?)
    }

    pub(super) fn exec(&self, sql: &str, params: impl Params) -> Sql<usize> {
        Ok(self.prepare(sql)?.execute(params)?)
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Sql<T>,
    ) -> Sql<Option<T>> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(params)?;
        match rows.next()? {
            Some(row) => read(row).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Sql<T>,
    ) -> Sql<Vec<T>> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// Whether the query has a row.
    pub(super) fn any(&self, sql: &str, params: impl Params) -> Sql<bool> {
        Ok(self.one(sql, params, |_| Ok(()))?.is_some())
    }

    /// The next number of a counter. It is written when the transaction ends.
    pub(super) fn count_up(&self, name: &'static str) -> Sql<i64> {
        let known = self.memo.borrow().counters.get(name).copied();
        let last = match known {
            Some(last) => last,
            None => self
                .one("SELECT value FROM counter WHERE name = $1", [name], |row| {
                    Ok(row.get(0)?)
                })?
                .unwrap_or(0),
        };
        let next = last + 1;
        self.memo.borrow_mut().counters.insert(name, next);
        Ok(next)
    }

    /// Notes words for the search. They are put in together: any statement in between that opens a savepoint of
    /// its own would make the index write out what it gathered, and a segment for each mail takes twice the time.
    pub(super) fn remember_words(&self, words: Words) -> Sql<()> {
        let full = {
            let memo = &mut self.memo.borrow_mut();
            memo.words_bytes += words.subject.len() + words.body.len();
            memo.words.push(words);
            memo.words_bytes > WORDS_LIMIT
        };
        if full { self.put_words() } else { Ok(()) }
    }

    /// Puts noted words into the search. Whoever searches inside a transaction calls it first.
    pub(super) fn put_words(&self) -> Sql<()> {
        let waiting = {
            let memo = &mut self.memo.borrow_mut();
            memo.words_bytes = 0;
            std::mem::take(&mut memo.words)
        };
        for words in waiting {
            self.exec(
                "INSERT INTO message_words (rowid, subject, sender, receivers, body)
                 VALUES ($1, $2, $3, $4, $5)",
                rusqlite::params![
                    words.message.0,
                    words.subject,
                    words.sender,
                    words.receivers,
                    words.body
                ],
            )?;
        }
        Ok(())
    }

    /// Writes what was noted and counted; the last thing a transaction does.
    pub(super) fn finish(&self) -> Sql<()> {
        self.put_words()?;
        let counters: Vec<_> = self.memo.borrow_mut().counters.drain().collect();
        for (name, value) in counters {
            self.exec(
                "INSERT INTO counter (name, value) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                rusqlite::params![name, value],
            )?;
        }
        Ok(())
    }

    pub(super) fn known_ticket(&self, number: TicketNumber) -> Option<Ticket> {
        self.memo.borrow().tickets.get(&number).cloned()
    }

    pub(super) fn remember_ticket(&self, ticket: Ticket) {
        let tickets = &mut self.memo.borrow_mut().tickets;
        if tickets.len() >= MEMO_LIMIT {
            tickets.clear();
        }
        tickets.insert(ticket.number, ticket);
    }

    pub(super) fn remember_contact(&self, address_key: &str, id: i64) {
        let contacts = &mut self.memo.borrow_mut().contacts;
        if contacts.len() >= MEMO_LIMIT {
            contacts.clear();
        }
        contacts.insert(address_key.to_owned(), id);
    }
}

/// Our SQL has `$1 … $n`, as PostgreSQL wants it. SQLite takes `$1` for a name and numbers names by their first
/// appearance, so that `$2, $1` would swap the values in silence; `?2, ?1` means what it says.
fn numbered(sql: &str) -> Cow<'_, str> {
    let mut parts = sql.split('$');
    let before = parts.next().unwrap_or_default();
    if before.len() == sql.len() {
        return Cow::Borrowed(sql);
    }
    let mut out = String::with_capacity(sql.len());
    out.push_str(before);
    let mut quotes = count_quotes(before);
    for part in parts {
        let quoted = quotes % 2 == 1;
        let digit_follows = part.as_bytes().first().is_some_and(u8::is_ascii_digit);
        out.push(if digit_follows && !quoted { '?' } else { '$' });
        out.push_str(part);
        quotes += count_quotes(part);
    }
    Cow::Owned(out)
}

fn count_quotes(sql: &str) -> usize {
    sql.bytes().filter(|byte| *byte == b'\'').count()
}

/// A moment as it is stored: microseconds since 1970.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(super) fn micros_opt(at: Option<Timestamp>) -> Option<i64> {
    at.map(micros)
}

pub(super) fn moment(micros: i64) -> Sql<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| Fault::Unreadable {
        what: "a stored time is out of range",
        cause: error.to_string(),
    })
}

pub(super) fn moment_opt(micros: Option<i64>) -> Sql<Option<Timestamp>> {
    micros.map(moment).transpose()
}

/// A moment cut to what is stored, so that what is remembered and what is read back are equal.
pub(super) fn stored_moment(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Sql<String> {
    Ok(serde_json::to_string(value)?)
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Sql<T> {
    Ok(serde_json::from_str(text)?)
}

/// The serialised word of an enum without fields, such as `auto-reply`.
pub(super) fn word_of<T: Serialize>(value: &T) -> Sql<String> {
    Ok(json(value)?.trim_matches('"').to_owned())
}

pub(super) fn from_word<T: DeserializeOwned>(word: &str) -> Sql<T> {
    let word: serde::de::value::StrDeserializer<'_, serde_json::Error> = word.into_deserializer();
    Ok(T::deserialize(word)?)
}

pub(super) fn hash_of(bytes: &[u8]) -> Sql<ContentHash> {
    bytes
        .try_into()
        .map(ContentHash)
        .map_err(|_| Fault::Unreadable {
            what: "a stored content hash is not 32 bytes long",
            cause: format!("{} bytes", bytes.len()),
        })
}

/// A number from the database that our types hold in fewer bits.
pub(super) fn narrow<T: TryFrom<i64>>(value: i64) -> Sql<T> {
    T::try_from(value).map_err(|_| Fault::Unreadable {
        what: "a stored number is out of range",
        cause: value.to_string(),
    })
}

/// A count as SQLite keeps it. Nothing we count comes near the limit.
pub(super) fn wide(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::message::MailClass;

    #[test]
    fn parameters_are_numbered_by_position() {
        for (ours, theirs) in [
            ("SELECT $2, $1", "SELECT ?2, ?1"),
            ("SELECT $12", "SELECT ?12"),
            ("SELECT '$1', $1", "SELECT '$1', ?1"),
            ("SELECT 'it''s $1' || $1", "SELECT 'it''s $1' || ?1"),
            ("SELECT 1", "SELECT 1"),
        ] {
            assert_eq!(numbered(ours), theirs);
        }
    }

    #[test]
    fn parameters_reach_their_places() {
        let conn = Connection::open_in_memory().unwrap();
        let session = Session::new(&conn, Path::new("memory"));
        let swapped = session
            .one("SELECT $2, $1", [1, 2], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })
            .unwrap();
        assert_eq!(swapped, Some((2, 1)));
    }

    #[test]
    fn enums_are_stored_as_their_words() {
        assert_eq!(word_of(&MailClass::AutoReply).unwrap(), "auto-reply");
        assert_eq!(
            from_word::<MailClass>("auto-reply").unwrap(),
            MailClass::AutoReply
        );
        assert!(from_word::<MailClass>("robot").is_err());
    }
}
