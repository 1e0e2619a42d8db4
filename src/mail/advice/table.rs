//! The words of servers, and ours for them. The first row that fits counts, so what is special stands first.

use super::Doing;

/// One thing that servers say.
pub(super) struct Row {
    /// Names of providers in their table; empty for all.
    pub of: &'static [&'static str],
    /// `None` for both ways.
    pub when: Option<Doing>,
    /// Any of these, in lower case, within the server's words.
    pub says: &'static [&'static str],
    pub what: &'static str,
    /// `{made at}` becomes the place where the provider makes app passwords.
    pub next: &'static str,
}

const GOOGLE: &[&str] = &["Gmail", "Google Workspace"];
const MICROSOFT: &[&str] = &["Outlook.com", "Office 365"];
const YAHOO: &[&str] = &["Yahoo", "AOL"];
const GMX: &[&str] = &["GMX", "GMX international"];

/// What a refused sign-in has in common everywhere.
const REFUSED: &[&str] = &[
    "authenticationfailed",
    "authentication failed",
    "authentication failure",
    "authentication error",
    "authentication credentials invalid",
    "authenticate failed",
    "login failed",
    "logon failure",
    "invalid credentials",
    "invalid login",
    "incorrect password",
    "username and password not accepted",
    "535",
];

const WANTS_APP_PASSWORD: &str = "this provider wants an app password";
const IMAP_IS_OFF: &str = "IMAP is switched off for this account";
const NO_PASSWORDS: &str = "this provider takes no passwords from mail programs any more";
const BY_OAUTH: &str = "choose OAuth2 as the way to sign in";

