//! A mailbox as its connections need it, whether it is saved already or only being tried out.
//!
//! Worker, delivery, checks and round trips all connect through here, so that what was tried is what is used.

use std::sync::Arc;

use secrecy::SecretString;

use super::{collected, connect};
use crate::domain::delivery::{Phase, Setback};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Endpoint, Mailbox, MailboxSettings, Outgoing, SecretSource};
use crate::domain::trouble::Trouble;
use crate::engine::core::{Engine, blocking};
use crate::engine::workers::Trial;
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

    /// The secret that signs in for fetching.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn password(&self, engine: &Engine) -> Result<SecretString, Trouble> {
        if let Some(secret) = &self.secret {
            return Ok(secret.clone());
        }
        if self.settings.secret == SecretSource::None {
            return Ok(SecretString::from(String::new()));
        }
        // A mailbox that is not saved yet can have its password from a command only.
        let id = self.id.unwrap_or(MailboxId(0));
        let (keeper, source) = (Arc::clone(&engine.secrets), self.settings.secret.clone());
        blocking(move || keeper.get(id, &source)).await
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
        let password = self.password(engine).await.map_err(|trouble| ImapFailure {
            kind: FailureKind::SignInRefused,
            code: None,
            trouble,
        })?;
        let access = connect::access(&self.settings, endpoint, password);
        let log = self.incoming_log.clone();
        ImapSession::connect_watched(&access, limits, log, watching)
            .await
            .map_err(|failure| ImapFailure {
                trouble: advice::explain(failure.trouble, &self.settings, Doing::Fetching),
                ..failure
            })
    }

    /// What signs in for sending; `None` where no sign-in is set.
    ///
    /// # Errors
    /// Why there is no secret.
    pub async fn sending_sign_in(&self, engine: &Engine) -> Result<Option<SignIn>, Setback> {
        if self.settings.secret == SecretSource::None {
            return Ok(None);
        }
        let password = self
            .password(engine)
            .await
            .map_err(|trouble| Setback::new(Phase::SignIn, trouble))?;
        Ok(Some(SignIn {
            login: self.settings.login.clone(),
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
            id: self.id.unwrap_or(MailboxId(0)),
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
