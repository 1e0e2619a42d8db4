use super::*;
use crate::domain::mailbox::SecretSource;

fn settings(address: &str, imap: (u16, Security), smtp: (u16, Security)) -> MailboxSettings {
    let endpoint = |(port, security)| Endpoint {
        host: "127.0.0.1".into(),
        port,
        security,
    };
    MailboxSettings::new(
        address,
        Incoming::Imap(endpoint(imap)),
        Outgoing::Smtp(endpoint(smtp)),
        SecretSource::File,
    )
}

fn usual(address: &str) -> MailboxSettings {
    settings(address, (993, Security::Tls), (465, Security::Tls))
}

/// Address, way, the server's words, what is said, and a part of the next step.
type Case = (
    &'static str,
    Doing,
    &'static str,
    &'static str,
    &'static str,
);

const FETCH: Doing = Doing::Fetching;
const SEND: Doing = Doing::Sending;

const CASES: &[Case] = &[
    (
        "a@gmail.com",
        FETCH,
        "[ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833",
        "wants an app password",
        "myaccount.google.com/apppasswords",
    ),
    (
        "a@gmail.com",
        FETCH,
        "[WEBALERT] Web login required.",
        "in a web browser first",
        "confirm that it was you",
    ),
    (
        "a@gmail.com",
        FETCH,
        "[ALERT] Your account is not enabled for IMAP use. IMAP access is disabled for your domain.",
        "IMAP is switched off for this account",
        "Forwarding and POP/IMAP",
    ),
    (
        "a@gmail.com",
        FETCH,
        "[AUTHENTICATIONFAILED] Invalid credentials (Failure)",
        "takes app passwords only",
        "without spaces",
    ),
    (
        "a@gmail.com",
        SEND,
        "535 5.7.8 Username and Password not accepted.",
        "takes app passwords only",
        "apppasswords",
    ),
    (
        "a@outlook.com",
        FETCH,
        "AUTHENTICATE failed.",
        "takes no passwords from mail programs",
        "OAuth2",
    ),
    (
        "a@outlook.com",
        FETCH,
        "User is authenticated but not connected.",
        "IMAP is switched off",
        "Manage email apps",
    ),
    (
        "a@acme.example",
        SEND,
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled",
        "switched off for this organisation",
        "Authenticated SMTP",
    ),
    (
        "a@acme.example",
        SEND,
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        "takes no passwords",
        "OAuth2",
    ),
    (
        "a@yahoo.com",
        FETCH,
        "[AUTHENTICATIONFAILED] LOGIN Invalid credentials",
        "wants an app password",
        "login.yahoo.com",
    ),
    (
        "a@aol.com",
        SEND,
        "535 5.7.0 (#AUTH005) Too many bad auth attempts; use an application-specific password",
        "wants an app password",
        "login.aol.com",
    ),
    (
        "a@icloud.com",
        FETCH,
        "[AUTHENTICATIONFAILED] Authentication Failed",
        "app-specific passwords",
        "account.apple.com",
    ),
    (
        "a@zoho.com",
        FETCH,
        "[ALERT] You are yet to enable IMAP for your account. Please contact your administrator",
        "IMAP is switched off",
        "IMAP Access",
    ),
    (
        "a@gmx.net",
        FETCH,
        "authentication credentials invalid",
        "IMAP is switched off",
        "POP3 & IMAP",
    ),
    (
        "a@ukr.net",
        FETCH,
        "[AUTHENTICATIONFAILED] Authentication failed.",
        "IMAP is switched off",
        "Management of IMAP access",
    ),
    (
        "a@mail.ru",
        FETCH,
        "[AUTHENTICATIONFAILED] NEOBHODIM parol prilozheniya / Application password is REQUIRED",
        "wants an app password",
        "account.mail.ru",
    ),
    (
        "a@acme.example",
        SEND,
        "553 5.7.1 <a@acme.example>: Sender address rejected: not owned by user anna",
        "only from its own address",
        "owner of the address",
    ),
];

#[test]
fn what_servers_say_is_told_as_cause_and_next_step() {
    for (address, doing, said, what, next) in CASES {
        let trouble = Trouble::operator("the mail server refused the login or the password")
            .because(said)
            .hint("check it");
        let told = explain(trouble, &usual(address), *doing);
        assert!(told.what.contains(what), "{said}: {told:?}");
        assert!(
            told.hint.as_ref().unwrap().contains(next),
            "{said}: {told:?}"
        );
        assert_eq!(
            told.cause.as_deref(),
            Some(*said),
            "the server's words stay"
        );
        assert_eq!(told.whose, Whose::Operator);
        assert!(!told.hint.unwrap().contains('{'), "{said}");
    }
}

#[test]
fn a_port_with_the_wrong_protection_is_named() {
    let plain = Trouble::operator("the server does not speak TLS on this port");
    let on_143 = settings("a@b.test", (143, Security::Tls), (587, Security::Tls));
    let told = explain(plain.clone(), &on_143, FETCH);
    assert_eq!(told.what, "port 143 speaks without TLS");
    assert_eq!(told.hint.as_deref(), Some("choose STARTTLS, or port 993"));
    let told = explain(plain, &on_143, SEND);
    assert_eq!(told.what, "port 587 speaks without TLS");
    assert_eq!(told.hint.as_deref(), Some("choose STARTTLS, or port 465"));
    let reverse = settings("a@b.test", (993, Security::None), (465, Security::Starttls));
    let silent = Trouble::network("the mail server sent no greeting");
    let told = explain(silent, &reverse, FETCH);
    assert_eq!(told.what, "port 993 wants TLS from the first byte");
    let silent =
        Trouble::network("the mail server was silent for 5 s while waiting for the greeting");
    let told = explain(silent, &reverse, SEND);
    assert_eq!(told.what, "port 465 wants TLS from the first byte");
}

#[test]
fn what_is_not_known_stays_as_it_is() {
    for trouble in [
        Trouble::operator("the mail server refused the login or the password")
            .because("NO go away"),
        Trouble::network("the mail server is busy").because("too many connections, login failed"),
        Trouble::server("the certificate expired").because("SHA-256 aa"),
        Trouble::network("the mail server sent no greeting"),
    ] {
        let told = explain(trouble.clone(), &usual("a@acme.example"), FETCH);
        assert_eq!(told, trouble);
    }
}

#[test]
fn every_row_names_providers_that_exist_and_is_short() {
    for row in TABLE {
        for name in row.of {
            assert!(providers::by_name(name).is_some(), "{name}");
        }
        assert!(row.says.iter().all(|words| *words == words.to_lowercase()));
        assert!(row.what.chars().count() <= 90, "{}", row.what);
    }
}
