//! Where the servers of a domain are, as the domain itself says: the configuration file that mail programs read, the
//! records of its services, who takes its mail, and which usual names answer.
//!
//! Everything here turns what strangers published into bounded, typed proposals. It never signs in, never sends
//! anybody the part before the @, and never proposes a server without protection.

pub mod greeting;
pub mod services;
mod xml;

use url::Url;

pub use xml::parse;

/// No configuration file is larger; the usual one has two kilobytes.
pub const LARGEST_FILE_BYTES: usize = 128 * 1024;

/// The configuration file on the host that is kept for it. Only the domain is told, by the name of the host.
pub fn autoconfig_url(domain: &str) -> Option<Url> {
    Url::parse(&format!("https://autoconfig.{domain}/mail/config-v1.1.xml")).ok()
}

/// The configuration file on the host of the domain itself (RFC 8615).
pub fn well_known_url(domain: &str) -> Option<Url> {
    Url::parse(&format!(
        "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"
    ))
    .ok()
}
