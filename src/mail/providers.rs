//! What is known about mail providers, so that an address is enough to fill in the form.
//!
//! Facts only, in one table; nothing here is contacted, and every value can be changed in the form. Where a
//! provider is unknown, [`other`] makes the guess that holds most often.

pub mod own_domain;
mod table;

use serde::{Deserialize, Serialize};

use crate::domain::mailbox::{Endpoint, Incoming, MailboxSettings, Outgoing, Security, Service};

pub use table::PROVIDERS;

/// Where a program of this machine listens.
const HERE: &str = "127.0.0.1";

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
            Self::OauthOnly => {
                Some("takes no passwords from mail programs, only OAuth2".to_owned())
            }
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
    /// The name of the OAuth2 provider that signs in here.
    pub oauth: Option<&'static str>,
    /// The provider puts a copy of what is sent by SMTP into the Sent folder; ours would be a second one.
    pub copies_sent_itself: bool,
    /// What is unusual about its folders, a sentence each.
    pub folders: &'static [&'static str],
    /// What else an admin has to know or do, a sentence each.
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

/// The provider whose server this is. On this very machine the port tells, because anybody listens there.
pub fn by_server(server: &Endpoint) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.has(server))
}

impl Provider {
    fn has(&self, server: &Endpoint) -> bool {
        let host = domain_of(&server.host);
        [&self.imap, &self.smtp]
            .into_iter()
            .any(|known| known.host == host && (known.host != HERE || known.port == server.port))
    }
}

/// The provider of a mailbox: by the servers it uses, else by its address. Where one keeps domains of its own and
/// domains of others on the same servers, the address tells which it is.
pub fn of_settings(settings: &MailboxSettings) -> Option<&'static Provider> {
    let incoming = match &settings.incoming {
        Incoming::Imap(endpoint) => Some(endpoint),
        _ => None,
    };
    let outgoing = match &settings.outgoing {
        Outgoing::Smtp(endpoint) => Some(endpoint),
        _ => None,
    };
    let domain = domain_of(&settings.address);
    let of_domain = |provider: &&Provider| provider.domains.contains(&domain.as_str());
    let with = |server: &Endpoint| {
        let all = || PROVIDERS.iter().filter(|provider| provider.has(server));
        all()
            .find(of_domain)
            .or_else(|| all().find(|provider| provider.domains.is_empty()))
            .or_else(|| all().next())
    };
    incoming
        .and_then(with)
        .or_else(|| outgoing.and_then(with))
        .or_else(|| by_domain(&domain))
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
            port: Service::Imap.usual_port(Security::Tls),
            security: Security::Tls,
        },
        smtp: Endpoint {
            host: format!("smtp.{domain}"),
            port: Service::Submission.usual_port(Security::Tls),
            security: Security::Tls,
        },
    }
}

/// Lower case, without what stands before the @ and without a final dot; beyond ASCII as punycode.
pub fn domain_of(domain_or_address: &str) -> String {
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
            ("mx.zoho.com", Some("Zoho Workplace")),
            ("mx.zoho.eu", Some("Zoho Workplace Europe")),
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
            for (server, service) in [
                (provider.imap, Service::Imap),
                (provider.smtp, Service::Submission),
            ] {
                assert_ne!(server.security, Security::None, "{}", provider.name);
                let proposed = service.proposed(server.port, server.security);
                assert_eq!(server.security, proposed, "{}", provider.name);
            }
        }
    }

    #[test]
    fn a_mailbox_belongs_to_whoever_has_its_servers_and_its_domain() {
        let at = |host: &str, port| Endpoint {
            host: host.into(),
            port,
            security: Security::Tls,
        };
        for (address, imap, expected) in [
            ("anna@gmail.com", at("imap.gmail.com", 993), Some("Gmail")),
            (
                "anna@acme.test",
                at("imap.gmail.com", 993),
                Some("Google Workspace"),
            ),
            (
                "anna@acme.test",
                at("outlook.office365.com", 993),
                Some("Office 365"),
            ),
            (
                "anna@hotmail.com",
                at("outlook.office365.com", 993),
                Some("Outlook.com"),
            ),
            (
                "anna@acme.test",
                at("imap.fastmail.com", 993),
                Some("Fastmail"),
            ),
            (
                "anna@acme.test",
                at("127.0.0.1", 1143),
                Some("Proton Bridge"),
            ),
            ("anna@acme.test", at("127.0.0.1", 1993), None),
            ("anna@acme.test", at("imap.acme.test", 993), None),
        ] {
            let settings = MailboxSettings::new(
                address,
                Incoming::Imap(imap),
                Outgoing::Off,
                crate::domain::mailbox::SecretSource::File,
            );
            let found = of_settings(&settings).map(|provider| provider.name);
            assert_eq!(found, expected, "{settings:?}");
        }
    }

    #[test]
    fn the_guess_for_the_rest() {
        let guess = other("anna@Bücher.test");
        assert_eq!(guess.imap.host, "imap.xn--bcher-kva.test");
        assert_eq!((guess.imap.port, guess.smtp.port), (993, 465));
        assert_eq!(guess.smtp.host, "smtp.xn--bcher-kva.test");
    }
}
