//! The advanced face of the form: the servers themselves, their protection, and which certificates are trusted. The
//! standard face shows them as one quiet line.

use super::fields::path;
use super::sections::{Section, heading};
use super::typed;
use super::value::MailboxValue;
use crate::app::settings::grammar::{Kind, Options, Spec, field, pair};
use crate::domain::mailbox::{Endpoint, Incoming, Outgoing, Security, Service};

type Value = MailboxValue;

pub(super) const SERVERS: &[Spec<MailboxValue>] = &[
    heading!(
        Section::Servers,
        "servers",
        "Servers",
        "Advanced: hosts, ports, protection, certificates; a shows and hides them."
    )
    .note(quiet_line),
    field(
        "incoming",
        "Incoming",
        "The IMAP server with its port, such as imap.example.com:993.",
        |v: &Value| typed::shown(&v.imap),
        |v, words| {
            let endpoint = typed::endpoint(words, Service::Imap, &v.imap)?;
            v.choose_imap(endpoint);
            Ok(())
        },
    )
    .when(shows_imap),
    field(
        "incoming-protection",
        "  protected by",
        "TLS from the first byte is best; another one proposes its usual port.",
        |v: &Value| read_security(v.imap.security),
        |v, typed| {
            let endpoint = Service::Imap.protected(&v.imap, security(typed)?);
            v.choose_imap(endpoint);
            Ok(())
        },
    )
    .choosing(securities)
    .note(|v| unprotected(v.imap.security))
    .when(shows_imap),
    field(
        "incoming-path",
        "Maildir",
        "The directory that holds cur, new and tmp; it is read and never changed.",
        Value::incoming_path,
        |v, typed| {
            let path = path(typed)?;
            if matches!(v.settings.incoming, Incoming::Maildir(_)) {
                v.settings.incoming = Incoming::Maildir(path);
            }
            Ok(())
        },
    )
    .kind(Kind::Path)
    .when(|v| v.is_filled() && v.incoming_kind() == "maildir"),
    field(
        "outgoing",
        "Outgoing",
        "The SMTP server with its port, such as smtp.example.com:465.",
        |v: &Value| typed::shown(&v.smtp),
        |v, words| {
            let endpoint = typed::endpoint(words, Service::Submission, &v.smtp)?;
            v.choose_smtp(endpoint);
            Ok(())
        },
    )
    .when(shows_smtp),
    field(
        "outgoing-protection",
        "  protected by",
        "TLS from the first byte is best; another one proposes its usual port.",
        |v: &Value| read_security(v.smtp.security),
        |v, typed| {
            let endpoint = Service::Submission.protected(&v.smtp, security(typed)?);
            v.choose_smtp(endpoint);
            Ok(())
        },
    )
    .choosing(securities)
    .note(|v| unprotected(v.smtp.security))
    .when(shows_smtp),
    field(
        "outgoing-path",
        "Goes to",
        "The sendmail program, or the directory that gets one file an answer.",
        Value::outgoing_path,
        |v, typed| {
            let path = path(typed)?;
            v.set_outgoing_path(path);
            Ok(())
        },
    )
    .kind(Kind::Path)
    .when(|v| v.is_filled() && matches!(v.outgoing_kind(), "sendmail" | "folder")),
    field(
        "incoming-kind",
        "Mail comes from",
        "A server, or a directory of this machine.",
        |v: &Value| v.incoming_kind().to_owned(),
        |v, typed| {
            v.set_incoming_kind(typed);
            Ok(())
        },
    )
    .choosing(|v| {
        let mut kinds = vec![
            pair("imap", "an IMAP server"),
            pair("maildir", "a Maildir here"),
        ];
        if !v.others.is_empty() {
            kinds.push(pair("forwarded", "another mailbox"));
        }
        kinds
    })
    .when(|v| v.shows(Section::Servers)),
    field(
        "outgoing-kind",
        "Answers go to",
        "A server, a sendmail program, files in a directory, or nowhere.",
        |v: &Value| v.outgoing_kind().to_owned(),
        |v, typed| {
            v.set_outgoing_kind(typed);
            Ok(())
        },
    )
    .choosing(|v| {
        let mut kinds = vec![
            pair("smtp", "an SMTP server"),
            pair("sendmail", "a sendmail program"),
            pair("folder", "files in a directory"),
            pair("off", "nowhere"),
        ];
        if !v.others.is_empty() {
            kinds.push(pair("through", "another mailbox's server"));
        }
        kinds
    })
    .when(|v| v.shows(Section::Servers)),
    field(
        "ca-file",
        "CA file",
        "A PEM file with authorities that are trusted besides those of this machine.",
        |v: &Value| {
            v.settings
                .trust
                .ca_file
                .as_ref()
                .map_or_else(String::new, |path| path.display().to_string())
        },
        |v, typed| {
            v.settings.trust.ca_file = match typed.trim() {
                "" => None,
                typed => Some(path(typed)?),
            };
            Ok(())
        },
    )
    .kind(Kind::Path)
    .when(|v| v.shows(Section::Servers)),
    field(
        "fingerprint",
        "Certificate",
        "SHA-256 of the one certificate to accept; empty trusts the authorities.",
        |v: &Value| v.settings.trust.fingerprint.clone().unwrap_or_default(),
        set_fingerprint,
    )
    .when(|v| v.shows(Section::Servers)),
];

