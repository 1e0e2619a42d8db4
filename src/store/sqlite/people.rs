//! Contacts, operators, signatures, views and facts.

use rusqlite::{Params, Row, params};

use super::fault::{Fault, Sql};
use super::session::Session;
use super::words;
use crate::domain::contact::{Contact, Operator, Signature, View};
use crate::domain::ids::{ContactId, MailboxId, OperatorId, SignatureId, ViewId};
use crate::domain::trouble::Trouble;
use crate::store::StoreResult;
use crate::store::people::{PeopleRead, PeopleWrite};

impl PeopleRead for Session<'_> {
    fn contact(&self, id: ContactId) -> StoreResult<Option<Contact>> {
        self.run(|session| Ok(contacts(session, "id = $1", [id.0])?.pop()))
    }

    fn contact_by_address(&self, address: &str) -> StoreResult<Option<Contact>> {
        self.run(|session| {
            Ok(contacts(session, "address_key = $1", [address.to_lowercase()])?.pop())
        })
    }

    fn complete_contacts(&self, prefix: &str, limit: u32) -> StoreResult<Vec<Contact>> {
        self.run(|session| complete(session, prefix, limit))
    }

    fn operators(&self) -> StoreResult<Vec<Operator>> {
        self.run(|session| {
            session.all(
                "SELECT id, login, display_name FROM operator ORDER BY login_key",
                [],
                |row| {
                    Ok(Operator {
                        id: OperatorId(row.get(0)?),
                        login: row.get(1)?,
                        display_name: row.get(2)?,
                    })
                },
            )
        })
    }

    fn signatures(&self) -> StoreResult<Vec<Signature>> {
        self.run(|session| {
            session.all(
                "SELECT id, name, markdown, mailbox, operator, is_markdown FROM signature ORDER BY name, id",
                [],
                |row| {
                    Ok(Signature {
                        id: SignatureId(row.get(0)?),
                        name: row.get(1)?,
                        markdown: row.get(2)?,
                        mailbox: row.get::<_, Option<i64>>(3)?.map(MailboxId),
                        operator: row.get::<_, Option<i64>>(4)?.map(OperatorId),
                        is_markdown: row.get(5)?,
                    })
                },
            )
        })
    }

    fn views(&self) -> StoreResult<Vec<View>> {
        self.run(|session| {
            session.all(
                "SELECT id, name, query, position FROM view ORDER BY position, id",
                [],
                |row| {
                    Ok(View {
                        id: ViewId(row.get(0)?),
                        name: row.get(1)?,
                        query: row.get(2)?,
                        position: row.get(3)?,
                    })
                },
            )
        })
    }

    fn fact(&self, name: &str) -> StoreResult<Option<Vec<u8>>> {
        self.run(|session| {
            session.one("SELECT value FROM fact WHERE name = $1", [name], |row| {
                Ok(row.get(0)?)
            })
        })
    }

    fn facts_of(&self, prefix: &str) -> StoreResult<Vec<(String, Vec<u8>)>> {
        self.run(|session| {
            // Names are ASCII, so the last character of Unicode ends what begins with the prefix.
            session.all(
                "SELECT name, value FROM fact WHERE name >= $1 AND name < $2 ORDER BY name",
                [prefix, &format!("{prefix}\u{10FFFF}")],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
        })
    }
}

impl PeopleWrite for Session<'_> {
    fn meet_contact(
        &mut self,
        address: &str,
        first_name: &str,
        last_name: &str,
    ) -> StoreResult<ContactId> {
        self.run(|session| meet_contact(session, address, first_name, last_name))
    }

    fn rename_contact(
        &mut self,
        id: ContactId,
        first_name: &str,
        last_name: &str,
    ) -> StoreResult<()> {
        self.run(|session| {
            let Some(contact) = contacts(session, "id = $1", [id.0])?.pop() else {
                return Err(missing("contact", id));
            };
            session.exec(
                "UPDATE contact SET first_name = $2, last_name = $3 WHERE id = $1",
                params![id.0, first_name, last_name],
            )?;
            session.exec("DELETE FROM contact_word WHERE contact = $1", [id.0])?;
            index_contact(session, id, &[&contact.address, first_name, last_name])
        })
    }

    fn meet_operator(&mut self, login: &str, display_name: &str) -> StoreResult<OperatorId> {
        self.run(|session| {
            let id = session.one(
                "INSERT INTO operator (login_key, login, display_name) VALUES ($1, $2, $3)
                 ON CONFLICT (login_key) DO UPDATE SET login = operator.login RETURNING id",
                params![login.to_lowercase(), login, display_name],
                |row| Ok(OperatorId(row.get(0)?)),
            )?;
            id.ok_or_else(|| missing("operator", login))
        })
    }

    fn put_signature(
        &mut self,
        id: Option<SignatureId>,
        signature: &Signature,
    ) -> StoreResult<SignatureId> {
        self.run(|session| {
            let put = session.one(
                "INSERT INTO signature (id, name, markdown, mailbox, operator, is_markdown)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, markdown = excluded.markdown,
                     mailbox = excluded.mailbox, operator = excluded.operator,
                     is_markdown = excluded.is_markdown
                 RETURNING id",
                params![
                    id.map(|id| id.0),
                    signature.name,
                    signature.markdown,
                    signature.mailbox.map(|mailbox| mailbox.0),
                    signature.operator.map(|operator| operator.0),
                    signature.is_markdown
                ],
                |row| Ok(SignatureId(row.get(0)?)),
            )?;
            put.ok_or_else(|| missing("signature", &signature.name))
        })
    }

    fn delete_signature(&mut self, id: SignatureId) -> StoreResult<()> {
        self.run(|session| {
            session.exec("DELETE FROM signature WHERE id = $1", [id.0])?;
            Ok(())
        })
    }

    fn put_view(&mut self, id: Option<ViewId>, view: &View) -> StoreResult<ViewId> {
        self.run(|session| {
            let put = session.one(
                "INSERT INTO view (id, name, query, position) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, query = excluded.query,
                     position = excluded.position
                 RETURNING id",
                params![id.map(|id| id.0), view.name, view.query, view.position],
                |row| Ok(ViewId(row.get(0)?)),
            )?;
            put.ok_or_else(|| missing("view", &view.name))
        })
    }

    fn delete_view(&mut self, id: ViewId) -> StoreResult<()> {
        self.run(|session| {
            session.exec("DELETE FROM view WHERE id = $1", [id.0])?;
            Ok(())
        })
    }

    fn set_fact(&mut self, name: &str, value: &[u8]) -> StoreResult<()> {
        self.run(|session| {
            session.exec(
                "INSERT INTO fact (name, value) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                params![name, value],
            )?;
            Ok(())
        })
    }

    fn forget_fact(&mut self, name: &str) -> StoreResult<()> {
        self.run(|session| {
            session.exec("DELETE FROM fact WHERE name = $1", [name])?;
            Ok(())
        })
    }
}

