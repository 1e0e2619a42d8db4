//! The records of the domain name system that the system's own resolver does not give: MX, SRV and TXT.
//!
//! Every answer is bounded in time and comes as typed data; whatever a stranger's zone says is only text here and
//! is made clean where it is shown. Nothing is kept between two questions: a person who has just mended a record
//! and asks again must get the new one, and a laptop changes networks while the desk is open.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

use crate::domain::trouble::Trouble;

/// How long one packet is waited for before it is sent again.
const PER_ATTEMPT: Duration = Duration::from_secs(3);
const ATTEMPTS: usize = 2;
/// How long one question may take, over all servers and attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// A mail exchanger (RFC 5321 §5.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mx {
    /// The lowest is tried first.
    pub preference: u16,
    /// In lower case without the final dot; `.` says that the domain takes no mail (RFC 7505 §3).
    pub host: String,
}

/// Where a service is (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv {
    /// The lowest is tried first.
    pub priority: u16,
    /// The share among those of one priority.
    pub weight: u16,
    pub port: u16,
    /// In lower case without the final dot; `.` says that the service is not offered.
    pub target: String,
}

/// Why there are no records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DnsFailure {
    /// The name does not exist (NXDOMAIN, RFC 8020).
    NoSuchName,
    /// The name exists, but has no record of this type (RFC 2308 §2.2).
    NoRecords,
    /// Nobody knows: the name server did not answer, or refused to.
    Unreachable(Trouble),
}

impl std::fmt::Display for DnsFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSuchName => f.write_str("the name does not exist"),
            Self::NoRecords => f.write_str("there is no such record"),
            Self::Unreachable(trouble) => trouble.fmt(f),
        }
    }
}

/// Asks name servers.
#[derive(Debug, Clone)]
pub struct Dns {
    /// `None` asks those that the system names.
    server: Option<SocketAddr>,
}

impl Dns {
    /// Asks the name servers of this machine, as they are at the time of each question.
    pub fn system() -> Self {
        Self { server: None }
    }

    /// Asks this server and no other.
    pub fn at(server: SocketAddr) -> Self {
        Self {
            server: Some(server),
        }
    }

    /// The mail exchangers of a domain, the preferred first.
    ///
    /// # Errors
    /// Why there are none.
    pub async fn mx(&self, domain: &str) -> Result<Vec<Mx>, DnsFailure> {
        let mut found: Vec<Mx> = self
            .records(domain, RecordType::MX, |data| match data {
                RData::MX(mx) => Some(Mx {
                    preference: mx.preference,
                    host: plain(&mx.exchange),
                }),
                _ => None,
            })
            .await?;
        found.sort();
        Ok(found)
    }

    /// The TXT records of a name; the strings of one record are joined without a space (RFC 7208 §3.3), and bytes
    /// that are not UTF-8 are replaced.
    ///
    /// # Errors
    /// Why there are none.
    pub async fn txt(&self, name: &str) -> Result<Vec<String>, DnsFailure> {
        self.records(name, RecordType::TXT, |data| match data {
            RData::TXT(txt) => {
                let whole: Vec<u8> = txt.txt_data.iter().flat_map(|part| part.to_vec()).collect();
                Some(String::from_utf8_lossy(&whole).into_owned())
            }
            _ => None,
        })
        .await
    }

    /// The places of a service such as `_imaps._tcp.example.org`, in the order of the answer.
    ///
    /// # Errors
    /// Why there are none.
    pub async fn srv(&self, name: &str) -> Result<Vec<Srv>, DnsFailure> {
        self.records(name, RecordType::SRV, |data| match data {
            RData::SRV(srv) => Some(Srv {
                priority: srv.priority,
                weight: srv.weight,
                port: srv.port,
                target: plain(&srv.target),
            }),
            _ => None,
        })
        .await
    }

