//! Providers that one can choose by name, for addresses whose domain does not tell.
//!
//! Detection by the engine comes first and knows more; a story compares these few with the engine's table, so that
//! the two never differ.

use crate::domain::mailbox::{Endpoint, Security};

/// A provider with its servers: host, port, protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    pub name: &'static str,
    pub imap: (&'static str, u16, Security),
    pub smtp: (&'static str, u16, Security),
}

const fn preset(
    name: &'static str,
    imap: &'static str,
    smtp: (&'static str, u16, Security),
) -> Preset {
    Preset {
        name,
        imap: (imap, 993, Security::Tls),
        smtp,
    }
}

pub const PRESETS: &[Preset] = &[
    preset(
        "Gmail",
        "imap.gmail.com",
        ("smtp.gmail.com", 465, Security::Tls),
    ),
    preset(
        "Google Workspace",
        "imap.gmail.com",
        ("smtp.gmail.com", 465, Security::Tls),
    ),
    preset(
        "Outlook.com",
        "outlook.office365.com",
        ("smtp-mail.outlook.com", 587, Security::Starttls),
    ),
    preset(
        "Office 365",
        "outlook.office365.com",
        ("smtp.office365.com", 587, Security::Starttls),
    ),
    preset(
        "Yahoo",
        "imap.mail.yahoo.com",
        ("smtp.mail.yahoo.com", 465, Security::Tls),
    ),
    preset(
        "iCloud",
        "imap.mail.me.com",
        ("smtp.mail.me.com", 587, Security::Starttls),
    ),
    preset(
        "Fastmail",
        "imap.fastmail.com",
        ("smtp.fastmail.com", 465, Security::Tls),
    ),
];

/// The word for any other provider.
pub const OTHER: &str = "other…";

fn endpoint((host, port, security): (&str, u16, Security)) -> Endpoint {
    Endpoint {
        host: host.to_owned(),
        port,
        security,
    }
}

/// The servers of a provider; for an unknown one the names that most domains have.
pub fn servers(name: &str, address: &str) -> (Endpoint, Endpoint) {
    if let Some(preset) = PRESETS.iter().find(|preset| preset.name == name) {
        return (endpoint(preset.imap), endpoint(preset.smtp));
    }
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let imap = format!("imap.{domain}");
    let smtp = format!("smtp.{domain}");
    (
        endpoint((imap.as_str(), 993, Security::Tls)),
        endpoint((smtp.as_str(), 465, Security::Tls)),
    )
}
