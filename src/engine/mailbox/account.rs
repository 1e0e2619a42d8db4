//! A mailbox as its connections need it, whether it is saved already or only being tried out.
//!
//! Worker, delivery, checks and round trips all connect through here, so that what was tried is what is used.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::{collected, connect};
use crate::config::secrets::SecretOf;
use crate::domain::delivery::{Phase, Setback};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Endpoint, Mailbox, MailboxSettings, Outgoing, SecretSource};
use crate::domain::trouble::{Trouble, Whose};
use crate::engine::core::{Engine, blocking};
use crate::engine::signing_in::tokens;
use crate::engine::workers::Trial;
use crate::mail::Means;
use crate::mail::advice::{self, Doing};
use crate::mail::imap::{FailureKind, ImapFailure, ImapSession, Limits, Watching};
use crate::mail::link::WireLog;
use crate::mail::smtp::SignIn;
use crate::mail::transport::{Courier, Transport};

/// Settings, and where their secret comes from.
#[derive(Debug, Clone)]
pub struct Account {
    /// `None` before it is saved.
    pub id: Option<MailboxId>,
    pub settings: MailboxSettings,
    /// Typed just now; otherwise the stored one counts.
    secret: Option<SecretString>,
    /// Where the protocols are written to, without secrets and without mail.
    pub incoming_log: Option<WireLog>,
    pub outgoing_log: Option<WireLog>,
}

impl Account {
    /// What is to be tried out.
    pub fn of(trial: Trial) -> Self {
        Self::tried(trial.mailbox, trial.settings, trial.secret)
    }

    /// A mailbox of the store, with its stored secret.
    pub fn saved(mailbox: &Mailbox) -> Self {
        Self::tried(Some(mailbox.id), mailbox.settings.clone(), None)
    }

    /// Settings that need not be saved. Without a secret, the stored one of `id` counts.
    pub fn tried(
        id: Option<MailboxId>,
        settings: MailboxSettings,
        secret: Option<SecretString>,
    ) -> Self {
        Self {
            id,
            settings,
            secret,
            incoming_log: None,
            outgoing_log: None,
        }
    }

