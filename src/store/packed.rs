//! Raw bytes as a store keeps them: packed, and named by the hash of what was packed.
//!
//! Packing takes longer than storing, so it is done before the transaction that stores, where others need not wait
//! for it. The name is made here from the bytes themselves: bytes under the name of other bytes cannot be built.

use sha2::{Digest, Sha256};

use super::StoreResult;
use crate::domain::ids::ContentHash;
use crate::domain::trouble::Trouble;

/// zstd's fastest usual level: mail packs to a third with it, and higher ones gain little on small texts.
const LEVEL: i32 = 1;

/// Packs one mail after the other; its tables are larger than most mails, so one packer serves a whole batch.
pub struct Packer(zstd::bulk::Compressor<'static>);

/// Bytes that are ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedRaw {
    content: ContentHash,
    size_bytes: u64,
    packed: Vec<u8>,
}

impl Packer {
    /// # Errors
    /// There is no memory for the tables.
    pub fn new() -> StoreResult<Self> {
        zstd::bulk::Compressor::new(LEVEL).map(Self).map_err(failed)
    }

    /// # Errors
    /// The library could not pack it.
    pub fn pack(&mut self, raw: &[u8]) -> StoreResult<PackedRaw> {
        Ok(PackedRaw {
            content: ContentHash(Sha256::digest(raw).into()),
            size_bytes: raw.len() as u64,
            packed: self.0.compress(raw).map_err(failed)?,
        })
    }
}

impl PackedRaw {
    /// SHA-256 of the bytes that were packed.
    pub fn content(&self) -> ContentHash {
        self.content
    }

    /// How many bytes were packed.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// A zstd frame.
    pub fn packed(&self) -> &[u8] {
        &self.packed
    }
}

fn failed(error: std::io::Error) -> Trouble {
    Trouble::bug("raw bytes could not be packed").because(error)
}