    /// The IPv4 and IPv6 addresses of a host; an address is its own.
    ///
    /// # Errors
    /// Why there are none.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, DnsFailure> {
        if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Ok(vec![address]);
        }
        let name = name_of(host)?;
        let resolver = self.resolver()?;
        let found = within(host, resolver.lookup_ip(name)).await?;
        let found: Vec<IpAddr> = found.iter().collect();
        if found.is_empty() {
            return Err(DnsFailure::NoRecords);
        }
        Ok(found)
    }

    async fn records<T>(
        &self,
        name: &str,
        kind: RecordType,
        read: impl Fn(&RData) -> Option<T>,
    ) -> Result<Vec<T>, DnsFailure> {
        let resolver = self.resolver()?;
        let answer = within(name, resolver.lookup(name_of(name)?, kind)).await?;
        let found: Vec<T> = answer
            .answers()
            .iter()
            .filter_map(|record| read(&record.data))
            .collect();
        if found.is_empty() {
            return Err(DnsFailure::NoRecords);
        }
        Ok(found)
    }

    fn resolver(&self) -> Result<TokioResolver, DnsFailure> {
        let provider = TokioRuntimeProvider::default();
        let builder = match self.server {
            None => TokioResolver::builder(provider),
            Some(server) => {
                let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
                for connection in &mut connections {
                    connection.port = server.port();
                }
                let config = ResolverConfig::from_name_servers(vec![NameServerConfig::new(
                    server.ip(),
                    true,
                    connections,
                )]);
                Ok(TokioResolver::builder_with_config(config, provider))
            }
        };
        let built = builder.and_then(|mut builder| {
            let options = builder.options_mut();
            options.timeout = PER_ATTEMPT;
            options.attempts = ATTEMPTS;
            options.cache_size = 0;
            builder.build()
        });
        built.map_err(|error| {
            DnsFailure::Unreachable(
                Trouble::operator("this machine names no usable name server")
                    .because(error)
                    .hint("look at /etc/resolv.conf, or set `dns-server` in the configuration"),
            )
        })
    }
}

/// A complete name: without the final dot the system's search list would be appended to it.
fn name_of(name: &str) -> Result<Name, DnsFailure> {
    let wrong = || {
        DnsFailure::Unreachable(Trouble::operator(format!(
            "{} is not the name of a domain",
            name.escape_debug()
        )))
    };
    let bare = name.trim().trim_end_matches('.');
    let ascii = idna::domain_to_ascii(bare).map_err(|_| wrong())?;
    if ascii.is_empty() {
        return Err(wrong());
    }
    let mut name = Name::from_ascii(&ascii).map_err(|_| wrong())?;
    name.set_fqdn(true);
    Ok(name)
}

fn plain(name: &Name) -> String {
    if name.is_root() {
        return ".".to_owned();
    }
    let text = name.to_ascii();
    text.strip_suffix('.').unwrap_or(&text).to_lowercase()
}

async fn within<T>(
    name: &str,
    question: impl Future<Output = Result<T, NetError>>,
) -> Result<T, DnsFailure> {
    match tokio::time::timeout(LONGEST_WAIT, question).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) if error.is_nx_domain() => Err(DnsFailure::NoSuchName),
        Ok(Err(error)) if error.is_no_records_found() => Err(DnsFailure::NoRecords),
        Ok(Err(error)) => Err(DnsFailure::Unreachable(
            Trouble::network(format!("{name} could not be looked up"))
                .because(error)
                .hint("the name server does not answer, or refuses to; try again later"),
        )),
        Err(_) => Err(DnsFailure::Unreachable(
            Trouble::network(format!("{name} could not be looked up"))
                .because(format!("no answer within {} s", LONGEST_WAIT.as_secs()))
                .hint("the name server does not answer; try again later"),
        )),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn names_are_complete_and_in_the_networks_form() {
        for (typed, known) in [
            ("acme.test", Some("acme.test.")),
            ("Acme.TEST.", Some("acme.test.")),
            ("_imaps._tcp.acme.test", Some("_imaps._tcp.acme.test.")),
            ("bücher.test", Some("xn--bcher-kva.test.")),
            ("", None),
            (".", None),
            ("a..b", None),
        ] {
            let name = name_of(typed).ok().map(|name| name.to_ascii());
            assert_eq!(name.as_deref(), known, "{typed}");
        }
        assert!(name_of(&"long.".repeat(60)).is_err());
    }

    #[tokio::test]
    async fn an_address_needs_no_name_server() {
        let nobody = Dns::at("127.0.0.1:1".parse().unwrap());
        let found = nobody.addresses("[::1]").await.unwrap();
        assert_eq!(found, ["::1".parse::<IpAddr>().unwrap()]);
    }
}
