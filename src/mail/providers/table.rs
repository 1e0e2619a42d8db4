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

const ZOHO_FOLDERS: &[&str] = &["what is sent by SMTP appears in Sent by itself"];
const ZOHO_QUIRKS: &[&str] = &[
    "IMAP has to be switched on in the settings, under Mail Accounts",
    "accounts live in the region where they were made; the servers of other regions end in .in, .com.au or .jp",
];

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
        oauth: Some("google"),
        copies_sent_itself: true,
        folders: &[
            "labels appear as folders, so one mail can stand in several of them; it becomes one ticket",
            "[Gmail]/All Mail holds everything; leave it out unless INBOX is skipped by filters",
            "the folders below [Gmail] are named in the language of the account",
        ],
        quirks: &[
            "app passwords exist only with two-step sign-in switched on",
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
        oauth: Some("google"),
        copies_sent_itself: true,
        folders: &[
            "labels appear as folders, so one mail can stand in several of them; it becomes one ticket",
            "[Gmail]/All Mail holds everything; leave it out unless INBOX is skipped by filters",
            "the folders below [Gmail] are named in the language of the account",
        ],
        quirks: &["the organisation's administrator can forbid IMAP and app passwords"],
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
        oauth: Some("microsoft"),
        copies_sent_itself: true,
        folders: &[
            "what is sent by SMTP appears in Sent Items by itself",
            "Focused and Other are one INBOX",
        ],
        quirks: &["IMAP has to be switched on in the settings, under Mail, Forwarding and IMAP"],
    },
    Provider {
        name: "Office 365",
        domains: &[],
        mx_suffixes: &["mail.protection.outlook.com"],
        imap: tls("outlook.office365.com", 993),
        smtp: starttls("smtp.office365.com", 587),
        password: Password::OauthOnly,
        oauth: Some("microsoft"),
        copies_sent_itself: true,
        folders: &[
            "what is sent by SMTP appears in Sent Items by itself",
            "a shared mailbox is reached by its own address as the login",
        ],
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
        oauth: None,
        copies_sent_itself: false,
        folders: &["junk is called Bulk"],
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
        oauth: None,
        copies_sent_itself: false,
        folders: &["junk is called Spam or Bulk"],
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
        oauth: None,
        copies_sent_itself: false,
        folders: &["what was sent stands in Sent Messages, what was deleted in Deleted Messages"],
        quirks: &[
            "the IMAP login is usually the part before the @; the SMTP login is the whole address",
        ],
    },
    Provider {
        name: "Zoho",
        domains: &["zoho.com", "zohomail.com"],
        mx_suffixes: &[],
        imap: tls("imap.zoho.com", 993),
        smtp: tls("smtp.zoho.com", 465),
        password: Password::AppWithTwoSteps {
            made_at: "https://accounts.zoho.com/home#security/app_password",
        },
        oauth: None,
        copies_sent_itself: true,
        folders: ZOHO_FOLDERS,
        quirks: ZOHO_QUIRKS,
    },
    Provider {
        name: "Zoho Workplace",
        domains: &[],
        mx_suffixes: &["zoho.com"],
        imap: tls("imappro.zoho.com", 993),
        smtp: tls("smtppro.zoho.com", 465),
        password: Password::AppWithTwoSteps {
            made_at: "https://accounts.zoho.com/home#security/app_password",
        },
        oauth: None,
        copies_sent_itself: true,
        folders: ZOHO_FOLDERS,
        quirks: ZOHO_QUIRKS,
    },
    Provider {
        name: "Zoho Europe",
        domains: &["zoho.eu", "zohomail.eu"],
        mx_suffixes: &[],
        imap: tls("imap.zoho.eu", 993),
        smtp: tls("smtp.zoho.eu", 465),
        password: Password::AppWithTwoSteps {
            made_at: "https://accounts.zoho.eu/home#security/app_password",
        },
        oauth: None,
        copies_sent_itself: true,
        folders: ZOHO_FOLDERS,
        quirks: ZOHO_QUIRKS,
    },
    Provider {
        name: "Zoho Workplace Europe",
        domains: &[],
        mx_suffixes: &["zoho.eu"],
        imap: tls("imappro.zoho.eu", 993),
        smtp: tls("smtppro.zoho.eu", 465),
        password: Password::AppWithTwoSteps {
            made_at: "https://accounts.zoho.eu/home#security/app_password",
        },
        oauth: None,
        copies_sent_itself: true,
        folders: ZOHO_FOLDERS,
        quirks: ZOHO_QUIRKS,
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
        oauth: None,
        copies_sent_itself: false,
        folders: &[
            "folders and labels are one setting of the account; with labels a mail can stand in several folders",
        ],
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
        oauth: None,
        copies_sent_itself: false,
        folders: &["folders have German names, such as Gesendet and Spamverdacht"],
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
        oauth: None,
        copies_sent_itself: false,
        folders: &[],
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
        oauth: None,
        copies_sent_itself: false,
        folders: &[
            "folders have Russian names; letters that Mail.ru sorts into Newsletters or Social are not in INBOX",
        ],
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
        oauth: None,
        copies_sent_itself: false,
        folders: &["folders have Ukrainian names"],
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
        oauth: None,
        copies_sent_itself: true,
        folders: &[
            "All Mail shows every mail a second time; leave it out",
            "labels stand below Labels, folders below Folders",
        ],
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
        oauth: None,
        copies_sent_itself: false,
        folders: &[],
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
        oauth: None,
        copies_sent_itself: false,
        folders: &["folders can be switched off for mail programs, each in the settings"],
        quirks: &["IMAP has to be switched on in the settings, under Email clients"],
    },
];
