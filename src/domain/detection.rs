//! Finding the servers of an address: who is believed before whom, and how what several say becomes one proposal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::mailbox::Endpoint;

/// Who says where the servers are. The order is the order of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The table of providers.
    Provider,
    /// A mailbox of this installation on the same domain.
    Learnt,
    /// The file on the host autoconfig of the domain.
    Autoconfig,
    /// The same file below `.well-known` of the domain.
    WellKnown,
    /// SRV records (RFC 6186, RFC 8314 §5.1).
    Services,
    /// The table of providers, by the host that takes the domain's mail.
    Exchanger,
    /// The autoconfig file of whoever takes the domain's mail.
    ExchangerAutoconfig,
    /// A server that answers under a usual name.
    Guess,
}

impl Source {
    /// A word for a line of a list.
    pub fn words(self) -> &'static str {
        match self {
            Self::Provider => "known providers",
            Self::Learnt => "learnt here",
            Self::Autoconfig => "autoconfig",
            Self::WellKnown => "well-known",
            Self::Services => "SRV records",
            Self::Exchanger => "MX record",
            Self::ExchangerAutoconfig => "autoconfig of MX",
            Self::Guess => "guess",
        }
    }

    /// Whether a password may go to a server that this source names, before anybody has looked at the name. The table
    /// and what was learnt here are confirmed; records and files are believed only within the domain that the admin
    /// typed, where the certificate proves the name.
    fn is_certain(self, host: &str, domain: &str) -> bool {
        match self {
            Self::Provider | Self::Learnt | Self::Exchanger => true,
            Self::Autoconfig | Self::WellKnown | Self::Services => is_within(host, domain),
            Self::ExchangerAutoconfig | Self::Guess => false,
        }
    }
}

/// Whether a host belongs to a domain; both in lower case.
pub fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|start| start.is_empty() || start.ends_with('.'))
}

/// The name that the servers know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Login {
    Address,
    /// What stands before the @.
    LocalPart,
}

impl Login {
    pub fn of(&self, address: &str) -> String {
        match self {
            Self::Address => address.to_owned(),
            Self::LocalPart => address
                .rsplit_once('@')
                .map_or(address, |(local, _)| local)
                .to_owned(),
        }
    }
}

/// What one source says. Half of it may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Servers {
    pub imap: Option<Endpoint>,
    pub smtp: Option<Endpoint>,
    pub login: Option<Login>,
    /// No password is taken, only OAuth2.
    pub only_oauth: bool,
}

impl Servers {
    pub fn is_empty(&self) -> bool {
        self.imap.is_none() && self.smtp.is_none()
    }
}

/// What the sources have said so far.
#[derive(Debug, Default)]
pub struct Evidence {
    /// `None` while the source has not ended.
    said: BTreeMap<Source, Option<Servers>>,
}

/// What follows from all that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    pub imap: (Endpoint, Source),
    pub smtp: (Endpoint, Source),
    pub login: Login,
    pub only_oauth: bool,
}

impl Merged {
    /// Whether both servers may be signed in to without somebody looking at them first.
    pub fn is_certain(&self, domain: &str) -> bool {
        [&self.imap, &self.smtp]
            .iter()
            .all(|(server, source)| source.is_certain(&server.host.to_lowercase(), domain))
    }
}

impl Evidence {
    /// Nothing is said yet by these, who are being asked.
    pub fn awaiting(sources: &[Source]) -> Self {
        Self {
            said: sources.iter().map(|source| (*source, None)).collect(),
        }
    }

    /// Another source is being asked.
    pub fn await_also(&mut self, source: Source) {
        self.said.insert(source, None);
    }

    /// A source has ended; empty servers say that it knows nothing.
    pub fn note(&mut self, source: Source, servers: Servers) {
        self.said.insert(source, Some(servers));
    }

    /// Whether nothing that is still awaited can change the proposal.
    pub fn is_decided(&self) -> bool {
        self.is_settled(|servers| servers.imap.is_some())
            && self.is_settled(|servers| servers.smtp.is_some())
    }

    /// Whether all those have ended who stand before the first that names such a server.
    fn is_settled(&self, names_it: impl Fn(&Servers) -> bool) -> bool {
        for said in self.said.values() {
            match said {
                None => return false,
                Some(servers) if names_it(servers) => return true,
                Some(_) => {}
            }
        }
        true
    }

