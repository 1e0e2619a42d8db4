//! The first part of a mailbox's settings: who it is and where its servers are, in the order of the form.

use std::path::PathBuf;

use super::more::{read_first, set_first};
use super::presets;
use super::value::{self, MailboxValue};
use crate::app::settings::grammar::{Kind, Options, Spec, field, name, pair};
use crate::bridge::Secret;
use crate::domain::headers::address::Address;
use crate::domain::mailbox::{Incoming, LONGEST_MAILBOX_NAME, SecretSource, Security};

type Value = MailboxValue;

/// The connection: what everybody sees.
pub(super) const CONNECTION: &[Spec<MailboxValue>] = &[
    field(
        "address",
        "Address",
        "The address your customers write to.",
        |v: &Value| v.settings.address.clone(),
        set_address,
    ),
    field(
        "provider",
        "Provider",
        "Fills in the servers; Space goes on, Enter shows them all.",
        |v: &Value| v.provider.clone(),
        |v, typed| {
            v.set_provider(typed);
            Ok(())
        },
    )
    .choosing(providers)
    .note(|v| v.because.clone())
    .when(|v| v.is_filled() && v.is_new() && !v.is_forwarded()),
    field(
        "name",
        "Name",
        "The short name in lists and queries, at most 40 characters.",
        |v: &Value| v.settings.name.clone(),
        |v, typed| {
            v.settings.name = name(typed, LONGEST_MAILBOX_NAME)?;
            Ok(())
        },
    )
    .when(Value::is_filled),
    field(
        "display-name",
        "Customers see",
        "The name beside the address in answers, such as Acme Support; may be empty.",
        |v: &Value| v.settings.display_name.clone(),
        |v, typed| {
            v.settings.display_name = typed.trim().to_owned();
            Ok(())
        },
    )
    .when(Value::is_filled),
    field(
        "login",
        "Login",
        "The name the servers know; nearly always the address.",
        |v: &Value| v.settings.login.clone(),
        set_login,
    )
    .when(|v| v.is_filled() && v.settings.secret != SecretSource::None),
    field(
        "password-from",
        "Password",
        "Kept in a file only you can read, from a command, or asked at every start.",
        read_source,
        set_source,
    )
    .choosing(|_| {
        vec![
            pair("file", "kept here"),
            pair("command", "from a command"),
            pair("ask", "asked at start"),
            pair("none", "none needed"),
        ]
    })
    .when(|v| v.is_filled() && !v.hangs_on_others()),
    field(
        "password",
        "  typed",
        "What you type is never shown, and never logged.",
        |v: &Value| v.password.expose().to_owned(),
        set_password,
    )
    .kind(Kind::Secret)
    .note(|v| v.password_hint.clone())
    .when(Value::wants_password),
    field(
        "password-command",
        "  command",
        "A command whose first line of output is the password: pass show mail.",
        read_command,
        set_command,
    )
    .when(|v| v.is_filled() && matches!(v.settings.secret, SecretSource::Command(_))),
    field(
        "incoming",
        "Incoming",
        "The IMAP server with its port, such as imap.example.com:993.",
        |v: &Value| value::shown(&v.imap),
        |v, typed| {
            let endpoint = value::endpoint(typed, true, &v.imap)?;
            v.set_imap(endpoint);
            Ok(())
        },
    )
    .when(Value::has_imap),
    field(
        "incoming-protection",
        "  protected by",
        "TLS from the first byte is best; another one proposes its usual port.",
        |v: &Value| read_security(v.imap.security),
        |v, typed| {
            let endpoint = value::protect(&v.imap, true, security(typed)?);
            v.set_imap(endpoint);
            Ok(())
        },
    )
    .choosing(securities)
    .note(|v| unprotected(v.imap.security))
    .when(Value::has_imap),
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
        |v: &Value| value::shown(&v.smtp),
        |v, typed| {
            let endpoint = value::endpoint(typed, false, &v.smtp)?;
            v.set_smtp(endpoint);
            Ok(())
        },
    )
    .when(Value::has_smtp),
    field(
        "outgoing-protection",
        "  protected by",
        "TLS from the first byte is best; another one proposes its usual port.",
        |v: &Value| read_security(v.smtp.security),
        |v, typed| {
            let endpoint = value::protect(&v.smtp, false, security(typed)?);
            v.set_smtp(endpoint);
            Ok(())
        },
    )
    .choosing(securities)
    .note(|v| unprotected(v.smtp.security))
    .when(Value::has_smtp),
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
        "first-sync",
        "First mail",
        "How far back mail is fetched the first time; later mail always comes.",
        read_first,
        set_first,
    )
    .choosing(|_| {
        vec![
            pair("day", "of the last day"),
            pair("week", "of the last week"),
            pair("month", "of the last month"),
            pair("three-months", "of the last 3 months"),
            pair("year", "of the last year"),
            pair("all", "all there is"),
        ]
    })
    .when(|v| v.is_filled() && !v.is_forwarded()),
];

