//! What a server's certificate says, in words for a person: for whom, by whom, until when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};

use crate::domain::clean::Clean;

/// The facts of a TLS connection, as the settings screen shows them and as a trust decision is audited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// "TLS 1.3" or "TLS 1.2".
    pub version: String,
    pub issuer: String,
    /// The DNS names and addresses that the certificate is for; the common name if it has none.
    pub subject_names: Vec<String>,
    pub valid_until: Timestamp,
    /// SHA-256 of the leaf certificate in lower-case hex without colons, as `Trust::fingerprint` takes it.
    pub fingerprint: String,
}

/// A certificate, read.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub issuer: String,
    pub names: Vec<String>,
    pub valid_from: Timestamp,
    pub valid_until: Timestamp,
    pub self_signed: bool,
}

/// SHA-256 of a certificate in lower-case hex.
pub(super) fn fingerprint(der: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(der)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// Reads what a person wants to know; `None` if the bytes are not a certificate.
pub(super) fn read(der: &[u8]) -> Option<Leaf> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let validity = certificate.validity();
    Some(Leaf {
        issuer: clean(&certificate.issuer().to_string()),
        names: names(&certificate),
        valid_from: Timestamp::from_second(validity.not_before.timestamp()).ok()?,
        valid_until: Timestamp::from_second(validity.not_after.timestamp()).ok()?,
        self_signed: certificate.issuer() == certificate.subject(),
    })
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let mut names: Vec<String> = certificate
        .extensions()
        .iter()
        .filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => Some(&names.general_names),
            _ => None,
        })
        .flatten()
        .filter_map(|name| match name {
            GeneralName::DNSName(dns) => Some(clean(dns)),
            GeneralName::IPAddress(bytes) => address(bytes),
            _ => None,
        })
        .take(50)
        .collect();
    if names.is_empty() {
        names.extend(
            certificate
                .subject()
                .iter_common_name()
                .filter_map(|name| name.as_str().ok().map(clean)),
        );
    }
    names
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(four).to_string());
    }
    let sixteen = <[u8; 16]>::try_from(bytes).ok()?;
    Some(std::net::Ipv6Addr::from(sixteen).to_string())
}

/// A stranger wrote the certificate: one line, no controls, a bounded length.
fn clean(text: &str) -> String {
    let short: String = text.chars().take(200).collect();
    Clean::line(&short).to_string()
}
