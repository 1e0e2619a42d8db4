//! What the records of a domain say: where its services are, and who takes its mail.

use crate::domain::detection::is_within;
use crate::domain::mailbox::{Endpoint, Security};
use crate::mail::dns::Srv;

/// The names to ask for reading mail: TLS from the first byte, and STARTTLS (RFC 6186 §3.2).
pub const READING: (&str, &str) = ("_imaps._tcp", "_imap._tcp");
/// The names to ask for sending (RFC 8314 §5.1, RFC 6186 §3.1).
pub const SENDING: (&str, &str) = ("_submissions._tcp", "_submission._tcp");

/// The server to use. TLS from the first byte goes before STARTTLS whatever the priorities say (RFC 8314 §3); within
/// one service the lowest priority counts, then the highest weight, so that the same records always give the same
/// proposal. A target of `.` says that a service is not offered (RFC 2782).
pub fn choose(tls: &[Srv], starttls: &[Srv]) -> Option<Endpoint> {
    best(tls, Security::Tls).or_else(|| best(starttls, Security::Starttls))
}

fn best(records: &[Srv], security: Security) -> Option<Endpoint> {
    records
        .iter()
        .filter(|record| record.target != "." && record.port > 0)
        .min_by_key(|record| (record.priority, std::cmp::Reverse(record.weight)))
        .map(|record| Endpoint {
            host: record.target.clone(),
            port: record.port,
            security,
        })
}

/// The domain of whoever takes the mail of `domain`, by the host of the MX record: its name without the first part.
/// `None` where that says nothing new, or where it would be a whole country's or registry's domain.
pub fn exchanger_domain(host: &str, domain: &str) -> Option<String> {
    let (_, parent) = host.split_once('.')?;
    let labels: Vec<&str> = parent.split('.').collect();
    let is_registry = match labels.as_slice() {
        [second, last] => last.len() == 2 && second.len() <= 3,
        all => all.len() < 2,
    };
    let found = if is_registry { host } else { parent };
    (!is_within(host, domain) && !is_within(found, domain)).then(|| found.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn srv(priority: u16, weight: u16, target: &str) -> Srv {
        Srv {
            priority,
            weight,
            port: 993,
            target: target.into(),
        }
    }

    #[test]
    fn the_service_is_chosen_by_protection_priority_and_weight() {
        type Row<'a> = (&'a [Srv], &'a [Srv], Option<(&'a str, Security)>);
        let table: &[Row<'_>] = &[
            (&[], &[], None),
            (
                &[
                    srv(20, 9, "b.test"),
                    srv(10, 1, "c.test"),
                    srv(10, 5, "a.test"),
                ],
                &[],
                Some(("a.test", Security::Tls)),
            ),
            (
                &[srv(90, 0, "tls.test")],
                &[srv(0, 0, "plain.test")],
                Some(("tls.test", Security::Tls)),
            ),
            (
                &[srv(0, 0, ".")],
                &[srv(0, 0, "up.test")],
                Some(("up.test", Security::Starttls)),
            ),
            (&[srv(0, 0, ".")], &[srv(0, 0, ".")], None),
        ];
        for (tls, starttls, expected) in table {
            let chosen = choose(tls, starttls);
            let chosen = chosen.as_ref().map(|e| (e.host.as_str(), e.security));
            assert_eq!(chosen, *expected);
        }
    }

    #[test]
    fn whoever_takes_the_mail_has_a_domain_of_their_own() {
        for (host, expected) in [
            ("mx1.provider.test", Some("provider.test")),
            ("mail.provider.example.org", Some("provider.example.org")),
            ("provider.co.uk", Some("provider.co.uk")),
            ("mx.acme.test", None),
            ("acme.test", None),
            ("localhost", None),
        ] {
            assert_eq!(
                exchanger_domain(host, "acme.test").as_deref(),
                expected,
                "{host}"
            );
        }
    }
}
