//! The table of providers as a person meets it: every one is found by its address, without asking anybody.

use ticketty::domain::mailbox::{Endpoint, Security};
use ticketty::mail::providers::{self, PROVIDERS, Password, Provider};

/// What a person gets who has an address there, or a domain whose mail that host takes.
struct Fixture {
    name: &'static str,
    by: &'static str,
    imap: &'static str,
    smtp: &'static str,
    sign_in: &'static str,
    /// What the hint about the password tells.
    made_at: &'static str,
}

const ALL: &[Fixture] = &[
    Fixture {
        name: "Gmail",
        by: "anna@gmail.com",
        imap: "imap.gmail.com:993 tls",
        smtp: "smtp.gmail.com:465 tls",
        sign_in: "app password, google",
        made_at: "myaccount.google.com/apppasswords",
    },
    Fixture {
        name: "Google Workspace",
        by: "aspmx.l.google.com",
        imap: "imap.gmail.com:993 tls",
        smtp: "smtp.gmail.com:465 tls",
        sign_in: "app password, google",
        made_at: "myaccount.google.com/apppasswords",
    },
    Fixture {
        name: "Outlook.com",
        by: "anna@hotmail.com",
        imap: "outlook.office365.com:993 tls",
        smtp: "smtp-mail.outlook.com:587 starttls",
        sign_in: "microsoft",
        made_at: "OAuth2",
    },
    Fixture {
        name: "Office 365",
        by: "acme.mail.protection.outlook.com",
        imap: "outlook.office365.com:993 tls",
        smtp: "smtp.office365.com:587 starttls",
        sign_in: "microsoft",
        made_at: "OAuth2",
    },
    Fixture {
        name: "Yahoo",
        by: "anna@yahoo.com",
        imap: "imap.mail.yahoo.com:993 tls",
        smtp: "smtp.mail.yahoo.com:465 tls",
        sign_in: "app password",
        made_at: "login.yahoo.com",
    },
    Fixture {
        name: "AOL",
        by: "anna@aol.com",
        imap: "imap.aol.com:993 tls",
        smtp: "smtp.aol.com:465 tls",
        sign_in: "app password",
        made_at: "login.aol.com",
    },
    Fixture {
        name: "iCloud",
        by: "anna@icloud.com",
        imap: "imap.mail.me.com:993 tls",
        smtp: "smtp.mail.me.com:587 starttls",
        sign_in: "app password",
        made_at: "account.apple.com",
    },
    Fixture {
        name: "Zoho",
        by: "anna@zoho.com",
        imap: "imap.zoho.com:993 tls",
        smtp: "smtp.zoho.com:465 tls",
        sign_in: "password or app password",
        made_at: "accounts.zoho.com",
    },
    Fixture {
        name: "Zoho Workplace",
        by: "mx2.zoho.com",
        imap: "imappro.zoho.com:993 tls",
        smtp: "smtppro.zoho.com:465 tls",
        sign_in: "password or app password",
        made_at: "accounts.zoho.com",
    },
    Fixture {
        name: "Zoho Europe",
        by: "anna@zohomail.eu",
        imap: "imap.zoho.eu:993 tls",
        smtp: "smtp.zoho.eu:465 tls",
        sign_in: "password or app password",
        made_at: "accounts.zoho.eu",
    },
    Fixture {
        name: "Zoho Workplace Europe",
        by: "mx.zoho.eu",
        imap: "imappro.zoho.eu:993 tls",
        smtp: "smtppro.zoho.eu:465 tls",
        sign_in: "password or app password",
        made_at: "accounts.zoho.eu",
    },
    Fixture {
        name: "Fastmail",
        by: "anna@fastmail.com",
        imap: "imap.fastmail.com:993 tls",
        smtp: "smtp.fastmail.com:465 tls",
        sign_in: "app password",
        made_at: "app.fastmail.com",
    },
    Fixture {
        name: "GMX",
        by: "anna@gmx.de",
        imap: "imap.gmx.net:993 tls",
        smtp: "mail.gmx.net:465 tls",
        sign_in: "password or app password",
        made_at: "www.gmx.net",
    },
    Fixture {
        name: "GMX international",
        by: "anna@gmx.com",
        imap: "imap.gmx.com:993 tls",
        smtp: "mail.gmx.com:465 tls",
        sign_in: "password or app password",
        made_at: "www.gmx.com",
    },
    Fixture {
        name: "Mail.ru",
        by: "anna@mail.ru",
        imap: "imap.mail.ru:993 tls",
        smtp: "smtp.mail.ru:465 tls",
        sign_in: "app password",
        made_at: "account.mail.ru",
    },
    Fixture {
        name: "UKR.NET",
        by: "anna@ukr.net",
        imap: "imap.ukr.net:993 tls",
        smtp: "smtp.ukr.net:465 tls",
        sign_in: "app password",
        made_at: "mail.ukr.net",
    },
    Fixture {
        name: "Proton Bridge",
        by: "anna@proton.me",
        imap: "127.0.0.1:1143 starttls",
        smtp: "127.0.0.1:1025 starttls",
        sign_in: "app password",
        made_at: "Bridge on this machine",
    },
    Fixture {
        name: "mailbox.org",
        by: "anna@mailbox.org",
        imap: "imap.mailbox.org:993 tls",
        smtp: "smtp.mailbox.org:465 tls",
        sign_in: "password or app password",
        made_at: "login.mailbox.org",
    },
    Fixture {
        name: "Yandex",
        by: "anna@yandex.com",
        imap: "imap.yandex.com:993 tls",
        smtp: "smtp.yandex.com:465 tls",
        sign_in: "app password",
        made_at: "id.yandex.com",
    },
];

