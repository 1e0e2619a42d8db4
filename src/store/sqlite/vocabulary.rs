//! The words that the search has in its index.
//!
//! For the beginning of a word the index reads every place of every word that begins so, and only then gives the
//! newest. A whole word is read from its newest place on. So a beginning is asked for as the words that begin so,
//! where they are few: among a million mails "the" is answered at once, however many have it.

use rusqlite::Connection;

use super::fault::Sql;
use super::session::Session;
use super::words;
use crate::domain::query::{Query, TextTerm};

/// So many words are asked for one by one; each takes a look into every part of the index.
const ASKED_FOR: usize = 64;

/// Makes the words readable for a connection. The table is the connection's own and holds nothing itself (SQLite
/// FTS5 §9).
pub(super) fn show(conn: &Connection) -> Sql<()> {
    conn.execute_batch(
        "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, message_words, instance)",
    )?;
    Ok(())
}

/// The same query, in which the beginnings of words are the words that begin so.
pub(super) fn spell_out(session: &Session<'_>, query: &Query) -> Sql<Query> {
    let all = |parts: &[Query]| -> Sql<Vec<Query>> {
        parts.iter().map(|part| spell_out(session, part)).collect()
    };
    Ok(match query {
        Query::And(parts) => Query::And(all(parts)?),
        Query::Or(parts) => Query::Or(all(parts)?),
        Query::Text(TextTerm::Word(word)) => match beginning_with(session, word)? {
            Some(words) => Query::Or(words),
            None => query.clone(),
        },
        other => other.clone(),
    })
}

/// The words that begin so; `None` if they are many, or if there is none.
fn beginning_with(session: &Session<'_>, word: &str) -> Sql<Option<Vec<Query>>> {
    let beginning = words::fold(word);
    if !words::is_one_token(&beginning) {
        return Ok(None);
    }
    let mut found = Vec::new();
    let mut from = beginning.clone();
    while let Some(next) = at_or_after(session, &from)?.filter(|next| next.starts_with(&beginning))
    {
        if found.len() == ASKED_FOR {
            return Ok(None);
        }
        // No word has a control character, so that this is behind the word and before every longer one.
        from = format!("{next}\u{1}");
        found.push(Query::Text(TextTerm::Phrase(next)));
    }
    Ok((!found.is_empty()).then_some(found))
}

fn at_or_after(session: &Session<'_>, word: &str) -> Sql<Option<String>> {
    session.one(
        "SELECT term FROM temp.vocabulary WHERE term >= $1 LIMIT 1",
        [word],
        |row| Ok(row.get(0)?),
    )
}
