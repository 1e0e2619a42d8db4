//! The standard face of a mailbox's form: who it is and how one signs in, in the order of the form.

use std::path::PathBuf;

use super::fetching::{first_options, read_first, set_first};
use super::found::OTHER;
use super::oauth;
use super::value::MailboxValue;
use crate::app::settings::grammar::{Kind, Options, Spec, field, name, pair};
use crate::bridge::Secret;
use crate::domain::headers::address::Address;
use crate::domain::mailbox::{LONGEST_MAILBOX_NAME, SecretSource};

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
        "Fills in the servers; Space goes on, Enter shows them all, v says who said so.",
        |v: &Value| v.found.provider.clone(),
        |v, typed| {
            v.set_provider(typed);
            Ok(())
        },
    )
    .choosing(providers)
    .note(|v| v.found.because.clone())
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
            pair("oauth", "OAuth2"),
            pair("token-command", "a token from a command"),
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
    .note(|v| v.found.password_hint.clone())
    .when(Value::wants_password),
    field(
        "password-command",
        "  command",
        "A command whose first line of output is the password: pass show mail.",
        read_command,
        set_command,
    )
    .when(|v| v.is_filled() && matches!(v.settings.secret, SecretSource::Command(_))),
    oauth::PROVIDER,
    oauth::PASTED,
    oauth::TOKEN_COMMAND,
    field(
        "first-sync",
        "First mail",
        "How far back mail is fetched the first time; later mail always comes.",
        read_first,
        set_first,
    )
    .choosing(first_options)
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
    let mut options: Options = value
        .found
        .all
        .iter()
        .map(|provider| pair(&provider.name, &provider.name))
        .collect();
    let is_known = options
        .iter()
        .any(|(name, _)| *name == value.found.provider);
    if !is_known && value.found.provider != OTHER {
        options.insert(0, pair(&value.found.provider, &value.found.provider));
    }
    options.push(pair(OTHER, OTHER));
    options
}

fn read_source(value: &Value) -> String {
    match value.settings.secret {
        SecretSource::File => "file",
        SecretSource::Command(_) => "command",
        SecretSource::Ask => "ask",
        SecretSource::Oauth(_) => "oauth",
        SecretSource::TokenCommand(_) => "token-command",
        SecretSource::None => "none",
    }
    .to_owned()
}

fn set_source(value: &mut Value, typed: &str) -> Result<(), String> {
    if typed == read_source(value) {
        return Ok(());
    }
    value.sign_in_from(match typed {
        "command" => SecretSource::Command(read_command(value)),
        "oauth" => SecretSource::Oauth(oauth::proposed(value)),
        "token-command" => SecretSource::TokenCommand(String::new()),
        "ask" => SecretSource::Ask,
        "none" => SecretSource::None,
        _ => SecretSource::File,
    });
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