fn missing(what: &str, which: impl std::fmt::Display) -> Fault {
    Fault::Told(Trouble::bug(format!("there is no {what} {which}")))
}

fn contact(row: &Row<'_>) -> Sql<Contact> {
    Ok(Contact {
        id: ContactId(row.get(0)?),
        address: row.get(1)?,
        first_name: row.get(2)?,
        last_name: row.get(3)?,
    })
}

fn contacts(session: &Session<'_>, condition: &str, params: impl Params) -> Sql<Vec<Contact>> {
    session.all(
        &format!("SELECT id, address, first_name, last_name FROM contact WHERE {condition}"),
        params,
        contact,
    )
}

fn meet_contact(
    session: &Session<'_>,
    address: &str,
    first_name: &str,
    last_name: &str,
) -> Sql<ContactId> {
    let key = address.to_lowercase();
    if let Some(id) = session.memo.borrow().contacts.get(&key) {
        return Ok(ContactId(*id));
    }
    // Counted once a transaction is fine enough for "the latest seen first".
    let seen = session.count_up("contact-seen")?;
    let known = session.one(
        "UPDATE contact SET seen = $2 WHERE address_key = $1 RETURNING id",
        params![key, seen],
        |row| Ok(row.get::<_, i64>(0)?),
    )?;
    let id = match known {
        Some(id) => id,
        None => {
            let id = session
                .one(
                    "INSERT INTO contact (address_key, address, first_name, last_name, seen)
                     VALUES ($1, $2, $3, $4, $5) RETURNING id",
                    params![key, address, first_name, last_name, seen],
                    |row| Ok(row.get::<_, i64>(0)?),
                )?
                .ok_or_else(|| missing("contact", address))?;
            index_contact(session, ContactId(id), &[address, first_name, last_name])?;
            id
        }
    };
    session.remember_contact(&key, id);
    Ok(ContactId(id))
}

/// Keeps the words that completion finds a contact by. A whole address is one of them.
fn index_contact(session: &Session<'_>, id: ContactId, texts: &[&str]) -> Sql<()> {
    let mut found: Vec<String> = texts
        .iter()
        .flat_map(|text| words::completion_words(text))
        .collect();
    found.sort_unstable();
    found.dedup();
    for word in found {
        session.exec(
            "INSERT INTO contact_word (word, contact) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            params![word, id.0],
        )?;
    }
    Ok(())
}

/// Every word of `prefix` must begin a word of the contact.
fn complete(session: &Session<'_>, prefix: &str, limit: u32) -> Sql<Vec<Contact>> {
    let wanted: Vec<String> = prefix
        .split_whitespace()
        .map(words::fold)
        .filter(|word| !word.trim().is_empty())
        .map(|word| word.trim().to_owned())
        .take(8)
        .collect();
    let mut condition = String::from("TRUE");
    let mut values: Vec<rusqlite::types::Value> = Vec::new();
    for word in wanted {
        let n = values.len();
        condition.push_str(&format!(
            " AND id IN (SELECT contact FROM contact_word WHERE word >= ${} AND word < ${})",
            n + 1,
            n + 2
        ));
        // No word goes on with the greatest character there is.
        values.push(format!("{word}\u{10ffff}").into());
        values.push(word.into());
        let last = values.len();
        values.swap(last - 2, last - 1);
    }
    condition.push_str(&format!(" ORDER BY seen DESC, id DESC LIMIT {limit}"));
    contacts(session, &condition, rusqlite::params_from_iter(values))
}
