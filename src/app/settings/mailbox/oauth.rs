//! Signing in with OAuth2 in the mailbox's form: who signs in, how it stands, and where the answer is pasted.

use jiff::Timestamp;

use super::value::MailboxValue;
use crate::app::settings::grammar::{Kind, Spec, field};
use crate::bridge::{AskId, Begun, Secret, SignIns};
use crate::domain::mailbox::{Incoming, SecretSource};
use crate::domain::oauth::Providers;

/// How the sign-in of this form stands.
#[derive(Debug, Clone, Default)]
pub struct SigningIn {
    /// Asked for under this number, and not answered yet.
    pub asked: Option<AskId>,
    pub begun: Option<Begun>,
    /// The address that was pasted. It holds a code, so it is never shown.
    pub pasted: Option<Secret>,
    /// When the access token ends, and whether it is renewed by itself.
    pub lasts: Option<(Timestamp, bool)>,
    /// The password of the sign-in that only sends, where one was typed.
    pub sending: Option<Secret>,
}

impl SigningIn {
    /// As if nothing had been begun; what was typed for sending stays.
    pub fn anew(&self) -> Self {
        Self {
            sending: self.sending.clone(),
            ..Self::default()
        }
    }
}

pub(super) const PROVIDER: Spec<MailboxValue> = field(
    "oauth-provider",
    "  provider",
    "google, microsoft, or a name under [oauth.NAME] in config.toml; i signs in.",
    |v: &MailboxValue| match &v.settings.secret {
        SecretSource::Oauth(provider) => provider.clone(),
        _ => String::new(),
    },
    |v, typed| {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err("a provider is missing, such as google or microsoft".into());
        }
        if v.signs_in() {
            v.sign_in_from(SecretSource::Oauth(typed.to_owned()));
        }
        Ok(())
    },
)
.note(|v| Some(state(v)))
.when(MailboxValue::signs_in);

pub(super) const PASTED: Spec<MailboxValue> = field(
    "oauth-answer",
    "  paste here",
    "The address of the last page, where the browser cannot open it; Enter sends.",
    |v: &MailboxValue| {
        v.signing_in
            .pasted
            .as_ref()
            .map_or_else(String::new, |pasted| pasted.expose().to_owned())
    },
    |v, typed| {
        let typed = typed.trim();
        v.signing_in.pasted = (!typed.is_empty()).then(|| Secret::new(typed));
        Ok(())
    },
)
.kind(Kind::Secret)
.when(|v| v.signs_in() && v.signing_in.begun.is_some());

pub(super) const TOKEN_COMMAND: Spec<MailboxValue> = field(
    "token-command",
    "  command",
    "A command whose first line of output is an access token: mutt_oauth2.py FILE.",
    |v: &MailboxValue| match &v.settings.secret {
        SecretSource::TokenCommand(command) => command.clone(),
        _ => String::new(),
    },
    |v, typed| {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err("a command is missing, such as mutt_oauth2.py FILE".into());
        }
        if shell_words::split(typed).is_err() {
            return Err("a quote is opened and not closed".into());
        }
        if matches!(v.settings.secret, SecretSource::TokenCommand(_)) {
            v.settings.secret = SecretSource::TokenCommand(typed.to_owned());
        }
        Ok(())
    },
)
.when(|v| v.is_filled() && matches!(v.settings.secret, SecretSource::TokenCommand(_)));

impl MailboxValue {
    /// A provider that takes no password is signed in to as it wants, unless somebody has chosen or typed already.
    pub(super) fn propose_sign_in(&mut self) {
        let is_untouched =
            self.settings.secret == SecretSource::File && self.password.expose().is_empty();
        if let (
            SignIns {
                password: false,
                oauth: Some(provider),
            },
            true,
        ) = (&self.found.sign_ins, is_untouched)
        {
            self.settings.secret = SecretSource::Oauth(provider.clone());
        }
    }

    /// Another way to sign in. Tokens of the old way are none of the new one.
    pub(super) fn sign_in_from(&mut self, source: SecretSource) {
        if source != self.settings.secret && self.signing_in.lasts.is_some() {
            self.password = Secret::new("");
            self.signing_in = self.signing_in.anew();
        }
        self.settings.secret = source;
    }
}

/// The provider that the mail server belongs to.
pub(super) fn proposed(value: &MailboxValue) -> String {
    match &value.settings.incoming {
        Incoming::Imap(endpoint) => Providers::of_host(&endpoint.host).unwrap_or_default(),
        _ => "",
    }
    .to_owned()
}

fn state(value: &MailboxValue) -> String {
    let signing_in = &value.signing_in;
    match (&signing_in.lasts, &signing_in.begun) {
        (Some((until, renews)), _) => {
            let until = until.strftime("%-d %b %Y %H:%M UTC");
            match renews {
                true => format!("signed in; valid until {until}, and renewed by itself"),
                false => format!("signed in; valid until {until}"),
            }
        }
        (None, Some(_)) => {
            "waiting for the browser; Y copies its address, paste the last one below".into()
        }
        (None, None) if signing_in.asked.is_some() => "asking the provider …".into(),
        (None, None) if value.is_new() => "not signed in yet; i signs in".into(),
        (None, None) => "i signs in again".into(),
    }
}
