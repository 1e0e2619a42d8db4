//! The table of providers. One entry each; facts as the providers publish them.

use super::{Password, Provider, Server};
use crate::domain::mailbox::Security;

const fn tls(host: &'static str, port: u16) -> Server {
    Server {
        host,
        port,
        security: Security::Tls,
    }
}

const fn starttls(host: &'static str, port: u16) -> Server {
    Server {
        host,
        port,
        security: Security::Starttls,
    }
}

const GOOGLE_APP_PASSWORDS: &str = "https://myaccount.google.com/apppasswords";

/// All providers, the most used first.
pub const PROVIDERS: &[Provider] = &[
    Provider {
        name: "Gmail",
        domains: &["gmail.com", "googlemail.com"],
        mx_suffixes: &["gmail-smtp-in.l.google.com"],
        imap: tls("imap.gmail.com", 993),
        smtp: tls("smtp.gmail.com", 465),
        password: Password::App {
            made_at: GOOGLE_APP_PASSWORDS,
        },
        copies_sent_itself: true,
        quirks: &[
            "app passwords exist only with two-step sign-in switched on",
            "labels appear as folders, so one mail can stand in several of them",
            "at most 500 recipients a day",
        ],
    },
    Provider {
        name: "Google Workspace",
        domains: &[],
        mx_suffixes: &["google.com", "googlemail.com", "psmtp.com"],
        imap: tls("imap.gmail.com", 993),
        smtp: tls("smtp.gmail.com", 465),
        password: Password::App {
            made_at: GOOGLE_APP_PASSWORDS,
        },
        copies_sent_itself: true,
        quirks: &[
            "the organisation's administrator can forbid IMAP and app passwords",
            "labels appear as folders, so one mail can stand in several of them",
        ],
    },
    Provider {
        name: "Outlook.com",
        domains: &[
            "outlook.com",
            "hotmail.com",
            "live.com",
            "msn.com",
            "outlook.de",
            "hotmail.co.uk",
        ],
        mx_suffixes: &["olc.protection.outlook.com"],
        imap: tls("outlook.office365.com", 993),
        smtp: starttls("smtp-mail.outlook.com", 587),
        password: Password::OauthOnly,
        copies_sent_itself: true,
        quirks: &["IMAP has to be switched on in the settings, under Mail, Forwarding and IMAP"],
    },
    Provider {
        name: "Office 365",
        domains: &[],
        mx_suffixes: &["mail.protection.outlook.com"],
        imap: tls("outlook.office365.com", 993),
        smtp: starttls("smtp.office365.com", 587),
        password: Password::OauthOnly,
        copies_sent_itself: true,
        quirks: &[
            "the Message-ID of sent mail may be rewritten",
            "at most 30 mails a minute, and three connections at a time",
            "the administrator has to allow authenticated SMTP for the mailbox",
        ],
    },
    Provider {
        name: "Yahoo",
        domains: &[
            "yahoo.com",
            "yahoo.co.uk",
            "yahoo.de",
            "yahoo.fr",
            "yahoo.it",
            "ymail.com",
            "rocketmail.com",
        ],
        mx_suffixes: &["yahoodns.net"],
        imap: tls("imap.mail.yahoo.com", 993),
        smtp: tls("smtp.mail.yahoo.com", 465),
        password: Password::App {
            made_at: "https://login.yahoo.com/account/security",
        },
        copies_sent_itself: false,
        quirks: &[],
    },
    Provider {
        name: "AOL",
        domains: &["aol.com", "aim.com"],
        mx_suffixes: &["mx-aol.mail.gm0.yahoodns.net"],
        imap: tls("imap.aol.com", 993),
        smtp: tls("smtp.aol.com", 465),
        password: Password::App {
            made_at: "https://login.aol.com/account/security",
        },
        copies_sent_itself: false,
        quirks: &[],
    },
    Provider {
        name: "iCloud",
        domains: &["icloud.com", "me.com", "mac.com"],
        mx_suffixes: &["mail.icloud.com"],
        imap: tls("imap.mail.me.com", 993),
        smtp: starttls("smtp.mail.me.com", 587),
        password: Password::App {
            made_at: "https://account.apple.com, Sign-In and Security, App-Specific Passwords",
        },
        copies_sent_itself: false,
        quirks: &[
            "the IMAP login is usually the part before the @; the SMTP login is the whole address",
        ],
    },
    Provider {
        name: "Zoho",
        domains: &["zoho.com", "zohomail.com", "zoho.eu", "zohomail.eu"],
        mx_suffixes: &["zoho.com", "zoho.eu", "zoho.in"],
        imap: tls("imap.zoho.com", 993),
        smtp: tls("smtp.zoho.com", 465),
        password: Password::AppWithTwoSteps {
            made_at: "https://accounts.zoho.com/home#security/app_password",
        },
        copies_sent_itself: true,
        quirks: &[
            "IMAP has to be switched on in the settings, under Mail Accounts",
            "domains of one's own use imappro.zoho.com and smtppro.zoho.com; accounts in Europe end in .eu",
        ],
    },
    Provider {
        name: "Fastmail",
        domains: &[
            "fastmail.com",
            "fastmail.fm",
            "messagingengine.com",
            "sent.com",
        ],
        mx_suffixes: &["messagingengine.com"],
        imap: tls("imap.fastmail.com", 993),
        smtp: tls("smtp.fastmail.com", 465),
        password: Password::App {
            made_at: "https://app.fastmail.com/settings/security/apps",
        },
        copies_sent_itself: false,
        quirks: &[],
    },
    Provider {
        name: "GMX",
        domains: &["gmx.net", "gmx.de", "gmx.at", "gmx.ch"],
        mx_suffixes: &["gmx.net"],
        imap: tls("imap.gmx.net", 993),
        smtp: tls("mail.gmx.net", 465),
        password: Password::AppWithTwoSteps {
            made_at: "https://www.gmx.net, My account, Security",
        },
        copies_sent_itself: false,
        quirks: &["IMAP has to be switched on in the settings, under POP3 and IMAP"],
    },
    Provider {
        name: "GMX international",
        domains: &["gmx.com", "gmx.us", "gmx.co.uk"],
        mx_suffixes: &[],
        imap: tls("imap.gmx.com", 993),
        smtp: tls("mail.gmx.com", 465),
        password: Password::AppWithTwoSteps {
            made_at: "https://www.gmx.com, My account, Security",
        },
        copies_sent_itself: false,
        quirks: &["IMAP has to be switched on in the settings, under POP3 and IMAP"],
    },
    Provider {
        name: "Mail.ru",
        domains: &["mail.ru", "inbox.ru", "bk.ru", "list.ru", "internet.ru"],
        mx_suffixes: &["mail.ru"],
        imap: tls("imap.mail.ru", 993),
        smtp: tls("smtp.mail.ru", 465),
        password: Password::App {
            made_at: "https://account.mail.ru/user/2-step-auth/passwords",
        },
        copies_sent_itself: false,
        quirks: &[],
    },
    Provider {
        name: "UKR.NET",
        domains: &["ukr.net"],
        mx_suffixes: &["ukr.net"],
        imap: tls("imap.ukr.net", 993),
        smtp: tls("smtp.ukr.net", 465),
        password: Password::App {
            made_at: "https://mail.ukr.net, Settings, Security, Management of IMAP access",
        },
        copies_sent_itself: false,
        quirks: &["IMAP has to be switched on in the settings first"],
    },
    Provider {
        name: "Proton Bridge",
        domains: &["proton.me", "protonmail.com", "protonmail.ch", "pm.me"],
        mx_suffixes: &["protonmail.ch"],
        imap: starttls("127.0.0.1", 1143),
        smtp: starttls("127.0.0.1", 1025),
        password: Password::App {
            made_at: "Proton Mail Bridge on this machine, Mailbox details",
        },
        copies_sent_itself: true,
        quirks: &[
            "needs Proton Mail Bridge, running on this machine, and a paid plan",
            "the Bridge makes its own certificate: accept its fingerprint, or export it and name it as the CA file",
        ],
    },
    Provider {
        name: "mailbox.org",
        domains: &["mailbox.org"],
        mx_suffixes: &["mailbox.org"],
        imap: tls("imap.mailbox.org", 993),
        smtp: tls("smtp.mailbox.org", 465),
        password: Password::AppWithTwoSteps {
            made_at: "https://login.mailbox.org, Security, Application passwords",
        },
        copies_sent_itself: false,
        quirks: &[],
    },
    Provider {
        name: "Yandex",
        domains: &["yandex.ru", "yandex.com", "ya.ru", "yandex.by", "yandex.kz"],
        mx_suffixes: &["yandex.net", "yandex.ru"],
        imap: tls("imap.yandex.com", 993),
        smtp: tls("smtp.yandex.com", 465),
        password: Password::App {
            made_at: "https://id.yandex.com/security/app-passwords",
        },
        copies_sent_itself: false,
        quirks: &["IMAP has to be switched on in the settings, under Email clients"],
    },
];