fn shows_imap(value: &Value) -> bool {
    value.shows(Section::Servers) && value.has_imap()
}

fn shows_smtp(value: &Value) -> bool {
    value.shows(Section::Servers) && value.has_smtp()
}

/// Both servers in one line, while the section is folded.
fn quiet_line(value: &Value) -> Option<String> {
    if value.shows(Section::Servers) {
        return None;
    }
    if value.found.is_looking {
        return Some("looking for them …".to_owned());
    }
    let incoming = match &value.settings.incoming {
        Incoming::Imap(at) => place(at),
        Incoming::Maildir(path) => path.display().to_string(),
        Incoming::Forwarded(_) => "redirected to another mailbox".to_owned(),
    };
    let outgoing = match &value.settings.outgoing {
        Outgoing::Smtp(at) => place(at),
        Outgoing::Sendmail(path) | Outgoing::Folder(path) => path.display().to_string(),
        Outgoing::Through(_) => "through another mailbox".to_owned(),
        Outgoing::Off => "no sending".to_owned(),
    };
    Some(format!("{incoming} · {outgoing}"))
}

fn place(at: &Endpoint) -> String {
    let protection = match at.security {
        Security::Tls => "TLS",
        Security::Starttls => "STARTTLS",
        Security::None => "unprotected",
    };
    format!("{} {protection}", typed::shown(at))
}

fn read_security(security: Security) -> String {
    match security {
        Security::Tls => "tls",
        Security::Starttls => "starttls",
        Security::None => "none",
    }
    .to_owned()
}

fn security(typed: &str) -> Result<Security, String> {
    match typed {
        "tls" => Ok(Security::Tls),
        "starttls" => Ok(Security::Starttls),
        "none" => Ok(Security::None),
        _ => Err("choose TLS, STARTTLS or nothing".into()),
    }
}

fn securities(_: &Value) -> Options {
    vec![
        pair("tls", "TLS"),
        pair("starttls", "STARTTLS"),
        pair("none", "nothing"),
    ]
}

fn unprotected(security: Security) -> Option<String> {
    (security == Security::None)
        .then(|| "anybody on the way can read the mail and the password".to_owned())
}

fn set_fingerprint(value: &mut Value, typed: &str) -> Result<(), String> {
    let hex: String = typed
        .chars()
        .filter(|c| !matches!(c, ':' | ' '))
        .collect::<String>()
        .to_lowercase();
    if hex.is_empty() {
        value.settings.trust.fingerprint = None;
        return Ok(());
    }
    if let Some(c) = hex.chars().find(|c| !c.is_ascii_hexdigit()) {
        return Err(format!("“{}” is not a hex digit", c.escape_default()));
    }
    if hex.len() != 64 {
        return Err(format!("{} of 64 hex digits", hex.len()));
    }
    value.settings.trust.fingerprint = Some(hex);
    Ok(())
}
