//! Servers as people write them: `host`, `host:port`, with the ports and the protection that are usual.

use crate::domain::mailbox::{Endpoint, Security, Service};

use super::args::SecurityArg;

/// A server as it was given: `host`, `host:port`, `[::1]:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    host: String,
    port: Option<u16>,
}

/// # Errors
/// A sentence about how a server is written.
pub fn given(text: &str) -> Result<Given, String> {
    let wrong = || "write HOST:PORT, such as imap.example.com:993 or [::1]:1143".to_owned();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or_else(wrong)?;
            (host, rest.strip_prefix(':'))
        }
        None => match text.rsplit_once(':') {
            // More than one colon without brackets is an address without a port.
            Some((host, _)) if host.contains(':') => (text, None),
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let is_wrong = |c: char| c.is_whitespace() || c.is_control() || c == '/';
    if host.is_empty() || host.chars().any(is_wrong) {
        return Err(wrong());
    }
    let port: Option<u16> = port.map(str::parse).transpose().map_err(|_| wrong())?;
    if port == Some(0) {
        return Err(wrong());
    }
    Ok(Given {
        host: host.to_owned(),
        port,
    })
}

impl Given {
    /// The whole server: what was not said is as it is now, or usual.
    pub fn endpoint(
        &self,
        security: Option<SecurityArg>,
        service: Service,
        now: Option<&Endpoint>,
    ) -> Endpoint {
        let current = now.map_or(Security::Tls, |now| now.security);
        let security = security.map_or_else(
            || {
                self.port
                    .map_or(current, |port| service.proposed(port, current))
            },
            Into::into,
        );
        let kept = now.filter(|now| now.host == self.host && now.security == security);
        Endpoint {
            host: self.host.clone(),
            port: self
                .port
                .or(kept.map(|now| now.port))
                .unwrap_or_else(|| service.usual_port(security)),
            security,
        }
    }
}

/// Changes how a connection is protected, and the port with it where it was the usual one.
pub fn with_security(at: &Endpoint, security: SecurityArg, service: Service) -> Endpoint {
    service.protected(at, security.into())
}

/// # Errors
/// A sentence about how a fingerprint is written.
pub fn fingerprint(given: &str) -> Result<String, String> {
    let hex: String = given
        .chars()
        .filter(|c| !matches!(c, ':' | ' '))
        .collect::<String>()
        .to_lowercase();
    if hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(hex)
    } else {
        Err(
            "a SHA-256 fingerprint has 64 hexadecimal digits, with or without colons; \
             `ticketty mailbox check` shows the right one"
                .into(),
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::domain::mailbox::Service::{Imap, Submission};

    #[test]
    fn servers_are_read_with_the_ports_and_protection_that_are_usual() {
        let cases = [
            (
                "h.example",
                None,
                Imap,
                Some(("h.example", 993, Security::Tls)),
            ),
            (
                "h.example",
                Some(SecurityArg::Starttls),
                Imap,
                Some(("h.example", 143, Security::Starttls)),
            ),
            (
                "h.example:143",
                None,
                Imap,
                Some(("h.example", 143, Security::Starttls)),
            ),
            (
                "h.example:1143",
                None,
                Imap,
                Some(("h.example", 1143, Security::Tls)),
            ),
            (
                "127.0.0.1:1143",
                Some(SecurityArg::None),
                Imap,
                Some(("127.0.0.1", 1143, Security::None)),
            ),
            ("[::1]:1143", None, Imap, Some(("::1", 1143, Security::Tls))),
            ("[::1]", None, Submission, Some(("::1", 465, Security::Tls))),
            ("::1", None, Submission, Some(("::1", 465, Security::Tls))),
            (
                "h.example:25",
                None,
                Submission,
                Some(("h.example", 25, Security::Starttls)),
            ),
            (
                "h.example:587",
                None,
                Submission,
                Some(("h.example", 587, Security::Starttls)),
            ),
            ("h.example:", None, Imap, None),
            ("h.example:70000", None, Imap, None),
            ("h.example:0", None, Imap, None),
            (":993", None, Imap, None),
            ("imap://h.example", None, Imap, None),
            ("a b", None, Imap, None),
        ];
        for (text, security, service, expected) in cases {
            let got = given(text).map(|given| given.endpoint(security, service, None));
            let got = got.ok();
            let got = got
                .as_ref()
                .map(|at| (at.host.as_str(), at.port, at.security));
            assert_eq!(got, expected, "{text}");
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
            with_security(&at(993, Security::Tls), SecurityArg::Starttls, Imap),
            at(143, Security::Starttls)
        );
        assert_eq!(
            with_security(&at(1993, Security::Tls), SecurityArg::None, Imap),
            at(1993, Security::None)
        );
    }

    #[test]
    fn what_was_not_said_stays_as_it_is() {
        let at = |host: &str, port, security| Endpoint {
            host: host.into(),
            port,
            security,
        };
        let none = at("h", 2525, Security::None);
        let tls = at("h", 465, Security::Tls);
        for (text, now, expected) in [
            ("h:25", &none, at("h", 25, Security::None)),
            ("h:1025", &none, at("h", 1025, Security::None)),
            ("other", &none, at("other", 25, Security::None)),
            ("h", &none, at("h", 2525, Security::None)),
            ("h:465", &none, at("h", 465, Security::Tls)),
            ("h:25", &tls, at("h", 25, Security::Starttls)),
            ("h:587", &tls, at("h", 587, Security::Starttls)),
        ] {
            let got = given(text).unwrap().endpoint(None, Submission, Some(now));
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn fingerprints_are_taken_as_tools_print_them() {
        let colons = vec!["AB"; 32].join(":");
        assert_eq!(fingerprint(&colons).unwrap(), "ab".repeat(32));
        assert!(fingerprint("abcd").is_err());
    }
}