    /// The proposal; what nobody names is taken from `rest`, as a guess.
    pub fn merged(&self, rest: (Endpoint, Endpoint)) -> Merged {
        let ended = || {
            self.said
                .iter()
                .filter_map(|(source, said)| Some((*source, said.as_ref()?)))
        };
        let imap = ended().find_map(|(source, said)| Some((said.imap.clone()?, source)));
        let smtp = ended().find_map(|(source, said)| Some((said.smtp.clone()?, source)));
        let main = imap.as_ref().or(smtp.as_ref()).map(|(_, source)| *source);
        let by_main = ended().find(|(source, _)| Some(*source) == main);
        Merged {
            imap: imap.unwrap_or((rest.0, Source::Guess)),
            smtp: smtp.unwrap_or((rest.1, Source::Guess)),
            login: by_main
                .and_then(|(_, said)| said.login.clone())
                .unwrap_or(Login::Address),
            only_oauth: by_main.is_some_and(|(_, said)| said.only_oauth),
        }
    }

    /// Whether anybody named a server.
    pub fn is_empty(&self) -> bool {
        self.said.values().flatten().all(Servers::is_empty)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::mailbox::Security;

    fn at(host: &str, port: u16) -> Endpoint {
        Endpoint {
            host: host.into(),
            port,
            security: Security::Tls,
        }
    }

    fn both(imap: &str, smtp: &str) -> Servers {
        Servers {
            imap: Some(at(imap, 993)),
            smtp: Some(at(smtp, 465)),
            ..Servers::default()
        }
    }

    fn rest() -> (Endpoint, Endpoint) {
        (at("imap.acme.test", 993), at("smtp.acme.test", 465))
    }

    #[test]
    fn a_source_is_waited_for_only_while_it_could_change_something() {
        use Source::{Autoconfig, Exchanger, Guess, Services};
        let mut evidence = Evidence::awaiting(&[Autoconfig, Services, Exchanger, Guess]);
        evidence.note(Exchanger, both("a.test", "b.test"));
        assert!(!evidence.is_decided(), "autoconfig may know better");
        evidence.note(Autoconfig, Servers::default());
        evidence.note(
            Services,
            Servers {
                imap: Some(at("imap.srv.test", 993)),
                ..Servers::default()
            },
        );
        assert!(evidence.is_decided(), "a guess changes nothing any more");
        let merged = evidence.merged(rest());
        assert_eq!(merged.imap, (at("imap.srv.test", 993), Services));
        assert_eq!(merged.smtp, (at("b.test", 465), Exchanger));
    }

    #[test]
    fn what_nobody_names_is_guessed() {
        let mut evidence = Evidence::awaiting(&[Source::Services]);
        assert!(evidence.is_empty());
        evidence.note(Source::Services, Servers::default());
        assert!(evidence.is_decided() && evidence.is_empty());
        let merged = evidence.merged(rest());
        assert_eq!(merged.imap, (at("imap.acme.test", 993), Source::Guess));
        assert!(!merged.is_certain("acme.test"));
    }

    #[test]
    fn records_and_files_are_believed_within_the_domain_only() {
        for (source, host, certain) in [
            (Source::Services, "imap.acme.test", true),
            (Source::Services, "acme.test", true),
            (Source::Services, "imap.evilacme.test", false),
            (Source::Services, "imap.elsewhere.test", false),
            (Source::Autoconfig, "imap.acme.test", true),
            (Source::Autoconfig, "imap.elsewhere.test", false),
            (Source::WellKnown, "imap.elsewhere.test", false),
            (Source::Exchanger, "imap.gmail.com", true),
            (Source::ExchangerAutoconfig, "imap.acme.test", false),
            (Source::Guess, "imap.acme.test", false),
        ] {
            let mut evidence = Evidence::awaiting(&[source]);
            evidence.note(source, both(host, host));
            let merged = evidence.merged(rest());
            assert_eq!(merged.is_certain("acme.test"), certain, "{source:?} {host}");
        }
    }

    #[test]
    fn the_login_is_that_of_the_source_of_the_servers() {
        let mut evidence = Evidence::awaiting(&[Source::Autoconfig, Source::Guess]);
        evidence.note(
            Source::Autoconfig,
            Servers {
                login: Some(Login::LocalPart),
                ..both("a.test", "a.test")
            },
        );
        let merged = evidence.merged(rest());
        assert_eq!(merged.login.of("support@acme.test"), "support");
        assert_eq!(Login::Address.of("support@acme.test"), "support@acme.test");
    }
}
