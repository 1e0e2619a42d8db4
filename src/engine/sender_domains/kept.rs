//! What is kept of a domain between two verifications: a fact of the store, as JSON.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::sender_domain::{Check, CheckKind, Signature, Status};
use crate::domain::trouble::Trouble;
use crate::store::{Read, StoreResult, Write};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Selectors that were typed.
    pub typed: Vec<String>,
    pub checks: Vec<Check>,
    pub checked_at: Option<Timestamp>,
    /// What was known of our own sending when it was verified; something else is a reason to verify again.
    pub basis: String,
    /// The last word about each check that was no doubt, so that a silent name server does not hide a failure.
    pub firm: BTreeMap<CheckKind, Status>,
}

fn name_of(domain: &str) -> String {
    format!("sender-domain:{domain}")
}

impl Kept {
    pub fn read(store: &(impl Read + ?Sized), domain: &str) -> StoreResult<Self> {
        read(store, &name_of(domain))
    }

    pub fn write(&self, store: &mut dyn Write, domain: &str) -> StoreResult<()> {
        write(store, &name_of(domain), self)
    }
}

fn name_of_signed(domain: &str) -> String {
    format!("sender-domain-signed:{domain}")
}

/// The signatures of recent mail of ours, one entry a mail that was signed otherwise, the newest first.
pub fn signed(store: &(impl Read + ?Sized), domain: &str) -> StoreResult<Vec<Vec<Signature>>> {
    read(store, &name_of_signed(domain))
}

pub fn put_signed(
    store: &mut dyn Write,
    domain: &str,
    signed: &[Vec<Signature>],
) -> StoreResult<()> {
    write(store, &name_of_signed(domain), &signed)
}

/// What an older or a newer Ticketty kept in another form is found out anew.
fn read<T: Default + serde::de::DeserializeOwned>(
    store: &(impl Read + ?Sized),
    name: &str,
) -> StoreResult<T> {
    let fact = store.fact(name)?;
    Ok(fact
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default())
}

fn write<T: Serialize>(store: &mut dyn Write, name: &str, value: &T) -> StoreResult<()> {
    let bytes = serde_json::to_vec(value).map_err(|cause| {
        Trouble::bug("what is known of a domain could not be written").because(cause)
    })?;
    store.set_fact(name, &bytes)
}