fn shown(at: Endpoint) -> String {
    let protection = match at.security {
        Security::Tls => "tls",
        Security::Starttls => "starttls",
        Security::None => "none",
    };
    format!("{}:{} {protection}", at.host, at.port)
}

fn sign_in(provider: &Provider) -> String {
    let password = match provider.password {
        Password::Own => Some("password"),
        Password::App { .. } => Some("app password"),
        Password::AppWithTwoSteps { .. } => Some("password or app password"),
        Password::OauthOnly => None,
    };
    let ways: Vec<&str> = password.into_iter().chain(provider.oauth).collect();
    ways.join(", ")
}

#[test]
fn every_provider_is_found_with_its_servers_and_its_ways_to_sign_in() {
    let names: Vec<&str> = PROVIDERS.iter().map(|provider| provider.name).collect();
    let told: Vec<&str> = ALL.iter().map(|fixture| fixture.name).collect();
    assert_eq!(names, told, "a provider without a fixture");
    for fixture in ALL {
        let name = fixture.name;
        let found = providers::by_domain(fixture.by).or_else(|| providers::by_mx(fixture.by));
        let found = found.unwrap_or_else(|| panic!("{} is not known", fixture.by));
        assert_eq!(found.name, name);
        assert_eq!(shown(found.imap.endpoint()), fixture.imap, "{name}");
        assert_eq!(shown(found.smtp.endpoint()), fixture.smtp, "{name}");
        assert_eq!(sign_in(found), fixture.sign_in, "{name}");
        let hint = found.password.hint().unwrap_or_default();
        assert!(hint.contains(fixture.made_at), "{name}: {hint}");
    }
}

#[test]
fn what_is_unusual_about_folders_is_told() {
    for (name, words) in [
        ("Gmail", "[Gmail]/All Mail"),
        ("Office 365", "Sent Items"),
        ("iCloud", "Sent Messages"),
        ("GMX", "Gesendet"),
        ("Proton Bridge", "All Mail"),
    ] {
        let folders = providers::by_name(name).unwrap().folders.join("; ");
        assert!(folders.contains(words), "{name}: {folders}");
    }
    let keeps = |name: &str| providers::by_name(name).unwrap().copies_sent_itself;
    assert!(keeps("Google Workspace") && keeps("Office 365"));
    assert!(!keeps("Fastmail") && !keeps("mailbox.org"));
}
