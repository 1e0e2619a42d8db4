//! Servers as people write them: `host`, `host:port`, with the ports and the protection that are usual.

use crate::domain::mailbox::{Endpoint, Security};
use crate::domain::trouble::Trouble;

use super::args::SecurityArg;

/// The ports of a protocol: implicit TLS, STARTTLS, and without protection (RFC 8314 §3, RFC 6409 §3.1).
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    tls: u16,
    upgrade: u16,
    others_upgrade: &'static [u16],
}

pub const IMAP: Ports = Ports {
    tls: 993,
    upgrade: 143,
    others_upgrade: &[],
};
pub const SMTP: Ports = Ports {
    tls: 465,
    upgrade: 587,
    others_upgrade: &[25],
};

impl Ports {
    fn of(self, security: Security) -> u16 {
        if security == Security::Tls {
            self.tls
        } else {
            self.upgrade
        }
    }

    fn usual_security(self, port: u16) -> Security {
        if port == self.upgrade || self.others_upgrade.contains(&port) {
            Security::Starttls
        } else {
            Security::Tls
        }
    }
}

/// `host`, `host:port`, `[::1]:port`.
pub fn endpoint(
    given: &str,
    security: Option<SecurityArg>,
    ports: Ports,
) -> Result<Endpoint, Trouble> {
    let wrong = || {
        Trouble::operator(format!("`{}` is not a server", given.escape_debug()))
            .hint("write HOST:PORT, such as imap.example.com:993 or [::1]:1143")
    };
    let (host, port) = match given.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or_else(wrong)?;
            (host, rest.strip_prefix(':'))
        }
        None => match given.rsplit_once(':') {
            // More than one colon without brackets is an address without a port.
            Some((host, _)) if host.contains(':') => (given, None),
            Some((host, port)) => (host, Some(port)),
            None => (given, None),
        },
    };
    if host.is_empty()
        || host
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '/')
    {
        return Err(wrong());
    }
    let port: Option<u16> = port.map(str::parse).transpose().map_err(|_| wrong())?;
    if port == Some(0) {
        return Err(wrong());
    }
    let security = security.map_or_else(
        || port.map_or(Security::Tls, |port| ports.usual_security(port)),
        Into::into,
    );
    Ok(Endpoint {
        host: host.to_owned(),
        port: port.unwrap_or_else(|| ports.of(security)),
        security,
    })
}

/// Changes how a connection is protected, and the port with it where it was the usual one.
pub fn with_security(at: &Endpoint, security: SecurityArg, ports: Ports) -> Endpoint {
    let security = security.into();
    let port = if at.port == ports.of(at.security) {
        ports.of(security)
    } else {
        at.port
    };
    Endpoint {
        host: at.host.clone(),
        port,
        security,
    }
}

pub fn fingerprint(given: &str) -> Result<String, Trouble> {
    let hex: String = given
        .chars()
        .filter(|c| !matches!(c, ':' | ' '))
        .collect::<String>()
        .to_lowercase();
    if hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(hex)
    } else {
        Err(Trouble::operator("the fingerprint is not a SHA-256 one")
            .hint("it has 64 hexadecimal digits, with or without colons; `ticketty mailbox check` shows the right one"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_read_with_the_ports_and_protection_that_are_usual() {
        let cases = [
            (
                "h.example",
                None,
                IMAP,
                Some(("h.example", 993, Security::Tls)),
            ),
            (
                "h.example",
                Some(SecurityArg::Starttls),
                IMAP,
                Some(("h.example", 143, Security::Starttls)),
            ),
            (
                "h.example:143",
                None,
                IMAP,
                Some(("h.example", 143, Security::Starttls)),
            ),
            (
                "h.example:1143",
                None,
                IMAP,
                Some(("h.example", 1143, Security::Tls)),
            ),
            (
                "127.0.0.1:1143",
                Some(SecurityArg::None),
                IMAP,
                Some(("127.0.0.1", 1143, Security::None)),
            ),
            ("[::1]:1143", None, IMAP, Some(("::1", 1143, Security::Tls))),
            ("[::1]", None, SMTP, Some(("::1", 465, Security::Tls))),
            ("::1", None, SMTP, Some(("::1", 465, Security::Tls))),
            (
                "h.example:25",
                None,
                SMTP,
                Some(("h.example", 25, Security::Starttls)),
            ),
            (
                "h.example:587",
                None,
                SMTP,
                Some(("h.example", 587, Security::Starttls)),
            ),
            ("h.example:", None, IMAP, None),
            ("h.example:70000", None, IMAP, None),
            ("h.example:0", None, IMAP, None),
            (":993", None, IMAP, None),
            ("imap://h.example", None, IMAP, None),
            ("a b", None, IMAP, None),
        ];
        for (given, security, ports, expected) in cases {
            let got = endpoint(given, security, ports).ok();
            let got = got
                .as_ref()
                .map(|at| (at.host.as_str(), at.port, at.security));
            assert_eq!(got, expected, "{given}");
        }
    }

    #[test]
    fn changing_the_protection_moves_the_usual_port_and_no_other() {
        let at = |port, security| Endpoint {
            host: "h".into(),
            port,
            security,
        };
        assert_eq!(
            with_security(&at(993, Security::Tls), SecurityArg::Starttls, IMAP),
            at(143, Security::Starttls)
        );
        assert_eq!(
            with_security(&at(1993, Security::Tls), SecurityArg::None, IMAP),
            at(1993, Security::None)
        );
    }

    #[test]
    fn fingerprints_are_taken_as_tools_print_them() {
        let colons = vec!["AB"; 32].join(":");
        assert_eq!(fingerprint(&colons).unwrap(), "ab".repeat(32));
        assert!(fingerprint("abcd").is_err());
    }
}
