//! What is known about mail providers, so that an address is enough to fill in the form.
//!
//! Facts only, in one table; nothing here is contacted, and every value can be changed in the form. Where a
//! provider is unknown, [`other`] makes the guess that holds most often.

pub mod own_domain;
mod table;

use serde::{Deserialize, Serialize};

use crate::domain::mailbox::{Endpoint, Incoming, MailboxSettings, Outgoing, Security};

pub use table::PROVIDERS;

/// A server as the table names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server {
    pub host: &'static str,
    pub port: u16,
    pub security: Security,
}

impl Server {
    pub fn endpoint(&self) -> Endpoint {
        Endpoint {
            host: self.host.to_owned(),
            port: self.port,
            security: self.security,
        }
    }
}

/// How one signs in with a program like this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Password {
    /// The password of the account.
    Own,
    /// Only a password made for this program works.
    App {
        /// Where a person makes one.
        made_at: &'static str,
    },
    /// The password of the account, unless two-step sign-in is on; then one made for this program.
    AppWithTwoSteps { made_at: &'static str },
    /// Passwords are refused; the provider wants OAuth2.
    OauthOnly,
}

impl Password {
    /// What to tell a person who is about to type a password.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Own => None,
            Self::App { made_at } => Some(format!("needs an app password; make one at {made_at}")),
            Self::AppWithTwoSteps { made_at } => Some(format!(
                "with two-step sign-in it needs an app password; make one at {made_at}"
            )),
            Self::OauthOnly => Some(
                "takes no passwords from mail programs, only OAuth2; ask the administrator for another way in"
                    .to_owned(),
            ),
        }
    }
}

/// One provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider {
    pub name: &'static str,
    /// Domains of addresses, lower case.
    pub domains: &'static [&'static str],
    /// Ends of MX host names of other domains that are kept here, lower case.
    pub mx_suffixes: &'static [&'static str],
    pub imap: Server,
    pub smtp: Server,
    pub password: Password,
    /// The provider puts a copy of what is sent by SMTP into the Sent folder; ours would be a second one.
    pub copies_sent_itself: bool,
    /// What an admin has to know or do, a sentence each.
    pub quirks: &'static [&'static str],
}

/// A guess for a provider that is not in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    pub imap: Endpoint,
    pub smtp: Endpoint,
}

/// The provider of a domain or an address.
pub fn by_domain(domain_or_address: &str) -> Option<&'static Provider> {
    let domain = domain_of(domain_or_address);
    PROVIDERS
        .iter()
        .find(|provider| provider.domains.contains(&domain.as_str()))
}

/// The provider whose server this host is, by the table's own host names and their domains' further names.
pub fn by_host(host: &str) -> Option<&'static Provider> {
    let host = domain_of(host);
    PROVIDERS
        .iter()
        .find(|provider| provider.imap.host == host || provider.smtp.host == host)
}

/// The provider of a mailbox: by the servers it uses, else by its address.
pub fn of_settings(settings: &MailboxSettings) -> Option<&'static Provider> {
    let incoming = match &settings.incoming {
        Incoming::Imap(endpoint) => by_host(&endpoint.host),
        _ => None,
    };
    let outgoing = || match &settings.outgoing {
        Outgoing::Smtp(endpoint) => by_host(&endpoint.host),
        _ => None,
    };
    incoming
        .or_else(outgoing)
        .or_else(|| by_domain(&settings.address))
}

/// The provider by its name, in any case.
pub fn by_name(name: &str) -> Option<&'static Provider> {
    PROVIDERS
        .iter()
        .find(|provider| provider.name.eq_ignore_ascii_case(name.trim()))
}

/// The provider that takes mail for a domain, by the host of its MX record; the longest fitting end counts.
pub fn by_mx(host: &str) -> Option<&'static Provider> {
    let host = domain_of(host);
    let fitting = |suffix: &&str| {
        host.strip_suffix(*suffix)
            .is_some_and(|start| start.is_empty() || start.ends_with('.'))
    };
    PROVIDERS
        .iter()
        .flat_map(|provider| {
            let suffixes = provider.mx_suffixes.iter().copied();
            suffixes.map(move |suffix| (provider, suffix))
        })
        .filter(|(_, suffix)| fitting(suffix))
        .max_by_key(|(_, suffix)| suffix.len())
        .map(|(provider, _)| provider)
}

