//! A DKIM key record (RFC 6376 §3.6.1) and how strong its key is (RFC 8301).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::tags::Tags;

/// Shorter RSA keys count as no signature (RFC 8301 §3.2).
pub const LEAST_BITS: usize = 1024;
/// RSA keys should have this many bits.
pub const GOOD_BITS: usize = 2048;
/// An Ed25519 key is 32 bytes, without a wrapping (RFC 8463 §4).
const ED25519_BYTES: usize = 32;

/// What kind of key a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Rsa { bits: usize },
    Ed25519,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub algorithm: Algorithm,
    /// `t=y`: receivers treat the mail as if it were not signed.
    pub is_testing: bool,
    /// `t=s`: the signer must be the very domain, no subdomain of it.
    pub is_strict: bool,
}

/// Why a record is no key that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadKey {
    Version,
    /// `p=` is empty: the key was taken back.
    Revoked,
    /// No `p=`, or no list of tags at all.
    Missing,
    Algorithm(String),
    /// `p=` holds no such key.
    Garbled,
    /// `s=` allows it for something other than mail.
    NotForMail,
    /// `h=` allows only hashes that nobody accepts any more.
    OnlyOldHashes,
}

/// Reads a key record.
///
/// # Errors
/// Why it is none that works.
pub fn parse(text: &str) -> Result<Key, BadKey> {
    let tags = Tags::parse(text).map_err(|_| BadKey::Missing)?;
    if let Some(version) = tags.get("v") {
        let is_first = tags.first().is_some_and(|(name, _)| name == "v");
        if version != "DKIM1" || !is_first {
            return Err(BadKey::Version);
        }
    }
    let listed = |tag: &str, wanted: &[&str]| {
        tags.get(tag).is_none_or(|list| {
            list.split(':')
                .any(|word| wanted.contains(&word.trim().to_ascii_lowercase().as_str()))
        })
    };
    if !listed("s", &["*", "email"]) {
        return Err(BadKey::NotForMail);
    }
    if !listed("h", &["sha256"]) {
        return Err(BadKey::OnlyOldHashes);
    }
    let key: String = tags
        .get("p")
        .ok_or(BadKey::Missing)?
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    if key.is_empty() {
        return Err(BadKey::Revoked);
    }
    let bytes = STANDARD.decode(key).map_err(|_| BadKey::Garbled)?;
    let algorithm = match tags.get("k").unwrap_or("rsa") {
        "rsa" => Algorithm::Rsa {
            bits: rsa_bits(&bytes).ok_or(BadKey::Garbled)?,
        },
        "ed25519" if bytes.len() == ED25519_BYTES => Algorithm::Ed25519,
        "ed25519" => return Err(BadKey::Garbled),
        other => return Err(BadKey::Algorithm(other.to_owned())),
    };
    let has_flag = |flag: &str| {
        tags.get("t")
            .is_some_and(|flags| flags.split(':').any(|one| one.trim() == flag))
    };
    Ok(Key {
        algorithm,
        is_testing: has_flag("y"),
        is_strict: has_flag("s"),
    })
}

/// Whether a TXT record means to be a key; other records may stand beside it.
pub fn is_meant_as_key(text: &str) -> bool {
    Tags::parse(text).is_ok_and(|tags| {
        tags.get("p").is_some() || tags.get("v").is_some_and(|v| v.starts_with("DKIM"))
    })
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;

/// Bits of the modulus of a `SubjectPublicKeyInfo`, or of a bare `RSAPublicKey`, which some publish (RFC 8017 §A.1.1).
fn rsa_bits(der: &[u8]) -> Option<usize> {
    let (outer, _) = element(der, SEQUENCE)?;
    let key = match element(outer, SEQUENCE) {
        Some((_algorithm, rest)) => {
            let (bits, _) = element(rest, BIT_STRING)?;
            // The first byte of a bit string counts the bits that are not used.
            element(bits.get(1..)?, SEQUENCE)?.0
        }
        None => outer,
    };
    let (modulus, _) = element(key, INTEGER)?;
    let first = modulus.iter().position(|byte| *byte != 0)?;
    let leading = modulus[first].leading_zeros() as usize;
    Some((modulus.len() - first) * 8 - leading)
}

/// The content of the element that begins here, if it is of this kind, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    if found != tag {
        return None;
    }
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 || count > rest.len() {
            return None;
        }
        let (digits, after) = rest.split_at(count);
        length = digits
            .iter()
            .fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
        rest = after;
    }
    (length <= rest.len()).then(|| rest.split_at(length))
}
