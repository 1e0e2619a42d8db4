//! Ports and protection, and what each says about the other.

use super::{Endpoint, Security};

/// What a server is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Reading mail.
    Imap,
    /// Sending mail.
    Submission,
}

impl Service {
    /// The usual port of IMAP (RFC 8314 §3.2) or of submission (§3.3; RFC 6409 §3.1) with this protection.
    pub fn usual_port(self, security: Security) -> u16 {
        match (self, security) {
            (Self::Imap, Security::Tls) => 993,
            (Self::Imap, Security::Starttls | Security::None) => 143,
            (Self::Submission, Security::Tls) => 465,
            (Self::Submission, Security::Starttls) => 587,
            (Self::Submission, Security::None) => 25,
        }
    }

    /// The protection that a port proposes where `now` is what there is; a port of one's own proposes nothing else.
    /// No port ever proposes to have none.
    pub fn proposed(self, port: u16, now: Security) -> Security {
        let upgrades = match self {
            Self::Imap => port == 143,
            Self::Submission => matches!(port, 25 | 587),
        };
        if port == self.usual_port(Security::Tls) {
            Security::Tls
        } else if upgrades && now == Security::Tls {
            Security::Starttls
        } else {
            now
        }
    }

    /// The server with another protection, and with the port that is usual for it, unless a port of one's own was
    /// chosen.
    pub fn protected(self, at: &Endpoint, security: Security) -> Endpoint {
        let port = if at.port == self.usual_port(at.security) {
            self.usual_port(security)
        } else {
            at.port
        };
        Endpoint {
            host: at.host.clone(),
            port,
            security,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::Security::{None, Starttls, Tls};
    use super::Service::{Imap, Submission};
    use super::*;

    #[test]
    fn another_protection_proposes_its_usual_port_and_leaves_others_alone() {
        for (service, port, from, to, expected) in [
            (Imap, 993, Tls, Starttls, 143),
            (Imap, 143, Starttls, Tls, 993),
            (Imap, 143, None, Tls, 993),
            (Imap, 1993, Tls, None, 1993),
            (Submission, 465, Tls, Starttls, 587),
            (Submission, 587, Starttls, None, 25),
            (Submission, 25, None, Tls, 465),
            (Submission, 2525, Starttls, Tls, 2525),
        ] {
            let at = Endpoint {
                host: "h.test".into(),
                port,
                security: from,
            };
            let got = service.protected(&at, to);
            assert_eq!(
                (got.port, got.security),
                (expected, to),
                "{service:?} {port}"
            );
        }
    }

    #[test]
    fn a_usual_port_proposes_its_protection_and_never_none() {
        for (service, port, now, expected) in [
            (Imap, 993, Starttls, Tls),
            (Imap, 993, None, Tls),
            (Imap, 143, Tls, Starttls),
            (Imap, 143, None, None),
            (Imap, 1143, Tls, Tls),
            (Submission, 465, None, Tls),
            (Submission, 587, Tls, Starttls),
            (Submission, 25, Tls, Starttls),
            (Submission, 25, Starttls, Starttls),
            (Submission, 25, None, None),
            (Submission, 993, Tls, Tls),
        ] {
            assert_eq!(
                service.proposed(port, now),
                expected,
                "{service:?} {port} {now:?}"
            );
        }
    }
}
