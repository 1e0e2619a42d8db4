//! A mailbox as its connections need it, whether it is saved already or only being tried out.
//!
//! Worker, delivery, checks and round trips all connect through here, so that what was tried is what is used.

use std::sync::Arc;

use secrecy::SecretString;

use super::connect;
use crate::domain::delivery::{Phase, Setback};
use crate::domain::ids::MailboxId;
use crate::domain::mailbox::{Endpoint, Mailbox, MailboxSettings, SecretSource};
use crate::domain::trouble::Trouble;
use crate::engine::core::{Engine, blocking};
use crate::mail::imap::{FailureKind, ImapFailure, ImapSession};
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
    /// Where the protocol is written to, without secrets and without mail.
    pub log: Option<WireLog>,
}

impl Account {
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
            log: None,
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
        let password = self.password(engine).await.map_err(|trouble| ImapFailure {
            kind: FailureKind::SignInRefused,
            code: None,
            trouble,
        })?;
        let access = connect::access(&self.settings, endpoint, password);
        let limits = connect::limits(engine.settings.max_message_bytes);
        ImapSession::connect(&access, limits, self.log.clone()).await
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

    /// The way out, signed in.
    ///
    /// # Errors
    /// What failed and whose move it is; nothing was sent.
    pub async fn open_sending(&self, engine: &Engine) -> Result<Courier, Setback> {
        let sign_in = self.sending_sign_in(engine).await?;
        let mut transport = Transport::of(&self.settings, sign_in);
        if let Transport::Smtp(account) = &mut transport {
            account.log.clone_from(&self.log);
        }
        transport.open().await
    }
}