pub(super) const TABLE: &[Row] = &[
    Row {
        of: &[],
        when: None,
        says: &[
            "application-specific password",
            "application specific password",
            "invalidsecondfactor",
            "app password is required",
            "application password is required",
            "parol prilozheniya",
            "app-specific password",
        ],
        what: WANTS_APP_PASSWORD,
        next: "make one at {made at} and enter it as the password",
    },
    Row {
        of: &[],
        when: None,
        says: &[
            "web login required",
            "webloginrequired",
            "log in via your web browser",
        ],
        what: "the provider wants to see you in a web browser first",
        next: "sign in to the account in a browser and confirm that it was you, then check again; an app password from \
               {made at} avoids it",
    },
    Row {
        of: &[],
        when: Some(Doing::Fetching),
        says: &["you are yet to enable imap"],
        what: IMAP_IS_OFF,
        next: "Zoho Mail → Settings → Mail Accounts → IMAP → IMAP Access; in an organisation its administrator allows it",
    },
    Row {
        of: MICROSOFT,
        when: Some(Doing::Fetching),
        says: &[
            "authenticated but not connected",
            "imap is disabled",
            "imap access is disabled",
        ],
        what: IMAP_IS_OFF,
        next: "Microsoft 365 admin center → Users → Active users → the user → Mail → Manage email apps → IMAP",
    },
    Row {
        of: GMX,
        when: Some(Doing::Fetching),
        says: &[
            "imap access is disabled",
            "imap is disabled",
            "not enabled",
            "not activated",
        ],
        what: IMAP_IS_OFF,
        next: "GMX → E-Mail → Settings → POP3 & IMAP → allow access by POP3 and IMAP",
    },
    Row {
        of: &["UKR.NET"],
        when: Some(Doing::Fetching),
        says: &[
            "imap access is disabled",
            "imap is disabled",
            "not enabled",
            "not allowed",
        ],
        what: IMAP_IS_OFF,
        next: "UKR.NET → Settings → Security → Management of IMAP access; it gives a password for mail programs, too",
    },
    Row {
        of: &["Mail.ru"],
        when: Some(Doing::Fetching),
        says: &[
            "imap access is disabled",
            "imap is disabled",
            "not enabled",
            "not allowed",
        ],
        what: IMAP_IS_OFF,
        next: "Mail.ru → Security → Passwords for external applications → access by IMAP",
    },
    Row {
        of: &["Yandex"],
        when: Some(Doing::Fetching),
        says: &["imap is disabled", "imap access is disabled"],
        what: "IMAP is switched off for this account, or the password is not one for mail programs",
        next: "Yandex Mail → Settings → Email clients → from the server imap.yandex.com; then make a password at {made at}",
    },
    Row {
        of: &[],
        when: Some(Doing::Fetching),
        says: &[
            "imap access is disabled",
            "imap access disabled",
            "not enabled for imap",
            "imap is disabled",
        ],
        what: IMAP_IS_OFF,
        next: "Gmail: Settings → Forwarding and POP/IMAP → Enable IMAP; elsewhere look for IMAP in the mailbox's settings \
               on the web, or ask the administrator",
    },
    Row {
        of: &[],
        when: Some(Doing::Sending),
        says: &["smtpclientauthentication is disabled"],
        what: "sending with a mail program is switched off for this organisation",
        next: "Microsoft 365 admin center → Users → Active users → the user → Mail → Manage email apps → Authenticated \
               SMTP; then choose OAuth2 as the way to sign in",
    },
    Row {
        of: &[],
        when: None,
        says: &[
            "5.7.139",
            "basicauthblocked",
            "basic authentication is disabled",
        ],
        what: NO_PASSWORDS,
        next: BY_OAUTH,
    },
    Row {
        of: MICROSOFT,
        when: None,
        says: REFUSED,
        what: NO_PASSWORDS,
        next: BY_OAUTH,
    },
    Row {
        of: &[],
        when: None,
        says: &[
            "account is locked",
            "account has been locked",
            "account is blocked",
            "account suspended",
        ],
        what: "the provider has locked this account",
        next: "sign in to it in a web browser and follow what it asks, then check again",
    },
    Row {
        of: GMX,
        when: None,
        says: REFUSED,
        what: "the login or the password is wrong, or IMAP is switched off for this account",
        next: "GMX → E-Mail → Settings → POP3 & IMAP must be on; with two-step sign-in make an app password at {made at}",
    },
    Row {
        of: &["UKR.NET"],
        when: None,
        says: REFUSED,
        what: "the password is not the one for mail programs, or IMAP is switched off for this account",
        next: "UKR.NET → Settings → Security → Management of IMAP access: switch it on and take the password it shows",
    },
    Row {
        of: &["Mail.ru"],
        when: None,
        says: REFUSED,
        what: WANTS_APP_PASSWORD,
        next: "make one at {made at}; access by IMAP and SMTP is chosen there, too",
    },
    Row {
        of: &["iCloud"],
        when: None,
        says: REFUSED,
        what: "Apple takes only app-specific passwords here",
        next: "make one at {made at}; the login is the iCloud address",
    },
    Row {
        of: YAHOO,
        when: None,
        says: REFUSED,
        what: WANTS_APP_PASSWORD,
        next: "make one at {made at} (Generate app password) and enter it as the password",
    },
    Row {
        of: GOOGLE,
        when: None,
        says: REFUSED,
        what: "Google refused the password; it takes app passwords only",
        next: "make one at {made at} (it needs two-step sign-in) and enter it without spaces",
    },
    Row {
        of: &["Fastmail", "Zoho", "Yandex", "mailbox.org"],
        when: None,
        says: REFUSED,
        what: "the login or the password is wrong, or the provider wants an app password",
        next: "make an app password at {made at}",
    },
    Row {
        of: &["Proton Bridge"],
        when: None,
        says: REFUSED,
        what: "Proton takes the password of its Bridge, not that of the account",
        next: "it stands in {made at}",
    },
    Row {
        of: &[],
        when: Some(Doing::Sending),
        says: &["not owned by", "sendasdenied", "5.7.60"],
        what: "the server lets this login send only from its own address",
        next: "sign in as the owner of the address, or have its administrator allow the login to send as it",
    },
];
