//! A sign-in of its own for sending, where the SMTP server knows somebody else.

use super::sections::Section;
use super::value::MailboxValue;
use crate::app::settings::grammar::{Kind, Spec, field, pair};
use crate::bridge::Secret;
use crate::domain::mailbox::{SecretSource, SendingSignIn};

type Value = MailboxValue;

pub(super) const SENDING: &[Spec<MailboxValue>] = &[
    field(
        "sending-sign-in",
        "SMTP sign-in",
        "As the incoming server, or with a login and password of its own.",
        read_source,
        set_source,
    )
    .choosing(|_| {
        vec![
            pair("same", "as the incoming server"),
            pair("file", "its own, kept here"),
            pair("command", "its own, from a command"),
            pair("token-command", "its own, a token from a command"),
            pair("none", "none needed"),
        ]
    })
    .when(|v| v.shows(Section::Servers) && v.has_smtp()),
    field(
        "sending-login",
        "  login",
        "The name that the SMTP server knows.",
        |v: &Value| own(v).map_or_else(String::new, |own| own.login.clone()),
        |v, typed| {
            let login = typed.trim();
            if login.is_empty() {
                return Err("a login is missing".into());
            }
            if let Some(own) = &mut v.settings.sending_sign_in {
                login.clone_into(&mut own.login);
            }
            Ok(())
        },
    )
    .when(|v| shows_own(v, |secret| *secret != SecretSource::None)),
    field(
        "sending-password",
        "  typed",
        "Never shown, never logged; kept when you save, and c tries it after that.",
        |v: &Value| {
            let typed = v.signing_in.sending.as_ref();
            typed.map_or_else(String::new, |typed| typed.expose().to_owned())
        },
        |v, typed| {
            v.signing_in.sending = (!typed.is_empty()).then(|| Secret::new(typed));
            Ok(())
        },
    )
    .kind(Kind::Secret)
    .when(|v| shows_own(v, |secret| *secret == SecretSource::File)),
    field(
        "sending-command",
        "  command",
        "A command whose first line of output is the password, or the token.",
        |v: &Value| match own(v).map(|own| &own.secret) {
            Some(SecretSource::Command(command) | SecretSource::TokenCommand(command)) => {
                command.clone()
            }
            _ => String::new(),
        },
        set_command,
    )
    .when(|v| {
        shows_own(v, |secret| {
            matches!(
                secret,
                SecretSource::Command(_) | SecretSource::TokenCommand(_)
            )
        })
    }),
];

impl MailboxValue {
    /// What is kept for sending once the settings are saved.
    pub fn sending_secret(&self) -> Option<Secret> {
        let keeps = own(self).is_some_and(|own| own.secret == SecretSource::File);
        self.signing_in.sending.clone().filter(|_| keeps)
    }
}

fn own(value: &Value) -> Option<&SendingSignIn> {
    value.settings.sending_sign_in.as_ref()
}

fn shows_own(value: &Value, takes: fn(&SecretSource) -> bool) -> bool {
    value.shows(Section::Servers)
        && value.has_smtp()
        && own(value).is_some_and(|own| takes(&own.secret))
}

fn read_source(value: &Value) -> String {
    match own(value).map(|own| &own.secret) {
        None => "same",
        Some(SecretSource::Command(_)) => "command",
        Some(SecretSource::TokenCommand(_)) => "token-command",
        Some(SecretSource::None) => "none",
        Some(SecretSource::File | SecretSource::Ask | SecretSource::Oauth(_)) => "file",
    }
    .to_owned()
}

fn set_source(value: &mut Value, typed: &str) -> Result<(), String> {
    if typed == read_source(value) {
        return Ok(());
    }
    let login = own(value).map_or_else(|| value.settings.login.clone(), |own| own.login.clone());
    let secret = match typed {
        "file" => SecretSource::File,
        "command" => SecretSource::Command(String::new()),
        "token-command" => SecretSource::TokenCommand(String::new()),
        "none" => SecretSource::None,
        _ => {
            value.settings.sending_sign_in = None;
            return Ok(());
        }
    };
    value.settings.sending_sign_in = Some(SendingSignIn { login, secret });
    Ok(())
}

fn set_command(value: &mut Value, typed: &str) -> Result<(), String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err("a command is missing, such as pass show mail/smtp".into());
    }
    if shell_words::split(typed).is_err() {
        return Err("a quote is opened and not closed".into());
    }
    if let Some(SendingSignIn {
        secret: SecretSource::Command(kept) | SecretSource::TokenCommand(kept),
        ..
    }) = &mut value.settings.sending_sign_in
    {
        typed.clone_into(kept);
    }
    Ok(())
}
