//! Raw bytes: packed, kept once for each content hash, and checked against it in both directions.

use rusqlite::params;
use sha2::{Digest, Sha256};

use super::fault::{Fault, Sql};
use super::session::{Session, narrow, wide};
use crate::domain::ids::ContentHash;
use crate::domain::trouble::Trouble;
use crate::store::packed::{PackedRaw, Packer};

pub(super) fn has(session: &Session<'_>, content: &ContentHash) -> Sql<bool> {
    session.any("SELECT 1 FROM raw WHERE content = $1", [&content.0[..]])
}

pub(super) fn get(session: &Session<'_>, content: &ContentHash) -> Sql<Option<Vec<u8>>> {
    let found = session.one(
        "SELECT size_bytes, packed FROM raw WHERE content = $1",
        [&content.0[..]],
        |row| {
            let size = narrow::<usize>(row.get(0)?)?;
            zstd::bulk::decompress(
                row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?,
                size,
            )
            .map_err(|error| damaged(content, error))
        },
    )?;
    let Some(raw) = found else { return Ok(None) };
    if hash(&raw) != *content {
        return Err(damaged(content, "its hash is another one"));
    }
    Ok(Some(raw))
}

pub(super) fn put(session: &Session<'_>, content: &ContentHash, raw: &[u8]) -> Sql<bool> {
    let packed = Packer::new()
        .and_then(|mut packer| packer.pack(raw))
        .map_err(Fault::Told)?;
    if packed.content() != *content {
        return Err(Fault::Told(Trouble::bug(
            "bytes were to be stored under the hash of other bytes",
        )));
    }
    put_packed(session, &packed)
}

pub(super) fn put_packed(session: &Session<'_>, raw: &PackedRaw) -> Sql<bool> {
    let content = raw.content();
    if has(session, &content)? {
        return Ok(false);
    }
    session.exec(
        "INSERT INTO raw (content, size_bytes, packed) VALUES ($1, $2, $3)",
        params![&content.0[..], wide(raw.size_bytes()), raw.packed()],
    )?;
    Ok(true)
}

fn hash(raw: &[u8]) -> ContentHash {
    ContentHash(Sha256::digest(raw).into())
}

fn damaged(content: &ContentHash, cause: impl std::fmt::Display) -> Fault {
    Fault::Told(
        Trouble::operator(format!("the stored bytes {content} are damaged"))
            .because(cause)
            .hint("run `ticketty doctor`; the disk or a copy of the store may be at fault"),
    )
}
