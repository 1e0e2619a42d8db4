//! With which keys our own mail is signed, learnt from copies of it that came back.
//!
//! Only a mail that is proven to be ours teaches anything: others may write our address into their From.

use super::kept;
use crate::domain::sender_domain::{Signature, normal};
use crate::store::{StoreResult, Write};

/// Older ways of signing that are remembered.
const KEPT_WAYS: usize = 4;

/// A mail of ours with this From came back, signed like this.
///
/// # Errors
/// The store cannot be read or written.
pub fn note(transaction: &mut dyn Write, from: &str, signatures: &[Signature]) -> StoreResult<()> {
    let Some((_, domain)) = from.rsplit_once('@') else {
        return Ok(());
    };
    if signatures.is_empty() {
        return Ok(());
    }
    let domain = normal(domain);
    let mut signed = kept::signed(transaction, &domain)?;
    if signed.first().is_some_and(|newest| newest == signatures) {
        return Ok(());
    }
    signed.retain(|known| known != signatures);
    signed.insert(0, signatures.to_vec());
    signed.truncate(KEPT_WAYS);
    kept::put_signed(transaction, &domain, &signed)
}