    /// What signs in for fetching. `refused` is a token that the server has just refused.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn fetching_sign_in(
        &self,
        engine: &Engine,
        refused: Option<&SecretString>,
    ) -> Result<SignIn, Trouble> {
        let of = SecretOf::fetching(self.number());
        let typed = self.secret.as_ref();
        let password = secret(engine, of, &self.settings.secret, typed, refused).await?;
        Ok(SignIn {
            login: self.settings.login.clone(),
            means: means(&self.settings.secret),
            password,
        })
    }

    /// A mailbox that is not saved yet can have its password from a command only.
    fn number(&self) -> MailboxId {
        self.id.unwrap_or(MailboxId(0))
    }

    /// A signed-in connection for reading.
    ///
    /// # Errors
    /// A missing password counts as a refused sign-in: it is the operator's move.
    pub async fn sign_in(
        &self,
        engine: &Engine,
        endpoint: &Endpoint,
    ) -> Result<ImapSession, ImapFailure> {
        let limits = connect::limits(engine.settings.max_message_bytes);
        self.sign_in_watched(engine, endpoint, limits, &|_| {})
            .await
    }

    /// The same within these limits, telling how far it has come.
    ///
    /// # Errors
    /// As [`Self::sign_in`].
    pub async fn sign_in_watched(
        &self,
        engine: &Engine,
        endpoint: &Endpoint,
        limits: Limits,
        watching: Watching<'_>,
    ) -> Result<ImapSession, ImapFailure> {
        let failure = |failure: ImapFailure| ImapFailure {
            trouble: advice::explain(failure.trouble, &self.settings, Doing::Fetching),
            ..failure
        };
        let sign_in = self
            .fetching_sign_in(engine, None)
            .await
            .map_err(without_secret)?;
        let renews = self.renews(&sign_in);
        let refused = sign_in.password.clone();
        let connect = |sign_in: SignIn| {
            let access = connect::access(&self.settings, endpoint, sign_in);
            let log = self.incoming_log.clone();
            async move { ImapSession::connect_watched(&access, limits, log, watching).await }
        };
        let first = match connect(sign_in).await {
            Err(first) if first.kind == FailureKind::SignInRefused && renews => first,
            ended => return ended.map_err(failure),
        };
        // The provider may have revoked it before its time: one renewal shows whether the sign-in still holds.
        let again = self
            .fetching_sign_in(engine, Some(&refused))
            .await
            .map_err(without_secret)?;
        if same(&again.password, &refused) {
            return Err(failure(first));
        }
        connect(again).await.map_err(failure)
    }

    /// Whether another token can be had by itself: a typed one is all there is.
    fn renews(&self, sign_in: &SignIn) -> bool {
        sign_in.means == Means::Token && self.secret.is_none()
    }

    /// What signs in for sending; `None` where no sign-in is set.
    ///
    /// # Errors
    /// Why there is no secret.
    pub async fn sending_sign_in(&self, engine: &Engine) -> Result<Option<SignIn>, Setback> {
        self.sending_sign_in_but(engine, None).await
    }

    async fn sending_sign_in_but(
        &self,
        engine: &Engine,
        refused: Option<&SecretString>,
    ) -> Result<Option<SignIn>, Setback> {
        let setback = |trouble| Setback::new(Phase::SignIn, trouble);
        let Some(own) = &self.settings.sending_sign_in else {
            if self.settings.secret == SecretSource::None {
                return Ok(None);
            }
            let sign_in = self.fetching_sign_in(engine, refused).await;
            return sign_in.map(Some).map_err(setback);
        };
        if own.secret == SecretSource::None {
            return Ok(None);
        }
        let of = SecretOf::sending(self.number());
        let password = secret(engine, of, &own.secret, None, refused)
            .await
            .map_err(setback)?;
        Ok(Some(SignIn {
            login: own.login.clone(),
            means: means(&own.secret),
            password,
        }))
    }

    /// The account by whose server this one sends: itself, if it has a way out of its own.
    ///
    /// # Errors
    /// The other mailbox was removed, is off, or cannot send itself.
    pub async fn carrier(&self, engine: &Arc<Engine>) -> Result<Self, Trouble> {
        if !matches!(self.settings.outgoing, Outgoing::Through(_)) {
            return Ok(self.clone());
        }
        let carrier = collected::carrier(engine, &self.as_mailbox()).await?;
        Ok(Self {
            incoming_log: self.incoming_log.clone(),
            outgoing_log: self.outgoing_log.clone(),
            ..Self::saved(&carrier)
        })
    }

    /// As a mailbox, so that what is asked about saved ones can be asked about it.
    pub fn as_mailbox(&self) -> Mailbox {
        Mailbox {
            id: self.number(),
            settings: self.settings.clone(),
            enabled: true,
            removed: false,
            connected_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    /// The way out, signed in.
    ///
    /// # Errors
    /// What failed and whose move it is; nothing was sent.
    pub async fn open_sending(&self, engine: &Arc<Engine>) -> Result<Courier, Setback> {
        let carrier = self
            .carrier(engine)
            .await
            .map_err(|trouble| Setback::new(Phase::Connect, trouble))?;
        carrier.open_own(engine).await
    }

    async fn open_own(&self, engine: &Engine) -> Result<Courier, Setback> {
        let sign_in = self.sending_sign_in(engine).await?;
        let opened = self.open_as(sign_in.clone()).await;
        let (Err(setback), Some(sign_in)) = (&opened, &sign_in) else {
            return opened;
        };
        let was_refused = setback.phase == Phase::SignIn
            && setback.trouble.whose == Whose::Operator
            && self.renews(sign_in);
        if !was_refused {
            return opened;
        }
        let again = self
            .sending_sign_in_but(engine, Some(&sign_in.password))
            .await?;
        match again {
            Some(again) if !same(&again.password, &sign_in.password) => {
                self.open_as(Some(again)).await
            }
            _ => opened,
        }
    }

    async fn open_as(&self, sign_in: Option<SignIn>) -> Result<Courier, Setback> {
        let mut transport = Transport::of(&self.settings, sign_in);
        if let Transport::Smtp(account) = &mut transport {
            account.log.clone_from(&self.outgoing_log);
        }
        transport
            .open()
            .await
            .map_err(|setback| self.explained(setback))
    }

    /// A setback of sending in the words for this provider.
    pub fn explained(&self, setback: Setback) -> Setback {
        Setback {
            trouble: advice::explain(setback.trouble, &self.settings, Doing::Sending),
            ..setback
        }
    }
}

fn means(source: &SecretSource) -> Means {
    match source {
        SecretSource::Oauth(_) | SecretSource::TokenCommand(_) => Means::Token,
        _ => Means::Password,
    }
}

fn same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}

/// A password, or a token that is fresh.
async fn secret(
    engine: &Engine,
    of: SecretOf,
    source: &SecretSource,
    typed: Option<&SecretString>,
    refused: Option<&SecretString>,
) -> Result<SecretString, Trouble> {
    match (source, typed) {
        (SecretSource::Oauth(_), Some(typed)) => tokens::typed(typed),
        (SecretSource::Oauth(provider), None) => {
            tokens::access_token(engine, of, provider, refused).await
        }
        (SecretSource::None, _) => Ok(SecretString::from(String::new())),
        (_, Some(typed)) => Ok(typed.clone()),
        (source, None) => {
            let (keeper, source) = (Arc::clone(&engine.secrets), source.clone());
            blocking(move || keeper.get(of, &source)).await
        }
    }
}

/// A missing secret counts as a refused sign-in: it is the operator's move. A provider that cannot be reached does not.
fn without_secret(trouble: Trouble) -> ImapFailure {
    let kind = match trouble.whose {
        Whose::Network | Whose::Server => FailureKind::Unreachable,
        Whose::Operator | Whose::Bug => FailureKind::SignInRefused,
    };
    ImapFailure {
        kind,
        code: None,
        trouble,
    }
}