/// imap.DOMAIN and smtp.DOMAIN with implicit TLS (RFC 8314 §3).
pub fn other(domain_or_address: &str) -> Guess {
    let domain = domain_of(domain_or_address);
    Guess {
        imap: Endpoint {
            host: format!("imap.{domain}"),
            port: imap_port(Security::Tls),
            security: Security::Tls,
        },
        smtp: Endpoint {
            host: format!("smtp.{domain}"),
            port: submission_port(Security::Tls),
            security: Security::Tls,
        },
    }
}

/// The usual IMAP port (RFC 8314 §7.2).
pub fn imap_port(security: Security) -> u16 {
    match security {
        Security::Tls => 993,
        Security::Starttls | Security::None => 143,
    }
}

/// The usual port for sending (RFC 8314 §7.3, RFC 6409 §3.1).
pub fn submission_port(security: Security) -> u16 {
    match security {
        Security::Tls => 465,
        Security::Starttls => 587,
        Security::None => 25,
    }
}

/// What a well-known port says about its protection.
pub fn security_of_port(port: u16) -> Option<Security> {
    match port {
        993 | 465 => Some(Security::Tls),
        143 | 587 => Some(Security::Starttls),
        25 => Some(Security::None),
        _ => None,
    }
}

/// Lower case, without what stands before the @ and without a final dot; beyond ASCII as punycode.
fn domain_of(domain_or_address: &str) -> String {
    let text = domain_or_address.trim();
    let domain = text.rsplit_once('@').map_or(text, |(_, domain)| domain);
    let domain = domain.trim_end_matches('.');
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_address_finds_its_provider() {
        let table = [
            ("anna@gmail.com", Some("Gmail")),
            ("Anna@GMail.COM.", Some("Gmail")),
            ("hotmail.com", Some("Outlook.com")),
            ("me.com", Some("iCloud")),
            ("ukr.net", Some("UKR.NET")),
            ("gmail.com.example.test", None),
            ("acme.example", None),
            ("", None),
        ];
        for (address, expected) in table {
            assert_eq!(by_domain(address).map(|p| p.name), expected, "{address}");
        }
    }

    #[test]
    fn a_domain_of_ones_own_is_found_by_its_mx() {
        let table = [
            ("aspmx.l.google.com.", Some("Google Workspace")),
            ("acme-test.mail.protection.outlook.com", Some("Office 365")),
            ("in1-smtp.messagingengine.com", Some("Fastmail")),
            ("mx.zoho.eu", Some("Zoho")),
            ("mxext1.mailbox.org", Some("mailbox.org")),
            ("mx-aol.mail.gm0.yahoodns.net", Some("AOL")),
            ("mta5.am0.yahoodns.net", Some("Yahoo")),
            ("notgoogle.com", None),
            ("mx.acme.example", None),
        ];
        for (host, expected) in table {
            assert_eq!(by_mx(host).map(|p| p.name), expected, "{host}");
        }
    }

    #[test]
    fn the_table_is_without_doubles_and_always_protected() {
        let mut names = HashSet::new();
        let mut domains = HashSet::new();
        for provider in PROVIDERS {
            assert!(names.insert(provider.name), "{}", provider.name);
            assert_eq!(by_name(&provider.name.to_uppercase()), Some(provider));
            for domain in provider.domains {
                assert!(domains.insert(*domain), "{domain} stands twice");
                assert_eq!(*domain, domain.to_lowercase());
            }
            for server in [provider.imap, provider.smtp] {
                assert_ne!(server.security, Security::None, "{}", provider.name);
                if let Some(usual) = security_of_port(server.port) {
                    assert_eq!(server.security, usual, "{}", provider.name);
                }
            }
        }
    }

    #[test]
    fn the_guess_for_the_rest() {
        let guess = other("anna@Bücher.test");
        assert_eq!(guess.imap.host, "imap.xn--bcher-kva.test");
        assert_eq!((guess.imap.port, guess.smtp.port), (993, 465));
        assert_eq!(guess.smtp.host, "smtp.xn--bcher-kva.test");
    }

    #[test]
    fn ports_and_protection_name_each_other() {
        for security in [Security::Tls, Security::Starttls] {
            assert_eq!(security_of_port(imap_port(security)), Some(security));
            assert_eq!(security_of_port(submission_port(security)), Some(security));
        }
        assert_eq!(
            security_of_port(submission_port(Security::None)),
            Some(Security::None)
        );
        assert_eq!(security_of_port(10_993), None);
    }
}
