//! Reaching a host: all its addresses are tried, staggered, and the first that answers is taken (RFC 8305).
//!
//! A broken IPv6 route must not cost the operator a minute, and a failure must say which of the three usual
//! things it was: no such name, nobody listening, or no answer at all.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use super::Link;
use crate::domain::trouble::Trouble;

/// How long one address is waited for before the next is tried besides it (RFC 8305 §5).
const STAGGER: Duration = Duration::from_millis(250);

/// Connects to `host` (a name in any script, or an address) within `deadline`, name lookup included.
///
/// # Errors
/// A name that does not exist is the operator's move; everything else is the network's and comes back by itself.
pub async fn open_tcp(host: &str, port: u16, deadline: Duration) -> Result<Link, Trouble> {
    let until = Instant::now() + deadline;
    let addresses = resolve(host, port, deadline).await?;
    match timeout_at(until, race(addresses)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(connect_trouble(host, port, &error)),
        Err(_) => Err(no_answer(host, port, deadline)),
    }
}

/// The addresses of `host`, in the order in which they are tried.
///
/// # Errors
/// A name that does not exist is the operator's move; a resolver that does not answer is the network's.
pub async fn resolve(
    host: &str,
    port: u16,
    deadline: Duration,
) -> Result<Vec<SocketAddr>, Trouble> {
    let ascii = ascii_host(host)?;
    let lookup = tokio::net::lookup_host((ascii.as_str(), port));
    let found = tokio::time::timeout(deadline, lookup)
        .await
        .map_err(|_| no_answer(host, port, deadline).because("the name lookup did not end"))?
        .map_err(|error| name_trouble(host, &error))?;
    let addresses = interleaved(found);
    if addresses.is_empty() {
        return Err(
            Trouble::operator(format!("the name {host} was not found")).hint("check the host name")
        );
    }
    Ok(addresses)
}

/// The host in the form that the network knows: names beyond ASCII become punycode, `[::1]` loses its brackets.
pub(super) fn ascii_host(host: &str) -> Result<String, Trouble> {
    let bare = host.trim().trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<std::net::IpAddr>().is_ok() {
        return Ok(bare.to_owned());
    }
    idna::domain_to_ascii(bare)
        .ok()
        .filter(|name| !name.is_empty() && !name.contains(char::is_whitespace))
        .ok_or_else(|| {
            Trouble::operator(format!("{host:?} is not a host name"))
                .hint("write it like imap.example.org, without a port")
        })
}

/// IPv6 and IPv4 in turn, the resolver's first choice first (RFC 8305 §4).
fn interleaved(found: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let all: Vec<SocketAddr> = found.take(16).collect();
    let first_is_v6 = all.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let mut ordered = Vec::with_capacity(first.len() + second.len());
    let mut others = second.into_iter();
    for address in first {
        ordered.push(address);
        ordered.extend(others.next());
    }
    ordered.extend(others);
    ordered
}

/// Starts one attempt after the other and returns the first that connects. Attempts left over end with the set.
async fn race(addresses: Vec<SocketAddr>) -> std::io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut attempts = JoinSet::new();
    let mut last_error = std::io::Error::other("no address to connect to");
    loop {
        let next = waiting.next();
        let more = next.is_some();
        if let Some(address) = next {
            attempts.spawn(TcpStream::connect(address));
        }
        tokio::select! {
            ended = attempts.join_next() => match ended {
                Some(Ok(Ok(stream))) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Some(Ok(Err(error))) => last_error = error,
                Some(Err(error)) => last_error = std::io::Error::other(error),
                None => return Err(last_error),
            },
            () = sleep(STAGGER), if more => {}
        }
    }
}

fn no_answer(host: &str, port: u16, deadline: Duration) -> Trouble {
    Trouble::network(format!(
        "{host} did not answer on port {port} within {} s",
        deadline.as_secs().max(1)
    ))
    .hint("a firewall may drop the connection, or the port is wrong")
}

/// The resolver's error says only in words whether the name is wrong or the resolver was out of reach.
fn name_trouble(host: &str, error: &std::io::Error) -> Trouble {
    let words = error.to_string();
    if words.contains("emporary") || words.contains("try again") {
        Trouble::network(format!("the name {host} could not be looked up"))
            .because(words)
            .hint("the name server does not answer; it is tried again")
    } else {
        Trouble::operator(format!("the name {host} was not found"))
            .because(words)
            .hint("check the host name")
    }
}

fn connect_trouble(host: &str, port: u16, error: &std::io::Error) -> Trouble {
    if error.kind() == std::io::ErrorKind::ConnectionRefused {
        Trouble::network(format!("{host} refuses connections on port {port}"))
            .because(error)
            .hint("nobody listens there: is the port right, is the server running?")
    } else {
        Trouble::network(format!("{host} cannot be reached on port {port}")).because(error)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::trouble::Whose;

    #[test]
    fn addresses_of_both_families_are_tried_in_turn() {
        let parse = |text: &str| text.parse::<SocketAddr>().unwrap();
        let found = ["[::1]:1", "[::2]:1", "1.1.1.1:1", "2.2.2.2:1", "3.3.3.3:1"].map(parse);
        let expected = ["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "3.3.3.3:1"].map(parse);
        assert_eq!(interleaved(found.into_iter()), expected);
    }

    #[test]
    fn host_names_are_brought_into_the_networks_form() {
        for (typed, known) in [
            ("IMAP.Example.org", Some("imap.example.org")),
            ("[::1]", Some("::1")),
            ("пошта.укр", Some("xn--80a1acn3a.xn--j1amh")),
            ("two words", None),
            ("", None),
        ] {
            assert_eq!(ascii_host(typed).ok().as_deref(), known, "{typed}");
        }
    }

    #[tokio::test]
    async fn a_closed_port_is_named() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let trouble = open_tcp("127.0.0.1", port, Duration::from_secs(5))
            .await
            .unwrap_err();
        assert_eq!(trouble.whose, Whose::Network);
        assert!(trouble.what.contains("refuses connections"), "{trouble}");
        assert!(trouble.hint.unwrap().contains("port"));
    }

    #[test]
    fn a_name_that_does_not_exist_is_the_operators_move() {
        let gone = std::io::Error::other(
            "failed to lookup address information: Name or service not known",
        );
        assert_eq!(name_trouble("x.test", &gone).whose, Whose::Operator);
        let later = std::io::Error::other(
            "failed to lookup address information: Temporary failure in name resolution",
        );
        assert_eq!(name_trouble("x.test", &later).whose, Whose::Network);
    }
}
