//! Guessing: the usual names of servers, and whether anybody answers there.
//!
//! Only the greeting is read. Nothing is said to the server, and it learns nothing but that somebody came.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::domain::mailbox::{Endpoint, Security, Service, Trust};
use crate::domain::trouble::Trouble;
use crate::mail::link::{open_tcp, start_tls};

/// No greeting is longer (RFC 5321 §4.5.3.1.5 has 512 bytes for a line; IMAP servers add their capabilities).
const LONGEST_GREETING: usize = 2_048;

/// Hosts that usually read and send, the likeliest first.
pub fn hosts(domain: &str, is_imap: bool) -> Vec<String> {
    let names: &[&str] = if is_imap {
        &["imap", "mail"]
    } else {
        &["smtp", "mail"]
    };
    let mut hosts: Vec<String> = names
        .iter()
        .map(|name| format!("{name}.{domain}"))
        .collect();
    hosts.push(domain.to_owned());
    hosts
}

/// The places to try on a host, the best protected first.
pub fn doors(host: &str, is_imap: bool) -> [Endpoint; 2] {
    let service = if is_imap {
        Service::Imap
    } else {
        Service::Submission
    };
    [Security::Tls, Security::Starttls].map(|security| Endpoint {
        host: host.to_owned(),
        port: service.usual_port(security),
        security,
    })
}

/// Connects, puts TLS around it where it comes first, and reads the greeting. The certificate must be good.
///
/// # Errors
/// Why there is no greeting, or none of this protocol.
pub async fn greet(at: &Endpoint, is_imap: bool, within: Duration) -> Result<(), Trouble> {
    let mut link = open_tcp(&at.host, at.port, within).await?;
    if at.security == Security::Tls {
        (link, _) = start_tls(link, &at.host, &Trust::default(), within).await?;
    }
    let mut greeting = Vec::new();
    let line = async {
        while !greeting.contains(&b'\n') && greeting.len() < LONGEST_GREETING {
            let byte = link.read_u8().await?;
            greeting.push(byte);
        }
        Ok::<_, std::io::Error>(())
    };
    timeout(within, line)
        .await
        .map_err(|_| Trouble::network(format!("{} says nothing", at.host)))?
        .map_err(|cause| Trouble::network(format!("{} hangs up", at.host)).because(cause))?;
    let expected: &[u8] = if is_imap { b"* OK" } else { b"220" };
    if greeting.starts_with(expected) {
        Ok(())
    } else {
        Err(Trouble::server(format!(
            "{} does not greet as a mail server does",
            at.host
        )))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_usual_names_and_ports() {
        assert_eq!(
            hosts("acme.test", false),
            ["smtp.acme.test", "mail.acme.test", "acme.test"]
        );
        let ports = |is_imap| doors("h.test", is_imap).map(|at| at.port);
        assert_eq!((ports(true), ports(false)), ([993, 143], [465, 587]));
    }

    #[tokio::test]
    async fn only_the_greeting_of_a_mail_server_counts() {
        for (says, is_imap, good) in [
            ("* OK ready\r\n", true, true),
            ("220 here\r\n", false, true),
            ("HTTP/1.1 400 Bad Request\r\n", true, false),
            ("", true, false),
            ("* OK never ends", true, false),
        ] {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let at = Endpoint {
                host: "127.0.0.1".into(),
                port: listener.local_addr().unwrap().port(),
                security: Security::Starttls,
            };
            let served = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                stream.write_all(says.as_bytes()).unwrap();
            });
            let greeted = greet(&at, is_imap, Duration::from_secs(5)).await;
            assert_eq!(greeted.is_ok(), good, "{says:?}: {greeted:?}");
            served.join().unwrap();
        }
    }
}
