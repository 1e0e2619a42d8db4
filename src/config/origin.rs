//! From where somebody works, as the machine and the environment tell.

use super::person::{Person, host};
use crate::domain::audit::{Origin, Way};

/// Through `way`, at this machine, by the user of this process.
pub fn origin(way: Way) -> Origin {
    Origin {
        way,
        user: Person::at_the_keyboard().login,
        host: host(),
        terminal: terminal(),
        ssh_client: std::env::var("SSH_CONNECTION")
            .ok()
            .and_then(|connection| client(&connection)),
    }
}

/// The address of the client in `SSH_CONNECTION`: client address, client port, server address, server port (sshd(8)).
fn client(connection: &str) -> Option<String> {
    let address = connection.split_whitespace().next()?;
    // Anybody can set a variable; what is no address is not told as one.
    let plain = address.split('%').next().unwrap_or_default();
    let parsed: std::net::IpAddr = plain.parse().ok()?;
    Some(parsed.to_string())
}

/// The terminal of the keys, where there is one.
fn terminal() -> Option<String> {
    let stdin = std::fs::read_link("/proc/self/fd/0").ok()?;
    let name = stdin.to_str()?;
    ["/dev/pts/", "/dev/tty"]
        .iter()
        .any(|start| name.starts_with(start))
        .then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::client;

    #[test]
    fn only_an_address_is_told_as_one() {
        let table = [
            ("192.0.2.7 51234 198.51.100.1 22", Some("192.0.2.7")),
            ("2001:db8::7 51234 2001:db8::1 22", Some("2001:db8::7")),
            ("fe80::1%eth0 5 fe80::2%eth0 22", Some("fe80::1")),
            ("", None),
            ("somewhere 1 2 3", None),
            ("\u{1b}[2J 1 2 3", None),
        ];
        for (connection, address) in table {
            assert_eq!(client(connection).as_deref(), address, "{connection}");
        }
    }
}
