//! What providers ask of the domains of their customers: where mail shall go, whom SPF shall include, and under
//! which selectors their DKIM keys usually stand. Facts as the providers publish them.

/// A provider that takes domains of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnDomain {
    pub name: &'static str,
    /// Ends of the names of its IMAP and SMTP servers, lower case.
    pub servers: &'static [&'static str],
    /// Ends of the names of its mail exchangers, lower case.
    pub mx_suffixes: &'static [&'static str],
    /// MX records; `*` stands for the domain with dashes in place of its dots.
    pub mx: &'static [&'static str],
    /// SPF includes, any one of which will do; the first is the one it asks for now.
    pub includes: &'static [&'static str],
    pub selectors: &'static [&'static str],
}

/// The provider behind a server.
pub fn by_server(host: &str) -> Option<&'static OwnDomain> {
    let host = host.trim_end_matches('.').to_lowercase();
    let ends = |suffix: &&str| {
        host.strip_suffix(*suffix)
            .is_some_and(|start| start.is_empty() || start.ends_with('.'))
    };
    OWN_DOMAINS
        .iter()
        .find(|provider| provider.servers.iter().any(ends))
}

impl OwnDomain {
    /// The MX records that this domain should have.
    pub fn mx_of(&self, domain: &str) -> Vec<String> {
        let dashed = domain.replace('.', "-");
        self.mx
            .iter()
            .map(|record| record.replace('*', &dashed))
            .collect()
    }
}

pub const OWN_DOMAINS: &[OwnDomain] = &[
    OwnDomain {
        name: "Google Workspace",
        servers: &["imap.gmail.com", "smtp.gmail.com", "smtp-relay.gmail.com"],
        mx_suffixes: &["google.com", "googlemail.com", "psmtp.com"],
        mx: &["1 smtp.google.com"],
        includes: &["_spf.google.com"],
        selectors: &["google"],
    },
    OwnDomain {
        name: "Microsoft 365",
        servers: &[
            "outlook.office365.com",
            "smtp.office365.com",
            "smtp-mail.outlook.com",
        ],
        mx_suffixes: &["mail.protection.outlook.com", "mx.microsoft"],
        mx: &["0 *.mail.protection.outlook.com"],
        includes: &["spf.protection.outlook.com"],
        selectors: &["selector1", "selector2"],
    },
    OwnDomain {
        name: "Fastmail",
        servers: &["fastmail.com", "messagingengine.com"],
        mx_suffixes: &["messagingengine.com"],
        mx: &[
            "10 in1-smtp.messagingengine.com",
            "20 in2-smtp.messagingengine.com",
        ],
        includes: &["spf.messagingengine.com"],
        selectors: &["fm1", "fm2", "fm3"],
    },
    OwnDomain {
        name: "Zoho (EU)",
        servers: &[
            "imap.zoho.eu",
            "smtp.zoho.eu",
            "imappro.zoho.eu",
            "smtppro.zoho.eu",
        ],
        mx_suffixes: &["zoho.eu"],
        mx: &["10 mx.zoho.eu", "20 mx2.zoho.eu", "50 mx3.zoho.eu"],
        includes: &["zoho.eu", "zohomail.eu"],
        selectors: &["zmail"],
    },
    OwnDomain {
        name: "Zoho",
        servers: &[
            "imap.zoho.com",
            "smtp.zoho.com",
            "imappro.zoho.com",
            "smtppro.zoho.com",
        ],
        mx_suffixes: &["zoho.com"],
        mx: &["10 mx.zoho.com", "20 mx2.zoho.com", "50 mx3.zoho.com"],
        includes: &["zohomail.com", "zoho.com"],
        selectors: &["zmail"],
    },
    OwnDomain {
        name: "Yandex",
        servers: &[
            "imap.yandex.com",
            "smtp.yandex.com",
            "imap.yandex.ru",
            "smtp.yandex.ru",
        ],
        mx_suffixes: &["yandex.net", "yandex.ru"],
        mx: &["10 mx.yandex.net"],
        includes: &["_spf.yandex.net"],
        selectors: &["mail"],
    },
    OwnDomain {
        name: "Mail.ru",
        servers: &["imap.mail.ru", "smtp.mail.ru"],
        mx_suffixes: &["mail.ru"],
        mx: &["10 emx.mail.ru"],
        includes: &["_spf.mail.ru"],
        selectors: &["mailru"],
    },
    OwnDomain {
        name: "iCloud",
        servers: &["imap.mail.me.com", "smtp.mail.me.com"],
        mx_suffixes: &["mail.icloud.com"],
        mx: &["10 mx01.mail.icloud.com", "10 mx02.mail.icloud.com"],
        includes: &["icloud.com"],
        selectors: &["sig1"],
    },
    OwnDomain {
        name: "mailbox.org",
        servers: &["imap.mailbox.org", "smtp.mailbox.org"],
        mx_suffixes: &["mailbox.org"],
        mx: &[
            "10 mxext1.mailbox.org",
            "10 mxext2.mailbox.org",
            "20 mxext3.mailbox.org",
        ],
        includes: &["mailbox.org"],
        selectors: &["mbo0001"],
    },
    OwnDomain {
        name: "Proton",
        servers: &["smtp.protonmail.ch", "imap.protonmail.ch"],
        mx_suffixes: &["protonmail.ch"],
        mx: &["10 mail.protonmail.ch", "20 mailsec.protonmail.ch"],
        includes: &["_spf.protonmail.ch"],
        selectors: &["protonmail"],
    },
];

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_server_leads_to_its_provider() {
        for (host, name) in [
            ("smtp.gmail.com", Some("Google Workspace")),
            ("SMTP.Office365.com.", Some("Microsoft 365")),
            ("smtp.zoho.eu", Some("Zoho (EU)")),
            ("smtp.fastmail.com", Some("Fastmail")),
            ("notfastmail.com", None),
            ("smtp.acme.test", None),
        ] {
            assert_eq!(
                by_server(host).map(|provider| provider.name),
                name,
                "{host}"
            );
        }
        let office = by_server("smtp.office365.com").unwrap();
        assert_eq!(
            office.mx_of("help.acme.test"),
            ["0 help-acme-test.mail.protection.outlook.com"]
        );
    }

    #[test]
    fn what_is_asked_for_is_what_belongs_there() {
        for provider in OWN_DOMAINS {
            for record in provider.mx_of("acme.test") {
                let host = record.split(' ').nth(1).unwrap();
                assert!(
                    provider
                        .mx_suffixes
                        .iter()
                        .any(|suffix| host.ends_with(suffix)),
                    "{record}"
                );
            }
            assert!(!provider.includes.is_empty(), "{}", provider.name);
        }
    }
}