pub(super) fn yes(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.to_owned()
}

fn set_address(value: &mut Value, typed: &str) -> Result<(), String> {
    if typed.trim().is_empty() {
        return Err("an address is missing, such as support@example.com".into());
    }
    let address = Address::parse(typed)
        .map_err(|trouble| trouble.to_string())?
        .address;
    if value.settings.login == value.settings.address {
        value.settings.login.clone_from(&address);
    }
    value.settings.address = address;
    Ok(())
}

fn set_login(value: &mut Value, typed: &str) -> Result<(), String> {
    let login = typed.trim();
    if login.is_empty() {
        return Err("a login is missing; it is nearly always the address".into());
    }
    login.clone_into(&mut value.settings.login);
    Ok(())
}

fn providers(value: &Value) -> Options {
    let mut options: Options = presets::PRESETS
        .iter()
        .map(|preset| pair(preset.name, preset.name))
        .collect();
    let is_known = options.iter().any(|(name, _)| *name == value.provider);
    if !is_known && value.provider != presets::OTHER {
        options.insert(0, pair(&value.provider, &value.provider));
    }
    options.push(pair(presets::OTHER, presets::OTHER));
    options
}

fn read_source(value: &Value) -> String {
    match value.settings.secret {
        SecretSource::File => "file",
        SecretSource::Command(_) => "command",
        SecretSource::Ask => "ask",
        SecretSource::None => "none",
    }
    .to_owned()
}

fn set_source(value: &mut Value, typed: &str) -> Result<(), String> {
    value.settings.secret = match typed {
        "command" => SecretSource::Command(read_command(value)),
        "ask" => SecretSource::Ask,
        "none" => SecretSource::None,
        _ => SecretSource::File,
    };
    Ok(())
}

fn set_password(value: &mut Value, typed: &str) -> Result<(), String> {
    let is_missing = typed.is_empty() && value.is_new() && value.wants_password();
    value.password = Secret::new(typed);
    if is_missing {
        return Err("a password is missing".into());
    }
    Ok(())
}

fn read_command(value: &Value) -> String {
    match &value.settings.secret {
        SecretSource::Command(command) => command.clone(),
        _ => String::new(),
    }
}

fn set_command(value: &mut Value, typed: &str) -> Result<(), String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err("a command is missing, such as pass show mail/support".into());
    }
    if shell_words::split(typed).is_err() {
        return Err("a quote is opened and not closed".into());
    }
    if matches!(value.settings.secret, SecretSource::Command(_)) {
        value.settings.secret = SecretSource::Command(typed.to_owned());
    }
    Ok(())
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

pub(super) fn path(typed: &str) -> Result<PathBuf, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err("a path is missing".into());
    }
    if typed.starts_with('~') || !typed.starts_with('/') {
        return Err("write the whole path, from / on".into());
    }
    Ok(PathBuf::from(typed))
}
